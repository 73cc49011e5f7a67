"""An aggregate is shown whole, of enough organisations, and never so that two of them tell the values of a few."""

from hypothesis import given
from hypothesis import strategies as st

from access.aggregates import apart, decide
from schemas.access import Level, Permit, View
from schemas.aggregate import Member

AGGREGATE = frozenset({Permit(level=Level.SUMMARY, view=View.AGGREGATE)})
FULL = frozenset({Permit(level=Level.SUMMARY)})
OWNERS = "abcdefgh"


def members(owners: str, runs: str = "") -> list[Member]:
    return [
        Member(dataset=f"PLX-{owner}", owner=owner, line="1", run=runs[at : at + 1] or "r")
        for at, owner in enumerate(owners)
    ]


def held(owners: str, permits: frozenset[Permit] = AGGREGATE) -> dict[str, frozenset[Permit]]:
    return {f"PLX-{owner}": permits for owner in owners}


def test_five_organisations_are_shown_and_four_are_not() -> None:
    assert decide(members("abcde"), held("abcde"), 5).allowed
    four = decide(members("abcd"), held("abcd"), 5)
    assert not four.allowed and "at least 5 organisations" in four.needed


def test_many_datasets_of_few_organisations_are_few() -> None:
    every = [one.model_copy(update={"line": line}) for line in "1234" for one in members("ab")]
    assert not decide(every, held("ab"), 5).allowed


def test_it_is_shown_whole_or_not_at_all() -> None:
    refused = decide(members("abcdef"), held("abcde"), 5)
    assert not refused.allowed and refused.discoverable and "whole" in refused.needed


def test_whoever_knows_the_others_does_not_get_the_last() -> None:
    """Their own organisation's values, and what is open to them in full, do not count."""
    assert not decide(members("abcde"), held("abcd") | held("e", FULL), 5).allowed
    assert decide(members("abcdef"), held("abcde") | held("f", FULL), 5).allowed
    blinded = AGGREGATE | {Permit(level=Level.SUMMARY, view=View.BLINDED)}
    assert not decide(members("abcde"), held("abcd") | held("e", blinded), 5).allowed


def test_whoever_holds_nothing_is_not_told_that_there_is_a_collection() -> None:
    assert not decide(members("abcde"), {}, 5).discoverable
    assert not decide([], {}, 5).discoverable
    listed = frozenset({Permit(level=Level.METADATA)})
    assert not decide(members("abcde"), held("abcde", listed), 5).discoverable


def test_two_states_are_both_shown_when_enough_organisations_differ_or_none() -> None:
    five = members("abcde")
    assert apart(five, five, 5)
    assert not apart(five, members("abcdef"), 5), "one came"
    assert not apart(members("abcdef"), five, 5), "one went"
    assert not apart(five, members("abcde", "r"), 5) or members("abcde", "r") == five
    assert not apart(five, members("abcde", "xrrrr"), 5), "one changed"
    assert apart(five, members("abcde", "xxxxx"), 5)


@given(one=st.sets(st.sampled_from(OWNERS)), other=st.sets(st.sampled_from(OWNERS)), least=st.integers(3, 6))
def test_what_a_difference_tells_is_of_no_fewer_than_the_minimum(one: set[str], other: set[str], least: int) -> None:
    both = (members("".join(sorted(one))), members("".join(sorted(other))))
    assert apart(*both, least) == apart(*reversed(both), least)
    if apart(*both, least):
        assert len(one ^ other) in {0, *range(least, len(OWNERS) + 1)}
