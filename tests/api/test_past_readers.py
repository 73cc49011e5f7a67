"""Whoever has taken data out is told when they are corrected or withdrawn; nobody else is."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from exchange import visibility
from exchange.services import Services
from exchange.telling.post import send_due
from schemas.access import Level
from schemas.dataset import Visibility
from schemas.metadata import Creator, DatasetKind, Metadata
from schemas.organisation import Role, User
from storage import catalogue, people
from tests.apps import create_app
from tests.told import Clock, PostOffice, granted, released, shown_to, taken, with_addresses
from tests.worlds import World


@pytest.fixture
def client(services: Services, world: World) -> Iterator[TestClient]:
    with services.sessions.begin() as session:
        colleague = User(id="west-viewer", organisation="west", name="Colleague")
        people.add_user(session, colleague, {Role.VIEWER}, services.now())
    with_addresses(services)
    with TestClient(create_app(services)) as client:
        yield client


@pytest.fixture
def dataset(services: Services, client: TestClient, world: World) -> str:
    """Shown to the network, open to west and south; west has read its tables, south its entry alone."""
    id = released(services, "north", "Slurry")
    record = Metadata(title="Slurry", kind=DatasetKind.MATERIAL, creators=(Creator(name="Ada"),), licence="CC-BY-4.0")
    with services.sessions.begin() as session:
        catalogue.describe(session, id, record, "north", services.now())
        visibility.refresh(session, [id])
    for one in ("west", "south"):
        granted(services, id, one, Level.TABLES)
        client.get(f"/api/v1/datasets/{id}", headers=world.header(one)).raise_for_status()
    taken(services, world, "west", id)
    return id


def kinds(services: Services, user: str) -> list[str]:
    from storage import notifications

    with services.sessions.read() as session:
        found = notifications.page(session, user, user.split("-")[0], unread=False, after=None, limit=50)
    return [one.kind.value for one in found]


def test_a_withdrawal_is_told_with_its_note_to_those_who_read_and_their_colleagues(
    services: Services, client: TestClient, world: World, dataset: str
) -> None:
    body = {"note": "The balance was not calibrated."}
    answer = client.post(f"/api/v1/datasets/{dataset}/withdraw", json=body, headers=world.header("north"))
    assert answer.status_code == 200, answer.text
    told = {user: kinds(services, user) for user in ("west", "west-viewer", "south", "partner", "north")}
    assert told == {
        "west": ["data-withdrawn"],
        "west-viewer": ["data-withdrawn"],
        "south": [],
        "partner": [],
        "north": [],
    }

    office = PostOffice()
    send_due(services, office)
    (mail,) = office.mails
    assert mail.to == "west@example.org", "only who took the data gets a mail"
    assert "North Line withdrew" in mail.text and dataset in mail.text and "> The balance was not" in mail.text


def test_a_withdrawal_without_a_body_is_told_too(
    services: Services, client: TestClient, world: World, dataset: str
) -> None:
    client.post(f"/api/v1/datasets/{dataset}/withdraw", headers=world.header("north")).raise_for_status()
    assert kinds(services, "west") == ["data-withdrawn"]


def test_a_change_of_the_record_on_which_use_depends_is_told_and_of_wording_is_not(
    services: Services, client: TestClient, world: World, dataset: str
) -> None:
    def change(**fields: object) -> None:
        address = f"/api/v1/datasets/{dataset}/metadata"
        client.patch(address, json=fields, headers=world.header("north")).raise_for_status()

    change(title="Slurry, again")
    assert kinds(services, "west") == []
    change(licence="CC0-1.0")
    assert kinds(services, "west") == ["data-corrected"]
    page = client.get("/api/v1/notifications", headers=world.header("west")).json()
    assert "its record changed (licence)" in page["items"][0]["text"]


def test_a_former_reader_to_whom_it_is_hidden_by_now_is_told_without_its_name(
    services: Services, client: TestClient, world: World, dataset: str
) -> None:
    (grant,) = [
        one["id"]
        for one in client.get(f"/api/v1/datasets/{dataset}/grants", headers=world.header("north")).json()
        if one["grantee"] == "west"
    ]
    client.delete(f"/api/v1/datasets/{dataset}/grants/{grant}", headers=world.header("north")).raise_for_status()
    shown_to(services, dataset, Visibility.ORGANISATION)
    client.post(f"/api/v1/datasets/{dataset}/withdraw", json={"note": "secret"}, headers=world.header("north"))
    page = client.get("/api/v1/notifications", headers=world.header("west"))
    assert page.json()["items"][0]["kind"] == "data-withdrawn"
    assert dataset not in page.text and "secret" not in page.text and "North" not in page.text


def test_whoever_has_left_gets_no_mail_of_what_they_once_read(
    services: Services, client: TestClient, world: World, dataset: str
) -> None:
    with services.sessions.begin() as session:
        people.end_user(session, "west", services.now())
    client.post(f"/api/v1/datasets/{dataset}/withdraw", headers=world.header("north")).raise_for_status()
    office = PostOffice()
    assert send_due(replace(services, now=Clock(services.now())), office) == 0
    assert kinds(services, "west-viewer") == ["data-withdrawn"]
