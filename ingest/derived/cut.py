"""Rows to pieces: one pass over each block, with numpy alone, that everything derived shares."""

from dataclasses import dataclass

import numpy as np

from ingest.derived.bounds import Bounds
from ingest.derived.counters import Counter, kind_of
from ingest.derived.increments import TWO_HOURS_S, AtSteps, Integrator, Moved, RowBefore, charge_within
from ingest.derived.pieces import Pieces
from ingest.derived.regimes import CONSTANT, FLAT_V, ROWS_MIN, Fall, judge
from ingest.derived.rows import STEPS, TEMPERATURES, Flags, Places, Reals, Rows
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
        self._timed = False
        self._before: RowBefore | None = None
        self._open: Pieces | None = None
        self._fall: Fall | None = None
        self._integrator = Integrator()
        self._bounds = Bounds()

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
        lowest = np.minimum.reduceat(rows.voltage, found.begins)
        gaps = bool(np.isnan(lowest).any())
        at_steps = AtSteps.of(rows, before, found.new_step, step_time)
        parts = self._integrator.of(rows, before, found.begins, at_steps, gaps)
        pieces = _measured(rows, before, found.begins, parts)
        pieces["lowest"] = np.fmin.reduceat(rows.voltage, found.begins) if gaps else lowest
        pieces["least"], pieces["most"], pieces["sign"] = found.least, found.most, found.signs
        steps = found.new_step[found.begins] if self.has_steps else found.new.copy()
        if self._open is None:
            steps[0] = True
        pieces["new_step"] = steps
        _time(rows, pieces, found.begins, step_time)
        self._label(rows, pieces, found.begins, steps)
        if self.counter is not None:
            self.counter.measure(rows, pieces, found.begins, differences(rows.time, before.time))
        if parts.ordered:
            sample(rows, self._with_start(pieces, bool(found.new[0])), found.begins)
        complete = self._close(rows, pieces, found.begins, bool(found.new[0]), parts)
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
        self._timed = "step_time_second" in names
        self.has_steps = step is not None or self._timed
        kind = kind_of(names, self.has_steps)
        self.counter = None if kind is None else Counter(kind)
        self._bounds = Bounds(step, "cycle_count" if kind is not None and kind.anew == "cycle" else None)
        self._labels = tuple(name for name in LABELS if name in names)
        self._heat = next((name for name in TEMPERATURES if name in names), None)

    def _label(self, rows: Rows, pieces: Pieces, begins: Places, steps: Flags) -> None:
        for name in self._labels:
            column = rows.column(name)
            assert column is not None
            pieces[name] = column[begins]
        at = np.flatnonzero(steps)
        codes = np.full(len(begins), np.nan)
        for place, text in zip(at, rows.texts("step_type", begins[at]), strict=True):
            if text is not None:
                if text not in self.texts:
                    self.texts.append(text)
                codes[place] = self.texts.index(text)
        pieces["step_type"] = codes
        if self._heat is not None:
            heat = np.asarray(rows.column(self._heat), np.float64)
            pieces["hottest"] = np.fmax.reduceat(heat, begins)
            pieces["heat_last"] = heat[np.append(begins[1:], len(rows)) - 1]

    def _with_start(self, pieces: Pieces, new: bool) -> Pieces:
        """The first piece knows when it began, also where that was in a block before."""
        if not new and self._open is not None:
            for name in ("began", "began_off"):
                pieces[name][0] = self._open[name][0]
        return pieces

    def _close(self, rows: Rows, pieces: Pieces, begins: Places, new: bool, parts: Moved) -> Pieces:
        falls: dict[int, Fall] = {}
        shift = 0
        if self._open is not None:
            # What belongs to the row before the block.
            for name, late in zip(("charge_in", "energy_in"), parts.late, strict=True):
                self._open[name][0] += late / TWO_HOURS_S
            if new:
                pieces = Pieces.joined([self._open, pieces])
                falls, shift = ({} if self._fall is None else {0: self._fall}), 1
            else:
                nearer(self._open, pieces.part(0, 1))
                first = Pieces.joined([self._open, pieces.part(0, 1)]).merged(np.zeros(1, np.intp))
                pieces.values[:, 0] = first.values[:, 0]
        self._follow(rows, pieces, begins, parts, (falls, shift, new))
        last = len(pieces) - 1
        complete, self._open, self._fall = pieces.part(0, last), pieces.part(last, last + 1), falls.pop(last, None)
        return _direct(complete, falls)

    def _follow(
        self, rows: Rows, pieces: Pieces, begins: Places, parts: Moved, known: tuple[dict[int, Fall], int, bool]
    ) -> None:
        """Where the current of a piece is not constant: what is moved once it has fallen."""
        falls, shift, new = known
        ends = np.append(begins[1:], len(rows))
        here = slice(shift, None)
        varies = (pieces["sign"][here] != 0) & (pieces["least"][here] < CONSTANT * pieces["most"][here])
        long = ends - begins >= ROWS_MIN
        long[0] |= not new
        # A piece that is complete and of constant voltage needs no second look.
        flat = pieces["highest"][here] - pieces["lowest"][here] <= FLAT_V
        flat[-1] = False
        flat[0] &= new
        for at in np.flatnonzero(varies & long & ~flat):
            fall = self._fall if at == 0 and not new and self._fall is not None else Fall.none()
            within = slice(begins[at], ends[at])
            carried = self._before if at == 0 and not new else None
            charge = charge_within(rows, carried, int(begins[at]), int(ends[at]))
            fall.add(np.abs(rows.current[within]), charge, rows.voltage[within], float(pieces["most"][at + shift]))
            falls[int(at) + shift] = fall


def _measured(rows: Rows, before: RowBefore, begins: Places, parts: Moved) -> Pieces:
    """What the rows between two bounds add up to, and what stands at their ends."""
    pieces = Pieces.blank(len(begins))
    last = np.append(begins[1:], len(rows)) - 1
    pieces["seconds"] = parts.seconds
    # With its sign until the piece is complete; only then it is known which way it was in all.
    pieces["charge_in"], pieces["energy_in"] = parts.charge / TWO_HOURS_S, parts.energy / TWO_HOURS_S
    pieces["charge_out"] = pieces["energy_out"] = np.zeros(len(begins))
    pieces["constant_current"] = pieces["constant_voltage"] = np.zeros(len(begins))
    pieces["highest"] = np.fmax.reduceat(rows.voltage, begins)
    pieces["start"], pieces["end"] = begins + rows.first, last + 1 + rows.first
    inside = begins > 0
    for name, column, earlier in (
        ("time", rows.time, before.time),
        ("voltage", rows.voltage, before.voltage),
        ("current", rows.current, before.current),
    ):
        pieces[f"{name}_before"] = np.where(inside, column[begins - 1], earlier)
        pieces[f"{name}_last"] = column[last]
    pieces["time_first"], pieces["voltage_first"] = rows.time[begins], rows.voltage[begins]
    return pieces


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
