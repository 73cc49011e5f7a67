"""Rules for new passwords, and their hashes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pwdlib.hashers.argon2 import Argon2Hasher

from access import passwords
from access.tokens import new_token

OWN = ("ada", "Ada Lovelace", "ada.lovelace@north.example", "north", "North Line")


@pytest.mark.parametrize(
    "good", ["correct horse battery staple", "unfug im keller", "ἀρχὴ ἥμισυ παντός", "k7#Vq9!mZp2&"]
)
def test_length_counts_and_not_the_mixture_of_signs(good: str) -> None:
    assert passwords.trouble(good, OWN) is None


@pytest.mark.parametrize(
    "bad",
    [
        "short",
        "password1234",
        "aaaaaaaaaaaaaaaaaaaa",
        "abababababababab",
        "qwertyuiop123456",
        "AdaLovelace2026!",
        "north-line-exchange",
        "PilotLine-2026",
        "x" * 257,
    ],
)
def test_what_is_guessed_first_is_refused_without_being_repeated(bad: str) -> None:
    sentence = passwords.trouble(bad, OWN)
    assert sentence is not None and bad not in sentence


@given(st.text(max_size=300))
def test_any_text_is_judged_and_no_short_one_is_good(text: str) -> None:
    wrong = passwords.trouble(text, OWN)
    assert wrong is not None or 12 <= len(passwords.plainly(text)) <= 256


@given(st.just(None))
@settings(max_examples=20)
def test_random_secrets_are_good_passwords(_: None) -> None:
    assert passwords.trouble(new_token(), OWN) is None


def test_the_same_signs_typed_otherwise_are_the_same_password() -> None:
    hash = passwords.hashed("Müller geht heim")
    assert hash.startswith("$argon2id$")
    assert passwords.verified("Mu\u0308ller geht heim", hash) == (True, None)
    assert not passwords.verified("Muller geht heim", hash)[0]


def test_a_hash_made_at_an_older_cost_is_renewed() -> None:
    older = Argon2Hasher(time_cost=1, memory_cost=8192, parallelism=1).hash("unfug im keller")
    right, renewed = passwords.verified("unfug im keller", older)
    assert right and renewed is not None and passwords.verified("unfug im keller", renewed) == (True, None)


def test_the_hash_of_nobody_costs_what_a_real_one_costs_and_fits_nothing() -> None:
    assert not Argon2Hasher().check_needs_rehash(passwords.NOBODYS)
    assert not passwords.verified("", passwords.NOBODYS)[0]
