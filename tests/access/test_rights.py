"""Rights: by role, by token, by standing, and on one's own organisation's datasets alone."""

import pytest

from access.rights import may, may_in_network
from access.roles import ROLES_OF_NETWORK_RIGHT, ROLES_OF_RIGHT, SCOPE_OF_RIGHT
from schemas.access import Decision, NetworkRight, Right, TokenScope
from schemas.dataset import DatasetState, Visibility
from schemas.organisation import NetworkRole, OrganisationState, Role, Standing
from tests.access.nouns import policy, principal

WRITING = {Right.CREATE, Right.ADD_FILES, Right.DESCRIBE, Right.RETRY, Right.ACCEPT, Right.PROPOSE, Right.HAND_IN}
STEWARDSHIP = {
    Right.RELEASE,
    Right.GRANT,
    Right.WITHDRAW,
    Right.BLOCK,
    Right.SET_TEMPLATES,
    Right.ANSWER,
    Right.SEE_ACCESSES,
    Right.PREVIEW,
    Right.TRANSFER,
    Right.SPEAK_IN_ROUNDS,
    Right.LEAVE_ROUNDS,
}
HOUSE = {Right.SEE_PEOPLE, Right.DESCRIBE_LINES, Right.SPEAK_FOR}
READING = {Right.SEE_PEOPLE}
RIGHTS_OF_ROLE = {
    Role.VIEWER: {Right.REQUEST},
    Role.CONTRIBUTOR: WRITING | {Right.REQUEST},
    Role.STEWARD: WRITING | STEWARDSHIP | HOUSE | {Right.REQUEST},
    Role.SIGNATORY: {Right.SIGN, Right.JOIN_ROUNDS, Right.LEAVE_ROUNDS},
    Role.ADMIN: HOUSE | {Right.MANAGE_PEOPLE},
}
EVERY_ROLE = frozenset(Role)


def rights(decisions: dict[Right, Decision]) -> set[Right]:
    return {right for right, decision in decisions.items() if decision.allowed}


def test_every_right_stands_in_both_tables() -> None:
    assert set(ROLES_OF_RIGHT) == set(SCOPE_OF_RIGHT) == set(Right)
    assert set(ROLES_OF_NETWORK_RIGHT) == set(NetworkRight)
    assert set().union(*RIGHTS_OF_ROLE.values()) == set(Right)


@pytest.mark.parametrize("role", Role)
def test_a_role_has_its_rights_and_no_others(role: Role) -> None:
    who = principal("north", role)
    assert rights({right: may(who, right, policy()) for right in Right}) == RIGHTS_OF_ROLE[role]


@pytest.mark.parametrize("scope", TokenScope)
def test_a_token_never_gives_more_than_its_scope(scope: TokenScope) -> None:
    who = principal("north", EVERY_ROLE, scopes=frozenset({scope}))
    assert {SCOPE_OF_RIGHT[right] for right in Right if may(who, right, policy()).allowed} <= {scope}
    assert scope is not TokenScope.READ or rights({right: may(who, right, policy()) for right in Right}) == READING


@pytest.mark.parametrize("right", Right)
def test_nobody_has_a_right_on_another_organisations_dataset(right: Right) -> None:
    who = principal("west", EVERY_ROLE)
    decision = may(who, right, policy(visibility=Visibility.NETWORK), discoverable=True)
    assert (decision.allowed, decision.discoverable) == (False, True)
    assert decision.needed.startswith("Only North Line")
    assert not may(who, right, policy(), discoverable=False).discoverable


@pytest.mark.parametrize("state", [one for one in OrganisationState if one is not OrganisationState.ADMITTED])
@pytest.mark.parametrize("right", [one for one in Right if one is not Right.SIGN])
def test_an_organisation_that_is_not_admitted_exercises_no_right_but_to_sign(
    right: Right, state: OrganisationState
) -> None:
    decision = may(principal("north", EVERY_ROLE, state=state), right, policy())
    assert not decision.allowed
    assert state.value in decision.needed


@pytest.mark.parametrize("state", OrganisationState)
def test_a_person_signs_for_an_organisation_in_every_state_and_a_service_never(state: OrganisationState) -> None:
    who = principal("north", Role.SIGNATORY, state=state)
    assert may(who, Right.SIGN, None).allowed
    assert not may(who.model_copy(update={"service": True}), Right.SIGN, None).allowed


def test_who_has_not_accepted_what_taking_part_needs_may_sign_and_close_and_no_more() -> None:
    who = principal("north", EVERY_ROLE)
    allowed = {right for right in Right if may(who, right, policy(), owed=["terms-of-use"]).allowed}
    closing = {Right.SIGN, Right.MANAGE_PEOPLE, Right.WITHDRAW, Right.BLOCK, Right.SEE_ACCESSES}
    closing |= {Right.LEAVE_ROUNDS}
    assert allowed == closing | {Right.SEE_PEOPLE, Right.SPEAK_FOR}
    assert "terms-of-use" in may(who, Right.DESCRIBE, policy(), owed=["terms-of-use"]).needed


@pytest.mark.parametrize("standing", [Standing.OFFICE, Standing.PARTNER])
def test_only_members_create_datasets(standing: Standing) -> None:
    assert may(principal("north"), Right.CREATE, None).allowed
    assert not may(principal("office", standing=standing), Right.CREATE, None).allowed


def test_nothing_of_a_withdrawn_dataset_is_changed_but_who_looked_is_still_seen() -> None:
    gone = policy(state=DatasetState.WITHDRAWN)
    who = principal("north", EVERY_ROLE)
    assert {right for right in Right if may(who, right, gone).allowed} == {Right.SEE_ACCESSES, Right.PREVIEW}


def test_a_refused_right_says_which_role_or_scope_is_needed() -> None:
    by_role = may(principal("north", Role.CONTRIBUTOR), Right.RELEASE, policy())
    assert by_role.needed == "To release needs the role steward; yours: contributor."
    by_scope = may(principal("north", scopes=frozenset({TokenScope.READ})), Right.DESCRIBE, policy())
    assert by_scope.needed == "To describe needs a token with the scope 'upload'."


@pytest.mark.parametrize("right", NetworkRight)
@pytest.mark.parametrize("role", NetworkRole)
def test_a_role_of_the_network_has_its_rights_and_no_others(role: NetworkRole, right: NetworkRight) -> None:
    who = principal("office", frozenset(), network_roles=frozenset({role}))
    assert may_in_network(who, right).allowed is (role in ROLES_OF_NETWORK_RIGHT[right])
    assert not may_in_network(principal("north", EVERY_ROLE), right).allowed
