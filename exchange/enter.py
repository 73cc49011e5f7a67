"""Enter and end organisations, lines, people, groups and tokens, on the machine that the installation runs on."""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exchange.identify import identify, issue_token
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services, reach
from schemas.access import GranteeKind, TokenScope
from schemas.errors import Conflict, NotFound, Refused, Trouble
from schemas.organisation import Group, Line, Organisation, Role, Token, User
from storage import people
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
    with _opened(settings) as services, services.sessions.begin() as session:
        return people.end_user(session, user, services.now())


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


def _trouble(noun: type[BaseModel], place: tuple[int | str, ...], found: object) -> Trouble:
    rule = noun.model_fields[str(place[0])].description or "an id of 1 to 32 small letters, digits and hyphens"
    pointer = "".join(f"/{part}" for part in place)
    return Trouble(pointer=pointer, message=f"{str(found)[:80]!r} does not fit;", hint=f"it must be {rule}.")
