"""The demonstration as a newcomer runs it: one command, on the embedded default and on real servers."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from exchange.cli import app
from tests.production import run, workbook
from tests.servers import S3Server

FILES = Path(__file__).parents[1] / "files"


def demo(*arguments: str, cwd: Path, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
    done = subprocess.run(
        [sys.executable, "-m", "exchange.cli", "demo", "--once", "--port", "0", *arguments],
        env=kept | environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def run_within(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The same command inside this process, for what is no question of starting it: a start takes seconds."""
    for name in [name for name in os.environ if name.startswith("EXCHANGE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def running(*arguments: str, status: int = 0) -> str:
        done = CliRunner().invoke(app, ["demo", "--once", "--port", "0", *arguments])
        assert done.exit_code == status, f"{done.output}{done.exception!r}"
        return done.output

    return running


def _keys(s3: S3Server) -> dict[str, str]:
    return {"EXCHANGE_S3_ACCESS_KEY": s3.access_key, "EXCHANGE_S3_SECRET_KEY": s3.secret_key}


def told_whole(story: str) -> None:
    assert len(re.findall(r"  ready  ", story)) == 9
    assert "9 datasets are released" in story
    assert "as announced" in story
    assert story.count("refused with 403") == 3 and story.count("refused with 404") == 1
    assert len(re.findall(r"^ +[1-8]  (?:\d\.\d{5} ± \d\.\d{5} \(3\) *){3}$", story, re.MULTILINE)) == 8
    assert "first-cycle efficiency" in story
    assert "the record is of the cell 'EAST-RR-01', and it is handed in for 'EAST-RR-02'" in story
    assert "6 lines, 17 cells, indicative" in story
    assert len(re.findall("biased by score, outlier$", story, re.MULTILINE)) == 1
    assert len(re.findall("excess spread$", story, re.MULTILINE)) == 1
    assert "Public summary: Specific discharge capacity at C/3" in story
    assert "went into 3 cells" in story and "dry loading of 18.64 mg/cm2 on the roll" in story


def test_the_story_is_told_on_the_embedded_default(tmp_path: Path) -> None:
    told_whole(demo(cwd=tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(
    not os.environ.get("EXCHANGE_TEST_BOTH"), reason="told on the embedded default; this is a long form"
)
def test_the_story_is_told_on_postgresql_and_s3(tmp_path: Path, postgres_url: str, s3_server: S3Server) -> None:
    told_whole(demo("--database", postgres_url, "--store", s3_server.url, cwd=tmp_path, **_keys(s3_server)))


def test_own_exports_are_taken_on_postgresql_and_s3_and_what_cannot_be_read_says_why(
    tmp_path: Path, postgres_url: str, s3_server: S3Server
) -> None:
    binary = tmp_path / "photo.csv"
    binary.write_bytes(bytes(range(256)) * 40)
    files = ("--files", str(FILES / "arbin.csv"), str(FILES / "maccor.txt"), str(binary))
    there = ("--database", postgres_url, "--store", s3_server.url)
    story = demo(*files, *there, cwd=tmp_path, **_keys(s3_server))
    assert "quarantined" in story and "No reader recognises “photo.csv”" in story


def test_an_own_production_run_is_taken_and_not_compared(tmp_path: Path, run_within: Callable[..., str]) -> None:
    path = workbook(tmp_path / "run.xlsx", run())
    story = run_within("--files", str(path), str(FILES / "arbin.csv"))
    assert "2 datasets are released" in story and "first-cycle efficiency" in story and "went into 1 cells" in story


def test_a_file_that_is_not_there_is_named(run_within: Callable[..., str]) -> None:
    assert "no such file: absent.csv" in run_within("--files", "absent.csv", status=2)
