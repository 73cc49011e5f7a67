"""Passwords: the rules for new ones (NIST SP 800-63B, 5.1.1.2), and their Argon2id hashes."""

import re
import threading
import unicodedata
from collections.abc import Iterable

from pwdlib import PasswordHash

SHORTEST = 12
LONGEST = 256
_LEFT_OVER = 8
_SITE = ("pilotline", "pilot", "line", "exchange", "lithium", "battery", "cell", "plx", "data")
_COMMON = (
    *("password", "passwort", "passw0rd", "motdepasse", "contrasena", "hello", "hallo", "welcome", "willkommen"),
    *("letmein", "iloveyou", "qwertyuiop", "qwertzuiop", "azertyuiop", "qwerty", "qwertz", "azerty", "asdfghjkl"),
    *("yxcvbnm", "zxcvbnm", "1qaz2wsx", "qazwsx", "changeme", "secret", "geheim", "admin", "administrator", "login"),
    *("sunshine", "princess", "football", "baseball", "monkey", "dragon", "superman", "batman", "trustno1", "master"),
    *("summer", "winter", "spring", "autumn", "sommer", "abcdefghijkl", "abcdef", "abc123", "1234567890", "0987654321"),
    *("123456789", "12345678", "1234567", "123456", "12345", "1234", "123", "987654321", "654321", "111111", "000000"),
)
_hash = PasswordHash.recommended()
_at_once = threading.BoundedSemaphore(4)
"""Each hash takes 64 MiB for a moment; whoever comes while four are under way waits."""
NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$2YmZw0V5h0mJ1k0m0o3V7Q$0000000000000000000000000000000000000000000"
"""The form of a hash that no password has: checked for accounts that are not there, so that they take as long."""


def trouble(password: str, words: Iterable[str] = ()) -> str | None:
    """What is wrong with a new password, as a sentence without it; `words` are the person's own, such as their name.

    Length counts, not the mixture of signs. Common words and those of the person or the site count for nothing.
    """
    plain = plainly(password)
    if len(plain) < SHORTEST:
        return f"A password needs at least {SHORTEST} characters; a few words that only you put together do well."
    if len(plain) > LONGEST:
        return f"A password has at most {LONGEST} characters."
    left = plain.casefold()
    own = {part for word in words for part in re.findall(r"\w{3,}", word.casefold())}
    for word in sorted({*own, *_SITE, *_COMMON}, key=len, reverse=True):
        left = left.replace(word, " ")
    left = re.sub(r"(.)\1+", r"\1", "".join(left.split()))
    if len(left) < _LEFT_OVER or len(set(left)) < _LEFT_OVER // 2:
        return (
            "This password is easily guessed: besides common words, repetitions and your own names it needs "
            f"{_LEFT_OVER} characters more."
        )
    return None


def plainly(password: str) -> str:
    """The form that is hashed: NFKC, so that the same signs typed on another keyboard are the same password."""
    return unicodedata.normalize("NFKC", password)


def hashed(password: str) -> str:
    """Its Argon2id hash, with its own salt and the present cost."""
    with _at_once:
        return _hash.hash(_bytes(password))


def verified(password: str, hash: str) -> tuple[bool, str | None]:
    """Whether the password is right; and its hash anew where the one kept was made at an older cost."""
    with _at_once:
        return _hash.verify_and_update(_bytes(password), hash)


def _bytes(password: str) -> bytes:
    return plainly(password).encode("utf-8", "surrogatepass")
