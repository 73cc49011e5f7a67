"""The demonstration's network: the office, three pilot lines, one partner, EG5, and a token for each person."""

from dataclasses import dataclass
from datetime import timedelta

from exchange.identify import issue_token
from exchange.services import Services
from schemas.access import TokenScope
from schemas.organisation import Group, Line, Organisation, Role, Standing, User
from storage import people

OFFICE, PARTNER, GROUP = "demo-office", "demo-partner", "demo-eg5"
LINES = {
    "demo-north": ("Nordlicht Battery Institute", "Nordlicht pilot line", "Europe/Berlin"),
    "demo-west": ("Atlantique Cellules", "Atlantique pilot line", "Europe/Paris"),
    "demo-south": ("Mediterrània Energia", "Mediterrània pilot line", "Europe/Madrid"),
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
                    line = Line(id=f"{one.id}-line", organisation=one.id, name=name, time_zone=zone)
                    people.add_line(session, line)
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
