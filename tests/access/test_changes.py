"""A foretold shift is what the rule then decides, for random policies and changes; and calendars do not drift."""

from datetime import UTC, datetime
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from access import changes
from access import policy as rule
from access.scopes import scope
from schemas.access import NOBODY, Grantee, GranteeKind, Level, Scope, View
from schemas.change import Change, Embargo
from schemas.dataset import DatasetState, Visibility
from schemas.policy import Policy
from schemas.template import After
from tests.access import nouns
from tests.access.nouns import DAY, NOW

MOMENTS = (None, NOW - DAY, NOW, NOW + DAY)
TO = (
    ("", GranteeKind.NETWORK),
    ("", GranteeKind.EVERYBODY),
    ("west", GranteeKind.ORGANISATION),
    ("eg5", GranteeKind.GROUP),
)
SCOPES = (
    scope(nouns.principal("west", groups=frozenset({"eg5"})), NOW),
    scope(nouns.principal("south"), NOW),
    scope(nouns.principal("north"), NOW),
    scope(NOBODY, NOW),
)
grants = st.builds(
    lambda at, to, level, view, during, start, end: nouns.grant(
        level, to[0], to[1], view, during_embargo=during, starts_at=start, expires_at=end
    ).model_copy(update={"id": f"g{at}"}),
    st.integers(0, 3),
    st.sampled_from(TO),
    st.sampled_from(Level),
    st.sampled_from(View),
    st.booleans(),
    st.sampled_from(MOMENTS),
    st.sampled_from(MOMENTS),
)
policies = st.builds(
    lambda given, state, visibility, embargo: nouns.policy(
        *given, state=state, visibility=visibility, embargo_until=embargo
    ),
    st.lists(grants, max_size=4, unique_by=lambda one: one.id),
    st.sampled_from(DatasetState),
    st.sampled_from(Visibility),
    st.sampled_from(MOMENTS),
)
edits = st.builds(
    lambda given, revoked, visibility, embargo: Change(
        dataset="PLX-0000-0000",
        grants=tuple(one.model_copy(update={"id": f"new{at}"}) for at, one in enumerate(given)),
        revoked=revoked,
        visibility=visibility,
        embargo=embargo,
    ),
    st.lists(grants, max_size=2),
    st.frozensets(st.sampled_from(("g0", "g1", "g2"))),
    st.sampled_from((None, *Visibility)),
    st.sampled_from((None, Embargo(until=None), Embargo(until=NOW + DAY))),
)


@settings(max_examples=200, deadline=None)
@given(policies, edits, st.sampled_from(SCOPES))
def test_a_level_is_foretold_to_shift_where_the_rule_then_decides_otherwise(
    before: Policy, change: Change, within: Scope
) -> None:
    then = changes.after(before, change, NOW)
    shifts = {one.view: one for one in changes.shifts(*(changes.holdings(one, [within]) for one in (before, then)))}
    for level, view in product([one for one in Level if one], View):
        was, becomes = (rule.decide(one, within, level, view).allowed for one in (before, then))
        if was != becomes:
            shift = shifts[view]
            assert (shift.before.level >= level, shift.after.level >= level) == (was, becomes)
            assert shift.after.exceeds(shift.before) if becomes else shift.before.exceeds(shift.after)


@settings(max_examples=200, deadline=None)
@given(policies, st.sampled_from(SCOPES))
def test_between_its_moments_a_policy_opens_nothing_and_closes_nothing(on: Policy, within: Scope) -> None:
    every = changes.moments([on], NOW)
    for first, then in zip(every, [*every[1:], NOW + 9 * DAY], strict=True):
        middle = first + (then - first) / 2
        held = [changes.holdings(on, [within.model_copy(update={"at": at})]) for at in (first, middle)]
        assert held[0] == held[1]


def test_whoever_holds_a_code_and_an_identity_is_found() -> None:
    west = frozenset({Grantee(kind=GranteeKind.ORGANISATION, id="west"), Grantee(kind=GranteeKind.NETWORK)})
    coded, full = nouns.grant(Level.TABLES, view=View.BLINDED), nouns.grant(Level.LISTED)
    assert changes.told_apart(nouns.policy(coded), west)
    assert not changes.told_apart(nouns.policy(coded, full), west)
    assert not changes.told_apart(nouns.policy(coded, visibility=Visibility.NETWORK), west)
    assert changes.told_apart(nouns.policy(coded, nouns.grant(Level.RAW, "south")), west)


def test_months_are_those_of_the_calendar() -> None:
    for begin, months, days, end in (
        ((2027, 1, 31), 1, 0, (2027, 2, 28)),
        ((2027, 12, 15), 1, 0, (2028, 1, 15)),
        ((2028, 1, 31), 1, 1, (2028, 3, 1)),
        ((2026, 5, 4), 600, 0, (2076, 5, 4)),
    ):
        found = After(months=months, days=days).of(datetime(*begin, 12, tzinfo=UTC))
        assert found == datetime(*end, 12, tzinfo=UTC)
