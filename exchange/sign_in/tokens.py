"""Tokens: one's own, and those of the organisation's service accounts; shown once, ended at once."""

from datetime import timedelta

from access import throttle, tokens
from exchange import guard
from exchange.services import Services
from exchange.sign_in.record import record, refused
from exchange.sign_in.throttle import address, attempt
from schemas.access import Principal, Right, TokenScope
from schemas.errors import Denied, NotFound
from schemas.organisation import OrganisationState, Token
from schemas.signing_in import FreshToken, NewToken
from storage import people
from storage import tokens as kept


def mine(services: Services, who: Principal) -> list[Token]:
    """Every token that the caller has or had, oldest first."""
    with services.sessions.read() as session:
        return kept.of_user(session, who.user)


def create(services: Services, who: Principal, wanted: NewToken) -> FreshToken:
    """A token of the caller's that may do no more than what they came with, and for no other organisation.

    A token makes others only with the scope 'manage', and none that outlives it.
    """
    beyond = wanted.scopes - who.scopes
    needed = ""
    if who.token and TokenScope.MANAGE not in who.scopes:
        needed = "To make tokens by a token it needs the scope 'manage'; or sign in."
    elif beyond:
        needed = f"What you came with may not {' or '.join(sorted(beyond))}, and so may no token made by it."
    elif who.state is not OrganisationState.ADMITTED:
        needed = "Your organisation is not admitted at present, and no new tokens act for it."
    if needed:
        refused(services, "token:create", needed, user=who.user)
        raise Denied(needed)
    attempt(services, (throttle.TOKEN_USER, who.user), (throttle.TOKEN_ADDRESS, address()))
    return _made(services, who, who.user, wanted)


def revoke(services: Services, who: Principal, token: str) -> None:
    """End one of the caller's tokens at once; `NotFound` when it is not theirs."""
    with services.sessions.begin() as session:
        kept.revoke(session, who.user, token, services.now())
        record(services, session, "token:revoke", user=who.user, organisation=who.organisation, target=token)


def of_service(services: Services, who: Principal, service: str) -> list[Token]:
    """Every token of a service account of the caller's organisation; they need its role admin."""
    guard.require_general(services, who, Right.MANAGE_PEOPLE)
    _service(services, who, service)
    with services.sessions.read() as session:
        return kept.of_user(session, service)


def create_for_service(services: Services, who: Principal, service: str, wanted: NewToken) -> FreshToken:
    """A token for a service account of the caller's organisation."""
    guard.require_general(services, who, Right.MANAGE_PEOPLE)
    _service(services, who, service)
    if not wanted.scopes <= who.scopes:
        raise Denied("A token made by a token has no scope that this one lacks.")
    attempt(services, (throttle.TOKEN_USER, who.user), (throttle.TOKEN_ADDRESS, address()))
    return _made(services, who, service, wanted)


def revoke_of_service(services: Services, who: Principal, service: str, token: str) -> None:
    """End a token of a service account of the caller's organisation at once."""
    guard.require_general(services, who, Right.MANAGE_PEOPLE)
    _service(services, who, service)
    with services.sessions.begin() as session:
        kept.revoke(session, service, token, services.now())
        record(services, session, "token:revoke", user=who.user, organisation=who.organisation, target=token)


def _made(services: Services, who: Principal, user: str, wanted: NewToken) -> FreshToken:
    secret, now, id = tokens.new_token(), services.now(), services.new_id()
    ends = tokens.expiry(now, timedelta(days=wanted.days))
    with services.sessions.begin() as session:
        if who.token:
            ends = min(ends, kept.find(session, who.token).expires_at)
        kept.add(
            session,
            id=id,
            user=user,
            organisation=who.organisation,
            hash=tokens.fingerprint(secret),
            prefix=secret[:8],
            name=wanted.name,
            scopes=wanted.scopes,
            now=now,
            expires_at=ends,
        )
        record(
            services,
            session,
            "token:create",
            user=who.user,
            organisation=who.organisation,
            target=id,
            person=user if user != who.user else None,
            scopes=",".join(sorted(wanted.scopes)),
        )
        made = kept.find(session, id)
    return FreshToken(**made.model_dump(), token=secret)


def _service(services: Services, who: Principal, service: str) -> None:
    with services.sessions.read() as session:
        found = people.user(session, service) if people.user_active(session, service) else None
    if found is None or not found.service or found.organisation != who.organisation:
        raise NotFound(f"Your organisation has no service account {service}.")
