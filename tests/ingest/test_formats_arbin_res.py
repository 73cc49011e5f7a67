"""Arbin's result database: records in their order, auxiliary temperatures, several channels, damage."""

from pathlib import Path

import pyarrow as pa
import pytest

from ingest.detect import detect, head
from ingest.pipeline import ingest
from ingest.reader import Reading
from schemas.errors import SeveralCells, Unreadable
from schemas.ingested import Declared
from schemas.instructions import Instructions
from tests.jets import jet

RECORDS = {
    "Test_ID": "<i4",
    "Data_Point": "<i4",
    "Test_Time": "<f8",
    "Step_Time": "<f8",
    "DateTime": "<f8",
    "Step_Index": "<i2",
    "Cycle_Index": "<i2",
    "Current": "<f4",
    "Voltage": "<f4",
    "Charge_Capacity": "<f8",
    "Discharge_Capacity": "<f8",
    "dV/dt": "<f4",
    "Internal_Resistance": "<f4",
}
TESTS = {"Test_ID": "<i4", "Test_Name": "text", "DAQ_Index": "<i2", "Channel_Index": "<i2", "Comments": "text"}
AUXILIARY = {"Test_ID": "<i4", "Data_Point": "<i4", "Auxiliary_Index": "<i2", "Data_Type": "<i2", "X": "<f4"}
NAMES = {"Channel_Index": "<i2", "Auxiliary_Index": "<i2", "Data_Type": "<i2", "Nickname": "text", "Unit": "text"}
START_DAYS = 45488.0 + 10 / 24  # 2024-07-15 10:00:00
LOCAL = 1721037600.0


def record(point: int, test: int = 1, voltage: float | None = 3.5) -> tuple[object, ...]:
    time = 10.25 * point
    current = 0.5 if point < 4 else -0.5
    return (test, point, time, time, START_DAYS + time / 86400, 2, 1, current, voltage, 0.001 * point, 0, 0, 0.012)


def made(path: Path, *points: tuple[object, ...], said: int = 0, **more: object) -> Path:
    """Two tests are named; the records are these."""
    named = [(1, "cell A", 1, 3, ""), (2, "cell B", 1, 4, "beside")]
    tables = {"Channel_Normal_Table": (RECORDS, points), "Global_Table": (TESTS, named), **more}
    return jet(path, tables, said=said)


def read(path: Path, zone: str | None = "UTC", **reading: str) -> tuple[pa.Table, Reading]:
    seen = head(path, path.name)
    opened = detect(seen).read(seen, Declared(time_zone=zone, reading=Instructions(**reading)))
    return pa.Table.from_batches(list(opened.batches)), opened


def test_records_come_in_the_order_of_their_data_points(tmp_path):
    path = made(tmp_path / "a.res", *(record(point) for point in (4, 5, 1, 2, 3)))
    table, reading = read(path)
    assert table["record_index"].to_pylist() == [1, 2, 3, 4, 5]
    assert table["test_time_second"].to_pylist() == [10.25, 20.5, 30.75, 41.0, 51.25]
    assert table["current_ampere"].to_pylist() == [0.5, 0.5, 0.5, -0.5, -0.5]
    assert table["voltage_volt"].to_pylist() == [3.5] * 5
    assert table["schedule_charging_capacity_ah"].to_pylist() == [0.001, 0.002, 0.003, 0.004, 0.005]
    assert table["step_id"].to_pylist() == [2] * 5 and table["cycle_count"].to_pylist() == [1] * 5
    assert reading.rows_in == 5 and reading.instrument == "Arbin" and reading.line_of(4) == 5
    assert reading.header["Test_Name"] == "cell A"
    assert [problem.message for problem in reading.problems] == [
        "Columns without a term stay in the raw file only: dV/dt."
    ]


def test_its_clock_is_that_of_the_tester_s_place(tmp_path):
    path = made(tmp_path / "a.res", record(1), record(2))
    assert read(path)[0]["unix_time_second"].to_pylist() == [LOCAL + 10.25, LOCAL + 20.5]
    table, reading = read(path, "Europe/Berlin")
    assert table["unix_time_second"].to_pylist() == [LOCAL - 7200 + 10.25, LOCAL - 7200 + 20.5]
    assert reading.started_at is not None and reading.started_at.timestamp() == LOCAL - 7200 + 10.25
    table, reading = read(path, None)
    assert "unix_time_second" not in table.column_names
    assert "time-without-zone" in [problem.rule for problem in reading.problems]


def test_of_several_channels_one_must_be_picked(tmp_path):
    path = made(tmp_path / "a.res", record(1), record(1, 2, 3.9), record(2), record(2, 2, 3.8))
    with pytest.raises(SeveralCells, match="2 channels") as refusal:
        read(path)
    assert (refusal.value.by, refusal.value.choices) == ("channel", ("channel 3", "channel 4"))
    table, reading = read(path, channel="channel 4")
    assert table["voltage_volt"].to_pylist() == pytest.approx([3.9, 3.8]) and reading.header["Comments"] == "beside"
    with pytest.raises(Unreadable, match="there are channel 3, channel 4"):
        read(path, channel="channel 5")


def test_auxiliary_temperatures_stand_at_their_data_points(tmp_path):
    values = [(1, 3, 0, 1, 25.5), (1, 1, 0, 1, 25.25), (1, 1, 1, 1, 30.0), (2, 1, 0, 1, 99.0), (1, 1, 0, 0, 3.25)]
    path = made(tmp_path / "a.res", *(record(point) for point in (1, 2, 3)), Auxiliary_Table=(AUXILIARY, values))
    table, reading = read(path)
    assert table["temperature_t1_celsius"].to_pylist() == [25.25, None, 25.5]
    assert table["temperature_t2_celsius"].to_pylist() == [30.0, None, None]
    assert any("auxiliary 1 of type 0" in problem.message for problem in reading.problems)


def test_an_auxiliary_temperature_in_another_unit_is_converted_or_left_out(tmp_path):
    names = [(3, 0, 1, "can", "K"), (3, 1, 1, "tab", "bar"), (4, 0, 1, "other", "C")]
    values = [(1, 1, 0, 1, 300.0), (1, 1, 1, 1, 80.0)]
    more = {"Auxiliary_Table": (AUXILIARY, values), "Aux_Global_Data_Table": (NAMES, names)}
    table, reading = read(made(tmp_path / "a.res", record(1), **more))
    assert table["temperature_t1_celsius"].to_pylist() == pytest.approx([26.85])
    assert "temperature_t2_celsius" not in table.column_names
    assert any("auxiliary 2 of type 1 in bar" in problem.message for problem in reading.problems)


def test_a_value_that_is_null_in_the_database_is_none_and_told(tmp_path):
    table, reading = read(made(tmp_path / "a.res", record(1), record(2, voltage=None)))
    assert table["voltage_volt"].to_pylist() == [3.5, None]
    assert [(one.row, one.column) for one in reading.problems if one.rule == "cell-empty"] == [(2, "Voltage")]


def test_missing_data_points_and_rows_are_told(tmp_path):
    path = made(tmp_path / "a.res", record(1), record(2), record(5), said=2)
    report = ingest(path, path.name, tmp_path, Declared(time_zone="UTC")).report
    assert [(one.row, one.count) for one in report.problems if one.rule == "record-missing"] == [(3, 2)]
    assert [one.count for one in report.problems if one.rule == "rows-lost"] == [2]


def test_a_database_without_records_or_of_another_kind_is_refused(tmp_path):
    with pytest.raises(Unreadable, match="has no records"):
        read(made(tmp_path / "a.res"))
    with pytest.raises(Unreadable, match="without Arbin's table"):
        read(jet(tmp_path / "b.res", {"Parts": ({"Number": "<i4"}, [(1,)])}))
    with pytest.raises(Unreadable, match="No reader recognises"):
        read(jet(tmp_path / "c.mdb", {"Parts": ({"Number": "<i4"}, [(1,)])}))
    assert read(made(tmp_path / "d.mdb", record(1)))[0].num_rows == 1


def test_a_damaged_database_is_refused_or_its_loss_is_told(tmp_path):
    whole = made(tmp_path / "a.res", *(record(point) for point in range(1, 30))).read_bytes()
    path = tmp_path / "cut.res"
    for kept in range(100, len(whole), 1500):
        path.write_bytes(whole[:kept])
        try:
            table, reading = read(path)
        except Unreadable as refusal:
            assert "damaged or cut off" in str(refusal)
        else:
            assert table.num_rows <= 29 and reading.rows_in == 29
