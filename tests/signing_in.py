"""People with passwords, browsers and a clock, for tests of signing in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fastapi.testclient import TestClient
from sqlalchemy import select

from access import passwords
from exchange.services import Services
from exchange.sign_in import links
from schemas.audit import AuditEvent
from storage import audit
from storage import passwords as kept
from storage.tables import AuditActorRow
from tests.apps import create_app

SITE = "https://exchange.example"
PASSWORD = "unfug im keller, gestern"
OTHER = "ein ganz anderer satz"


class Clock:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


def at_site(services: Services, clock: Clock, **settings: object) -> Services:
    """The same services behind an encrypted address, on this clock."""
    changed = services.settings.model_copy(update={"base_url": SITE} | settings)
    return replace(services, settings=changed, now=clock)


@contextmanager
def browsing(services: Services, address: str = "192.0.2.1", **headers: str) -> Iterator[TestClient]:
    """A browser with cookies of its own, whose requests come from a page of the site."""
    sent = {"Origin": SITE, "Sec-Fetch-Site": "same-origin", "User-Agent": "Firefox"} | headers
    with TestClient(create_app(services), base_url=SITE, headers=sent, client=(address, 5000)) as client:
        client.follow_redirects = False
        yield client


_HASH: dict[str, str] = {}


def with_password(services: Services, user: str, password: str = PASSWORD) -> None:
    """Give a person a password; hashed once for all tests, which takes long on purpose."""
    hash = _HASH.setdefault(password, passwords.hashed(password))
    with services.sessions.begin() as session:
        kept.set_password(session, user, hash, services.now())


def link_for(services: Services, user: str) -> str:
    """The secret of a fresh one-time link."""
    with services.sessions.begin() as session:
        return links.fresh(services, session, user)


def sign_in(client: TestClient, account: str, password: str = PASSWORD, organisation: str | None = None) -> str:
    """Sign in, which must succeed; the token against forged requests is sent along from now on."""
    body = {"account": account, "password": password} | ({"organisation": organisation} if organisation else {})
    answer = client.post("/api/v1/session", json=body)
    assert answer.status_code == 201, answer.text
    csrf: str = answer.json()["csrf"]
    client.headers["X-CSRF-Token"] = csrf
    return csrf


def events(services: Services, action: str) -> list[AuditEvent]:
    """What the audit holds of this action, in order, each with the person in place of the pseudonym."""
    with services.sessions.read() as session:
        whose = {row.pseudonym: row.user for row in session.scalars(select(AuditActorRow))}
        found = [one for one in audit.events(session) if one.action == action]
        return [one.model_copy(update={"actor": whose[one.actor] if one.actor else None}) for one in found]
