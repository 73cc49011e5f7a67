"""Are the values there, finite, and possible: required columns, ranges, the declared window, the cycle counter."""

import sys
from collections.abc import Callable
from functools import partial

import numpy as np

from ingest.checks.view import Steps, Tally, View, flatten
from schemas.ingested import Declared
from schemas.quantities import QUANTITIES, Kind, Obligation
from schemas.report import Problem, Severity

LineOf = Callable[[int], int]
REQUIRED = tuple(name for name, term in QUANTITIES.items() if term.obligation is Obligation.REQUIRED)
FREQUENCY = "frequency_hertz"
WINDOW_MARGIN_V = 0.05
FINITE = sys.float_info.max


class RequiredColumns:
    """Rules `no-rows`, `column-missing`, `impedance-only` and `value-missing`."""

    def __init__(self, line_of: LineOf) -> None:
        self._line_of = line_of
        self._rows = 0
        self._names: list[str] = []
        self._missing = {name: Tally("value-missing", Severity.ERROR, name) for name in REQUIRED}

    @property
    def complete(self) -> bool:
        """Whether every required column is there."""
        return set(REQUIRED) <= set(self._names)

    def look(self, view: View) -> None:
        self._names = view.schema.names
        self._rows += view.rows
        frequency = view.column(FREQUENCY)
        for name, tally in self._missing.items():
            values = view.column(name)
            # A sum is finite only where every value is, and costs one pass.
            if values is None or np.isfinite(values.sum()):
                continue
            bad = ~np.isfinite(values)
            if frequency is not None:
                bad &= np.isnan(frequency)
            where = np.flatnonzero(bad)
            tally.add(view.first, where, values[where])

    def problems(self) -> list[Problem]:
        if not self._rows:
            return [_problem("no-rows", Severity.ERROR, "The file holds no row of data.", "Export the test again.")]
        absent = [name for name in REQUIRED if name not in self._names]
        if absent and FREQUENCY in self._names:
            message = "The file holds impedance only, no running test: there will be no cycles."
            return [_problem("impedance-only", Severity.NOTE, message, "")]
        gaps = [tally.each(partial(_say_missing, name), self._line_of) for name, tally in self._missing.items()]
        return [*(_absent(name) for name in absent), *flatten(gaps)]


class Ranges:
    """Rules `value-implausible` and `voltage-outside-window`."""

    def __init__(self, line_of: LineOf, declared: Declared) -> None:
        self._line_of = line_of
        self._low, self._high = declared.lower_voltage_v, declared.upper_voltage_v
        self._implausible: dict[str, Tally] = {}
        self._outside = Tally("voltage-outside-window", Severity.WARNING, "voltage_volt")

    def look(self, view: View) -> None:
        for name in view.schema.names:
            term = QUANTITIES.get(name)
            if term is None or term.kind is Kind.TEXT or (term.kind is Kind.COUNT and term.low is None):
                continue
            low = -FINITE if term.low is None else term.low
            high = FINITE if term.high is None else term.high
            tally = self._implausible.setdefault(name, Tally("value-implausible", Severity.WARNING, name))
            self._find(view, name, tally, low, high)
        if self._low is not None or self._high is not None:
            low, high = _floor(self._low, WINDOW_MARGIN_V), _ceiling(self._high, WINDOW_MARGIN_V)
            self._find(view, "voltage_volt", self._outside, low, high)

    def problems(self) -> list[Problem]:
        found = [self._say_implausible(name, tally) for name, tally in self._implausible.items()]
        window = f"{_or_open(self._low)} to {_or_open(self._high)} V"
        outside = self._outside.once(
            f"{self._outside.count} rows have a voltage outside the declared window of {window}.",
            "Check the declared window; a voltage in mV would be 1000 times too large.",
            self._line_of,
        )
        return [*flatten(found), *outside]

    def _find(self, view: View, name: str, tally: Tally, low: float, high: float) -> None:
        values = view.column(name)
        if values is None or not view.rows:
            return
        if np.fmin.reduce(values) < low or np.fmax.reduce(values) > high:
            where = np.flatnonzero((values < low) | (values > high))
            tally.add(view.first, where, values[where])

    def _say_implausible(self, name: str, tally: Tally) -> list[Problem]:
        term = QUANTITIES[name]
        said = f"{tally.count} values of {name} lie outside {_or_open(term.low)} to {_or_open(term.high)} {term.unit}."
        return tally.once(
            f"{tally.count} values of {name} are infinite." if term.low is term.high is None else said,
            "Check the unit of this column in the export.",
            self._line_of,
        )


class CycleCounter:
    """Rule `cycle-counter`: whole numbers that never fall. Our own segmentation does not use them."""

    def __init__(self, line_of: LineOf) -> None:
        self._line_of = line_of
        self._steps = Steps()
        self._falls = Tally("cycle-counter", Severity.WARNING, "cycle_count")
        self._broken = Tally("cycle-counter", Severity.WARNING, "cycle_count")

    def look(self, view: View) -> None:
        counter = view.column("cycle_count")
        if counter is None or not view.rows:
            return
        steps = self._steps.of(counter)
        if np.fmin.reduce(steps) < 0.0:
            where = np.flatnonzero(steps < 0.0)
            self._falls.add(view.first, where, counter[where])
        # Counts arrive as integers; a float column is one whose reader found no whole numbers.
        if not _is_integer(view):
            where = np.flatnonzero(counter != np.floor(counter))
            self._broken.add(view.first, where, counter[where])

    def problems(self) -> list[Problem]:
        hint = "The cycle table is not affected: it has its own segmentation by the current."
        falls = f"The cycle counter falls {self._falls.count} times."
        broken = f"The cycle counter is no whole number in {self._broken.count} rows."
        return [*self._falls.once(falls, hint, self._line_of), *self._broken.once(broken, hint, self._line_of)]


class StepCounter:
    """Rule `step-counter`: executed steps are counted on; what comes back is the program's step (`step_id`)."""

    def __init__(self, line_of: LineOf) -> None:
        self._line_of = line_of
        self._steps = Steps()
        self._falls = Tally("step-counter", Severity.WARNING, "step_count")

    def look(self, view: View) -> None:
        counter = view.column("step_count")
        if counter is None or not view.rows:
            return
        steps = self._steps.of(counter)
        if np.fmin.reduce(steps) < 0.0:
            where = np.flatnonzero(steps < 0.0)
            self._falls.add(view.first, where, counter[where])

    def problems(self) -> list[Problem]:
        return self._falls.once(
            f"The count of executed steps falls {self._falls.count} times: it is probably the program's step, which "
            "comes back in every loop.",
            "Name the column step_id in the export; step_count never repeats.",
            self._line_of,
        )


def _is_integer(view: View) -> bool:
    return str(view.schema.field("cycle_count").type) == "int64"


def _floor(low: float | None, margin: float) -> float:
    return -np.inf if low is None else low - margin


def _ceiling(high: float | None, margin: float) -> float:
    return np.inf if high is None else high + margin


def _or_open(bound: float | None) -> str:
    return "…" if bound is None else f"{bound:g}"


def _absent(name: str) -> Problem:
    message = f"The column {name} is missing: nothing in the file was found to be it."
    hint = f"Export the test with its {QUANTITIES[name].label.split(' /')[0].lower()}."
    return _problem("column-missing", Severity.ERROR, message, hint, name)


def _say_missing(name: str, value: float) -> tuple[str, str]:
    what = "has no value" if np.isnan(value) else "is infinite"
    return f"{name} {what} in this row.", "Every row needs time, voltage and current: export the test again."


def _problem(rule: str, severity: Severity, message: str, hint: str, column: str | None = None) -> Problem:
    return Problem(rule=rule, severity=severity, message=message, hint=hint, column=column)
