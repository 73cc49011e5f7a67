"""Canonical columns that a reader has whole in memory, handed over in batches."""

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from ingest.clocks import instant
from ingest.reader import Reading
from ingest.text.steps import Step

BATCH_ROWS = 262_144


def in_batches(columns: Mapping[str, pa.Array], steps: Sequence[Step], reading: Reading) -> Iterator[pa.RecordBatch]:
    """The rows through these steps; what the steps find is told of the reading, by 1-based record."""
    whole = pa.table(dict(columns))
    for first in range(0, whole.num_rows, BATCH_ROWS):
        batch: dict[str, pa.Array] = {
            name: whole[name].slice(first, BATCH_ROWS).combine_chunks() for name in whole.column_names
        }
        for step in steps:
            batch = step.apply(batch, first)
        if first == 0 and "unix_time_second" in batch:
            reading.started_at = instant(batch["unix_time_second"][0].as_py())
        yield pa.RecordBatch.from_pydict(batch)
    for step in steps:
        for found in step.finish():
            reading.problems.append(found if found.row is None else found.model_copy(update={"row": found.row + 1}))
