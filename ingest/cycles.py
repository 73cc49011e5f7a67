"""The cycle summary alone, as a pass of its own over the rows of a running test."""

import pyarrow as pa

from ingest.derived.counters import COLUMNS
from ingest.derived.cut import Cutter
from ingest.derived.cycles import Cycles
from ingest.derived.rows import REQUIRED, STEPS, TEMPERATURES, Blocks
from ingest.derived.summary import DEFINITION, FIELDS, Tail
from schemas.ingested import Declared

__all__ = ["DEFINITION", "FIELDS", "Segmenter"]

NAMES = (*REQUIRED, *STEPS, "step_time_second", "cycle_count", *TEMPERATURES, *COLUMNS)


class Segmenter:
    """Reads batches of the time series once, in order, and makes the cycle summary; memory does not grow with rows.

    Rows are worked on in blocks of a fixed size, so that the result is the same, to the last bit, however they were
    cut into batches.
    """

    def __init__(self, cell_configuration: str | None, declared: Declared | None = None) -> None:
        known = declared or Declared()
        self._blocks = Blocks(NAMES)
        self._cutter = Cutter(timed=False)
        self._cycles = Cycles(known.model_copy(update={"cell_configuration": cell_configuration}))
        self._rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Batches without time, current or voltage make no cycles."""
        self._rows += batch.num_rows
        for rows in self._blocks.add(batch):
            self._cycles.add(self._cutter.add(rows).complete)

    def finish(self) -> pa.Table:
        """One row per cycle; `start_row` and `end_row` (inclusive) count the rows of the time series from 0."""
        for rows in self._blocks.finish():
            self._cycles.add(self._cutter.add(rows).complete)
        under_current = self._cutter.ends_under_current
        self._cycles.add(self._cutter.finish())
        counter = self._cutter.counter.name if self._cutter.counter else ""
        return self._cycles.finish(Tail(self._rows, under_current, counter))
