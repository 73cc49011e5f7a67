"""The plan for a text file's columns: parsed straight to numbers where the cells allow, else by way of text."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from ingest import clocks
from ingest.findings import no_clock
from ingest.text import cells, twins
from ingest.text.headers import Form, Source, conversion
from ingest.text.signs import Decimals
from ingest.units import Unit
from schemas.errors import Unreadable
from schemas.ingested import Conversion, Declared
from schemas.quantities import Kind
from schemas.report import Problem, Severity

CLOCK = "unix_time_second"
SERIAL_DAYS = "days since 30 December 1899"
"""How a spreadsheet counts its days; the rule of a clock made of them begins so."""
_DAYS = r"[345]\d{4}([.,]\d+)?"
_UNIX_EPOCH_DAYS, _DAY_MS = 25_569.0, 86_400_000.0
_UNIX = (
    (r"\d{9,10}(\.\d+)?", 1.0, "Unix seconds as printed"),
    (r"\d{12,13}", 1e-3, "Unix milliseconds as printed"),
    (r"\d{16,17}", 1e-7, "Unix time in 100 ns as printed"),
)
"""Clock times as numbers, each told by its digits: they count from 1970 and need no time zone."""
CLOCK_TEXT = "clock_text"
"""Local clock times as they are printed, beside the Unix times made of them."""

Convert = Callable[[pa.Array], pa.Array]
AtOnce = Callable[[pa.Array], pa.Array | None]


@dataclass(frozen=True)
class Column:
    """One planned column: `convert` makes values from trimmed text, null where a cell is wrong.

    With `direct` the csv parser itself converts, and `convert` only serves to find the cells at which it failed.
    `at_once` makes the same values, from untrimmed text, where all cells are alike, and None of them otherwise.
    With `time_of_day` the cells carry hours but no days; with a `zone` they are local times of it, whose text is kept.
    """

    source: Source
    type: pa.DataType
    convert: Convert
    direct: bool
    unit: Unit
    rule: str
    wanted: str
    time_of_day: bool = False
    zone: str | None = None
    at_once: AtOnce | None = None
    twin: int = 0

    @property
    def name(self) -> str:
        """The canonical name; of a twin one of its own."""
        return twins.key(self.source.quantity.name, self.twin) if self.twin else self.source.quantity.name

    def scaled(self, values: pa.Array) -> pa.Array:
        """Values in the canonical unit."""
        return self.unit.canonical(values)

    @property
    def kept(self) -> str:
        """The name under which the cells are kept as they are printed; empty where they are not."""
        return CLOCK_TEXT if self.zone is not None else ""

    @property
    def conversion(self) -> Conversion:
        """The record of how this column is converted."""
        found = conversion(self.source, self.rule)
        return found if self.source.unit else found.model_copy(update={"factor": self.unit.factor})

    @property
    def keeping(self) -> Conversion:
        """The record of the cells that are kept."""
        rule = f"as printed, local time of {self.zone}"
        return Conversion(column=self.kept, source=self.source.heading, unit="", rule=rule)


def plan(
    sources: Sequence[Source], rows: Sequence[Sequence[str]], signs: Decimals, declared: Declared
) -> tuple[tuple[Column, ...], tuple[Problem, ...]]:
    """Decide from sample rows how each source column is parsed; columns that cannot be are told, not taken.

    Raises:
        Unreadable: the test time is a plain number and neither heading nor format says in which unit.
    """
    planned: list[Column] = []
    problems: list[Problem] = []
    for source in sources:
        seen = [row[source.position].strip() for row in rows if len(row) > source.position]
        column = _column(source, [cell for cell in seen if cell not in cells.EMPTY], signs, declared)
        if isinstance(column, Column):
            planned.append(column)
        elif source.required:
            raise Unreadable(f"The column “{source.heading}” cannot be read: {column}.")
        else:
            problems.append(_not_taken(source, column))
    return tuple(planned), tuple(problems)


def plan_twins(
    taken: Sequence[Column], found: Sequence[Source], rows: Sequence[Sequence[str]], signs: Decimals, declared: Declared
) -> tuple[Column, ...]:
    """The further columns of quantities that are taken, as they are parsed; clock times are not compared."""
    names = {column.name for column in taken}
    again = [one for one in found if one.quantity.name in names and one.field.form is not Form.CLOCK]
    planned, _ = plan(again, rows, signs, declared)
    return tuple(replace(column, twin=number) for number, column in enumerate(planned, 2))


_ONE = Unit("", 1.0)


def _column(source: Source, seen: Sequence[str], signs: Decimals, declared: Declared) -> Column | str:
    form = source.field.form
    if form is Form.TEXT or source.quantity.kind is Kind.TEXT:
        return Column(source, pa.string(), lambda text: text, False, _ONE, "", "text")
    dated = source.quantity.name == CLOCK and seen and not any(cells.is_number(cell.replace(",", ".")) for cell in seen)
    if form is Form.CLOCK or dated:
        return _clock(source, seen, signs, declared)
    if form is Form.DURATION and any(":" in cell for cell in seen):
        rule = "days, hours:minutes:seconds to seconds"
        return Column(
            source,
            pa.float64(),
            lambda text: cells.durations(text, signs),
            False,
            _ONE,
            rule,
            "a time such as 0d 00:01:30.88",
            time_of_day=not any(cells.has_days(cell) for cell in seen),
            at_once=lambda text: cells.durations_at_once(text, signs),
        )
    if source.unit is None:
        said = "neither its heading nor its cells say in which unit; export it with the unit in the heading"
        return f"{said}, or declare its unit in `reading.columns`"
    return _numeric(source, seen, signs, source.unit)


def _numeric(source: Source, seen: Sequence[str], signs: Decimals, found: Unit) -> Column:
    grouped = bool(signs.thousands) and any(signs.thousands in cell for cell in seen)
    rule = "thousands separators removed" if grouped else ""
    if source.quantity.kind is Kind.COUNT:
        direct = all(re.fullmatch(r"[+-]?\d{1,18}", cell) for cell in seen)
        column = Column(
            source, pa.int64(), lambda text: cells.wholes(text, signs), direct, _ONE, rule, "a whole number"
        )
        return replace(column, at_once=lambda text: cells.wholes_at_once(text, signs)) if grouped else column
    column = Column(source, pa.float64(), lambda text: cells.reals(text, signs), not grouped, found, rule, "a number")
    return replace(column, at_once=lambda text: cells.reals_at_once(text, signs)) if grouped else column


def _clock(source: Source, seen: Sequence[str], signs: Decimals, declared: Declared) -> Column | str:
    for digits, scale, rule in _UNIX:
        if seen and all(re.fullmatch(digits, cell.replace(signs.decimal, ".")) for cell in seen):
            unit = Unit("", scale)
            return Column(source, pa.float64(), lambda text: cells.reals(text, signs), True, unit, rule, "a number")
    zone = declared.time_zone
    if zone is not None and not clocks.known_zone(zone):
        return f"the declared time zone “{zone}” is none of the IANA names such as Europe/Berlin"
    if seen and all(re.fullmatch(_DAYS, cell) for cell in seen):
        return _serial_days(source, signs, zone) if zone else "its times carry no time zone and none is declared"
    if not seen:
        return "it is empty in the rows that were looked at"
    clock = clocks.moments(seen, zone, source.field.order)
    if isinstance(clock, str):
        return clock
    return Column(
        source,
        pa.float64(),
        lambda text: clocks.unix_seconds(text, clock),
        False,
        _ONE,
        clock.rule,
        "a date and time",
        zone=clock.zone,
        at_once=lambda text: clocks.unix_seconds_at_once(text, clock),
    )


def _serial_days(source: Source, signs: Decimals, zone: str) -> Column:
    """Days as a spreadsheet counts them; its clock resolves no more than a millisecond."""

    def convert(text: pa.Array) -> pa.Array:
        days = pc.subtract(cells.reals(text, signs), _UNIX_EPOCH_DAYS)
        return clocks.zoned(pc.divide(pc.round(pc.multiply(days, _DAY_MS)), 1e3), zone)

    rule = f"{SERIAL_DAYS}, local time of {zone}"
    return Column(source, pa.float64(), convert, False, _ONE, rule, "a number of days", zone=zone)


def _not_taken(source: Source, why: str) -> Problem:
    if source.field.form is Form.CLOCK:
        return no_clock(source.heading, why)
    return Problem(
        rule="column-left-out",
        severity=Severity.WARNING,
        message=f"No {source.quantity.label} was made of the column “{source.heading}”: {why}.",
        column=source.heading,
    )
