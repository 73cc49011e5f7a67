"""Enter, change and end what the network is made of, on the machine that the installation runs on; and tokens."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exchange import guard
from exchange.identify import identify, issue_token
from exchange.members import admit, employ
from exchange.members import seed as beginnings
from exchange.services import Services
from exchange.settings import Settings
from exchange.sign_in import links
from exchange.start import close_services, open_services, reach
from schemas.access import GranteeKind, TokenScope
from schemas.errors import Conflict, NotFound, Refused, Trouble
from schemas.organisation import (
    Group,
    Line,
    Membership,
    NetworkRole,
    Organisation,
    OrganisationState,
    Role,
    Token,
    User,
)
from storage import members, people
from storage import tokens as kept

N = TypeVar("N", bound=BaseModel)
_LONGEST_TOKEN_NAME = 100


def checked(noun: type[N], **given: object) -> N:
    """The noun that was given, or `Refused` with a sentence for every value that does not fit."""
    try:
        return noun(**given)
    except ValidationError as wrong:
        troubles = tuple(_trouble(noun, one["loc"], one["input"]) for one in wrong.errors(include_url=False))
        raise Refused(f"This {noun.__name__.lower()} is not entered.", errors=troubles) from None


def organisation(settings: Settings, one: Organisation) -> None:
    """A new organisation; `Conflict` when id or name is taken."""
    with _opened(settings) as services, services.sessions.begin() as session:
        for other in people.organisations(session):
            if other.id == one.id or other.name == one.name:
                raise Conflict(f"There is already an organisation {other.id} named '{other.name}'.")
        people.add_organisation(session, one, services.now())


def line(settings: Settings, one: Line) -> None:
    """A new pilot line of an organisation; `Conflict` when the id is taken."""
    with _opened(settings) as services, services.sessions.begin() as session:
        _organisation_exists(session, one.organisation)
        if people.line_exists(session, one.id):
            raise Conflict(f"There is already a line {one.id}.")
        people.add_line(session, one)


def group(settings: Settings, one: Group) -> None:
    """A new group of organisations; `Conflict` when id or name is taken."""
    with _opened(settings) as services, services.sessions.begin() as session:
        for member in one.organisations:
            _organisation_exists(session, member)
        for person in one.users:
            if not people.user_exists(session, person):
                raise NotFound(f"There is no user {person}; enter them first.")
        for other in people.groups(session):
            if other.id == one.id or other.name == one.name:
                raise Conflict(f"There is already a group {other.id} named '{other.name}'.")
        people.add_group(session, one)


def user(settings: Settings, one: User, role: Role) -> None:
    """A new person of an organisation; `Conflict` when the id is taken."""
    with _opened(settings) as services, services.sessions.begin() as session:
        _organisation_exists(session, one.organisation)
        if people.user_exists(session, one.id):
            raise Conflict(f"There is already a user {one.id}.")
        people.add_user(session, one, {role}, services.now())


def end_user(settings: Settings, user: str) -> int:
    """Let a person in no more; returns how many tokens were revoked."""
    with _opened(settings) as services:
        with services.sessions.begin() as session:
            revoked = employ.end(session, services, user, None)
        guard.acted(services, "command:end person", None, person=user)
        return revoked


def member(settings: Settings, user: str, organisation: str, roles: str) -> frozenset[Role]:
    """The roles of a person in an organisation, in place of those they had; none ends the membership."""
    wanted = {one.strip() for one in roles.split(",") if one.strip()}
    unknown = wanted - {one.value for one in Role}
    if unknown:
        raise Refused(f"There is no role {', '.join(sorted(unknown))}; there are {', '.join(Role)}.")
    given = frozenset(Role(one) for one in wanted)
    with _opened(settings) as services:
        with services.sessions.begin() as session:
            _organisation_exists(session, organisation)
            _person_is_there(session, user)
            if given:
                people.set_membership(session, Membership(user=user, organisation=organisation, roles=given))
            else:
                ended = members.end_membership(session, user, organisation, None, services.now())
                admit.refresh(session, ended)
        guard.acted(services, "command:change roles", None, organisation, person=user)
    return given


def network_role(settings: Settings, user: str, role: NetworkRole, take: bool) -> None:
    """Give a person a role for the network, or take it; nobody has both office and auditor."""
    with _opened(settings) as services:
        with services.sessions.begin() as session:
            _person_is_there(session, user)
            held = set(members.network_roles(session, user))
            wanted = held - {role} if take else held | {role}
            if {NetworkRole.OFFICE, NetworkRole.AUDITOR} <= wanted:
                raise Conflict("Whoever audits the network is not of its office; take the other role first.")
            members.set_network_roles(session, user, wanted, services.now())
        guard.acted(services, "command:change network roles", None, role.value, person=user)


def seat(settings: Settings, group: str, member: str, person: bool, out: bool) -> None:
    """An organisation (or a person) into a group, or out of it."""
    with _opened(settings) as services:
        with services.sessions.begin() as session:
            members.group(session, group)
            whom = {"user": member} if person else {"organisation": member}
            if out and not members.unseat(session, group, **whom):
                raise NotFound(f"{member} is not in the group {group}.")
            if not out:
                _person_is_there(session, member) if person else _organisation_exists(session, member)
                members.seat(session, group, **whom)
        guard.acted(services, "command:change group", None, group)


def bring_into(settings: Settings, organisation: str, state: OrganisationState, reason: str, withdraw: bool) -> None:
    """An organisation into another state, at once; `Conflict` names what is in the way."""
    with _opened(settings) as services:
        with services.sessions.begin() as session:
            admit.change(services, session, organisation, state, reason, None, withdraw)
        guard.acted(services, f"command:{state.value}", None, organisation)


def seed(settings: Settings) -> list[str]:
    """Enter what a network begins with and is not there yet; returns the ids entered."""
    with _opened(settings) as services, services.sessions.begin() as session:
        return beginnings.seed(session)


def password_link(settings: Settings, user: str) -> str:
    """The address of a one-time link by which a person sets a password or joins an identity, to be told this once."""
    with _opened(settings) as services, services.sessions.begin() as session:
        if not people.user_exists(session, user):
            raise NotFound(f"There is no user {user}; enter them first.")
        return links.made_by_operator(services, session, user)


def token(settings: Settings, user: str, name: str, scopes: str, days: int) -> tuple[str, str]:
    """A new token of a person, to be shown once, and its id."""
    wanted = {one.strip() for one in scopes.split(",") if one.strip()}
    unknown = wanted - {one.value for one in TokenScope}
    if unknown:
        raise Refused(f"There is no scope {', '.join(sorted(unknown))}; there are read, upload and manage.")
    if not 1 <= len(name) <= _LONGEST_TOKEN_NAME or not name.isprintable():
        raise Refused(f"A token's name must be 1 to {_LONGEST_TOKEN_NAME} characters on one line.")
    with _opened(settings) as services:
        with services.sessions.read() as session:
            if not people.user_exists(session, user):
                raise NotFound(f"There is no user {user}; enter them first.")
            if not people.user_active(session, user):
                raise Conflict(f"The user {user} has ended and gets no token.")
        scope = frozenset(TokenScope(one) for one in wanted)
        fresh = issue_token(services, user, name, scope, timedelta(days=days))
        return fresh, identify(services, f"Bearer {fresh}").token


def tokens(settings: Settings, user: str) -> list[tuple[Token, str]]:
    """Every token that a person has or had, oldest first, each with its state: valid, revoked or past its end."""
    with _opened(settings) as services, services.sessions.read() as session:
        if not people.user_exists(session, user):
            raise NotFound(f"There is no user {user}.")
        now = services.now()
        return [
            (one, "revoked" if one.revoked_at else "valid" if one.expires_at > now else "past its end")
            for one in kept.of_user(session, user)
        ]


def revoke(settings: Settings, token: str) -> str:
    """End anybody's token at once; returns whose it was."""
    with _opened(settings) as services, services.sessions.begin() as session:
        one = kept.find(session, token)
        if one.revoked_at is not None:
            raise Conflict(f"The token {token} of {one.user} is revoked already.")
        kept.revoke(session, one.user, token, services.now())
        return one.user


@contextlib.contextmanager
def _opened(settings: Settings) -> Iterator[Services]:
    services = open_services(settings)
    try:
        reach(settings)
        yield services
    except IntegrityError as taken:
        raise Conflict("Somebody entered the same id or name at this moment; look and try again.") from taken
    finally:
        close_services(services)


def _organisation_exists(session: Session, organisation: str) -> None:
    if not people.grantee_exists(session, GranteeKind.ORGANISATION, organisation):
        raise NotFound(f"There is no organisation {organisation}; enter it first.")


def _person_is_there(session: Session, user: str) -> None:
    if not people.user_active(session, user):
        raise NotFound(f"There is no user {user} who has not ended.")


def _trouble(noun: type[BaseModel], place: tuple[int | str, ...], found: object) -> Trouble:
    rule = noun.model_fields[str(place[0])].description or "an id of 1 to 32 small letters, digits and hyphens"
    pointer = "".join(f"/{part}" for part in place)
    return Trouble(pointer=pointer, message=f"{str(found)[:80]!r} does not fit;", hint=f"it must be {rule}.")
