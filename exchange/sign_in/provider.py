"""Sign in at an identity provider: authorisation code with PKCE, state and nonce (OIDC Core 3.1, RFC 7636 and 9700)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from access import sessions as secrets_of
from access import throttle
from access.tokens import fingerprint
from exchange.services import Services
from exchange.sign_in import fetch, id_token, identity
from exchange.sign_in.links import LINK_ENDED
from exchange.sign_in.record import refused
from exchange.sign_in.sessions import Browser, Opened, opened
from exchange.sign_in.throttle import address, attempt
from schemas.errors import ExchangeError, NotFound, Unauthenticated
from schemas.signing_in import IdentityProvider, WayIn, WaysIn
from storage import identities
from storage import passwords as kept
from storage.identities import Begun

LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class Going:
    """Where the browser goes, and the cookie by which it is known when it comes back."""

    location: str
    browser: str


@dataclass(frozen=True)
class Returned:
    """What the provider sent the browser back with."""

    state: str = ""
    code: str = ""
    error: str = ""
    issuer: str = ""


def ways_in(services: Services) -> WaysIn:
    """How one can sign in here."""
    listed = services.settings.oidc
    ways = tuple(WayIn(name=one.name, title=one.title, start=f"/signin/{one.name}") for one in listed)
    return WaysIn(password=services.settings.passwords, providers=ways)


def begin(services: Services, name: str, next: str, link: str | None = None) -> Going:
    """Off to the provider; with a one-time link the identity will be joined to the link's account."""
    provider, now = _provider(services, name), services.now()
    attempt(services, (throttle.PROVIDER_ADDRESS, address()))
    found = fetch.discover(provider)
    state, browser, nonce, verifier = (secrets_of.new_secret() for _ in range(4))
    with services.sessions.begin() as session:
        joining = kept.link_of(session, fingerprint(link), now) if link else None
        if link and joining is None:
            raise Unauthenticated(LINK_ENDED)
        begun = Begun(
            state=fingerprint(state),
            browser=fingerprint(browser),
            provider=name,
            nonce=nonce,
            verifier=verifier,
            next=next,
            link=joining[0] if joining else None,
            expires_at=now + LASTS,
        )
        identities.begin(session, begun, now)
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": _redirect(services, name),
        "scope": " ".join(provider.scopes),
        "state": state,
        "nonce": nonce,
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    joint = "&" if "?" in found.authorization_endpoint else "?"
    return Going(f"{found.authorization_endpoint}{joint}{urlencode(asked)}", browser)


def finish(services: Services, name: str, back: Returned, going: str, browser: Browser) -> tuple[Opened, str]:
    """Back from the provider: a session, and where to go on; `Unauthenticated`, on record, for whatever does not fit.

    A state opens once, in the browser that began, before anything is asked of the provider.
    """
    provider = _provider(services, name)
    attempt(services, (throttle.PROVIDER_ADDRESS, address()))
    try:
        with services.sessions.begin() as session:
            begun = identities.take(session, fingerprint(back.state), fingerprint(going), name, services.now())
        if begun is None:
            raise Unauthenticated("This sign-in was finished already, took too long or began elsewhere. Begin again.")
        claims = _claims(services, provider, back, begun)
        return _signed_in(services, provider, begun, claims, browser), begun.next
    except ExchangeError as refusal:
        why = f"{refusal.message} ({refusal.__cause__})" if refusal.__cause__ else refusal.message
        refused(services, "sign-in", why[:500], how=name)
        raise


def _claims(services: Services, provider: IdentityProvider, back: Returned, begun: Begun) -> Mapping[str, object]:
    found = fetch.discover(provider)
    named = back.issuer or not found.authorization_response_iss_parameter_supported
    if not named or (back.issuer and back.issuer != provider.issuer):
        raise Unauthenticated(f"This answer is not from {provider.title}. Begin again.")
    if back.error or not back.code:
        said = back.error if re.fullmatch(r"[a-z_]{1,40}", back.error) else "no code"
        raise Unauthenticated(f"{provider.title} did not sign you in ({said}).")
    tokens = fetch.exchange(provider, found, back.code, begun.verifier, _redirect(services, provider.name))
    claims = id_token.checked(provider, tokens, fetch.keys(provider, found), begun.nonce, services.now())
    more = fetch.userinfo(provider, found, tokens.access_token)
    if more and more.get("sub") != claims["sub"]:
        raise Unauthenticated(f"What {provider.title} told is about somebody else. Begin again.")
    return {**more, **claims}


def _signed_in(
    services: Services, provider: IdentityProvider, begun: Begun, claims: Mapping[str, object], browser: Browser
) -> Opened:
    with services.sessions.begin() as session:
        user = identity.whose(services, session, provider, claims, begun.link)
        identity.follow(services, session, provider, claims, user)
    # Apart from it: roles that the claims no longer give are taken although nothing is left to sign in for.
    with services.sessions.begin() as session:
        return opened(services, session, user, provider.name, browser)


def _provider(services: Services, name: str) -> IdentityProvider:
    found = next((one for one in services.settings.oidc if one.name == name), None)
    if found is None:
        raise NotFound(f"There is no provider {name}; GET /api/v1/signin lists them.")
    return found


def _redirect(services: Services, name: str) -> str:
    return f"{services.settings.base_url.rstrip('/')}/signin/{name}/callback"
