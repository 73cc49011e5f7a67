"""Sessions of browsers: their secrets, the token against forged requests, and which requests are a browser's own."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True)
class Sent:
    """What of a request tells where it comes from; empty where the header is absent."""

    method: str
    csrf: str = ""
    origin: str = ""
    site: str = ""
    host: str = ""


def new_secret() -> str:
    """A fresh cookie value, state, nonce or verifier: 256 random bits."""
    return secrets.token_urlsafe(32)


def csrf(secret: bytes, fingerprint: str) -> str:
    """The token that a session's changing requests carry; another session's does not fit."""
    return hmac.new(secret, b"csrf:" + fingerprint.encode(), hashlib.sha256).hexdigest()


def same_origin(sent: Sent, base_url: str) -> bool:
    """True when the browser says that a page of this site sent the request, and it says nothing else besides.

    The request's own host counts too: cookies of this site are never sent to another one.
    """
    if not sent.origin and not sent.site:
        return False
    if sent.site and sent.site not in ("same-origin", "none"):
        return False
    if not sent.origin:
        return True
    ours, theirs = urlsplit(base_url), urlsplit(sent.origin)
    if (theirs.scheme, theirs.netloc) == (ours.scheme, ours.netloc):
        return True
    return bool(theirs.netloc) and theirs.scheme in ("http", "https") and theirs.netloc == sent.host


def forged(sent: Sent, expected: str, base_url: str) -> str | None:
    """Why a request with a session's cookie is not believed to be the person's own; None when it is."""
    if sent.method in _SAFE_METHODS:
        return None
    if not hmac.compare_digest(sent.csrf.encode("utf-8", "surrogateescape"), expected.encode()):
        return "It needs the header X-CSRF-Token with the value that GET /api/v1/session tells as 'csrf'."
    if not same_origin(sent, base_url):
        return (
            "It must come from a page of this site: the headers Origin or Sec-Fetch-Site say otherwise or are absent."
        )
    return None


def device(secret: bytes, user: str, now: datetime) -> str:
    """What a browser keeps to be known again for this account."""
    body = f"{user}.{secrets.token_urlsafe(12)}.{int(now.timestamp())}"
    return f"{body}.{_device_mac(secret, body)}"


def known_device(secret: bytes, cookie: str, user: str, since: datetime) -> str | None:
    """The name of the device, when this cookie was given to it for this account after `since`; else None."""
    body, _, mac = cookie.rpartition(".")
    if not hmac.compare_digest(mac.encode("utf-8", "surrogateescape"), _device_mac(secret, body).encode()):
        return None
    whose, name, at = body.split(".")
    return name if whose == user and int(at) >= int(since.timestamp()) else None


def _device_mac(secret: bytes, body: str) -> str:
    return hmac.new(secret, b"device:" + body.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()
