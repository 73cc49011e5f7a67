"""Rows to pieces: one pass over each block, with numpy alone, that everything derived shares."""

from dataclasses import dataclass

import numpy as np

from ingest.derived.bounds import Bounds, Found
from ingest.derived.counters import Counter, kind_of
from ingest.derived.gathered import Gathered
from ingest.derived.increments import Entries, Integrator, Moved, charge_within
from ingest.derived.pieces import Pieces
from ingest.derived.regimes import CONSTANT, FLAT_V, ROWS_MIN, Fall
from ingest.derived.rows import STEPS, TEMPERATURES, Flags, Places, Reals, RowBefore, Rows
from ingest.derived.samples import nearer, sample
from ingest.integrate import differences

LABELS = ("step_count", "step_id", "cycle_count")
CLOCK_S = 1e-6


@dataclass(frozen=True)
class Cut:
    """One block: pieces that ended in it or before, and where in it pieces begin.

    `complete` are all pieces that ended since there were some, once they are enough to be worth a look. `begins` are
    places in the block, 0 first, with the direction of each in `signs`; `new` is False for the first where it goes on
    from the block before, `steps` says which begin a step.
    """

    rows: Rows
    complete: Pieces
    begins: Places
    signs: Reals
    new: Flags
    steps: Flags


class Cutter:
    """Cuts blocks into pieces and carries the open one from block to block.

    Only where they are `timed` do pieces know when their current began and what was measured some time after it.
    """

    def __init__(self, timed: bool = True) -> None:
        self._began = timed
        self.has_steps = False
        self.texts: list[str | None] = []
        self.counter: Counter | None = None
        self._labels: tuple[str, ...] = ()
        self._heat: str | None = None
        self._timed = self._typed = False
        self._before: RowBefore | None = None
        self._open: Pieces | None = None
        self._fall: Fall | None = None
        self._gathered = Gathered()
        self._bounds, self._integrator = Bounds(), Integrator()

    @property
    def ends_under_current(self) -> bool:
        """Whether the last row so far is under current."""
        return self._open is not None and bool(self._open["sign"][-1])

    def add(self, rows: Rows) -> Cut:
        """The next block."""
        if self._before is None:
            self._begin(rows)
        step_time = np.asarray(rows.column("step_time_second"), np.float64) if self._timed else None
        rows, found = self._bounds.of(rows, self._before, step_time)
        before = self._before or RowBefore.of(rows, 0)
        pieces = _bounded(rows, before, found)
        own = None if step_time is None else step_time[found.begins]
        parts = self._integrator.of(rows, pieces, found, Entries.of(pieces, found.at_step, own))
        # With its sign until the piece is complete; only then it is known which way it was in all.
        pieces["charge_in"], pieces["energy_in"] = parts.charge, parts.energy
        pieces["seconds"] = parts.seconds
        steps = found.at_step if self.has_steps else found.new.copy()
        if self._open is None:
            steps[0] = True
        pieces["new_step"] = steps
        self._label(rows, pieces, found)
        if self.counter is not None:
            self.counter.measure(rows, pieces, found.begins, differences(rows.time, before.time))
        if self._began:
            _begun(pieces, own)
            if parts.ordered:
                sample(rows, self._with_start(pieces, bool(found.new[0])), found.begins, found.last)
        self._close(rows, pieces, found, parts)
        self._before = RowBefore.of(rows, -1)
        return Cut(rows, self._gathered.enough(), found.begins, found.signs, found.new, steps)

    def finish(self) -> Pieces:
        """The pieces that are left, the open one closed."""
        self._gather_open()
        return self._gathered.all()

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

    def _close(self, rows: Rows, pieces: Pieces, found: Found, parts: Moved) -> None:
        if self._open is not None:
            if any(parts.late):
                # What belongs to the row before the block.
                for name, late in zip(("charge_in", "energy_in"), parts.late, strict=True):
                    self._open[name][0] += late
            if found.new[0]:
                self._gather_open()
            else:
                if self._began:
                    nearer(self._open, pieces.part(0, 1))
                pieces.take_before(self._open)
        falls = self._follow(rows, pieces, found)
        last = len(pieces) - 1
        self._open, self._fall = pieces.part(last, last + 1), falls.pop(last, None)
        self._gathered.add(pieces.part(0, last), falls)

    def _gather_open(self) -> None:
        if self._open is not None:
            self._gathered.add(self._open, {} if self._fall is None else {0: self._fall})
        self._open = self._fall = None

    def _follow(self, rows: Rows, here: Pieces, found: Found) -> dict[int, Fall]:
        """Where the current of a piece is not constant: what is moved once it has fallen."""
        falls: dict[int, Fall] = {}
        new = bool(found.new[0])
        varies = (here["sign"] != 0) & (here["least"] < CONSTANT * here["most"])
        if not varies.any():
            return falls
        long = found.last - found.begins >= ROWS_MIN - 1
        long[0] |= not new
        # A piece that is complete and of constant voltage needs no second look.
        flat = here["highest"] - here["lowest"] <= FLAT_V
        flat[-1] = False
        flat[0] &= new
        for at in np.flatnonzero(varies & long & ~flat):
            fall = (self._fall if at == 0 else None) or Fall.none()
            start, stop = int(found.begins[at]), int(found.last[at]) + 1
            within = slice(start, stop)
            carried = self._before if at == 0 and not new else None
            charge = charge_within(rows, carried, start, stop)
            fall.add(np.abs(rows.current[within]), charge, rows.voltage[within], float(here["most"][at]))
            falls[int(at)] = fall
        return falls


def _bounded(rows: Rows, before: RowBefore, found: Found) -> Pieces:
    """What stands at the ends of the rows between two bounds, and at the row before."""
    begins, last = found.begins, found.last
    count = len(begins)
    pieces = Pieces.blank(count)
    pieces["start"], pieces["end"] = begins + rows.first, last + (1 + rows.first)
    places = np.concatenate((begins - 1, begins, last))
    ends = np.empty((3, 3, count))
    for column, at_places in zip((rows.clock, rows.voltage, rows.current), ends, strict=True):
        at_places[:] = column[places].reshape(3, count)
    ends[:, 0, 0] = before.time, before.voltage, before.current
    pieces.set_at("time_before", ends[:, 0])
    pieces.set_at("time_first", ends[:2, 1])
    pieces.set_at("time_last", ends[:, 2])
    pieces["least"], pieces["most"], pieces["sign"] = found.least, found.most, found.signs
    pieces["lowest"], pieces["highest"] = found.lowest, found.highest
    return pieces


def _begun(pieces: Pieces, own: Reals | None) -> None:
    """When the current of each piece began: with its step where the step time says so, else at its first row."""
    gap = np.maximum(pieces["time_first"] - pieces["time_before"], 0.0)
    pieces["began"], pieces["began_off"] = pieces["time_first"], gap
    if own is not None:
        known = own <= gap + CLOCK_S
        pieces["began"][known] -= np.minimum(own, gap)[known]
        pieces["began_off"][known] = 0.0
