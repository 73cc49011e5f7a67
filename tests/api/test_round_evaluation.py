"""A closed round is evaluated once from what counts: planted effects are flagged, nothing else, and nothing is lost."""

import hashlib
import math
import re

import pytest

from exchange import roundrobin
from exchange.identify import identify, issue_token
from exchange.rounds import evaluate, results
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict, Denied, ExchangeError
from schemas.round.evaluation import CodedLine, Evaluation
from schemas.round.flags import FINDINGS, Flag
from schemas.round.round import RoundState
from schemas.round.submission import SubmissionState
from schemas.round.uncertainty import KeptUncertainty
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


def test_zeta_and_e_n_are_of_lines_that_state_an_uncertainty_in_the_unit_of_every_cell(services: Services) -> None:
    values = planted(6)
    of = closed_round(services, q(values))
    for cell, value in enumerate(values[0], 1):
        stated = KeptUncertainty(kpi="q-c10", expanded=0.3 * cell, k=3, unit="mA.h/g")
        of.hand_in("line-1", cell, {"q-c10": value}, stated=[stated])
        of.hand_in("line-3", cell, {"q-c10": values[2][cell - 1]}, stated=[stated.model_copy(update={"unit": "A.h"})])
    of.hand_in("line-2", 1, {"q-c10": values[1][0]}, stated=[stated])
    found = evaluated(of)
    scored = {one.code: (one.zeta, one.e_n, one.stated_u) for one in found.kpis[0].lines if one.stated_u is not None}
    u = 0.1 * (1 + 2 + 3 + 4) / 4  # Fully correlated: the mean of u, not less for there being four.
    means = [sum(each) / len(each) for each in values]
    others = roundrobin.algorithm_a(means[1:])
    away = means[0] - others.x
    zeta, e_n = away / math.hypot(u, others.u), away / math.hypot(2 * u, 2 * others.u)
    assert scored == {CODES[0]: (round(zeta, 2), round(e_n, 2), 0.25)}
    [note] = [one for one in found.kpis[0].notes if one.startswith("No ζ and E_n of")]
    assert CODES[1] in note and CODES[0] not in note
    assert {"zeta/1", "E_n/1", "stated-mean/1"} <= set(found.kpis[0].definitions)
    assert found.number == 1 and evaluated(of) == found
    of.hand_in("line-1", 1, {"q-c10": values[0][0]})
    again = evaluated(of)
    assert again.number == 2 and all(one.zeta is None for one in again.kpis[0].lines), "one cell is without"


def test_what_a_channel_errs_by_shrinks_with_channels_in_the_mean_of_a_line(services: Services) -> None:
    values = planted(6)
    of = closed_round(services, q(values))
    for cell, value in enumerate(values[0], 1):
        for line_of, channel in (("line-1", "same"), ("line-2", str(cell))):
            facts = {"kpi": "q-c10", "expanded": 1.0, "unit": "mA.h/g", "of_channel": 0.4, "channel": channel}
            of.hand_in(line_of, cell, {"q-c10": value}, stated=[KeptUncertainty.model_validate(facts)])
    found = evaluated(of)
    assert line(found, CODES[0]).stated_u == 0.5, "0.3 and 0.4 in squares"
    assert line(found, CODES[1]).stated_u == round(math.hypot(0.3, 0.4 / 2), 2)


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
