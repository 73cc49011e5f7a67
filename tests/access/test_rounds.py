"""Who reads what of a round, by role and state, and below how many organisations nobody reads anything."""

import pytest

from access.rounds import FEWEST, LINES_OWN, OFFICES, ROLES_OF_ROUND_RIGHT, may, may_read, measures_for_lines
from schemas.round.rights import RoundProduct, RoundRight, RoundSituation, RoundStanding
from schemas.round.round import Identity, RoundRole, RoundState

NOBODY = RoundStanding()
PARTICIPANT = RoundStanding(lines=frozenset({"north-1"}), joined=frozenset({"north-1"}))
INVITED = RoundStanding(lines=frozenset({"north-1"}))
OFFICE = RoundStanding(office=True)
COORDINATOR = RoundStanding(roles=frozenset({RoundRole.COORDINATOR}))
STATISTICIAN = RoundStanding(roles=frozenset({RoundRole.STATISTICIAN}))
CUSTODIAN = RoundStanding(roles=frozenset({RoundRole.CUSTODIAN}))
EVERYBODY = (NOBODY, PARTICIPANT, INVITED, OFFICE, COORDINATOR, STATISTICIAN, CUSTODIAN)
P = RoundProduct


def read(standing: RoundStanding, state: RoundState, organisations: int = FEWEST) -> set[RoundProduct]:
    on = RoundSituation(state=state, organisations=organisations)
    return {one for one in P if may_read(one, standing, on).allowed}


def test_before_closing_everybody_reads_own_results_and_coordinator_and_statistician_the_status() -> None:
    assert read(NOBODY, RoundState.OPEN) == {P.NOTICE}
    assert read(INVITED, RoundState.OPEN) == {P.NOTICE, P.RECORD}
    assert read(OFFICE, RoundState.OPEN) == {P.NOTICE, P.RECORD, P.LINES, P.HISTORY}
    assert read(PARTICIPANT, RoundState.OPEN) == {P.NOTICE, P.RECORD, P.OWN, P.LETTER}
    assert read(STATISTICIAN, RoundState.OPEN) == {P.NOTICE, P.RECORD, P.STATUS, P.HISTORY, P.CHECKS}
    assert read(COORDINATOR, RoundState.OPEN) == {P.NOTICE, P.RECORD, P.STATUS, P.HISTORY, P.LINES, P.CHECKS}
    assert read(CUSTODIAN, RoundState.OPEN) == {P.NOTICE, P.RECORD, P.MAPPING, P.CUSTODY, P.HISTORY, P.LINES, P.CHECKS}


def test_an_unblinded_code_is_for_whom_it_is_shown_to_alone() -> None:
    for standing in EVERYBODY:
        assert P.UNBLINDED not in read(standing, RoundState.OPEN)
    shown = RoundStanding(unblinded=frozenset({"a"}))
    assert read(shown, RoundState.OPEN) == {P.NOTICE, P.UNBLINDED}


def test_after_closing_who_runs_the_round_reads_codes_and_the_others_the_report_once_it_is_made() -> None:
    coded = {P.RESULTS, P.REPORT}
    assert coded <= read(COORDINATOR, RoundState.CLOSED)
    assert P.MAPPING not in read(COORDINATOR, RoundState.PUBLISHED)
    assert not coded & read(PARTICIPANT, RoundState.EVALUATED)
    assert coded <= read(PARTICIPANT, RoundState.COMMENTING)
    for outside in (NOBODY, INVITED, OFFICE, CUSTODIAN):
        assert not coded & read(outside, RoundState.PUBLISHED)
    assert P.SUMMARY not in read(NOBODY, RoundState.COMMENTING)
    assert P.SUMMARY in read(NOBODY, RoundState.PUBLISHED)


def test_whoever_reads_the_audit_reads_nothing_under_codes() -> None:
    for standing in (PARTICIPANT, COORDINATOR):
        auditor = standing.model_copy(update={"auditor": True})
        assert read(standing, RoundState.PUBLISHED) - read(auditor, RoundState.PUBLISHED) == {P.RESULTS, P.REPORT}
        named = RoundSituation(state=RoundState.PUBLISHED, organisations=FEWEST, identity=Identity.OPEN)
        assert may_read(P.RESULTS, auditor, named).allowed


@pytest.mark.parametrize("state", RoundState)
def test_below_five_organisations_nobody_reads_more_than_own_results(state: RoundState) -> None:
    for standing in EVERYBODY:
        assert not {P.RESULTS, P.REPORT, P.SUMMARY} & read(standing, state, FEWEST - 1)


def test_a_draft_is_known_only_to_those_who_have_to_do_with_it() -> None:
    on = RoundSituation(state=RoundState.DRAFT)
    assert not may_read(P.NOTICE, NOBODY, on).discoverable
    assert read(NOBODY, RoundState.DRAFT) == set()
    assert all(P.NOTICE in read(one, RoundState.DRAFT) for one in EVERYBODY[1:])


def test_every_right_is_a_roles_a_lines_or_the_offices() -> None:
    assert {*ROLES_OF_ROUND_RIGHT, *LINES_OWN, *OFFICES} == set(RoundRight)
    assert not may(RoundRight.HAND_IN, COORDINATOR).allowed
    assert not may(RoundRight.CLOSE, PARTICIPANT).allowed
    assert not may(RoundRight.AGREE_AS_OFFICE, CUSTODIAN).allowed
    assert not any(may(one, NOBODY).allowed for one in RoundRight)


def test_a_test_house_hands_in_where_it_tests_for_all_lines_and_does_nothing_else() -> None:
    house = RoundStanding(roles=frozenset({RoundRole.TEST_HOUSE}))
    assert {one for one in RoundRight if may(one, house, one_house=True).allowed} == {RoundRight.HAND_IN}
    assert not any(may(one, house).allowed for one in RoundRight)
    for knowing in (RoundRole.COORDINATOR, RoundRole.STATISTICIAN):
        both = RoundStanding(roles=frozenset({RoundRole.TEST_HOUSE, knowing}))
        assert not may(RoundRight.HAND_IN, both, one_house=True).allowed
    with_a_line = house.model_copy(update={"lines": frozenset({"north-1"})})
    assert not measures_for_lines(with_a_line, one_house=True)
    for state in RoundState:
        assert read(house, state) <= {P.NOTICE, P.RECORD, P.SUMMARY}
