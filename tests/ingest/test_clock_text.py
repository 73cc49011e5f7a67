"""Local clock times stay as they are printed beside the Unix times made of them."""

from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.clocks import Clock, recognise, unix_seconds, unix_seconds_at_once
from ingest.pipeline import ingest
from schemas.ingested import Declared, Ingested

HEAD = "Data_Point,Date_Time,Test_Time(s),Step_Index,Cycle_Index,Current(A),Voltage(V)\n"


def made(folder: Path, times: list[str], zone: str | None = "Europe/Berlin") -> Ingested:
    path = folder / "cell.csv"
    rows = "".join(f"{at + 1},{clock},{at},1,1,0.5,3.7\n" for at, clock in enumerate(times))
    path.write_text(HEAD + rows)
    found = ingest(path, path.name, folder, Declared(time_zone=zone))
    assert found.report.passed, found.report
    return found


def test_the_text_is_kept_to_the_letter_also_in_the_hour_that_autumn_repeats(tmp_path):
    clocks = ["10/26/2025 02:59:59 AM", " 10/26/2025 02:00:00 AM", "10/26/2025 2:00:01 am", ""]
    found = made(tmp_path, clocks)
    table = pq.read_table(tmp_path / "timeseries.parquet")
    assert table["clock_text"].to_pylist() == clocks
    assert table["unix_time_second"].to_pylist() == [1761440399.0, 1761440400.0, 1761440401.0, None]
    record = next(one for one in found.conversions if one.column == "clock_text")
    assert (record.source, record.rule) == ("Date_Time", "as printed, local time of Europe/Berlin")


def test_times_that_tell_their_offset_or_are_unix_times_need_no_text(tmp_path):
    for clock in ("2025-10-26T02:00:00+02:00", "2025-10-26T02:00:00Z", "1761440399"):
        made(tmp_path, [clock] * 3)
        assert {"clock_text", "unix_time_second"} & set(pq.read_schema(tmp_path / "timeseries.parquet").names) == {
            "unix_time_second"
        }


def test_without_a_zone_there_is_neither(tmp_path):
    made(tmp_path, ["10/26/2025 02:59:59 AM"] * 3, None)
    assert "clock_text" not in pq.read_schema(tmp_path / "timeseries.parquet").names


def test_dates_whose_day_is_their_month_need_no_order(tmp_path):
    found = made(tmp_path, ["05/05/2025 10:00:00 AM", "05/05/2025 10:00:01 AM", "5/5/2025 10:00:02 AM"])
    times = pq.read_table(tmp_path / "timeseries.parquet")["unix_time_second"].to_pylist()
    assert times == [1746432000.0, 1746432001.0, 1746432002.0]
    record = next(one for one in found.conversions if one.column == "unix_time_second")
    assert record.rule == "wall clock, day and month alike, local time of Europe/Berlin"


@pytest.mark.parametrize("other", ["05/06/2025", "06/05/2025", "06/06/2025", "05/05/2024"])
def test_another_date_leaves_the_order_open_again(tmp_path, other):
    found = made(tmp_path, ["05/05/2025 10:00:00", f"{other} 10:00:01"])
    assert "unix_time_second" not in pq.read_schema(tmp_path / "timeseries.parquet").names
    assert any("day first and month first" in problem.message for problem in found.report.problems)


def test_a_date_of_another_month_among_those_that_were_looked_at_is_none_of_this_clock():
    clock = recognise(["05/05/2025 10:00:00"], "UTC")
    assert isinstance(clock, Clock)
    for seconds in (unix_seconds, unix_seconds_at_once):
        assert seconds(pa.array(["05/05/2025 10:00:00", "05/06/2025 10:00:00"]), clock).to_pylist() == [
            1746439200.0,
            None,
        ]


def test_dates_without_a_time_of_day_give_no_unix_time_but_say_so(tmp_path):
    found = made(tmp_path, ["2025-03-27", "2025-03-27", "2025-03-28"])
    assert "unix_time_second" not in pq.read_schema(tmp_path / "timeseries.parquet").names
    [told] = [problem for problem in found.report.problems if problem.rule == "time-without-zone"]
    assert "“2025-03-27”, tell no time of day" in told.message
    assert told.hint == "Export dates with their time if it matters."


def test_a_midnight_may_go_without_its_time(tmp_path):
    made(tmp_path, ["2025-03-27 23:59:59", "2025-03-28", "2025-03-28 00:00:01"])
    times = pq.read_table(tmp_path / "timeseries.parquet")["unix_time_second"].to_pylist()
    assert [later - times[0] for later in times] == [0, 1, 2]


def test_a_long_file_keeps_its_clock_in_a_twentieth_of_its_letters(tmp_path):
    start = datetime(2025, 10, 26)
    clocks = [f"{start + timedelta(seconds=at)}" for at in range(20000)]
    made(tmp_path, clocks)
    path = tmp_path / "timeseries.parquet"
    assert pq.read_table(path)["clock_text"].to_pylist() == clocks
    group = pq.read_metadata(path).row_group(0)
    column = next(one for at in range(group.num_columns) if (one := group.column(at)).path_in_schema == "clock_text")
    assert "DELTA_BYTE_ARRAY" in column.encodings
    assert column.total_compressed_size < sum(map(len, clocks)) / 20
