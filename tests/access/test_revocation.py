"""What was open and is closed gives no new byte: at once through the server, after minutes by a link given before."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from exchange.delivery import link
from exchange.services import Services
from exchange.sharing import sealing
from schemas.dataset import Visibility
from schemas.metadata import DatasetKind, Metadata
from schemas.sealing import NewSeal
from storage import people as kept
from tests.agreed import Network, network_of
from tests.built import built
from tests.received import bdf_csv
from tests.records import metadata
from tests.test_one_file import RECORD as COMPLETE
from tests.worlds import World

CONTENT = bdf_csv(3000)
RECORD = metadata(title="Given", kind=DatasetKind.CELL_TEST, cell="C-7", time_zone="UTC", nominal_capacity_ah=1.0)
CLOSED = (401, 403, 404)


@dataclass(frozen=True)
class Given:
    """A dataset of north that west reads whole by one grant, which depends on an agreement and ends in four minutes."""

    people: Network
    dataset: str
    file: str
    grant: str

    def exits(self) -> dict[str, tuple[str, str]]:
        one = f"/datasets/{self.dataset}"
        return {
            "page": ("GET", f"{one}/tables/timeseries?limit=2"),
            "csv": ("GET", f"{one}/tables/timeseries/csv"),
            "parquet": ("GET", f"{one}/tables/cycles/parquet"),
            "series": ("GET", f"{one}/series?y=voltage_volt"),
            "summary": ("GET", f"{one}/summary"),
            "picture": ("GET", f"{one}/picture.svg"),
            "report": ("GET", f"{one}/report"),
            "raw": ("GET", f"{one}/raw/{self.file}"),
            "link to a table": ("POST", f"{one}/tables/cycles/link"),
            "link to a raw file": ("POST", f"{one}/raw/{self.file}/link"),
        }

    def statuses(self) -> dict[str, int]:
        return {name: self.people.send("west", *door).status_code for name, door in self.exits().items()}

    def links(self) -> list[dict[str, Any]]:
        return [
            self.people.send("west", *door).json() for name, door in self.exits().items() if name.startswith("link")
        ]

    def follow(self, one: dict[str, Any]) -> int:
        url = one["url"]
        if "/blobs/" in url:
            return self.people.client.get(url[url.index("/blobs") :]).status_code
        return httpx.get(url).status_code


def _revoke(one: Given) -> None:
    _done(one, "north", "DELETE", f"/datasets/{one.dataset}/grants/{one.grant}")


def _wait(one: Given) -> None:
    one.people.later(minutes=4)


def _block(one: Given) -> None:
    one.people.post("north", "/blocks", {"blocked": "west", "dataset": one.dataset, "reason": "A contract ended"})


def _suspend(one: Given) -> None:
    one.people.post("office", "/organisations/west/state", {"state": "suspended", "reason": "Fees"}, 200)


def _end_the_person(one: Given) -> None:
    _done(one, "office", "POST", "/people/west/end", {"reason": "Left the house"})


def _revoke_the_token(one: Given) -> None:
    [token] = [each["id"] for each in one.people.get("west", "/tokens") if each["revoked_at"] is None]
    _done(one, "west", "DELETE", f"/tokens/{token}")


def _retire(one: Given) -> None:
    one.people.post("office", "/agreements/dea/retire", {"reason": "A new one"}, 200)


def _embargo(one: Given) -> None:
    until = (one.people.clock[0] + timedelta(days=9)).isoformat()
    one.people.post("north", f"/datasets/{one.dataset}/embargo", {"until": until}, 200, "PUT")


def _seal(one: Given) -> None:
    services = one.people.services
    with services.sessions.begin() as session:
        sealing.seal(services, session, NewSeal(round="rr", submitter="north", cell="C-7"))


def _withdraw(one: Given) -> None:
    one.people.post("north", f"/datasets/{one.dataset}/withdraw", status=200)


def _done(one: Given, who: str, method: str, path: str, json: object = None) -> None:
    answer = one.people.send(who, method, path, json)
    assert answer.is_success, answer.text


WAYS: dict[str, Callable[[Given], None]] = {
    "grant revoked": _revoke,
    "grant ended": _wait,
    "block set": _block,
    "organisation suspended": _suspend,
    "user ended": _end_the_person,
    "token revoked": _revoke_the_token,
    "agreement retired": _retire,
    "embargo set": _embargo,
    "seal placed": _seal,
    "dataset withdrawn": _withdraw,
}


@pytest.fixture(params=["folder", "s3"])
def people(request: pytest.FixtureRequest, services: Services, world: World) -> Iterator[Network]:
    """The network, on each object store in turn."""
    if request.param == "s3":
        if services.sessions.engine.name != "sqlite":
            pytest.skip("the database does not matter to a signature")
        services = replace(services, objects=request.getfixturevalue("s3_store"))
    with network_of(services, world) as one:
        yield one


@pytest.fixture
def given(people: Network) -> Given:
    dataset = built(people.services, "north", CONTENT, "cell.csv", RECORD, Visibility.NETWORK)
    people.published()
    people.accepts("west")
    until = (people.clock[0] + timedelta(minutes=4)).isoformat()
    on = [{"type": "agreement", "agreement": "dea"}]
    grant = people.grant(dataset, level="raw", expires_at=until, conditions=on)["id"]
    [version] = people.get("west", f"/datasets/{dataset}/versions")
    return Given(people, dataset, version["files"][0]["id"], grant)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_closed_gives_no_new_byte(given: Given, way: str) -> None:
    before = given.statuses()
    assert set(before.values()) == {200, 201}, before
    links = given.links()
    assert [given.follow(one) for one in links] == [200, 200]
    WAYS[way](given)
    after = given.statuses()
    assert all(status in CLOSED for status in after.values()), after
    for one in links:
        _assert_ends_within_five_minutes(given, one)


def _assert_ends_within_five_minutes(given: Given, one: dict[str, Any]) -> None:
    """A link is a permission of its own until its end; nothing calls it back."""
    query = parse_qs(urlsplit(one["url"]).query)
    if "X-Amz-Expires" in query:
        assert int(query["X-Amz-Expires"][0]) <= 300
        return
    expires, began = int(query["expires"][0]), given.people.clock[0]
    assert expires <= time.time() + 300
    given.people.clock[0] = datetime.fromtimestamp(expires, UTC)
    assert given.follow(one) == 403
    given.people.clock[0] = began


def test_a_link_to_an_s3_server_ends_there(services: Services, world: World, s3_store: Any) -> None:
    if services.sessions.engine.name != "sqlite":
        pytest.skip("the database does not matter to a signature")
    short = services.settings.model_copy(update={"link_expiry_s": 1})
    with network_of(replace(services, objects=s3_store, settings=short), world) as people:
        dataset = built(people.services, "north", CONTENT, "cell.csv", RECORD)
        url = people.post("north", f"/datasets/{dataset}/tables/cycles/link")["url"]
        assert httpx.get(url).status_code == 200
        time.sleep(2.5)
        assert httpx.get(url).status_code == 403


def test_an_answer_under_way_is_finished_and_the_next_is_refused(given: Given) -> None:
    """What holds: the guard decides when an answer begins; nothing cuts one off that has begun."""
    services = given.people.services
    with services.sessions.read() as session:
        west = kept.acting(session, "west", "west")
    assert west is not None
    reader = west.model_copy(update={"scopes": frozenset({"read"})})
    _, content = link.raw_bytes(services, reader, given.dataset, None, given.file)
    first = next(content)
    _revoke(given)
    assert first + b"".join(content) == CONTENT
    assert given.statuses()["raw"] == 403


@pytest.mark.parametrize("way", ["grant revoked", "block set", "embargo set", "dataset withdrawn"])
def test_no_page_that_is_asked_for_after_the_answer_to_the_closing_is_given(given: Given, way: str) -> None:
    asked: list[tuple[float, int]] = []
    stop = threading.Event()

    def reading() -> None:
        while not stop.is_set():
            began = time.monotonic()
            asked.append((began, given.people.send("west", *given.exits()["page"]).status_code))

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(reading) for _ in range(2)]
        try:
            _until(lambda: len(asked) >= 4)
            WAYS[way](given)
            closed = time.monotonic()
            _until(lambda: sum(began > closed for began, _ in list(asked)) >= 4)
        finally:
            stop.set()
        for one in readers:
            one.result()
    late = [status for began, status in asked if began > closed]
    assert 200 in [status for _, status in asked] and set(late) <= {403, 404}, late


def _until(holds: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "the readers do not come on"
        time.sleep(0.01)


def test_a_release_that_is_sent_twice_at_once_counts_once(people: Network) -> None:
    dataset = built(people.services, "north", CONTENT, "cell.csv", Metadata(**COMPLETE), None)
    path = f"/datasets/{dataset}/release"
    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(people.send, "north", "POST", path, {"visibility": "network"}) for _ in range(4)]
        statuses = sorted(one.result().status_code for one in sent)
    assert statuses[0] == 200 and set(statuses) <= {200, 409}, statuses
    found = people.get("north", f"/datasets/{dataset}")
    assert (found["state"], found["released_version"]) == ("released", 1)


def test_a_grant_that_waits_for_the_end_of_an_embargo_opens_by_no_race(given: Given) -> None:
    """Both lifting it and its end are met by readers: not one of them gets a page before the owner's yes."""
    end = given.people.clock[0] + timedelta(minutes=1)
    given.people.post("north", f"/datasets/{given.dataset}/embargo", {"until": end.isoformat()}, 200, "PUT")
    with ThreadPoolExecutor(3) as pool:
        sent = [pool.submit(given.people.send, "west", *given.exits()["page"]) for _ in range(9)]
        given.people.later(minutes=1)
        statuses = {one.result().status_code for one in sent}
    assert statuses == {403} and given.statuses()["page"] == 403
