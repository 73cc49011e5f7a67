"""Where the test time of a part goes behind the parts before it, and why: pure decisions, nothing read."""

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from ingest.clocks import instant
from schemas.report import Problem, Severity

TIME, CLOCK = "test_time_second", "unix_time_second"
RESTART_S = 600.0
"""A part whose first row is earlier than this began its own count; recording intervals are seldom longer."""
ROUNDED_S = 2.0
"""Clocks that print whole seconds differ by so much."""


@dataclass(frozen=True)
class Placed:
    """What is added to a part's own test time, and why.

    A part without test time is `timeless`: its rows stand at `start`, or by their clock, which read `clock` there.
    """

    add: float
    rule: str
    problems: tuple[Problem, ...] = ()
    timeless: bool = False
    start: float = 0.0
    clock: float | None = None


@dataclass(frozen=True)
class End:
    """The last row of what is joined so far: its joined time, its own time and what was added to it, its clock."""

    time: float | None = None
    own: float | None = None
    add: float = 0.0
    clock: float | None = None

    def after(self, read: pa.RecordBatch, joined: pa.RecordBatch, placed: Placed) -> "End":
        """The end when these rows, as they were read and as they were placed, stand behind."""
        time, own, clock = _last(joined, TIME), _last(read, TIME), _last(read, CLOCK)
        return End(
            time=self.time if time is None else max(time, self.time or 0.0),
            own=self.own if own is None else own,
            add=self.add if placed.timeless else placed.add,
            clock=self.clock if clock is None else clock,
        )


def place(end: End, first: pa.RecordBatch, file: str, before: str, repeats: bool = False) -> Placed:
    """Where a part goes whose first rows these are, `before` being the file before it.

    By the wall clock where both have one; else a test time that runs on is kept, and one that begins anew is put behind
    the last row. `repeats`: its rows stand in the part before already, so that nothing more is found.
    """
    own, clock = _first(first, TIME), _first(first, CLOCK)
    timeless = TIME not in first.schema.names
    if end.time is None:
        return Placed(0.0, "its test time is kept", timeless=timeless, clock=clock if timeless else None)
    if repeats:
        return Placed(end.time - (own or 0.0), "repeats rows of the file before", timeless=timeless, start=end.time)
    gap = None if clock is None or end.clock is None else round(clock - end.clock, 6)
    if gap is not None and gap < -ROUNDED_S:
        told = (_backwards(end, clock, file, before),)
        return Placed(end.time - (own or 0.0), "out of order", told, timeless=timeless, start=end.time)
    if timeless:
        return _timeless(end, gap, clock, file, before)
    return _counted(end, own or 0.0, gap, file, before)


def timed(batch: pa.RecordBatch, placed: Placed) -> pa.RecordBatch:
    """The rows with their joined test time."""
    if not placed.timeless:
        at = batch.schema.get_field_index(TIME)
        moved = batch.column(at) if not placed.add else pc.add(batch.column(at), placed.add)
        return batch.set_column(at, batch.schema.field(at), moved)
    times = pa.array([placed.start] * batch.num_rows, pa.float64())
    if placed.clock is not None and CLOCK in batch.schema.names:
        times = pc.add(pc.subtract(batch.column(CLOCK), placed.clock), placed.start)
    return batch.append_column(pa.field(TIME, pa.float64()), times)


def _counted(end: End, own: float, gap: float | None, file: str, before: str) -> Placed:
    assert end.time is not None
    ahead = -1.0 if end.own is None else own - end.own
    if ahead >= 0.0 and (gap is None or ahead <= gap + ROUNDED_S + 0.01 * gap):
        return Placed(end.add, f"its test time runs on from “{before}” and is kept" + _added(end.add))
    if gap is not None:
        add = round(end.time + max(gap, 0.0) - own, 9)
        rule = f"continued by the wall clock, which reads {max(gap, 0.0):.9g} s more than at the end of “{before}”"
        return Placed(add, rule + _added(add))
    if own <= RESTART_S or end.own is None:
        add = end.time if own <= RESTART_S else max(end.time - own, 0.0)
        rule = f"its test time begins anew and is put behind the last row of “{before}”"
        return Placed(add, rule + _added(add), (_unknown_gap(file, before),))
    return Placed(end.time - own, "out of order", (_behind(end, own, file, before),))


def _timeless(end: End, gap: float | None, clock: float | None, file: str, before: str) -> Placed:
    assert end.time is not None
    if gap is not None:
        start = end.time + max(gap, 0.0)
        rule = f"has no test time; placed by the wall clock behind “{before}”"
        return Placed(0.0, rule, timeless=True, start=start, clock=clock)
    why = f"has no test time; all its rows stand at the end of “{before}”, {end.time:g} s"
    return Placed(0.0, why, (_unknown_gap(file, before),), timeless=True, start=end.time)


def _added(add: float) -> str:
    return f": {add:.9g} s were added" if add else ""


def _unknown_gap(file: str, before: str) -> Problem:
    return Problem(
        rule="part-gap-unknown",
        severity=Severity.WARNING,
        message=f"The time from the last row of “{before}” to the first of “{file}” is not known: none is left.",
        hint="With clock times in both files, and the time zone where they carry none, the gap is kept as it was.",
        file=file,
        column=TIME,
    )


def _backwards(end: End, clock: float | None, file: str, before: str) -> Problem:
    return Problem(
        rule="part-out-of-order",
        severity=Severity.ERROR,
        message=(
            f"“{file}” begins at {_utc(clock)}, before “{before}” ends at {_utc(end.clock)}: "
            "they overlap or are in the wrong order."
        ),
        hint="Name the files in the order in which they were recorded; leave out or cut one that overlaps.",
        file=file,
        column=CLOCK,
        value=_utc(clock),
    )


def _behind(end: End, own: float, file: str, before: str) -> Problem:
    return Problem(
        rule="part-out-of-order",
        severity=Severity.ERROR,
        message=(
            f"“{file}” begins at {own:.9g} s of test time, after a start and before the end of “{before}” "
            f"({_or_none(end.own)}): they overlap, are in the wrong order, or one between them is missing."
        ),
        hint="Name the files in the order in which they were recorded; leave out or cut one that overlaps.",
        file=file,
        column=TIME,
        value=f"{own:.9g}",
    )


def _or_none(own: float | None) -> str:
    return "which has none" if own is None else f"{own:.9g} s"


def _utc(clock: float | None) -> str:
    moment: datetime | None = None if clock is None else instant(clock)
    return "an unknown time" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def _first(batch: pa.RecordBatch, name: str) -> float | None:
    return _known(batch, name, 0)


def _last(batch: pa.RecordBatch, name: str) -> float | None:
    return _known(batch, name, -1)


def _known(batch: pa.RecordBatch, name: str, at: int) -> float | None:
    """The first or last value that is there and finite."""
    if name not in batch.schema.names or not batch.num_rows:
        return None
    column = batch.column(name)
    finite = column.filter(pc.fill_null(pc.is_finite(column), False))
    return None if not len(finite) else float(finite[at].as_py())
