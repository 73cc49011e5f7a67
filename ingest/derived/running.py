"""All derived tables of a running test from one pass over its rows."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from ingest.derived import described
from ingest.derived.counters import COLUMNS, mismatches
from ingest.derived.cut import Cut, Cutter
from ingest.derived.cycles import Cycles
from ingest.derived.impedance import Impedance
from ingest.derived.pieces import Pieces
from ingest.derived.pulses import Pulse, Pulses, pulse_table
from ingest.derived.rests import Rests, rest_table
from ingest.derived.rows import REQUIRED, STEPS, TEMPERATURES, Blocks, Reals
from ingest.derived.steps import Steps, step_kinds, step_table
from ingest.derived.summary import FIELDS, Tail
from ingest.parquet import Derived
from schemas.ingested import Declared
from schemas.report import Problem, Severity

CYCLES, STEP_TABLE, RESTS, PULSES, IMPEDANCE = "cycles", "steps", "rests", "pulses", "impedance"
NAMES = (*REQUIRED, *STEPS, "step_time_second", "step_type", "cycle_count", *TEMPERATURES, *COLUMNS)


class Running:
    """Sees every batch of a running test once, in order, and makes its small tables; memory does not grow with rows.

    Cycles and steps are always made; rests, pulses and impedance where the file has any.
    """

    def __init__(self, declared: Declared) -> None:
        self._declared = declared
        self._blocks = Blocks(NAMES)
        self._cutter = Cutter()
        self._cycles, self._steps = Cycles(declared), Steps()
        self._rests, self._pulses, self._impedance = Rests(), Pulses(declared), Impedance()
        self._rows = 0
        self._problems: list[Problem] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """The next rows of the file."""
        self._rows += batch.num_rows
        self._impedance.add(batch)
        for rows in self._blocks.add(batch):
            self._take(self._cutter.add(rows))

    def finish(self) -> Mapping[str, Derived]:
        """The tables by name."""
        for rows in self._blocks.finish():
            self._take(self._cutter.add(rows))
        counter = self._cutter.counter.name if self._cutter.counter else ""
        tail = Tail(self._rows, self._cutter.ends_under_current, counter)
        self._work(self._cutter.finish())
        cycles = self._cycles.finish(tail)
        of_cycle = _starts(cycles.column("start_row")), _starts(cycles.column("cycle"))
        steps, pulses = self._steps.finish(), self._pulses.finish()
        of_step = steps["start"], np.arange(1.0, len(steps) + 1)
        kinds = _with_pulses(step_kinds(steps), steps, pulses)
        made = {
            CYCLES: Derived(cycles, FIELDS),
            STEP_TABLE: step_table(steps, self._steps.medians, kinds, of_cycle, counter, self._cutter.texts),
        }
        self._problems = [*mismatches(steps, self._cutter.counter, self._impedance.rows), *self._left_out()]
        rests = self._rests.finish()
        if len(rests[0]):
            made[RESTS] = rest_table(rests, of_cycle, of_step)
        if pulses:
            made[PULSES] = pulse_table(pulses, self._declared.nominal_capacity_ah, of_cycle, of_step)
        if (impedance := self._impedance.finish(of_cycle, of_step)) is not None:
            made[IMPEDANCE] = impedance
        return made

    def problems(self) -> list[Problem]:
        """What was found on the way, once finished: rules `counter-mismatch` and `derived-left-out`."""
        return self._problems

    def _take(self, cut: Cut) -> None:
        self._steps.follow(cut)
        self._rests.follow(cut)
        if len(cut.complete):
            self._work(cut.complete)

    def _work(self, pieces: Pieces) -> None:
        self._cycles.add(pieces)
        self._steps.add(pieces)
        self._rests.add(pieces)
        self._pulses.add(pieces)

    def _left_out(self) -> list[Problem]:
        makers: dict[str, Steps | Rests | Pulses | Impedance] = {
            STEP_TABLE: self._steps,
            RESTS: self._rests,
            PULSES: self._pulses,
            IMPEDANCE: self._impedance,
        }
        return [
            Problem(
                rule="derived-left-out",
                severity=Severity.WARNING,
                message=f"The table “{name}” would have more than {described.MOST_ROWS} rows and was left out.",
                hint="Check the step counter of the export; KPIs that need this table are not computed.",
            )
            for name, maker in makers.items()
            if maker.too_many
        ]


def _starts(column: pa.ChunkedArray) -> Reals:
    values: Reals = column.to_numpy().astype(np.float64)
    return values


def _with_pulses(kinds: list[str], steps: Pieces, pulses: list[Pulse]) -> list[str]:
    """A step that is a pulse and nothing else under current is called so."""
    starts = np.array([float(one.piece["start"][0]) for one in pulses])
    for pulse, at in zip(pulses, np.searchsorted(steps["start"], starts, side="right") - 1, strict=True):
        length = float(pulse.piece["end"][0] - pulse.piece["start"][0])
        if at >= 0 and steps["rows_in"][at] + steps["rows_out"][at] <= length + 1:
            kinds[at] = "pulse-charge" if pulse.piece["sign"][0] > 0 else "pulse-discharge"
    return kinds
