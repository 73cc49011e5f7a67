"""`exchange validate`: the platform's verdict without a platform."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from exchange.cli import app
from ingest import sandbox
from tests.ingest.test_pipeline import bdf
from tests.ingest.test_validate import cell


@pytest.fixture(autouse=True, scope="module")
def no_server_is_left() -> Iterator[None]:
    yield
    sandbox.close()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return bdf(tmp_path / "good.csv", cell())


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    columns = cell()
    columns["test_time_second"][100:] -= 500.0
    return bdf(tmp_path / "bad.csv", columns)


def run(*arguments: object) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["validate", *map(str, arguments)])
    return found.exit_code, found.output


def told(*arguments: object) -> tuple[int, list[dict[str, Any]]]:
    status, output = run(*arguments, "--json")
    return status, json.loads(output)


def test_a_good_file_is_ready_and_ends_with_0(good: Path) -> None:
    status, output = run(good)
    assert status == 0
    assert f"{good}: ready (Battery Data Format csv, 1530 rows, 2 cycles)" in output


def test_a_bad_file_is_told_with_row_column_value_and_advice_and_ends_with_3(good: Path, bad: Path) -> None:
    status, output = run(good, bad)
    assert status == 3 and "2 files, 1 with errors." in output
    assert "row 102, column test_time_second, value -490" in output
    assert "The test time goes back by 490 s." in output and "→ Rows are out of order" in output


def test_machines_get_one_list_of_everything(good: Path, bad: Path) -> None:
    status, found = told(good, bad)
    assert status == 3 and [one["state"] for one in found] == ["ready", "quarantined"]
    assert [one["name"] for one in found[0]["tables"]][:2] == ["timeseries", "cycles"] and found[1]["tables"] == []
    [problem] = [one for one in found[1]["report"]["problems"] if one["rule"] == "time-goes-back"]
    assert (problem["row"], problem["file"], problem["page"]) == (102, "bad.csv", "/rules/time-goes-back")


def test_a_folder_stands_for_its_files_and_tables_are_kept_beside_each_other(
    tmp_path: Path, good: Path, bad: Path
) -> None:
    (tmp_path / "in/below").mkdir(parents=True)
    good.rename(tmp_path / "in/below/cell.csv")
    bad.rename(tmp_path / "in/cell.csv")
    (tmp_path / "in/.hidden").write_text("no test")
    status, found = told(tmp_path / "in", "--out", tmp_path / "out")
    assert status == 3 and [Path(one["path"]).name for one in found] == ["cell.csv", "cell.csv"]
    assert pq.read_table(tmp_path / "out/below/cell.csv/timeseries.parquet").num_rows == 1530
    assert list((tmp_path / "out").rglob("*.parquet")) and not list((tmp_path / "out/cell.csv").iterdir())


def test_what_is_declared_is_checked(good: Path) -> None:
    def rules(*options: object) -> set[str]:
        return {one["rule"] for one in told(good, *options)[1][0]["report"]["problems"]}

    assert rules() == set()
    assert rules("--chemistry", "LFP") == {"voltage-chemistry"}
    assert rules("--nominal-capacity-ah", 0.6) == {"nominal-capacity"}
    assert rules("--cycles", 5, "--upper-voltage-v", 4.0) == {"cycles-declared", "voltage-outside-window"}
    assert told(good, "--nominal-capacity-ah", 0.1)[0] == 3


def test_a_record_is_taken_and_single_options_replace_its_fields(tmp_path: Path, good: Path) -> None:
    record = tmp_path / "record.json"
    record.write_text(json.dumps({"title": "A cell", "cell": {"nominal_capacity_ah": 0.1}}))
    assert told(good, "--record", record)[0] == 3
    assert told(good, "--record", record, "--nominal-capacity-ah", 1.0)[0] == 0


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ("{", "no JSON file"),
        ("[]", "a JSON object"),
        ('{"nominal_capacity": 1}', "/nominal_capacity"),
        ('{"time_zone": "Mars"}', "/time_zone"),
        (
            '{"schema_version": "9.0"}',
            "version 9.0 of the metadata schema, and this installation knows versions up to 1.0",
        ),
    ],
)
def test_a_wrong_record_ends_with_2_and_says_what_is_wrong(
    tmp_path: Path, good: Path, record: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "record.json"
    path.write_text(record)
    status, output = run(good, "--record", path)
    assert status == 2 and said in output


def test_a_wrong_command_ends_with_2(tmp_path: Path, good: Path) -> None:
    assert run(tmp_path / "nowhere.csv")[0] == 2
    assert run()[0] == 2
    assert run(good, "--nominal-capacity-ah", -1)[0] == 2
    assert run(good, "--cell-configuration", "round")[0] == 2


def test_a_folder_without_files_is_no_success(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("x")
    status, output = run(tmp_path)
    assert status == 2 and "no files in" in output


def test_a_template_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    there = tmp_path / "absent" / "production.xlsx"
    found = CliRunner().invoke(app, ["template", "production", "--out", str(there)])
    assert found.exit_code == 2 and "cannot be written" in found.output
