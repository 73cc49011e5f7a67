"""A draft for a cell of a round is prepared with everything that is known, once, for the line's own people."""

from schemas.round.round import RoundState
from tests.desk import Desk
from tests.handed_in import FOR_A_ROUND, HAND_IN, PROTOCOL, ROUND, entered, measured, named, opened, wanted
from tests.records import record
from tests.test_one_file import RECORD

DRAFT = f"/rounds/{ROUND}/lines/north-1/cells/{{}}/draft"


def test_a_draft_is_prepared_filled_in_and_the_same_again_until_it_is_handed_in(at: Desk) -> None:
    opened(at)
    first = at.done("north", "POST", DRAFT.format(1))
    assert first["made"] and (first["cell"], first["number"]) == (named("north", 1), 1)
    assert first["upload"] == f"/api/v1/datasets/{first['dataset']}/files/{{filename}}"
    assert "test.instrument.serial" in first["missing"] and "test.round" not in first["missing"]
    again = at.done("north", "POST", DRAFT.format(1))
    assert again == first | {"made": False}
    other = at.done("north", "POST", DRAFT.format(2))
    assert other["made"] and other["dataset"] != first["dataset"]
    made = at.record(first["dataset"])
    assert made.test is not None and made.test.protocol is not None
    assert (made.cell_id, made.test.round, made.line, made.time_zone) == (
        named("north", 1),
        ROUND,
        "north 1",
        "Europe/Berlin",
    )
    assert (made.test.protocol.name, made.test.protocol.version) == (PROTOCOL["name"], PROTOCOL["version"])
    assert made.kind is not None and made.kind.value == "round-robin-test"

    rest = record(record(RECORD, **FOR_A_ROUND), line="North 1", cell=named("north", 1))
    at.done("north", "PATCH", f"/datasets/{first['dataset']}/metadata", rest)
    assert at.done("north", "POST", DRAFT.format(1))["missing"] == []
    at.sent(first["dataset"])
    at.ready(first["dataset"])
    at.done("north", "POST", HAND_IN, wanted(first["dataset"]))
    fresh = at.done("north", "POST", DRAFT.format(1))
    assert fresh["made"] and fresh["dataset"] != first["dataset"], "what is handed in is a draft for it no more"
    assert at.sees("west", first["dataset"]) == "" == at.sees("west", fresh["dataset"])


def test_facts_are_those_of_what_the_line_handed_in_last_and_nobody_elses(at: Desk) -> None:
    opened(at)
    theirs = measured(at, "west")
    at.done("west", "POST", HAND_IN, wanted(theirs, "west"))
    assert "cell.nominal_capacity_ah" in at.done("north", "POST", DRAFT.format(3))["missing"]
    own = measured(at, creators=[{"name": "Ada Example", "agreed": True}])
    at.done("north", "POST", HAND_IN, wanted(own))
    found, before = at.record(at.done("north", "POST", DRAFT.format(2))["dataset"]), at.record(own)
    assert found.test is not None and before.test is not None and found.cell is not None and before.cell is not None
    assert found.cell.nominal_capacity_ah == before.cell.nominal_capacity_ah is not None
    assert found.test.upper_voltage_v == before.test.upper_voltage_v is not None
    assert found.contact == before.contact
    assert [(one.name, one.agreed) for one in found.creators] == [("Ada Example", False)]
    assert found.test.conformance is None and found.test.calibration is None, "what is of one test is said anew"
    assert found.test.instrument is not None and found.test.instrument.channel is None


def test_a_draft_is_for_a_cell_in_use_of_an_own_line_of_an_open_round(at: Desk) -> None:
    opened(at)
    for who in ("west", "office", "partner", "north-viewer"):
        assert at.ask(who, "POST", DRAFT.format(1)).status_code == 403
    answer = at.ask("north", "POST", DRAFT.format(9))
    assert answer.status_code == 404 and f"1 ({named('north', 1)})" in answer.text
    dead = {"name": named("north", 1), "by": "N-4", "reason": "Tab torn off"}
    at.done("north", "POST", f"/rounds/{ROUND}/lines/north-1/cells/replacements", dead)
    answer = at.ask("north", "POST", DRAFT.format(1))
    assert answer.status_code == 409 and "prepare a draft for N-4, of number 4" in answer.text
    entered(at, RoundState.DRAFT)
    assert at.ask("north", "POST", DRAFT.format(2)).status_code == 409
