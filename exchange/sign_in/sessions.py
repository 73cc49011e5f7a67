"""Sessions: opened at sign-in under a fresh secret, seen again, switched to another organisation, ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from access import sessions as secrets_of
from access.tokens import fingerprint
from exchange.services import Services
from exchange.sign_in.record import record
from schemas.access import Principal
from schemas.errors import Denied, Unauthenticated
from schemas.signing_in import ActsFor, BrowserSession, SignedIn
from storage import people, signed_in


@dataclass(frozen=True)
class Browser:
    """What a browser brings along: its name, the cookie of a session it has, that of a device known already."""

    agent: str = ""
    session: str = ""
    device: str = ""


@dataclass(frozen=True)
class Opened:
    """A session and what its browser is to keep: the session's cookie and the device's, where that is new."""

    secret: str
    signed_in: SignedIn
    device: str = ""


def opened(
    services: Services, session: Session, user: str, how: str, browser: Browser, organisation: str | None = None
) -> Opened:
    """A new session of a person whose identity is proven, on record; the one the browser had ends.

    `Unauthenticated` when there is no organisation for which they act, or not the one they name.
    """
    now, may = services.now(), signed_in.memberships(session, user)
    chosen = _chosen(may, organisation, people.user(session, user).organisation)
    secret = secrets_of.new_secret()
    one = BrowserSession(
        id=services.new_id(),
        organisation=chosen,
        how=how,
        agent="".join(sign for sign in browser.agent if sign.isprintable())[:200],
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(hours=services.settings.session_h),
    )
    if browser.session:
        signed_in.end_hash(session, fingerprint(browser.session), now)
    signed_in.add(session, one, user, fingerprint(secret))
    record(services, session, "sign-in", user=user, organisation=chosen, how=how)
    who = people.acting(session, user, chosen)
    assert who is not None  # A membership of an active person was chosen in this very transaction.
    return Opened(secret, _shown(services, who, may, secret, one.expires_at))


def present(services: Services, who: Principal, cookie: str) -> SignedIn:
    """The caller's own session, with its token against forged requests; `Denied` to whoever came by a token."""
    since = seen_since(services)
    with services.sessions.read() as session:
        found = signed_in.principal_of(session, fingerprint(cookie), services.now(), since) if cookie else None
        if found is None or found[0].session != _own(who):
            raise Unauthenticated("This session has ended. Sign in again.")
        return _shown(services, who, signed_in.memberships(session, who.user), cookie, found[2])


def mine(services: Services, who: Principal) -> list[BrowserSession]:
    """The caller's open sessions, newest first; the one that asks is marked."""
    with services.sessions.read() as session:
        found = signed_in.of_user(session, who.user, services.now(), seen_since(services))
    return [one.model_copy(update={"current": one.id == who.session}) for one in found]


def switch(services: Services, who: Principal, organisation: str) -> Opened:
    """The same session acting for another organisation of the caller's, under a fresh secret."""
    id, secret, now = _own(who), secrets_of.new_secret(), services.now()
    with services.sessions.begin() as session:
        may = signed_in.memberships(session, who.user)
        turned = people.acting(session, who.user, organisation)
        if turned is None or organisation not in {one.organisation for one in may}:
            yours = ", ".join(one.organisation for one in may)
            raise Denied(f"You do not act for an organisation '{organisation}'; you may act for {yours}.")
        signed_in.turn(session, id, fingerprint(secret), organisation, now)
        record(services, session, "session:switch", user=who.user, organisation=organisation, target=id)
        ends = next(
            one.expires_at for one in signed_in.of_user(session, who.user, now, seen_since(services)) if one.id == id
        )
    return Opened(secret, _shown(services, turned, may, secret, ends))


def end(services: Services, who: Principal, id: str) -> None:
    """End one of the caller's sessions; `NotFound` when it is not theirs."""
    with services.sessions.begin() as session:
        signed_in.end(session, who.user, id, services.now())
        record(services, session, "sign-out", user=who.user, organisation=who.organisation, target=id)


def sign_out(services: Services, who: Principal) -> None:
    """End the session that asks."""
    end(services, who, _own(who))


def seen_since(services: Services) -> datetime:
    """A session not seen since then has ended by itself."""
    return services.now() - timedelta(hours=services.settings.session_idle_h)


def _own(who: Principal) -> str:
    if not who.session:
        raise Denied(
            "This is about a browser's session, and you came with a token. Sign in with a password or provider."
        )
    return who.session


def _chosen(may: tuple[ActsFor, ...], wanted: str | None, home: str) -> str:
    there = [one.organisation for one in may]
    if not there:
        raise Unauthenticated(
            "Your account acts for no organisation at present. Ask its admin or the network's office."
        )
    if wanted is not None and wanted not in there:
        raise Unauthenticated(f"You do not act for an organisation '{wanted}'; you may act for {', '.join(there)}.")
    return wanted or (home if home in there else there[0])


def _shown(services: Services, who: Principal, may: tuple[ActsFor, ...], secret: str, expires_at: datetime) -> SignedIn:
    return SignedIn(
        user=who.user,
        name=who.name,
        organisation=who.organisation,
        organisation_name=who.organisation_name,
        roles=tuple(sorted(who.roles)),
        network_roles=tuple(sorted(who.network_roles)),
        memberships=may,
        csrf=secrets_of.csrf(services.secret, fingerprint(secret)),
        expires_at=expires_at,
    )
