"""DOIs against a server that keeps them as DataCite's does: drafted, registered, found, hidden, and tried again."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError
from typer.testing import CliRunner

from exchange.cli import app
from exchange.publishing import dois
from exchange.services import Services
from exchange.settings import Settings
from tests.datacite_server import DataciteServer, datacite_server
from tests.desk import Desk, desk
from tests.worlds import World

PREFIX = "10.5072"


@pytest.fixture
def outside() -> Iterator[DataciteServer]:
    with datacite_server() as server:
        yield server


def set_up(services: Services, outside: DataciteServer | None) -> Services:
    changes: dict[str, Any] = {"doi_prefix": PREFIX}
    if outside is not None:
        changes |= {"datacite_url": outside.url, "datacite_repository": outside.repository}
        changes |= {"datacite_password": SecretStr(outside.password)}
    return replace(services, settings=services.settings.model_copy(update=changes))


@pytest.fixture
def at(services: Services, world: World, outside: DataciteServer) -> Iterator[Desk]:
    with desk(set_up(services, outside)) as opened:
        yield opened


def shown_to_the_world(at: Desk) -> str:
    dataset = at.released(creators=[{"name": "Ada Example", "agreed": True}])
    at.done("north", "PUT", f"/datasets/{dataset}/visibility", {"visibility": "world"})
    return dataset


def test_a_doi_is_drafted_registered_found_and_hidden_with_the_dataset(at: Desk, outside: DataciteServer) -> None:
    dataset = shown_to_the_world(at)
    own = f"{PREFIX}/{dataset.lower()}"
    for version, doi, url in ((1, f"{own}.v1", f"{dataset}@1"), (None, own, dataset)):
        made = at.done("north", "POST", f"/datasets/{dataset}/dois", {"version": version})
        assert (made["doi"], made["state"]) == (doi, "findable")
        assert outside.states[-3:] == ["draft", "registered", "findable"]
        sent = outside.dois[doi]
        assert sent["url"] == made["url"] == f"http://127.0.0.1:8000/datasets/{url}"
        assert sent["titles"] == [{"title": "Formation and cycling of cell A-01"}]
        assert sent["creators"] == [{"name": "North Line", "nameType": "Organizational"}], "its record is not open"
    page = at.client.get(f"/datasets/{dataset}")
    assert f'<https://doi.org/{own}.v1>; rel="cite-as"' in page.headers["link"]
    assert f"https://doi.org/{own}" in page.text
    item = at.client.get(f"/datasets/{dataset}/as/citation.csl.json").json()
    assert item["DOI"] == f"{own}.v1"

    told = at.done("north", "GET", f"/datasets/{dataset}/dois")
    assert [(one["version"], one["state"]) for one in told] == [(None, "findable"), (1, "findable")]
    count = len(outside.states)
    assert at.done("north", "POST", f"/datasets/{dataset}/dois", {"version": 1})["state"] == "findable"
    assert outside.states[count:] == ["findable"], "asked again it brings the record up to date, and nothing else"

    at.done("north", "POST", f"/datasets/{dataset}/withdraw", {"note": "Another cell"})
    assert {one["state"] for one in outside.dois.values()} == {"registered"}
    tombstone = at.client.get(f"/datasets/{dataset}@1")
    assert tombstone.status_code == 200 and f"https://doi.org/{own}.v1" in tombstone.headers["link"]
    assert at.ask("north", "POST", f"/datasets/{dataset}/dois", {"version": 1}).status_code == 403


def test_what_fails_on_the_way_is_gone_on_with(at: Desk, outside: DataciteServer) -> None:
    dataset = shown_to_the_world(at)
    asked = ("north", "POST", f"/datasets/{dataset}/dois", {"version": 1})
    outside.fail = [503]
    first = at.ask(*asked)
    assert first.status_code == 503 and "status 503" in first.json()["detail"]
    outside.fail = [0]  # It made the draft, and its answer was lost.
    assert at.ask(*asked).status_code == 503 and outside.states == ["draft"]
    assert at.done("north", "GET", f"/datasets/{dataset}/dois")[0]["state"] == "draft"
    assert "doi.org" not in at.client.get(f"/datasets/{dataset}").text, "a draft is shown to nobody"
    outside.fail = [0, 0, 500]
    assert [at.ask(*asked).status_code for _ in range(3)] == [503] * 3
    assert at.done(*asked)["state"] == "findable"
    assert len(outside.dois) == 1

    outside.fail = [500]
    at.done("north", "POST", f"/datasets/{dataset}/withdraw")
    assert next(iter(outside.dois.values()))["state"] == "findable", "withdrawn all the same, and told later"
    outside.fail = [500]
    count, failed = dois.sync(at.services)
    assert count == 0 and len(failed) == 1 and dataset in failed[0]
    assert dois.sync(at.services) == (1, [])
    assert next(iter(outside.dois.values()))["state"] == "registered"


def test_what_the_world_may_not_know_of_is_never_sent(at: Desk, outside: DataciteServer) -> None:
    dataset = at.released(title="A secret title")
    refused = at.ask("north", "POST", f"/datasets/{dataset}/dois", {"version": 1})
    assert refused.status_code == 409 and "list it to the world" in refused.json()["detail"]
    draft = at.draft()
    assert at.ask("north", "POST", f"/datasets/{draft}/dois", {}).status_code == 409
    assert at.ask("north", "POST", f"/datasets/{dataset}/dois", {"version": 7}).status_code == 409
    assert outside.dois == {}
    at.done("north", "PUT", f"/datasets/{dataset}/visibility", {"visibility": "world"})
    at.done("north", "PUT", f"/datasets/{dataset}/public-title", {"title": "Cell test"})
    at.done("north", "POST", f"/datasets/{dataset}/dois", {})
    assert "secret" not in str(outside.dois)
    at.done("north", "PUT", f"/datasets/{dataset}/visibility", {"visibility": "organisation"})
    dois.follow(at.services, dataset)
    assert [one["state"] for one in outside.dois.values()] == ["registered"]
    assert [at.ask(who, "POST", f"/datasets/{dataset}/dois", {}).status_code for who in ("west", "north-viewer")] == [
        404,
        403,
    ]


def test_without_a_registry_a_doi_is_a_draft_and_without_a_prefix_there_is_none(
    services: Services, world: World, outside: DataciteServer
) -> None:
    with desk(set_up(services, None)) as at:
        dataset = at.released()
        made = at.done("north", "POST", f"/datasets/{dataset}/dois", {})
        assert made["state"] == "draft" and "doi.org" not in at.client.get(f"/datasets/{dataset}").text
    with desk(services) as at:
        assert "no DOI prefix" in at.ask("north", "POST", f"/datasets/{dataset}/dois", {}).json()["detail"]


def test_a_wrong_password_is_not_told_to_anybody(
    services: Services, world: World, outside: DataciteServer, capsys: pytest.CaptureFixture[str]
) -> None:
    known = set_up(services, outside)
    wrong = known.settings.model_copy(update={"datacite_password": SecretStr("hunter2-of-the-registry")})
    with desk(replace(known, settings=wrong)) as at:
        dataset = shown_to_the_world(at)
        answer = at.ask("north", "POST", f"/datasets/{dataset}/dois", {})
    assert answer.status_code == 503 and "settings" in answer.json()["detail"]
    assert "hunter2" not in answer.text + "".join(capsys.readouterr()) + repr(wrong)
    with pytest.raises(ValidationError, match="https"):
        Settings(datacite_url="http://api.example.org", _env_file=None)  # type: ignore[call-arg]  # no .env here


def test_an_operator_registers_on_the_machine(services: Services, world: World, outside: DataciteServer) -> None:
    with desk(services) as at:
        dataset = shown_to_the_world(at)
    environment = {
        "EXCHANGE_DATA": str(services.settings.data),
        "EXCHANGE_DATABASE_URL": str(services.settings.database_url),
        "EXCHANGE_DOI_PREFIX": PREFIX,
        "EXCHANGE_DATACITE_URL": outside.url,
        "EXCHANGE_DATACITE_REPOSITORY": outside.repository,
        "EXCHANGE_DATACITE_PASSWORD": outside.password,
    }
    done = CliRunner().invoke(app, ["doi", "register", f"{dataset}@1"], env=environment)
    assert done.exit_code == 0 and f"{PREFIX}/{dataset.lower()}.v1 is findable" in done.output
    assert "1 DOIs are as their datasets are" in CliRunner().invoke(app, ["doi", "sync"], env=environment).output
    outside.fail = [503]
    failing = CliRunner().invoke(app, ["doi", "sync"], env=environment)
    assert failing.exit_code == 3 and dataset in failing.output
    assert CliRunner().invoke(app, ["doi", "register", "PLX-1"], env=environment).exit_code == 2
