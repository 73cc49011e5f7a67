"""Throttle: attempts are counted before they are made, in the database, for every server together."""

import hashlib
import hmac
import ipaddress

from access.throttle import Limit, wait_s, weighed
from exchange.asked import asked
from exchange.services import Services
from schemas.errors import TooMany
from storage import attempts

Counted = tuple[Limit, str]
"""A limit, and what is counted under it: an account, an address, both."""
_IPV6_NETWORK = 64


def attempt(services: Services, *counted: Counted) -> None:
    """Count one attempt under each; `TooMany` when it exceeds any, and then it is counted under none.

    So whoever goes on trying is kept out no longer than the limit says, and fills nobody else's count.
    """
    now = services.now().timestamp()
    with services.sessions.begin() as session:
        for limit, subject in counted:
            began = int(now // limit.seconds) * limit.seconds
            previous, current = attempts.count(session, _key(services, limit, subject), began, limit.seconds)
            if weighed(previous, current, now - began, limit) + 1 > limit.count:
                wait = wait_s(previous, current, now - began, limit)
                raise TooMany(f"This was tried too often. Try again in {_spoken(wait)}.", retry_after_s=wait)


def forgive(services: Services, *counted: Counted) -> None:
    """Take the attempts back: only failures count."""
    now = services.now().timestamp()
    with services.sessions.begin() as session:
        for limit, subject in counted:
            began = int(now // limit.seconds) * limit.seconds
            attempts.forgive(session, _key(services, limit, subject), began)


def address() -> str:
    """The caller's address; of IPv6 its network of 64 bits, which is what one customer has."""
    text = asked.get().address
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, _IPV6_NETWORK), strict=False))
    return str(found)


def _key(services: Services, limit: Limit, subject: str) -> str:
    counted = f"attempt:{limit.name}:{subject}".encode("utf-8", "surrogatepass")
    return hmac.new(services.secret, counted, hashlib.sha256).hexdigest()


def _spoken(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return (
        f"{seconds} seconds" if seconds < 120 else f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
    )
