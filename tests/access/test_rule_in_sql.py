"""The access rule is written twice, in Python and in SQL: in random worlds both open exactly the same datasets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import product

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from access import policy
from schemas.access import Grant, Grantee, GranteeKind, Level, Scope, View
from schemas.dataset import Dataset, DatasetState, Visibility
from schemas.organisation import Group, Organisation, Role, Standing, User
from storage import catalogue, people
from storage.database import Sessions, connect
from storage.tables import DatasetRow, GrantRow
from storage.visible import visible
from tests.access import nouns
from tests.access.nouns import NOW

ORGANISATIONS = ("north", "west", "south")
GROUPS = ("eg5", "west")
"""One group has the id of an organisation: the kind of a grantee must count."""

MOMENT = timedelta(microseconds=1)
SUMMER = timezone(timedelta(hours=2))
BY_KIND = {GranteeKind.ORGANISATION: ORGANISATIONS, GranteeKind.GROUP: GROUPS}
GRANTEES = [Grantee(kind=kind, id=id) for kind, ids in BY_KIND.items() for id in ids]


@dataclass(frozen=True)
class World:
    """Some datasets, the grants on them, and one who asks."""

    datasets: tuple[Dataset, ...]
    grants: tuple[Grant, ...]
    within: Scope


@st.composite
def worlds(draw: st.DrawFn) -> World:
    kinds = st.tuples(st.sampled_from(DatasetState), st.sampled_from(Visibility), st.sampled_from(ORGANISATIONS))
    datasets = tuple(
        nouns.dataset(*drawn).model_copy(update={"id": f"PLX-0000-000{at}"})
        for at, drawn in enumerate(draw(st.lists(kinds, max_size=4)))
    )
    count = draw(st.integers(0, 6)) if datasets else 0
    grants = tuple(draw(_grants(f"grant{at}", [one.id for one in datasets])) for at in range(count))
    within = Scope(
        own=draw(st.sampled_from((*ORGANISATIONS, "stranger"))),
        network=draw(st.booleans()),
        grantees=frozenset(draw(st.lists(st.sampled_from(GRANTEES), max_size=3))),
        at=NOW,
    )
    return World(datasets, grants, within)


def _grants(id: str, datasets: list[str]) -> st.SearchStrategy[Grant]:
    ends = (None, NOW - MOMENT, NOW, NOW + MOMENT, (NOW + timedelta(minutes=30)).astimezone(SUMMER))
    return st.builds(
        lambda dataset, to, level, view, expires_at, revoked_at: Grant(
            id=id,
            dataset=dataset,
            grantee_kind=to.kind,
            grantee=to.id,
            level=level,
            view=view,
            created_at=NOW - nouns.DAY,
            expires_at=expires_at,
            revoked_at=revoked_at,
        ),
        st.sampled_from(datasets),
        st.sampled_from(GRANTEES),
        st.sampled_from(Level),
        st.sampled_from(View),
        st.sampled_from(ends),
        st.sampled_from((None, None, None, NOW)),
    )


WEST = policy.scope(nouns.principal("west", groups=frozenset({"eg5"})), NOW)
RULES = (
    World((nouns.dataset(DatasetState.DRAFT, Visibility.NETWORK),), (nouns.grant(Level.RAW),), WEST),
    World((nouns.dataset(visibility=Visibility.NETWORK),), (), WEST),
    World((nouns.dataset(),), (nouns.grant(Level.TABLES, view=View.BLINDED),), WEST),
    World((nouns.dataset(),), (nouns.grant(Level.NONE),), WEST),
    World((nouns.dataset(),), (nouns.grant(Level.RAW, expires_at=NOW),), WEST),
    World((nouns.dataset(),), (nouns.grant(Level.RAW, "eg5", GranteeKind.GROUP),), WEST),
    World((nouns.dataset(DatasetState.WITHDRAWN),), (nouns.grant(Level.RAW),), WEST),
    World((nouns.dataset(DatasetState.DRAFT, owner="west"),), (), WEST),
    World((nouns.dataset(owner="west"),), (nouns.grant(Level.RAW, "eg5", GranteeKind.GROUP, View.BLINDED),), WEST),
)
"""One world for each sentence of the rule: tried every time, whatever chance draws besides."""


def every_sentence(test: Callable[..., None]) -> Callable[..., None]:
    for world in RULES:
        test = example(world=world)(test)
    return test


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
        for id in ORGANISATIONS:
            people.add_organisation(session, Organisation(id=id, name=id, standing=Standing.MEMBER), NOW)
            people.add_user(session, User(id=id, organisation=id, name=id, role=Role.STEWARD), NOW)
        for id in GROUPS:
            people.add_group(session, Group(id=id, name=id))
    yield sessions
    sessions.close()


@settings(max_examples=300, deadline=None, suppress_health_check=_FIXTURES)
@given(world=worlds())
@every_sentence
def test_sql_opens_what_the_rule_opens_on_sqlite(sqlite: Sessions, world: World) -> None:
    _agree(sqlite, world)


@settings(max_examples=60, deadline=None, suppress_health_check=_FIXTURES)
@given(world=worlds())
@every_sentence
def test_sql_opens_what_the_rule_opens_on_postgresql(postgresql: Sessions, world: World) -> None:
    _agree(postgresql, world)


def _agree(sessions: Sessions, world: World) -> None:
    # A reading transaction never commits: every world vanishes again.
    with sessions.read() as session:
        _enter(session, world)
        known: set[str] = set()
        for level, view in product(Level, View):
            found = _found(session, world.within, level, view)
            assert found == _allowed(world, level, view), f"{level.name.lower()} in the {view.value} view"
            known |= found if level is Level.LISTED else set()
        assert known == _discoverable(world)
        listed = {dataset.id for dataset in catalogue.search(session, world.within)}
        assert listed == _allowed(world, Level.LISTED, View.FULL)


def _found(session: Session, within: Scope, level: Level, view: View) -> set[str]:
    return set(session.scalars(select(DatasetRow.id).where(visible(within, level, view))))


def _allowed(world: World, level: Level, view: View) -> set[str]:
    return {one.id for one in world.datasets if policy.decide(one, world.grants, world.within, level, view).allowed}


def _discoverable(world: World) -> set[str]:
    return {one.id for one in world.datasets if policy.decide(one, world.grants, world.within, Level.RAW).discoverable}


def _enter(session: Session, world: World) -> None:
    for one in world.datasets:
        catalogue.create(session, one.id, one.owner, one.owner, one.metadata, one.created_at)
        row = session.get_one(DatasetRow, one.id)
        row.state, row.visibility = one.state, one.visibility
    session.flush()
    told = {"id", "dataset", "grantee_kind", "grantee", "view", "created_at", "expires_at", "revoked_at"}
    for grant in world.grants:
        session.add(GrantRow(**grant.model_dump(include=told), level=int(grant.level), created_by="north"))
    session.flush()


def test_the_end_of_a_grant_is_compared_as_an_instant_whatever_zone_it_was_written_in() -> None:
    assert policy.in_force(nouns.grant(Level.RAW, expires_at=(NOW + MOMENT).astimezone(SUMMER)), NOW)
    assert datetime(2026, 5, 4, 14, 0, tzinfo=SUMMER) == NOW.astimezone(UTC)
