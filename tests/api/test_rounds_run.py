"""A round runs: more time under codes, cells named and replaced, lines that leave, closing and cancelling."""

from datetime import timedelta

import httpx
import pytest

from exchange.identify import identify, issue_token
from exchange.rounds import evaluate
from exchange.rounds.people import change, declare
from exchange.rounds.states import close_due
from exchange.services import Services
from exchange.sharing import sealing
from schemas.errors import Conflict
from schemas.organisation import Membership, NetworkRole, Role
from schemas.round.round import RoundState
from schemas.round.setup import RoundPeople
from schemas.round.submission import Submission, SubmissionState
from schemas.sealing import NewSeal
from storage import participants, people, rounds, seals, submissions
from tests.closed_rounds import closed_round, planted, q
from tests.desk import Desk
from tests.rounds import (
    COORDINATOR,
    CUSTODIAN,
    SIGNED,
    SIX,
    STATISTICIAN,
    Opened,
    accept,
    founded_round,
    joined_round,
    opened_round,
)
from tests.worlds import ALL

BECAUSE = {"reason": "The dry room failed"}


def refused(answer: httpx.Response, status: int, *words: str) -> None:
    assert answer.status_code == status, answer.text
    assert all(word in answer.text for word in words), answer.text


def kinds(at: Desk, who: str) -> list[str]:
    return [one["kind"] for one in at.done(who, "GET", "/notifications?limit=100")["items"]]


def later(at: Desk, **span: float) -> str:
    return (at.clock.at + timedelta(**span)).isoformat()


def hand_in(at: Desk, one: Opened, line: str, cell: str, state: SubmissionState = SubmissionState.ACCEPTED) -> None:
    """Something stands for this cell, whatever it is."""
    dataset = at.released(line.removesuffix("-1"))
    with at.services.sessions.begin() as session:
        [id] = [each.id for each in participants.cells(session, one.id, line) if each.name == cell]
        made = Submission(
            id=at.services.new_id(),
            round=one.id,
            line=line,
            organisation=line.removesuffix("-1"),
            cell=id,
            number=submissions.next_number(session, id),
            dataset=dataset,
            version=1,
            run=at.services.new_id(),
            build=1,
            sha256=("0" * 64,),
            received_at=at.clock.at,
            received_by=line.removesuffix("-1"),
            late=False,
            state=state,
        )
        submissions.add(session, made)


def test_more_time_is_given_under_a_code_and_only_that_line_is_told(at: Desk) -> None:
    one = opened_round(at)
    path, code = f"{one.path}/extensions", one.codes["west-1"]
    wanted = {"code": code, "closes_at": later(at, days=70), "reason": "Customs held the cells"}
    refused(at.ask("west", "POST", path, wanted), 403, "coordinator")
    refused(at.ask(STATISTICIAN, "POST", path, wanted), 403, "coordinator")
    free = next(each for each in ("ZZZ", "YYY") if each not in one.codes.values())
    refused(at.ask(COORDINATOR, "POST", path, wanted | {"code": free}), 404, free)
    refused(at.ask(COORDINATOR, "POST", path, wanted | {"closes_at": later(at, days=50)}), 422, "later than")
    at.done(COORDINATOR, "POST", path, wanted)

    until = {who: at.done(who, "GET", one.path)["own"][0]["closes_at"][:10] for who in ("west", "north")}
    assert until == {"west": later(at, days=70)[:10], "north": later(at, days=60)[:10]}
    assert [who for who in (*SIX, COORDINATOR) if "round-extended" in kinds(at, who)] == ["west"]
    [event] = [each for each in at.done(COORDINATOR, "GET", f"{one.path}/history") if each["what"] == "time extended"]
    assert "west" not in str(event) and code not in event["detail"]


def test_a_round_closes_by_itself_when_the_last_line_has_had_its_time(at: Desk) -> None:
    one = opened_round(at)
    wanted = {"code": one.codes["west-1"], "closes_at": later(at, days=70), "reason": "Customs held the cells"}
    at.done(COORDINATOR, "POST", f"{one.path}/extensions", wanted)
    at.clock.wait(days=65)
    refused(at.ask(COORDINATOR, "POST", f"{one.path}/close", {}), 409, "cells are missing", "say why")
    assert close_due(at.services) == 0
    at.clock.wait(days=5)
    assert (close_due(at.services), close_due(at.services)) == (1, 0)
    assert at.done("", "GET", one.path)["notice"]["state"] == "closed"
    for who in (*SIX, COORDINATOR, STATISTICIAN, CUSTODIAN):
        assert "round-closed" in kinds(at, who)
    refused(at.ask(COORDINATOR, "POST", f"{one.path}/close", {}), 409, "is closed")
    with at.services.sessions.begin() as session:
        rounds.enter(session, one.id, RoundState.EVALUATED, at.clock.at)
    amended = {"plan": at.done("north", "GET", one.path)["plans"][0]["plan"], "reason": "Another wish"}
    refused(at.ask(COORDINATOR, "POST", f"{one.path}/amendments", amended), 409, "is evaluated")


def test_a_round_is_closed_before_its_time_with_a_reason_or_when_all_is_there(at: Desk) -> None:
    first = opened_round(at, "rr-1", ("north", "west"), cells_per_line=1)
    refused(at.ask("office", "POST", f"{first.path}/close", BECAUSE), 403, "coordinator")
    at.done(COORDINATOR, "POST", f"{first.path}/close", BECAUSE)
    told = at.done("north", "GET", "/notifications")["items"]
    assert [each for each in told if each["kind"] == "round-closed" and BECAUSE["reason"] in each["text"]]

    second = opened_round(at, "rr-2", ("north", "west"), cells_per_line=1)
    hand_in(at, second, "north-1", "north-c1")
    hand_in(at, second, "west-1", "west-c1", SubmissionState.REJECTED)
    refused(at.ask(COORDINATOR, "POST", f"{second.path}/close", {}), 409, "cells are missing")
    hand_in(at, second, "west-1", "west-c1")
    assert at.done(COORDINATOR, "POST", f"{second.path}/close", {})["notice"]["state"] == "closed"


def test_neither_closing_nor_more_time_tells_which_code_has_withdrawn(at: Desk) -> None:
    one = opened_round(at, members=("north", "west"), cells_per_line=1)
    hand_in(at, one, "north-1", "north-c1")
    at.done("west", "POST", f"{one.path}/lines/west-1/withdrawal", BECAUSE)
    refused(at.ask(COORDINATOR, "POST", f"{one.path}/close", {}), 409, "cells are missing")
    wanted = {"code": one.codes["west-1"], "closes_at": later(at, days=70), "reason": "Customs held the cells"}
    at.done(COORDINATOR, "POST", f"{one.path}/extensions", wanted)
    refused(at.ask(COORDINATOR, "POST", f"{one.path}/close", {}), 409, later(at, days=70)[:10])
    at.clock.wait(days=65)
    assert close_due(at.services) == 0


def test_seals_end_at_closing_where_identity_is_open_and_when_a_round_is_cancelled(at: Desk) -> None:
    coded = opened_round(at, "rr-1", ("north", "west"))
    joined_round(at, "rr-2", ("north", "west"), identity="open")
    for who in ("north", "west"):
        at.done(who, "POST", f"/rounds/rr-2/lines/{who}-1/waiver", SIGNED)
    at.done(COORDINATOR, "POST", "/rounds/rr-2/open")
    with at.services.sessions.begin() as session:
        for round, cell in ((coded.id, "north-c1"), ("rr-2", "north-c2")):
            sealing.seal(at.services, session, NewSeal(round=round, submitter="north", cell=cell))
    for round in (coded.id, "rr-2"):
        at.done(COORDINATOR, "POST", f"/rounds/{round}/close", BECAUSE)
    with at.services.sessions.read() as session:
        assert [seals.opened(session, round) for round in (coded.id, "rr-2")] == [False, True]
    refused(at.ask("north", "POST", f"{coded.path}/cancel", BECAUSE), 403)
    at.done("office", "POST", f"{coded.path}/cancel", BECAUSE)
    with at.services.sessions.read() as session:
        assert seals.opened(session, coded.id)
    assert "round-cancelled" in kinds(at, "north") and "round-cancelled" in kinds(at, COORDINATOR)
    refused(at.ask(COORDINATOR, "POST", f"{coded.path}/close", BECAUSE), 409, "is cancelled")

    joined_round(at, "rr-3", ("north", "west"))
    at.done(COORDINATOR, "POST", "/rounds/rr-3/cancel", BECAUSE)
    assert at.ask("south", "GET", "/rounds/rr-3").status_code == 404
    assert at.done("north", "GET", "/rounds/rr-3")["notice"]["state"] == "cancelled"


def test_those_who_run_a_round_learn_without_a_name_that_five_became_four(at: Desk) -> None:
    one = opened_round(at)
    leave = f"{one.path}/lines/north-1/withdrawal"
    refused(at.ask("north-contributor", "POST", leave, BECAUSE), 403, "signatory or steward")
    refused(at.ask("west", "POST", leave, BECAUSE), 403, "no such line")
    refused(at.ask(COORDINATOR, "POST", leave, BECAUSE), 403)
    shown = at.done("north-signatory", "POST", leave, BECAUSE)
    assert shown["own"][0]["withdrawn_at"] and shown["own"][0]["code"] == one.codes["north-1"]
    refused(at.ask("north", "POST", leave, BECAUSE), 409, "does not take part")
    assert "round-shrunk" not in kinds(at, COORDINATOR)

    at.done("west", "POST", f"{one.path}/lines/west-1/withdrawal", BECAUSE)
    for who in (COORDINATOR, STATISTICIAN, CUSTODIAN):
        [told] = [each for each in at.done(who, "GET", "/notifications")["items"] if each["kind"] == "round-shrunk"]
        assert "4 organisations" in told["text"]
        assert not [each for each in ("north", "west") if each in told["text"].lower()]
    pages = [at.ask(COORDINATOR, "GET", one.path + path).text for path in ("", "/history", "/lines")]
    assert not [page for page in pages if BECAUSE["reason"] in page or 'withdrawn_at":"' in page]
    assert pages[1].count("a line withdrew") == 2
    mapping = {each["line"]: each["withdrawal"] for each in at.done(CUSTODIAN, "GET", f"{one.path}/codes")}
    assert mapping["north-1"] == BECAUSE["reason"] and len(mapping) == 6


def test_a_line_that_left_a_draft_comes_back_or_is_dropped(at: Desk) -> None:
    id = joined_round(at, members=("north", "west", "south"))
    for who in ("north", "west"):
        at.done(who, "POST", f"/rounds/{id}/lines/{who}-1/withdrawal", BECAUSE)
    at.done("north", "POST", f"/rounds/{id}/lines/north-1/join", SIGNED)
    assert at.done(COORDINATOR, "POST", f"/rounds/{id}/open")["dropped"] == 1
    assert [each["line"] for each in at.done(COORDINATOR, "GET", f"/rounds/{id}/lines")] == ["north-1", "south-1"]


def test_cells_get_numbers_that_tell_nothing_and_a_dead_one_is_replaced(at: Desk) -> None:
    id = founded_round(at, cells_per_line=40)
    at.done(COORDINATOR, "POST", f"/rounds/{id}/lines", {"lines": ["north-1", "west-1"]})
    path = f"/rounds/{id}/lines/north-1/cells"
    serials = [f"north-c{number}" for number in range(1, 41)]
    refused(at.ask("north", "POST", path, {"names": serials}), 409, "signatory joins")
    for who in ("north", "west"):
        accept(at, who)
        at.done(who, "POST", f"/rounds/{id}/lines/{who}-1/join", SIGNED)
    one = Opened(id)
    at.done(COORDINATOR, "POST", f"{one.path}/open")
    at.done(CUSTODIAN, "POST", path, {"names": serials[:20]})
    cells = at.done("north", "POST", path, {"names": serials[20:]})
    assert sorted(each["number"] for each in cells) == list(range(1, 41))
    assert [each["name"] for each in sorted(cells, key=lambda each: each["number"])] != serials
    refused(at.ask("north", "POST", path, {"names": ["north-c41"]}), 409, "0 of 40")
    refused(at.ask("north", "POST", path, {"names": ["north-c1"]}), 422, "/names/0", "already")
    refused(at.ask("north", "POST", path, {"names": ["a", "a"]}), 422, "twice: a")

    swap = {"name": "north-c1", "by": "north-c50", "reason": "Tab torn off"}
    refused(at.ask("west", "POST", f"{path}/replacements", swap), 403, "custodian")
    refused(at.ask(COORDINATOR, "GET", path), 403, "custodian")
    refused(at.ask(CUSTODIAN, "GET", f"{one.path}/lines/south-1/cells"), 404, "south-1")
    refused(at.ask("north", "POST", f"{path}/replacements", swap | {"name": "none"}), 404, "no cell none")
    refused(at.ask("north", "POST", f"{path}/replacements", swap | {"by": "north-c2"}), 422, "/by")
    replaced = at.done(CUSTODIAN, "POST", f"{path}/replacements", swap)
    [dead] = [each for each in replaced if each["name"] == "north-c1"]
    [fresh] = [each for each in replaced if each["name"] == "north-c50"]
    assert (dead["replaced_by"], dead["reason"], fresh["number"]) == (fresh["id"], "Tab torn off", 41)
    refused(at.ask("north", "POST", f"{path}/replacements", swap | {"by": "north-c51"}), 409, "replaced already")
    hand_in(at, one, "north-1", "north-c2")
    seen = {"name": "north-c2", "by": "north-c51"} | BECAUSE
    refused(at.ask("north", "POST", f"{path}/replacements", seen), 409, "not replaced")
    assert "a cell was replaced" in at.ask(COORDINATOR, "GET", f"{one.path}/history").text


def test_nothing_is_evaluated_before_a_conflict_that_came_up_is_declared_and_then_it_is_printed(
    services: Services,
) -> None:
    one = closed_round(services, q(planted(6)))
    who = identify(services, f"Bearer {issue_token(services, 'ran', 'test', ALL)}")
    with services.sessions.begin() as session:
        ours = Membership(user="ran", organisation="line-1", roles=frozenset({Role.VIEWER}))
        people.set_membership(session, ours)
    with pytest.raises(Conflict, match="has not declared"):
        evaluate.evaluate(services, who, one.id)
    declare(services, who, one.id, "I read for the first line.")
    [printed] = evaluate.evaluate(services, who, one.id).conflicts
    assert "I read for the first line." in printed
    assert "The coordinator, of Institute line-1, declared on 20" in printed


def test_a_declared_conflict_stays_in_the_report_when_somebody_else_takes_the_role(services: Services) -> None:
    one = closed_round(services, q(planted(6)))
    who = identify(services, f"Bearer {issue_token(services, 'ran', 'test', ALL)}")
    with services.sessions.begin() as session:
        ours = Membership(user="ran", organisation="line-1", roles=frozenset({Role.VIEWER}))
        people.set_membership(session, ours)
    declare(services, who, one.id, "I read for the first line.")
    with services.sessions.begin() as session:
        people.give_network_role(session, "ran", NetworkRole.AUDITOR, services.now())
    wanted = RoundPeople(coordinator="counts", custodian="keeps", statistician="counts")
    [kept] = change(services, who, one.id, wanted).conflicts
    assert kept.organisation == "line-1" and kept.ended_at is not None
    with services.sessions.begin() as session:
        people.set_membership(session, Membership(user="ran", organisation="line-1", roles=frozenset()))
    other = identify(services, f"Bearer {issue_token(services, 'counts', 'test', ALL)}")
    [printed] = evaluate.evaluate(services, other, one.id).conflicts
    today = f"{services.now():%Y-%m-%d}"
    assert printed.startswith(f"The coordinator until {today}, of Institute line-1, declared on {today}: I read for")
