"""Entries to values: numbers in the vocabulary's units, controlled words, instants; what cannot be read is told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from fractions import Fraction
from math import isfinite

from ingest.production import moments
from ingest.production.entries import Entry, Filled, Line, Told, Value, written
from ingest.production.headings import nearest
from ingest.production.numbers import Numbers, converted
from schemas.ingested import Conversion
from schemas.production import ParameterForm, ProductionParameter, ProductionUnit
from schemas.vocabulary import production

START, END = "start", "end"


def values(filled: Filled, zone: str | None, told: Told) -> list[Value]:
    """Every entry that has a cell, in the order of the file; times are filled in from the row's own start and end."""
    reading = _Reading(filled, told, Numbers.of(filled.entries, told), _moments(filled.entries, zone))
    found = [value for entry in filled.entries if (value := reading.value(entry)) is not None]
    return _timed(found)


@dataclass(frozen=True)
class _Reading:
    filled: Filled
    told: Told
    numbers: Numbers
    moments: moments.Moments

    def value(self, entry: Entry) -> Value | None:
        parameter = entry.named.parameter
        time = self._moment(entry, entry.moment, "time") if _there(entry.moment) else None
        if parameter is None:
            return self._unknown(entry, time)
        if parameter.form is ParameterForm.MOMENT:
            found = self._moment(entry, entry.cell, parameter.label)
            return Value(entry, None, found.isoformat() if found else written(entry.cell), "", found)
        if parameter.form is ParameterForm.TEXT:
            return Value(entry, None, written(entry.cell), "", time)
        if parameter.form is ParameterForm.CHOICE:
            return Value(entry, None, self._choice(entry, parameter), "", time)
        return self._number(entry, parameter, time)

    def _unknown(self, entry: Entry, time: datetime | None) -> Value:
        near = nearest(entry.line.step, entry.named.name)
        self.told.warn(
            "parameter-unknown",
            f"The vocabulary has no parameter “{entry.named.name}” for {entry.line.step}; its values are kept as such.",
            f"Did you mean “{near}”?" if near else "Ask the vocabulary's editors for the parameter if others need it.",
            entry.place,
            entry.cell,
        )
        number = float(entry.cell) if isinstance(entry.cell, int | float) and not isinstance(entry.cell, bool) else None
        known = production().unit(entry.unit) if entry.unit else None
        unit = known.ucum if known else entry.unit or ""
        self._convert(entry, entry.named.name, 1.0, "no term of the vocabulary, kept as it stands")
        return Value(entry, number, None if number is not None else written(entry.cell), unit, time)

    def _number(self, entry: Entry, parameter: ProductionParameter, time: datetime | None) -> Value | None:
        unit = self._unit(entry, parameter)
        read = self._read(entry, parameter)
        if read is None or unit is None or parameter.unit is None:
            return None
        number, rule = converted(read, unit, parameter.unit)
        self._convert(entry, parameter.id, float(unit.factor / parameter.unit.factor), rule)
        if parameter.form is ParameterForm.WHOLE and not number.is_integer():
            self.told.error(
                "cell-unreadable",
                f"{parameter.label} is {number:g}, which is no whole number.",
                "Correct the cell.",
                entry.place,
                entry.cell,
            )
            return None
        low, high = parameter.low, parameter.high
        if (low is not None and number < low) or (high is not None and number > high):
            self.told.warn(
                "value-implausible",
                f"{parameter.label} is {number:g} {parameter.unit.unit}; plausible is {low:g} to {high:g}.",
                "Check value and unit.",
                entry.place,
                entry.cell,
            )
        return Value(entry, number, None, parameter.unit.ucum, time)

    def _read(self, entry: Entry, parameter: ProductionParameter) -> float | Fraction | None:
        cell = entry.cell
        if isinstance(cell, int | float) and not isinstance(cell, bool) and isfinite(cell):
            return float(cell)
        found = None
        if isinstance(cell, str):
            found = self.numbers.of_text.get(cell.strip())
        if found is not None and isfinite(found):
            return float(found)
        if isinstance(cell, str) and self.numbers.ambiguous and "," in cell:
            return None  # The ambiguity is told once for the file.
        dated = isinstance(cell, date | time)
        hint = "The spreadsheet made a date of it: format the cell as a number." if dated else "Write a number alone."
        self.told.error(
            "cell-unreadable", f"“{written(cell)[:40]}” is no number for {parameter.label}.", hint, entry.place, cell
        )
        return None

    def _unit(self, entry: Entry, parameter: ProductionParameter) -> ProductionUnit | None:
        wanted = parameter.unit
        assert wanted is not None
        place, label = entry.place, parameter.label
        if not entry.unit:
            if wanted.ucum == "1":
                return wanted
            self.told.error(
                "unit-missing", f"{label} stands without a unit.", f"Write it, such as “{wanted.unit}”.", place
            )
            return None
        found = production().unit(entry.unit)
        if found is None:
            self.told.error(
                "unit-unknown",
                f"“{entry.unit}” is no unit that is known for {label}.",
                f"Write it in {wanted.unit}.",
                place,
                entry.unit,
            )
        elif found.dimension != wanted.dimension:
            message = f"{label} is a {wanted.dimension} in {wanted.unit}, but “{entry.unit}” is a {found.dimension}."
            self.told.error(
                "unit-mismatch", message, f"Write it in {wanted.unit} or another unit of its kind.", place, entry.unit
            )
            return None
        return found

    def _choice(self, entry: Entry, parameter: ProductionParameter) -> str:
        text = written(entry.cell)
        for word, aliases in parameter.choices.items():
            if text.casefold() == word.casefold():
                return word
            if text.casefold() in {alias.casefold() for alias in aliases}:
                self._convert(entry, parameter.id, 1.0, f"“{text}” is {word}")
                return word
        words = ", ".join(parameter.choices)
        self.told.error(
            "choice-unknown", f"{parameter.label} is one of {words}.", "Choose one of them.", entry.place, text
        )
        return text

    def _moment(self, entry: Entry, cell: object, label: str) -> datetime | None:
        found = self.moments.of(cell)
        if isinstance(found, moments.Fault):
            tell = self.told.warn if found.rule == "time-without-clock" else self.told.error
            tell(found.rule, f"{label}: {found.message}", found.hint, entry.place, cell)
            return None
        if self.moments.twice(cell):
            message = f"{label}: the clock showed “{written(cell)[:40]}” twice; the first pass was taken."
            self.told.warn("clock-repeated-hour", message, "Write the time with its offset.", entry.place, cell)
        return found

    def _convert(self, entry: Entry, column: str, factor: float, rule: str) -> None:
        source = f"{entry.place.sheet}: {entry.place.column}" if entry.place.sheet else entry.named.name
        key = (column, source, entry.unit or "", rule)
        if key not in self.filled.conversions:
            made = Conversion(column=column, source=source, unit=entry.unit or "", factor=factor, rule=rule)
            self.filled.conversions[key] = made


def _moments(entries: Sequence[Entry], zone: str | None) -> moments.Moments:
    own = [entry.moment for entry in entries if _there(entry.moment)]
    dated = [
        entry.cell
        for entry in entries
        if entry.named.parameter is not None and entry.named.parameter.form is ParameterForm.MOMENT
    ]
    return moments.moments([*own, *dated], zone)


def _timed(found: list[Value]) -> list[Value]:
    """Where a value has no time of its own, that of its row's end, else start."""
    by_row: dict[tuple[object, ...], dict[str, datetime]] = {}
    for value in found:
        parameter = value.entry.named.parameter
        if parameter is not None and parameter.id in (START, END) and value.time is not None:
            by_row.setdefault(_row(value.entry.line), {})[parameter.id] = value.time
    return [
        value
        if value.time is not None or _is_moment(value)
        else replace(value, time=_latest(by_row.get(_row(value.entry.line), {})))
        for value in found
    ]


def _is_moment(value: Value) -> bool:
    parameter = value.entry.named.parameter
    return parameter is not None and parameter.form is ParameterForm.MOMENT


def _latest(times: dict[str, datetime]) -> datetime | None:
    return times.get(END, times.get(START))


def _row(line: Line) -> tuple[object, ...]:
    return line.step, line.object, line.occasion


def _there(cell: object) -> bool:
    return cell not in (None, "")
