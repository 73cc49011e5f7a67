"""`exchange agreements`: the office's texts from files, and examples of each kind."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from exchange.agree import paper
from exchange.cli import app
from exchange.settings import Settings
from exchange.start import close_services, open_services
from schemas.agreement import AgreementKind
from schemas.errors import ExchangeError
from tests.worlds import network


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("EXCHANGE_DATABASE_URL", sqlite_url)
    services = open_services(Settings(_env_file=None))  # type: ignore[call-arg]  # no .env here
    network(services)
    close_services(services)


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["agreements", *words])
    if isinstance(result.exception, ExchangeError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_there_is_an_example_of_each_kind_and_it_says_that_it_is_one() -> None:
    found = list(paper.examples())
    assert {one.kind for one in found} == set(AgreementKind)
    assert all(one.example and "to be replaced by counsel" in one.text for one in found)


def test_seeding_publishes_each_once() -> None:
    assert "round-rules" in run("seed", "--by", "office")
    assert "none, all are there" in run("seed", "--by", "office")
    assert "non-disclosure  non-disclosure  version 1, example" in run("list", "--by", "office")


def test_a_file_is_published_and_renewed_shown_and_retired(tmp_path: Path) -> None:
    file = tmp_path / "dea.toml"
    words = 'id = "dea"\nkind = "data-exchange-internal"\ntitle = "DEA"\ntext = "{}"\n[terms]\ndeletion_days = 30\n'
    file.write_text(words.format("One."))
    assert "dea@1 is published" in run("publish", str(file), "--by", "office")
    file.write_text(words.format("Two."))
    assert "dea@2 is published" in run("publish", str(file), "--by", "office")
    assert "One." in run("show", "dea", "--version", "1", "--by", "office")
    assert '"deletion_days": 30' in run("show", "dea", "--by", "office")
    assert "past recipients: 0" in run("retire", "dea", "--by", "office", "--reason", "Replaced")


@pytest.mark.parametrize(
    ("words", "told"), [("id = 3", "no agreement that can be published"), ("id = ", "no TOML"), ("\x00", "no TOML")]
)
def test_what_is_no_agreement_is_told(tmp_path: Path, words: str, told: str) -> None:
    (tmp_path / "dea.toml").write_text(words)
    with pytest.raises(ExchangeError, match=told):
        run("publish", str(tmp_path / "dea.toml"), "--by", "office")


def test_whoever_is_not_of_the_office_cannot(tmp_path: Path) -> None:
    with pytest.raises(ExchangeError, match="role office"):
        run("seed", "--by", "north")
