"""Rounds at work: six lines with their people, a coordinator, a statistician; rounds that are founded and opened."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from access.codes import LETTERS
from schemas.agreement import Acceptance, AgreementVersion
from schemas.organisation import Line, Membership, Organisation, Role, Standing, User
from schemas.round.round import Cell
from storage import agreements, participants, people, rounds
from tests.desk import Desk, Json
from tests.worlds import MEMBERS

SIX = (*MEMBERS, "east", "centre", "coast")
"""Members; each has a line `north-1` and a person of the same id who is steward and signatory."""
COORDINATOR, STATISTICIAN, CUSTODIAN = "coordinator", "partner", "office"
RULES = "rr-rules"
KPI: Json = {
    "kpi": {"kind": "cycle-capacity", "id": "q-c10", "label": "Discharge capacity at C/10", "cycle": 1},
    "sigma_from": "prescribed",
    "sigma_pt": 0.05,
}
PLAN: Json = {"kpis": [KPI]}
SIGNED: Json = {"function": "Head of the institute", "basis": "Statutes, § 26"}


@dataclass(frozen=True)
class Opened:
    """A round that is open: lines by organisation, codes by line, names of cells by line in the order of numbers."""

    id: str
    lines: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    cells: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/rounds/{self.id}"


def enter(at: Desk) -> None:
    """The other three members, an institute without a line whose person coordinates, and signatories everywhere."""
    now = at.services.now()
    both = frozenset({Role.STEWARD, Role.SIGNATORY})
    with at.services.sessions.begin() as session:
        if people.user_exists(session, COORDINATOR):
            return
        for id in SIX[len(MEMBERS) :]:
            one = Organisation(id=id, name=f"{id.title()} Line", standing=Standing.MEMBER)
            people.add_organisation(session, one, now)
            people.add_line(session, Line(id=f"{id}-1", organisation=id, name=f"{id} 1", time_zone="Europe/Berlin"))
            people.add_user(session, User(id=id, organisation=id, name=f"{id} steward"), both, now)
        for id in MEMBERS:
            people.set_membership(session, Membership(user=id, organisation=id, roles=both))
        institute = Organisation(id="institute", name="Institute", standing=Standing.PARTNER)
        people.add_organisation(session, institute, now)
        coordinator = User(id=COORDINATOR, organisation="institute", name="EG5 coordinator")
        people.add_user(session, coordinator, {Role.VIEWER}, now)


def rules(at: Desk) -> None:
    """The agreement of the tests' rounds; being there changes nothing."""
    if at.ask("office", "GET", f"/agreements/{RULES}").status_code == 404:
        wanted = {"id": RULES, "kind": "round-rules", "title": "Rules of the round", "text": "Codes stay secret."}
        at.done("office", "POST", "/agreements", wanted)


def accept(at: Desk, who: str) -> None:
    """A signatory accepts the rules in their newest version; having done so changes nothing."""
    shown = at.done(who, "GET", f"/agreements/{RULES}")
    if shown["standing"]["in_force"]:
        return
    newest = shown["versions"][-1]
    given = {"version": newest["number"], "sha256": newest["sha256"]} | SIGNED
    at.done(who, "POST", f"/agreements/{RULES}/acceptances", given)


def record(at: Desk, **fields: object) -> Json:
    """What a coordinator says of a round of measurements, which lasts 60 days."""
    return {
        "title": "Capacity of pouch cells",
        "protocol": {"name": "EG5 capacity check", "version": "1.0"},
        "cells_per_line": 2,
        "agreement": RULES,
        "closes_at": (at.clock.at + timedelta(days=60)).isoformat(),
        "plan": PLAN,
    } | fields


def founded_round(at: Desk, id: str = "rr-2026", **fields: object) -> str:
    """A draft with a coordinator and a statistician; the office's person is custodian. Returns its id."""
    enter(at)
    rules(at)
    people_of_it = {"coordinator": COORDINATOR, "statistician": STATISTICIAN}
    at.done("office", "POST", "/rounds", {"id": id} | people_of_it | record(at) | fields)
    return id


def joined_round(at: Desk, id: str = "rr-2026", members: Sequence[str] = SIX, **fields: object) -> str:
    """The same with a line of each of these members, which has joined and named its cells `north-c1`, `north-c2`, …

    What people do for it one by one is entered at once; `test_rounds_setup` has them do it.
    """
    founded_round(at, id, **fields)
    now, new_id = at.services.now(), at.services.new_id
    with at.services.sessions.begin() as session:
        found, rule = rounds.find(session, id), agreements.find(session, RULES)
        assert found is not None and rule is not None
        text = rule.newest()
        for place, one in enumerate(members):
            line = f"{one}-1"
            if not [each for each in agreements.acceptances(session, one) if each.agreement == RULES]:
                agreements.accept(session, _acceptance(new_id(), one, text, now))
            participants.invite(session, id, (line, one), f"Z{LETTERS[place]}", COORDINATOR, now)
            participants.join(session, id, line, one, now, SIGNED)
            # The last named comes first: the order of numbers is not that of names.
            for number in range(1, found.record.cells_per_line + 1):
                name = f"{one}-c{found.record.cells_per_line + 1 - number}"
                cell = Cell(id=new_id(), round=id, line=line, number=number, name=name)
                participants.add_cell(session, cell, now)
    return id


def opened_round(at: Desk, id: str = "rr-2026", members: Sequence[str] = SIX, **fields: object) -> Opened:
    """The same, open."""
    joined_round(at, id, members, **fields)
    return open_it(at, id, members)


def open_it(at: Desk, id: str, members: Sequence[str] = SIX) -> Opened:
    """A round that lines have joined is opened by its coordinator."""
    at.done(COORDINATOR, "POST", f"/rounds/{id}/open")
    with at.services.sessions.read() as session:
        codes = {one.line: one.code for one in participants.of(session, id)}
        cells: dict[str, tuple[str, ...]] = {}
        for cell in participants.cells(session, id):
            cells[cell.line] = (*cells.get(cell.line, ()), cell.name)
    return Opened(id, {one: f"{one}-1" for one in members}, codes, cells)


def _acceptance(id: str, organisation: str, text: AgreementVersion, now: datetime) -> Acceptance:
    signed = {"agreement": RULES, "version": text.number, "accepted_by": organisation, "accepted_at": now}
    return Acceptance(id=id, organisation=organisation, evidence={"sha256": text.sha256}, **signed)
