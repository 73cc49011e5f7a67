"""Tokens: unguessable, never stored as they are, and never for ever."""

import hashlib
import re
from datetime import timedelta

from access import tokens
from tests.access.nouns import NOW


def test_tokens_are_marked_for_secret_scanners_and_carry_256_bits() -> None:
    token = tokens.new_token()
    assert re.fullmatch(r"plx_[A-Za-z0-9_-]{43}", token)


def test_no_two_tokens_are_equal() -> None:
    assert len({tokens.new_token() for _ in range(1000)}) == 1000


def test_what_is_stored_is_the_sha256_and_does_not_hold_the_token() -> None:
    token = tokens.new_token()
    kept = tokens.fingerprint(token)
    assert kept == hashlib.sha256(token.encode()).hexdigest()
    assert token.removeprefix(tokens.PREFIX) not in kept


def test_a_header_that_is_no_unicode_is_an_unknown_token_and_no_crash() -> None:
    assert len(tokens.fingerprint("plx_\udcff")) == 64


def test_a_token_lasts_as_asked_but_never_longer_than_a_year() -> None:
    assert tokens.expiry(NOW, timedelta(hours=1)) == NOW + timedelta(hours=1)
    assert tokens.expiry(NOW, timedelta(days=4000)) == NOW + tokens.LONGEST
    assert tokens.expiry(NOW, None) == NOW + tokens.LONGEST
