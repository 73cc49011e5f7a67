"""The demonstration's network: the office, three pilot lines, one partner, EG5, and a token for each person."""

from dataclasses import dataclass
from datetime import timedelta

from exchange.identify import issue_token
from exchange.services import Services
from schemas.access import TokenScope
from schemas.line import CellMade, Competencies, ElectrodeMaking, LineRecord, StepDone, Throughput
from schemas.organisation import Group, NetworkRole, Organisation, Role, Standing, User
from storage import lines, people

OFFICE, PARTNER, GROUP = "demo-office", "demo-partner", "demo-eg5"
LINES = {
    "demo-north": ("Nordlicht Battery Institute", "Nordlicht pilot line", "Europe/Berlin"),
    "demo-west": ("Atlantique Cellules", "Atlantique pilot line", "Europe/Paris"),
    "demo-south": ("Mediterrània Energia", "Mediterrània pilot line", "Europe/Madrid"),
}
_STEPS = ("mixing", "coating", "drying", "calendering", "cutting", "contacting", "packaging", "filling", "formation")


def _able(form: str, capacity_ah: float, chemistry: str, cells_per_day: float, assembly: str) -> Competencies:
    return Competencies(
        steps=tuple(StepDone(step=step) for step in (*_STEPS, assembly)),
        cells=(CellMade(format=form, capacity_ah=capacity_ah),),
        chemistries=(chemistry,),
        throughput=(Throughput(cells_per_day=cells_per_day, cell_capacity_ah=capacity_ah),),
        electrodes=ElectrodeMaking(continuous=True, coated_sides=2, metres_per_day=150, roll_metres=300),
    )


ABLE = {
    "demo-north": _able("pouch", 5, "NMC622//graphite", 40, "stacking"),
    "demo-west": _able("cylindrical", 5, "NMC811//silicon-graphite", 60, "winding"),
    "demo-south": _able("prismatic", 20, "LFP//graphite", 12, "winding"),
}
_LASTING = timedelta(days=1)


@dataclass(frozen=True)
class Account:
    """A person of the demonstration and their token."""

    organisation: str
    name: str
    role: Role
    token: str


def seed(services: Services) -> dict[str, Account]:
    """Enter what is not there yet, and give every person a token for a day; keys are organisation ids."""
    organisations = [
        Organisation(id=OFFICE, name="Network office", standing=Standing.OFFICE),
        Organisation(id=PARTNER, name="Separator Supplier GmbH", standing=Standing.PARTNER, country="DE"),
        *(Organisation(id=id, name=names[0], standing=Standing.MEMBER) for id, names in LINES.items()),
    ]
    now = services.now()
    with services.sessions.begin() as session:
        there = {one.id for one in people.organisations(session)}
        for one in organisations:
            if one.id not in there:
                people.add_organisation(session, one, now)
                people.add_user(session, _person(one), {Role.STEWARD}, now)
                if one.id in LINES:
                    _, name, zone = LINES[one.id]
                    record = LineRecord(name=name, time_zone=zone, competencies=ABLE[one.id], public=True)
                    lines.add(session, f"{one.id}-line", one.id, record, _person(one).id, now)
                if one.id == OFFICE:
                    people.give_network_role(session, _person(one).id, NetworkRole.OFFICE, now)
        if GROUP not in {group.id for group in people.groups(session)}:
            people.add_group(session, Group(id=GROUP, name="EG5 round robin", organisations=tuple(LINES)))
    scopes = frozenset(TokenScope)
    return {
        one.id: Account(
            one.name, _person(one).name, Role.STEWARD, issue_token(services, _person(one).id, "demo", scopes, _LASTING)
        )
        for one in organisations
    }


def _person(organisation: Organisation) -> User:
    name = f"Steward of {organisation.name}"
    return User(id=f"{organisation.id}-steward", organisation=organisation.id, name=name)
