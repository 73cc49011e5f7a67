"""Own cycle segmentation from pieces: decided by the current alone, whatever counters a file brings."""

import pyarrow as pa

from ingest.derived.halves import Halves, order
from ingest.derived.pieces import Pieces
from ingest.derived.stretches import Stretches
from ingest.derived.summary import Tail, summary
from schemas.ingested import Declared


class Cycles:
    """Takes complete pieces in order and makes the cycle summary; memory grows with cycles only.

    A full cell and a positive half cell charge first and then discharge; a negative half cell (`half-negative`)
    discharges first.
    """

    def __init__(self, declared: Declared) -> None:
        self._first = -1 if declared.cell_configuration == "half-negative" else 1
        self._declared = declared
        self._stretches = Stretches()
        self._halves = Halves()

    def add(self, pieces: Pieces) -> None:
        """The next pieces."""
        for stretch in self._stretches.add(pieces):
            self._halves.add(stretch)

    def finish(self, tail: Tail) -> pa.Table:
        """One row per cycle; `start_row` and `end_row` (inclusive) count the rows of the time series from 0."""
        self._halves.add(self._stretches.finish())
        halves = [half for half in self._halves.finish() if half.net]
        return summary(order(halves, self._first), tail, self._declared)
