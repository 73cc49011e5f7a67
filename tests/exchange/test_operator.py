"""What an operator who sets something wrong is told: one sentence, never a traceback, never a password."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


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
        ({"EXCHANGE_SECRET": "short"}, "EXCHANGE_SECRET: Value error, must have at least 32 characters"),
        ({"EXCHANGE_DATA": "/proc/none"}, "EXCHANGE_DATA"),
        ({"EXCHANGE_STORE_URL": "ftp://a/b"}, "EXCHANGE_STORE_URL"),
        ({"EXCHANGE_STORE_URL": "s3://127.0.0.1:1/bucket"}, "EXCHANGE_S3_ACCESS_KEY"),
    ],
)
def test_a_wrong_setting_is_named_in_a_sentence(tmp_path: Path, environment: dict[str, str], told: str) -> None:
    verb = (
        ("network", "token", "ada")
        if "EXCHANGE_STORE_URL" in environment or "EXCHANGE_DATA" in environment
        else ("migrate",)
    )
    done = command(tmp_path, *verb, **environment)
    assert done.returncode in (1, 2)
    assert told in done.stderr, done.stderr
    assert "Traceback" not in done.stderr and "hidden" not in done.stderr


def test_a_variable_set_to_nothing_means_the_default(tmp_path: Path) -> None:
    blank = {"EXCHANGE_DATABASE_URL": "", "EXCHANGE_STORE_URL": "", "EXCHANGE_SECRET": ""}
    assert command(tmp_path, "migrate", **blank).returncode == 0
    assert (tmp_path / "data" / "exchange.sqlite3").is_file()


def test_an_installation_is_filled_from_the_command_line(tmp_path: Path) -> None:
    assert command(tmp_path, "network", "organisation", "north", "North Line", "member").returncode == 0
    again = command(tmp_path, "network", "organisation", "north", "Other", "member")
    assert again.returncode == 1 and "already an organisation north" in again.stderr
    assert command(tmp_path, "network", "user", "ada", "north", "Ada Example", "steward").returncode == 0
    token = command(tmp_path, "network", "token", "ada", "--scopes", "read,upload")
    assert token.returncode == 0 and token.stdout.startswith("plx_")
    unknown = command(tmp_path, "network", "token", "ada", "--scopes", "everything")
    assert unknown.returncode == 1 and "no scope everything" in unknown.stderr
