"""Cells of a round are checked: alike before they go out, and still so when they come back; the report says it."""

from datetime import timedelta
from typing import Any

import pytest

from exchange.identify import identify, issue_token
from exchange.roundrobin.homogeneity import homogeneity
from exchange.rounds import alike, checks, evaluate
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import Conflict
from schemas.round.check import HomogeneityData
from schemas.round.round import RoundState
from storage import rounds
from tests.closed_rounds import PLAN as COUNTED
from tests.closed_rounds import closed_round, planted, q
from tests.desk import Desk
from tests.rounds import COORDINATOR, CUSTODIAN, KPI, STATISTICIAN, founded_round, opened_round
from tests.worlds import ALL

ALIKE = [[2.501, 2.503], [2.498, 2.499], [2.505, 2.502], [2.500, 2.497]]
OWN_SPREAD = {
    "kpi": {"kind": "cycle-capacity", "id": "q-own", "label": "Capacity", "cycle": 2},
    "sigma_from": "own-spread",
}


def test_cells_are_judged_by_the_plan_and_shown_to_those_who_run_the_round(at: Desk) -> None:
    one = opened_round(at)
    path = f"{one.path}/checks"
    first = at.done(CUSTODIAN, "POST", path, _alike(ALIKE))
    found = homogeneity(ALIKE, KPI["sigma_pt"])
    assert first["result"]["met"] and first["result"]["statistics"]["s_s"] == found.s_s
    assert "within 0.3 σ_pt = 0.015\u00a0Ah" in first["result"]["sentence"]
    at.clock.wait(minutes=1)
    unlike = at.done(STATISTICIAN, "POST", path, _alike([[2.50, 2.51], [2.60, 2.61], [2.40, 2.41]]))
    assert not unlike["result"]["met_with_allowance"] and "differences of cells" in unlike["result"]["sentence"]
    stable = {"check": "stability", "kpi": "q-c10", "before": [2.5, 2.52], "after": [2.48, 2.50]}
    at.clock.wait(minutes=1)
    held = at.done(STATISTICIAN, "POST", path, stable)["result"]
    assert (held["met"], held["met_with_allowance"]) == (False, True) and "allows for chance" in held["sentence"]
    for who in (CUSTODIAN, STATISTICIAN):
        assert [each["data"] for each in at.done(who, "GET", path)][2] == stable
    for each in at.done(COORDINATOR, "GET", path):
        assert each["data"] is None and each["result"]["statistics"] == {}, "a level would tell what lines will find"
    for who in ("north", "east"):
        assert at.ask(who, "GET", path).status_code == 403
        assert at.ask(who, "POST", path, stable).status_code == 403
    assert at.ask(COORDINATOR, "POST", path, stable).status_code == 403
    at.done(COORDINATOR, "POST", f"{one.path}/close", {"reason": "All is there"})
    assert at.done(COORDINATOR, "GET", path)[2]["data"] == stable


def test_a_cell_is_followed_on_its_way_by_the_custodian_and_its_own_line_alone(at: Desk) -> None:
    one = opened_round(at)
    cell, other = one.cells["north-1"]
    path = f"{one.path}/lines/north-1/custody"
    moment = at.clock.at.isoformat()
    sent = {"what": "sent", "cell": cell, "at": moment, "transport_class": "UN 3480, class 9"}
    way = {"document": "prototype-exemption", "reference": "SP 310"}
    at.done(CUSTODIAN, "POST", path, {"entries": [sent | way, sent | way | {"cell": other}]})
    at.clock.wait(days=3)
    arrived = {"soc_percent": 30, "ocv_v": 3.601, "resistance_1khz_ohm": 0.0021, "mass_g": 98.41}
    received = {"what": "received", "cell": cell, "at": at.clock.at.isoformat(), "lowest_c": -2, "highest_c": 27}
    answer = at.ask(CUSTODIAN, "POST", path, {"entries": [received]})
    assert answer.status_code == 422 and "for the line to record" in answer.text
    at.done("north", "POST", path, {"entries": [received | arrived]})
    at.clock.wait(days=30)
    gone = {"what": "disposed", "cell": cell, "at": at.clock.at.isoformat(), "how": "Discharged and recycled"}
    every = at.done("north", "POST", path, {"entries": [gone]})
    of_cell = [(each["entry"]["what"], each["by"]) for each in every if each["entry"]["cell"] == cell]
    assert of_cell == [("sent", "custodian"), ("received", "line"), ("disposed", "line")]
    kept = next(each["entry"] for each in every if each["entry"]["what"] == "received")
    assert (kept["ocv_v"], kept["resistance_1khz_ohm"], kept["lowest_c"], kept["highest_c"]) == (3.601, 0.0021, -2, 27)
    assert at.done(CUSTODIAN, "GET", path) == at.done("north", "GET", path) == every
    assert at.done(CUSTODIAN, "GET", f"{one.path}/custody") == every
    for who in (COORDINATOR, STATISTICIAN, "west", "south"):
        for method, body in (("GET", None), ("POST", {"entries": [gone]})):
            answer = at.ask(who, method, path, body)
            assert answer.status_code == 403 and cell not in answer.text
        assert at.ask(who, "GET", f"{one.path}/custody").status_code == 403
    assert at.ask("north", "GET", f"{one.path}/custody").status_code == 403, "its own cells alone"
    for who in (COORDINATOR, STATISTICIAN):
        for page in ("/status", "/history"):
            assert cell not in at.ask(who, "GET", one.path + page).text

    early, late = moment.replace("2026-05-04", "2026-05-01"), (at.clock.at + timedelta(days=1)).isoformat()
    wrong = [received | {"cell": other, "at": early}, gone | {"at": late}, gone | {"cell": "X"}]
    answer = at.ask("north", "POST", path, {"entries": [*wrong, sent | way | {"at": at.clock.at.isoformat()}]})
    told = {each["pointer"]: each["message"] for each in answer.json()["errors"]}
    assert "before the cell was sent" in told["/entries/0/at"] and "in the future" in told["/entries/1/at"]
    assert f"its cells are {min(cell, other)}" in told["/entries/2/cell"] and len(told) == 3
    colder = at.ask("north", "POST", path, {"entries": [received | {"lowest_c": 30}]})
    assert colder.status_code == 422 and "is above highest_c" in colder.text
    assert at.done("north", "GET", path) == every, "all or none"
    assert at.ask(CUSTODIAN, "GET", f"{one.path}/lines/nowhere/custody").status_code == 404


def test_results_that_cannot_be_judged_are_refused_each_with_a_sentence(at: Desk) -> None:
    id = founded_round(at, plan={"kpis": [KPI, OWN_SPREAD]})
    for body, places in (
        (_alike([[1.0, 2.0]]), {"/items": "takes two of them"}),
        (_alike([]), {"/items": "has 0"}),
        (_alike([[1.0], [2.0]]), {"/items": "has one result for each cell"}),
        (_alike([[1.0, 2.0], [1.0], []]), {"/items/1": "has 1 result where others have 2", "/items/2": "no results"}),
        (_alike(ALIKE) | {"kpi": "q-other"}, {"/kpi": "its KPIs are q-c10, q-own"}),
        (_alike([[1.0]]) | {"kpi": "q-own"}, {"/kpi": "results' own spread", "/items": "takes two"}),
        (
            {"check": "stability", "kpi": "q-c10", "before": [1.0], "after": []},
            {"/before": "has 1 result;", "/after": "has no results;"},
        ),
    ):
        answer = at.ask(CUSTODIAN, "POST", f"/rounds/{id}/checks", body)
        assert answer.status_code == 422, answer.text
        told = {each["pointer"]: each["message"] for each in answer.json()["errors"]}
        assert set(told) == set(places) and all(word in told[place] for place, word in places.items()), told
    assert at.done(CUSTODIAN, "GET", f"/rounds/{id}/checks") == []


def test_an_evaluation_prints_a_sentence_of_each_check_judged_by_the_plan_in_force(services: Services) -> None:
    of = closed_round(services, q(planted(6, seed=3)))
    before = evaluate.evaluate(services, _person(services, "ran"), of.id)
    data = HomogeneityData.model_validate(_alike([[150.0, 150.2], [150.9, 151.1], [150.0, 150.1]]))
    kept = checks.check(services, _person(services, "keeps"), of.id, data)
    found = evaluate.evaluate(services, _person(services, "ran"), of.id)
    assert found.number == before.number + 1 and found.notes == (*before.notes, kept.result.sentence)
    kpi: dict[str, Any] = COUNTED["kpis"][0]
    of.amend({"kpis": [kpi | {"sigma_pt": 10.0}]})
    with services.sessions.read() as session:
        present = rounds.find(session, of.id)
    assert present is not None and "beyond" in kept.result.sentence
    assert "within 0.3 σ_pt = 3.0" in alike.notes([kept], present)[0], "it is the plan in force that judges"
    of.enter(RoundState.COMMENTING)
    with pytest.raises(Conflict, match="only while it is"):
        checks.check(services, _person(services, "keeps"), of.id, data)


def _alike(items: list[list[float]]) -> dict[str, Any]:
    return {"check": "homogeneity", "kpi": "q-c10", "items": items}


def _person(services: Services, user: str) -> Principal:
    return identify(services, f"Bearer {issue_token(services, user, 'test', ALL)}")
