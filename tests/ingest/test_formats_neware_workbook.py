"""Neware's workbooks: records of BTSDA, details of earlier versions, nested reports; and headings in Chinese."""

import datetime as dt

import pytest

from ingest.detect import detect, head
from schemas.errors import SeveralCells
from schemas.ingested import Declared
from schemas.report import Severity
from tests.books import book
from tests.samples import FILES, read, told

DETAIL = ("Record number", "State", "Jump", "Cycle", "Steps", "Current(mA)", "Voltage(V)", "Capacity(mAh)")
DETAIL += ("Energy(mWh)", "Relative Time(h:min:s.ms)", "Date(h:min:s.ms)")
OLDER = ("Record Index", "Status", "JumpTo", "Cycle", "Step", "Cur(mA)", "Voltage(V)", "CapaCity(mAh)")
OLDER += ("Energy(mWh)", "Relative Time(h:min:s.ms)", "Absolute Time")


def detail(number: int, state: str, step: int, current: float, time: str, cycle: int = 1) -> list[object]:
    return [number, state, 0, cycle, step, current, 3.5, 0.1, 0.2, time, f"2024-07-15 10:00:{number:02d}"]


ROWS = [
    detail(1, "Rest", 1, 0, "0:00:00.000"),
    detail(2, "Rest", 1, 0, "0:00:10.000"),
    detail(3, "CC_Chg", 2, 500.0, "0:00:00.000"),
    detail(4, "CC_Chg", 2, 500.0, "0:01:00.500"),
    detail(5, "CC_DChg", 3, 250.0, "0:00:00.000"),
    detail(6, "CC_DChg", 3, 250.0, "0:00:05.000"),
]


def test_records_in_two_sheets_are_read_as_one_test():
    table, reading = read("neware.xlsx")
    assert table["record_index"].to_pylist() == [1, 2, 3, 4]
    assert table["cycle_count"].to_pylist() == [1, 1, 1, 2]
    assert table["step_id"].to_pylist() == [1, 2, 2, 1]
    assert table["test_time_second"].to_pylist() == [0, 10.5, 90010, 90011]
    assert table["current_ampere"].to_pylist() == [0, 0.5, 0.5, -0.5]
    assert table["voltage_volt"].to_pylist() == [3.2, 3.55, 3.61, 3.41]
    assert table["step_charging_capacity_ah"].to_pylist() == [0, 0.0001, 0.0125, 0]
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, 25.2, 25.2, 25.3]
    assert table["unix_time_second"].to_pylist()[0] == 1721030400
    assert reading.header["unit 1"] == "cell 7" and reading.instrument == "Neware"
    assert reading.problems == []


def test_times_that_are_formatted_as_times_are_read_alike(tmp_path):
    span = dt.timedelta
    spans = [span(0), span(seconds=10), span(0), span(seconds=60.5), span(0), span(hours=25)]
    rows = [[*row[:9], time, dt.datetime(2024, 7, 15, 10)] for row, time in zip(ROWS, spans, strict=True)]
    table, _ = read(book(tmp_path / "a.xlsx", {"Detail_67_1_1": [DETAIL, *rows]}))
    assert table["step_time_second"].to_pylist() == [0, 10, 0, 60.5, 0, 90000]


@pytest.mark.parametrize("heading", [DETAIL, OLDER])
def test_a_test_time_is_made_of_the_times_within_the_steps_and_that_is_recorded(tmp_path, heading):
    path = book(tmp_path / "a.xlsx", {"Info": [["x"]], "Detail_67_1_1": [heading, *ROWS]})
    table, reading = read(path)
    assert table["step_time_second"].to_pylist() == [0, 10, 0, 60.5, 0, 5]
    assert table["test_time_second"].to_pylist() == [0, 10, 10, 70.5, 70.5, 75.5]
    assert table["current_ampere"].to_pylist() == [0, 0, 0.5, 0.5, -0.25, -0.25]
    assert table["step_type"].to_pylist()[2::2] == ["CC_Chg", "CC_DChg"]
    assert table["unix_time_second"].to_pylist()[0] == 1721030401
    made = next(one for one in reading.conversions if one.column == "test_time_second")
    assert (made.source, made.rule) == (
        "Relative Time(h:min:s.ms)",
        "time within the step after the steps before it",
    )
    assert all(problem.severity is Severity.NOTE for problem in reading.problems)


def test_the_made_test_time_goes_on_across_sheets_and_pieces_of_a_file(tmp_path):
    sheets = {"Detail_67_1_1": [DETAIL, *ROWS[:4]], "Detail_67_1_1_1": [DETAIL, *ROWS[4:]]}
    table, reading = read(book(tmp_path / "a.xlsx", sheets))
    assert table["test_time_second"].to_pylist() == [0, 10, 10, 70.5, 70.5, 75.5]
    assert not told(reading, "record-missing")


def test_steps_of_the_same_number_in_two_cycles_are_two_steps(tmp_path):
    rows = [detail(1, "CC_Chg", 1, 500.0, "0:00:20"), detail(2, "CC_Chg", 1, 500.0, "0:00:20", cycle=2)]
    table, _ = read(book(tmp_path / "a.xlsx", {"Detail_67_1_1": [DETAIL, *rows]}))
    assert table["test_time_second"].to_pylist() == [20, 40]


def test_a_relative_time_that_does_not_start_anew_is_an_error(tmp_path):
    rows = [detail(1, "CC_Chg", 1, 500.0, "0:00:20"), detail(2, "CC_Chg", 2, 500.0, "0:00:40")]
    _, reading = read(book(tmp_path / "a.xlsx", {"Detail_67_1_1": [DETAIL, *rows]}))
    assert told(reading, "step-time-runs-on") == [(3, "step_time_second", None)]
    assert all(one.sheet == "Detail_67_1_1" for one in reading.problems)


def test_details_of_two_channels_are_not_joined(tmp_path):
    path = book(tmp_path / "a.xlsx", {name: [DETAIL, *ROWS] for name in ("Detail_67_1_1", "Detail_67_1_2")})
    with pytest.raises(SeveralCells) as refusal:
        read(path)
    assert (refusal.value.by, refusal.value.choices) == ("channel", ("Detail_67_1_1", "Detail_67_1_2"))


def test_records_without_cycle_and_step_are_read(tmp_path):
    rows = [["DataPoint", "Step Type", "Time", "Total Time", "Current(mA)", "Voltage(V)"]]
    rows += [[1, "Rest", "00:00:00", "00:00:00", 0, 3.2], [2, "CC DChg", "00:00:10", "00:00:20", 500, 3.1]]
    table, _ = read(book(tmp_path / "a.xlsx", {"record": rows}))
    assert table["current_ampere"].to_pylist() == [0, -0.5] and "cycle_count" not in table.column_names


def test_a_nested_report_in_a_workbook_is_read_as_its_csv(tmp_path):
    rows = [
        [cell.strip().strip('"').strip() for cell in line.split(",")]
        for line in (FILES / "neware_nested.csv").read_text().splitlines()
    ]
    path = book(tmp_path / "a.xlsx", {"Sheet1": rows})
    assert read(path)[0].equals(read("neware_nested.csv")[0])
    assert read(path)[1].instrument == "Neware"


CHINESE = (
    "数据序号,循环号,工步号,工步类型,时间,总时间,电流(A),电压(V),容量(Ah),绝对时间\n"
    "1,1,1,搁置,00:00:00,00:00:00,0,3.2,0,2024-07-15 10:00:00\n"
    "2,1,2,恒流充电,00:00:10,00:00:20,0.5,3.5,0.001,2024-07-15 10:00:20\n"
    "3,1,3,恒流放电,00:00:10,00:00:30,0.5,3.4,0.001,2024-07-15 10:00:30\n"
)


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-8", "utf-8-sig", "utf-16"])
def test_headings_and_steps_in_chinese_are_read_in_every_encoding(tmp_path, encoding):
    path = tmp_path / "chinese.csv"
    path.write_bytes(CHINESE.encode(encoding))
    table, reading = read(path)
    assert table["current_ampere"].to_pylist() == [0, 0.5, -0.5]
    assert table["test_time_second"].to_pylist() == [0, 20, 30]
    assert table["step_type"].to_pylist() == ["搁置", "恒流充电", "恒流放电"]
    assert reading.problems == []


def test_brackets_of_full_width_hold_units(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text(CHINESE.replace("(", "（").replace(")", "）"))
    assert read(path)[0]["voltage_volt"].to_pylist() == [3.2, 3.5, 3.4]


def test_bytes_that_are_no_chinese_are_not_taken_for_it(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(CHINESE.encode("gb18030").replace("电压".encode("gb18030"), b"\xff\xff"))
    with pytest.raises(Exception, match="No reader recognises"):
        detect(head(path, path.name)).read(head(path, path.name), Declared())


def test_an_older_csv_with_states_and_relative_times(tmp_path):
    path = tmp_path / "detail.csv"
    lines = [",".join(OLDER), *(",".join(str(cell) for cell in row) for row in ROWS)]
    path.write_text("\n".join(lines))
    table, reading = read(path)
    assert table["test_time_second"].to_pylist() == [0, 10, 10, 70.5, 70.5, 75.5]
    assert [one.column for one in reading.conversions] == table.column_names
