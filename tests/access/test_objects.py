"""The rule of registered objects, as its written form says it."""

from datetime import UTC, datetime

import pytest

from access.objects import Pointing, Sight, Standing, sight, tells
from schemas.access import Grantee, GranteeKind, Level, Scope, View
from schemas.dataset import DatasetState, Visibility
from schemas.policy import Grant, Policy, Seal
from schemas.record.field import CONFIDENTIAL, CORE, NETWORK, FieldClass

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
WEST = Grantee(kind=GranteeKind.ORGANISATION, id="west")
NET, WORLD = Grantee(kind=GranteeKind.NETWORK), Grantee(kind=GranteeKind.EVERYBODY)
READER = Scope(own="west", organisation="west", user="w", grantees=frozenset({WEST, NET, WORLD}), at=NOW)
NOBODY = Scope(own=None, grantees=frozenset({WORLD}), at=NOW)
HOUSE = READER.model_copy(update={"own": "north", "organisation": "north"})
HIDDEN, SHOWN = Standing("north", Visibility.ORGANISATION), Standing("north", Visibility.NETWORK)
OPEN = Standing("north", Visibility.WORLD)
ALL = frozenset(FieldClass)


def pointing(level: Level, of: FieldClass = NETWORK, to: Grantee = WEST, **facts: object) -> Pointing:
    given = Grant(id="g", dataset="d", grantee_kind=to.kind, grantee=to.id, level=level, view=View.FULL, created_at=NOW)
    rules = {"owner": "north", "state": DatasetState.RELEASED, "visibility": Visibility.ORGANISATION} | facts
    on = Policy.model_validate({"dataset": "d", "owner_name": "North", "grants": (given,)} | rules)
    return Pointing(on, of)


def test_its_own_people_see_everything() -> None:
    assert sight(HIDDEN, [], HOUSE) == Sight(ALL, named=True)


@pytest.mark.parametrize(
    ("level", "of", "classes"),
    [
        (Level.LISTED, NETWORK, None),
        (Level.METADATA, NETWORK, {CORE, NETWORK}),
        (Level.TABLES, NETWORK, ALL),
        (Level.METADATA, CONFIDENTIAL, None),
        (Level.TABLES, CONFIDENTIAL, ALL),
    ],
)
def test_a_dataset_opens_the_classes_that_it_opens_of_itself(
    level: Level, of: FieldClass, classes: set[FieldClass] | None
) -> None:
    found = sight(HIDDEN, [pointing(level, of)], READER)
    assert (found and found.classes) == classes
    assert found is None or found == Sight(frozenset(found.classes), named=True, by=("d",))
    assert sight(HIDDEN, [pointing(level, of)], NOBODY) is None
    assert tells(pointing(level, of), READER) == (found is not None)


@pytest.mark.parametrize(
    "facts",
    [
        {"owner": "south"},
        {"state": DatasetState.DRAFT},
        {"state": DatasetState.WITHDRAWN},
        {"consented": False},
        {"blocks": frozenset({WEST})},
        {"seals": (Seal(round="rr", parties=frozenset({"north"})),)},
    ],
)
def test_what_closes_a_dataset_closes_what_it_points_to(facts: dict[str, object]) -> None:
    assert sight(HIDDEN, [pointing(Level.RAW, **facts)], READER) is None


def test_one_s_own_data_open_nothing_of_another_s_object() -> None:
    mine = pointing(Level.RAW, owner="west")
    assert sight(HIDDEN, [mine], READER) is None
    assert sight(SHOWN, [mine], READER) == Sight(frozenset({CORE, NETWORK}), named=True)


def test_it_is_shown_to_the_network_or_the_world_and_not_to_whom_its_owner_has_blocked() -> None:
    assert sight(SHOWN, [], READER) == Sight(frozenset({CORE, NETWORK}), named=True)
    assert sight(SHOWN, [], NOBODY) is None
    assert sight(OPEN, [], NOBODY) == Sight(frozenset({CORE}), named=True)
    for blocked in (WEST, Grantee(kind=GranteeKind.USER, id="w")):
        assert sight(Standing("north", Visibility.WORLD, frozenset({blocked})), [], READER) is None


def test_where_the_world_reads_a_record_it_is_told_no_name() -> None:
    found = sight(HIDDEN, [pointing(Level.METADATA, to=WORLD)], NOBODY)
    assert found == Sight(frozenset({CORE}), named=False, by=("d",))
    assert not tells(pointing(Level.METADATA, to=WORLD), NOBODY), "the field that points is none of the core"
