"""A network that agrees: publish and accept agreements, make released datasets and grants, and move the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response

from exchange.services import Services
from exchange.visibility import refresh
from schemas.dataset import Visibility
from schemas.organisation import Membership, Role
from storage import catalogue, people
from tests.apps import create_app
from tests.worlds import World

Json = dict[str, Any]
AGREEMENTS = "/api/v1/agreements"


@dataclass
class Network:
    """Requests of its people; every member's steward is a signatory, too."""

    client: TestClient
    services: Services
    world: World
    clock: list[datetime] = field(default_factory=list)

    def send(
        self, who: str | None, method: str, path: str, json: object = None, **more: Any
    ) -> Response:  # Any: httpx's
        header = self.world.header(who) if who else {}
        path = path if path.startswith("/api") else f"/api/v1{path}"
        return self.client.request(method, path, json=json, headers=header | more.pop("headers", {}), **more)

    def get(self, who: str | None, path: str) -> Any:  # Any: JSON
        answer = self.send(who, "GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(
        self, who: str, path: str, json: object = None, status: int = 201, method: str = "POST"
    ) -> Any:  # Any: JSON
        answer = self.send(who, method, path, json)
        assert answer.status_code == status, answer.text
        return answer.json()

    def later(self, **time: float) -> None:
        """Move the clock."""
        self.clock[0] += timedelta(**time)

    def published(self, id: str = "dea", **fields: object) -> Json:
        """An agreement by the office."""
        wanted = {"id": id, "kind": "data-exchange-internal", "title": id.upper(), "text": f"The {id}."}
        return dict(self.post("office", "/agreements", wanted | fields))

    def accepts(self, who: str, agreement: str = "dea") -> Json:
        """The newest version, by a signatory."""
        newest = self.get(who, f"/agreements/{agreement}")["versions"][-1]
        given = {"version": newest["number"], "sha256": newest["sha256"], "function": "Head", "basis": "Statutes"}
        return dict(self.post(who, f"/agreements/{agreement}/acceptances", given))

    def dataset(self, owner: str = "north", visibility: Visibility | None = Visibility.ORGANISATION) -> str:
        """A dataset, released without a file of its own; with None a draft."""
        id = str(self.post(owner, "/datasets", {"title": f"A dataset of {owner}"})["id"])
        if visibility is not None:
            with self.services.sessions.begin() as session:
                catalogue.release(session, id, 1, visibility, self.services.now())
                refresh(session, [id])
        return id

    def grant(
        self, dataset: str, grantee: str = "west", status: int = 201, by: str = "north", **fields: object
    ) -> Json:
        """By its owner's steward, level tables."""
        return dict(
            self.post(by, f"/datasets/{dataset}/grants", {"grantee": grantee, "level": "tables"} | fields, status)
        )

    def level(self, who: str | None, dataset: str) -> str:
        """What somebody is told to have of a dataset; `hidden` where they are told that there is none."""
        answer = self.send(who, "GET", f"/datasets/{dataset}")
        return "hidden" if answer.status_code == 404 else str(answer.json()["level"])


def on(agreement: str = "dea") -> Json:
    """What a grant depends on."""
    return {"conditions": [{"type": "agreement", "agreement": agreement}]}


@contextmanager
def network_of(services: Services, world: World) -> Iterator[Network]:
    """The small network of the tests, with signatories and a clock that stands still."""
    clock = [services.now()]
    still = replace(services, now=lambda: clock[0])
    with services.sessions.begin() as session:
        for one in ("north", "west", "south", "partner"):
            roles = frozenset({Role.STEWARD, Role.SIGNATORY})
            people.set_membership(session, Membership(user=one, organisation=one, roles=roles))
    with TestClient(create_app(still), raise_server_exceptions=False) as client:
        yield Network(client, still, world, clock)
