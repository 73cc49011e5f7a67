"""Who is asking: from a bearer token to a principal."""

from datetime import timedelta

from access import tokens
from exchange.services import Services
from schemas.access import Principal, TokenScope
from schemas.errors import Refused, Unauthenticated
from storage import people
from storage import tokens as kept

_USED_EVERY = timedelta(minutes=1)


def identify(services: Services, authorization: str | None) -> Principal:
    """The principal behind an `Authorization: Bearer …` header; `Unauthenticated` says what is wrong with it."""
    if not authorization:
        raise Unauthenticated(
            "This needs a token or a session. Send a token as header 'Authorization: Bearer plx_…', or sign in."
        )
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("The Authorization header is not of the form 'Bearer plx_…'.")
    now = services.now()
    with services.sessions.read() as session:
        who = kept.principal_of(session, tokens.fingerprint(token.strip()), now)
        used_at = kept.used_at(session, who.token) if who is not None else None
    if who is None:
        raise Unauthenticated("This token is unknown, revoked or past its end. Make a new one or ask your admin.")
    if used_at is None or used_at < now - _USED_EVERY:
        # Not at each request: reading would have to wait for whoever writes.
        with services.sessions.begin() as session:
            kept.touch(session, who.token, now, now - _USED_EVERY)
    return who


def issue_token(
    services: Services,
    user: str,
    name: str,
    scopes: frozenset[TokenScope],
    lasting: timedelta | None = None,
    organisation: str | None = None,
) -> str:
    """A new token for a user, shown this once; at most a year valid. It acts for the account's own organisation, or for
    another that the user is a member of."""
    if not scopes:
        raise Refused("A token needs at least one scope: read, upload or manage.")
    token, now = tokens.new_token(), services.now()
    with services.sessions.begin() as session:
        kept.add(
            session,
            id=services.new_id(),
            user=user,
            organisation=organisation or people.user(session, user).organisation,
            hash=tokens.fingerprint(token),
            prefix=token[:8],
            name=name,
            scopes=scopes,
            now=now,
            expires_at=tokens.expiry(now, lasting),
        )
    return token
