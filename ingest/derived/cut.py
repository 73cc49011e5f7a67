"""Rows to pieces: one pass over each block, with numpy alone, that everything derived shares."""

from dataclasses import dataclass

import numpy as np

from ingest.derived.bounds import Bounds, Found
from ingest.derived.counters import Counter, kind_of
from ingest.derived.increments import TWO_HOURS_S, Entries, Integrator, Moved, charge_within
from ingest.derived.pieces import Pieces
from ingest.derived.regimes import CONSTANT, FLAT_V, ROWS_MIN, Fall, judge
from ingest.derived.rows import STEPS, TEMPERATURES, Flags, Places, Reals, RowBefore, Rows
from ingest.derived.samples import nearer, sample
from ingest.integrate import differences

LABELS = ("step_count", "step_id", "cycle_count")
CLOCK_S = 1e-6


@dataclass(frozen=True)
class Cut:
    """One block: the pieces that ended in it, and where in it pieces begin.

    `begins` are places in the block, 0 first, with the direction of each in `signs`; `new` is False for the first where
    it goes on from the block before, `steps` says which begin a step.
    """

    rows: Rows
    complete: Pieces
    begins: Places
    signs: Reals
    new: Flags
    steps: Flags


class Cutter:
    """Cuts blocks into pieces and carries the open one from block to block."""

    def __init__(self) -> None:
        self.has_steps = False
        self.texts: list[str | None] = []
        self.counter: Counter | None = None
        self._labels: tuple[str, ...] = ()
        self._heat: str | None = None
        self._timed = self._typed = False
        self._before: RowBefore | None = None
        self._open: Pieces | None = None
        self._fall: Fall | None = None
        self._bounds, self._integrator = Bounds(), Integrator()

    @property
    def ends_under_current(self) -> bool:
        """Whether the last row so far is under current."""
        return self._open is not None and bool(self._open["sign"][-1])

    def add(self, rows: Rows) -> Cut:
        """The next block."""
        if self._before is None:
            self._begin(rows)
        before = self._before or RowBefore.of(rows, 0)
        step_time = np.asarray(rows.column("step_time_second"), np.float64) if self._timed else None
        found = self._bounds.of(rows, before, step_time)
        pieces = _bounded(rows, before, found)
        at_step, own = found.new_step[found.begins], None if step_time is None else step_time[found.begins]
        parts = self._integrator.of(rows, pieces, found, Entries.of(pieces, at_step, own))
        _sum(rows, pieces, found.begins, parts)
        pieces["least"], pieces["most"], pieces["sign"] = found.least, found.most, found.signs
        steps = at_step if self.has_steps else found.new.copy()
        if self._open is None:
            steps[0] = True
        pieces["new_step"] = steps
        _time(rows, pieces, found.begins, step_time)
        self._label(rows, pieces, found)
        if self.counter is not None:
            self.counter.measure(rows, pieces, found.begins, differences(rows.time, before.time))
        if parts.ordered:
            sample(rows, self._with_start(pieces, bool(found.new[0])), found.begins, found.last)
        complete = self._close(rows, pieces, found, parts)
        self._before = RowBefore.of(rows, -1)
        return Cut(rows, complete, found.begins, found.signs, found.new, steps)

    def finish(self) -> Pieces:
        """The open piece, closed."""
        last, self._open = self._open, None
        if last is None:
            return Pieces.blank(0)
        return _direct(last, {} if self._fall is None else {0: self._fall})

    def _begin(self, rows: Rows) -> None:
        names = rows.batches[0].schema.names
        step = next((name for name in STEPS if name in names), None)
        self._timed, self._typed = "step_time_second" in names, "step_type" in names
        self.has_steps = step is not None or self._timed
        kind = kind_of(names, self.has_steps)
        self.counter = None if kind is None else Counter(kind)
        self._bounds = Bounds(step, "cycle_count" if kind is not None and kind.anew == "cycle" else None)
        self._labels = tuple(name for name in LABELS if name in names)
        self._heat = next((name for name in TEMPERATURES if name in names), None)

    def _label(self, rows: Rows, pieces: Pieces, found: Found) -> None:
        begins = found.begins
        for name in self._labels:
            column = rows.column(name)
            assert column is not None
            pieces[name] = column[begins]
        if self._typed:
            at = np.flatnonzero(pieces["new_step"])
            for place, text in zip(at, rows.texts("step_type", begins[at]), strict=True):
                if text is not None:
                    if text not in self.texts:
                        self.texts.append(text)
                    pieces["step_type"][place] = self.texts.index(text)
        if self._heat is not None:
            heat = np.asarray(rows.column(self._heat), np.float64)
            pieces["hottest"] = np.fmax.reduceat(heat, begins)
            pieces["heat_last"] = heat[found.last]

    def _with_start(self, pieces: Pieces, new: bool) -> Pieces:
        """The first piece knows when it began, also where that was in a block before."""
        if not new and self._open is not None:
            for name in ("began", "began_off"):
                pieces[name][0] = self._open[name][0]
        return pieces

    def _close(self, rows: Rows, pieces: Pieces, found: Found, parts: Moved) -> Pieces:
        falls: dict[int, Fall] = {}
        shift = 0
        if self._open is not None:
            # What belongs to the row before the block.
            for name, late in zip(("charge_in", "energy_in"), parts.late, strict=True):
                self._open[name][0] += late / TWO_HOURS_S
            if found.new[0]:
                pieces = Pieces.joined([self._open, pieces])
                falls, shift = ({} if self._fall is None else {0: self._fall}), 1
            else:
                nearer(self._open, pieces.part(0, 1))
                first = Pieces.joined([self._open, pieces.part(0, 1)]).merged(np.zeros(1, np.intp))
                pieces.values[:, 0] = first.values[:, 0]
        self._follow(rows, pieces, found, (falls, shift))
        last = len(pieces) - 1
        complete, self._open, self._fall = pieces.part(0, last), pieces.part(last, last + 1), falls.pop(last, None)
        return _direct(complete, falls)

    def _follow(self, rows: Rows, pieces: Pieces, found: Found, known: tuple[dict[int, Fall], int]) -> None:
        """Where the current of a piece is not constant: what is moved once it has fallen."""
        falls, shift = known
        new = bool(found.new[0])
        here = pieces.part(shift, len(pieces))
        varies = (here["sign"] != 0) & (here["least"] < CONSTANT * here["most"])
        long = found.last - found.begins >= ROWS_MIN - 1
        long[0] |= not new
        # A piece that is complete and of constant voltage needs no second look.
        flat = here["highest"] - here["lowest"] <= FLAT_V
        flat[-1] = False
        flat[0] &= new
        for at in np.flatnonzero(varies & long & ~flat):
            fall = self._fall if at == 0 and not new and self._fall is not None else Fall.none()
            start, stop = int(found.begins[at]), int(found.last[at]) + 1
            within = slice(start, stop)
            carried = self._before if at == 0 and not new else None
            charge = charge_within(rows, carried, start, stop)
            fall.add(np.abs(rows.current[within]), charge, rows.voltage[within], float(here["most"][at]))
            falls[int(at) + shift] = fall


def _bounded(rows: Rows, before: RowBefore, found: Found) -> Pieces:
    """What stands at the ends of the rows between two bounds, and at the row before."""
    begins, last = found.begins, found.last
    pieces = Pieces.blank(len(begins))
    pieces["start"], pieces["end"] = begins + rows.first, last + 1 + rows.first
    for name, column, earlier in (
        ("time", rows.time, before.time),
        ("voltage", rows.voltage, before.voltage),
        ("current", rows.current, before.current),
    ):
        pieces[f"{name}_before"] = column[begins - 1]
        pieces[f"{name}_before"][0] = earlier
        pieces[f"{name}_last"] = column[last]
    pieces["time_first"], pieces["voltage_first"] = rows.time[begins], rows.voltage[begins]
    return pieces


def _sum(rows: Rows, pieces: Pieces, begins: Places, parts: Moved) -> None:
    """What the rows between two bounds add up to."""
    pieces["seconds"] = parts.seconds
    # With its sign until the piece is complete; only then it is known which way it was in all.
    pieces["charge_in"], pieces["energy_in"] = parts.charge / TWO_HOURS_S, parts.energy / TWO_HOURS_S
    for name in ("charge_out", "energy_out", "constant_current", "constant_voltage"):
        pieces[name] = 0.0
    pieces["lowest"], pieces["highest"] = (one.reduceat(rows.voltage, begins) for one in (np.minimum, np.maximum))


def _time(rows: Rows, pieces: Pieces, begins: Places, step_time: Reals | None) -> None:
    """When the current of each piece began: with its step where the step time says so, else at its first row."""
    gap = np.maximum(pieces["time_first"] - pieces["time_before"], 0.0)
    began, off = pieces["time_first"].copy(), gap.copy()
    if step_time is not None:
        own = step_time[begins]
        known = own <= gap + CLOCK_S
        began[known] -= np.minimum(own, gap)[known]
        off[known] = 0.0
    pieces["began"], pieces["began_off"] = began, off
    rows_here = pieces["end"] - pieces["start"]
    for name, way in (("in", pieces["sign"] > 0), ("out", pieces["sign"] < 0)):
        pieces[f"seconds_{name}"] = np.where(way, pieces["seconds"], 0.0)
        pieces[f"rows_{name}"] = np.where(way, rows_here, 0.0)


def _direct(pieces: Pieces, falls: dict[int, Fall]) -> Pieces:
    """Complete pieces: what they moved, by its direction, and at which regime."""
    charge, energy = pieces["charge_in"].copy(), pieces["energy_in"].copy()
    pieces["charge_in"], pieces["charge_out"] = np.maximum(charge, 0.0), np.maximum(-charge, 0.0)
    pieces["energy_in"], pieces["energy_out"] = np.where(charge >= 0, energy, 0.0), np.where(charge < 0, -energy, 0.0)
    judge(pieces, falls)
    return pieces
