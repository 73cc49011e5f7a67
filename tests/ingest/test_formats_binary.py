"""Formats that are no text: Parquet with the format's columns, and Neware files that are whole or damaged."""

import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.detect import detect, head
from ingest.reader import Reading
from schemas.errors import Unreadable
from schemas.ingested import Declared
from schemas.report import Severity


def read(path: Path, filename: str = "") -> tuple[pa.Table, Reading]:
    seen = head(path, filename or path.name)
    reading = detect(seen).read(seen, Declared())
    return pa.Table.from_batches(list(reading.batches)), reading


def parquet(folder: Path, **columns: pa.Array) -> Path:
    path = folder / "file.parquet"
    pq.write_table(pa.table(columns), path)
    return path


COLUMNS = {
    "test_time_millisecond": pa.array([0, 1500, 3000]),
    "voltage_volt": pa.array([3.0, 3.5, 3.6], pa.float32()),
    "current_ampere": pa.array([0.0, 0.5, -0.5]),
    "cycle_dimensionless": pa.array([1, 1, 2], pa.uint16()),
    "date_time_millisecond": pa.array([1700000000000, 1700000001500, 1700000003000]),
    "operator": pa.array(["a", "b", "c"]),
}


def test_bdf_parquet_with_deprecated_names_comes_out_canonical(tmp_path):
    table, reading = read(parquet(tmp_path, **COLUMNS))
    assert table.to_pydict() == {
        "test_time_second": [0.0, 1.5, 3.0],
        "voltage_volt": [3.0, 3.5, pytest.approx(3.6, rel=1e-6)],
        "current_ampere": [0.0, 0.5, -0.5],
        "cycle_count": [1, 1, 2],
        "unix_time_second": [1700000000.0, 1700000001.5, 1700000003.0],
    }
    assert reading.rows_in == 3 and reading.line_of(2) == 3
    assert [problem.severity for problem in reading.problems] == [Severity.NOTE]


def test_counts_that_are_not_whole_and_empty_required_cells_are_errors_with_their_record(tmp_path):
    columns = COLUMNS | {"cycle_dimensionless": pa.array([1.0, 6.28, 6.28])}
    columns["current_ampere"] = pa.array([0.0, None, None])
    _, reading = read(parquet(tmp_path, **columns))
    told = [(p.rule, p.row, p.count) for p in reading.problems if p.severity is Severity.ERROR]
    assert told == [("cell-empty", 2, 2), ("cell-unreadable", 2, 2)]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"voltage_volt": pa.array([1.0])}, "no column for Current / A and Test Time / s"),
        (COLUMNS | {"voltage_volt": pa.array([[1.0]] * 3)}, "“voltage_volt” is of the type list"),
        ({name: column.slice(0, 0) for name, column in COLUMNS.items()}, "has no rows"),
    ],
)
def test_parquet_that_is_no_table_of_a_test_is_refused(tmp_path, columns, said):
    with pytest.raises(Unreadable, match=said):
        read(parquet(tmp_path, **columns))


def test_parquet_that_is_cut_off_is_refused(tmp_path):
    path = parquet(tmp_path, **COLUMNS)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(Unreadable, match="damaged or cut off"):
        read(path)


@pytest.mark.parametrize("content", [b"NEWARE", b"NEWARE" + b"\x00" * 500, b"NEWARE" + b"\x82" * 5000])
def test_a_damaged_nda_is_refused_with_advice(tmp_path, content):
    path = tmp_path / "file.nda"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match="cannot be read as a Neware file"):
        read(path)


def test_an_ndax_that_is_cut_off_is_refused_with_advice(tmp_path):
    path = tmp_path / "file.ndax"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.ndc", b"\x00" * 5000)
    whole = path.read_bytes()
    for content in (whole, whole[:2000]):
        path.write_bytes(content)
        with pytest.raises(Unreadable, match="cannot be read as a Neware file"):
            read(path)


def test_an_ndax_comes_out_canonical_with_its_cycles_as_recorded():
    table, reading = read(Path(__file__).resolve().parents[1] / "files/neware.ndax")
    assert table["current_ampere"].to_pylist() == pytest.approx([0, 0, 0.5, 0.5, 0.1, 0.1, -0.5, -0.5])
    assert table["voltage_volt"].to_pylist() == pytest.approx([3.2, 3.21, 3.6, 3.61, 4.2, 4.21, 3.4, 3.41])
    assert table["test_time_second"].to_pylist() == [0, 10, 10, 20, 20, 30, 30, 40]
    assert table["cycle_count"].to_pylist() == [1] * 8
    assert table["step_id"].to_pylist() == [1, 1, 2, 2, 3, 3, 4, 4]
    assert table["step_type"].to_pylist()[::2] == ["Rest", "CC_Chg", "CV_Chg", "CC_DChg"]
    assert table["unix_time_second"].to_pylist()[0] == 1721030400.0
    assert {field.type for field in table.schema} == {pa.int64(), pa.float64(), pa.string()}
    assert reading.problems == [] and reading.rows_in == 8
