"""What an operator who sets something wrong is told: one sentence, never a traceback, never a password."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from exchange.cli import app, main
from exchange.settings import Settings
from exchange.start import close_services, migrate_all, open_services
from schemas.errors import Conflict, ExchangeError, Misconfigured, NotFound, Refused, Unavailable
from storage.database import Sessions
from storage.tables import OrganisationRow

ROOT = Path(__file__).parents[2]
KEYS = {"EXCHANGE_S3_ACCESS_KEY": "a", "EXCHANGE_S3_SECRET_KEY": "hidden"}


def command(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
    kept |= {"EXCHANGE_DATA": str(folder / "data"), "PYTHONPATH": str(ROOT)} | environment
    line = [sys.executable, "-m", "exchange.cli", *arguments]
    return subprocess.run(line, env=kept, cwd=folder, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"EXCHANGE_DATABASE_URL": "foo"}, "EXCHANGE_DATABASE_URL is no database URL"),
        ({"EXCHANGE_DATABASE_URL": "mysql://a:hidden@b/c"}, "names a 'mysql' database"),
        ({"EXCHANGE_DATABASE_URL": "sqlite:////no/such/folder/x.db"}, "EXCHANGE_DATABASE_URL"),
        ({"EXCHANGE_DATABASE_URL": "postgresql://a:hidden@127.0.0.1:1/c"}, "EXCHANGE_DATABASE_URL"),
        ({"EXCHANGE_SECRET": "short"}, "EXCHANGE_SECRET: must have at least 32 characters"),
        ({"EXCHANGE_DATA": "/proc/none"}, "EXCHANGE_DATA"),
        ({"EXCHANGE_STORE_URL": "ftp://a/b"}, "EXCHANGE_STORE_URL"),
        ({"EXCHANGE_STORE_URL": "s3://127.0.0.1:1/bucket"}, "EXCHANGE_S3_ACCESS_KEY"),
        ({"EXCHANGE_STORE_URL": "s3://127.0.0.1:1/b"} | KEYS, "EXCHANGE_STORE_URL: invalid bucket name b"),
        ({"EXCHANGE_STORE_URL": "folder://relative"}, "EXCHANGE_STORE_URL: the folder must be absolute"),
        ({"EXCHANGE_STORE_URL": "folder:///proc/none"}, "EXCHANGE_STORE_URL: the folder /proc/none"),
        ({"EXCHANGE_DATABASE_URL": "postgresql://a:hi@hidden@127.0.0.1:1/c"}, "write the one in the password as %40"),
        ({"EXCHANGE_DATABASE_URL": "sqlite+other:///a"}, "names a 'sqlite+other' database"),
    ],
)
def test_a_wrong_setting_is_named_in_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    environment: dict[str, str],
    told: str,
) -> None:
    opens = "EXCHANGE_STORE_URL" in environment or "EXCHANGE_DATA" in environment
    monkeypatch.setattr(sys, "argv", ["exchange", *(("network", "token", "ada") if opens else ("migrate",))])
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("EXCHANGE_")]:
        monkeypatch.delenv(name)
    for name, value in ({"EXCHANGE_DATA": str(tmp_path / "data")} | environment).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:  # The very function that the command calls: a start takes seconds.
        main()
    said = capfd.readouterr().err
    assert ended.value.code in (1, 2)
    assert told in said, said
    assert "Traceback" not in said and "hidden" not in said


def test_the_command_itself_ends_with_a_sentence_and_a_status(tmp_path: Path) -> None:
    done = command(tmp_path, "migrate", EXCHANGE_DATABASE_URL="mysql://a:hidden@b/c")
    assert done.returncode in (1, 2) and "names a 'mysql' database" in done.stderr
    assert "Traceback" not in done.stderr and "hidden" not in done.stderr


def test_a_variable_set_to_nothing_means_the_default(tmp_path: Path) -> None:
    blank = {"EXCHANGE_DATABASE_URL": "", "EXCHANGE_STORE_URL": "", "EXCHANGE_SECRET": ""}
    assert command(tmp_path, "migrate", **blank).returncode == 0
    assert (tmp_path / "data" / "exchange.sqlite3").is_file()


def test_an_installation_is_filled_from_the_command_line(run: Callable[..., str]) -> None:
    run("organisation", "north", "North Line", "member")
    with pytest.raises(Conflict, match="already an organisation north"):
        run("organisation", "north", "Other", "member")
    run("user", "ada", "north", "Ada Example", "steward")
    with pytest.raises(Conflict, match="already a user ada"):
        run("user", "ada", "north", "Ada", "viewer")
    assert run("token", "ada", "--scopes", "read,upload").startswith("plx_")
    with pytest.raises(Refused, match="no scope everything"):
        run("token", "ada", "--scopes", "everything")


def test_a_scratch_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("")
    done = command(tmp_path, "work", EXCHANGE_SPOOL=str(tmp_path / "spool"))
    assert done.returncode == 1 and "EXCHANGE_SPOOL: the folder" in done.stderr and "Traceback" not in done.stderr


def test_a_worker_without_database_says_so_once_and_ends(tmp_path: Path) -> None:
    done = command(tmp_path, "work", EXCHANGE_DATABASE_URL="postgresql://a:hidden@127.0.0.1:1/c")
    warning, sentence = done.stderr.splitlines()
    assert json.loads(warning)["event"] == "does not answer" and json.loads(warning)["what"] == "database"
    assert "EXCHANGE_DATABASE_URL: the database does not answer" in sentence and "refused" in sentence
    assert done.returncode == 1 and "hidden" not in done.stderr


def test_a_server_says_where_it_serves_and_that_its_database_is_silent(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
    kept |= {"EXCHANGE_DATA": str(tmp_path / "data"), "PYTHONPATH": str(ROOT)}
    kept |= {"EXCHANGE_DATABASE_URL": "postgresql://a:hidden@127.0.0.1:1/c"}
    log = tmp_path / "log"
    with log.open("wb") as sink:
        line = [sys.executable, "-m", "exchange.cli", "serve", "--port", "0"]
        server = subprocess.Popen(line, env=kept, cwd=tmp_path, stderr=sink)
    try:
        ends = time.monotonic() + 30
        while log.read_text().count("\n") < 2 and time.monotonic() < ends:
            time.sleep(0.05)
        told = {line["event"]: line for line in map(json.loads, log.read_text().splitlines())}
        assert told["does not answer"]["what"] == "database"
        assert httpx.get(f"{told['serving']['address']}/api/v1/health").status_code == 503
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
    assert "hidden" not in log.read_text() and "Traceback" not in log.read_text()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """A `network` command inside this process, on one embedded installation; returns what it says."""
    monkeypatch.setenv("EXCHANGE_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def running(*arguments: str) -> str:
        done = CliRunner().invoke(app, ["network", *arguments])
        if isinstance(done.exception, ExchangeError):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.stdout

    return running


def test_a_person_who_ends_and_a_token_that_is_revoked_let_nobody_in(run: Callable[..., str]) -> None:
    run("organisation", "north", "North Line", "member", "--country", "DE", "--ror", "https://ror.org/02mhbdp94")
    run("user", "ada", "north", "Ada Example", "steward")
    _, first = run("token", "ada", "--name", "laptop").split("\nid ")
    run("token", "ada", "--name", "bench")

    assert run("token-revoke", first.strip()) == f"The token {first.strip()} of ada is revoked.\n"
    with pytest.raises(Conflict, match="revoked already"):
        run("token-revoke", first.strip())
    laptop, bench = run("token-list", "ada").splitlines()
    assert laptop.startswith(first.strip()) and "revoked" in laptop and laptop.endswith("laptop")
    assert "valid" in bench and bench.endswith("bench")

    assert "tokens revoked: 1" in run("user-end", "ada")
    assert "valid" not in run("token-list", "ada")
    with pytest.raises(Conflict, match="has ended"):
        run("token", "ada")
    for unknown in (("token-revoke", "x"), ("token-list", "x"), ("user-end", "x")):
        with pytest.raises(NotFound):
            run(*unknown)


def test_lines_and_groups_are_entered_once_and_of_organisations_that_are_there(run: Callable[..., str]) -> None:
    for id in ("north", "west"):
        run("organisation", id, f"{id} institute", "member")
    run("line", "north-1", "north", "Pouch line", "--time-zone", "Europe/Berlin")
    run("group", "eg5", "EG5", "--members", "north, west")

    for again in (
        ("line", "north-1", "west", "Other", "--time-zone", "UTC"),
        ("group", "eg5", "Other", "--members", "north"),
        ("group", "eg6", "EG5", "--members", "north"),
        ("organisation", "south", "north institute", "member"),
    ):
        with pytest.raises(Conflict, match="already"):
            run(*again)
    for absent in (
        ("line", "south-1", "south", "Pouch line", "--time-zone", "UTC"),
        ("group", "eg7", "EG7", "--members", "north,south"),
        ("user", "eve", "south", "Eve", "viewer"),
    ):
        with pytest.raises(NotFound, match="no organisation south"):
            run(*absent)


def test_roles_states_and_seats_are_changed_from_the_command_line(run: Callable[..., str]) -> None:
    run("organisation", "office", "Office", "office")
    run("organisation", "north", "North Line", "member")
    run("user", "ada", "north", "Ada Example", "steward")
    assert run("member", "ada", "north", "admin,signatory") == "ada is now admin, signatory in north.\n"
    assert run("role", "ada", "office") == "ada is now office of the network.\n"
    with pytest.raises(Conflict, match="not of its office"):
        run("role", "ada", "auditor")
    run("role", "ada", "office", "--take")
    with pytest.raises(Refused, match="no role king"):
        run("member", "ada", "north", "king")

    assert run("seed") == "Entered: eg1, eg2, eg3, eg4, eg5, eg6.\n"
    assert run("seed") == "Entered: nothing, all are there.\n"
    assert run("group-member", "eg5", "north") == "north is now in eg5.\n"
    run("group-member", "eg5", "ada", "--person")
    run("group-member", "eg5", "north", "--out")
    for absent in (("eg5", "north", "--out"), ("eg9", "north"), ("eg5", "south"), ("eg5", "eve", "--person")):
        with pytest.raises(NotFound):
            run("group-member", *absent)

    token = run("token", "ada")
    assert run("suspend", "north", "--reason", "Audit") == "north is suspended.\n"
    with pytest.raises(Conflict, match="can only become"):
        run("suspend", "north", "--reason", "Again")
    with pytest.raises(Conflict, match="only office"):
        run("leave", "office", "--reason", "Why not")
    run("admit", "north", "--reason", "Settled")
    assert run("leave", "north", "--reason", "Closed") == "north is left.\n"
    assert token.startswith("plx_") and "valid" not in run("token-list", "ada")


def test_a_membership_is_ended_from_the_command_line(run: Callable[..., str]) -> None:
    run("organisation", "north", "North Line", "member")
    run("user", "ada", "north", "Ada Example", "steward")
    assert run("member", "ada", "north", "") == "ada is now nothing in north.\n"
    with pytest.raises(Conflict, match="has ended"):
        run("token", "ada")


def test_every_value_that_does_not_fit_gets_its_sentence(run: Callable[..., str]) -> None:
    with pytest.raises(Refused) as refusal:
        run("organisation", "North_1", "a\nb", "member", "--country", "de", "--ror", "02mhbdp94")
    assert [one.pointer for one in refusal.value.errors] == ["/id", "/name", "/country", "/ror"]
    assert refusal.value.errors[0].message == "'North_1' does not fit;"
    assert all(one.hint.startswith("it must be ") for one in refusal.value.errors)
    with pytest.raises(Refused) as refusal:
        run("line", "a", "north", "x" * 201, "--time-zone", "Berlin")
    assert [one.pointer for one in refusal.value.errors] == ["/name", "/time_zone"]
    with pytest.raises(Refused, match="token's name"):
        run("token", "ada", "--name", "")


def test_a_secret_that_was_cut_short_is_never_signed_with(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("")
    with pytest.raises(Misconfigured, match="holds no whole secret"):
        open_services(Settings(_env_file=None, data=tmp_path))  # type: ignore[call-arg]  # no .env here


def test_a_database_without_tables_asks_for_them_and_gets_them(tmp_path: Path, empty_database_url: str) -> None:
    settings = Settings(_env_file=None, data=tmp_path, database_url=empty_database_url)  # type: ignore[call-arg]
    services = open_services(settings)
    try:
        if empty_database_url.startswith("postgresql"):
            with pytest.raises(Unavailable, match="exchange migrate"), services.sessions.read() as session:
                session.get(OrganisationRow, "north")
            migrate_all(settings)
        with services.sessions.read() as session:
            assert session.get(OrganisationRow, "north") is None
    finally:
        close_services(services)


def test_what_the_database_cannot_keep_is_refused(sessions: Sessions) -> None:
    if sessions.engine.dialect.name == "sqlite":
        pytest.skip("SQLite keeps NUL characters")
    with pytest.raises(Refused, match="NUL"), sessions.read() as session:
        session.get(OrganisationRow, "a\0b")
