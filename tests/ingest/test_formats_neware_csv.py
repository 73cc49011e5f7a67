"""Neware's csv exports: flat, and nested below cycle and step."""

import pytest

from schemas.errors import Unreadable
from tests.samples import FILES, changed, read, told


def test_a_flat_export_takes_its_units_from_the_headings():
    table, reading = read("neware_flat.csv")
    assert table["record_index"].to_pylist() == [1, 2, 3, 5]
    assert table["cycle_count"].to_pylist() == [1, 1, 1, 2]
    assert table["step_id"].to_pylist() == [1, 2, 2, 1]
    assert table["current_ampere"].to_pylist() == [0, 0.5, 0.5, -0.5]
    assert table["voltage_volt"].to_pylist() == [3.2, 3.55, 3.61, 3.41]
    assert table["step_charging_capacity_ah"].to_pylist() == [0, 0.0001, 0.0125, 0]
    assert table["power_watt"].to_pylist() == pytest.approx([0, 1.775, 1.805, -1.705])
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, 25.2, 25.2, 25.3]
    assert {c.column: c.factor for c in reading.conversions}["current_ampere"] == 1e-3
    assert told(reading, "record-missing") == [(5, "record_index", None)]


def test_hours_beyond_a_day_are_no_days_that_pass_midnight():
    table, _ = read("neware_flat.csv")
    assert table["test_time_second"].to_pylist() == [0, 10.5, 90010, 90011]
    assert table["step_time_second"].to_pylist() == [0, 0.5, 90000, 1]
    assert table["unix_time_second"].to_pylist()[0] == 1721030400.0


def test_an_unsigned_discharge_becomes_negative_by_its_step(tmp_path):
    table, _ = read(changed(tmp_path, "neware_flat.csv", "-500.0", "500.0"))
    assert table["current_ampere"].to_pylist() == [0, 0.5, 0.5, -0.5]


def test_an_unsigned_current_in_an_unknown_step_is_an_error(tmp_path):
    path = changed(tmp_path, "neware_flat.csv", "CC DChg,00:00:01,25:00:11,-500.0", "Sim,00:00:01,25:00:11,500.0")
    _, reading = read(path)
    assert told(reading, "sign-unknown") == [(5, "current_ampere", None)]


def test_an_export_without_total_time_has_one_made_of_its_steps_or_is_refused(tmp_path):
    table, _ = read(changed(tmp_path, "neware_flat.csv", "Total Time", "Kommentar"))
    assert table["test_time_second"].to_pylist() == [0, 0.5, 90000, 90001]
    with pytest.raises(Unreadable, match="no column for Test Time"):
        read(changed(tmp_path, "neware_flat.csv", "Time,Total Time", "Uhr,Kommentar"))


def test_a_nested_export_has_the_cycle_and_step_above_each_record():
    table, reading = read("neware_nested.csv")
    assert table["record_index"].to_pylist() == [1, 2, 3, 4, 5]
    assert table["cycle_count"].to_pylist() == [1, 1, 1, 1, 2]
    assert table["step_id"].to_pylist() == [1, 1, 2, 2, 1]
    assert table["step_type"].to_pylist() == ["Rest", "Rest", "CC_Chg", "CC_Chg", "CC_DChg"]
    assert table["current_ampere"].to_pylist() == [0, 0, 0.5, 0.5, -0.5]
    assert table["voltage_volt"].to_pylist() == [3.2, 3.201, 3.55, 3.61, 3.41]
    assert table["step_cumulative_capacity_ah"].to_pylist() == [0, 0, 0, 0.0125, 0.0001]
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, 25.1, 25.2, 25.2, 25.3]
    assert table["unix_time_second"].to_pylist()[-1] == 1721030445.0
    assert reading.header["1"].startswith("Cycle ID") and reading.rows_in == 5


def test_a_nested_export_s_test_time_is_made_of_its_step_times_and_that_is_recorded():
    table, reading = read("neware_nested.csv")
    assert table["step_time_second"].to_pylist() == [0, 10, 0, 30.5, 5]
    assert table["test_time_second"].to_pylist() == [0, 10, 10, 40.5, 45.5]
    made = next(one for one in reading.conversions if one.column == "test_time_second")
    assert made.source == "Time after the steps before (s)" and "after the steps before it" in made.rule


def test_a_nested_export_that_prints_the_total_time_keeps_it(tmp_path):
    path = tmp_path / "total.csv"
    path.write_text(
        "Cycle ID,Cap_Chg(mAh)\n,Step ID,Step Type\n"
        ",,DataPoint,Time,Total Time,Current(A),Voltage(V)\n"
        "1,0.5\n,1,CC Chg\n,,1,0:00:05,1:00:05,0.5,3.2\n,2,CC DChg\n,,2,0:00:05,1:00:12,-0.5,3.1\n"
    )
    table, _ = read(path)
    assert table["test_time_second"].to_pylist() == [3605, 3612]
    assert table["step_time_second"].to_pylist() == [5, 5]


def test_lines_of_a_nested_export_are_those_of_the_file(tmp_path):
    path = changed(tmp_path, "neware_nested.csv", '"3.5500","500.0"', '"fast","500.0"')
    table, reading = read(path)
    assert told(reading, "cell-unreadable") == [(9, "Voltage(V)", "fast")]
    assert table["voltage_volt"].null_count == 1 and reading.line_of(4) == 13


def test_a_record_of_a_nested_export_that_is_cut_off_is_told(tmp_path):
    path = changed(tmp_path, "neware_nested.csv", ',,"5","00:00:05.000","3.4100","-500.0","25.3"', ',,"5","00:0')
    table, reading = read(path)
    assert table.num_rows == 4 and [row for row, _, _ in told(reading, "row-ragged")] == [13]


def test_a_row_that_is_neither_cycle_step_nor_record_is_told(tmp_path):
    _, reading = read(changed(tmp_path, "neware_nested.csv", '"2","0","0.1"', '"two","0","0.1"'))
    assert [row for row, _, _ in told(reading, "row-ragged")] == [11]


def test_a_wrong_time_in_a_nested_export_is_told(tmp_path):
    _, reading = read(changed(tmp_path, "neware_nested.csv", '"3","00:00:00.000"', '"3","00:99:00.000"'))
    assert (9, "Time(h:min:s.ms)", "00:99:00.000") in told(reading, "cell-unreadable")


def test_headers_that_come_again_in_a_nested_export_are_no_records(tmp_path):
    lines = (FILES / "neware_nested.csv").read_text().splitlines()
    path = tmp_path / "again.csv"
    path.write_text("\n".join([*lines[:9], *lines[:3], *lines[9:]]))
    table, reading = read(path)
    assert table["record_index"].to_pylist() == [1, 2, 3, 4, 5]
    assert not told(reading, "row-ragged") and reading.line_of(4) == 16


def test_a_tab_separated_nested_export_is_read_alike(tmp_path):
    text = (FILES / "neware_nested.csv").read_text().replace("\t", "").replace(",", "\t")
    path = tmp_path / "nested.txt"
    path.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))
    assert read(path)[0].equals(read("neware_nested.csv")[0])


def test_a_nested_export_without_records_is_refused(tmp_path):
    path = tmp_path / "empty.csv"
    path.write_text("".join((FILES / "neware_nested.csv").read_text().splitlines(keepends=True)[:3]))
    with pytest.raises(Unreadable, match="without a single row"):
        read(path)


GLUED = (
    "Cycle Index,Chg. Cap.(Ah),DChg. Cap.(Ah)\n"
    ",Step Index,Step Number,Step Type,Step Time\n"
    ",,DataPoint,Time,Total Time,Current(A),Voltage(V),Date,T1(?)\n"
    "1,0.1,0.1,1,1,Rest,00:00:20\n"
    ",,1,00:00:00,00:00:00,0,3.2,2024-07-15 10:00:00,26.6\n"
    ",2,2,CC Chg,00:00:10\n"
    ",,2,00:00:10,00:00:30,0.5,3.5,2024-07-15 10:00:30,26.6\n"
    ",3,3,CC DChg,00:00:10\n"
    ",,3,00:00:10,00:00:40,0.5,3.4,2024-07-15 10:00:40,26.6\n"
    "2,0.1,0.1,1,4,Rest,00:00:20\n"
    ",,4,00:00:10,00:00:50,0,3.4,2024-07-15 10:00:50,26.6\n"
)


def test_the_first_step_of_a_cycle_may_stand_in_the_cycle_s_own_row(tmp_path):
    path = tmp_path / "glued.csv"
    path.write_text(GLUED)
    table, reading = read(path)
    assert table["cycle_count"].to_pylist() == [1, 1, 1, 2]
    assert table["step_id"].to_pylist() == [1, 2, 3, 1]
    assert table["step_type"].to_pylist() == ["Rest", "CC Chg", "CC DChg", "Rest"]
    assert table["current_ampere"].to_pylist() == [0, 0.5, -0.5, 0]
    assert table["test_time_second"].to_pylist() == [0, 30, 40, 50]
    assert [problem.rule for problem in reading.problems] == ["column-left-out"]


def test_a_test_time_is_made_in_a_report_whose_cycle_and_step_share_a_row(tmp_path):
    path = tmp_path / "glued.csv"
    path.write_text(GLUED.replace("Total Time", "Kommentar"))
    assert read(path)[0]["test_time_second"].to_pylist() == [0, 10, 20, 30]


def test_records_without_step_types_are_read_where_their_times_are_neware_s(tmp_path):
    path = tmp_path / "untyped.csv"
    path.write_text(
        "Cycle Index,Step Index,Record Index,Relative Time (h:min:s.ms),Voltage(V),Cur (mA)\n"
        "1,2,1,0:00:00.0,3.50,-500\n1,2,2,0:00:05.0,3.45,-600\n1,3,3,0:00:00.0,3.45,0\n"
    )
    table, _ = read(path)
    assert table["test_time_second"].to_pylist() == [0, 5, 5]
    assert table["current_ampere"].to_pylist() == [-0.5, -0.6, 0]


def test_a_nested_export_in_chinese_has_the_cycle_and_step_above_each_record():
    table, reading = read("neware_nested_chinese.csv")
    assert reading.instrument == "Neware"
    assert table.select(["record_index", "cycle_count", "step_id", "test_time_second"]).to_pydict() == {
        "record_index": [1, 2, 3, 4, 5, 6],
        "cycle_count": [1, 1, 1, 1, 1, 1],
        "step_id": [1, 1, 2, 2, 3, 3],
        "test_time_second": [0, 10, 10, 3610, 3610, 5410],
    }
    assert table["current_ampere"].to_pylist() == [0, 0, 0.0005, 0.0005, -0.0005, -0.0005]
    assert table["voltage_volt"].to_pylist() == [3.2, 3.201, 3.3, 4.2, 4.1, 3.6]
    assert table["step_type"].to_pylist()[3:5] == ["恒流充电", "恒流放电"]
    assert reading.line_of(5) == 13


def test_a_chinese_nested_export_without_total_time_has_one_made_in_any_encoding(tmp_path):
    text = (FILES / "neware_nested_chinese.csv").read_bytes().decode("gb18030")
    lines = [line.split(",") for line in text.splitlines()]
    bare = "\r\n".join(",".join(one[:4] + one[5:] if one[:2] == ["", ""] else one) for one in lines)
    path = tmp_path / "bare.csv"
    path.write_bytes(bare.replace("工步号", "步次").encode("utf-8-sig"))
    table, _ = read(path)
    assert table["test_time_second"].to_pylist() == [0, 10, 10, 3610, 3610, 5410]
    assert table["step_id"].to_pylist() == [1, 1, 2, 2, 3, 3]
