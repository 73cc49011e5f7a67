"""A round is set up: founded, described, joined, opened; codes tell nothing; a wrong step is refused in a sentence."""

import httpx

from tests.desk import Desk
from tests.rounds import COORDINATOR, CUSTODIAN, SIX, STATISTICIAN, joined_round


def refused(answer: httpx.Response, status: int, *words: str) -> None:
    assert answer.status_code == status, answer.text
    assert all(word in answer.text for word in words), answer.text


def test_a_round_is_founded_joined_and_opened_and_each_is_shown_their_own_code_alone(at: Desk) -> None:
    id = joined_round(at)
    draft = at.done("north", "GET", f"/rounds/{id}")
    assert (draft["own"][0]["code"], draft["plans"]) == ("", [])
    assert [at.ask(who, "GET", f"/rounds/{id}").status_code for who in ("north-viewer", "", "west")] == [200, 404, 200]

    opened = at.done(COORDINATOR, "POST", f"/rounds/{id}/open")
    assert (opened["lines"], opened["organisations"], opened["dropped"]) == (6, 6, 0)
    assert [one for one in opened["warnings"] if "little power" in one] == opened["warnings"]
    assert opened["round"]["notice"]["state"] == "open" and opened["round"]["plans"][0]["number"] == 0

    codes = {one["line"]: one["code"] for one in at.done(CUSTODIAN, "GET", f"/rounds/{id}/codes")}
    assert len(set(codes.values())) == 6
    for member in SIX:
        shown = at.ask(member, "GET", f"/rounds/{id}")
        assert [one["code"] for one in shown.json()["own"]] == [codes[f"{member}-1"]]
        assert shown.json()["people"] == {}
    for who in (COORDINATOR, STATISTICIAN):
        everything = "".join(at.ask(who, "GET", f"/rounds/{id}{path}").text for path in ("", "/history", "/lines"))
        assert not [code for code in codes.values() if f'"{code}"' in everything]
        refused(at.ask(who, "GET", f"/rounds/{id}/codes"), 403, "custodian")
    assert at.done("", "GET", f"/rounds/{id}")["record"] is None
    assert [one["notice"]["id"] for one in at.done("", "GET", "/rounds")] == [id]
