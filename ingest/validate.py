"""Runs every check over the batches of a file and collects all findings at once."""

import numpy as np
import pyarrow as pa

from ingest.checks.contact import StuckVoltage, VoltageJumps
from ingest.checks.dead import DeadTemperature, DeadVoltage, SmallVoltage
from ingest.checks.direction import Direction
from ingest.checks.impedance import ImpedanceParts
from ingest.checks.scale import CounterScale, StepTimeScale
from ingest.checks.temperature import MixedTemperatures
from ingest.checks.timing import ElapsedTime, WallClock
from ingest.checks.values import CycleCounter, Ranges, RequiredColumns, StepCounter
from ingest.checks.view import Check, View, flatten
from ingest.checks.whole import capacity_of, cycle_problems, row_problems
from ingest.checks.window import ChemistryWindow
from ingest.reader import Reading
from schemas.ingested import Declared
from schemas.report import Problem


class Validator:
    """Sees each batch once, in order; memory does not grow with rows."""

    def __init__(self, declared: Declared, reading: Reading) -> None:
        self._declared, self._reading = declared, reading
        self._rows = 0
        line_of = reading.line_of
        self._required = RequiredColumns(line_of)
        self._stuck = StuckVoltage(line_of)
        self._checks: tuple[Check, ...] = (
            self._required,
            ElapsedTime(line_of),
            WallClock(line_of),
            StepTimeScale(line_of),
            CounterScale(line_of),
            Ranges(line_of, declared),
            ChemistryWindow(line_of, declared),
            VoltageJumps(line_of),
            CycleCounter(line_of),
            StepCounter(line_of),
            Direction(declared),
            MixedTemperatures(),
            ImpedanceParts(line_of),
            DeadVoltage(),
            SmallVoltage(declared),
            DeadTemperature(),
        )

    def add(self, batch: pa.RecordBatch) -> None:
        """Takes in the next rows of the time series."""
        view = View(batch, self._rows)
        # Infinite and huge values are findings; what numpy says of computing with them is not.
        with np.errstate(all="ignore"):
            for check in self._checks:
                check.look(view)
            self._stuck.look(view)
        self._rows += batch.num_rows

    def finish(self, cycles: pa.Table) -> list[Problem]:
        """All findings, `cycles` being the file's cycle summary."""
        with np.errstate(all="ignore"):
            found = flatten(check.problems() for check in self._checks)
        if self._rows and self._required.complete:
            found += cycle_problems(cycles, self._declared)
            found += self._stuck.judge(capacity_of(cycles, self._declared))
        return [*found, *row_problems(self._reading.rows_in, self._rows)]
