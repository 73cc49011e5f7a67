"""Who is asking with a session's cookie, and whether it is they who ask and not another site in their browser."""

from datetime import timedelta

from access import sessions as secrets_of
from access.sessions import Sent
from access.tokens import fingerprint
from exchange.services import Services
from exchange.sign_in.record import refused
from exchange.sign_in.sessions import seen_since
from schemas.access import Principal
from schemas.errors import Denied, Unauthenticated
from storage import signed_in

_SEEN_EVERY = timedelta(minutes=1)


def of_session(services: Services, cookie: str, sent: Sent) -> Principal:
    """The principal behind a session's cookie; `Unauthenticated` when it is not open, `Denied` for a forged request."""
    hash, now = fingerprint(cookie), services.now()
    with services.sessions.read() as session:
        found = signed_in.principal_of(session, hash, now, seen_since(services))
    if found is None:
        raise Unauthenticated("This session has ended. Sign in again.")
    who, seen_at, _ends = found
    forged = secrets_of.forged(sent, secrets_of.csrf(services.secret, hash), services.settings.base_url)
    if forged is not None:
        refused(services, "request:forged", forged, user=who.user, method=sent.method[:10])
        raise Denied(f"A request that changes something with a session's cookie is not taken as it came. {forged}")
    if seen_at < now - _SEEN_EVERY:
        with services.sessions.begin() as session:
            signed_in.see(session, who.session, now, now - _SEEN_EVERY)
    return who


def of_this_site(services: Services, sent: Sent) -> None:
    """`Denied` when another site's page sends somebody's sign-in: it would be signed in as somebody else."""
    if (sent.origin or sent.site) and not secrets_of.same_origin(sent, services.settings.base_url):
        refused(services, "request:forged", "another site's page", method=sent.method[:10])
        raise Denied("Signing in must begin at a page of this site.")
