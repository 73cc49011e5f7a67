"""A small network for tests: an office, three members, a partner, and a token for each role that matters."""

from dataclasses import dataclass
from datetime import datetime

from access import tokens
from exchange.services import Services
from schemas.access import TokenScope
from schemas.organisation import Group, Line, NetworkRole, Organisation, Role, Standing, User
from storage import people
from storage.tables import MembershipRow, TokenRow, UserRow

ALL = frozenset(TokenScope)
MEMBERS = ("north", "west", "south")


@dataclass(frozen=True)
class World:
    """Tokens by user id: `north` is a member's steward, `north-contributor` and `north-viewer` its colleagues."""

    tokens: dict[str, str]

    def header(self, user: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[user]}"}


def network(services: Services) -> World:
    """Enter the network; organisation ids are `office`, `north`, `west`, `south`, `partner`, the group is `eg5`."""
    now = services.now()
    users = {User(id="office", organisation="office", name="Office"): Role.STEWARD}
    users[User(id="partner", organisation="partner", name="Partner")] = Role.STEWARD
    for member in MEMBERS:
        users[User(id=member, organisation=member, name=f"{member} steward")] = Role.STEWARD
    for role in (Role.CONTRIBUTOR, Role.VIEWER, Role.SIGNATORY, Role.ADMIN):
        users[User(id=f"north-{role.value}", organisation="north", name=f"North {role.value}")] = role
    issued = {user.id: tokens.new_token() for user in users}
    with services.sessions.begin() as session:
        for id, standing in [("office", Standing.OFFICE), ("partner", Standing.PARTNER)]:
            people.add_organisation(session, Organisation(id=id, name=id.title(), standing=standing), now)
        for id in MEMBERS:
            one = Organisation(id=id, name=f"{id.title()} Line", standing=Standing.MEMBER)
            people.add_organisation(session, one, now)
            people.add_line(session, Line(id=f"{id}-1", organisation=id, name=f"{id} 1", time_zone="Europe/Berlin"))
        # All at once, as the rows that entering each of them and issuing tokens would make: every test begins here.
        session.add_all(UserRow(**user.model_dump(), created_at=now) for user in users)
        session.flush()
        session.add_all(
            MembershipRow(user=user.id, organisation=user.organisation, roles=[role.value])
            for user, role in users.items()
        )
        session.add_all(_token(services, user, issued[user.id], now) for user in users)
        people.give_network_role(session, "office", NetworkRole.OFFICE, now)
        people.add_group(session, Group(id="eg5", name="EG5", organisations=("north", "west")))
    return World(issued)


def _token(services: Services, user: User, token: str, now: datetime) -> TokenRow:
    return TokenRow(
        id=services.new_id(),
        user=user.id,
        organisation=user.organisation,
        hash=tokens.fingerprint(token),
        prefix=token[:8],
        name="test",
        scopes=sorted(ALL),
        created_at=now,
        expires_at=tokens.expiry(now, None),
    )
