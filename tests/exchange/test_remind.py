"""Before a grant ends those concerned are told, once each time; requests that wait in vain end by themselves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exchange.remind import remind
from exchange.requests import ask
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services
from schemas.access import GranteeKind, Level, TokenScope
from schemas.conditions import Purpose
from schemas.organisation import OrganisationState
from schemas.request import NewRequest, RequestState
from storage import catalogue, grants, notifications, people, requests
from storage.tables import OrganisationRow
from tests.told import Clock, granted, released
from tests.worlds import network

WANTED = NewRequest(level="tables", purpose=Purpose.RESEARCH, text="To compare")


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 3, 1, 12, tzinfo=UTC))


@pytest.fixture
def services(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Services]:
    settings = Settings(data=tmp_path / "data", database_url=database_url, _env_file=None)  # type: ignore[call-arg]  # no .env here
    opened = open_services(settings)
    made = replace(opened, now=clock)
    network(made)
    yield made
    close_services(opened)


def told(services: Services, user: str) -> list[str]:
    with services.sessions.read() as session:
        found = notifications.page(session, user, user, unread=False, after=None, limit=50)
    return [one.kind.value for one in reversed(found)]


def asked(services: Services, dataset: str, user: str = "west") -> str:
    with services.sessions.read() as session:
        who = people.acting(session, user, user)
    assert who is not None
    return ask.ask(services, who.model_copy(update={"scopes": frozenset(TokenScope)}), dataset, WANTED).id


def state_of(services: Services, request: str) -> RequestState:
    with services.sessions.read() as session:
        found = requests.find(session, request)
    assert found is not None
    return found.state


def test_a_grant_that_ends_is_told_of_fourteen_and_three_days_before_once_each(
    services: Services, clock: Clock
) -> None:
    dataset = released(services, "north")
    granted(services, dataset, "west", Level.TABLES, until=clock.at + timedelta(days=30))
    seen = []
    for _ in range(31 * 4):
        clock.move(hours=6)
        if remind(services):
            seen.append((datetime(2026, 3, 31, 12, tzinfo=UTC) - clock.at).days)
    assert seen == [14, 3]
    assert told(services, "west") == told(services, "north") == ["grant-ending"] * 2
    assert told(services, "south") == []


def test_after_a_long_outage_only_the_nearest_warning_is_told(services: Services, clock: Clock) -> None:
    granted(services, released(services, "north"), "west", Level.TABLES, until=clock.at + timedelta(days=30))
    clock.move(days=28)
    assert (remind(services), remind(services)) == (1, 0)
    assert told(services, "west") == ["grant-ending"]


def test_a_short_grant_is_not_warned_of_on_the_day_it_is_given(services: Services, clock: Clock) -> None:
    granted(services, released(services, "north"), "west", Level.TABLES, until=clock.at + timedelta(days=2))
    granted(services, released(services, "north"), "west", Level.TABLES, until=clock.at + timedelta(days=10))
    clock.move(days=1)
    assert remind(services) == 0
    clock.move(days=7)
    assert remind(services) == 1


def test_a_revoked_or_ended_grant_and_one_on_a_withdrawn_dataset_are_not_told_of(
    services: Services, clock: Clock
) -> None:
    end = clock.at + timedelta(days=20)
    revoked, withdrawn, over = (released(services, "north") for _ in range(3))
    id = granted(services, revoked, "west", Level.TABLES, until=end)
    granted(services, withdrawn, "west", Level.TABLES, until=end)
    granted(services, over, "west", Level.TABLES, until=clock.at + timedelta(days=5, hours=1))
    with services.sessions.begin() as session:
        grants.revoke(session, revoked, id, "north", clock.at)
        catalogue.withdraw(session, withdrawn)
    clock.move(days=10)
    assert remind(services) == 0


def test_members_of_a_group_are_told_and_the_network_is_not(services: Services, clock: Clock) -> None:
    dataset, end = released(services, "south"), clock.at + timedelta(days=20)
    granted(services, dataset, "eg5", Level.TABLES, until=end, kind=GranteeKind.GROUP)
    granted(services, dataset, "", Level.METADATA, until=end, kind=GranteeKind.NETWORK)
    clock.move(days=10)
    assert remind(services) == 2
    assert [len(told(services, one)) for one in ("north", "west", "partner", "south")] == [1, 1, 0, 2]


def test_stewards_are_reminded_once_of_a_request_and_then_it_ends(services: Services, clock: Clock) -> None:
    request = asked(services, released(services, "north"))
    clock.move(days=8)
    assert (remind(services), remind(services)) == (1, 0)
    assert told(services, "north") == ["request-received", "request-waiting"]
    clock.move(days=23)
    remind(services)
    assert state_of(services, request) is RequestState.EXPIRED
    assert told(services, "west") == ["request-expired"]


@pytest.mark.parametrize("state", [OrganisationState.SUSPENDED, OrganisationState.LEFT])
def test_requests_of_an_organisation_that_is_out_end(services: Services, state: OrganisationState) -> None:
    request, other = (asked(services, released(services, "north"), one) for one in ("west", "south"))
    with services.sessions.begin() as session:
        session.get_one(OrganisationRow, "west").state = state
    remind(services)
    assert state_of(services, request) is RequestState.EXPIRED
    assert state_of(services, other) is RequestState.SENT


def test_requests_on_a_withdrawn_dataset_end(services: Services) -> None:
    dataset = released(services, "north")
    request = asked(services, dataset)
    with services.sessions.begin() as session:
        catalogue.withdraw(session, dataset)
    remind(services)
    assert state_of(services, request) is RequestState.EXPIRED
    assert told(services, "west") == ["request-expired"]
