"""Why can I, who can, and how it looks to another: what each is told is what each gets."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from exchange.cli import app
from exchange.services import Services
from schemas.access import GranteeKind, Level, View
from schemas.dataset import Visibility
from storage import audit
from storage.tables import BlockRow, SealPartyRow, SealRow
from tests.apps import create_app
from tests.told import granted, released
from tests.worlds import World

Answer = dict[str, Any]


@pytest.fixture
def client(services: Services, world: World) -> Iterator[TestClient]:
    with TestClient(create_app(services)) as client:
        yield client


@pytest.fixture
def get(client: TestClient, world: World) -> Any:  # Any: a function of the test
    def asked(user: str | None, path: str, expected: int = 200) -> Answer:
        header = world.header(user) if user else {}
        answer = client.get(f"/api/v1/datasets/{path}", headers=header)
        assert answer.status_code == expected, answer.text
        found: Answer = answer.json()
        return found

    return asked


def test_everybody_reads_why_they_can_and_cannot(services: Services, get: Any) -> None:
    dataset = released(services, "north")
    granted(services, dataset, "west", Level.SUMMARY, until=services.now() + timedelta(days=9))
    found = get("west", f"{dataset}/access?level=tables")
    assert found["sentence"].startswith("You can see its record and its summary, because North Line granted that")
    assert found["wanted"]["allowed"] is False and "requests" in found["wanted"]["steps"][0]
    assert {one["exit"] for one in found["exits"] if one["allowed"]} >= {"list", "detail", "summary", "explain"}
    assert {one["exit"] for one in found["exits"] if not one["allowed"]} >= {"table", "raw"}
    assert "your organisation's own" in get("north-viewer", f"{dataset}/access")["sentence"]


def test_whoever_may_not_know_of_a_dataset_gets_no_explanation(services: Services, get: Any, world: World) -> None:
    hidden = released(services, "north", visible_to=Visibility.ORGANISATION)
    shown = released(services, "north")
    with services.sessions.begin() as session:
        facts = {"owner": "north", "dataset": shown, "blocked_kind": "organisation", "blocked": "south", "reason": "x"}
        session.add(BlockRow(id="b", created_at=services.now(), created_by="north", **facts))
    for user, dataset in (("west", hidden), ("south", shown), (None, shown), ("north-admin", hidden)):
        found, absent = get(user, f"{dataset}/access", 404), get(user, "PLX-0000-0000/access", 404)
        assert found["detail"].replace(dataset, "PLX-0000-0000") == absent["detail"]
        if user in ("west", "south"):
            for path in ("who", "as/partner"):
                found, absent = (
                    get(user, f"{dataset}/access/{path}", 404),
                    get(user, f"PLX-0000-0000/access/{path}", 404),
                )
                assert found["detail"].replace(dataset, "PLX-0000-0000") == absent["detail"]


def test_the_world_reads_why_it_can(services: Services, get: Any, world: World) -> None:
    dataset = released(services, "north", visible_to=Visibility.WORLD)
    assert "North Line lists it to everybody" in get(None, f"{dataset}/access")["sentence"]


def test_a_holder_of_the_blinded_view_alone_finds_nothing_under_the_id(
    services: Services, get: Any, world: World
) -> None:
    dataset = released(services, "north", visible_to=Visibility.ORGANISATION)
    granted(services, dataset, "west", Level.TABLES, view=View.BLINDED)
    found, absent = get("west", f"{dataset}/access", 404), get("west", "PLX-0000-0000/access", 404)
    assert found["detail"].replace(dataset, "PLX-0000-0000") == absent["detail"]


def test_a_steward_sees_the_dataset_exactly_as_another_organisation_gets_it(
    services: Services, get: Any, world: World
) -> None:
    dataset = released(services, "north", "Formation of N-01")
    granted(services, dataset, "eg5", Level.METADATA, kind=GranteeKind.GROUP)
    granted(services, dataset, "partner", Level.TABLES)
    for other in ("west", "south", "partner", "office"):
        preview = get("north", f"{dataset}/access/as/{other}")
        own = get(other, f"{dataset}/access?level=tables")
        assert preview["detail"] == get(other, dataset)
        assert preview["exits"] == own.pop("exits")
        assert preview["access"] == own
    hidden = released(services, "north", visible_to=Visibility.ORGANISATION)
    gone = get("north", f"{hidden}/access/as/west")
    assert gone["detail"] is None and gone["access"] is None and not any(one["allowed"] for one in gone["exits"])
    assert gone["sentence"] == "West Line is told that this dataset does not exist."


def test_a_preview_is_on_record_as_the_stewards_and_only_theirs_to_make(
    services: Services, get: Any, world: World
) -> None:
    dataset = released(services, "north")
    get("north", f"{dataset}/access/as/west")
    with services.sessions.read() as session:
        (event,) = audit.events(session, dataset)
    assert (event.organisation, event.action, event.allowed) == ("north", "right:preview as others", True)
    assert event.detail["what"] == "as west"
    for user in ("west", "north-viewer", "north-contributor"):
        get(user, f"{dataset}/access/as/south", 403)
        get(user, f"{dataset}/access/who", 403)
    get("north", f"{dataset}/access/as/nobody", 404)


def test_a_steward_sees_who_can_by_which_rule_until_when_and_to_what_effect(
    services: Services, get: Any, world: World
) -> None:
    dataset, until = released(services, "north"), services.now() + timedelta(days=9)
    given = granted(services, dataset, "west", Level.TABLES, until=until)
    granted(services, dataset, "partner", Level.SUMMARY, kind=GranteeKind.USER)
    with services.sessions.begin() as session:
        facts = {"owner": "north", "dataset": None, "blocked_kind": "organisation", "blocked": "south", "reason": "x"}
        session.add(BlockRow(id="b", created_at=services.now(), created_by="north", **facts))
    found = get("north", f"{dataset}/access/who")
    rules = {(one["by"], one["grantee_kind"], one["grantee"]): one for one in found["rules"]}
    assert set(rules) == {
        ("visibility", "network", ""),
        ("grant", "organisation", "west"),
        ("grant", "user", "partner"),
        ("block", "organisation", "south"),
    }
    grant = rules["grant", "organisation", "west"]
    assert (grant["grant"], grant["level"], grant["view"]) == (given, "tables", "full")
    assert grant["grantee_name"] == "West Line" and grant["effect"] == "in force"
    assert grant["until"][:19] == until.isoformat()[:19]

    holders = {(one["kind"], one["id"]): one for one in found["holders"]}
    assert (
        holders["organisation", "south"]["sentence"]
        == "It does not exist for them."
        == holders["everybody", ""]["sentence"]
    )
    assert holders["organisation", "west"]["sentence"].startswith("They can view and download its tables")
    assert [one["level"] for one in holders["user", "partner"]["opened"]] == ["listed", "summary"]
    for kind, id in holders:
        if kind == "organisation" and id != "north":
            levels = [one["level"] for one in holders[kind, id]["opened"]]
            assert levels == [
                one["level"]
                for one in (get("north", f"{dataset}/access/as/{id}")["access"] or {"opened": []})["opened"]
            ]


def test_a_seal_of_others_is_not_betrayed_to_an_owner_who_holds_the_same_bytes(
    services: Services, get: Any, world: World
) -> None:
    dataset = released(services, "north")
    before = [get("north", f"{dataset}/access/{path}") for path in ("who", "as/south")]
    with services.sessions.begin() as session:
        from storage.tables import RawFileRow, VersionFileRow, VersionRow

        now, hash = services.now(), "a" * 64
        session.add(RawFileRow(id="f", owner="north", sha256=hash, bytes=1, key="raw/f", received_at=now))
        session.add(VersionRow(dataset=dataset, number=1, created_at=now, created_by="north"))
        session.flush()
        session.add(VersionFileRow(dataset=dataset, version=1, position=0, raw_file="f", filename="a"))
        session.add(SealRow(id="s", round="rr1", submitter="west", sha256=hash, sealed_at=now))
        session.flush()
        session.add(SealPartyRow(seal="s", organisation="west"))
    get("south", dataset, 404)
    assert [get("north", f"{dataset}/access/{path}") for path in ("who", "as/south")] == before


def test_on_the_machine_the_same_is_printed_and_put_on_record(
    services: Services, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = released(services, "north")
    granted(services, dataset, "west", Level.TABLES)
    monkeypatch.setenv("EXCHANGE_DATA", str(services.settings.data))
    monkeypatch.setenv("EXCHANGE_DATABASE_URL", services.settings.database_url or "")

    def run(*arguments: str, status: int = 0) -> str:
        result = CliRunner().invoke(app, ["explain", *arguments])
        assert result.exit_code == status, result.output
        return result.output

    assert "organisation west  tables/full  in force" in run(dataset)
    assert "North Line granted that to your organisation" in run(dataset, "--as", "west")
    told = run(dataset, "--user", "partner", "--level", "raw")
    assert "raw in the full view: closed" in told and "Ask North Line" in told
    hidden = released(services, "north", visible_to=Visibility.ORGANISATION)
    assert run(hidden, "--as", "west") == f"They are told that {hidden} does not exist.\n"
    run(dataset, "--as", "west", "--user", "partner", status=2)
    run(dataset, "--level", "none", status=2)
    with services.sessions.read() as session:
        actions = [one.action for one in audit.events(session, dataset)]
    assert actions == ["machine:explain"] * 3
