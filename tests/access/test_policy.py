"""The access rule, sentence by sentence."""

from itertools import product

import pytest

from access import policy as rule
from access.exits import LEVEL_OF_EXIT, NAMED, views_of
from access.scopes import scope
from schemas.access import (
    NOBODY,
    Contribution,
    Exit,
    Grantee,
    GranteeKind,
    Level,
    Permit,
    Scope,
    View,
)
from schemas.conditions import AgreementAccepted, Purpose, PurposeStated, Reciprocity, Unknown
from schemas.dataset import DatasetState, Visibility
from schemas.metadata import DatasetKind
from schemas.organisation import NetworkRole, OrganisationState, Role, Standing
from schemas.policy import Policy, Seal
from tests.access.nouns import DAY, NOW, grant, policy, principal

WEST = scope(principal("west"), NOW)
NORTH = scope(principal("north"), NOW)
WORLD = scope(NOBODY, NOW)
OPEN = [level for level in Level if level is not Level.NONE]
BY_WEST = Grantee(kind=GranteeKind.ORGANISATION, id="west")


def opened(about: Policy, within: Scope) -> set[tuple[Level, View]]:
    """Every (level, view) that a caller gets, found by asking for each."""
    return {(level, view) for level, view in product(OPEN, View) if rule.decide(about, within, level, view).allowed}


def up_to(level: Level, view: View = View.FULL) -> set[tuple[Level, View]]:
    return {(one, view) for one in OPEN if one <= level}


# 1. The people of an organisation who read for it reach everything of its own, in every state, in full.


@pytest.mark.parametrize("state", DatasetState)
@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, Role.STEWARD])
def test_an_organisation_reaches_everything_of_its_own(state: DatasetState, visibility: Visibility, role: Role) -> None:
    own = policy(state=state, visibility=visibility, consented=False, embargo_until=NOW + DAY)
    assert opened(own, scope(principal("north", role), NOW)) == up_to(Level.RAW)


@pytest.mark.parametrize("role", [Role.SIGNATORY, Role.ADMIN])
def test_a_signatory_or_an_admin_has_no_data_not_even_of_their_own(role: Role) -> None:
    within = scope(principal("north", role), NOW)
    assert opened(policy(), within) == set()
    assert opened(policy(grant(Level.RAW, grantee="north")), within) == set()
    assert opened(policy(visibility=Visibility.NETWORK), within) == up_to(Level.LISTED)


def test_no_role_of_the_network_carries_a_data_level() -> None:
    office = principal("office", frozenset(), Standing.OFFICE, network_roles=frozenset(NetworkRole))
    assert opened(policy(), scope(office, NOW)) == set()
    assert opened(policy(visibility=Visibility.NETWORK), scope(office, NOW)) == up_to(Level.LISTED)


# 2. While a round is sealed, what holds a submission's bytes or cell is closed to all but owner and parties.


def test_a_seal_closes_whatever_was_given_but_to_owner_and_parties() -> None:
    seal = Seal(round="rr1", parties=frozenset({"north", "testhouse"}))
    given = [grant(Level.RAW, one) for one in ("west", "testhouse")]
    shut = policy(*given, visibility=Visibility.WORLD, seals=(seal,))
    assert opened(shut, WEST) == opened(shut, WORLD) == set()
    assert opened(shut, NORTH) == up_to(Level.RAW)
    assert opened(shut, scope(principal("testhouse"), NOW)) == up_to(Level.RAW)
    assert opened(policy(grant(Level.RAW, "south"), owner="west", seals=(seal,)), WEST) == up_to(Level.RAW)


def test_nothing_breaks_a_seal() -> None:
    glass = grant(Level.RAW, "west-somebody", GranteeKind.USER, break_glass=True)
    assert opened(policy(glass, seals=(Seal(round="rr1", parties=frozenset({"north"})),)), WEST) == set()


# 3. Emergency access opens a dataset to one person until it ends.


@pytest.mark.parametrize("state", DatasetState)
def test_emergency_access_opens_any_state_to_one_person(state: DatasetState) -> None:
    glass = grant(Level.RAW, "west-somebody", GranteeKind.USER, break_glass=True, expires_at=NOW + DAY)
    about = policy(glass, state=state, blocks=frozenset({BY_WEST}), consented=False)
    assert opened(about, WEST) == up_to(Level.RAW)
    assert opened(about, scope(principal("south"), NOW)) == set()
    assert opened(about, scope(principal("west"), NOW + DAY)) == set()


# 4. Whom the owner has blocked gets nothing, whatever else was given.


@pytest.mark.parametrize("block", [BY_WEST, Grantee(kind=GranteeKind.USER, id="west-somebody")])
def test_a_block_wins_over_everything_that_was_given(block: Grantee) -> None:
    about = policy(grant(Level.RAW), visibility=Visibility.WORLD, blocks=frozenset({block}))
    assert opened(about, WEST) == set()
    assert not rule.decide(about, WEST, Level.LISTED).discoverable
    assert opened(about, scope(principal("south"), NOW)) == opened(about, WORLD) == up_to(Level.LISTED)


# 5. A draft is reached by nobody else; nor is anything before third parties have consented.


@pytest.mark.parametrize("visibility", Visibility)
@pytest.mark.parametrize("level", OPEN)
def test_a_draft_is_hidden_from_others_whatever_was_granted(visibility: Visibility, level: Level) -> None:
    draft = policy(grant(level), state=DatasetState.DRAFT, visibility=visibility)
    assert opened(draft, WEST) == set()
    assert not rule.decide(draft, WEST, Level.LISTED).discoverable


def test_nothing_is_open_while_a_third_party_has_not_consented() -> None:
    assert opened(policy(grant(Level.RAW), visibility=Visibility.WORLD, consented=False), WEST) == set()


# 6. A released dataset is listed to those its owner shows it to.


def test_a_dataset_shown_to_the_network_is_listed_for_everybody_signed_in_and_no_more() -> None:
    shown = policy(visibility=Visibility.NETWORK)
    assert opened(shown, WEST) == up_to(Level.LISTED)
    assert opened(shown, WORLD) == set()
    for state in (OrganisationState.APPLIED, OrganisationState.SUSPENDED, OrganisationState.LEFT):
        assert opened(shown, scope(principal("west", state=state), NOW)) == set()


def test_a_dataset_shown_to_the_world_is_listed_for_everybody() -> None:
    shown = policy(visibility=Visibility.WORLD)
    assert opened(shown, WORLD) == opened(shown, WEST) == up_to(Level.LISTED)


def test_a_dataset_kept_to_its_organisation_is_unknown_to_others() -> None:
    assert opened(policy(), WEST) == set()


# 7. A grant gives its grantee its level in its view from its beginning to its end.


@pytest.mark.parametrize("level", OPEN)
def test_a_grant_opens_its_level_and_all_below(level: Level) -> None:
    assert opened(policy(grant(level)), WEST) == up_to(level)


@pytest.mark.parametrize("level", OPEN)
@pytest.mark.parametrize("view", [View.BLINDED, View.AGGREGATE])
def test_a_blinded_or_aggregate_view_comes_without_the_record_and_without_raw_files(level: Level, view: View) -> None:
    assert opened(policy(grant(level, view=view)), WEST) == up_to(min(level, Level.TABLES), view)


@pytest.mark.parametrize("level", OPEN)
def test_chosen_columns_come_with_the_record(level: Level) -> None:
    given = grant(level, view=View.COLUMNS, columns=("voltage_volt",))
    most = up_to(min(level, Level.TABLES), View.COLUMNS) | up_to(min(level, Level.METADATA))
    assert opened(policy(given), WEST) == most
    named = {one.columns for one in rule.permits(policy(given), WEST) if one.view is View.COLUMNS}
    assert named == {frozenset({"voltage_volt"})}


def test_a_grant_of_no_level_opens_nothing() -> None:
    assert opened(policy(grant(Level.NONE)), WEST) == set()


def test_a_grant_speaks_to_its_grantee_alone() -> None:
    assert opened(policy(grant(Level.RAW, grantee="south")), WEST) == set()
    assert opened(policy(grant(Level.RAW, grantee="west", kind=GranteeKind.GROUP)), WEST) == set()


def test_a_grant_to_a_group_reaches_whoever_is_in_it() -> None:
    within = scope(principal("west", groups=frozenset({"eg5"})), NOW)
    assert opened(policy(grant(Level.TABLES, "eg5", GranteeKind.GROUP)), within) == up_to(Level.TABLES)


def test_a_grant_to_a_person_the_network_or_everybody_reaches_exactly_those() -> None:
    mate = principal("west").model_copy(update={"user": "west-mate"})
    to_person = policy(grant(Level.RAW, "west-somebody", GranteeKind.USER))
    assert (opened(to_person, WEST), opened(to_person, scope(mate, NOW))) == (up_to(Level.RAW), set())
    to_network = policy(grant(Level.TABLES, "", GranteeKind.NETWORK))
    assert (opened(to_network, WEST), opened(to_network, WORLD)) == (up_to(Level.TABLES), set())
    assert opened(policy(grant(Level.RAW, "", GranteeKind.EVERYBODY)), WORLD) == up_to(Level.RAW)


def test_a_grant_holds_from_its_beginning_to_its_end_to_the_moment() -> None:
    assert opened(policy(grant(Level.RAW, starts_at=NOW, expires_at=NOW + DAY)), WEST) == up_to(Level.RAW)
    assert opened(policy(grant(Level.RAW, starts_at=NOW + DAY)), WEST) == set()
    assert opened(policy(grant(Level.RAW, expires_at=NOW)), WEST) == set()


def test_a_revoked_grant_opens_nothing_even_before_its_end() -> None:
    assert opened(policy(grant(Level.RAW, expires_at=NOW + DAY, revoked_at=NOW)), WEST) == set()


def test_a_grant_waits_for_the_agreement_that_it_rests_on() -> None:
    about = policy(grant(Level.RAW, conditions=(AgreementAccepted(agreement="dea"),)))
    assert opened(about, WEST) == set()
    assert not rule.decide(about, WEST, Level.LISTED).discoverable
    assert opened(about, scope(principal("west"), NOW, accepted={"dea"})) == up_to(Level.RAW)


def test_reciprocity_is_met_while_enough_of_the_kind_was_given_to_the_collection() -> None:
    condition = Reciprocity(collection="rr1", kind=DatasetKind.CELL_TEST, count=3)
    about = policy(grant(Level.TABLES, conditions=(condition,)))
    for kind, count, most in (("cell-test", 3, up_to(Level.TABLES)), ("cell-test", 2, set()), ("material", 9, set())):
        given = {Contribution(collection="rr1", kind=kind, count=count)}
        assert opened(about, scope(principal("west"), NOW, contributed=given)) == most


def test_an_unknown_condition_is_never_met() -> None:
    assert opened(policy(grant(Level.RAW, conditions=(Unknown(found="{}"),))), WEST) == set()


# 8. Use for a purpose opens more than the record only to whoever states one.


def test_more_than_the_record_opens_to_whoever_states_a_purpose_of_the_grant() -> None:
    about = policy(grant(Level.RAW, conditions=(PurposeStated(purposes=(Purpose.RESEARCH,)),)))
    assert opened(about, WEST) == up_to(Level.METADATA)
    for purpose, most in ((Purpose.RESEARCH, Level.RAW), (Purpose.COMMERCIAL, Level.METADATA)):
        assert opened(about, scope(principal("west", purpose=purpose), NOW)) == up_to(most)
    assert "State the purpose research" in rule.decide(about, WEST, Level.RAW).needed


# 9. Before an embargo ends nobody else gets more than the record, but by grants that are valid during it. After its
#    end a grant that was given before opens more only if the owner has confirmed it for that end.


def test_an_embargo_caps_at_the_record_until_its_moment() -> None:
    for until, most in ((NOW + DAY, Level.METADATA), (NOW, Level.RAW)):
        confirmed = grant(Level.RAW, confirmed_for=until)
        assert opened(policy(confirmed, embargo_until=until), WEST) == up_to(most)
    early = grant(Level.RAW, during_embargo=True)
    assert opened(policy(early, embargo_until=NOW + DAY), WEST) == up_to(Level.RAW)


def test_nothing_opens_by_itself_when_an_embargo_ends() -> None:
    given_before = policy(grant(Level.RAW), embargo_until=NOW)
    assert opened(given_before, WEST) == up_to(Level.METADATA)
    assert "has not yet confirmed your grant" in rule.decide(given_before, WEST, Level.RAW).needed
    given_after = grant(Level.RAW).model_copy(update={"created_at": NOW})
    assert opened(policy(given_after, embargo_until=NOW), WEST) == up_to(Level.RAW)


def test_a_confirmation_speaks_of_the_end_that_was_confirmed_and_of_no_later_one() -> None:
    confirmed = grant(Level.RAW, confirmed_for=NOW - DAY)
    assert opened(policy(confirmed, embargo_until=NOW - DAY), WEST) == up_to(Level.RAW)
    assert opened(policy(confirmed, embargo_until=NOW), WEST) == up_to(Level.METADATA)


# 10. A withdrawn dataset keeps its entry.


def test_a_withdrawn_dataset_keeps_only_its_entry() -> None:
    gone = policy(grant(Level.RAW), state=DatasetState.WITHDRAWN, visibility=Visibility.NETWORK)
    assert opened(gone, WEST) == up_to(Level.LISTED)
    decision = rule.decide(gone, WEST, Level.TABLES)
    assert (decision.allowed, decision.discoverable) == (False, True)
    assert decision.needed == "This dataset was withdrawn by North Line; only its entry remains."


def test_a_withdrawn_dataset_stays_unknown_to_those_who_never_saw_it() -> None:
    assert opened(policy(state=DatasetState.WITHDRAWN), WEST) == set()
    assert opened(policy(grant(Level.RAW), state=DatasetState.WITHDRAWN), WEST) == up_to(Level.LISTED)
    assert opened(policy(grant(Level.RAW, revoked_at=NOW), state=DatasetState.WITHDRAWN), WEST) == set()


# 11. Grants add up; what no rule opens is closed; whoever may not know is told that it does not exist.


def test_grants_add_up_and_views_stay_apart() -> None:
    both = (grant(Level.METADATA), grant(Level.TABLES, view=View.BLINDED))
    assert opened(policy(*both), WEST) == up_to(Level.METADATA) | up_to(Level.TABLES, View.BLINDED)


@pytest.mark.parametrize("view", [View.FULL, View.COLUMNS])
def test_nobody_holds_the_values_under_the_datasets_id_and_a_blinded_view_of_it(view: View) -> None:
    both = (grant(Level.SUMMARY, view=view), grant(Level.TABLES, view=View.BLINDED))
    assert opened(policy(*both), WEST) == opened(policy(both[0]), WEST)


def test_an_unknown_dataset_and_a_hidden_one_are_refused_alike() -> None:
    decision = rule.decide(policy(), WEST, Level.LISTED)
    assert (decision.allowed, decision.discoverable, decision.needed) == (False, False, "")


def test_whoever_holds_less_is_told_whom_to_ask_for_what() -> None:
    decision = rule.decide(policy(grant(Level.SUMMARY)), WEST, Level.RAW)
    assert (decision.allowed, decision.discoverable) == (False, True)
    assert "level 'summary'" in decision.needed
    assert "needs 'raw' in the full view" in decision.needed
    assert "Ask North Line" in decision.needed


def test_whoever_holds_a_blinded_view_alone_is_not_told_whose_it_is() -> None:
    on = policy(grant(Level.SUMMARY, view=View.BLINDED))
    decision = rule.decide(on, WEST, Level.TABLES, View.BLINDED)
    assert decision.discoverable and decision.permits
    assert "North" not in decision.needed
    # Under its id there is no such dataset: to know that there is one would tell whose the code is.
    assert rule.decide(on, WEST, Level.RAW) == rule.decide(policy(), WEST, Level.RAW)


def test_exits_that_tell_whose_data_they_are_have_no_view_without_the_id() -> None:
    unnamed = {exit for exit in Exit if views_of(exit) - NAMED}
    assert unnamed == {Exit.SUMMARY, Exit.TABLE, Exit.SERIES, Exit.CODED, Exit.AGGREGATE}


@pytest.mark.parametrize("view", [View.BLINDED, View.AGGREGATE])
def test_an_answer_under_the_id_is_the_same_whether_or_not_it_is_open_without_one(view: View) -> None:
    shown = policy(visibility=Visibility.NETWORK)
    also = policy(grant(Level.TABLES, view=view), visibility=Visibility.NETWORK)
    for asked in (Level.LISTED, Level.METADATA, Level.TABLES):
        assert rule.decide(also, WEST, asked) == rule.decide(shown, WEST, asked)


def test_a_refusal_names_the_other_view_that_is_open() -> None:
    decision = rule.decide(policy(grant(Level.TABLES, view=View.COLUMNS)), WEST, Level.TABLES)
    assert not decision.allowed and "view=columns" in decision.needed


def test_permits_of_the_owner_are_one_permit_for_everything() -> None:
    own = policy(grant(Level.LISTED, grantee="north"))
    assert rule.permits(own, NORTH) == {Permit(level=Level.RAW, confidential=True)}


def test_a_suspended_organisation_reads_its_own_alone_and_one_that_left_nothing() -> None:
    given = policy(grant(Level.RAW, "west"))
    for state, own in ((OrganisationState.SUSPENDED, up_to(Level.RAW)), (OrganisationState.LEFT, set())):
        assert opened(given, scope(principal("west", state=state), NOW)) == set()
        assert opened(policy(), scope(principal("north", state=state), NOW)) == own


def test_every_exit_has_a_level_and_none_is_open_without_one() -> None:
    assert set(LEVEL_OF_EXIT) == set(Exit)
    assert Level.NONE not in LEVEL_OF_EXIT.values()
