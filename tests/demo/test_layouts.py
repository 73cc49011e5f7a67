"""Each layout is what its maker's software writes, in the details that readers depend on."""

import io
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import fastnda
import numpy as np
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from exchange.demo.bulk import write_bdf_csv
from exchange.demo.cell import Cell
from exchange.demo.cycler import round_robin, run
from exchange.demo.layouts import Test, arbin_csv, bdf_csv, bdf_parquet, maccor_text
from exchange.demo.neware import neware_ndax

STARTED = datetime(2026, 1, 19, 8, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture(scope="module")
def finished() -> Test:
    done = run(Cell(5.0), round_robin(5.0, cycles=2, record_s=120.0), Random(3))
    return Test("NBI-26-009", "Round robin", 4, STARTED, done.records)


def test_arbin_counters_start_anew_with_each_cycle_and_never_fall_within_one(finished: Test) -> None:
    table = pyarrow.csv.read_csv(io.BytesIO(arbin_csv(finished)))
    cycle = table["Cycle_Index"].to_numpy()
    for name in ("Charge_Capacity(Ah)", "Discharge_Capacity(Ah)", "Charge_Energy(Wh)", "Discharge_Energy(Wh)"):
        counter = table[name].to_numpy()
        assert counter[cycle == 2][0] < 0.001
        assert all(np.all(np.diff(counter[cycle == number]) >= 0) for number in (1, 2))


def test_arbin_prints_the_wall_clock_of_the_laboratory(finished: Test) -> None:
    first = arbin_csv(finished).split(b"\r\n")[1]
    assert first.startswith(b"1,0.1000,01/19/2026 08:00:00.100,0.1000,1,1,0.49999")


def test_maccor_prints_no_sign_but_a_state(finished: Test) -> None:
    rows = [line.split("\t") for line in maccor_text(finished).decode().split("\r\n")[2:-1]]
    assert {row[9] for row in rows} == {"C", "D", "R"}
    assert not any("-" in cell for row in rows for cell in row)
    for row, record in zip(rows, finished.records, strict=True):
        assert row[9] == ("R" if record.current_a == 0 else "C" if record.current_a > 0 else "D")


def test_maccor_writes_times_in_days_and_hours(finished: Test) -> None:
    later = replace(finished.records[0], time_s=97290.88, step_time_s=90.88)
    row = maccor_text(replace(finished, records=(later,))).decode().split("\r\n")[2].split("\t")
    assert row[3:5] == ["  1d 03:01:30.88", "  0d 00:01:30.88"]


def test_neware_files_are_read_by_an_independent_library_without_a_warning(
    finished: Test, tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    path = tmp_path / "cell.ndax"
    path.write_bytes(neware_ndax(finished))
    table = fastnda.read(path, columns="bdf", cycle_mode="raw")
    assert len(recwarn) == 0
    expected = {
        "test_time_second": [record.time_s for record in finished.records],
        "step_time_second": [record.step_time_s for record in finished.records],
        "voltage_volt": [record.voltage_v for record in finished.records],
        "current_ampere": [record.current_a for record in finished.records],
        "unix_time_second": [STARTED.timestamp() + record.time_s for record in finished.records],
        "cycle_count": [record.cycle for record in finished.records],
        "step_count": [record.executed for record in finished.records],
        "step_id": [record.step for record in finished.records],
        "step_net_capacity_ah": [record.step_ah * (-1 if record.current_a < 0 else 1) for record in finished.records],
    }
    for name, values in expected.items():
        assert np.allclose(table[name].to_numpy(), values, rtol=3e-7, atol=1e-6), name
    assert set(table["step_type"].cast(str).to_list()) == {"CC_Chg", "CV_Chg", "CC_DChg", "Rest"}
    assert fastnda.read_metadata(path)["TestInfo"]["TestInfo"]["Barcode"] == "NBI-26-009"


def test_battery_data_format_says_the_same_as_csv_and_parquet(finished: Test) -> None:
    text = pyarrow.csv.read_csv(io.BytesIO(bdf_csv(finished)))
    binary = pq.read_table(io.BytesIO(bdf_parquet(finished)))
    assert text.column_names[:3] == ["Test Time / s", "Voltage / V", "Current / A"]
    assert binary.column_names[:3] == ["test_time_second", "voltage_volt", "current_ampere"]
    assert [column.to_pylist() for column in text.columns] == [column.to_pylist() for column in binary.columns]


def test_a_long_file_has_the_rows_asked_for_in_order_of_time(tmp_path: Path) -> None:
    path = tmp_path / "long.bdf.csv"
    write_bdf_csv(path, 60_000, seed=5)
    table = pyarrow.csv.read_csv(path)
    assert table.num_rows == 60_000
    assert np.all(np.diff(table["Test Time / s"].to_numpy()) > 0)
    assert np.all(np.isin(np.diff(table["Step Count / 1"].to_numpy()), (0, 1)))
    assert table["Cycle Count / 1"].to_numpy()[[0, -1]].tolist() == [1, 3]
    again = tmp_path / "again.bdf.csv"
    write_bdf_csv(again, 60_000, seed=5)
    assert again.read_bytes() == path.read_bytes()
