"""Is the voltage one that a cell of the declared chemistry can have."""

from collections.abc import Callable

import numpy as np

from ingest.checks.chemistry import window_of
from ingest.checks.view import Tally, View
from schemas.ingested import Declared
from schemas.report import Problem, Severity

LineOf = Callable[[int], int]
WELL_WITHIN = 0.25
"""Share of the window's width from either of its limits."""


class ChemistryWindow:
    """Rule `voltage-chemistry`. Silent for an unknown chemistry, and until the voltage is first well within the window.

    A cell that was just assembled is far outside: a full one near 0 V, a half cell above its electrode's range; what
    wets it may move it to and fro before its first charge.
    """

    def __init__(self, line_of: LineOf, declared: Declared) -> None:
        self._line_of = line_of
        self._chemistry = declared.chemistry
        self._window = window_of(declared.chemistry, declared.cell_configuration)
        self._entered = self._loaded = False
        self._outside = Tally("voltage-chemistry", Severity.WARNING, "voltage_volt")
        self._before = Tally("voltage-chemistry", Severity.WARNING, "voltage_volt")

    def look(self, view: View) -> None:
        voltage = view.column("voltage_volt")
        if self._window is None or voltage is None or not view.rows:
            return
        low, high = self._window.low, self._window.high
        current = view.column("current_ampere")
        self._loaded = self._loaded or (current is not None and bool(np.any(current != 0.0)))
        if self._entered and np.fmin.reduce(voltage) >= low and np.fmax.reduce(voltage) <= high:
            return
        outside = (voltage < low) | (voltage > high)
        if not self._entered:
            margin = WELL_WITHIN * (high - low)
            inside = np.flatnonzero((voltage >= low + margin) & (voltage <= high - margin))
            first = int(inside[0]) if len(inside) else view.rows
            where = np.flatnonzero(outside[:first])
            self._before.add(view.first, where, voltage[where])
            outside[:first] = False
            self._entered = bool(len(inside))
        where = np.flatnonzero(outside)
        self._outside.add(view.first, where, voltage[where])

    def problems(self) -> list[Problem]:
        if self._window is None or not (self._entered or self._loaded):
            return []
        found = self._outside if self._entered else self._before
        window = f"{self._window.low:g} to {self._window.high:g} V ({self._window.of})"
        return found.once(
            f"{found.count} rows have a voltage outside {window}, which the declared chemistry “{self._chemistry}” "
            "makes plausible.",
            "Check the declared chemistry and cell configuration; accept it with the reason if the cell was driven "
            "there on purpose.",
            self._line_of,
        )
