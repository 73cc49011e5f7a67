"""Local times: read back to the instants they were written from, around daylight saving too; units told by them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from ingest.clocks import Clock, unix_seconds
from ingest.clocks.daylight import changes
from ingest.clocks.rates import unit_by_clock
from ingest.detect import detect, head
from ingest.formats.arbin.text import LAYOUT as ARBIN
from ingest.formats.maccor import LAYOUT as MACCOR
from ingest.pipeline import ingest
from ingest.reader import Reading
from ingest.text.chunks import CHUNK_BYTES
from ingest.text.reader import TextReader
from schemas.ingested import Declared
from schemas.report import Problem, Severity

# The instants at which these zones' clocks change in 2026.
AUTUMN = {"Europe/Berlin": 1792890000, "Atlantic/Azores": 1792890000, "America/New_York": 1793512800}
SPRING = {"Europe/Berlin": 1774746000, "Atlantic/Azores": 1774746000, "America/New_York": 1772953200}
CHUNKS = (120, 700, CHUNK_BYTES)
MINUTES = np.arange(-90, 150)


def local(unix: float, zone: str, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    return datetime.fromtimestamp(unix, ZoneInfo(zone)).strftime(form)


def arbin(clocks: Iterable[str], times: Sequence[float | str]) -> str:
    lines = ["Data_Point,Date_Time,Test_Time(s),Cycle_Index,Step_Index,Current(A),Voltage(V)"]
    lines += [f"{i},{c},{t},1,1,0.5,3.5" for i, (c, t) in enumerate(zip(clocks, times, strict=True), 1)]
    return "\n".join(lines) + "\n"


def maccor(clocks: Iterable[str], times: Sequence[float]) -> str:
    lines = ["Today's Date:\t1 December 2026", "Rec#\tCyc#\tStep\tTestTime\tAmps\tVolts\tState\tDPt Time"]
    for i, (clock, time) in enumerate(zip(clocks, times, strict=True), 1):
        days, rest = divmod(int(time), 86400)
        lines.append(f"{i}\t0\t1\t{days}d {timedelta(seconds=rest)}\t0.5\t3.5\tC\t{clock}")
    return "\n".join(lines) + "\n"


def written(folder: Path, unix: Sequence[float], zone: str, times: Sequence[float | str] | None = None) -> Path:
    path = folder / "arbin.csv"
    elapsed = [one - unix[0] for one in unix] if times is None else times
    path.write_text(arbin([local(one, zone) for one in unix], elapsed))
    return path


def read(path: Path, zone: str, chunk_bytes: int = CHUNK_BYTES) -> tuple[list[float | None], Reading]:
    layout = MACCOR if path.suffix == ".txt" else ARBIN
    reading = TextReader(layout, chunk_bytes).read(head(path, path.name), Declared(time_zone=zone))
    return pa.Table.from_batches(list(reading.batches))["unix_time_second"].to_pylist(), reading


def about(reading_or_problems: Reading, season: str) -> list[Problem]:
    return [found for found in reading_or_problems.problems if found.rule == f"clock-{season}-hour"]


def around(zone: str, minutes: Iterable[float] = MINUTES) -> list[float]:
    return [AUTUMN[zone] + 60.0 * minute for minute in minutes]


@pytest.mark.parametrize("chunk_bytes", CHUNKS)
@pytest.mark.parametrize("zone", AUTUMN)
@pytest.mark.parametrize("timed", [True, False])
def test_both_passes_of_the_repeated_hour_are_told_apart(tmp_path, zone, chunk_bytes, timed):
    unix = around(zone)
    times = None if timed else [""] * len(unix)
    found, reading = read(written(tmp_path, unix, zone, times), zone, chunk_bytes)
    assert found == unix
    (note,) = about(reading, "repeated")
    assert (note.severity, note.count, note.row) == (Severity.NOTE, 120, 32)
    assert "daylight saving" in note.message and zone in note.message
    assert "60 were read as the first pass and 60 as the second" in note.message


@pytest.mark.parametrize("chunk_bytes", CHUNKS)
@pytest.mark.parametrize("begins", [-45, 15])
@pytest.mark.parametrize("timed", [True, False])
def test_a_file_that_begins_in_the_repeated_hour_is_told_by_how_it_goes_on(tmp_path, begins, chunk_bytes, timed):
    unix = around("Europe/Berlin", range(begins, 150))
    times = None if timed else [""] * len(unix)
    found, reading = read(written(tmp_path, unix, "Europe/Berlin", times), "Europe/Berlin", chunk_bytes)
    assert found == unix
    assert reading.started_at is not None and reading.started_at.timestamp() == unix[0]
    assert [note.severity for note in about(reading, "repeated")] == [Severity.NOTE]


@pytest.mark.parametrize("chunk_bytes", CHUNKS)
def test_a_file_within_one_pass_is_taken_as_the_earlier_and_warned_of(tmp_path, chunk_bytes):
    unix = around("Europe/Berlin", range(10, 50))
    found, reading = read(written(tmp_path, unix, "Europe/Berlin"), "Europe/Berlin", chunk_bytes)
    assert found == [one - 3600 for one in unix]
    (warning,) = about(reading, "repeated")
    assert (warning.severity, warning.count, warning.row) == (Severity.WARNING, 40, 2)
    assert "daylight saving" in warning.message


@pytest.mark.parametrize("chunk_bytes", CHUNKS)
@pytest.mark.parametrize(
    "minutes",
    [
        (-100, 20, 40, 90),  # No row in the first pass: only the test time tells.
        (-90, -30, 30, 90),  # One row in each pass, with the same clock.
        (-90, -1, 1, 90),
        (-90, -50, 70),
    ],
)
def test_rows_far_apart_are_told_by_the_test_time(tmp_path, minutes, chunk_bytes):
    unix = around("Europe/Berlin", minutes)
    found, _ = read(written(tmp_path, unix, "Europe/Berlin"), "Europe/Berlin", chunk_bytes)
    assert found == unix


def test_a_pause_in_which_the_test_time_stands_does_not_hide_a_clock_that_falls(tmp_path):
    unix = around("Europe/Berlin", [*range(-90, -29), *range(10, 90)])
    times = [60.0 * row for row in range(len(unix))]
    found, _ = read(written(tmp_path, unix, "Europe/Berlin", times), "Europe/Berlin")
    assert found == unix


def test_a_clock_set_by_seconds_begins_no_second_pass(tmp_path):
    unix = around("Europe/Berlin")
    times = [one - unix[0] for one in unix]
    unix[40:45] = [one - 65.0 for one in unix[40:45]]
    found, _ = read(written(tmp_path, unix, "Europe/Berlin", times), "Europe/Berlin")
    assert found == unix


def test_two_autumns_in_one_file_each_have_their_passes(tmp_path):
    year = next(c.at for c in changes("Europe/Berlin", 1.8e9, 1.8301e9) if c.shift < 0)
    unix = [*around("Europe/Berlin"), *(year + 60.0 * minute for minute in MINUTES)]
    found, reading = read(written(tmp_path, unix, "Europe/Berlin"), "Europe/Berlin", 700)
    assert found == unix
    assert about(reading, "repeated")[0].count == 240


def test_rows_without_a_clock_or_test_time_between_change_nothing(tmp_path):
    unix = around("Europe/Berlin")
    clocks = [local(one, "Europe/Berlin") for one in unix]
    times: list[float | str] = [one - unix[0] for one in unix]
    clocks[88:93] = [""] * 5
    times[95:100] = [""] * 5
    path = tmp_path / "arbin.csv"
    path.write_text(arbin(clocks, times))
    found = [read(path, "Europe/Berlin", size)[0] for size in CHUNKS]
    assert found[0] == [*unix[:88], *[None] * 5, *unix[93:]]
    assert found[1:] == found[:-1]


@pytest.mark.parametrize("chunk_bytes", CHUNKS)
@pytest.mark.parametrize("zone", SPRING)
@pytest.mark.parametrize("timed", [True, False])
def test_times_that_daylight_saving_skips_are_told_with_their_line(tmp_path, zone, chunk_bytes, timed):
    unix = [SPRING[zone] + 600.0 * row for row in range(-6, 6)]
    before = timedelta(seconds=datetime.fromtimestamp(unix[0], ZoneInfo(zone)).utcoffset().total_seconds())
    # A clock that does not follow daylight saving shows the whole hour that the zone skips.
    clocks = [(datetime(1970, 1, 1) + timedelta(seconds=one) + before).isoformat(" ") for one in unix]
    path = tmp_path / "arbin.csv"
    path.write_text(arbin(clocks, [one - unix[0] if timed else "" for one in unix]))
    found, reading = read(path, zone, chunk_bytes)
    assert found == [*unix[:6], *[None] * 6]
    told = about(reading, "skipped")
    assert [(problem.row, problem.severity) for problem in told] == [(line, Severity.WARNING) for line in range(8, 14)]
    assert all("daylight saving" in problem.message and zone in problem.message for problem in told)
    assert not any(problem.rule == "cell-unreadable" for problem in reading.problems)


def test_many_skipped_times_are_listed_to_ten_and_counted(tmp_path):
    path = tmp_path / "arbin.csv"
    path.write_text(arbin([f"2026-03-29 02:{minute:02d}:00" for minute in range(60)], range(60)))
    found, reading = read(path, "Europe/Berlin", 700)
    assert found == [None] * 60
    told = about(reading, "skipped")
    assert [problem.row for problem in told] == [*range(2, 12), None]
    assert sum(problem.count for problem in told) == 60


@pytest.mark.parametrize("zone", SPRING)
def test_a_clock_that_follows_spring_is_read_as_it_was(tmp_path, zone):
    unix = [SPRING[zone] + 60.0 * minute for minute in MINUTES]
    found, reading = read(written(tmp_path, unix, zone), zone)
    assert found == unix
    assert reading.problems == []


@pytest.mark.parametrize("chunk_bytes", CHUNKS)
def test_maccor_over_the_end_of_daylight_saving(tmp_path, chunk_bytes):
    unix = around("Europe/Berlin")
    path = tmp_path / "maccor.txt"
    clocks = [local(one, "Europe/Berlin", "%m/%d/%Y %I:%M:%S %p") for one in unix]
    path.write_text(maccor(clocks, [one - unix[0] for one in unix]))
    found, reading = read(path, "Europe/Berlin", chunk_bytes)
    assert found == unix
    assert [note.count for note in about(reading, "repeated")] == [120]


@pytest.mark.parametrize("write", [arbin, maccor])
def test_a_whole_ingest_over_the_end_of_daylight_saving_has_no_clock_that_goes_back(tmp_path, write):
    unix = around("Europe/Berlin")
    path = tmp_path / "file"
    path.write_text(write([local(one, "Europe/Berlin") for one in unix], [one - unix[0] for one in unix]))
    assert detect(head(path, "file")).name in ("Arbin csv", "Maccor text")
    done = ingest(path, "file", tmp_path, Declared(time_zone="Europe/Berlin"))
    rules = {problem.rule for problem in done.report.problems}
    assert done.report.passed and "clock-repeated-hour" in rules
    assert not rules & {"clock-goes-back", "clock-mismatch"}


def test_changes_are_those_of_the_zone_to_the_second():
    assert [(c.at, c.shift) for c in changes("Europe/Berlin", 1.77e9, 1.8e9)] == [
        (SPRING["Europe/Berlin"], 3600),
        (AUTUMN["Europe/Berlin"], -3600),
    ]
    assert [c.shift for c in changes("Australia/Lord_Howe", 1.77e9, 1.8e9)] == [-1800, 1800]
    assert changes("Asia/Tokyo", 0.0, 4e9) == []


def test_a_cell_with_its_own_offset_is_no_matter_of_daylight_saving():
    cells = pa.array(["2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-03-29T02:30:00+01:00"])
    assert unix_seconds(cells, Clock("year first", None)).to_pylist() == [1792888200.0, 1792891800.0, 1774747800.0]


@pytest.mark.parametrize(
    ("times", "shown", "unit"),
    [
        (["0", "30", "60"], ["04/05/2022 10:00:00", "04/05/2022 10:00:30", "04/05/2022 10:01:00"], "s"),
        (["0,0", "0,5", "1,0"], ["04.05.2022 10:00:00", "04.05.2022 10:00:30", "04.05.2022 10:01:00"], "min"),
        (["0", "0.25", "1"], ["04/05/2022 1:45:00 PM", "04/05/2022 2:00:00 PM", "04/05/2022 2:45:00 PM"], "h"),
        # A whole second of the clock is as near as it comes.
        (["0", "10.9", "22.1"], ["2022-05-04 10:00:00", "2022-05-04 10:00:10", "2022-05-04 10:00:22"], "s"),
        # Of two dates nothing is known: the order of day and month is not.
        (["0", "1", "2"], ["04/05/2022 23:59:30", "05/05/2022 00:00:30", "06/05/2022 00:01:30"], None),
        # One pair of rows may be a pause; rates between the units are none of them.
        (["0", "1"], ["04/05/2022 10:00:00", "04/05/2022 10:01:00"], None),
        (["0", "1", "2"], ["04/05/2022 10:00:00", "04/05/2022 10:00:30", "04/05/2022 10:01:00"], None),
        (["0", "1", "2"], ["04/05/2022 10:00:00", "04/05/2022 10:01:00", "04/05/2022 10:01:50"], None),
        (["0:00", "0:01", "0:02"], ["04/05/2022 10:00:00", "04/05/2022 10:01:00", "04/05/2022 10:02:00"], None),
        (["", "a", "b"], ["04/05/2022 10:00:00", "04/05/2022 10:01:00", ""], None),
        (["0", "1", "2"], ["10:00:00", "10:01:00", "10:02:00"], None),
    ],
)
def test_the_clock_of_the_rows_tells_the_unit_of_their_times(times, shown, unit):
    assert unit_by_clock(times, shown) == unit


def test_one_pause_among_many_rows_hides_no_unit():
    minutes = [*range(15), *range(35, 45)]
    shown = [f"04/05/2022 10:{minute:02d}:00" for minute in minutes]
    assert unit_by_clock([str(one) for one in range(len(minutes))], shown) == "min"
