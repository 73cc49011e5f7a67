"""Aggregates of a collection over HTTP: the same for all, whole or not at all, and no difference tells a line."""

from collections.abc import Iterator
from statistics import fmean, stdev

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from exchange import visibility
from exchange.identify import issue_token
from exchange.services import Services
from schemas.access import GranteeKind, Level, View
from schemas.organisation import Organisation, Role, Standing, User
from schemas.policy import Grant
from storage import catalogue, collections, grants, people
from tests.api.test_views import SECRET, Caller
from tests.apps import create_app
from tests.built import built
from tests.worlds import ALL, World

ADDRESS = "/api/v1/collections/rr/aggregate"
OWNERS = ("north", "west", "south", "east", "mid")


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services)) as client:
        yield client


@pytest.fixture
def partner(client: TestClient, world: World) -> Caller:
    return Caller(client, world.header("partner"))


@pytest.fixture
def given(services: Services, world: World) -> dict[str, str]:
    """A dataset of each of five organisations, in one collection, open to the partner as an aggregate."""
    with services.sessions.begin() as session:
        collections.add(session, "rr", "Round")
        for id in ("east", "mid", "far"):
            organisation = Organisation(id=id, name=f"{id.title()} Line", standing=Standing.MEMBER)
            people.add_organisation(session, organisation, services.now())
            people.add_user(session, User(id=id, organisation=id, name=id), {Role.STEWARD}, services.now())
    return {owner: give(services, owner, 1.0 + number / 10) for number, owner in enumerate(OWNERS)}


def give(services: Services, owner: str, capacity: float, cycles: int = 2) -> str:
    dataset = built(services, owner, SECRET.content(cycles, capacity), "a.csv", SECRET.metadata())
    put(services, owner, dataset)
    return dataset


def put(
    services: Services, owner: str, dataset: str, level: Level = Level.SUMMARY, view: View = View.AGGREGATE
) -> None:
    with services.sessions.begin() as session:
        collections.put(session, "rr", dataset, services.now())
        grant = Grant(
            id=services.new_id(),
            dataset=dataset,
            grantee_kind=GranteeKind.ORGANISATION,
            grantee="partner",
            level=level,
            view=view,
            created_at=services.now(),
        )
        grants.add(session, grant, owner)
        visibility.refresh(session, [dataset])


def test_the_aggregate_is_mean_and_spread_over_the_lines(given: dict[str, str], partner: Caller) -> None:
    found = partner.get(ADDRESS)
    assert (found["organisations"], found["lines"]) == (5, 5)
    capacities = [1.0 + number / 10 for number in range(5)]
    first = next(one for one in found["values"] if (one["quantity"], one["cycle"]) == ("discharge_capacity_ah", 1))
    assert first["mean"] == pytest.approx(fmean(capacities), rel=0.02)
    assert first["s"] == pytest.approx(stdev(capacities), rel=0.02)
    assert {tuple(sorted(one)) for one in found["values"]} == {("cycle", "mean", "quantity", "s", "unit")}
    for trace in (*given.values(), *given, "Secret", "PLX"):
        assert trace not in partner.ask(ADDRESS).text


def test_it_opens_nothing_else_and_no_subset_can_be_asked_for(given: dict[str, str], partner: Caller) -> None:
    for dataset in given.values():
        assert partner.ask(f"/api/v1/datasets/{dataset}").status_code == 404
        assert partner.ask(f"/api/v1/datasets/{dataset}/summary").status_code == 404
    assert partner.ask(ADDRESS, dataset=given["north"]).status_code == 422


def test_it_is_made_once_and_is_alike_for_everybody(
    services: Services, given: dict[str, str], partner: Caller, client: TestClient
) -> None:
    first = partner.get(ADDRESS)
    assert partner.get(ADDRESS) == first
    assert len(list(services.objects.list("views/"))) == 1


def test_one_dataset_that_is_not_open_closes_all(
    services: Services, given: dict[str, str], partner: Caller, world: World, client: TestClient
) -> None:
    partner.get(ADDRESS)
    with services.sessions.begin() as session:
        [grant] = grants.on(session, [given["mid"]])
        grants.revoke(session, given["mid"], grant.id, "mid", services.now())
    refused = partner.ask(ADDRESS)
    assert refused.status_code == 403 and "whole" in refused.json()["detail"]
    assert given["mid"] not in refused.text and "Mid" not in refused.text


def test_strangers_are_not_told_and_participants_need_five_others(
    services: Services, given: dict[str, str], client: TestClient, world: World
) -> None:
    office = Caller(client, world.header("office"))
    assert office.ask(ADDRESS).status_code == 404
    assert office.ask(ADDRESS).json()["detail"] == office.ask(ADDRESS.replace("rr", "rr")).json()["detail"]
    absent = office.ask(ADDRESS.replace("/rr/", "/absent/"))
    assert (
        absent.status_code == 404
        and absent.json()["detail"].replace("absent", "rr") == (office.ask(ADDRESS).json()["detail"])
    )
    north = Caller(client, {"Authorization": f"Bearer {issue_token(services, 'north', 'test', ALL)}"})
    assert north.ask(ADDRESS).status_code == 403


def test_a_line_that_comes_or_goes_changes_nothing_until_enough_have(
    services: Services, given: dict[str, str], partner: Caller
) -> None:
    first = partner.get(ADDRESS)
    far = give(services, "far", 3.0)
    assert partner.get(ADDRESS) == first, "the difference to the aggregate before would tell the new line's values"
    with services.sessions.begin() as session:
        collections.take_out(session, "rr", given["north"])
    assert partner.get(ADDRESS) == first
    for number, owner in enumerate(OWNERS[1:]):
        give(services, owner, 2.0 + number)
    later = partner.get(ADDRESS)
    assert later["made_at"] > first["made_at"] and later["organisations"] == 5
    with services.sessions.begin() as session:
        catalogue.withdraw(session, far)
        visibility.refresh(session, [far])
    assert partner.ask(ADDRESS).status_code == 403, "what was withdrawn is shown in no aggregate any more"


def test_a_cycle_that_not_every_line_has_is_left_out(
    services: Services, given: dict[str, str], partner: Caller
) -> None:
    longer = give(services, "far", 1.5, cycles=3)
    assert {one["cycle"] for one in partner.get(ADDRESS)["values"]} == {1, 2}
    with services.sessions.begin() as session:
        collections.take_out(session, "rr", longer)
        session.execute(text("DELETE FROM plx_aggregate"))
    give(services, "far", 1.5, cycles=1)
    nothing = partner.ask(ADDRESS)
    assert nothing.status_code == 409 and "in common" in nothing.json()["detail"]
    assert nothing.json() == partner.ask(ADDRESS).json() | {"reference": nothing.json()["reference"]}


def test_the_audit_names_every_dataset_of_an_aggregate(
    services: Services, given: dict[str, str], partner: Caller
) -> None:
    partner.get(ADDRESS)
    with services.sessions.read() as session:
        touched = session.execute(text("SELECT * FROM plx_audit ORDER BY id DESC LIMIT 1")).mappings().one()
    assert touched["action"] == "read:aggregate"
    assert all(dataset in str(dict(touched)) for dataset in given.values())
