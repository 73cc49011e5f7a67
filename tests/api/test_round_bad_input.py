"""What a round makes of what it should not be given: each has a rule that the documentation tells, and a sentence."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.services import Services
from schemas.organisation import Membership, Role
from schemas.round.round import RoundState
from storage import people
from tests.closed_rounds import CODES, PLAN, ClosedRound, closed_round, planted, q
from tests.desk import Desk, desk

ROOT = Path(__file__).parents[2]
REASON = {"reason": "The chamber of this line was at 35 °C."}


@pytest.fixture
def at(services: Services) -> Iterator[Desk]:
    """Nobody is there but the people of the round."""
    with desk(services) as opened:
        yield opened


def five(at: Desk) -> tuple[ClosedRound, str]:
    of = closed_round(at.services, q(planted(5, cells=2)))
    return of, f"/rounds/{of.id}"


def test_where_a_rejection_leaves_four_of_five_nobody_reads_more_than_own_results(at: Desk) -> None:
    of, base = five(at)
    for cell in (1, 2):
        wanted = {"code": CODES[4], "cell": cell, "accepted": False} | REASON
        at.done("counts", "POST", f"{base}/decisions", wanted)
    [kpi] = at.done("ran", "POST", f"{base}/evaluation")["kpis"]
    assert kpi["lines"] == [] and "own results only" in kpi["refused"]
    of.enter(RoundState.PUBLISHED)
    for who in ("ran", "counts", "line-1", "line-5"):
        for path in ("results", "results/cells/csv", "report", "exclusions", "comments", "summary"):
            assert at.ask(who, "GET", f"{base}/{path}").status_code == 403, (who, path)


def test_of_a_kpi_of_which_four_of_six_have_a_value_everybody_reads_own_values_only(at: Desk) -> None:
    capacity = {"kpi": PLAN["kpis"][0]["kpi"] | {"id": "q-c3", "cycle": 2}, "sigma_pt": 1.0}
    results, more = planted(6, cells=2), planted(6, cells=2, seed=9, mean=140.0)
    there = [
        {"q-c10": one, "q-c3": two if at < 4 else [None, None]}
        for at, (one, two) in enumerate(zip(results, more, strict=True))
    ]
    of = closed_round(at.services, there, {"kpis": [*PLAN["kpis"], capacity]})
    base = f"/rounds/{of.id}"
    of.hand_in("line-5", 3, {"q-c10": 150.0, "q-c3": 141.25}, late=True)
    whole, few = at.done("counts", "POST", f"{base}/evaluation")["kpis"]
    assert len(whole["lines"]) == 6 and not whole["refused"]
    assert few["lines"] == few["absent"] == few["screening"] == [] and few["all_results"]["p"] == 0
    assert few["refused"] == "Fewer than 5 organisations have a value of this KPI: everybody reads own results only."
    at.done("counts", "POST", f"{base}/report")
    # Nobody reads a value of it but its own line, by whatever file.
    values = re.compile("|".join(re.escape(f"{one:.5g}") for line in more for one in line) + "|141.2")
    for who in ("ran", "counts", "line-1", "line-6"):
        assert not values.search(str(at.done(who, "GET", f"{base}/results")))
        for one in at.done(who, "GET", f"{base}/report")["files"]:
            if one["media_type"] in ("text/html", "text/csv", "image/svg+xml"):
                content = at.ask(who, "GET", f"{base}/report/{one['edition']}/{one['name']}").text
                assert not values.search(content), one["name"]
    own = at.done("line-1", "GET", f"{base}/lines/line-1/results")
    assert [one["kpi"] for one in own["lines"]] == ["q-c10"]
    assert [
        value["value"] for cell in own["own"]["cells"] for value in cell["values"] if value["kpi"] == "q-c3"
    ] == more[0]
    letter = at.ask("line-1", "GET", f"{base}/lines/line-1/report/1-draft/letter.html").text
    assert values.search(letter) and few["refused"] in letter


def test_where_leaving_out_leaves_four_of_five_nobody_is_judged_and_the_world_reads_nothing(at: Desk) -> None:
    of, base = five(at)
    at.done("ran", "POST", f"{base}/exclusions", {"kpi": "q-c10", "code": CODES[4]} | REASON)
    [kpi] = at.done("ran", "POST", f"{base}/evaluation")["kpis"]
    assert kpi["power"] == "plots-only" and {one["score"] for one in kpi["lines"]} <= {""}
    of.enter(RoundState.PUBLISHED)
    assert at.done("", "GET", f"{base}/summary")["kpis"] == []


def test_a_coordinator_neither_leaves_out_nor_answers_for_a_line_of_their_own(at: Desk) -> None:
    _, base = five(at)
    with at.services.sessions.begin() as session:
        ours = Membership(user="ran", organisation="line-5", roles=frozenset({Role.VIEWER}))
        people.set_membership(session, ours)
    at.done("ran", "POST", f"{base}/conflicts", {"statement": "I read for line 5."})
    at.done("ran", "POST", f"{base}/evaluation")
    own, others = ({"kpi": "q-c10", "code": code} | REASON for code in (CODES[4], CODES[0]))
    refused = at.ask("ran", "POST", f"{base}/exclusions", own)
    assert refused.status_code == 409 and "the statistician leaves out" in refused.json()["detail"]
    at.done("ran", "POST", f"{base}/exclusions", others)
    kept = at.done("counts", "POST", f"{base}/exclusions", own)
    assert at.ask("ran", "POST", f"{base}/exclusions/{kept['id']}/end").status_code == 409
    at.done("counts", "POST", f"{base}/exclusions/{kept['id']}/end")
    at.done("ran", "POST", f"{base}/evaluation")
    at.done("ran", "POST", f"{base}/report")
    said = at.done("line-5", "POST", f"{base}/comments", {"line": "line-5", "text": "It was not.", "appeal": True})
    path = f"{base}/comments/{said['id']}/answer"
    assert at.ask("ran", "POST", path, {"text": "Right."}).status_code == 409
    at.done("counts", "POST", path, {"text": "It was, by its own record."})


def test_every_sentence_that_the_documentation_quotes_is_said() -> None:
    page = (ROOT / "docs/users/rounds.md").read_text()
    table = page.partition("## What happens when")[2].partition("\n## ")[0]
    quoted = re.findall(r'"([^"]+)"', table)
    source = "".join(one.read_text() for one in sorted((ROOT / "exchange").glob("round*/*.py")))
    said = re.sub(r'"\s*\n\s*f?"', "", source).replace("{FEWEST}", "5").replace("{LEAST}", "2")
    assert len(quoted) > 12 and [one for one in quoted if one not in said] == []
