"""Sessions of browsers: what they may do, when they end, and that no other site can use them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from exchange.services import Services
from exchange.sweep import sweep
from schemas.organisation import Membership, Role
from storage import people
from storage.tables import AttemptRow, OrganisationRow, SessionRow
from tests.signing_in import PASSWORD, SITE, Clock, at_site, browsing, events, link_for, sign_in, with_password
from tests.worlds import World

DRAFTS = "/api/v1/datasets"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site(services: Services, world: World, clock: Clock) -> Services:
    """The small network; `north` has a password and is a viewer at `west` besides."""
    site = at_site(services, clock)
    with_password(site, "north")
    with site.sessions.begin() as session:
        people.set_membership(session, Membership(user="north", organisation="west", roles=frozenset({Role.VIEWER})))
    return site


@pytest.fixture
def client(site: Services) -> Iterator[TestClient]:
    with browsing(site) as client:
        yield client


def test_a_session_changes_things_only_with_its_own_token_and_from_the_site_itself(
    client: TestClient, site: Services
) -> None:
    csrf = sign_in(client, "north")
    assert client.post(DRAFTS, json={}).status_code == 201
    assert client.get("/api/v1/session").json()["csrf"] == csrf
    forged = (
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "0" * 64},
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "", "Sec-Fetch-Site": ""},
    )
    for headers in forged:
        answer = client.post(DRAFTS, json={}, headers=headers)
        assert answer.status_code == 403, headers
        assert answer.json()["type"] == "urn:plx:problem:denied"
    assert len(events(site, "request:forged")) == len(forged)
    with browsing(site) as other:
        others = sign_in(other, "north")
    assert client.post(DRAFTS, json={}, headers={"X-CSRF-Token": others}).status_code == 403


def test_a_token_needs_none_of_that_and_counts_alone(client: TestClient, world: World) -> None:
    sign_in(client, "north")
    foreign = {"Origin": "https://evil.example", "X-CSRF-Token": ""}
    assert client.post(DRAFTS, json={}, headers=foreign | world.header("north")).status_code == 201
    assert client.get("/api/v1/me", headers=world.header("north-viewer")).json()["user"] == "north-viewer"
    assert client.get("/api/v1/me", headers={"Authorization": "Bearer plx_wrong"}).status_code == 401
    assert client.get("/api/v1/session", headers=world.header("north")).status_code == 403
    assert client.delete("/api/v1/session", headers=world.header("north")).status_code == 403


def test_sessions_end_unused_and_at_last_however_used(client: TestClient, clock: Clock) -> None:
    sign_in(client, "north")
    for _ in range(23):
        clock.forward(hours=7)
        assert client.get("/api/v1/me").status_code == 200
    clock.forward(hours=7)
    assert client.get("/api/v1/me").status_code == 401
    sign_in(client, "north")
    clock.forward(hours=9)
    assert client.get("/api/v1/me").status_code == 401
    assert client.get(DRAFTS).status_code == 200  # The world's list: whose session has ended is the world again.


def test_a_session_is_marked_as_seen_once_a_minute_at_most(client: TestClient, site: Services, clock: Clock) -> None:
    def seen() -> timedelta:
        with site.sessions.read() as session:
            row = session.query(SessionRow).one()
            return row.seen_at - row.created_at

    sign_in(client, "north")
    for seconds, expected in ((59, 0), (1, 0), (1, 61), (30, 61)):
        clock.forward(seconds=seconds)
        client.get("/api/v1/me")
        assert seen() == timedelta(seconds=expected)


def test_every_sign_in_has_a_fresh_cookie_and_ends_the_one_before(client: TestClient) -> None:
    sign_in(client, "north")
    first = client.cookies["__Host-plx-session"]
    sign_in(client, "north")
    assert client.cookies["__Host-plx-session"] != first
    with TestClient(client.app, base_url=SITE, cookies={"__Host-plx-session": first}) as old:
        assert old.get("/api/v1/me").status_code == 401
    assert len(client.get("/api/v1/sessions").json()) == 1


def test_a_cookie_that_somebody_else_chose_is_never_taken_over(client: TestClient) -> None:
    client.cookies.set("__Host-plx-session", "chosen-by-somebody-else", domain="exchange.example")
    sign_in(client, "north")
    assert client.cookies["__Host-plx-session"] != "chosen-by-somebody-else"


def test_cookies_are_kept_as_hashes_alone(client: TestClient, site: Services) -> None:
    sign_in(client, "north")
    with site.sessions.read() as session:
        row = session.query(SessionRow).one()
        assert client.cookies["__Host-plx-session"] not in str(vars(row)) and len(row.hash) == 64


def test_a_person_with_several_memberships_chooses_and_switches(client: TestClient, site: Services) -> None:
    sign_in(client, "north", organisation="west")
    shown = client.get("/api/v1/session").json()
    assert shown["organisation"] == "west" and shown["roles"] == ["viewer"]
    assert {one["organisation"] for one in shown["memberships"]} == {"north", "west"}
    assert client.post(DRAFTS, json={}).status_code == 403

    before = client.cookies["__Host-plx-session"]
    turned = client.put("/api/v1/session/organisation", json={"organisation": "north"})
    assert turned.status_code == 200 and turned.json()["roles"] == ["steward"]
    assert client.cookies["__Host-plx-session"] != before
    assert client.post(DRAFTS, json={}).status_code == 403  # The token of before the switch.
    client.headers["X-CSRF-Token"] = turned.json()["csrf"]
    assert client.post(DRAFTS, json={}).status_code == 201
    assert client.put("/api/v1/session/organisation", json={"organisation": "south"}).status_code == 403
    wrong = {"account": "north", "password": PASSWORD, "organisation": "south"}
    assert client.post("/api/v1/session", json=wrong).status_code == 401


def test_one_lists_and_ends_ones_own_sessions_alone(client: TestClient, site: Services) -> None:
    with_password(site, "west")
    sign_in(client, "north")
    with browsing(site) as other, browsing(site) as stranger:
        sign_in(other, "north")
        sign_in(stranger, "west")
        listed = client.get("/api/v1/sessions").json()
        assert sorted(one["current"] for one in listed) == [False, True]
        assert {one["agent"] for one in listed} == {"Firefox"}
        theirs = next(one["id"] for one in listed if not one["current"])
        assert stranger.delete(f"/api/v1/sessions/{theirs}").status_code == 404
        assert other.get("/api/v1/me").status_code == 200
        assert client.delete(f"/api/v1/sessions/{theirs}").status_code == 204
        assert other.get("/api/v1/me").status_code == 401
    out = client.delete("/api/v1/session")
    assert out.status_code == 204 and "__Host-plx-session" not in client.cookies
    assert client.get("/api/v1/me").status_code == 401
    assert next(iter(events(site, "sign-out"))).target == theirs


def test_sessions_that_ended_long_ago_are_forgotten(client: TestClient, site: Services, clock: Clock) -> None:
    def kept() -> int:
        with site.sessions.read() as session:
            return session.query(SessionRow).count() + session.query(AttemptRow).count()

    sign_in(client, "north")
    link_for(site, "north")
    clock.forward(days=30)
    sweep(site)
    assert kept() == 1  # The session alone: the counts are over.
    clock.forward(days=90)
    sweep(site)
    assert kept() == 0


def opened(site: Services, client: TestClient, world: World) -> list[int]:
    """What opens: the session, the token, the link; each as a status."""
    link = client.post("/api/v1/password", json={"link": client.headers["X-Link"], "password": "ein dritter satz"})
    return [
        client.get("/api/v1/me").status_code,
        client.get("/api/v1/me", headers=world.header("north")).status_code,
        link.status_code,
    ]


@pytest.fixture
def holding(client: TestClient, site: Services, world: World) -> TestClient:
    """A person who has a session, a token and an unused link."""
    sign_in(client, "north")
    client.headers["X-Link"] = link_for(site, "north")
    return client


def test_when_a_person_ends_everything_of_theirs_ends(holding: TestClient, site: Services, world: World) -> None:
    with site.sessions.begin() as session:
        people.end_user(session, "north", site.now())
    assert opened(site, holding, world) == [401, 401, 401]


def test_when_a_membership_ends_what_was_for_it_ends(holding: TestClient, site: Services, world: World) -> None:
    ended = holding.delete("/api/v1/people/north/membership", headers=world.header("north-admin"))
    assert ended.status_code == 204, ended.text
    with site.sessions.begin() as session:  # Given again it revives nothing.
        people.set_membership(session, Membership(user="north", organisation="north", roles=frozenset({Role.VIEWER})))
    assert holding.get("/api/v1/me").status_code == 401
    assert holding.get("/api/v1/me", headers=world.header("north")).status_code == 401
    sign_in(holding, "north", organisation="west")
    assert holding.get("/api/v1/me").status_code == 200
    with site.sessions.begin() as session:
        people.set_membership(session, Membership(user="north", organisation="west", roles=frozenset()))
    assert holding.get("/api/v1/me").status_code == 401  # Even where nobody ended it.


def bring(client: TestClient, world: World, state: str, **more: object) -> None:
    """The office brings North into another state."""
    body = {"state": state, "reason": "Decided by the assembly", **more}
    done = client.post("/api/v1/organisations/north/state", json=body, headers=world.header("office"))
    assert done.status_code == 200, done.text


def test_when_an_organisation_leaves_what_was_for_it_ends(holding: TestClient, site: Services, world: World) -> None:
    with site.sessions.begin() as session:
        people.set_membership(session, Membership(user="north", organisation="west", roles=frozenset()))
    bring(holding, world, "left")
    assert opened(site, holding, world) == [401, 401, 401]
    with site.sessions.begin() as session:
        row = session.get(OrganisationRow, "north")
        assert row is not None
        row.state = "admitted"
        people.set_membership(session, Membership(user="north", organisation="north", roles=frozenset({Role.VIEWER})))
    assert opened(site, holding, world) == [401, 401, 401]


def test_for_an_organisation_that_has_left_nobody_acts_even_where_nothing_was_ended(
    holding: TestClient, site: Services, world: World
) -> None:
    with site.sessions.begin() as session:
        row = session.get(OrganisationRow, "north")
        assert row is not None
        row.state = "left"
    assert holding.get("/api/v1/me").status_code == 401
    assert holding.get("/api/v1/me", headers=world.header("north")).status_code == 401
    sign_in(holding, "north")
    assert holding.get("/api/v1/me").json()["organisation"] == "west"


def test_a_suspended_organisation_reads_its_own_and_does_nothing(
    holding: TestClient, site: Services, world: World
) -> None:
    draft = holding.post(DRAFTS, json={}).json()["id"]
    bring(holding, world, "suspended")
    for headers in ({}, world.header("north")):
        assert holding.get(f"{DRAFTS}/{draft}", headers=headers).status_code == 200
        assert holding.post(DRAFTS, json={}, headers=headers).status_code == 403
        new = {"name": "a", "scopes": ["read"]}
        assert holding.post("/api/v1/tokens", json=new, headers=headers).status_code == 403
    sign_in(holding, "north")
