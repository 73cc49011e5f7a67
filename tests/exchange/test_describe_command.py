"""`exchange describe`: a filled-in template, on the machine of the installation."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from exchange.cli import app
from exchange.settings import Settings
from exchange.start import close_services, open_services
from tests.worlds import network

GOOD = b"dataset,title,kind,cell.id\nDEFAULTS,,cell-test,\n,Rate test,,N-01\n,Rate test,,N-02\n"


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("EXCHANGE_DATABASE_URL", sqlite_url)
    services = open_services(Settings(_env_file=None))  # type: ignore[call-arg]  # no .env here
    network(services)
    close_services(services)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["describe", *words, "--by", "north"])


def test_a_sheet_is_shown_then_applied_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "cells.csv"
    file.write_bytes(GOOD)
    shown = run(str(file), "--dry-run")
    assert shown.exit_code == 0 and "cell.id: – → N-01" in shown.output and "New drafts" not in shown.output
    assert "New drafts: PLX-" in run(str(file)).output
    assert "0 datasets change, 2 stay as they are." in run(str(file)).output
    file.write_bytes(GOOD.replace(b"cell.id", b"cell.batch").replace(b"N-0", b"B-"))
    assert "2 datasets have this kind, cell and title" in run(str(file)).output


def test_a_sheet_with_problems_ends_with_status_3_and_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "cells.csv"
    file.write_bytes(GOOD.replace(b"cell.id", b"cell.nominal_capacity_ah [mAh]").replace(b"N-01", b'"2,5"'))
    result = run(str(file))
    assert result.exit_code == 3
    assert "row 3, column cell.nominal_capacity_ah [mAh]: is written with a decimal comma, where 2.5" in result.output
    file.write_bytes(GOOD)
    assert "2 datasets change" in run(str(file), "--dry-run").output


def test_another_ending_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "cells.pdf"
    file.write_bytes(b"")
    assert run(str(file)).exit_code == 2
