"""One rule, three renderings: in random worlds Python, SQL and materialised visibility open the same datasets."""

import os
from collections.abc import Callable, Iterator
from itertools import product

import pytest
from hypothesis import HealthCheck, example, given, settings
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from access import policy
from exchange import reach, visibility
from schemas.access import Grantee, GranteeKind, Level, Scope, View
from schemas.dataset import DatasetState, Visibility
from schemas.organisation import OrganisationState, Role
from schemas.policy import Policy
from storage import finding, policies
from storage.database import Sessions, connect
from storage.tables import DatasetRow, VisibleRow
from storage.visible import visible
from tests.access.drawn import CONDITIONS, Json, World, enter, network, worlds
from tests.access.nouns import DAY, NOW


def _one(**more: object) -> Json:
    plain = {"embargo_until": None, "cell": None, "sha256": None, "raw_only": False, "owner": "north"}
    return plain | {"state": DatasetState.RELEASED, "visibility": Visibility.ORGANISATION} | more


def _to(kind: GranteeKind, id: str = "", **more: object) -> Json:
    plain = {"dataset": "d0", "level": Level.RAW, "view": View.FULL, "during_embargo": False, "break_glass": False}
    times = {"starts_at": None, "expires_at": None, "revoked_at": None, "created_at": NOW, "confirmed_for": None}
    return plain | times | {"conditions": (), "to": Grantee(kind=kind, id=id)} | more


WEST = _to(GranteeKind.ORGANISATION, "west")
SEAL: Json = {"sha256": "a" * 64, "cell": None, "parties": frozenset({"north"}), "opened_at": None}
BLOCK: Json = {"dataset": None, "owner": "north", "kind": GranteeKind.USER, "blocked": "west", "ended_at": None}
RULES = (
    World([_one(state=DatasetState.DRAFT, visibility=Visibility.WORLD)], [WEST]),
    World([_one(visibility=Visibility.NETWORK)]),
    World([_one(visibility=Visibility.WORLD)], who=""),
    World([_one()], [WEST]),
    World([_one()], [WEST | {"view": View.BLINDED}]),
    World([_one()], [WEST | {"view": View.COLUMNS}]),
    World([_one()], [WEST | {"level": Level.NONE}]),
    World([_one()], [WEST | {"expires_at": NOW}]),
    World([_one()], [WEST | {"starts_at": NOW}]),
    World([_one()], [_to(GranteeKind.GROUP, "eg5")]),
    World([_one()], [_to(GranteeKind.GROUP, "west")], who="south"),
    World([_one()], [_to(GranteeKind.USER, "west")]),
    World([_one()], [_to(GranteeKind.NETWORK)]),
    World([_one()], [_to(GranteeKind.EVERYBODY)], who=""),
    World([_one(state=DatasetState.WITHDRAWN)], [WEST]),
    World([_one(embargo_until=NOW + DAY)], [WEST, _to(GranteeKind.GROUP, "eg5", during_embargo=True)]),
    World([_one(embargo_until=NOW)], [WEST]),
    World([_one(embargo_until=NOW)], [WEST | {"created_at": NOW - DAY}]),
    World([_one(embargo_until=NOW)], [WEST | {"created_at": NOW - DAY, "confirmed_for": NOW}]),
    *(World([_one()], [WEST | {"conditions": one}], accepted=["west"]) for one in CONDITIONS),
    World([_one(), _one(owner="west")], [WEST | {"conditions": CONDITIONS[2]}], collected=["d1"]),
    World([_one(visibility=Visibility.WORLD)], [WEST], [BLOCK]),
    World([_one(sha256="a" * 64)], [WEST], seals=[SEAL]),
    World([_one(cell="C1")], [WEST], seals=[SEAL | {"sha256": None, "cell": "C1"}]),
    World([_one(cell="C1", owner="south")], [WEST], seals=[SEAL | {"sha256": None, "cell": "C1"}]),
    World([_one()], [WEST], holders=[{"dataset": "d0", "consented_at": None, "consent": "", "ended_at": None}]),
    World([_one(), _one(embargo_until=NOW + DAY)], [WEST], derived=[("d0", "d1")]),
    World([_one(), _one(sha256="a" * 64)], [WEST], seals=[SEAL], derived=[("d0", "d1")]),
    World([_one(state=DatasetState.DRAFT)], [_to(GranteeKind.USER, "west", break_glass=True)], [BLOCK]),
    World([_one(), _one(owner="west")], [WEST], roles=(Role.ADMIN,)),
    World([_one(), _one(owner="west")], [WEST], states={"west": OrganisationState.SUSPENDED}),
)
"""A world for each sentence of the rule: tried every time, whatever chance draws besides."""


def every_sentence(test: Callable[..., None]) -> Callable[..., None]:
    for world in RULES:
        test = example(world=world)(test)
    return test


WORLDS = int(os.environ.get("EXCHANGE_TEST_WORLDS", "5"))
"""So many random worlds on SQLite, a quarter of them on PostgreSQL; a longer run takes more."""
_FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Sessions]:
    yield from _opened(sqlite_url)


@pytest.fixture
def postgresql(postgres_url: str) -> Iterator[Sessions]:
    yield from _opened(postgres_url)


def _opened(url: str) -> Iterator[Sessions]:
    sessions = connect(url)
    with sessions.begin() as session:
        network(session)
    yield sessions
    sessions.close()


@settings(max_examples=WORLDS, deadline=None, suppress_health_check=_FIXTURES)
@given(world=worlds())
@every_sentence
def test_list_search_and_rule_agree_on_sqlite(sqlite: Sessions, world: World) -> None:
    _agree(sqlite, world)


@settings(max_examples=max(1, WORLDS // 4), deadline=None, suppress_health_check=_FIXTURES)
@given(world=worlds())
@every_sentence
def test_list_search_and_rule_agree_on_postgresql(postgresql: Sessions, world: World) -> None:
    _agree(postgresql, world)


def _agree(sessions: Sessions, world: World) -> None:
    # A reading transaction never commits: every world vanishes again.
    with sessions.read() as session:
        who = enter(session, world)
        ids = [f"d{at}" for at in range(len(world.datasets))]
        visibility.refresh(session, ids)
        within = reach.searching(session, who, NOW)
        meant = policies.of(session, ids)
        for id, one in policies.of(session, ids, within).items():
            assert policy.openings(one, within) == policy.openings(meant[id], within)
        for level, view in product(Level, View):
            asked = max(level, Level.LISTED)
            allowed = {id for id in ids if policy.decide(meant[id], within, asked, view).allowed}
            assert _found(session, within, level, view) == allowed, f"{level.name.lower()} in the {view.value} view"
        _pages_agree(session, within, meant)


def _found(session: Session, within: Scope, level: Level, view: View) -> set[str]:
    return set(session.scalars(select(DatasetRow.id).where(visible(within, level, view))))


def _pages_agree(session: Session, within: Scope, meant: dict[str, Policy]) -> None:
    listed = [id for id, one in meant.items() if policy.decide(one, within, Level.LISTED).allowed]
    created = {row.id: row.created_at for row in session.scalars(select(DatasetRow))}
    newest_first = sorted(listed, key=lambda id: (created[id], id), reverse=True)
    paged: list[str] = []
    after = None
    while page := finding.search(session, within, after=after, limit=2):
        paged += [one.id for one in page]
        after = (page[-1].created_at, page[-1].id)
    assert paged == newest_first


def test_what_search_reads_is_checked_against_the_rule_and_put_right(sqlite: Sessions) -> None:
    with sqlite.read() as session:
        enter(session, World([_one(visibility=Visibility.WORLD), _one()], [WEST]))
        visibility.refresh(session, ["d0", "d1"])
        assert visibility.drifted(session, ["d0", "d1"]) == []
        session.execute(delete(VisibleRow).where(VisibleRow.dataset == "d1"))
        assert visibility.drifted(session, ["d0", "d1"]) == ["d1"]
