"""The layout of the tables: types, units, provenance, row groups, and bytes that depend on the content alone."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.parquet import PROVENANCE, Described, TableWriter
from schemas.ingested import Table


def rows(count: int, start: int = 0) -> pa.RecordBatch:
    record = np.arange(start, start + count)
    return pa.RecordBatch.from_pydict(
        {
            "test_time_second": record * 1.0,
            "voltage_volt": 3.7 + 0.1 * np.sin(record),
            "cycle_count": record // 1000,
            "record_index": record,
            "step_type": pa.array(["rest"] * count),
        }
    )


def written(path: Path, *batches: pa.RecordBatch) -> Table:
    writer = TableWriter(path, "timeseries")
    for batch in batches:
        writer.write(batch)
    return writer.close({"reader": "Some csv"})


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    written(tmp_path / "t.parquet", rows(10), rows(5, 10))
    assert pq.read_table(tmp_path / "t.parquet").to_pydict() == rows(15).to_pydict()


def test_table_says_bytes_hash_and_columns(tmp_path: Path) -> None:
    table = written(tmp_path / "t.parquet", rows(10))
    content = (tmp_path / "t.parquet").read_bytes()
    assert (table.bytes, table.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert (table.rows, table.file, table.name) == (10, "t.parquet", "timeseries")
    assert [(one.name, one.type, one.unit) for one in table.columns] == [
        ("test_time_second", "double", "s"),
        ("voltage_volt", "double", "V"),
        ("cycle_count", "int64", "1"),
        ("record_index", "int64", "1"),
        ("step_type", "string", ""),
    ]


def test_fields_carry_unit_and_iri(tmp_path: Path) -> None:
    written(tmp_path / "t.parquet", rows(10))
    field = pq.read_schema(tmp_path / "t.parquet").field("voltage_volt")
    assert field.metadata[b"unit"] == b"V"
    assert field.metadata[b"iri"].endswith(b"battery-data-format#voltage_volt")


def test_columns_outside_the_vocabulary_are_described_by_the_caller(tmp_path: Path) -> None:
    writer = TableWriter(tmp_path / "t.parquet", "cycles", {"duration_s": Described("s")})
    writer.write(pa.RecordBatch.from_pydict({"duration_s": [1.0]}))
    assert writer.close({}).columns[0].unit == "s"


def test_footer_names_the_provenance(tmp_path: Path) -> None:
    written(tmp_path / "t.parquet", rows(10))
    footer = pq.read_metadata(tmp_path / "t.parquet").metadata
    assert json.loads(footer[PROVENANCE.encode()]) == {"reader": "Some csv"}


def test_equal_rows_make_equal_bytes(tmp_path: Path) -> None:
    first = written(tmp_path / "one.parquet", rows(1000))
    assert written(tmp_path / "two.parquet", rows(1000)).sha256 == first.sha256


@pytest.mark.parametrize("sizes", [[350_001], [45_000] * 7, [1] * 20 + [200_000]])
def test_row_groups_hold_50_to_100_thousand_rows(tmp_path: Path, sizes: list[int]) -> None:
    starts = np.cumsum([0, *sizes]).tolist()
    written(tmp_path / "t.parquet", *(rows(size, start) for size, start in zip(sizes, starts, strict=False)))
    found = pq.read_metadata(tmp_path / "t.parquet")
    groups = [found.row_group(at).num_rows for at in range(found.num_row_groups)]
    assert sum(groups) == sum(sizes)
    assert all(50_000 <= size <= 100_000 for size in groups[:-1])
    assert groups[-1] <= 100_000


def test_layout_is_what_was_measured_to_be_fast_and_small(tmp_path: Path) -> None:
    written(tmp_path / "t.parquet", rows(1000))
    group = pq.read_metadata(tmp_path / "t.parquet").row_group(0)
    by_name = {group.column(at).path_in_schema: group.column(at) for at in range(group.num_columns)}
    assert all(column.compression == "ZSTD" and column.has_column_index for column in by_name.values())
    assert "BYTE_STREAM_SPLIT" in by_name["voltage_volt"].encodings
    assert "DELTA_BINARY_PACKED" in by_name["record_index"].encodings
    assert by_name["cycle_count"].has_dictionary_page


def test_no_type_that_other_tools_cannot_read(tmp_path: Path) -> None:
    batch = pa.RecordBatch.from_pydict(
        {
            "count": pa.array([1], pa.uint32()),
            "at": pa.array([1_700_000_000_000_000_000], pa.timestamp("ns")),
            "half": pa.array([1.5], pa.float32()),
            "empty": pa.nulls(1),
        }
    )
    written(tmp_path / "t.parquet", batch)
    types = pq.read_schema(tmp_path / "t.parquet").types
    assert types == [pa.int64(), pa.timestamp("us", tz="UTC"), pa.float64(), pa.float64()]


def test_a_table_without_rows_still_has_its_columns(tmp_path: Path) -> None:
    assert written(tmp_path / "t.parquet", rows(0)).rows == 0
    assert pq.read_table(tmp_path / "t.parquet").column_names == rows(0).schema.names


def test_a_discarded_table_leaves_nothing(tmp_path: Path) -> None:
    writer = TableWriter(tmp_path / "t.parquet", "timeseries")
    writer.write(rows(150_000))
    writer.discard()
    assert not (tmp_path / "t.parquet").exists()
