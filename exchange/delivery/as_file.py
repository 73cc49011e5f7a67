"""Tables as files: CSV and Parquet, made while they are sent so that memory does not grow with them."""

import csv
import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq

from exchange.delivery.outgoing import Outgoing

_CELL_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_CSV_ROWS = 20_000


def csv_bytes(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    """CSV with a header line; text cells that a spreadsheet would run as a formula are escaped, numbers never."""
    headed = False
    for whole in batches:  # At least one, if empty: the header is always there.
        for offset in range(0, max(1, whole.num_rows), _CSV_ROWS):
            batch = whole.slice(offset, _CSV_ROWS)
            text = io.StringIO(newline="")
            writer = csv.writer(text, lineterminator="\n")
            if not headed:
                writer.writerow(batch.schema.names)
                headed = True
            writer.writerows(zip(*(_cells(column) for column in batch.columns), strict=True))
            yield text.getvalue().encode()


def moments(column: pa.ChunkedArray | pa.Array) -> list[float | int | str | None]:
    """Instants as ISO 8601 in UTC."""
    return [None if moment is None else moment.isoformat() for moment in column.to_pylist()]


def _cells(column: pa.Array) -> list[object]:
    if pa.types.is_timestamp(column.type):
        return [*moments(column)]
    values: list[object] = column.to_pylist()
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return [_text(value) if isinstance(value, str) else value for value in values]
    return values


def _text(value: str) -> str:
    # A carriage return is not quoted by the writer, and a reader would begin a row behind it.
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{plain}" if value.startswith(_CELL_STARTS) else plain


def parquet_bytes(batches: Iterator[pa.RecordBatch]) -> Iterator[bytes]:
    """A Parquet file made while it is sent: what is written so far leaves before the next batch is read."""
    sink = Outgoing()
    writer: pq.ParquetWriter | None = None
    for batch in batches:  # At least one, if empty: the schema is always there.
        writer = writer or pq.ParquetWriter(sink, batch.schema, compression="zstd", compression_level=1)
        writer.write_batch(batch)
        yield sink.taken()
    if writer is not None:
        writer.close()
        yield sink.taken()
