"""Who reads what of an evaluated round, what is left out and ended, and what a line reads of itself."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from exchange.reporting.html import html
from exchange.reporting.private import letter
from exchange.rounds.letter import gathered
from exchange.services import Services
from schemas.round.evaluation import Evaluation
from schemas.round.report import Edition, Stage
from schemas.round.round import RoundState
from storage import rounds
from tests.closed_rounds import CODES, PLAN, ClosedRound, closed_round, planted, q
from tests.desk import Desk, desk

REASON = {"reason": "The cell was tested at 35 °C, as its line has said."}


@pytest.fixture
def at(services: Services) -> Iterator[Desk]:
    """Nobody is there but the people of the round."""
    with desk(services) as opened:
        yield opened


def an_evaluated_round(at: Desk, lines: int = 6) -> ClosedRound:
    of = closed_round(at.services, q(planted(lines, seed=5)))
    at.done("ran", "POST", f"/rounds/{of.id}/evaluation")
    return of


def test_everybody_reads_what_is_theirs_and_the_world_the_summary_alone(at: Desk) -> None:
    of = an_evaluated_round(at)
    base = f"/rounds/{of.id}"
    readers = ("", "keeps", "line-7", "line-2", "counts", "ran")

    def answers(path: str) -> list[int]:
        return [at.ask(user, "GET", f"{base}{path}").status_code for user in readers]

    assert answers("/results") == [401, 403, 403, 403, 200, 200]
    assert answers("/summary") == [403] * 6
    assert answers("/lines/line-2/results") == [401, 403, 403, 200, 403, 403]
    assert answers("/exclusions") == [401, 403, 403, 403, 200, 200]
    with at.services.sessions.read() as session:
        refused = session.scalar(text("SELECT count(*) FROM plx_audit WHERE NOT allowed"))
    before = at.done("line-2", "GET", f"{base}/lines/line-2/results")
    with at.services.sessions.read() as session:
        assert session.scalar(text("SELECT count(*) FROM plx_audit WHERE NOT allowed")) == refused
    assert before["lines"] == [] and "draft report is not made" in before["why"]
    assert [len(f"{one['values'][0]['value']:.10g}") > 6 for one in before["own"]["cells"]] == [True] * 4
    of.enter(RoundState.COMMENTING)
    assert answers("/results") == [401, 403, 403, 200, 200, 200]
    seen = at.done("line-2", "GET", f"{base}/results")
    assert seen["own"] == [CODES[1]] and at.done("counts", "GET", f"{base}/results")["own"] == []
    after = at.done("line-2", "GET", f"{base}/lines/line-2/results")
    assert [one["line"]["code"] for one in after["lines"]] == [CODES[1]]
    of.enter(RoundState.PUBLISHED)
    assert answers("/summary") == [200] * 6
    told = at.done("", "GET", f"{base}/summary")
    assert (told["p"], told["kpis"][0]["p"], told["kpis"][0]["results"]) == (6, 6, 24)
    assert set(told["kpis"][0]) == {
        *("kpi", "label", "unit", "digits", "definition", "p", "results", "consensus", "u", "s_r", "s_R"),
        *("s_line", "s_batch", "s_cell"),
    }


def test_with_four_organisations_left_everybody_reads_own_results_only(at: Desk) -> None:
    of = closed_round(at.services, q(planted(4)))
    for state in (RoundState.CLOSED, RoundState.COMMENTING, RoundState.PUBLISHED):
        of.enter(state)
        for user in ("ran", "line-2", ""):
            for path in ("results", "summary", "exclusions"):
                assert at.ask(user, "GET", f"/rounds/{of.id}/{path}").status_code in (401, 403)
    of.enter(RoundState.CLOSED)
    assert at.done("ran", "POST", f"/rounds/{of.id}/evaluation")["kpis"][0]["lines"] == []
    own = at.done("line-2", "GET", f"/rounds/{of.id}/lines/line-2/results")
    assert own["lines"] == [] and len(own["own"]["cells"]) == 4 and "own results only" in own["why"]


def test_what_is_left_out_is_told_with_its_reason_and_shown_with_and_without(at: Desk) -> None:
    values = planted(6, seed=5)
    values[3][1] += 9
    of = closed_round(at.services, q(values))
    base = f"/rounds/{of.id}"
    first = at.done("counts", "POST", f"{base}/evaluation")
    assert first["kpis"][0]["kept_results"] is None and first["kpis"][0]["with_left_out"] is None
    of.enter(RoundState.COMMENTING)
    wanted = {"kpi": "q-c10", "code": CODES[3], "cell": 2} | REASON
    made = at.done("counts", "POST", f"{base}/exclusions", wanted)
    assert (made["code"], made["cell"], made["by"]) == (CODES[3], 2, "who runs the round")
    assert at.ask("ran", "POST", f"{base}/exclusions", wanted).status_code == 409
    assert at.ask("line-4", "POST", f"{base}/exclusions", wanted).status_code == 403
    assert at.ask("line-2", "GET", f"{base}/results").status_code == 403, "the draft report is taken back"
    assert not at.done("ran", "GET", f"{base}/results")["up_to_date"]

    second = at.done("ran", "POST", f"{base}/evaluation")
    kpi = second["kpis"][0]
    assert (second["number"], kpi["left_out"][0]["reason"]) == (2, REASON["reason"])
    assert kpi["kept_results"]["results"] == 23 and kpi["all_results"]["results"] == 24
    assert kpi["kept_results"]["s_r"]["value"] < kpi["all_results"]["s_r"]["value"]
    line = next(one for one in kpi["lines"] if one["code"] == CODES[3])
    assert [one["excluded"] for one in line["points"]] == [False, True, False, False]
    assert line["n"] == 3 and "results left out" in line["flags"]
    assert kpi["with_left_out"]["lines"] == first["kpis"][0]["lines"]

    at.done("ran", "POST", f"{base}/exclusions/{made['id']}/end")
    assert at.ask("ran", "POST", f"{base}/exclusions/{made['id']}/end").status_code == 409
    third = at.done("ran", "POST", f"{base}/evaluation")
    assert (third["number"], third["kpis"]) == (3, first["kpis"])
    history = at.done("ran", "GET", f"{base}/exclusions")
    assert [(one["reason"], bool(one["ended_at"])) for one in history] == [(REASON["reason"], True)]
    told = [one["what"] for one in at.done("ran", "GET", f"{base}/history")]
    assert {"results left out of q-c10", "results of q-c10 count again"} <= set(told)
    assert not any(code in str(told) for code in CODES)


def test_only_what_counts_can_be_left_out_and_every_problem_is_named(at: Desk) -> None:
    of = an_evaluated_round(at)
    wanted = {"kpi": "q-c5", "code": CODES[3], "cell": 9} | REASON
    errors = at.ask("ran", "POST", f"/rounds/{of.id}/exclusions", wanted).json()["errors"]
    assert [(one["pointer"], one["value"]) for one in errors] == [("/kpi", "q-c5"), ("/cell", "9")]
    unknown = {"kpi": "q-c10", "code": "ZZ"} | REASON
    assert at.ask("ran", "POST", f"/rounds/{of.id}/exclusions", unknown).json()["errors"][0]["pointer"] == "/code"
    of.enter(RoundState.PUBLISHED)
    right = {"kpi": "q-c10", "code": CODES[0]} | REASON
    assert at.ask("ran", "POST", f"/rounds/{of.id}/exclusions", right).status_code == 409
    at.done("ran", "POST", f"/rounds/{of.id}/exclusions?correction=true", right)
    assert at.done("line-2", "GET", f"/rounds/{of.id}/results")["evaluation"]["number"] == 1


def test_a_line_reads_its_own_scores_of_earlier_rounds_of_what_is_measured_in_the_same_way(at: Desk) -> None:
    same = {"kpis": [PLAN["kpis"][0] | {"sigma_pt": 2.0}]}
    same["kpis"][0]["kpi"] = same["kpis"][0]["kpi"] | {"id": "q-tenth", "label": "Capacity"}
    other = {"kpis": [PLAN["kpis"][0] | {"kpi": PLAN["kpis"][0]["kpi"] | {"cycle": 7}}]}
    low = [[value - 5.0 for value in line] if at == 2 else line for at, line in enumerate(planted(6, seed=1))]
    told = [
        closed_round(at.services, [{"q-tenth": one} for one in low], same, "rr-2024", codes=CODES[6:]),
        closed_round(at.services, q(planted(6, seed=4)), other, "rr-2025"),
        closed_round(at.services, q(low), id="rr-2026"),
    ]
    for round in told:
        round.enter(RoundState.CLOSED)
        at.done("ran", "POST", f"/rounds/{round.id}/evaluation")
        at.clock.wait(days=300)
    path = "/rounds/rr-2026/lines/line-3/results"
    assert at.done("line-3", "GET", path)["own"]["earlier"] == [], "it was not published"
    for round in told[:2]:
        round.enter(RoundState.PUBLISHED)
    # By the definition, not by the name: the seventh cycle of 2025 has the same id, and is something else.
    [earlier] = at.done("line-3", "GET", path)["own"]["earlier"]
    of_first = at.done("line-3", "GET", "/rounds/rr-2024/lines/line-3/results")["lines"][0]["line"]
    assert (earlier["round"], earlier["kpi"], earlier["sigma_pt"]) == ("rr-2024", "q-c10", 2.0)
    assert [earlier[name] for name in ("z", "z_prime", "per_cent", "n")] == [
        of_first[name] for name in ("z", "z_prime", "per_cent", "n")
    ]

    # The letter shows them with dates as figure and table, nothing of others and no code of another round.
    now = at.done("ran", "GET", "/rounds/rr-2026/results")["evaluation"]
    with at.services.sessions.read() as session:
        round = rounds.find(session, "rr-2026")
        assert round is not None
        data = gathered(at.services, session, round, "line-3")
    wanted = Edition(stage=Stage.DRAFT, made_at=at.clock.at, organisations=6)
    said = html(letter(Evaluation.model_validate(now), wanted, data))
    section = said[said.index("Your line over rounds") :]
    shown = next(
        f"{name} = {of_first[key]:.2f}".replace("-", "−")
        for name, key in (("z", "z"), ("z′", "z_prime"))
        if of_first[key]
    )
    assert section.count("<svg") == 1 and "rr-2024" in section and "rr-2025" not in section
    assert shown in section and "4\u00a0May\u00a02026" in section and "this round" in section
    assert "It lay on the same side, beyond 2, in 1 earlier round" in said
    assert not [code for code in CODES if code != CODES[2] and re.search(rf"\b{code}\b", said)]

    # What a line did for another organisation is that one's.
    with at.services.sessions.begin() as session:
        session.execute(
            text("UPDATE plx_participant SET organisation = 'line-4' WHERE round = 'rr-2024' AND line = 'line-3'")
        )
    assert at.done("line-3", "GET", path)["own"]["earlier"] == []
