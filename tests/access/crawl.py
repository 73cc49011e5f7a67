"""Worlds that are the same to the last byte but for one hidden dataset, and everything that somebody can be told."""

import hashlib
import itertools
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import httpx
from fastapi.testclient import TestClient
from sqlalchemy import update

from access import tokens
from exchange import visibility
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services
from schemas.access import GranteeKind, Level, View
from schemas.dataset import Visibility
from schemas.identifiers import ALPHABET
from schemas.metadata import DatasetKind
from storage import catalogue
from storage.tables import (
    BlockRow,
    CodeRow,
    CollectedRow,
    CollectionRow,
    DatasetRow,
    GrantRow,
    NotificationRow,
    RightsHolderRow,
    SealPartyRow,
    SealRow,
    TokenRow,
)
from tests.access.nouns import NOW
from tests.api.test_every_route import _bodies, doors
from tests.apps import create_app
from tests.built import built
from tests.received import bdf_csv
from tests.records import metadata
from tests.worlds import World, network

BASE = "/api/v1/datasets"
CALLERS = ("south", "")
"""A member's steward, and the world: neither may know of the secret."""
SECRET, ABSENT = "PLX-SECR-ET00", "PLX-ABSN-T000"
WORDS = ("Quasicrystal", "quasi", "West", "")
CONTENT = bdf_csv(1500, salt=7)
_RECORD = {"kind": DatasetKind.CELL_TEST, "time_zone": "UTC", "licence": "CC-BY-4.0", "nominal_capacity_ah": 1.0}


@dataclass
class Ids:
    """Ids that are the same each time; what is made under another label leaves the others as they are."""

    label: str = "world"
    counts: dict[str, Iterator[int]] = field(default_factory=dict)

    def new(self) -> str:
        return self._next()[:26]

    def dataset(self) -> str:
        signs = [ALPHABET[int(one, 16)] for one in self._next()[:8]]
        return f"PLX-{''.join(signs[:4])}-{''.join(signs[4:])}"

    def _next(self) -> str:
        count = next(self.counts.setdefault(self.label, itertools.count()))
        return hashlib.sha256(f"{self.label} {count}".encode()).hexdigest()


Hide = Callable[[Services], None]


@dataclass(frozen=True)
class There:
    """One of the worlds: whom to ask, and what is there for everybody to see."""

    services: Services
    client: TestClient
    world: World
    shown: tuple[str, ...]
    code: str

    def ask(self, caller: str, method: str, path: str, **more: object) -> httpx.Response:
        headers = dict(self.world.header(caller)) if caller else {}
        extra = more.pop("headers", {})
        assert isinstance(extra, dict)
        return self.client.request(method, path, headers=headers | extra, **more)  # type: ignore[arg-type]  # httpx's


@contextmanager
def there(folder: Path, database_url: str, hide: Hide | None) -> Iterator[There]:
    """A world, with the secret (hidden in this way) or without."""
    settings = Settings(data=folder, database_url=database_url, secret="s" * 64, _env_file=None)  # type: ignore[call-arg, arg-type]  # no .env here
    opened = open_services(settings)
    ids = Ids()
    services = replace(opened, now=lambda: NOW, new_id=ids.new, new_dataset_id=ids.dataset)
    try:
        world = _fixed(services, network(services))
        shown = _shown(services)
        if hide is not None:
            ids.label = "secret"
            _secret(services)
            hide(services)
            with services.sessions.begin() as session:
                visibility.refresh(session, [SECRET])
            ids.label = "world"
        with TestClient(create_app(services), raise_server_exceptions=False) as client:
            yield There(services, client, world, shown, "QX")
    finally:
        close_services(opened)


def hidden_ways() -> dict[str, Hide]:
    """Every way in which a dataset is hidden from an outsider."""

    def state(services: Services, **facts: object) -> None:
        with services.sessions.begin() as session:
            session.execute(update(DatasetRow).where(DatasetRow.id == SECRET).values(**facts))

    def draft(services: Services) -> None:
        state(services, state="draft", visibility="network")
        granted(services, GranteeKind.NETWORK, "", Level.RAW)

    def of_the_organisation(services: Services) -> None:
        granted(services, GranteeKind.ORGANISATION, "north", Level.RAW)

    def blocked(services: Services) -> None:
        state(services, visibility="network")
        granted(services, GranteeKind.NETWORK, "", Level.RAW)
        with services.sessions.begin() as session:
            for at, one in enumerate(("south", "partner")):
                made = {"created_at": NOW, "created_by": "west", "dataset": None if at else SECRET}
                row = BlockRow(id=f"b{at}", owner="west", blocked_kind="organisation", blocked=one, **made)
                session.add(row)

    def sealed(services: Services) -> None:
        state(services, visibility="world")
        granted(services, GranteeKind.EVERYBODY, "", Level.RAW)
        with services.sessions.begin() as session:
            session.add(SealRow(id="s", round="rr", submitter="west", cell="Quasicell", sealed_at=NOW))
            session.flush()
            session.add(SealPartyRow(seal="s", organisation="west"))

    def unconsented(services: Services) -> None:
        state(services, visibility="world")
        granted(services, GranteeKind.EVERYBODY, "", Level.RAW)
        about = {"organisation": "X", "basis": "Y", "created_at": NOW, "created_by": "west"}
        with services.sessions.begin() as session:
            session.add(RightsHolderRow(id="h", dataset=SECRET, **about))

    def ended(services: Services) -> None:
        granted(services, GranteeKind.ORGANISATION, "south", Level.RAW, expires_at=NOW)
        granted(services, GranteeKind.EVERYBODY, "", Level.RAW, revoked_at=NOW)
        granted(services, GranteeKind.NETWORK, "", Level.RAW, starts_at=NOW + timedelta(days=1))

    def granted(services: Services, kind: GranteeKind, id: str, level: Level, **more: object) -> None:
        to = {"grantee_kind": kind, "grantee": id, "level": int(level), "view": View.FULL}
        made = {"created_at": NOW - timedelta(days=9), "created_by": "west"}
        with services.sessions.begin() as session:
            session.add(GrantRow(id=services.new_id(), dataset=SECRET, **to, **made, **more))

    return {
        "draft": draft,
        "of the organisation": of_the_organisation,
        "blocked": blocked,
        "sealed": sealed,
        "unconsented": unconsented,
        "ended, revoked, not begun": ended,
    }


def told(one: There) -> dict[str, str]:
    """Everything that the callers can be told, by request: status, headers and body without the reference."""
    answers: dict[str, str] = {}
    for caller in CALLERS:
        for method, path, more in requests(one):
            name = f"{caller or 'the world'}: {method} {path} {more}"
            answers[name] = _bare(one.ask(caller, method, path, **more))
        answers |= {f"{caller or 'the world'}: page {at}": page for at, page in enumerate(_pages(one, caller))}
    return answers


def requests(one: There) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Every door with the secret's id, with one that is nobody's and with those that are shown; and searches."""
    bodies = {id: _bodies(id) for id in (SECRET, ABSENT, *one.shown)}
    for method, path in doors(one.services):
        named = "{dataset}" in path or "dataset" in str(bodies[SECRET].get((method, path), ""))
        if method not in ("GET", "HEAD") and not named:
            continue
        for id in (SECRET, ABSENT) if method != "GET" or not named else (SECRET, ABSENT, *one.shown):
            yield method, _address(path, id, one.code), dict(bodies[id].get((method, path), {}))
            if not named:
                break
    for word in WORDS:
        yield "GET", BASE, {"params": {"text": word}}
    for params in ({"owner": "west"}, {"kind": "cell-test"}, {"state": "draft"}, {"limit": 1}):
        yield "GET", BASE, {"params": params}
    for name in ("tests", "parameters"):
        yield "GET", f"/api/v1/objects/{name}", {"params": {"kind": "cell", "name": "Quasicell", "owner": "west"}}
    for many in ([SECRET], [one.shown[0], SECRET], [SECRET, ABSENT]):
        yield "GET", "/api/v1/comparison", {"params": {"dataset": many}}
    yield "PUT", f"{BASE}/{one.shown[2]}/sources", {"json": {"sources": [SECRET]}}
    for collection in ("rr", "agg", "absent"):
        yield "GET", f"/api/v1/coded/{collection}", {}
        yield "GET", f"/api/v1/collections/{collection}/aggregate", {}
    for code in ("QX", "BM"):
        for rest in ("/tables", "/summary", "/tables/timeseries", "/series?y=voltage_volt"):
            yield "GET", f"/api/v1/coded/rr/{code}{rest}", {}
    # The same bytes once more, by somebody else: that they are kept already is nobody's business.
    yield "PUT", f"{BASE}/{one.shown[2]}/files/a.csv", {"content": CONTENT}


def seconds(one: There, caller: str, id: str, times: int = 15) -> float:
    """How long a refusal takes: the least of some."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        assert one.ask(caller, "GET", f"{BASE}/{id}").status_code == 404
        took.append(time.perf_counter() - began)
    return min(took)


def _pages(one: There, caller: str) -> Iterator[str]:
    params: dict[str, str | int] = {"limit": 1}
    while True:
        answer = one.ask(caller, "GET", BASE, params=params)
        yield _bare(answer)
        if answer.json()["next"] is None:
            return
        params["cursor"] = answer.json()["next"]


def _bare(answer: httpx.Response) -> str:
    headers = {name: value for name, value in answer.headers.items() if name not in ("x-reference", "date")}
    if "image" in headers.get("content-type", "") or "octet" in headers.get("content-type", ""):
        return f"{answer.status_code} {headers} {hashlib.sha256(answer.content).hexdigest()}"
    body = re.sub(r'"reference":"[0-9a-z]{12}"', "", answer.content.decode("latin-1"))
    return f"{answer.status_code} {headers} {body}"


def _address(path: str, dataset: str, code: str) -> str:
    names = {"dataset": dataset, "form": "csv", "table": "timeseries", "id": "0" * 26, "build": "1", "event": "1"}
    names |= {"number": "1", "code": code, "collection": "rr", "organisation": "west", "line": "west-1"}
    return re.sub(r"{(\w+)(:path)?}", lambda match: names.get(match[1], "abc"), path)


def _fixed(services: Services, world: World) -> World:
    """Tokens that are the same each time."""
    fixed = {user: f"plx_{hashlib.sha256(user.encode()).hexdigest()[:43]}" for user in world.tokens}
    with services.sessions.begin() as session:
        for user, token in fixed.items():
            now = {"hash": tokens.fingerprint(token), "prefix": token[:8]}
            session.execute(update(TokenRow).where(TokenRow.user == user).values(**now))
    return World(fixed)


def _shown(services: Services) -> tuple[str, ...]:
    """What everybody is shown: one of the network, one of the world, one of south's own; and what lies around them."""
    north = built(services, "north", bdf_csv(1500), "n.csv", metadata(title="Of north", **_RECORD), Visibility.NETWORK)
    world = built(services, "north", bdf_csv(1500, 1), "w.csv", metadata(title="For all", **_RECORD), Visibility.WORLD)
    south = built(services, "south", bdf_csv(1500, 2), "s.csv", metadata(title="Of south", **_RECORD), None)
    coded = built(services, "north", bdf_csv(1500, 3), "c.csv", metadata(title="Coded", **_RECORD))
    made = {"created_at": NOW - timedelta(days=9), "created_by": "north"}
    facts = {"level": "tables", "grantee": "South", "until": "soon"}
    with services.sessions.begin() as session:
        for id, kind, to, view in ((north, "organisation", "south", "full"), (world, "everybody", "", "full")):
            row = GrantRow(
                id=f"g{id[-4:]}".lower(), dataset=id, grantee_kind=kind, grantee=to, level=4, view=view, **made
            )
            session.add(row)
        session.add_all(CollectionRow(id=one, name=one) for one in ("rr", "agg"))
        session.flush()
        session.add(CodeRow(collection="rr", code="QX", dataset=coded, made_at=NOW))
        blinded = {"level": 4, "view": "blinded", "collection": "rr", "code": "QX"}
        to = {"grantee_kind": "organisation", "grantee": "south"}
        session.add(GrantRow(id="gcoded", dataset=coded, **to, **blinded, **made))
        for id in (north, world, coded):
            session.add(CollectedRow(collection="agg", dataset=id, added_at=NOW))
        about = {"kind": "grant-ending", "dataset": north, "facts": facts, "created_at": NOW}
        session.add(NotificationRow(id="n1", user="south", organisation="south", **about))
        visibility.refresh(session, [north, world, south, coded])
    return north, world, south


def _secret(services: Services) -> None:
    """West's secret: released, in the collections, with a code, with a notification and a look at it on record."""
    secret = replace(services, new_dataset_id=lambda: SECRET)
    record = metadata(title="Quasicrystal cathode of West", cell="Quasicell", line="West 1", **_RECORD)
    assert built(secret, "west", CONTENT, "quasi.csv", record) == SECRET
    with services.sessions.begin() as session:
        session.add(CodeRow(collection="rr", code="BM", dataset=SECRET, made_at=NOW))
        session.add_all(CollectedRow(collection=one, dataset=SECRET, added_at=NOW) for one in ("rr", "agg"))
        facts = {"level": "tables", "grantee": "South", "until": "soon"}
        about = {"kind": "grant-ending", "dataset": SECRET, "facts": facts, "created_at": NOW}
        session.add(NotificationRow(id="n2", user="west", organisation="west", **about))
        assert catalogue.find(session, SECRET) is not None
