"""One file in, tables and a report out: whatever the file holds, an answer and never an exception."""

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import detect
from ingest.pipeline import ingest
from ingest.reader import Head, Reading
from ingest.tables import SCHEMA_VERSION
from schemas.errors import Unreadable
from schemas.ingested import Declared, Ingested
from tests.ingest.test_validate import CELL, Columns, cell

SAMPLES = Path(__file__).resolve().parents[2] / "../shared/data/cyclers"


def bdf(path: Path, columns: Columns) -> Path:
    pa.csv.write_csv(pa.table(columns), path)
    return path


def rules(found: Ingested) -> set[str]:
    return {problem.rule for problem in found.report.problems}


def test_a_good_file_becomes_tables(tmp_path: Path) -> None:
    found = ingest(bdf(tmp_path / "cell.csv", cell()), "cell.bdf.csv", tmp_path, CELL)
    rows = len(cell()["cycle_count"])
    assert found.report.passed
    assert (found.report.rows_in, found.report.rows_out, found.cycles) == (rows, rows, 2)
    assert [(table.name, table.rows) for table in found.tables] == [
        ("timeseries", rows),
        ("cycles", 2),
        ("steps", 9),
        ("rests", 5),
    ]
    assert pq.read_table(tmp_path / "timeseries.parquet")["voltage_volt"].to_pylist() == pytest.approx(
        cell()["voltage_volt"].tolist()
    )
    assert pq.read_table(tmp_path / "cycles.parquet")["cycle"].to_pylist() == [1, 2]


def test_the_footer_says_where_the_table_came_from_and_nothing_of_this_machine(tmp_path: Path) -> None:
    path = bdf(tmp_path / "cell.csv", cell())
    found = ingest(path, "cell.bdf.csv", tmp_path, CELL)
    for table in found.tables:
        footer = pq.read_metadata(tmp_path / table.file).metadata
        provenance = json.loads(footer[b"provenance"])
        assert provenance["source_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert (provenance["reader"], provenance["reader_version"]) == (found.reader, found.reader_version)
        assert provenance["schema_version"] == SCHEMA_VERSION == found.schema_version
        assert {one["column"] for one in provenance["conversions"]} >= {"voltage_volt"}
        assert str(tmp_path) not in footer[b"provenance"].decode()


def test_the_same_file_makes_the_same_bytes(tmp_path: Path) -> None:
    path = bdf(tmp_path / "cell.csv", cell())
    hashes = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        hashes.append([table.sha256 for table in ingest(path, "cell.bdf.csv", tmp_path / name, CELL).tables])
    assert hashes[0] == hashes[1]


def test_a_file_with_an_error_leaves_its_report_and_no_table(tmp_path: Path) -> None:
    columns = cell()
    columns["current_ampere"] *= -1
    found = ingest(bdf(tmp_path / "cell.csv", columns), "cell.bdf.csv", tmp_path, CELL)
    assert (found.tables, found.cycles) == ((), 0)
    assert "current-sign" in rules(found)
    assert found.conversions
    assert sorted(one.name for one in tmp_path.iterdir()) == ["cell.csv"]


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02", b"hello", b"a,b\n1,2\n", b"\xff\xfe", gzip.compress(b"x", mtime=0)]
)
def test_a_file_that_is_no_test_is_told_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "upload"
    path.write_bytes(content)
    found = ingest(path, "what.csv", tmp_path)
    assert not found.report.passed
    assert str(tmp_path) not in found.model_dump_json()
    assert [one.name for one in tmp_path.iterdir()] == ["upload"]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.integers(0, 400), st.booleans())
def test_no_damage_to_a_file_raises(tmp_path: Path, noise: bytes, place: int, cut: bool) -> None:
    good = bdf(tmp_path / "cell.csv", {name: values[:20] for name, values in cell().items()}).read_bytes()
    damaged = tmp_path / "damaged"
    damaged.write_bytes(good[:place] + noise + (b"" if cut else good[place:]))
    found = ingest(damaged, "damaged.bdf.csv", tmp_path)
    assert found.tables or not found.report.passed
    assert str(tmp_path) not in found.model_dump_json()


class Failing:
    """A reader as a third party might write it."""

    name = "Failing reader"
    version = "1"

    def __init__(self, error: Exception, after: int) -> None:
        self._error, self._after = error, after

    def recognises(self, head: Head) -> bool:
        return True

    def read(self, head: Head, declared: Declared) -> Reading:
        if not self._after:
            raise self._error
        return Reading(self._batches(), [])

    def _batches(self):  # type: ignore[no-untyped-def]
        for _ in range(self._after):
            yield pa.RecordBatch.from_pydict(cell())
        raise self._error


@pytest.mark.parametrize("after", [0, 1, 3])
@pytest.mark.parametrize("error", [Unreadable("Record 7 is cut: export again."), KeyError("/secret/path"), OSError(5)])
def test_a_reader_that_stops_makes_an_error_without_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, after: int
) -> None:
    path = bdf(tmp_path / "cell.csv", cell())
    monkeypatch.setattr(detect, "detect", lambda head, **_: Failing(error, after))
    found = ingest(path, "cell.bdf.csv", tmp_path)
    assert rules(found) == {"unreadable" if isinstance(error, Unreadable) else "reader-failed"}
    assert "secret" not in found.model_dump_json()
    assert found.reader == "Failing reader"
    assert [one.name for one in tmp_path.iterdir()] == ["cell.csv"]


def test_memory_used_up_is_not_called_the_readers_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bdf(tmp_path / "cell.csv", cell())
    monkeypatch.setattr(detect, "detect", lambda head, **_: Failing(MemoryError(), 1))
    with pytest.raises(MemoryError):
        ingest(path, "cell.bdf.csv", tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == ["cell.csv"]


def test_progress_goes_through_the_three_steps_and_never_back(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    ingest(bdf(tmp_path / "cell.csv", cell()), "cell.bdf.csv", tmp_path, CELL, lambda *step: told.append(step))
    steps = list(dict.fromkeys(step for step, _ in told))
    assert steps == ["reading", "checking", "writing"]
    for one in steps:
        fractions = [fraction for step, fraction in told if step == one]
        assert fractions == sorted(fractions)
        assert 0.0 <= fractions[0] <= fractions[-1] <= 1.0


BAD = ["DLR__LiLNMOHydra0b__20221125__POCV__25degC__Basytec.bdf.csv", "batmo_bdf.csv"]
BAD += ["SINTEF__SLPBA842124HV__2024-10-23__Rate_25degC__Neware__Time_Bug.bdf.csv"]


@pytest.mark.parametrize("name", BAD)
def test_a_published_file_that_is_wrong_is_quarantined(tmp_path: Path, name: str) -> None:
    path = SAMPLES / "bdf" / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the project")
    expected = {"DLR": "duration-implausible", "bat": "current-sign", "SIN": "time-goes-back"}[name[:3]]
    found = ingest(path, name, tmp_path)
    assert expected in rules(found)
    assert found.tables == ()
    assert list(tmp_path.iterdir()) == []


GOOD = [
    "arbin/arbin_example.csv",
    "arbin/FastCharge_000025_CH8.csv",
    "bdf/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.bdf.csv",
    "bdf/legacy.bdf.parquet",
    "maccor/maccor_001.txt",
    "maccor/xTESLADIAG_000038con.078",
    "maccor/PredictionDiagnostics_000151_paused.052",
    "neware/20260302_IFE_BTS85_2_9_8_1.ndax",
    "neware/21_10_7_85.ndax",
    "neware/SINTEF__G20M7_BTS91.nda.zip",
    "neware/TestFile.nda",
    "neware/nw4-120-6-1-36.ndax",
]


@pytest.mark.parametrize("name", GOOD)
def test_a_real_file_that_is_right_passes(tmp_path: Path, name: str) -> None:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the project")
    found = ingest(path, path.name, tmp_path)
    assert [problem for problem in found.report.problems if problem.severity == "error"] == []
    assert [table.name for table in found.tables][:3] == ["timeseries", "cycles", "steps"]
    assert found.report.rows_out == found.tables[0].rows


def test_a_step_that_begins_at_the_end_of_a_block_goes_on_in_the_next(tmp_path: Path) -> None:
    time = np.arange(65_536 + 1000, dtype=float)
    current = np.where(time < 65_530, 1.0, np.where(time < 65_800, -1.0, 0.5))
    columns = {
        "test_time_second": time,
        "voltage_volt": 3.5 + 1e-6 * time * np.sign(current),
        "current_ampere": current,
    }
    found = ingest(bdf(tmp_path / "cell.csv", columns), "cell.bdf.csv", tmp_path)
    assert found.report.rows_out == len(time)
    assert {"timeseries", "cycles"} <= {table.name for table in found.tables}
