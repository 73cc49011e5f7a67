"""Passwords: sign in with one, change it, set it by a one-time link."""

from sqlalchemy.orm import Session

from access import passwords, throttle
from access import sessions as secrets_of
from access.tokens import fingerprint
from exchange.services import Services
from exchange.sign_in.links import LINK_ENDED
from exchange.sign_in.record import record, refused, unnamed
from exchange.sign_in.sessions import Browser, Opened, opened
from exchange.sign_in.throttle import Counted, address, attempt, forgive
from exchange.telling.notify import notify
from schemas.access import Principal
from schemas.errors import Denied, Refused, Trouble, Unauthenticated
from schemas.notification import NotificationKind, Person
from schemas.signing_in import Credentials, PasswordByLink, PasswordChange
from storage import endings, signed_in
from storage import passwords as kept
from storage.passwords import LocalAccount

_WRONG = "The account or the password is wrong, or the account has no password here."


def sign_in(services: Services, given: Credentials, browser: Browser) -> Opened:
    """A session for whoever knows the password; `Unauthenticated` tells not what is wrong, `TooMany` when to try again.

    An account that is not there takes as long and is counted as one that is.
    """
    _allowed(services)
    with services.sessions.read() as session:
        account = kept.find(session, given.account)
    counted = _counted(services, given.account, account, browser)
    attempt(services, *counted)
    password = given.password.get_secret_value()
    right, renewed = passwords.verified(password, account.hash if account else passwords.NOBODYS)
    if account is None or not right:
        tried = {} if account else {"tried": unnamed(services, given.account)}
        why = "wrong password" if account else "no such account"
        refused(services, "sign-in", why, user=account.user if account else None, how="password", **tried)
        raise Unauthenticated(_WRONG)
    forgive(services, *counted)
    with services.sessions.begin() as session:
        if renewed is not None:
            kept.renew_hash(session, account.user, account.hash, renewed)
        found = opened(services, session, account.user, "password", browser, given.organisation)
    return _known_again(services, found)


def change(services: Services, who: Principal, given: PasswordChange, browser: Browser) -> None:
    """Another password for the caller, whose other sessions end."""
    _allowed(services)
    with services.sessions.read() as session:
        account, words = kept.find(session, who.user), kept.own_words(session, who.user)
    if account is None or not who.session:
        raise Denied(
            "Only whoever has signed in to an account with a password can change it; a one-time link sets one."
        )
    counted = _counted(services, who.user, account, browser)
    attempt(services, *counted)
    if not passwords.verified(given.current.get_secret_value(), account.hash)[0]:
        refused(services, "password:change", "wrong password", user=who.user)
        raise Denied("The present password is wrong; the new one is not set.")
    forgive(services, *counted)
    hash = _fresh(given.password.get_secret_value(), words)
    with services.sessions.begin() as session:
        now = services.now()
        kept.set_password(session, who.user, hash, now)
        kept.end_links(session, who.user, now)
        signed_in.end_others(session, who.user, who.session, now)
        revoked = endings.tokens_of_user(session, who.user, now) if given.revoke_tokens else 0
        _tell(services, session, who.user)
        record(
            services, session, "password:change", user=who.user, organisation=who.organisation, tokens_revoked=revoked
        )


def set_by_link(services: Services, given: PasswordByLink, browser: Browser) -> Opened:
    """A password set by a one-time link, which is used up, and a session; every session there was ends."""
    _allowed(services)
    attempt(services, (throttle.LINK_ADDRESS, address()))
    hash_of_link = fingerprint(given.link.get_secret_value())
    with services.sessions.read() as session:
        link = kept.link_of(session, hash_of_link, services.now())
        words = kept.own_words(session, link[1]) if link else ()
    if link is None:
        refused(services, "password:set", "no such link")
        raise Unauthenticated(LINK_ENDED)
    hash = _fresh(given.password.get_secret_value(), words)
    with services.sessions.begin() as session:
        now = services.now()
        user = kept.use_link(session, link[0], now)
        if user is None:
            raise Unauthenticated(LINK_ENDED)
        kept.set_password(session, user, hash, now)
        signed_in.end_others(session, user, "", now)
        revoked = endings.tokens_of_user(session, user, now) if given.revoke_tokens else 0
        _tell(services, session, user)
        record(services, session, "password:set", user=user, target=link[0], tokens_revoked=revoked)
        found = opened(services, session, user, "link", browser)
    return _known_again(services, found)


def _tell(services: Services, session: Session, user: str) -> None:
    facts = {"what": "Your password was changed."}
    notify(services, session, to=Person(user=user), kind=NotificationKind.ACCOUNT_CHANGED, facts=facts)


def _counted(services: Services, named: str, account: LocalAccount | None, browser: Browser) -> tuple[Counted, ...]:
    """Under what an attempt counts: a device known to the account by itself, else the account's name and the address.

    By the name as it was typed: were an account counted by its id, its two names would tell that they are one.
    """
    whose = named.strip().lower()
    if account is not None and browser.device:
        device = secrets_of.known_device(services.secret, browser.device, account.user, account.set_at)
        if device is not None:
            return ((throttle.SIGN_IN_DEVICE, f"{account.user} {device}"),)
    return (
        (throttle.SIGN_IN_PAIR, f"{whose} {address()}"),
        (throttle.SIGN_IN_ADDRESS, address()),
        (throttle.SIGN_IN_ACCOUNT, whose),
    )


def _fresh(password: str, words: tuple[str, ...]) -> str:
    wrong = passwords.trouble(password, words)
    if wrong is not None:
        raise Refused("This password is not set.", errors=(Trouble(pointer="/body/password", message=wrong),))
    return passwords.hashed(password)


def _known_again(services: Services, found: Opened) -> Opened:
    device = secrets_of.device(services.secret, found.signed_in.user, services.now())
    return Opened(found.secret, found.signed_in, device)


def _allowed(services: Services) -> None:
    if not services.settings.passwords:
        raise Denied("This installation has no passwords; sign in at a provider, as GET /api/v1/signin lists them.")
