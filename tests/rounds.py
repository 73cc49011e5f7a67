"""Rounds at work: six lines with their people, a coordinator, a statistician; rounds that are founded and opened."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from schemas.organisation import Line, Membership, Organisation, Role, Standing, User
from storage import people
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
    """The same with a line of each of these members, which has joined and named its cells `north-c1`, `north-c2`, …"""
    founded_round(at, id, **fields)
    at.done(COORDINATOR, "POST", f"/rounds/{id}/lines", {"lines": [f"{one}-1" for one in members]})
    for one in members:
        accept(at, one)
        shown = at.done(one, "POST", f"/rounds/{id}/lines/{one}-1/join", SIGNED)
        names = [f"{one}-c{number}" for number in range(1, shown["record"]["cells_per_line"] + 1)]
        at.done(one, "POST", f"/rounds/{id}/lines/{one}-1/cells", {"names": names})
    return id


def opened_round(at: Desk, id: str = "rr-2026", members: Sequence[str] = SIX, **fields: object) -> Opened:
    """The same, open."""
    joined_round(at, id, members, **fields)
    at.done(COORDINATOR, "POST", f"/rounds/{id}/open")
    lines = {one: f"{one}-1" for one in members}
    codes = {one["line"]: one["code"] for one in at.done(CUSTODIAN, "GET", f"/rounds/{id}/codes")}
    cells = {
        line: tuple(cell["name"] for cell in at.done(one, "GET", f"/rounds/{id}/lines/{line}/cells"))
        for one, line in lines.items()
    }
    return Opened(id, lines, codes, cells)
