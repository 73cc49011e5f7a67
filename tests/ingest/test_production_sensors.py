"""Machine logs: every reading with its tag, time and unit, streaming, and never taken for a cycler's export."""

import gc
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from ingest import detect
from ingest.formats.sensors import SensorLog
from schemas.ingested import Declared, Ingested
from tests.production import read, table
from tests.samples import FILES

LONG = "tag,time,value,unit\n"
WIDE = "Time;Oven temperature [°C];Web speed [m/min];Humidity [%rF]\n"


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "log.csv"
    path.write_bytes(text.encode(encoding))
    return path


def rules(found: Ingested) -> set[str]:
    return {one.rule for one in found.report.problems}


def rows(path: Path) -> list[tuple[Any, ...]]:
    return [
        (one["tag"], one["unix_time_second"], one["value"], one["unit"], one["ucum"]) for one in table(path, "sensors")
    ]


def test_a_row_per_reading_is_read_with_printed_units(tmp_path: Path) -> None:
    text = LONG + "T1,2026-03-02T08:00:00Z,121.5,°C\nF1,2026-03-02T08:00:01+01:00,3,slpm\nT1,2026-03-02T08:00:10Z,,°C\n"
    path = written(tmp_path, text)
    found = read(path)
    assert found.reader == "Sensor log" and found.report.problems == ()
    assert rows(path) == [
        ("T1", 1772438400.0, 121.5, "°C", "Cel"),
        ("F1", 1772434801.0, 3.0, "slpm", None),
        ("T1", 1772438410.0, None, "°C", "Cel"),
    ]


def test_a_column_per_tag_becomes_the_same_rows(tmp_path: Path) -> None:
    path = written(tmp_path, WIDE + "02.03.2026 08:00:00;121,5;1,25;40\n13.03.2026 08:00:10;122,0;;41\n", "cp1252")
    found = read(path, Declared(time_zone="Europe/Berlin"))
    assert found.report.problems == () and found.report.rows_in == 2
    assert rows(path) == [
        ("Oven temperature", 1772434800.0, 121.5, "°C", "Cel"),
        ("Web speed", 1772434800.0, 1.25, "m/min", "m/min"),
        ("Humidity", 1772434800.0, 40.0, "%rF", None),
        ("Oven temperature", 1773385210.0, 122.0, "°C", "Cel"),
        ("Humidity", 1773385210.0, 41.0, "%rF", None),
    ]
    assert {one.column for one in found.conversions} == {"unix_time_second", "value"}


def test_the_heading_of_the_values_may_print_the_unit(tmp_path: Path) -> None:
    path = written(tmp_path, "time,sensor,value [mbar]\n2026-03-02T08:00:00Z,P1,12\n")
    assert read(path).report.passed
    assert rows(path) == [("P1", 1772438400.0, 12.0, "mbar", "mbar")]


def test_local_times_need_a_zone(tmp_path: Path) -> None:
    path = written(tmp_path, LONG + "T1,2026-03-02 08:00:00,121.5,°C\n")
    [problem] = read(path).report.problems
    assert problem.rule == "unreadable" and "time zone" in problem.message
    assert read(path, Declared(time_zone="Europe/Berlin")).report.passed


@pytest.mark.parametrize(
    ("rest", "rule"),
    [
        ("T1,2026-03-02T08:00:30Z,warm,°C\n", "cell-unreadable"),
        (",2026-03-02T08:00:30Z,20,°C\n", "cell-empty"),
        ("T1,2026-03-02T08:00:30Z,20\n", "row-ragged"),
    ],
)
def test_wrong_cells_and_rows_are_errors_on_their_line(tmp_path: Path, rest: str, rule: str) -> None:
    good = "".join(f"T1,2026-03-02T08:00:{second}Z,20,°C\n" for second in ("00", "10", "20"))
    found = read(written(tmp_path, LONG + good + rest))
    assert not found.report.passed
    assert [(one.rule, one.row) for one in found.report.problems] == [(rule, 5)]


def minutes(tag: str, *of: int) -> str:
    return "".join(f"{tag},2026-03-02T{at // 60:02d}:{at % 60:02d}:00Z,20,°C\n" for at in of)


def test_times_that_go_back_are_told_per_tag_and_interleaved_tags_are_none(tmp_path: Path) -> None:
    calm = "".join(minutes("T1", at) + minutes("T2", max(0, at - 1)) for at in range(5))
    assert read(written(tmp_path, LONG + calm)).report.problems == ()
    [problem] = read(written(tmp_path, LONG + calm + minutes("T2", 1, 2))).report.problems
    assert (problem.rule, problem.row, problem.value) == ("sensor-time-goes-back", 12, "T2")


def test_a_silent_sensor_is_told(tmp_path: Path) -> None:
    both = "".join(minutes("T1", at) + ("" if 20 < at < 100 else minutes("T2", at)) for at in range(150))
    [problem] = read(written(tmp_path, LONG + both)).report.problems
    assert (problem.rule, problem.value) == ("sensor-gap", "T2") and "4800 s" in problem.message
    lines = (LONG + both).splitlines()
    assert problem.row is not None and lines[problem.row - 1] == "T2,2026-03-02T01:40:00Z,20,°C"


@pytest.mark.parametrize(
    "header",
    [
        "Time,Voltage [V],Current [A]\n",
        "Time,Cycle [1],Temperature [°C]\n",
        "Time,Step [1],Temperature [°C]\n",
        "Time [s],Temperature [°C]\n",
        "Time,Temperature\n",
        "time,value\n",
        "tag,time\n",
    ],
)
def test_what_might_be_a_test_or_lacks_a_heading_is_no_log(tmp_path: Path, header: str) -> None:
    path = written(tmp_path, header + "2026-03-02T08:00:00Z,1,2\n")
    assert not SensorLog().recognises(detect.head(path, path.name))


def test_no_sample_of_a_cycler_is_taken_for_a_log() -> None:
    assert [path.name for path in FILES.iterdir() if SensorLog().recognises(detect.head(path, path.name))] == []


def test_a_tag_twice_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "Time;T [°C];T [°C]\n2026-03-02T08:00:00Z;1;2\n")
    assert "two columns" in read(path).report.problems[0].message


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    def peak(lines: int) -> int:
        path = tmp_path / f"{lines}.csv"
        row = "T{},2026-03-02T08:{:02d}:{:02d}Z,20.5,°C\n"
        with path.open("w") as file:
            file.write(LONG)
            file.writelines(row.format(at % 7, at // 60 % 60, at % 60) for at in range(lines))
        reading = SensorLog(chunk_bytes=65_536).read(detect.head(path, path.name), Declared())
        gc.collect()
        tracemalloc.start()
        for _ in reading.batches:
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(2_000)
    assert peak(60_000) < 1.5 * peak(15_000) + 1_000_000
