"""In which order the files of a dataset look like parts of one test, and what speaks against it: a proposal only."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ingest.clocks import instant

JUMP_V = 0.05
"""Between two parts a cell at rest moves less than this; more may be another cell, or a pause under load."""


@dataclass(frozen=True)
class Facts:
    """What is known of a file that was read: first and last value of its clock, test time, voltage and counters."""

    file: str
    filename: str
    instrument: str = ""
    clock: tuple[float | None, float | None] = (None, None)
    time: tuple[float | None, float | None] = (None, None)
    voltage: tuple[float | None, float | None] = (None, None)
    cycle: tuple[float | None, float | None] = (None, None)
    step: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True)
class Ordered:
    """A file in its place, and why it stands there."""

    facts: Facts
    why: str


def propose(files: Sequence[Facts]) -> tuple[list[Ordered], list[str]]:
    """The files in order and the doubts about it: by their clocks, or else by what runs on, or else by their names."""
    order = _by_clock(files) or _running_on(files, "time", "its test time") or _by_counters(files) or _by_name(files)
    return order, [*_doubts([one.facts for one in order]), *_apart(files)]


def _by_clock(files: Sequence[Facts]) -> list[Ordered]:
    if any(one.clock[0] is None for one in files):
        return []
    known = sorted(files, key=lambda one: (one.clock[0] or 0.0, one.filename))
    return [Ordered(one, f"its clock begins at {_utc(one.clock[0])}") for one in known]


def _by_counters(files: Sequence[Facts]) -> list[Ordered]:
    return _running_on(files, "step", "its step counter") or _running_on(files, "cycle", "its cycle counter")


def _running_on(files: Sequence[Facts], name: str, said: str) -> list[Ordered]:
    """The files by a count that goes on from each to the next; none where two of them count over each other."""
    spans = {one.file: getattr(one, name) for one in files}
    if len(files) < 2 or any(None in span for span in spans.values()):
        return []
    order = sorted(files, key=lambda one: spans[one.file])
    if any(spans[later.file][0] < spans[earlier.file][1] for earlier, later in pairwise(order)):
        return []
    if spans[order[0].file][0] == spans[order[-1].file][1]:
        return []
    return [Ordered(one, f"{said} goes from {spans[one.file][0]:g} to {spans[one.file][1]:g}") for one in order]


def _by_name(files: Sequence[Facts]) -> list[Ordered]:
    """Numbers in names count as numbers: a technique's `_01_`, a part, a date."""
    order = sorted(files, key=lambda one: [_counted(piece) for piece in re.split(r"(\d+)", one.filename.casefold())])
    return [Ordered(one, "by its name: no clock, test time or counter tells the order") for one in order]


def _counted(piece: str) -> tuple[int, int, str]:
    return (0, int(piece), "") if piece.isascii() and piece.isdigit() else (1, 0, piece)


def _doubts(order: Sequence[Facts]) -> list[str]:
    found = []
    for earlier, later in pairwise(order):
        names = f"“{earlier.filename}” and “{later.filename}”"
        ends, begins = earlier.clock[1], later.clock[0]
        if ends is not None and begins is not None and begins < ends - 1.0:
            found.append(f"{names} overlap: the first ends at {_utc(ends)}, the second begins at {_utc(begins)}.")
        before, after = earlier.voltage[1], later.voltage[0]
        if before is not None and after is not None and abs(after - before) > JUMP_V:
            found.append(f"Between {names} the voltage goes from {before:.4g} V to {after:.4g} V: is it the same cell?")
        if earlier.cycle[1] is not None and later.cycle[0] is not None and later.cycle[0] < earlier.cycle[1]:
            found.append(f"The cycle counter begins anew in “{later.filename}”; counters are kept as they are.")
    return found


def _apart(files: Sequence[Facts]) -> list[str]:
    instruments = sorted({one.instrument for one in files if one.instrument})
    clocks = {one.clock[0] is None for one in files}
    found = []
    if len(instruments) > 1:
        found.append(f"The files come from different instruments: {', '.join(instruments)}.")
    if len(clocks) > 1:
        silent = ", ".join(f"“{one.filename}”" for one in files if one.clock[0] is None)
        found.append(f"Only some files have clock times; how long the pause before or after {silent} was is not known.")
    return found


def _utc(clock: float | None) -> str:
    moment = None if clock is None else instant(clock)
    return "an unknown time" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S UTC")
