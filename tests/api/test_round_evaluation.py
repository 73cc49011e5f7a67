"""A closed round is evaluated once from what counts: planted effects are flagged, nothing else, and nothing is lost."""

import hashlib
import re

import pytest

from exchange.identify import identify, issue_token
from exchange.rounds import evaluate, results
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict, Denied, ExchangeError
from schemas.round.evaluation import CodedLine, Evaluation
from schemas.round.flags import FINDINGS, Flag
from schemas.round.round import RoundState
from schemas.round.submission import SubmissionState
from storage import evaluations, participants, rounds
from tests.closed_rounds import CODES, NOW, PLAN, ClosedRound, closed_round, planted, q
from tests.worlds import ALL


def person(services: Services, user: str) -> Principal:
    return identify(services, f"Bearer {issue_token(services, user, 'test', ALL)}")


def evaluated(of: ClosedRound) -> Evaluation:
    return evaluate.evaluate(of.services, person(of.services, "ran"), of.id)


def line(found: Evaluation, code: str, kpi: int = 0) -> CodedLine:
    return next(one for one in found.kpis[kpi].lines if one.code == code)


def findings(found: Evaluation) -> dict[str, set[str]]:
    """The flags that say something of values, by code."""
    flags = {one.code: set(one.flags) & set(FINDINGS) for one in found.kpis[0].lines}
    return {code: each for code, each in flags.items() if each}


def state(of: ClosedRound) -> RoundState:
    with of.services.sessions.read() as session:
        found = rounds.find(session, of.id)
    assert found is not None
    return found.state


def test_planted_effects_are_flagged_and_nothing_else_and_an_evaluation_is_made_once(services: Services) -> None:
    values = planted(8, seed=5)
    values[2] = [one + 6 for one in values[2]]
    values[5] = [150 + 9 * (one - 150) for one in values[5]]
    of = closed_round(services, q(values))
    found = evaluated(of)
    assert findings(found) == {CODES[2]: {Flag.BIASED, Flag.OUTLIER}, CODES[5]: {Flag.EXCESS_SPREAD}}
    assert (state(of), found.number, found.p, found.cells) == (RoundState.EVALUATED, 1, 8, 32)
    assert [one.code for one in found.kpis[0].lines] == sorted(CODES[:8])
    assert evaluated(of) == found, "the same inputs give the same number and the same moment"
    with services.sessions.read() as session:
        kept = evaluations.newest(session, of.id)
        assert kept is not None and results.stored(services, session, of.id) == found
    content = services.objects.get(kept.key)
    assert (hashlib.sha256(content).hexdigest(), content) == (kept.sha256, evaluate.canonical(found))


def test_what_is_open_is_named_by_code_and_cell_and_nothing_is_evaluated(services: Services) -> None:
    of = closed_round(services, q(planted(6)))
    of.hand_in("line-2", 3, {"q-c10": 150.0}, SubmissionState.RECEIVED)
    of.hand_in("line-5", 1, {})
    with pytest.raises(Conflict) as refused:
        evaluated(of)
    assert {(one.value, one.message.split(",")[0]) for one in refused.value.errors} == {
        (f"{CODES[1]}, cell 3", "is received"),
        (f"{CODES[4]}, cell 1", "has no values by the plan in force yet"),
    }
    assert state(of) is RoundState.CLOSED


def test_the_newest_accepted_version_of_a_cell_counts_once_and_what_is_late_stands_apart(services: Services) -> None:
    of = closed_round(services, q(planted(6)))
    of.hand_in("line-1", 1, {"q-c10": 151.23456789})
    of.hand_in("line-1", 1, {"q-c10": 999.0}, SubmissionState.REJECTED)
    of.hand_in("line-3", 2, {"q-c10": 444.4}, late=True)
    with services.sessions.begin() as session:
        participants.withdraw(session, of.id, "line-4", "line-4", NOW, "funding ended")
    found = evaluated(of)
    first = line(found, CODES[0])
    assert first.n == 4 and first.points[0].value == 151.2, "four digits are shown"
    assert [(one.code, one.values) for one in found.late] == [(CODES[2], (444.4,))]
    assert 444.4 not in [point.value for point in line(found, CODES[2]).points]
    assert line(found, CODES[3]).n == 4, "its coded result stays"
    assert found.withdrawn == () and "withdrew after opening: 1" in found.notes[0], "who withdrew is known by name"


def test_of_fewer_than_five_organisations_no_value_stands_in_an_evaluation(services: Services) -> None:
    of = closed_round(services, q(planted(4)))
    found = evaluated(of)
    assert "own results only" in found.kpis[0].refused and found.kpis[0].lines == () == found.late
    assert re.findall(r"1[45]\d\.\d", found.model_dump_json()) == [] and found.kpis[0].all_results.p == 0
    for user in ("ran", "line-1"):
        with pytest.raises(Denied):
            results.newest(services, person(services, user), of.id)


def test_who_runs_the_round_reads_at_once_and_who_takes_part_from_the_draft_report_on(services: Services) -> None:
    of = closed_round(services, q(planted(6)))
    ran, counts, own = (person(services, one) for one in ("ran", "counts", "line-2"))
    with pytest.raises(Conflict, match="not evaluated yet"):
        results.newest(services, counts, of.id)
    with pytest.raises(Denied):
        evaluate.evaluate(services, person(services, "keeps"), of.id)
    found = evaluated(of)
    assert results.newest(services, counts, of.id) == found
    with pytest.raises(Denied):
        results.newest(services, own, of.id)
    of.enter(RoundState.COMMENTING)
    seen = results.shown(services, own, of.id)
    assert (seen.evaluation, seen.own, seen.up_to_date) == (found, (CODES[1],), True)
    of.hand_in("line-3", 1, {"q-c10": 149.0})
    assert not results.shown(services, ran, of.id).up_to_date
    assert evaluated(of).number == 2 and state(of) is RoundState.EVALUATED, "the draft report is taken back"


def test_what_is_published_is_evaluated_again_for_a_correction_alone(services: Services) -> None:
    of = closed_round(services, q(planted(6)))
    first = evaluated(of)
    of.enter(RoundState.PUBLISHED)
    with pytest.raises(Conflict, match="correction"):
        evaluated(of)
    of.amend(PLAN | {"minimum_cells": 3})
    for (line, cell), _ in list(of.submissions.items()):
        of.hand_in(line, cell, {"q-c10": 150.0 + cell}, plan=1)
    again = evaluate.evaluate(services, person(services, "ran"), of.id, correction=True)
    assert (again.number, state(of)) == (2, RoundState.PUBLISHED)
    assert again.plan_sha256 != first.plan_sha256 and again.amendments == ("2026-05-04: A number was wrong",)


@pytest.mark.parametrize("moment", [RoundState.OPEN, RoundState.DRAFT, RoundState.CANCELLED])
def test_a_round_that_is_not_closed_is_not_evaluated(services: Services, moment: RoundState) -> None:
    of = closed_round(services, q(planted(6, 1)), state=moment)
    with pytest.raises(ExchangeError):
        evaluated(of)
