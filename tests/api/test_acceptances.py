"""A warning is accepted with a reason and stays so; an error never is; others see the reason and not the person."""

# fixtures of the other module
import csv
import io
from datetime import UTC, datetime

import pytest

from exchange.delivery import choose
from schemas.acceptance import AcceptedFinding
from schemas.report import Problem, Report, Severity
from tests.api.test_exchange import Installation, Json, Line, cell, installation, north, partner

__all__ = ["installation", "north", "partner"]
RULE = "nominal-capacity"


def accept(line: Line, dataset: str, **wanted: object) -> Json:
    answer = line.http.post(f"/datasets/{dataset}/report/acceptances", json={"rule": RULE, "reason": "Aged"} | wanted)
    return {"status": answer.status_code, **answer.json()}


def acceptance(line: Line, dataset: str, **params: object) -> Json | None:
    problems = line.person.get(f"/datasets/{dataset}/report", **params)["report"]["problems"]
    [found] = [one["acceptance"] for one in problems if one["rule"] == RULE]
    return found  # type: ignore[no-any-return]  # JSON


@pytest.fixture
def larger(north: Line) -> str:
    """A dataset whose cell has 1.4 times the declared capacity: a warning."""
    return north.dataset(cell(capacity=1.4))


def test_an_accepted_warning_says_when_why_and_by_whom(north: Line, larger: str) -> None:
    assert acceptance(north, larger) is None
    told = accept(north, larger, reason="Declared for the other electrode")
    assert told["status"] == 201 and told["message"].startswith("The largest capacity")
    shown = acceptance(north, larger)
    assert shown == {name: value for name, value in told.items() if name != "status"}
    assert (shown["reason"], shown["accepted_by"]) == ("Declared for the other electrode", "north steward")
    assert (shown["version"], shown["build"], shown["file"], shown["column"]) == (1, 1, "cell.csv", None)


def test_it_holds_for_later_builds_of_the_version_and_not_for_other_bytes(north: Line, larger: str) -> None:
    accept(north, larger)
    north.person.patch(f"/datasets/{larger}/metadata", {"cell": {"nominal_capacity_ah": 1.1}})
    assert north.person.wait(larger)["build"] == 2
    again = acceptance(north, larger)
    assert again is not None and (again["build"], again["reason"]) == (1, "Aged")
    north.upload(larger, cell(3, capacity=1.4))
    assert acceptance(north, larger) is None
    assert acceptance(north, larger, version=1) == again


def test_an_error_is_never_accepted(north: Line) -> None:
    id = str(north.person.post("/datasets", {"cell": {"nominal_capacity_ah": 0.1}})["id"])
    assert north.upload(id, cell())["state"] == "quarantined"
    refused = accept(north, id, rule="capacity-implausible")
    assert refused["status"] == 409 and "an error cannot be accepted" in refused["detail"]


def test_a_note_needs_no_acceptance(north: Line) -> None:
    id = north.dataset(cell(cut=True))
    assert accept(north, id, rule="cycle-truncated")["status"] == 409


def test_a_warning_that_was_accepted_and_became_an_error_is_accepted_no_more() -> None:
    problem = Problem(rule="clock-mismatch", severity=Severity.WARNING, message="Twice as fast.")
    when = datetime(2026, 3, 2, tzinfo=UTC)
    facts = {"version": 1, "build": 1, "message": problem.message, "reason": "A clock of its own", "accepted_at": when}
    accepted = AcceptedFinding(rule=problem.rule, **facts)
    for severity in Severity:
        report = Report(problems=(problem.model_copy(update={"severity": severity}),))
        [shown] = choose.with_acceptances(report, [accepted], own=True).problems
        assert shown.acceptance == (accepted if severity is Severity.WARNING else None)


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"rule": "time-gap"}, 404),
        ({"rule": "no-such-rule"}, 404),
        ({"column": "current_ampere"}, 404),
        ({"file": "other.csv"}, 404),
        ({"reason": ""}, 422),
        ({"reason": "   "}, 422),
        ({"raeson": "Aged"}, 422),
    ],
)
def test_what_is_not_in_the_report_or_has_no_reason_is_refused(
    north: Line, larger: str, wanted: Json, status: int
) -> None:
    assert accept(north, larger, **wanted)["status"] == status
    assert acceptance(north, larger) is None


def test_a_second_acceptance_changes_nothing_and_says_so(north: Line, larger: str) -> None:
    accept(north, larger, reason="First")
    refused = accept(north, larger, reason="Second")
    assert refused["status"] == 409 and "First" in refused["detail"]
    shown = acceptance(north, larger)
    assert shown is not None and shown["reason"] == "First"


def test_which_of_several_findings_is_meant_has_to_be_said(north: Line) -> None:
    lines = cell().splitlines()
    header = lines[0] + ",surface_temperature_celsius,ambient_temperature_celsius"
    id = north.dataset("\n".join([header, *(line + ",900,900" for line in lines[1:])]))
    vague = accept(north, id, rule="value-implausible")
    assert vague["status"] == 422 and vague["errors"][0]["pointer"] == "/column"
    assert "column ambient_temperature_celsius" in vague["detail"]
    assert accept(north, id, rule="value-implausible", column="surface_temperature_celsius")["status"] == 201


def test_others_see_that_it_was_accepted_and_why_but_not_by_whom(north: Line, partner: Line, larger: str) -> None:
    accept(north, larger)
    north.person.post(f"/datasets/{larger}/release", {})
    north.person.post(f"/datasets/{larger}/grants", {"grantee": "partner", "level": "tables"})
    shown = acceptance(partner, larger)
    assert shown is not None and (shown["reason"], shown["accepted_by"]) == ("Aged", None)
    assert accept(partner, larger)["status"] == 403


def test_who_may_upload_may_accept_and_others_may_not(installation: Installation, larger: str) -> None:
    assert accept(installation.line("north-viewer"), larger)["status"] == 403
    assert accept(installation.line("west"), larger)["status"] == 404
    assert accept(installation.line("north-contributor"), larger)["status"] == 201


def test_before_there_is_a_report_nothing_can_be_accepted(north: Line) -> None:
    id = str(north.person.post("/datasets", {})["id"])
    assert accept(north, id)["status"] == 404


def test_the_report_is_a_file_too(north: Line, larger: str) -> None:
    accept(north, larger, reason="=1+1")
    answer = north.http.get(f"/datasets/{larger}/report/csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert f"{larger}_v1_b1_report.csv" in answer.headers["content-disposition"]
    [row] = [one for one in csv.DictReader(io.StringIO(answer.text)) if one["rule"] == RULE]
    assert (row["severity"], row["file"], row["count"]) == ("warning", "cell.csv", "1")
    assert row["accepted"] and row["accepted_because"] == "'=1+1"
