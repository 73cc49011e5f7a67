"""Pseudonyms of the audit: one per person and month, which only who holds its salt can tie to the person.

The pseudonym is derived from person and salt, so that the table that ties them cannot be altered unnoticed; without
the salt (128 random bits) nobody can try out persons. Once the salt is erased, the tie is gone for good.
"""

import base64
import hashlib
from datetime import UTC, datetime

_BITS = 130
_PER_LETTER = 5


def month_of(at: datetime) -> str:
    """The UTC month for which a pseudonym holds, such as `2027-03`."""
    return at.astimezone(UTC).strftime("%Y-%m")


def pseudonym(user: str, month: str, salt: str) -> str:
    """`p` and 26 letters and digits: the beginning of SHA-256 over salt, month and user, as base32."""
    digest = hashlib.sha256("\n".join((salt, month, user)).encode()).digest()
    return "p" + base64.b32encode(digest).decode().lower()[: _BITS // _PER_LETTER]


def commitment(salt: str, said: str) -> str:
    """What an event keeps of words that may be erased: they can be proved while salt and words are kept."""
    return hashlib.sha256(f"{salt}\n{said}".encode("utf-8", "surrogatepass")).hexdigest()
