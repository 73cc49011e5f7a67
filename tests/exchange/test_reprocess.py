"""Reading again with today's readers: what would change, what did, and that the earlier build stays."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from exchange.cli import app
from exchange.reprocess import Chosen, reprocess
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, migrate_all, open_services
from exchange.worker import start_in_process
from schemas.dataset import FINAL_STATES
from schemas.errors import NotFound, Refused
from schemas.metadata import Metadata
from storage import audit, catalogue, runs
from tests.received import GARBAGE, bdf_csv, owner, receive, state_of, tables_in_store
from tests.records import metadata
from tests.working import until

ROWS = 2880


@pytest.fixture
def settings(tmp_path: Path, empty_database_url: str) -> Settings:
    here = {"data": tmp_path / "data", "database_url": empty_database_url, "spool": tmp_path / "spool"}
    settings = Settings(_env_file=None, **here)  # type: ignore[call-arg]  # no .env here
    migrate_all(settings)
    return settings


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    services = open_services(settings)
    owner(services)
    yield services
    close_services(services)


def built(services: Services, settings: Settings, *contents: bytes) -> list[str]:
    """Datasets with a build each."""
    waiting = [receive(services, content, metadata=Metadata(time_zone="UTC")) for content in contents]
    stop = start_in_process(services, settings)
    until(lambda: all(state_of(services, run).state in FINAL_STATES for run in waiting))
    stop()
    return [state_of(services, run).dataset for run in waiting]


def recorded_otherwise(services: Services, dataset: str, **record: object) -> None:
    """The record as a later reader would see it, without the new build that the API makes of a change."""
    with services.sessions.begin() as session:
        catalogue.describe(session, dataset, metadata(time_zone="UTC", **record), "north", services.now())


def silent(_: str) -> None:
    pass


def test_a_dry_run_says_what_would_change_and_keeps_nothing(services: Services, settings: Settings) -> None:
    [dataset] = built(services, settings, bdf_csv(ROWS))
    recorded_otherwise(services, dataset, nominal_capacity_ah=0.5)
    [found] = reprocess(settings, Chosen((dataset,)), dry_run=True, say=silent)
    assert (found.before, found.after) == (f"{dataset}@1.b1", "")
    assert {one.name for one in found.cycles} >= {"charge_c_rate", "discharge_c_rate"}
    assert not found.same and not found.worse
    with services.sessions.read() as session:
        assert len(runs.runs_of(session, dataset, 1)) == 1
        assert [one.action for one in audit.events(session)] == ["operator:reprocess"]
    assert list((settings.spool or Path()).glob("plx-spool-reprocess-*")) == []


def test_a_new_build_stands_beside_the_old_one_and_the_same_again_changes_nothing(
    services: Services, settings: Settings
) -> None:
    one, other = built(services, settings, bdf_csv(ROWS), bdf_csv(ROWS, salt=1))
    first, second = reprocess(settings, Chosen(), dry_run=False, say=silent)
    assert {first.dataset, second.dataset} == {one, other}
    assert first.same and second.same and first.after.endswith("@1.b2")
    with services.sessions.read() as session:
        builds = runs.runs_of(session, one, 1)
    assert [build.build for build in builds] == [1, 2]
    assert builds[0].tables == builds[1].tables
    for build in builds:  # Each has objects of its own: the old one stays addressable.
        assert len(tables_in_store(services, build.id)) == len(build.tables)


def test_only_what_a_reader_in_a_version_read_is_read_again(services: Services, settings: Settings) -> None:
    good, garbage = built(services, settings, bdf_csv(ROWS), GARBAGE)
    reader = state_of(services, _run(services, good)).reader
    assert [one.dataset for one in _tried(settings, Chosen(reader=reader))] == [good]
    assert _tried(settings, Chosen(reader=reader, reader_version="0")) == []
    assert {one.dataset for one in _tried(settings, Chosen())} == {good, garbage}


def test_a_file_that_no_longer_passes_is_named_and_the_command_ends_with_three(
    services: Services, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    [dataset] = built(services, settings, bdf_csv(ROWS))
    recorded_otherwise(services, dataset, nominal_capacity_ah=0.001)
    for name in ("data", "database_url", "spool"):
        monkeypatch.setenv(f"EXCHANGE_{name.upper()}", str(getattr(settings, name)))
    result = CliRunner().invoke(app, ["reprocess", dataset, "--dry-run", "--json"])
    assert result.exit_code == 3, result.output
    told = json.loads(result.stdout)
    assert (told["state_before"], told["state_after"]) == ("ready", "quarantined")
    assert any("capacity-implausible" in finding for finding in told["findings_new"])
    plain = CliRunner().invoke(app, ["reprocess", "--all", "--dry-run"]).stdout
    assert f"{dataset}@1.b1 → dry run" in plain and "ready → quarantined" in plain


def test_what_cannot_be_chosen_is_refused_in_a_sentence(services: Services, settings: Settings) -> None:
    [dataset] = built(services, settings, bdf_csv(ROWS))
    with pytest.raises(NotFound, match=r"PLX-0000-0000, .*@7"):
        _tried(settings, Chosen(("PLX-0000-0000", f"{dataset}@7")))
    with pytest.raises(Refused, match="not both"):
        _tried(settings, Chosen((dataset,), reader="Maccor text"))
    assert CliRunner().invoke(app, ["reprocess"]).exit_code == 2


def _tried(settings: Settings, chosen: Chosen) -> list[object]:
    return list(reprocess(settings, chosen, dry_run=True, say=silent))


def _run(services: Services, dataset: str) -> str:
    with services.sessions.read() as session:
        return runs.runs_of(session, dataset, 1)[-1].id


@pytest.mark.parametrize("version", ["", "x", "0", "2.b3", "1.b1", "²"])
def test_a_version_that_is_none_is_named_and_not_taken_for_the_newest(
    services: Services, settings: Settings, version: str
) -> None:
    run = receive(services, GARBAGE, metadata=Metadata(time_zone="UTC"))
    name = f"{state_of(services, run).dataset}@{version}"
    with pytest.raises(NotFound, match="no such version"):
        reprocess(settings, Chosen((name,)), dry_run=True, say=silent)
