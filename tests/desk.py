"""Stewards at work over HTTP, with datasets that are ready at once and a clock that can be set."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from fastapi.testclient import TestClient

from exchange import visibility
from exchange.identify import issue_token
from exchange.services import Services
from schemas.dataset import RunState
from schemas.ingested import Ingested
from schemas.metadata import Metadata
from schemas.report import Report
from storage import catalogue, people, runs
from tests.apps import create_app
from tests.records import record
from tests.test_one_file import RECORD
from tests.worlds import ALL

Json = dict[str, Any]  # Any: a JSON document of the API


@dataclass
class Clock:
    at: datetime = field(default_factory=lambda: datetime(2026, 5, 4, 12, tzinfo=UTC))

    def now(self) -> datetime:
        return self.at

    def wait(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class Desk:
    """Everybody's requests; tokens are made anew for each, so that time may pass."""

    services: Services
    client: TestClient
    clock: Clock

    def ask(self, user: str, method: str, path: str, body: object = None) -> httpx.Response:
        header = {"Authorization": f"Bearer {issue_token(self.services, user, 'test', ALL)}"} if user else {}
        return self.client.request(method, f"/api/v1{path}", json=body, headers=header)

    def done(self, user: str, method: str, path: str, body: object = None) -> Any:  # Any: JSON
        answer = self.ask(user, method, path, body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def draft(self, user: str = "north", content: bytes = b"", **fields: object) -> str:
        """A complete dataset with a file and a build that is ready."""
        id = str(self.done(user, "POST", "/datasets", record(RECORD, **fields))["id"])
        self.sent(id, content, user)
        self.ready(id)
        return id

    def sent(self, id: str, content: bytes = b"", user: str = "north") -> None:
        """A file, of its own bytes where none are given, that is still to be read."""
        header = {"Authorization": f"Bearer {issue_token(self.services, user, 'test', ALL)}"}
        content = content or b"test_time_second\n" + id.encode()
        self.client.put(f"/api/v1/datasets/{id}/files/a.csv", content=content, headers=header).raise_for_status()

    def ready(self, id: str, report: Report | None = None) -> None:
        """Read, with this report; one with errors leaves it in quarantine."""
        with self.services.sessions.begin() as session:
            present = catalogue.lock(session, id)
            version = present.latest_version or 0
            run = runs.runs_of(session, id, version)[-1]
            if run.state is not RunState.QUEUED:
                return
            held = runs.claim(session, run.id, self.services.new_id(), self.services.now())
            assert held is not None
            zone = people.zone_of_line(session, present.owner, present.metadata.line)
            made = Ingested(
                reader="test",
                reader_version="1",
                schema_version="1",
                declared=present.metadata.declared(zone),
                report=report or Report(),
            )
            assert runs.finish(session, held, made, {}, self.services.now())

    def released(self, user: str = "north", content: bytes = b"", **fields: object) -> str:
        id = self.draft(user, content, **fields)
        self.done(user, "POST", f"/datasets/{id}/release", {"visibility": "organisation", "template": "none"})
        return id

    def sees(self, user: str, dataset: str) -> str:
        """The level at which somebody sees a dataset; empty where it does not exist for them. List and detail agree."""
        answer = self.ask(user, "GET", f"/datasets/{dataset}")
        listed = {one["id"] for one in self.done(user, "GET", "/datasets")["items"]}
        assert (dataset in listed) == (answer.status_code == 200)
        with self.services.sessions.read() as session:
            assert visibility.drifted(session, [dataset]) == [], "search knows otherwise than the rule says"
        assert answer.status_code in (200, 404)
        return str(answer.json()["level"]) if answer.status_code == 200 else ""

    def record(self, dataset: str) -> Metadata:
        with self.services.sessions.read() as session:
            return catalogue.lock(session, dataset).metadata


@contextmanager
def desk(services: Services) -> Iterator[Desk]:
    clock = Clock()
    timed = replace(services, now=clock.now)
    with TestClient(create_app(timed), raise_server_exceptions=False) as client:
        yield Desk(timed, client, clock)
