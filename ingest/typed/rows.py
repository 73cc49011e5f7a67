"""The rows of a Parquet file in canonical columns, batch by batch, with what is found wrong in them."""

from collections.abc import Generator, Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.clocks import instant
from ingest.clocks.repeated_hour import RepeatedHour
from ingest.findings import Findings, empty_cells, error, shown
from ingest.reader import Reading
from ingest.text import cells
from ingest.text.columns import CLOCK_TEXT
from ingest.text.steps import Columns, Step, through
from ingest.text.twins import Twins, key
from ingest.typed.values import CLOCK, TypedColumn, is_text, text_of
from schemas.errors import Unreadable
from schemas.quantities import Kind

_BATCH_ROWS = 262_144


class TypedRows:
    """The columns of a file that are read, of so many rows: `own` by quantity, `twins` by a name of their own."""

    def __init__(self, file: pq.ParquetFile, planned: list[TypedColumn | None], own: int, rows: int) -> None:
        self._file, self._rows = file, rows
        self.own = {one.source.quantity.name: one for one in planned[:own] if one is not None}
        self.twins = {
            key(one.source.quantity.name, number): one
            for number, one in enumerate(planned[own:], 2)
            if one is not None and one.source.quantity.name in self.own and one.zone is None
        }

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The rows of the file, as they are."""
        schema = self._file.schema_arrow.names
        names = [schema[one.source.position] for one in (*self.own.values(), *self.twins.values())]
        left = self._rows
        for batch in self._file.iter_batches(_BATCH_ROWS, columns=names):
            yield batch.slice(0, left)
            left -= batch.num_rows
            if left <= 0:
                return

    def columns(self, batch: pa.RecordBatch) -> dict[str, pa.Array]:
        """Canonical values, with the text of local clock times."""
        out: dict[str, pa.Array] = {}
        for name, one in (*self.own.items(), *self.twins.items()):
            raw = self.raw(batch, one)
            out[name] = one.convert(raw)
            if one.zone is not None:
                out[CLOCK_TEXT] = raw.cast(pa.string())
        return out

    def raw(self, batch: pa.RecordBatch, one: TypedColumn) -> pa.Array:
        """The column as it stands in the file; words for no value are none where it holds no text."""
        values = batch.column(self._file.schema_arrow.names[one.source.position])
        numbers = one.source.quantity.kind is not Kind.TEXT
        return cells.text(text_of(values)) if numbers and is_text(values.type) else values

    def steps(self) -> tuple[Step, ...]:
        """What needs rows in order."""
        compared = Twins([one.source for one in self.own.values()], {n: one.source for n, one in self.twins.items()})
        zone = next((one.zone for one in self.own.values() if one.zone), None)

        def ahead() -> Generator[Columns, None, None]:
            return through((), (self.columns(batch) for batch in self.batches()))

        return (compared, *((RepeatedHour(zone, ahead),) if zone else ()))


def batches(taken: TypedRows, reading: Reading) -> Iterator[pa.RecordBatch]:
    """The rows in canonical columns; findings go into the reading.

    Raises:
        Unreadable: the file is damaged behind its beginning.
    """
    findings = Findings()
    steps = taken.steps()
    try:
        for batch in taken.batches():
            columns = taken.columns(batch)
            _tell(taken, batch, columns, reading, findings)
            for step in steps:
                columns = step.apply(columns, reading.rows_in)
            reading.rows_in += batch.num_rows
            if reading.started_at is None and CLOCK in columns:
                reading.started_at = instant(columns[CLOCK][0].as_py())
            yield pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))
    except (pa.ArrowException, OSError) as fault:
        raise Unreadable(
            f"The Parquet file is damaged after record {reading.rows_in} ({fault}): write and upload it again."
        ) from fault
    finally:
        for problem in (one for step in steps for one in step.finish()):
            row = None if problem.row is None else reading.line_of(problem.row)
            findings.add(problem.model_copy(update={"row": row}))
        reading.problems.extend(findings.settle())


def _tell(taken: TypedRows, batch: pa.RecordBatch, columns: Columns, reading: Reading, findings: Findings) -> None:
    """Values that are none of their quantity, and rows without a required one."""
    for name, one in taken.own.items():
        raw, values = taken.raw(batch, one), columns[name]
        lost = values.null_count - raw.null_count
        if lost > 0:
            first = _first(~_null(raw) & _null(values))
            found = shown(str(raw[first].as_py()))
            findings.add(
                error(
                    "cell-unreadable",
                    f"“{found}” in the column “{one.source.heading}” is not {one.wanted}, and {lost - 1} more are not.",
                    "Correct the column or write the file again; the rows are kept without these values.",
                    row=reading.line_of(reading.rows_in + first),
                    column=one.source.heading,
                    value=found,
                    count=lost,
                )
            )
        if one.source.required and raw.null_count:
            first = _first(_null(raw))
            where = reading.line_of(reading.rows_in + first)
            findings.add(empty_cells(one.source.heading, raw.null_count, where))


def _first(found: npt.NDArray[np.bool_]) -> int:
    return int(np.flatnonzero(found)[0])


def _null(values: pa.Array) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = values.is_null().to_numpy(zero_copy_only=False)
    return found
