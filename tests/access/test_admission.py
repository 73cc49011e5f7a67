"""Admission: an organisation comes from state to state on the written ways alone."""

import pytest

from access.admission import NEXT, hindrance
from schemas.organisation import Organisation, OrganisationState, Standing

S = OrganisationState
WAYS = {
    (S.APPLIED, S.ADMITTED),
    (S.APPLIED, S.LEFT),
    (S.ADMITTED, S.SUSPENDED),
    (S.ADMITTED, S.LEFT),
    (S.SUSPENDED, S.ADMITTED),
    (S.SUSPENDED, S.LEFT),
    (S.LEFT, S.ADMITTED),
}


def one(state: S, standing: Standing = Standing.MEMBER) -> Organisation:
    return Organisation(id="north", name="North", standing=standing, state=state)


@pytest.mark.parametrize("before", S)
@pytest.mark.parametrize("after", S)
def test_only_the_written_ways_are_open(before: S, after: S) -> None:
    assert (hindrance(one(before), after, offices=1, held=0) == "") is ((before, after) in WAYS)


def test_every_state_has_a_way_on() -> None:
    assert set(NEXT) == set(S) and all(NEXT.values())


@pytest.mark.parametrize("closing", [S.SUSPENDED, S.LEFT])
def test_the_only_office_stays(closing: S) -> None:
    assert "only office" in hindrance(one(S.ADMITTED, Standing.OFFICE), closing, offices=1, held=0)
    assert hindrance(one(S.ADMITTED, Standing.OFFICE), closing, offices=2, held=0) == ""


def test_whoever_leaves_settles_what_it_has_released_first() -> None:
    assert "2 released datasets" in hindrance(one(S.ADMITTED), S.LEFT, offices=1, held=2)
    assert hindrance(one(S.ADMITTED), S.SUSPENDED, offices=1, held=2) == ""
