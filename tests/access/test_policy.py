"""The access rule, sentence by sentence: each of its six rules, and who may exercise which right."""

from itertools import product

import pytest

from access import policy
from schemas.access import Decision, Exit, Grant, GranteeKind, Level, Permit, Right, Scope, TokenScope, View
from schemas.dataset import Dataset, DatasetState, Visibility
from schemas.organisation import Role, Standing
from tests.access.nouns import DAY, NOW, dataset, grant, principal

WEST = policy.scope(principal("west"), NOW)
NORTH = policy.scope(principal("north"), NOW)
OPEN = [level for level in Level if level is not Level.NONE]


def opened(about: Dataset, grants: list[Grant], within: Scope) -> set[tuple[Level, View]]:
    """Every (level, view) that a caller gets, found by asking for each."""
    asked = product(OPEN, View)
    return {(level, view) for level, view in asked if policy.decide(about, grants, within, level, view).allowed}


def up_to(level: Level, view: View = View.FULL) -> set[tuple[Level, View]]:
    return {(one, view) for one in OPEN if one <= level}


# 1. An organisation reaches everything of its own datasets, in every state, full view.


@pytest.mark.parametrize("state", DatasetState)
@pytest.mark.parametrize("visibility", Visibility)
def test_an_organisation_reaches_everything_of_its_own(state: DatasetState, visibility: Visibility) -> None:
    assert opened(dataset(state, visibility), [], NORTH) == up_to(Level.RAW)


def test_the_role_does_not_narrow_what_an_organisation_reads_of_its_own() -> None:
    for role in Role:
        within = policy.scope(principal("north", role), NOW)
        assert opened(dataset(), [], within) == up_to(Level.RAW)


# 2. A draft is reached by nobody else.


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("level", OPEN)
def test_a_draft_is_hidden_from_others_whatever_was_granted(visibility: Visibility, level: Level) -> None:
    draft = dataset(DatasetState.DRAFT, visibility)
    assert opened(draft, [grant(level)], WEST) == set()
    assert not policy.decide(draft, [grant(level)], WEST, Level.LISTED).discoverable


# 3. A released dataset that is shown to the network is listed for everybody signed in.


def test_a_dataset_shown_to_the_network_is_listed_for_everybody_and_no_more() -> None:
    assert opened(dataset(visibility=Visibility.NETWORK), [], WEST) == up_to(Level.LISTED)


def test_a_dataset_kept_to_its_organisation_is_unknown_to_others() -> None:
    assert opened(dataset(visibility=Visibility.ORGANISATION), [], WEST) == set()


def test_a_partner_or_the_office_sees_the_network_like_any_member() -> None:
    for standing in Standing:
        within = policy.scope(principal("somebody", standing=standing), NOW)
        assert opened(dataset(visibility=Visibility.NETWORK), [], within) == up_to(Level.LISTED)
        assert opened(dataset(visibility=Visibility.ORGANISATION), [], within) == set()


# 4. A grant gives its grantee its level in its view, while neither revoked nor ended and the dataset is released.


@pytest.mark.parametrize("level", OPEN)
@pytest.mark.parametrize("view", View)
def test_a_grant_opens_its_level_and_all_below_in_its_view_alone(level: Level, view: View) -> None:
    assert opened(dataset(), [grant(level, view=view)], WEST) == up_to(level, view)


def test_a_grant_of_no_level_opens_nothing() -> None:
    assert opened(dataset(), [grant(Level.NONE)], WEST) == set()


def test_a_grant_speaks_to_its_grantee_alone() -> None:
    assert opened(dataset(), [grant(Level.RAW, grantee="south")], WEST) == set()


def test_a_grant_to_a_group_reaches_its_organisations() -> None:
    within = policy.scope(principal("west", groups=frozenset({"eg5"})), NOW)
    to_group = grant(Level.TABLES, grantee="eg5", kind=GranteeKind.GROUP)
    assert opened(dataset(), [to_group], within) == up_to(Level.TABLES)
    assert opened(dataset(), [to_group], WEST) == set()


def test_a_group_that_is_named_like_an_organisation_is_not_that_organisation() -> None:
    assert opened(dataset(), [grant(Level.RAW, grantee="west", kind=GranteeKind.GROUP)], WEST) == set()


def test_a_grant_on_another_dataset_opens_nothing_here() -> None:
    elsewhere = grant(Level.RAW).model_copy(update={"dataset": "PLX-1111-1111"})
    assert opened(dataset(), [elsewhere], WEST) == set()


def test_a_grant_ends_at_its_end_to_the_moment() -> None:
    assert opened(dataset(), [grant(Level.RAW, expires_at=NOW + DAY)], WEST) == up_to(Level.RAW)
    assert opened(dataset(), [grant(Level.RAW, expires_at=NOW)], WEST) == set()


def test_a_revoked_grant_opens_nothing_even_before_its_end() -> None:
    assert opened(dataset(), [grant(Level.RAW, expires_at=NOW + DAY, revoked_at=NOW)], WEST) == set()


def test_grants_add_up_and_views_stay_apart() -> None:
    both = [grant(Level.SUMMARY), grant(Level.TABLES, view=View.BLINDED)]
    assert opened(dataset(), both, WEST) == up_to(Level.SUMMARY) | up_to(Level.TABLES, View.BLINDED)


# 5. A withdrawn dataset stays listed for those who could see that it exists; nothing more of it is open to others.


def test_a_withdrawn_dataset_keeps_only_its_entry() -> None:
    gone = dataset(DatasetState.WITHDRAWN, Visibility.NETWORK)
    assert opened(gone, [grant(Level.RAW)], WEST) == up_to(Level.LISTED)


def test_a_withdrawn_dataset_stays_unknown_to_those_who_never_saw_it() -> None:
    gone = dataset(DatasetState.WITHDRAWN, Visibility.ORGANISATION)
    assert opened(gone, [], WEST) == set()
    assert opened(gone, [grant(Level.RAW)], WEST) == up_to(Level.LISTED)
    assert opened(gone, [grant(Level.RAW, revoked_at=NOW)], WEST) == set()


def test_a_refusal_on_a_withdrawn_dataset_says_that_it_was_withdrawn() -> None:
    gone = dataset(DatasetState.WITHDRAWN, Visibility.NETWORK)
    decision = policy.decide(gone, [grant(Level.RAW)], WEST, Level.TABLES)
    assert (decision.allowed, decision.discoverable) == (False, True)
    assert decision.needed == "This dataset was withdrawn by North Line; only its entry remains."


# 6. What no rule opens is closed. Whoever may not know that a dataset exists is told that it does not.


def test_an_unknown_dataset_and_a_hidden_one_are_refused_alike() -> None:
    decision = policy.decide(dataset(), [], WEST, Level.LISTED)
    assert (decision.allowed, decision.discoverable, decision.needed) == (False, False, "")


def test_whoever_holds_less_is_told_whom_to_ask_for_what() -> None:
    decision = policy.decide(dataset(), [grant(Level.SUMMARY)], WEST, Level.RAW)
    assert (decision.allowed, decision.discoverable) == (False, True)
    assert "level 'summary'" in decision.needed
    assert "needs 'raw' in the full view" in decision.needed
    assert "Ask North Line" in decision.needed


def test_a_permit_in_any_view_makes_a_dataset_known() -> None:
    assert policy.decide(dataset(), [grant(Level.SUMMARY, view=View.BLINDED)], WEST, Level.RAW).discoverable


def test_every_exit_has_a_level_and_none_is_open_without_one() -> None:
    assert set(policy.LEVEL_OF_EXIT) == set(Exit)
    assert Level.NONE not in policy.LEVEL_OF_EXIT.values()
    assert policy.LEVEL_OF_EXIT == {
        Exit.LIST: Level.LISTED,
        Exit.DETAIL: Level.LISTED,
        Exit.SUMMARY: Level.SUMMARY,
        Exit.COMPARE: Level.SUMMARY,
        Exit.PRODUCTION: Level.METADATA,
        Exit.REPORT: Level.TABLES,
        Exit.TABLE: Level.TABLES,
        Exit.SERIES: Level.TABLES,
        Exit.FILES: Level.TABLES,
        Exit.RAW: Level.RAW,
    }


# Rights: by role, by token, by standing, and on one's own datasets alone.

WRITING = {Right.CREATE, Right.ADD_FILES, Right.DESCRIBE, Right.RETRY, Right.ACCEPT}
SHARING = {Right.RELEASE, Right.GRANT, Right.WITHDRAW}
RIGHTS_OF_ROLE = {
    Role.VIEWER: set[Right](),
    Role.CONTRIBUTOR: WRITING,
    Role.STEWARD: WRITING | SHARING,
    Role.ADMIN: set[Right](),
}
RIGHTS_OF_SCOPE = {TokenScope.READ: set[Right](), TokenScope.UPLOAD: WRITING, TokenScope.MANAGE: SHARING}


def rights(decisions: dict[Right, Decision]) -> set[Right]:
    return {right for right, decision in decisions.items() if decision.allowed}


def test_every_right_stands_in_both_tables() -> None:
    assert set(policy.ROLES_OF_RIGHT) == set(policy.SCOPE_OF_RIGHT) == set(Right)
    assert set(Right) == WRITING | SHARING


@pytest.mark.parametrize("role", Role)
def test_a_role_has_its_rights_and_no_others(role: Role) -> None:
    who = principal("north", role)
    assert rights({right: policy.may(who, right, dataset()) for right in Right}) == RIGHTS_OF_ROLE[role]


@pytest.mark.parametrize("scope", TokenScope)
def test_a_token_never_gives_more_than_its_scope(scope: TokenScope) -> None:
    who = principal("north", Role.STEWARD, scopes=frozenset({scope}))
    assert rights({right: policy.may(who, right, dataset()) for right in Right}) == RIGHTS_OF_SCOPE[scope]


@pytest.mark.parametrize("right", Right)
def test_nobody_has_a_right_on_another_organisations_dataset(right: Right) -> None:
    decision = policy.may(principal("west"), right, dataset(visibility=Visibility.NETWORK), discoverable=True)
    assert (decision.allowed, decision.discoverable) == (False, True)
    assert decision.needed.startswith("Only North Line")
    assert not policy.may(principal("west"), right, dataset(), discoverable=False).discoverable


@pytest.mark.parametrize("standing", [Standing.OFFICE, Standing.PARTNER])
def test_only_members_create_datasets(standing: Standing) -> None:
    assert policy.may(principal("north"), Right.CREATE, None).allowed
    assert not policy.may(principal("office", standing=standing), Right.CREATE, None).allowed


def test_a_refused_right_says_which_role_or_scope_is_needed() -> None:
    by_role = policy.may(principal("north", Role.CONTRIBUTOR), Right.RELEASE, dataset())
    assert by_role.needed == "To release needs the role steward; yours is contributor."
    by_scope = policy.may(principal("north", scopes=frozenset({TokenScope.READ})), Right.DESCRIBE, dataset())
    assert by_scope.needed == "To describe needs a token with the scope 'upload'."


# The scope: what of a principal counts for reading.


def test_a_scope_speaks_for_the_organisation_and_its_groups_and_not_for_the_role() -> None:
    scopes = {policy.scope(principal("west", role, groups=frozenset({"eg5"})), NOW) for role in Role}
    assert len(scopes) == 1
    (only,) = scopes
    assert {(one.kind, one.id) for one in only.grantees} == {
        (GranteeKind.ORGANISATION, "west"),
        (GranteeKind.GROUP, "eg5"),
    }


def test_permits_of_the_owner_are_one_permit_for_everything() -> None:
    assert policy.permits(dataset(), [grant(Level.LISTED, grantee="north")], NORTH) == {Permit(level=Level.RAW)}
