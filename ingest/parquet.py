"""Writes a canonical table as Parquet: layout, units and IRIs in the fields, provenance in the footer."""

import hashlib
import json
import math
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.ingested import Column, Table
from schemas.iris import column_terms
from schemas.quantities import QUANTITIES

GROUP_ROWS_MIN = 50_000
GROUP_ROWS_MAX = 100_000
PAGE_ROWS = 65_536
FEW_VALUES = 256
SEEN_ROWS = 10_000
PROVENANCE = "provenance"


@dataclass(frozen=True)
class Described:
    """Unit (UCUM code) and IRI of a column that the vocabulary does not have."""

    unit: str = ""
    iri: str = ""


@dataclass(frozen=True)
class Derived:
    """A whole table in memory, with what its columns are where the vocabulary does not say."""

    table: pa.Table
    described: Mapping[str, Described]


class TableWriter:
    """Writes batches of one schema in the order given, which is the order of time.

    Row groups hold 50 000 to 100 000 rows (the last one may hold fewer), so that a cycle is read with little of its
    neighbours. The bytes depend only on the rows and the provenance, so that equal input makes an equal hash. Groups
    are written on a thread of their own, one at a time; what fails there is raised by the next call.
    """

    def __init__(self, path: Path, name: str, extra: Mapping[str, Described] | None = None) -> None:
        self._path = path
        self._name = name
        self._extra = extra or {}
        self._file = _Hashed(path)
        self._writer: pq.ParquetWriter | None = None
        self._schema: pa.Schema | None = None
        self._waiting: list[pa.RecordBatch] = []
        self._waiting_rows = 0
        self._side = ThreadPoolExecutor(1, thread_name_prefix="write")
        self._under_way: Future[None] | None = None
        self.rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Takes a batch; columns are float64, int64, string or bool in the order of the first batch."""
        if self._schema is None:
            self._schema = _described(batch.schema, self._extra)
        self._waiting.append(_as(batch, self._schema))
        self._waiting_rows += batch.num_rows
        self.rows += batch.num_rows
        if self._waiting_rows >= GROUP_ROWS_MIN:
            self._write_groups()

    def close(self, provenance: Mapping[str, object]) -> Table:
        """Finishes the file, with the provenance as JSON in the footer, and says what was written."""
        if self._schema is None:
            raise ValueError("a table needs at least one batch, even an empty one, to know its columns")
        if self._waiting_rows or (self._writer is None and self._under_way is None):
            self._write_groups()
        self._written()
        self._side.shutdown()
        writer, schema = self._writer, self._schema
        assert writer is not None
        writer.add_key_value_metadata({PROVENANCE: json.dumps(provenance, sort_keys=True, ensure_ascii=False)})
        writer.close()
        self._file.close()
        return Table(
            name=self._name,
            file=self._path.name,
            rows=self.rows,
            bytes=self._file.bytes,
            sha256=self._file.sha256.hexdigest(),
            columns=tuple(_column(field) for field in schema),
        )

    def discard(self) -> None:
        """Closes without a footer and removes the file."""
        if self._under_way is not None:
            wait([self._under_way])
        self._side.shutdown()
        if self._writer is not None:
            self._writer.is_open = False
            self._writer = None
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _write_groups(self) -> None:
        table = pa.Table.from_batches(self._waiting, schema=self._schema)
        self._waiting, self._waiting_rows = [], 0
        self._written()
        self._under_way = self._side.submit(self._write, table)

    def _written(self) -> None:
        """Wait for the groups under way."""
        if self._under_way is not None:
            self._under_way.result()

    def _write(self, table: pa.Table) -> None:
        if self._writer is None:
            self._writer = _open(self._file, table)
        groups = max(1, math.ceil(table.num_rows / GROUP_ROWS_MAX))
        size = math.ceil(table.num_rows / groups)
        for start in range(0, max(table.num_rows, 1), max(size, 1)):
            self._writer.write_table(table.slice(start, size), row_group_size=GROUP_ROWS_MAX)


class _Hashed:
    """A file open for writing that knows the hash of what went through it."""

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("wb")
        self.sha256 = hashlib.sha256()
        self.bytes = 0

    @property
    def closed(self) -> bool:
        return self._file.closed

    def write(self, piece: bytes) -> int:
        self.sha256.update(piece)
        self.bytes += len(piece)
        return self._file.write(piece)

    def tell(self) -> int:
        return self.bytes

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _open(file: _Hashed, first: pa.Table) -> pq.ParquetWriter:
    dictionary, encodings = [], {}
    for field in first.schema:
        if pa.types.is_floating(field.type):
            encodings[field.name] = "BYTE_STREAM_SPLIT"
        elif pa.types.is_integer(field.type) and not _few_values(first.column(field.name)):
            encodings[field.name] = "DELTA_BINARY_PACKED"
        elif pa.types.is_string(field.type) and _mostly_new(first.column(field.name)):
            # Clock times in order differ in their last letters only.
            encodings[field.name] = "DELTA_BYTE_ARRAY"
        elif not pa.types.is_boolean(field.type):
            dictionary.append(field.name)
    return pq.ParquetWriter(
        pa.PythonFile(file, mode="w"),
        first.schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=dictionary or False,
        column_encoding=encodings or None,
        write_page_index=True,
        max_rows_per_page=PAGE_ROWS,
    )


def _few_values(column: pa.ChunkedArray) -> bool:
    return bool(pc.count_distinct(column.slice(0, GROUP_ROWS_MIN)).as_py() <= FEW_VALUES)


def _mostly_new(column: pa.ChunkedArray) -> bool:
    begin = column.slice(0, SEEN_ROWS)
    return bool(pc.count_distinct(begin).as_py() > max(FEW_VALUES, len(begin) // 4))


def _described(schema: pa.Schema, extra: Mapping[str, Described]) -> pa.Schema:
    fields = []
    for field in schema:
        quantity = QUANTITIES.get(field.name)
        named = Described(quantity.ucum, quantity.iri) if quantity else extra.get(field.name, Described())
        iri = named.iri or (column_terms()[field.name].iri if field.name in column_terms() else "")
        fields.append(pa.field(field.name, _plain(field.type), metadata={"unit": named.unit, "iri": iri}))
    return pa.schema(fields)


def _plain(kind: pa.DataType) -> pa.DataType:
    """Types that every Parquet reader has: no unsigned, no nanoseconds, no half floats."""
    if pa.types.is_boolean(kind):
        return pa.bool_()
    if pa.types.is_integer(kind):
        return pa.int64()
    if pa.types.is_floating(kind) or pa.types.is_null(kind):
        return pa.float64()
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", tz="UTC")
    return pa.string()


def _as(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The same rows under the table's schema; nothing is copied where types already agree."""
    columns = [batch.column(field.name) for field in schema]
    cast = [
        column if column.type == field.type else column.cast(field.type)
        for column, field in zip(columns, schema, strict=True)
    ]
    return pa.RecordBatch.from_arrays(cast, schema=schema)


def _column(field: pa.Field) -> Column:
    described = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
    return Column(name=field.name, type=str(field.type), unit=described["unit"], iri=described["iri"])
