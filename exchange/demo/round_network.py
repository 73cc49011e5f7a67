"""Who takes part in the demonstration's round: three more lines beside the three of the network, and EG5's people."""

from datetime import timedelta

from exchange.demo.network import ABLE, LINES, OFFICE, PARTNER, Account
from exchange.identify import issue_token
from exchange.services import Services
from schemas.access import TokenScope
from schemas.line import LineRecord
from schemas.organisation import Organisation, Role, Standing, User
from storage import lines, people

MORE_LINES = {
    "demo-east": ("Instytut Ogniw Wschód", "Wschód pilot line", "Europe/Warsaw"),
    "demo-alps": ("Alpenzelle Forschung", "Alpenzelle pilot line", "Europe/Vienna"),
    "demo-isle": ("Cells of the Isle", "Isle pilot line", "Europe/Dublin"),
}
EVERY_LINE = LINES | MORE_LINES
COORDINATOR, STATISTICIAN = "demo-eg5-coordinator", "demo-eg5-statistician"
_LASTING = timedelta(days=1)


def line_of(organisation: str) -> str:
    """Id of an organisation's line."""
    return f"{organisation}-line"


def seed_round(services: Services) -> dict[str, Account]:
    """Enter what is not there yet; accounts by person: each line's signatory and steward, EG5's two, the office."""
    with services.sessions.begin() as session:
        there = {one.id for one in people.organisations(session)}
        now = services.now()
        for id, (name, line, zone) in MORE_LINES.items():
            if id not in there:
                people.add_organisation(session, Organisation(id=id, name=name, standing=Standing.MEMBER), now)
                steward = User(id=f"{id}-steward", organisation=id, name=f"Steward of {name}")
                people.add_user(session, steward, {Role.STEWARD}, now)
                record = LineRecord(name=line, time_zone=zone, competencies=ABLE["demo-north"], public=True)
                lines.add(session, line_of(id), id, record, steward.id, now)
        for id, (name, _, _) in EVERY_LINE.items():
            signing = User(id=f"{id}-signatory", organisation=id, name=f"Director of {name}")
            if not people.user_exists(session, signing.id):
                people.add_user(session, signing, {Role.SIGNATORY}, now)
        for id, name in ((COORDINATOR, "Coordinator of EG5"), (STATISTICIAN, "Statistician of EG5")):
            if not people.user_exists(session, id):
                people.add_user(session, User(id=id, organisation=PARTNER, name=name), {Role.VIEWER}, now)
    accounts = {f"{OFFICE}-steward": (OFFICE, "Network office", Role.STEWARD)}
    for id in (COORDINATOR, STATISTICIAN):
        accounts[id] = (PARTNER, id, Role.VIEWER)
    for id, (name, _, _) in EVERY_LINE.items():
        accounts |= {f"{id}-steward": (id, name, Role.STEWARD), f"{id}-signatory": (id, name, Role.SIGNATORY)}
    scopes = frozenset(TokenScope)
    return {
        user: Account(of, name, role, issue_token(services, user, "demo round", scopes, _LASTING))
        for user, (of, name, role) in accounts.items()
    }
