"""Battery Data Format as Parquet: terms as column names, deprecated names and their units included."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ingest.findings import Findings, empty_cells, error, shown
from ingest.headers import Columns, Source, conversion, match
from ingest.mapping import mapped
from ingest.reader import Head, Reading
from ingest.vocabulary import FIELDS
from schemas.errors import Unreadable
from schemas.ingested import Declared
from schemas.quantities import Kind

_BATCH_ROWS = 262_144
_TYPES = {Kind.REAL: pa.float64(), Kind.COUNT: pa.int64(), Kind.TEXT: pa.string()}


class BdfParquet:
    """A `Reader`; a Parquet file tells its columns and types itself."""

    name = "Battery Data Format parquet"
    version = "1"

    def recognises(self, head: Head) -> bool:
        """True for a Parquet file; whether its columns are the format's is said on reading."""
        return head.start.startswith(b"PAR1")

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file.

        Raises:
            Unreadable: the footer is damaged, there are no rows, or a required column is absent or without unit.
        """
        try:
            file = pq.ParquetFile(head.path, pre_buffer=False)
        except (pa.ArrowException, OSError) as fault:
            raise Unreadable(f"The Parquet file is damaged or cut off ({fault}): write and upload it again.") from fault
        if not file.metadata.num_rows:
            raise Unreadable("The Parquet file has no rows: export it again.")
        names = file.schema_arrow.names
        matched = match(names, FIELDS, declared=mapped(names, declared.reading.columns, FIELDS))
        reading = Reading(
            batches=iter(()),
            conversions=[conversion(source, "") for source in matched.sources],
            problems=list(matched.problems),
        )
        reading.batches = _batches(file, matched, reading)
        return reading


def _batches(file: pq.ParquetFile, matched: Columns, reading: Reading) -> Iterator[pa.RecordBatch]:
    findings = Findings()
    names = [file.schema_arrow.names[source.position] for source in matched.sources]
    schema = pa.schema([(s.quantity.name, _TYPES[s.quantity.kind]) for s in matched.sources])
    try:
        for batch in file.iter_batches(_BATCH_ROWS, columns=names):
            arrays = [
                _values(batch.column(name), source, reading, findings)
                for name, source in zip(names, matched.sources, strict=True)
            ]
            reading.rows_in += batch.num_rows
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)
    except (pa.ArrowException, OSError) as fault:
        raise Unreadable(
            f"The Parquet file is damaged after record {reading.rows_in} ({fault}): write and upload it again."
        ) from fault
    finally:
        reading.problems.extend(findings.settle())


def _values(values: pa.Array, source: Source, reading: Reading, findings: Findings) -> pa.Array:
    """One column in its canonical type and unit; a count that is not whole becomes null and is told."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    wanted = _TYPES[source.quantity.kind]
    try:
        if wanted != pa.int64():
            out = values.cast(wanted)
        else:
            real = values.cast(pa.float64())
            whole = pc.fill_null(pc.equal(real, pc.floor(real)), False)
            out = pc.if_else(whole, real, pa.scalar(None, pa.float64())).cast(pa.int64())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as fault:
        raise Unreadable(
            f"The column “{source.heading}” is of the type {values.type} and cannot be read as {wanted}: "
            "write it as numbers."
        ) from fault
    _tell(values, out, source, reading, findings)
    return out if source.unit is None or wanted == pa.int64() else source.unit.canonical(out)


def _tell(values: pa.Array, out: pa.Array, source: Source, reading: Reading, findings: Findings) -> None:
    lost = out.null_count - values.null_count
    if lost:
        first = pc.and_(pc.is_valid(values), pc.is_null(out)).index(pa.scalar(True)).as_py()
        found = shown(str(values[first].as_py()))
        findings.add(
            error(
                "cell-unreadable",
                f"“{found}” in the column “{source.heading}” is not a whole number, and {lost - 1} more are not.",
                "Correct the column or write the file again; the rows are kept without these values.",
                row=reading.line_of(reading.rows_in + first),
                column=source.heading,
                value=found,
                count=lost,
            )
        )
    if source.required and values.null_count:
        first = values.is_null().index(pa.scalar(True)).as_py()
        findings.add(empty_cells(source.heading, values.null_count, reading.line_of(reading.rows_in + first)))


READERS = (BdfParquet(),)
