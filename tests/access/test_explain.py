"""Explanations say what the rule says, why, until when and what to do; and never what somebody may not know."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access import policy
from access.effect import to_owner
from access.exits import NAMED
from access.explain import THEY, closed_to_others, explain, opened
from schemas.access import Contribution, Grantee, GranteeKind, Level, Scope, View
from schemas.conditions import AgreementAccepted, Purpose, PurposeStated, Reciprocity, Unknown
from schemas.dataset import DatasetState, Visibility
from schemas.errors import NotFound
from schemas.explanation import ClosedBy, Explanation
from schemas.metadata import DatasetKind
from schemas.policy import Grant, Policy, Seal

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ORGANISATION, GROUP, USER = GranteeKind.ORGANISATION, GranteeKind.GROUP, GranteeKind.USER


def scope(organisation: str = "west", **more: Any) -> Scope:  # Any: fields of a scope
    grantees = {
        Grantee(kind=GranteeKind.EVERYBODY),
        Grantee(kind=GranteeKind.NETWORK),
        Grantee(kind=ORGANISATION, id=organisation),
        Grantee(kind=USER, id=f"{organisation}-ada"),
        Grantee(kind=GROUP, id="eg5"),
    }
    facts = {"own": organisation, "organisation": organisation, "user": f"{organisation}-ada", "at": NOW}
    return Scope(**facts | {"grantees": frozenset(grantees)} | more)


def grant(level: Level = Level.TABLES, **more: Any) -> Grant:  # Any: fields of a grant
    facts: dict[str, Any] = {"id": "g", "dataset": "PLX-1", "grantee_kind": ORGANISATION, "grantee": "west"}
    return Grant(**facts | {"level": level, "created_at": NOW - DAY} | more)


def about(*grants: Grant, **more: Any) -> Policy:  # Any: fields of a policy
    facts: dict[str, Any] = {
        "dataset": "PLX-1",
        "owner": "north",
        "owner_name": "North Line",
        "state": DatasetState.RELEASED,
        "visibility": Visibility.NETWORK,
        "grants": grants,
    }
    return Policy(**facts | more)


def told(on: Policy, within: Scope | None = None, level: Level = Level.TABLES, view: View = View.FULL) -> Explanation:
    return explain(on, within or scope(), level, view)


def closed_by(one: Explanation) -> list[ClosedBy]:
    return [each.by for each in one.closed]


def test_a_grant_is_told_with_what_it_opens_why_and_until_when() -> None:
    found = told(about(grant(expires_at=NOW + DAY)))
    assert found.sentence == (
        "You can view and download its tables, because North Line granted that to your organisation, "
        "until 2026-05-05 12:00 UTC."
    )
    assert found.wanted.allowed and found.wanted.steps == () and found.closed == ()
    assert [one.by for one in found.opened] == ["visibility", "grant"]


@pytest.mark.parametrize(
    ("kind", "grantee", "words"),
    [
        (ORGANISATION, "west", "to your organisation"),
        (GROUP, "eg5", "to the group 'eg5', which you are in"),
        (USER, "west-ada", "to you"),
        (GranteeKind.NETWORK, "", "to everybody in the network"),
        (GranteeKind.EVERYBODY, "", "to everybody"),
    ],
)
def test_whom_a_grant_names_is_said(kind: GranteeKind, grantee: str, words: str) -> None:
    assert told(about(grant(grantee_kind=kind, grantee=grantee))).sentence.endswith(f"granted that {words}.")


def test_whoever_has_less_is_told_what_to_do() -> None:
    found = told(about())
    assert found.sentence.startswith("You can see that it exists")
    assert "because North Line lists it to everybody in the network" in found.sentence
    assert found.wanted.steps == (
        "Ask North Line for level 'tables' in the full view: POST /api/v1/datasets/PLX-1/requests.",
    )


def test_conditions_that_are_not_met_are_told_each_with_what_to_do() -> None:
    conditions = (
        AgreementAccepted(agreement="nda"),
        Reciprocity(collection="rr1", kind=DatasetKind.CELL_TEST, count=2),
        PurposeStated(purposes=(Purpose.RESEARCH,)),
        Unknown(found="{}"),
    )
    within = scope(contributed=frozenset({Contribution(collection="rr1", kind="cell-test", count=1)}))
    found = told(about(grant(conditions=conditions)), within)
    assert closed_by(found) == [ClosedBy.CONDITIONS]
    assert len(found.wanted.steps) == 4
    assert "accept the agreement 'nda'" in found.wanted.steps[0] and "it has 1" in found.wanted.steps[1]
    with_other_eyes = explain(about(grant(conditions=conditions)), within, Level.TABLES, counts=False)
    assert "it has" not in str(with_other_eyes)
    assert "must have 2 released" in str(with_other_eyes)


def test_an_embargo_is_told_to_whom_it_keeps_waiting_with_its_end() -> None:
    embargo = NOW + 30 * DAY
    waiting = told(about(grant(), embargo_until=embargo))
    assert closed_by(waiting) == [ClosedBy.EMBARGO] and waiting.closed[0].until == embargo
    assert "an embargo ends on 2026-06-03 12:00 UTC" in waiting.wanted.steps[0]
    assert "embargo" not in str(told(about(embargo_until=embargo))), "nobody else is told of it"
    assert told(about(grant(during_embargo=True), embargo_until=embargo)).closed == ()


def test_a_grant_that_has_ended_is_told_and_one_that_was_revoked_or_is_to_come_is_not() -> None:
    assert closed_by(told(about(grant(expires_at=NOW - DAY)))) == [ClosedBy.END]
    for secret in (grant(revoked_at=NOW - DAY), grant(starts_at=NOW + DAY)):
        assert told(about(secret)) == told(about())


def test_the_owner_is_told_what_closes_it_to_others_and_of_seals_that_are_theirs() -> None:
    shut = about(
        state=DatasetState.DRAFT,
        consented=False,
        embargo_until=NOW + DAY,
        blocks=frozenset({Grantee(kind=ORGANISATION, id="south")}),
        seals=(Seal(round="rr1", parties=frozenset({"north"})), Seal(round="rr2", parties=frozenset({"west"}))),
    )
    found = told(shut, scope("north"))
    assert found.sentence.endswith("because it is your organisation's own.")
    every = [ClosedBy.DRAFT, ClosedBy.CONSENT, ClosedBy.SEAL, ClosedBy.BLOCK, ClosedBy.EMBARGO]
    assert closed_by(found) == every == [one.by for one in closed_to_others(shut)]
    assert "rr1" in str(found) and "rr2" not in str(found)


def test_by_its_id_nothing_tells_of_views_that_go_without_one() -> None:
    for view in (View.BLINDED, View.AGGREGATE):
        given = grant(view=view, conditions=(AgreementAccepted(agreement="nda"),), collection="rr1", code="QX")
        assert told(about(given)) == told(about()) == told(about(grant(view=view, collection="rr1", code="QX")))
        with pytest.raises(NotFound):
            told(about(grant(view=view), visibility=Visibility.ORGANISATION))
        assert "by its id" in told(about(grant(view=view)), view=view).wanted.steps[0]


def test_what_is_withdrawn_or_impossible_is_not_to_be_asked_for() -> None:
    assert told(about(grant(), state=DatasetState.WITHDRAWN)).wanted.steps == ("Nothing: the dataset was withdrawn.",)
    assert told(about(), level=Level.RAW, view=View.BLINDED).wanted.steps[0].startswith("Nothing: by its id")


def test_of_somebody_it_is_told_in_the_third_person() -> None:
    on = about(grant())
    (_, one) = policy.openings(on, scope())
    assert opened(on, one, THEY).sentence == (
        "They can view and download its tables, because North Line granted that to their organisation."
    )


def test_a_grant_that_an_embargo_has_stopped_waits_to_be_confirmed_after_its_end() -> None:
    on = about(grant(created_at=NOW - 9 * DAY), embargo_until=NOW - DAY)
    assert "has not confirmed the grant yet" in told(on).wanted.steps[0]
    assert told(about(grant(confirmed_for=NOW - DAY), embargo_until=NOW - DAY)).wanted.allowed


def test_of_a_seal_of_others_the_owner_may_know_nothing() -> None:
    theirs, ours = Seal(round="r", parties=frozenset({"west"})), Seal(round="s", parties=frozenset({"north", "west"}))
    assert to_owner(about(seals=(theirs, ours))).seals == (ours,)


_MOMENTS = st.sampled_from([None, NOW - 2 * DAY, NOW, NOW + DAY])
_GRANTS = st.builds(
    lambda kind, **more: grant(grantee_kind=kind[0], grantee=kind[1], **more),
    st.sampled_from([(ORGANISATION, "west"), (ORGANISATION, "secret"), (GROUP, "eg5"), (USER, "secret-x")]),
    level=st.sampled_from(list(Level)),
    view=st.sampled_from(list(View)),
    confidential=st.booleans(),
    during_embargo=st.booleans(),
    starts_at=_MOMENTS,
    expires_at=_MOMENTS,
    revoked_at=_MOMENTS,
    reason=st.just("secret"),
    conditions=st.sampled_from(
        [(), (AgreementAccepted(agreement="nda"),), (PurposeStated(purposes=(Purpose.RESEARCH,)),)]
    ),
)
_POLICIES = st.builds(
    lambda grants, **more: about(*grants, **more),
    st.lists(_GRANTS, max_size=4),
    state=st.sampled_from(list(DatasetState)),
    visibility=st.sampled_from(list(Visibility)),
    embargo_until=_MOMENTS,
    consented=st.booleans(),
    blocks=st.sampled_from([frozenset(), frozenset({Grantee(kind=ORGANISATION, id="secret")})]),
    seals=st.sampled_from([(), (Seal(round="secret", parties=frozenset({"other"})),)]),
)


@given(on=_POLICIES, level=st.sampled_from(list(Level)[1:]), view=st.sampled_from(list(View)))
def test_an_explanation_agrees_with_the_rule_and_tells_no_secret(on: Policy, level: Level, view: View) -> None:
    within = scope(accepted=frozenset({"other"}))
    if not policy.decide(on, within, Level.LISTED).discoverable:
        with pytest.raises(NotFound):
            explain(on, within, level, view)
        return
    found = explain(on, within, level, view)
    assert {(one.level, one.view) for one in found.opened} == {
        (one.level.name.lower(), one.view) for one in policy.permits(on, within) if one.view in NAMED
    }
    assert found.wanted.allowed is (view in NAMED and policy.decide(on, within, level, view).allowed)
    assert found.wanted.allowed or found.wanted.steps
    assert "secret" not in str(found)
