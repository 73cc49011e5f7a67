"""Enter organisations, people and tokens from the machine the installation runs on."""

from datetime import timedelta

from exchange.identify import issue_token
from exchange.settings import Settings
from exchange.start import close_services, open_services
from schemas.access import TokenScope
from schemas.errors import Conflict, NotFound, Refused
from schemas.organisation import Organisation, Role, Standing, User
from storage import people


def organisation(settings: Settings, id: str, name: str, standing: Standing, country: str) -> None:
    """A new organisation; `Conflict` when id or name is taken."""
    services = open_services(settings)
    try:
        with services.sessions.begin() as session:
            taken = [one for one in people.organisations(session) if one.id == id or one.name == name]
            if taken:
                raise Conflict(f"There is already an organisation {taken[0].id} named '{taken[0].name}'.")
            one = Organisation(id=id, name=name, standing=standing, country=country)
            people.add_organisation(session, one, services.now())
    finally:
        close_services(services)


def user(settings: Settings, id: str, organisation: str, name: str, role: Role) -> None:
    """A new person of an organisation."""
    services = open_services(settings)
    try:
        with services.sessions.begin() as session:
            if not people.grantee_exists(session, "organisation", organisation):
                raise NotFound(f"There is no organisation {organisation}; enter it first.")
            if people.user_exists(session, id):
                raise Conflict(f"There is already a user {id}.")
            people.add_user(session, User(id=id, organisation=organisation, name=name, role=role), services.now())
    finally:
        close_services(services)


def token(settings: Settings, user: str, name: str, scopes: str, days: int) -> str:
    """A new token of a person, to be shown once."""
    wanted = {one.strip() for one in scopes.split(",") if one.strip()}
    unknown = wanted - {one.value for one in TokenScope}
    if unknown:
        raise Refused(f"There is no scope {', '.join(sorted(unknown))}; there are read, upload and manage.")
    services = open_services(settings)
    try:
        with services.sessions.read() as session:
            if not people.user_exists(session, user):
                raise NotFound(f"There is no user {user}; enter them first.")
        return issue_token(services, user, name, frozenset(TokenScope(one) for one in wanted), timedelta(days=days))
    finally:
        close_services(services)
