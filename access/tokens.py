"""Personal tokens: made here, shown once, kept only as their SHA-256."""

import hashlib
import secrets
from datetime import datetime, timedelta

PREFIX = "plx_"
LONGEST = timedelta(days=366)


def new_token() -> str:
    """A fresh token with 256 random bits; the prefix lets secret scanners find leaked ones."""
    return PREFIX + secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """What is stored: SHA-256, without salt since a token has 256 random bits of its own."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def expiry(now: datetime, asked: timedelta | None) -> datetime:
    """When a token ends: never later than a year from now."""
    return now + min(asked or LONGEST, LONGEST)
