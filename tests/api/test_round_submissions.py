"""A line hands in, is told what stands against it, holds a receipt; the coordinator decides blind."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.identify import identify, issue_token
from exchange.rounds import hand_in
from exchange.rounds.counted import count
from exchange.sharing import sealing
from schemas.dataset import Visibility
from schemas.metadata import DatasetKind, Metadata
from schemas.report import Problem, Report, Severity
from schemas.round.plan import EvaluationPlan
from schemas.round.round import Cell, RoundRecord, RoundRole, RoundState
from schemas.round.submission import HandIn, Receipt
from storage import participants, rounds, submissions
from tests.built import built
from tests.desk import Desk
from tests.handed_in import (
    ATTEMPT,
    CAPACITY,
    CLOSES,
    DECIDE,
    HAND_IN,
    RECORD,
    ROUND,
    STATUS,
    described,
    entered,
    handed_in,
    in_matrix,
    measured,
    named,
    opened,
    wanted,
)
from tests.production import run, workbook
from tests.received import bdf_csv
from tests.records import Json
from tests.worlds import ALL

JUMP = Problem(rule="voltage-jump", severity=Severity.ERROR, message="Secretvalue 3.71 V")


@pytest.fixture(autouse=True)
def _round(at: Desk) -> None:
    opened(at)


def refused(at: Desk, body: Json, user: str = "north") -> dict[str, str]:
    """Pointers with sentences of everything that stands against it; trying says the same."""
    answer = at.ask(user, "POST", HAND_IN, body)
    assert answer.status_code == 422, answer.text
    found = {one["pointer"]: one["message"] for one in answer.json()["errors"]}
    tried = at.done(user, "POST", ATTEMPT, body)
    assert not tried["would_be_taken"] and tried["state"] is None
    assert {one["pointer"]: one["message"] for one in tried["problems"]} == found
    return found


def test_a_contributor_gets_a_receipt_with_hash_time_code_and_number_and_a_clean_file_counts(at: Desk) -> None:
    dataset = measured(at)
    receipt = at.done("north-contributor", "POST", HAND_IN, wanted(dataset))
    [version] = at.done("north", "GET", f"/datasets/{dataset}/versions")
    assert receipt["sha256"] == [version["files"][0]["sha256"]]
    assert (receipt["code"], receipt["number"], receipt["version"], receipt["build"]) == ("QX", 1, 1, 1)
    assert (receipt["late"], receipt["sealed"], receipt["state"]) == (False, True, "accepted")
    assert receipt["received_at"].startswith("2026-05-04T12:00:00")
    [own] = at.done("north-viewer", "GET", HAND_IN)["submissions"]
    assert own["counts"] and own["cell"] == named("north", 1) and own["decided_reason"] == ""
    [kpi] = own["kpis"]
    assert (kpi["kpi"], kpi["definition"], kpi["value"]) == ("q1", "cycle-capacity/1", None) and kpi["reason"]
    assert at.done("north", "GET", f"{HAND_IN}/{receipt['id']}") == own
    assert in_matrix(at)["status"] == "accepted"
    for without_data in ("north-signatory", "north-admin"):
        assert at.ask(without_data, "GET", HAND_IN).status_code == 403


def test_the_same_once_more_gives_the_same_receipt_also_behind_the_last_moment(at: Desk) -> None:
    receipt = handed_in(at)
    assert at.done("north", "POST", HAND_IN, wanted(receipt["dataset"])) == receipt
    at.clock.at = CLOSES + timedelta(days=1)
    assert at.done("north", "POST", HAND_IN, wanted(receipt["dataset"], version=1)) == receipt
    with at.services.sessions.begin() as session:
        participants.withdraw(session, ROUND, "north-1", "north", at.services.now(), "No time")
    assert at.done("north", "POST", HAND_IN, wanted(receipt["dataset"])) == receipt
    assert len(at.done("north", "GET", HAND_IN)["submissions"]) == 1


def test_everything_that_stands_against_it_is_said_at_once(at: Desk) -> None:
    dataset = measured(at, test={"round": "rr-1999", "protocol": {"version": "0.9"}}, cell="Northcell-2")
    at.done("north", "PATCH", f"/datasets/{dataset}/metadata", {"kind": "cell-test", "contact": None})
    found = refused(at, wanted(dataset, version=7) | {"cell": "Northcel-1"})
    assert set(found) == {
        "/cell",
        "/metadata/cell/id",
        "/metadata/kind",
        "/metadata/contact/email",
        "/metadata/test/round",
        "/metadata/test/protocol/version",
        "/version",
    }
    assert "nearest is 'Northcell-1'" in found["/cell"]
    assert "'0.9'" in found["/metadata/test/protocol/version"] and "'1.0'" in found["/metadata/test/protocol/version"]
    assert "no version 7; its newest is 1" in found["/version"]


def test_another_lines_cell_is_refused_as_a_cell_that_nobody_has(at: Desk) -> None:
    theirs, nobodys = (measured(at, cell=name) for name in (named("west", 1), "Eastcell-1"))
    said = [
        refused(at, wanted(dataset) | {"cell": name})
        for dataset, name in ((theirs, named("west", 1)), (nobodys, "Eastcell-1"))
    ]
    one, other = (found["/cell"].partition("; ")[0] for found in said)
    assert one == f"'{named('west', 1)}' is no cell of this line in the round"
    assert other == "'Eastcell-1' is no cell of this line in the round"
    assert refused(at, wanted(measured(at, number=2)))["/metadata/cell/id"].startswith("the record is of the cell")


def test_a_dataset_of_others_and_a_line_of_others_are_refused_by_the_guard(at: Desk) -> None:
    theirs = measured(at, "west")
    assert at.ask("north", "POST", HAND_IN, wanted(theirs)).status_code == 404
    assert at.ask("north", "POST", HAND_IN, wanted(theirs, "west")).status_code == 403
    assert at.ask("north-viewer", "POST", HAND_IN, wanted(measured(at))).status_code == 403
    assert at.ask("partner", "POST", HAND_IN, wanted(theirs)).status_code == 403
    assert at.ask("north", "POST", "/rounds/none/submissions", wanted(theirs)).status_code == 404


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("draft", "is not open yet"),
        ("cancelled", "was cancelled"),
        ("withdrawn", "has withdrawn"),
    ],
)
def test_only_a_line_that_takes_part_in_an_open_round_hands_in(at: Desk, change: str, said: str) -> None:
    dataset = measured(at)
    if change == "withdrawn":
        with at.services.sessions.begin() as session:
            participants.withdraw(session, ROUND, "north-1", "north", at.services.now(), "No time")
    else:
        entered(at, RoundState(change))
    [message] = refused(at, wanted(dataset)).values()
    assert said in message


def test_a_file_that_is_not_read_yet_waits_and_one_in_quarantine_is_received_and_does_not_count(at: Desk) -> None:
    dataset = at.done("north", "POST", "/datasets", at.record(measured(at)).written())["id"]
    assert "it has no file yet" in refused(at, wanted(dataset))["/dataset"]
    at.sent(dataset)
    assert "is queued" in refused(at, wanted(dataset))["/dataset"]
    at.ready(dataset, Report(problems=(JUMP,)))
    receipt = at.done("north", "POST", HAND_IN, wanted(dataset))
    assert (receipt["state"], receipt["sealed"]) == ("received", True)
    cell = in_matrix(at)
    assert (cell["status"], cell["checks_passed"], cell["failed_rules"]) == ("in quarantine", False, ["voltage-jump"])
    decision = {"code": "QX", "cell": 1, "accepted": True, "reason": "Looks fine"}
    assert at.ask("partner", "POST", DECIDE, decision).status_code == 409

    at.sent(dataset, b"test_time_second\n1\n")
    at.ready(dataset)
    corrected = at.done("north", "POST", HAND_IN, wanted(dataset))
    assert (corrected["number"], corrected["version"], corrected["state"]) == (2, 2, "accepted")
    assert [one["state"] for one in at.done("north", "GET", HAND_IN)["submissions"]] == ["superseded", "accepted"]
    assert (in_matrix(at)["status"], in_matrix(at)["versions"]) == ("accepted", 2)


def test_warnings_and_deviations_wait_for_the_coordinator_who_sees_names_and_gives_a_reason(at: Desk) -> None:
    deviation = {"category": "power-outage", "impact": "minor", "text": "Secretstory"}
    receipt = handed_in(at, **{"test.conformance": "non-conformant", "test.deviations": [deviation]})
    assert receipt["state"] == "received"
    assert in_matrix(at) == {
        "number": 1,
        "status": "received",
        "versions": 1,
        "late": 0,
        "checks_passed": False,
        "failed_rules": ["protocol-deviation"],
    }
    rejected = {"code": "QX", "cell": 1, "accepted": False, "reason": "Two days without power are too much"}
    assert at.ask("north", "POST", DECIDE, rejected).status_code == 403
    assert at.done("partner", "POST", DECIDE, rejected)["status"] == "missing"
    [own] = at.done("north", "GET", HAND_IN)["submissions"]
    assert (own["state"], own["decided_reason"], own["counts"]) == ("rejected", rejected["reason"], False)
    [told] = at.done("north-contributor", "GET", "/notifications")["items"]
    assert told["kind"] == "round-decided" and "Northcell-1" in told["text"] and rejected["reason"] in told["text"]
    assert at.done("west", "GET", "/notifications")["items"] == []
    at.done("partner", "POST", DECIDE, rejected | {"accepted": True, "reason": "It was two hours"})
    assert at.done("north", "GET", HAND_IN)["submissions"][0]["counts"]
    for wrong, status in (({"code": "ZZ"}, 422), ({"cell": 9}, 422), ({"cell": 2}, 409)):
        assert at.ask("partner", "POST", DECIDE, rejected | wrong).status_code == status
    entered(at, RoundState.EVALUATED)
    assert at.ask("partner", "POST", DECIDE, rejected).status_code == 409


def test_on_the_coordinators_own_line_the_statistician_decides(at: Desk) -> None:
    handed_in(at, **{"test.exclusions": ["Cycle 3: the channel was disconnected"]})
    with at.services.sessions.begin() as session:
        rounds.give_role(session, ROUND, RoundRole.COORDINATOR, "north", "office", at.services.now())
        rounds.give_role(session, ROUND, RoundRole.STATISTICIAN, "office", "office", at.services.now())
    decision = {"code": "QX", "cell": 1, "accepted": True, "reason": "Cycle 3 is not looked at"}
    answer = at.ask("north", "POST", DECIDE, decision)
    assert answer.status_code == 409 and "the statistician decides" in answer.json()["detail"]
    assert at.done("office", "POST", DECIDE, decision)["status"] == "accepted"


def test_the_same_bytes_for_another_cell_of_the_line_are_refused_but_for_another_part_of_the_file(at: Desk) -> None:
    bytes = b"test_time_second\n0\n"
    handed_in(at, content=bytes)
    again = measured(at, number=2, content=bytes)
    assert "'Northcell-1' of this line already" in refused(at, wanted(again, number=2))["/dataset"]
    part = measured(at, number=2, content=bytes, reading={"channel": "2"})
    assert at.done("north", "POST", HAND_IN, wanted(part, number=2))["state"] == "accepted"


def test_the_same_bytes_of_another_line_stand_for_the_coordinator_and_neither_line_is_given_a_hint(at: Desk) -> None:
    bytes = b"test_time_second\n0\n"
    handed_in(at, content=bytes)
    before = at.done("north", "GET", HAND_IN)
    dataset = measured(at, "west", content=bytes)
    tried = at.done("west", "POST", ATTEMPT, wanted(dataset, "west"))
    assert (tried["would_be_taken"], tried["state"], tried["failed_rules"]) == (True, "accepted", [])
    assert at.done("west", "POST", HAND_IN, wanted(dataset, "west"))["state"] == "accepted"
    assert at.done("north", "GET", HAND_IN) == before
    [own] = at.done("west", "GET", HAND_IN)["submissions"]
    assert own["failed_rules"] == [] and own["counts"]
    for code in ("QX", "BM"):
        assert in_matrix(at, code)["failed_rules"] == ["same-bytes-twice"]
        assert in_matrix(at, code)["checks_passed"] is False
    # Sent once more it is the same hand-in still.
    assert at.done("west", "POST", HAND_IN, wanted(dataset, "west"))["number"] == 1


def test_behind_the_lines_own_last_moment_it_is_late_and_replaces_nothing_that_counts(at: Desk) -> None:
    handed_in(at)
    with at.services.sessions.begin() as session:
        participants.extend(session, ROUND, "north-1", CLOSES + timedelta(days=7))
    at.clock.at = CLOSES + timedelta(days=7)
    assert not handed_in(at, number=2)["late"]
    assert handed_in(at, "west")["late"]
    at.clock.wait(seconds=1)
    late = handed_in(at)
    assert (late["late"], late["number"], late["sealed"]) == (True, 2, True)
    assert [one["counts"] for one in at.done("north", "GET", HAND_IN)["submissions"]] == [True, False, True]
    assert (in_matrix(at)["status"], in_matrix(at)["versions"], in_matrix(at)["late"]) == ("accepted", 2, 1)
    assert (in_matrix(at, "BM")["status"], in_matrix(at, "BM")["late"]) == ("missing", 1)
    rejected = {"code": "BM", "cell": 1, "accepted": True, "reason": "Nearly in time"}
    assert at.ask("partner", "POST", DECIDE, rejected).status_code == 409


def test_once_the_round_is_closed_everything_is_late_and_nothing_is_taken_back(at: Desk) -> None:
    receipt = handed_in(at)
    entered(at, RoundState.CLOSED)
    assert at.ask("north", "POST", f"{HAND_IN}/{receipt['id']}/withdraw").status_code == 409
    assert handed_in(at, number=2)["late"]
    with at.services.sessions.begin() as session:
        sealing.open_round(at.services, session, ROUND)
    entered(at, RoundState.PUBLISHED)
    after = handed_in(at, number=3)
    assert after["late"] and not after["sealed"], "what comes after unsealing counts no more, and closes nothing"


def test_trying_keeps_nothing_and_seals_nothing(at: Desk) -> None:
    dataset = measured(at)
    tried = at.done("north-contributor", "POST", ATTEMPT, wanted(dataset))
    assert (tried["would_be_taken"], tried["state"], tried["late"], tried["problems"]) == (True, "accepted", False, [])
    assert [one["kpi"] for one in tried["kpis"]] == ["q1"]
    assert at.done("north", "GET", HAND_IN)["submissions"] == []
    assert in_matrix(at)["versions"] == 0
    assert at.done("north", "GET", f"/datasets/{dataset}/collections") == []
    at.done("north", "POST", f"/datasets/{dataset}/release", {"visibility": "network", "template": "none"})
    assert at.sees("west", dataset) == "listed"


def test_what_is_handed_in_is_sealed_whatever_the_record_says_later(at: Desk) -> None:
    dataset = measured(at)
    at.done("north", "POST", f"/datasets/{dataset}/release", {"visibility": "network", "template": "none"})
    at.done("north", "POST", f"/datasets/{dataset}/grants", {"grantee": "west", "level": "raw"})
    assert at.sees("west", dataset) == "raw"
    at.clock.wait(hours=1)
    receipt = at.done("north", "POST", HAND_IN, wanted(dataset))
    assert "The organisation 'west' can read this dataset" in receipt["notes"][0]
    assert "was open to others before" in receipt["notes"][1]
    assert "went from their lists" in receipt["notes"][2]
    assert at.done("north", "GET", f"/datasets/{dataset}/collections") == [ROUND]
    for user in ("west", "south", "partner", "office", ""):
        assert at.ask(user, "GET", f"/datasets/{dataset}").status_code == 404
    changed = {"cell": {"id": "Other"}, "test": {"round": None}}
    at.done("north", "PATCH", f"/datasets/{dataset}/metadata", changed)
    assert at.sees("west", dataset) == ""
    [own] = at.done("north", "GET", HAND_IN)["submissions"]
    assert (own["state"], own["cell"], own["sealed"]) == ("accepted", named("north", 1), True)
    # A file of the same cell that was never handed in is shut with it.
    other = at.released("north", cell=named("north", 1))
    at.done("north", "POST", f"/datasets/{other}/grants", {"grantee": "west", "level": "raw"})
    assert at.sees("west", other) == ""


def test_a_test_house_that_takes_part_learns_no_more_than_a_line(at: Desk) -> None:
    with at.services.sessions.begin() as session:
        for house in ("partner", "west"):
            rounds.give_role(session, ROUND, RoundRole.TEST_HOUSE, house, "office", at.clock.at)
    dataset = measured(at)
    at.done("north", "POST", f"/datasets/{dataset}/release", {"visibility": "network", "template": "none"})
    at.done("north", "POST", f"/datasets/{dataset}/grants", {"grantee_kind": "network", "level": "raw"})
    at.done("north", "POST", HAND_IN, wanted(dataset))
    assert (at.sees("partner", dataset), at.sees("west", dataset)) == ("raw", "")


def test_a_dataset_is_withdrawn_after_its_submission_and_both_stay_sealed(at: Desk) -> None:
    dataset = measured(at)
    at.done("north", "POST", f"/datasets/{dataset}/release", {"visibility": "network", "template": "none"})
    receipt = at.done("north", "POST", HAND_IN, wanted(dataset))
    answer = at.ask("north", "POST", f"/datasets/{dataset}/withdraw", {})
    assert answer.status_code == 409 and "Withdraw that submission first" in answer.json()["detail"]
    assert at.ask("west", "POST", f"{HAND_IN}/{receipt['id']}/withdraw").status_code == 404
    taken = at.done("north-contributor", "POST", f"{HAND_IN}/{receipt['id']}/withdraw")
    assert (taken["state"], taken["sealed"]) == ("withdrawn", True)
    assert at.ask("north", "POST", f"{HAND_IN}/{receipt['id']}/withdraw").status_code == 409
    assert (in_matrix(at)["status"], in_matrix(at)["versions"]) == ("missing", 1)
    # It may be handed in once more, as a version of its own.
    assert at.done("north", "POST", HAND_IN, wanted(dataset))["number"] == 2
    entered(at, RoundState.CLOSED)
    at.done("north", "POST", f"/datasets/{dataset}/withdraw", {})
    assert at.sees("west", dataset) == ""
    assert [one["counts"] for one in at.done("north", "GET", HAND_IN)["submissions"]] == [False, True]


def test_of_hand_ins_for_a_cell_at_the_same_moment_each_has_its_number_and_one_stands(at: Desk) -> None:
    some = [measured(at) for _ in range(3)]
    token = f"Bearer {issue_token(at.services, 'north', 'test', ALL)}"

    def send(dataset: str) -> Receipt:
        who = identify(at.services, token)
        return hand_in.hand_in(at.services, who, ROUND, HandIn.model_validate(wanted(dataset)))

    with ThreadPoolExecutor(6) as pool:
        receipts = list(pool.map(send, [*some, *some]))
    kept = at.done("north", "GET", HAND_IN)["submissions"]
    assert [one["number"] for one in kept] == list(range(1, len(kept) + 1))
    assert [one["state"] for one in kept].count("accepted") == 1 and kept[-1]["state"] == "accepted"
    assert {one.id for one in receipts} == {one["id"] for one in kept}


def test_a_manufacturing_round_takes_a_production_run_for_a_cell_until_a_test_stands_for_it(at: Desk) -> None:
    said = {"kind": "production-run", "test": None, "production": {"run": "RUN-1", "steps": [{"step": "coating"}]}}
    made = measured(at, **said, protocol={"name": "EG5 capacity check", "version": "1.0"})
    assert "is not handed in to this round" in refused(at, wanted(made))["/metadata/kind"]
    with at.services.sessions.begin() as session:
        kpi = {"kpi": CAPACITY | {"normalisation": "active-mass"}, "sigma_pt": 0.05}
        target = {"step": "stacking", "parameter": "layers", "target": 10, "minus": 0, "plus": 0, "critical": True}
        protocol = {"name": "EG5 capacity check", "version": "1.0", "targets": [target]}
        changed = RECORD | {"kind": "manufacturing", "plan": {"kpis": [kpi]}, "protocol": protocol}
        rounds.describe(session, ROUND, RoundRecord.model_validate(changed))
    assert at.done("north", "POST", HAND_IN, wanted(made))["number"] == 1
    tested = handed_in(at)
    assert tested["number"] == 2 and any("names no batch of the cell" in one for one in tested["notes"])
    assert "a test stands for the cell" in refused(at, wanted(made))["/dataset"]
    own = at.done("north", "GET", HAND_IN)["submissions"]
    assert [one["counts"] for one in own] == [False, True]
    missing = [[(off["label"], off["within"]) for off in one["off_protocol"]] for one in own]
    assert missing == [[("Stacking: Layers", None)]] * 2, "the run that was handed in says nothing of it"


def test_production_runs_on_which_kpis_of_the_cell_rest_are_sealed_with_it(at: Desk, tmp_path: Path) -> None:
    loading = {"kind": "production-parameter", "step": "coating", "parameter": "dry_loading", "electrode": "positive"}
    kpi = {"kpi": loading | {"id": "loading", "label": "Loading", "normalisation": "none"}, "sigma_pt": 0.05}
    with at.services.sessions.begin() as session:
        plan = EvaluationPlan.model_validate({"kpis": [kpi]})
        rounds.keep_plan(session, ROUND, plan, "office", at.services.now(), "Loading, too")
    about = Metadata(kind=DatasetKind.PRODUCTION_RUN, time_zone="UTC")
    content = workbook(tmp_path / "run.xlsx", run()).read_bytes()
    made = built(at.services, "north", content, "run.xlsx", about, Visibility.NETWORK)
    assert at.sees("west", made) == "listed"
    with at.services.sessions.begin() as session:
        number = participants.cells(session, ROUND, "north-1")[-1].number + 1
        facts = {"id": at.services.new_id(), "round": ROUND, "line": "north-1", "number": number, "name": "C-1"}
        participants.add_cell(session, Cell.model_validate(facts), at.services.now())
    receipt = at.done("north", "POST", HAND_IN, wanted(measured(at, cell="C-1")) | {"cell": "C-1"})
    assert receipt["notes"] == [f"Sealed with it, since results of production rest on them: {made}."]
    assert at.sees("west", made) == "" and at.sees("north", made) == "raw"
    [own] = at.done("north", "GET", HAND_IN)["submissions"]
    assert own["notes"] == receipt["notes"] and own["kpis"][0]["value"] is not None


def test_what_is_there_is_computed_by_an_amended_plan_too(at: Desk) -> None:
    receipt = handed_in(at)
    at.done("north", "PATCH", f"/datasets/{receipt['dataset']}/metadata", {"cell": {"nominal_capacity_ah": 7.0}})
    cycles = {"id": "efc", "label": "Equivalent full cycles", "kind": "equivalent-full-cycles"}
    plan = {"kpis": [{"kpi": CAPACITY, "sigma_pt": 0.05}, {"kpi": cycles, "sigma_pt": 0.1}]}
    at.done("partner", "POST", f"/rounds/{ROUND}/amendments", {"plan": plan, "reason": "Full cycles were forgotten"})
    [one] = at.done("north", "GET", HAND_IN)["submissions"]
    assert [kpi["kpi"] for kpi in one["kpis"]] == ["efc", "q1"]
    with at.services.sessions.read() as session:
        assert len(submissions.values(session, [one["id"]], 0)[one["id"]]) == 1


def test_uncertainties_are_kept_with_their_unit_for_the_line_alone_and_others_make_another_version(at: Desk) -> None:
    dataset = measured(at)
    bare = at.done("north", "POST", HAND_IN, wanted(dataset))
    assert bare["uncertainties"] == []
    said = wanted(dataset, uncertainties=[{"kpi": "q1", "expanded": 0.0271828}])
    receipt = at.done("north", "POST", HAND_IN, said)
    [kept] = receipt["uncertainties"]
    assert (kept["kpi"], kept["expanded"], kept["k"], kept["unit"]) == ("q1", 0.0271828, 2.0, "A.h")
    assert receipt["number"] == 2 and at.done("north", "POST", HAND_IN, said) == receipt
    assert at.done("north-viewer", "GET", f"{HAND_IN}/{receipt['id']}")["uncertainties"] == receipt["uncertainties"]
    for user, path in (("partner", STATUS), ("partner", f"/rounds/{ROUND}"), ("west", HAND_IN), ("office", STATUS)):
        assert "0.0271828" not in at.ask(user, "GET", path).text
    assert at.ask("west", "GET", f"{HAND_IN}/{receipt['id']}").status_code == 404


def test_what_stands_against_uncertainties_is_said_with_everything_else(at: Desk) -> None:
    stated = [{"kpi": "q1", "expanded": 0.02}, {"kpi": "q2", "expanded": 0.02}, {"kpi": "q1", "expanded": 0.03, "k": 3}]
    found = refused(at, wanted(measured(at), uncertainties=stated) | {"cell": "Northcel-1"})
    assert {"/cell", "/uncertainties/1/kpi", "/uncertainties/2/kpi"} <= set(found)
    assert found["/uncertainties/1/kpi"] == "'q2' is no KPI of the round's plan; its KPIs are q1" or (
        "nearest is 'q1'" in found["/uncertainties/1/kpi"]
    )
    wrong = [{"kpi": "q1", "expanded": 0}, {"kpi": "q1", "expanded": 0.1, "k": 4.5}, {"kpi": "q1", "expanded": -0.1}]
    answer = at.ask("north", "POST", HAND_IN, wanted(measured(at), uncertainties=wrong))
    pointers = [one["pointer"] for one in answer.json()["errors"]]
    assert answer.status_code == 422
    assert [one.removeprefix("/body") for one in pointers] == [
        "/uncertainties/0/expanded",
        "/uncertainties/1/k",
        "/uncertainties/2/expanded",
    ]


def test_of_a_budget_the_uncertainty_is_kept_that_the_value_has(at: Desk) -> None:
    about = Metadata.model_validate(described("north", cell=named("north", 1)))
    dataset = built(at.services, "north", bdf_csv(3000), "a.csv", about, None)
    declared = {"kpi": "q1", "channel": "3-7", "gain": 0.003, "offset": 0.0002, "hours": 1, "time": 0.004}
    receipt = at.done("north", "POST", HAND_IN, wanted(dataset, budgets=[declared]))
    [own] = at.done("north", "GET", HAND_IN)["submissions"]
    [kept], q = receipt["uncertainties"], own["kpis"][0]["value"]
    u = ((0.003 * q) ** 2 + 0.0002**2 + (0.004 * q) ** 2) ** 0.5
    assert (kept["expanded"], kept["k"]) == (pytest.approx(2 * u, rel=1e-9), 2.0)
    assert kept["of_channel"] == pytest.approx(((0.003 * q) ** 2 + 0.0002**2) ** 0.5, rel=1e-9)
    assert (kept["unit"], kept["channel"], kept["definition"]) == ("A.h", "3-7", "budget/1")
    assert at.done("north", "POST", HAND_IN, wanted(dataset, budgets=[declared])) == receipt
    assert "3-7" not in at.ask("partner", "GET", STATUS).text
    both = {"budgets": [declared | {"hours": 0}], "uncertainties": [{"kpi": "q1", "expanded": 0.1}]}
    assert set(refused(at, wanted(dataset, **both))) == {"/budgets/0/kpi", "/budgets/0/hours"}
    assert set(refused(at, wanted(dataset, budgets=[{"kpi": "q1", "channel": "3-7", "kelvin": 1}]))) == {"/budgets/0"}


def test_a_budget_is_applied_anew_to_what_an_amended_plan_asks_for(at: Desk) -> None:
    cell = {"id": named("north", 1), "specification": {"positive": {"active_mass_g": 12.5}}}
    about = Metadata.model_validate(described("north", cell=cell))
    dataset = built(at.services, "north", bdf_csv(3000), "a.csv", about, None)
    declared = {"kpi": "q1", "channel": "3-7", "gain": 0.003, "offset": 0.0002, "hours": 1, "amount": 0.002}
    given = wanted(dataset, budgets=[declared])
    [before] = at.done("north", "POST", HAND_IN, given)["uncertainties"]
    [own] = at.done("north", "GET", HAND_IN)["submissions"]
    per_gram, energy = CAPACITY | {"normalisation": "active-mass"}, CAPACITY | {"kind": "cycle-energy"}
    found = []
    for kpi, why in ((per_gram, "Masses differ"), (energy, "Energy is meant")):
        plan = {"kpis": [{"kpi": kpi, "sigma_pt": 0.05}]}
        at.done("partner", "POST", f"/rounds/{ROUND}/amendments", {"plan": plan, "reason": why})
        found += [one["uncertainties"] for one in at.done("north", "GET", HAND_IN)["submissions"]]
    [[after], of_energy] = found
    q = own["kpis"][0]["value"]
    u = ((0.003 * q) ** 2 + 0.0002**2 + (0.002 * q) ** 2) ** 0.5
    assert (before["unit"], before["expanded"]) == ("A.h", pytest.approx(2 * u, rel=1e-9))
    assert (after["unit"], after["expanded"]) == ("mA.h/g", pytest.approx(2 * u * 1000 / 12.5, rel=1e-9))
    assert of_energy == [], "an offset in A says nothing of an energy"
    with at.services.sessions.read() as session:
        [kept] = submissions.of(session, ROUND)
        [counted] = count(session, rounds.find(session, ROUND) or pytest.fail()).counting.values()
    assert kept.budgets[0].model_dump(exclude={"measure"}) == declared | {"time": 0.0, "kelvin": 0.0, "per_kelvin": 0.0}
    assert counted == (kept,)


def test_the_batch_that_the_record_names_is_kept_and_another_makes_another_version(at: Desk) -> None:
    dataset = measured(at, cell={"id": named("north", 1), "batch": "B-7"})
    receipt = at.done("north", "POST", HAND_IN, wanted(dataset))
    assert (receipt["batch"], receipt["number"]) == ("B-7", 1)
    assert at.done("north", "POST", HAND_IN, wanted(dataset)) == receipt
    at.done("north", "PATCH", f"/datasets/{dataset}/metadata", {"cell": {"batch": "B-8"}})
    again = at.done("north", "POST", HAND_IN, wanted(dataset))
    assert (again["batch"], again["number"]) == ("B-8", 2) and "B-8" not in at.ask("partner", "GET", STATUS).text
