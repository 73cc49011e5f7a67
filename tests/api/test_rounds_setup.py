"""A round is set up: founded, described, joined, opened; codes tell nothing; a wrong step is refused in a sentence."""

from datetime import timedelta

import httpx

from schemas.organisation import Membership, NetworkRole, Role
from storage import participants
from storage import people as stored_people
from tests.desk import Desk, Json
from tests.rounds import (
    COORDINATOR,
    CUSTODIAN,
    PLAN,
    RULES,
    SIGNED,
    SIX,
    STATISTICIAN,
    accept,
    enter,
    founded_round,
    joined_round,
    opened_round,
    record,
    rules,
)


def refused(answer: httpx.Response, status: int, *words: str) -> None:
    assert answer.status_code == status, answer.text
    assert all(word in answer.text for word in words), answer.text


def places(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 422, answer.text
    return {one["pointer"] for one in answer.json()["errors"]}


def test_a_round_is_founded_joined_and_opened_and_each_is_shown_their_own_code_alone(at: Desk) -> None:
    id = founded_round(at)
    at.done(COORDINATOR, "POST", f"/rounds/{id}/lines", {"lines": [f"{one}-1" for one in SIX]})
    for one in SIX:
        accept(at, one)
        at.done(one, "POST", f"/rounds/{id}/lines/{one}-1/join", SIGNED)
        names = {"names": [f"{one}-c1", f"{one}-c2"]}
        assert len(at.done(one, "POST", f"/rounds/{id}/lines/{one}-1/cells", names)) == 2
    draft = at.done("north", "GET", f"/rounds/{id}")
    assert (draft["own"][0]["code"], draft["plans"]) == ("", [])
    assert [at.ask(who, "GET", f"/rounds/{id}").status_code for who in ("north-viewer", "", "office")] == [
        200,
        404,
        200,
    ]
    with at.services.sessions.read() as session:
        before = {one.code for one in participants.of(session, id)}

    opened = at.done(COORDINATOR, "POST", f"/rounds/{id}/open")
    assert (opened["lines"], opened["organisations"], opened["dropped"]) == (6, 6, 0)
    assert [one for one in opened["warnings"] if "little power" in one] == opened["warnings"] != []
    assert opened["round"]["notice"]["state"] == "open"
    assert [(one["number"], one["reason"], len(one["sha256"])) for one in opened["round"]["plans"]] == [(0, "", 64)]

    every = at.done(CUSTODIAN, "GET", f"/rounds/{id}/codes")
    codes = {one["line"]: one["code"] for one in every}
    assert every[0]["evidence"]["joined"]["function"] == SIGNED["function"]
    assert len(set(codes.values())) == 6 and not before & set(codes.values())
    for member in SIX:
        shown = at.done(member, "GET", f"/rounds/{id}")
        assert [one["code"] for one in shown["own"]] == [codes[f"{member}-1"]]
        assert shown["people"] == {}
    for who in (COORDINATOR, STATISTICIAN):
        pages = [at.ask(who, "GET", f"/rounds/{id}{path}") for path in ("", "/history", "/lines")]
        assert not [code for code in codes.values() for page in pages if f'"{code}"' in page.text]
        refused(at.ask(who, "GET", f"/rounds/{id}/codes"), 403, "custodian")
    assert at.done(COORDINATOR, "GET", f"/rounds/{id}/lines")[0]["joined_at"] is None
    assert at.done("", "GET", f"/rounds/{id}")["record"] is None
    assert [one["notice"]["id"] for one in at.done("", "GET", "/rounds")] == [id]
    assert {"id": id, "name": "Capacity of pouch cells"} in at.done("north", "GET", "/collections")["collections"]
    told = at.done("north", "GET", "/notifications")["items"]
    assert {one["kind"] for one in told} == {"round-invitation", "round-opened"}
    assert not [one for one in told for code in codes.values() if f" {code} " in one["text"]]


def test_the_office_founds_a_round_with_people_who_are_there_and_have_separate_duties(at: Desk) -> None:
    enter(at)
    rules(at)
    wanted = {"id": "rr-2026", "coordinator": COORDINATOR} | record(at)
    refused(at.ask("north", "POST", "/rounds", wanted), 403, "found rounds")
    wrong = {"coordinator": "nobody", "statistician": "nobody", "agreement": "none"}
    past = {"closes_at": (at.clock.at - timedelta(days=1)).isoformat()}
    assert places(at.ask("office", "POST", "/rounds", wanted | wrong | past)) == {"/closes_at", "/agreement"}
    assert places(at.ask("office", "POST", "/rounds", wanted | {"statistician": "nobody"})) == {"/statistician"}
    refused(at.ask("office", "POST", "/rounds", wanted | {"coordinator": "office"}), 422, "/custodian", "two people")
    unseen = {"protocol": {"name": "A", "version": "1", "object": "PRO-0000-0000"}}
    assert places(at.ask("office", "POST", "/rounds", wanted | unseen)) == {"/protocol/object"}

    shown = at.done("office", "POST", "/rounds", wanted)
    assert shown["people"] == {"coordinator": [COORDINATOR], "custodian": ["office"]}
    refused(at.ask("office", "POST", "/rounds", wanted), 409, "rr-2026 already")
    assert at.ask("north", "GET", "/rounds/rr-2026").status_code == 404
    assert (at.done("north", "GET", "/rounds"), len(at.done(COORDINATOR, "GET", "/rounds"))) == ([], 1)

    people: Json = {"coordinator": COORDINATOR, "statistician": "west", "test_houses": ["partner"]}
    refused(at.ask(COORDINATOR, "PUT", "/rounds/rr-2026/people", people), 403)
    refused(at.ask("office", "PUT", "/rounds/none/people", people), 404)
    assert at.done("office", "PUT", "/rounds/rr-2026/people", people)["people"]["statistician"] == ["west"]
    lines = {"lines": ["west-1"]}
    refused(at.ask(COORDINATOR, "POST", "/rounds/rr-2026/lines", lines), 409, "statistician acts for West Line")
    fit = people | {"statistician": STATISTICIAN}
    at.done("office", "PUT", "/rounds/rr-2026/people", fit)
    at.done(COORDINATOR, "POST", "/rounds/rr-2026/lines", lines)
    for role in ("statistician", "custodian"):
        assert places(at.ask("office", "PUT", "/rounds/rr-2026/people", fit | {role: "west"})) == {f"/{role}"}
    house = at.ask("office", "PUT", "/rounds/rr-2026/people", people | {"test_houses": ["none"], "statistician": None})
    assert places(house) == {"/test_houses/0"}


def test_whoever_comes_to_have_a_line_in_the_round_is_its_custodian_no_longer(at: Desk) -> None:
    one = opened_round(at, members=("north", "west"))
    people = {"coordinator": COORDINATOR, "statistician": STATISTICIAN}
    refused(at.ask("office", "PUT", f"{one.path}/people", people | {"custodian": "south"}), 409, "can act")
    with at.services.sessions.begin() as session:
        ours = Membership(user=CUSTODIAN, organisation="north", roles=frozenset({Role.VIEWER}))
        stored_people.set_membership(session, ours)
    assert at.ask(CUSTODIAN, "GET", f"{one.path}/codes").status_code == 403
    refused(at.ask("office", "PUT", f"{one.path}/people", people | {"custodian": CUSTODIAN}), 422, "North Line")
    at.done("office", "PUT", f"{one.path}/people", people | {"custodian": "south"})
    assert len(at.done("south", "GET", f"{one.path}/codes")) == 2
    with at.services.sessions.begin() as session:
        stored_people.give_network_role(session, "east", NetworkRole.AUDITOR, at.clock.at)
    id = founded_round(at, "rr-2")
    refused(at.ask("office", "PUT", f"/rounds/{id}/people", {"coordinator": "east"}), 422, "reads the audit")
    at.done(COORDINATOR, "GET", f"{one.path}/status")
    with at.services.sessions.begin() as session:
        stored_people.give_network_role(session, COORDINATOR, NetworkRole.AUDITOR, at.clock.at)
    assert at.ask(COORDINATOR, "GET", f"{one.path}/status").status_code == 403, "the role rests"


def test_a_draft_is_described_by_its_coordinator_and_a_plan_is_frozen_by_opening(at: Desk) -> None:
    id = joined_round(at, members=("north", "west"))
    described = record(at, title="Another title")
    refused(at.ask("office", "PUT", f"/rounds/{id}", described), 403, "coordinator")
    refused(at.ask(COORDINATOR, "PUT", f"/rounds/{id}", described | {"cells_per_line": 1}), 409, "2 cells already")
    assert places(at.ask(COORDINATOR, "PUT", f"/rounds/{id}", described | {"agreement": "none"})) == {"/agreement"}
    assert at.done(COORDINATOR, "PUT", f"/rounds/{id}", described)["record"]["title"] == "Another title"

    opened = at.done(COORDINATOR, "POST", f"/rounds/{id}/open")
    assert len(opened["warnings"]) == 2 and "fewer than 5" in opened["warnings"][0]
    refused(at.ask(COORDINATOR, "PUT", f"/rounds/{id}", described), 409, "is open", "while it is draft")
    refused(at.ask(COORDINATOR, "POST", f"/rounds/{id}/open"), 409, "is open")
    refused(at.ask("office", "PUT", f"/rounds/{id}/people", {"coordinator": COORDINATOR}), 409)

    amended = {"plan": PLAN | {"minimum_cells": 3}, "reason": "Two cells say little of a spread"}
    refused(at.ask(STATISTICIAN, "POST", f"/rounds/{id}/amendments", amended), 403)
    plans = at.done(COORDINATOR, "POST", f"/rounds/{id}/amendments", amended)["plans"]
    assert [(one["number"], one["reason"]) for one in plans] == [(0, ""), (1, amended["reason"])]
    assert plans[0]["sha256"] != plans[1]["sha256"] and plans[1]["at"] == at.clock.at.isoformat().replace("+00:00", "Z")
    refused(at.ask(COORDINATOR, "POST", f"/rounds/{id}/amendments", amended), 409, "in force")
    told = at.done("north", "GET", "/notifications")["items"]
    assert [one for one in told if one["kind"] == "round-amended" and amended["reason"] in one["text"]]


def test_only_lines_of_admitted_members_are_invited_once_the_rules_are_named(at: Desk) -> None:
    id = founded_round(at, agreement=None)
    path = f"/rounds/{id}/lines"
    refused(at.ask(COORDINATOR, "POST", path, {"lines": ["north-1"]}), 409, "names no agreement")
    at.done(COORDINATOR, "PUT", f"/rounds/{id}", record(at))
    refused(at.ask("office", "POST", path, {"lines": ["north-1"]}), 403, "coordinator")
    at.done("office", "POST", "/organisations/coast/state", {"state": "suspended", "reason": "Unpaid"})
    wrong = at.ask(COORDINATOR, "POST", path, {"lines": ["north-1", "nowhere", "coast-1", "north-1"]})
    assert places(wrong) == {"/lines/1", "/lines/2", "/lines/3"}
    assert at.done(COORDINATOR, "GET", path) == []
    assert len(at.done(COORDINATOR, "POST", path, {"lines": ["north-1", "west-1"]})) == 2
    assert places(at.ask(COORDINATOR, "POST", path, {"lines": ["north-1"]})) == {"/lines/0"}

    join = f"{path}/north-1/join"
    refused(at.ask("north", "POST", join, SIGNED), 409, RULES, "not accepted")
    accept(at, "north")
    refused(at.ask("north-contributor", "POST", join, SIGNED), 403, "signatory")
    refused(at.ask("west", "POST", join, SIGNED), 403, "no such line")
    refused(at.ask("south", "POST", f"{path}/south-1/join", SIGNED), 404)
    at.done("north", "POST", join, SIGNED)
    refused(at.ask("north", "POST", join, SIGNED), 409, "already")
    refused(at.ask(COORDINATOR, "POST", f"/rounds/{id}/open"), 409, "Only 1 line", "at least 2")

    accept(at, "west")
    at.done("west", "POST", f"{path}/west-1/join", SIGNED)
    text = {"text": "Codes stay secret for ever."}
    at.done("office", "POST", f"/agreements/{RULES}/versions", text | {"on_new_version": "suspend"})
    refused(at.ask(COORDINATOR, "POST", f"/rounds/{id}/open"), 409, "not in force for")
    accept(at, "north"), accept(at, "west")
    at.done(COORDINATOR, "POST", path, {"lines": ["south-1"]})
    opened = at.done(COORDINATOR, "POST", f"/rounds/{id}/open")
    assert opened["dropped"] == 1 and "2 of 2 lines have not named all their cells" in opened["warnings"][-1]
    refused(at.ask(COORDINATOR, "POST", path, {"lines": ["east-1"]}), 409, "is open")
    assert at.done("south", "GET", f"/rounds/{id}")["record"] is None
    assert len(at.done(CUSTODIAN, "GET", f"/rounds/{id}/codes")) == 2


def test_lines_go_by_their_names_only_when_every_one_has_waived(at: Desk) -> None:
    id = joined_round(at, members=("north", "west"), identity="open", cells_per_line=1)
    refused(at.ask("north-contributor", "POST", f"/rounds/{id}/lines/north-1/waiver", SIGNED), 403, "signatory")
    at.done("north", "POST", f"/rounds/{id}/lines/north-1/waiver", SIGNED)
    refused(at.ask(COORDINATOR, "POST", f"/rounds/{id}/open"), 409, "west-1 has not")
    at.done("west", "POST", f"/rounds/{id}/lines/west-1/waiver", SIGNED)
    opened = at.done(COORDINATOR, "POST", f"/rounds/{id}/open")
    assert "A line has 1 and the plan asks for 2 results" in opened["warnings"][-1]
    evidence = [one["evidence"]["waived"]["basis"] for one in at.done(CUSTODIAN, "GET", f"/rounds/{id}/codes")]
    assert evidence == [SIGNED["basis"]] * 2


def test_a_coordinator_of_a_participating_organisation_declares_it_first(at: Desk) -> None:
    id = founded_round(at)
    with at.services.sessions.begin() as session:
        ours = Membership(user=COORDINATOR, organisation="north", roles=frozenset({Role.VIEWER}))
        stored_people.set_membership(session, ours)
    path, own = f"/rounds/{id}", {"lines": ["north-1", "west-1"]}
    refused(at.ask(COORDINATOR, "POST", f"{path}/lines", own), 409, "North Line", "declare")
    assert at.done(COORDINATOR, "GET", f"{path}/lines") == []
    refused(at.ask("office", "POST", f"{path}/conflicts", {"statement": "Not mine"}), 403)
    shown = at.done(COORDINATOR, "POST", f"{path}/conflicts", {"statement": "I read for North Line."})
    at.done(COORDINATOR, "POST", f"{path}/lines", own)
    for one in ("north", "west"):
        accept(at, one)
        at.done(one, "POST", f"{path}/lines/{one}-1/join", SIGNED)
    at.done(COORDINATOR, "POST", f"{path}/open")
    [declared] = at.done("west", "GET", path)["conflicts"]
    assert declared["organisation"] == "north" and declared["statement"] == shown["conflicts"][0]["statement"]

    codes = {one["line"]: one["code"] for one in at.done(CUSTODIAN, "GET", f"{path}/codes")}
    later = {"closes_at": (at.clock.at + timedelta(days=90)).isoformat(), "reason": "Customs"}
    refused(at.ask(COORDINATOR, "POST", f"{path}/extensions", later | {"code": codes["north-1"]}), 409, "no extension")
    at.done(COORDINATOR, "POST", f"{path}/extensions", later | {"code": codes["west-1"]})
    at.done(COORDINATOR, "POST", f"{path}/close", {"reason": "Nothing more comes"})
    late = {who: at.ask(who, "POST", f"{path}/submissions", _something(at, who)) for who in ("north", "west")}
    assert {who: "coordinator acts for your" in one.text for who, one in late.items()} == {"north": True, "west": False}


def _something(at: Desk, who: str) -> Json:
    return {"line": f"{who}-1", "cell": f"{who}-c1", "dataset": at.draft(who)}
