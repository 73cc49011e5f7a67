"""What a round makes of what it should not be given: each has a rule that the documentation tells, and a sentence."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.services import Services
from schemas.organisation import Membership, Role
from schemas.round.round import RoundState
from storage import people
from tests.closed_rounds import CODES, ClosedRound, closed_round, planted, q
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
