"""Several files of one test become one table: the time runs on, gaps and counters stay, what is doubtful is told."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest import sandbox
from ingest.opened import RawFile
from ingest.pipeline import ingest, ingest_files
from schemas.ingested import Declared, Ingested
from schemas.instructions import Instructions, Way

CELL = Declared(time_zone="UTC")
MORNING = 1_700_000_000.0
Columns = dict[str, Sequence[float | int | str]]


def rows(count: int = 60, start: float = 0.0, clock: float | None = None, first: int = 0, **more: object) -> Columns:
    """Minute rows: charge in the first half, discharge in the second; `first` shifts voltages so that rows differ."""
    half = count // 2
    columns: Columns = {
        "test_time_second": [start + 60.0 * at for at in range(count)],
        "voltage_volt": [3.0 + (at if at < half else count - at) / 100 + first / 1e4 for at in range(count)],
        "current_ampere": [0.5 if at < half else -0.5 for at in range(count)],
        "cycle_count": [1] * count,
        "step_count": [1 if at < half else 2 for at in range(count)],
    }
    if clock is not None:
        columns["unix_time_second"] = [clock + 60.0 * at for at in range(count)]
    return columns | more  # type: ignore[operator]  # columns too


def csv(folder: Path, name: str, columns: Columns) -> RawFile:
    lines = [",".join(columns)] + [",".join(map(str, row)) for row in zip(*columns.values(), strict=True)]
    (folder / name).write_text("\n".join(lines) + "\n")
    return RawFile(folder / name, name)


def join(folder: Path, *files: RawFile, declared: Declared = CELL) -> Ingested:
    out = folder / "out"
    out.mkdir(exist_ok=True)
    return ingest_files(files, out, declared)


def table(folder: Path) -> pa.Table:
    return pq.read_table(folder / "out/timeseries.parquet")


def rules(found: Ingested) -> list[tuple[str, str]]:
    return [(problem.rule, problem.file) for problem in found.report.problems]


def placed(found: Ingested) -> list[str]:
    return [one.rule for one in found.conversions if one.column == "test_time_second" and one.source == one.column][1:]


def test_with_clocks_in_both_parts_the_gap_between_them_is_kept(tmp_path: Path) -> None:
    one = csv(tmp_path, "a_01.csv", rows(clock=MORNING))
    two = csv(tmp_path, "a_02.csv", rows(clock=MORNING + 59 * 60 + 7200, first=1))
    found = join(tmp_path, one, two)
    assert found.report.passed and (found.report.rows_in, found.report.rows_out) == (120, 120)
    made = table(tmp_path)
    time, clock = made["test_time_second"].to_numpy(), made["unix_time_second"].to_numpy()
    assert time[59:62].tolist() == [3540.0, 3540.0 + 7200, 3600.0 + 7200]
    assert np.array_equal(clock - time, np.full(120, MORNING))
    assert made["part"].to_pylist() == [1] * 60 + [2] * 60
    assert made["cycle_count"].to_pylist() == [1] * 120 and made["step_count"].to_pylist() == ([1] * 30 + [2] * 30) * 2
    assert made.schema.field("part").type == pa.int64() and made.schema.field("part").metadata[b"unit"] == b"1"
    assert any("“a_02.csv”: continued by the wall clock, which reads 7200 s more" in rule for rule in placed(found))
    assert [source.file for source in found.sources] == ["a_01.csv", "a_02.csv"]
    assert found.cycles == 2


def test_without_clocks_a_part_that_begins_anew_follows_at_once_and_a_warning_says_so(tmp_path: Path) -> None:
    found = join(tmp_path, csv(tmp_path, "a.csv", rows()), csv(tmp_path, "b.csv", rows(start=10.0, first=1)))
    assert found.report.passed and ("part-gap-unknown", "b.csv") in rules(found)
    assert table(tmp_path)["test_time_second"].to_pylist()[58:62] == [3480.0, 3540.0, 3550.0, 3610.0]


def test_a_test_time_that_runs_on_is_kept_pause_or_not(tmp_path: Path) -> None:
    found = join(tmp_path, csv(tmp_path, "a.csv", rows()), csv(tmp_path, "b.csv", rows(start=90_000.0, first=1)))
    assert found.report.passed and "part-gap-unknown" not in dict(rules(found))
    assert table(tmp_path)["test_time_second"].to_pylist()[59:61] == [3540.0, 90_000.0]
    # The instrument's count stands still in a pause that the clock knows of: its own count stays.
    one = csv(tmp_path, "a.csv", rows(clock=MORNING))
    two = csv(tmp_path, "b.csv", rows(start=3600.0, clock=MORNING + 90_000, first=1))
    assert join(tmp_path, one, two).report.passed
    assert table(tmp_path)["test_time_second"].to_pylist()[59:61] == [3540.0, 3600.0]


def test_a_third_part_follows_the_second_as_it_was_moved(tmp_path: Path) -> None:
    parts = [
        csv(tmp_path, "a.csv", rows()),
        csv(tmp_path, "b.csv", rows(first=1)),
        csv(tmp_path, "c.csv", rows(start=3600.0, first=2)),
    ]
    found = join(tmp_path, *parts)
    assert found.report.passed
    time = table(tmp_path)["test_time_second"].to_pylist()
    assert (time[119], time[120]) == (7080.0, 7140.0), "c runs on from b, which was moved by 3540 s"
    assert time == sorted(time)


def test_columns_are_united_and_null_where_a_part_has_none(tmp_path: Path) -> None:
    one = csv(tmp_path, "a.csv", rows(4))
    two = csv(tmp_path, "b.csv", rows(4, first=1, ambient_temperature_celsius=[25.0] * 4))
    join(tmp_path, one, two)
    made = table(tmp_path)
    assert made["ambient_temperature_celsius"].to_pylist() == [None] * 4 + [25.0] * 4
    assert made.column_names[-1] == "part"


def test_parts_may_come_from_different_instruments_and_in_archives(tmp_path: Path) -> None:
    files = Path(__file__).resolve().parents[1] / "files"
    found = join(tmp_path, *(RawFile(files / name, name) for name in ("arbin.csv", "neware.ndax")), declared=Declared())
    assert found.reader == "Arbin csv + Neware nda/ndax"
    assert [source.reader for source in found.sources] == ["Arbin csv", "Neware nda/ndax"]
    alone = [ingest(files / name, name, tmp_path).report.rows_out or 0 for name in ("arbin.csv", "neware.ndax")]
    assert found.report.rows_out == sum(alone)


def test_a_part_of_impedance_alone_stands_where_it_was_measured(tmp_path: Path) -> None:
    parts = [
        csv(tmp_path, "a.csv", rows()),
        spectrum(tmp_path, "eis.txt", 1000),
        csv(tmp_path, "b.csv", rows(start=3600.0, first=1)),
    ]
    found = join(tmp_path, *parts)
    assert found.report.passed, found.report.problems
    made = table(tmp_path)
    assert made["test_time_second"].to_pylist()[59:64] == [3540.0, 3540.0, 3540.0, 3540.0, 3600.0]
    assert made["frequency_hertz"].to_pylist()[59:64] == [None, 1000.0, 100.0, 10.0, None]
    cycles = pq.read_table(tmp_path / "out/cycles.parquet").to_pylist()
    without = join(tmp_path, parts[0], parts[2])
    assert without.report.passed
    plain = pq.read_table(tmp_path / "out/cycles.parquet").to_pylist()
    for name in ("charge_capacity_ah", "discharge_capacity_ah", "charge_energy_wh", "discharge_energy_wh"):
        # Not equal: in the minute between the parts the current now begins at none.
        assert [one[name] for one in cycles] == pytest.approx([one[name] for one in plain], rel=0.02), name


def spectrum(folder: Path, name: str, first: float) -> RawFile:
    rows = "".join(f"{first / 10**at:g}\t0.0{at + 1}\t0.0{at + 1}\n" for at in range(3))
    (folder / name).write_text("freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\n" + rows)
    return RawFile(folder / name, name)


def test_spectra_alone_have_no_test_time_to_be_joined(tmp_path: Path) -> None:
    found = join(tmp_path, spectrum(tmp_path, "a.txt", 1000), spectrum(tmp_path, "b.txt", 2000))
    assert found.report.passed and "part-gap-unknown" not in dict(rules(found))
    made = pq.read_table(tmp_path / "out/timeseries.parquet")
    assert "test_time_second" not in made.column_names and made["part"].to_pylist() == [1] * 3 + [2] * 3


def test_a_spectrum_before_the_test_stands_at_its_start(tmp_path: Path) -> None:
    found = join(tmp_path, spectrum(tmp_path, "eis.txt", 1000), csv(tmp_path, "a.csv", rows()))
    assert found.report.passed, found.report.problems
    assert table(tmp_path)["test_time_second"].to_pylist()[:5] == [0.0, 0.0, 0.0, 0.0, 60.0]


def test_rows_that_a_part_repeats_are_an_error_that_says_what_to_cut(tmp_path: Path) -> None:
    whole = rows(60)
    one = csv(tmp_path, "a.csv", {name: values[:40] for name, values in whole.items()})
    two = csv(tmp_path, "b.csv", {name: values[30:] for name, values in whole.items()})
    found = join(tmp_path, one, two)
    [problem] = [problem for problem in found.report.problems if problem.severity == "error"]
    assert problem.message == "Rows 2 to 11 of “b.csv” repeat rows 32 to 41 of “a.csv”."
    assert (problem.rule, problem.file, problem.row, problem.count) == ("part-overlaps", "b.csv", 2, 10)
    assert "up to row 31" in problem.hint and "last_row" in problem.hint


def test_a_longer_export_of_the_same_test_is_told_from_a_part(tmp_path: Path) -> None:
    whole = rows(60)
    one = csv(tmp_path, "a.csv", {name: values[:40] for name, values in whole.items()})
    found = join(tmp_path, one, csv(tmp_path, "b.csv", whole))
    [problem] = [problem for problem in found.report.problems if problem.severity == "error"]
    assert problem.rule == "part-overlaps" and "Leave out “a.csv”" in problem.hint


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (rows(start=1800.0, first=1), "“b.csv” begins at 1800 s of test time"),
        (rows(clock=MORNING - 86_400, first=1), "begins at 2023-11-13 22:13:20 UTC, before “a.csv” ends at 2023-11-14"),
    ],
)
def test_parts_in_the_wrong_order_are_an_error(tmp_path: Path, second: Columns, said: str) -> None:
    clock = MORNING if "unix_time_second" in second else None
    found = join(tmp_path, csv(tmp_path, "a.csv", rows(clock=clock)), csv(tmp_path, "b.csv", second))
    problems = [problem for problem in found.report.problems if problem.severity == "error"]
    assert [problem.rule for problem in problems] == ["part-out-of-order"] and said in problems[0].message


def test_findings_name_the_file_and_the_row_it_has_there(tmp_path: Path) -> None:
    bad = rows(first=1)
    bad["voltage_volt"] = [*bad["voltage_volt"][:7], "x", *bad["voltage_volt"][8:]]
    bad["test_time_second"] = [*bad["test_time_second"][:20], 0.0, *bad["test_time_second"][21:]]
    found = join(tmp_path, csv(tmp_path, "a.csv", rows()), csv(tmp_path, "b.csv", bad))
    places = {(problem.rule, problem.file, problem.row) for problem in found.report.problems}
    assert {("cell-unreadable", "b.csv", 9), ("time-goes-back", "b.csv", 22)} <= places
    assert found.tables == ()


def test_every_file_that_cannot_be_read_is_told_at_once(tmp_path: Path) -> None:
    for name in ("x.csv", "y.csv"):
        (tmp_path / name).write_text("hello")
    bad = [RawFile(tmp_path / name, name) for name in ("x.csv", "y.csv")]
    found = join(tmp_path, bad[0], csv(tmp_path, "a.csv", rows()), bad[1])
    assert rules(found) == [("unreadable", "x.csv"), ("unreadable", "y.csv")]


def test_instructions_may_be_for_one_of_the_files(tmp_path: Path) -> None:
    way = Instructions(files={"b.zip": Way(member="x.csv")}, channel="1")
    assert way.of("b.zip") == Instructions(member="x.csv", channel="1")
    assert way.of("a.csv") == Instructions(channel="1")


def test_the_child_reads_many_files_as_the_pipeline_does(tmp_path: Path) -> None:
    parts = [
        csv(tmp_path, f"{number:03}_{'ä' * 80}.csv", rows(start=3600.0 * number, first=number)) for number in range(90)
    ]
    (tmp_path / "child").mkdir()
    found = sandbox.run_files(parts, tmp_path / "child", CELL)
    sandbox.close()
    assert found == join(tmp_path, *parts)
    assert found.report.passed and found.report.rows_out == 90 * 60
