"""A line whose cells are missing is told some days before its last moment, once each, and nobody else is."""

from datetime import timedelta

from exchange.rounds.remind import remind_of_cells
from tests.desk import Desk
from tests.rounds import COORDINATOR, CUSTODIAN, SIX, STATISTICIAN, opened_round, record
from tests.told import with_addresses


def test_missing_cells_are_told_of_once_each_some_days_before_to_the_lines_own_people_alone(at: Desk) -> None:
    with_addresses(at.services)
    one = opened_round(at, closes_at=record(at)["closes_at"])
    assert remind_of_cells(at.services) == 0, "60 days before"
    later = {"code": one.codes["west-1"], "reason": "Customs held the cells"}
    later["closes_at"] = record(at)["closes_at"].replace("2026-07", "2026-08")
    at.done(COORDINATOR, "POST", f"{one.path}/extensions", later)
    at.done("south", "POST", f"{one.path}/lines/south-1/withdrawal", {"reason": "The line is being rebuilt"})
    told = {}
    for days, passed in ((14, 46), (7, 7), (1, 6)):
        at.clock.wait(days=passed)
        told[days] = [remind_of_cells(at.services), remind_of_cells(at.services)]
    assert told == {days: [4, 0] for days in (14, 7, 1)}, "one was given more time, one has left"
    for who in ("north", "east"):
        found = [each for each in at.done(who, "GET", "/notifications")["items"] if each["kind"] == "round-reminder"]
        assert len(found) == 3
        assert all("2 of 2 cells" in each["text"] and f"{who}" in each["text"].lower() for each in found)
        assert not [each for each in found if one.codes[f"{who}-1"] in f"{each['text']} {each['subject']}".split()]
    for who in ("west", "south", COORDINATOR, STATISTICIAN, CUSTODIAN, "north-viewer"):
        kinds = {each["kind"] for each in at.done(who, "GET", "/notifications")["items"]}
        assert "round-reminder" not in kinds
    for who in (COORDINATOR, STATISTICIAN):
        assert "remind" not in at.ask(who, "GET", f"{one.path}/history").text


def test_of_several_days_that_passed_the_nearest_is_told_and_none_before_opening(at: Desk) -> None:
    one = opened_round(at)
    at.clock.wait(days=54)
    assert (remind_of_cells(at.services), remind_of_cells(at.services)) == (len(SIX), 0)
    at.clock.wait(days=6, hours=1)
    assert remind_of_cells(at.services) == 0, "it is too late"
    at.done(COORDINATOR, "POST", f"{one.path}/close", {})
    opened_round(at, "rr-soon", title="Soon", closes_at=(at.clock.at + timedelta(days=5)).isoformat())
    assert remind_of_cells(at.services) == 0, "whoever opens it tells all until when"
    at.clock.wait(days=4)
    assert remind_of_cells(at.services) == len(SIX)
