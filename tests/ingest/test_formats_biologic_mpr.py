"""BioLogic's binary files: the text export's columns by the same rules, in a process and environment of their own."""

import contextlib
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from ingest.formats.biologic import mpr_process
from ingest.pipeline import ingest
from ingest.sandbox import Limits, run
from schemas.errors import Unreadable
from schemas.ingested import Declared
from tests import mpr_files as mpr
from tests.samples import FILES, read

pytestmark = pytest.mark.skipif(
    not mpr_process.environment().exists(), reason="the environment for .mpr files is not installed"
)
TIMES = (0.0, 10.0, 20.0)


@pytest.fixture(autouse=True)
def our_libraries_on_the_path(monkeypatch):
    """What leads to our libraries must never reach the other environment: it would load a pandas that is too new."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))


def test_columns_of_a_binary_file_follow_the_rules_of_the_text_export(tmp_path):
    columns = {mpr.NS: (0, 1, 1), mpr.TIME: TIMES, mpr.EWE: (3.5, 3.625, 3.75), mpr.CURRENT: (0.0, 50.0, -50.0)}
    table, reading = read(mpr.write(tmp_path / "some.mpr", columns))
    assert table.to_pydict() == {
        "step_id": [0, 1, 1],
        "test_time_second": [0.0, 10.0, 20.0],
        "voltage_volt": [3.5, 3.625, 3.75],
        "current_ampere": [0.0, 0.05, -0.05],
    }
    assert {one.column: (one.source, one.unit, one.factor) for one in reading.conversions}["current_ampere"] == (
        "I/mA",
        "mA",
        0.001,
    )
    assert reading.rows_in == 3 and reading.instrument == "BioLogic"
    assert reading.header["settings: technique"] == "OCV"


def test_the_start_is_the_local_time_of_the_log_and_the_open_circuit_has_no_current(tmp_path):
    path = mpr.write(tmp_path / "some.mpr", {mpr.TIME: (5.5, 6.5), mpr.EWE: (3.5, 3.5)})
    _, reading = read(path)
    assert reading.started_at is not None and reading.started_at.isoformat() == "2024-07-31T07:00:05.500000+00:00"
    table, reading = read(path, zone=None)
    assert table["current_ampere"].to_pylist() == [0.0, 0.0]
    assert reading.started_at is None and "time-without-zone" in {problem.rule for problem in reading.problems}


def test_impedance_is_negated_and_empty_where_the_frequency_is_0(tmp_path):
    columns = {
        mpr.FREQUENCY: (0.0, 1000.0),
        mpr.REAL: (0.0, 0.5),
        mpr.NEGATIVE_IMAGINARY: (0.0, 0.25),
        mpr.TIME: (0.0, 1.0),
        mpr.EWE: (3.5, 3.5),
        mpr.CURRENT: (1.0, 1.0),
    }
    table, _ = read(mpr.write(tmp_path / "some.mpr", columns))
    assert table["frequency_hertz"].to_pylist() == [None, 1000.0]
    assert table["real_impedance_ohm"].to_pylist() == [None, 0.5]
    assert table["imaginary_impedance_ohm"].to_pylist() == [None, -0.25]
    assert table["current_ampere"].to_pylist() == [0.001, 0.001]


def test_a_column_of_unknown_kind_refuses_the_file(tmp_path):
    path = mpr.write(tmp_path / "some.mpr", {mpr.TIME: TIMES, 250: (1, 2, 3), mpr.EWE: (3.5, 3.5, 3.5)})
    with pytest.raises(Unreadable, match=r"not known here.*Export it as text \(\.mpt\)"):
        read(path)


def test_a_column_whose_number_has_two_meanings_is_told_where_it_is_taken(tmp_path):
    twice = {mpr.TIME: TIMES, mpr.EWE: (3.5, 3.6, 3.7), mpr.CURRENT: (0, 1, 1), 256 + mpr.CURRENT: (2, 3, 4)}
    table, reading = read(mpr.write(tmp_path / "some.mpr", twice))
    assert table["current_ampere"].to_pylist() == [0, 0.001, 0.001]
    assert [one.column for one in reading.problems if one.rule == "doubtful-column"] == ["I"]


def test_a_cut_file_is_refused_in_a_sentence_without_paths(tmp_path):
    path = mpr.write(tmp_path / "some.mpr", {mpr.TIME: TIMES, mpr.EWE: (3.5, 3.5, 3.5)})
    path.write_bytes(path.read_bytes()[:-900])
    with pytest.raises(Unreadable, match="cut off, damaged") as refusal:
        read(path)
    assert str(tmp_path) not in str(refusal.value) and ".py" not in str(refusal.value)


def test_a_file_is_read_within_the_limits_of_the_child(tmp_path):
    path = mpr.write(tmp_path / "some.mpr", {mpr.TIME: TIMES, mpr.EWE: (3.5, 3.5, 3.5)})
    done = run(path, path.name, tmp_path, Declared(time_zone="UTC"), Limits.for_size(path.stat().st_size))
    assert done.report.passed and done.report.rows_out == 3


def test_the_processes_end_with_the_child_that_waits_for_them(tmp_path):
    rows = range(500_000)
    path = mpr.write(tmp_path / "some.mpr", {mpr.TIME: rows, mpr.EWE: rows, mpr.NS: [0] * len(rows)})
    # The server that forks the child is running once this has been read.
    run(FILES / "bdf.csv", "bdf.csv", tmp_path)
    reading = threading.Thread(target=run, args=(path, path.name, tmp_path, None, Limits(wall_s=1.5)))
    reading.start()
    running: list[str] = []
    while not running and reading.is_alive():
        running = _with_argument(path)
    reading.join()
    time.sleep(0.2)
    assert running and not _with_argument(path)


def _with_argument(path: Path) -> list[str]:
    """Processes that were given this path."""
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if str(path).encode() in command.read_bytes():
                found.append(command.parent.name)
    return found


def test_without_the_environment_the_text_export_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    path = mpr.write(tmp_path / "some.mpr", {mpr.TIME: TIMES, mpr.EWE: (3.5, 3.5, 3.5)})
    done = ingest(path, path.name, tmp_path)
    assert [problem.rule for problem in done.report.problems] == ["unreadable"]
    assert "Export it as text (.mpt)" in done.report.problems[0].message


def test_a_file_that_is_only_named_so_is_refused_with_advice(tmp_path):
    path = Path(tmp_path / "some.mpr")
    path.write_bytes(b"\0\1\2" * 100)
    with pytest.raises(Unreadable, match="does not begin as BioLogic's binary files do"):
        read(path)
