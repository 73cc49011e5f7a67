"""A round that is open for three lines, and datasets that can be handed in to it."""

from datetime import UTC, datetime
from typing import Any

from schemas.round.round import Cell, RoundRecord, RoundRole, RoundState
from storage import participants, rounds
from tests.desk import Desk
from tests.records import COMPLETE, Json, record
from tests.worlds import MEMBERS

ROUND = "rr-2026"
HAND_IN, ATTEMPT = f"/rounds/{ROUND}/submissions", f"/rounds/{ROUND}/attempts"
STATUS, DECIDE = f"/rounds/{ROUND}/status", f"/rounds/{ROUND}/decisions"
CODES = {"north-1": "QX", "west-1": "BM", "south-1": "KD"}
CLOSES = datetime(2026, 6, 1, 12, tzinfo=UTC)
PROTOCOL = {"name": "EG5 capacity check", "version": "1.0"}
CAPACITY = {"id": "q1", "label": "Discharge capacity", "kind": "cycle-capacity", "cycle": 1}
RECORD: Json = {
    "title": "Round robin 2026",
    "protocol": PROTOCOL,
    "cells_per_line": 3,
    "closes_at": CLOSES.isoformat(),
    "plan": {"kpis": [{"kpi": CAPACITY, "sigma_pt": 0.05}]},
}
FOR_A_ROUND: Json = {
    "contact": {"name": "Ada Example", "email": "ada@north.example"},
    "test": {
        "kind": "cycling",
        "round": ROUND,
        "protocol": PROTOCOL,
        "instrument": {"maker": "Arbin", "model": "LBT", "serial": "1705", "channel": "3-7"},
        "calibration": {"at": "2026-01-15T08:00:00+01:00", "voltage_v": 0.001, "current_a": 0.0025},
        "chamber": {"set_temperature_c": 25, "measured_at": "centre of the cell's face"},
        "conformance": "conformant",
    },
}
"""What a round's profile asks of a record beside what release does."""


def opened(at: Desk, **otherwise: object) -> None:
    """Coordinator is the partner's steward, custodian the office's; each line has three cells."""
    round, now = RoundRecord.model_validate(RECORD | otherwise), at.services.now()
    with at.services.sessions.begin() as session:
        rounds.add(session, ROUND, round, "office", now)
        rounds.keep_plan(session, ROUND, round.plan, "office", now)
        rounds.give_role(session, ROUND, RoundRole.COORDINATOR, "partner", "office", now)
        rounds.give_role(session, ROUND, RoundRole.CUSTODIAN, "office", "office", now)
        for organisation in MEMBERS:
            line = f"{organisation}-1"
            participants.invite(session, ROUND, (line, organisation), CODES[line], "office", now)
            participants.join(session, ROUND, line, "north-signatory", now)
            for number in (1, 2, 3):
                facts = {"round": ROUND, "line": line, "number": number, "name": named(organisation, number)}
                cell = Cell.model_validate({"id": at.services.new_id()} | facts)
                participants.add_cell(session, cell, now)
        rounds.enter(session, ROUND, RoundState.OPEN, now)


def entered(at: Desk, state: RoundState) -> None:
    """The round in another state."""
    with at.services.sessions.begin() as session:
        rounds.enter(session, ROUND, state, at.services.now())


def named(organisation: str, number: int) -> str:
    """The name of a line's cell."""
    return f"{organisation.title()}cell-{number}"


def described(organisation: str, **fields: object) -> Json:
    """The whole record of a test of one of a line's cells."""
    emptied = {name: None for name, value in fields.items() if value is None}
    about = record(record(COMPLETE, **FOR_A_ROUND), line=f"{organisation} 1")
    return record(about, **fields) | emptied


def measured(at: Desk, organisation: str = "north", number: int = 1, content: bytes = b"", **fields: object) -> str:
    """A dataset of one of a line's cells that can be handed in."""
    fields = {"cell": named(organisation, number)} | fields
    return at.draft(organisation, content, **described(organisation, **fields))


def wanted(dataset: str, organisation: str = "north", number: int = 1, **more: object) -> Json:
    """What is sent to hand it in."""
    return {"line": f"{organisation}-1", "cell": named(organisation, number), "dataset": dataset} | more


def handed_in(at: Desk, organisation: str = "north", number: int = 1, **fields: Any) -> Json:  # Any: fields of a record
    """The receipt of a dataset that is made and handed in."""
    dataset = measured(at, organisation, number, **fields)
    return dict(at.done(organisation, "POST", HAND_IN, wanted(dataset, organisation, number)))


def in_matrix(at: Desk, code: str = "QX", number: int = 1) -> Json:
    """A cell as the coordinator sees it."""
    [line] = [one for one in at.done("partner", "GET", STATUS)["lines"] if one["code"] == code]
    [cell] = [one for one in line["cells"] if one["number"] == number]
    return dict(cell)
