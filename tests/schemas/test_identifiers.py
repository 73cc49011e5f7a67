"""Ids that people type: every slip of one character or of two neighbours is noticed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import identifiers
from schemas.identifiers import ALPHABET, DATASET_PATTERN, is_dataset_id, new_dataset_id, new_id, parse_reference

BODIES = st.text(ALPHABET, min_size=7, max_size=7)


def spelled(letters: str) -> str:
    return f"PLX-{letters[:4]}-{letters[4:]}"


@given(BODIES)
def test_exactly_one_check_character_fits_seven_letters(body: str) -> None:
    assert sum(is_dataset_id(spelled(body + check)) for check in ALPHABET) == 1


@given(BODIES)
def test_every_single_wrong_character_is_noticed(body: str) -> None:
    letters = body + identifiers._check(body)
    for at, right in enumerate(letters):
        for wrong in ALPHABET.replace(right, ""):
            assert not is_dataset_id(spelled(letters[:at] + wrong + letters[at + 1 :])), (letters, at, wrong)


@given(BODIES)
def test_every_swap_of_different_neighbours_is_noticed(body: str) -> None:
    letters = body + identifiers._check(body)
    for at in range(7):
        one, other = letters[at], letters[at + 1]
        if one != other:
            assert not is_dataset_id(spelled(letters[:at] + other + one + letters[at + 2 :])), (letters, at)


def test_the_alphabet_is_prime_in_length_and_has_no_letter_that_is_misread() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET) == 31
    assert not set(ALPHABET) & set("ILOUZ")


def test_new_dataset_ids_are_valid_and_do_not_repeat() -> None:
    made = {new_dataset_id() for _ in range(2000)}
    assert len(made) == 2000
    assert all(is_dataset_id(id) and re.match(DATASET_PATTERN, id) for id in made)


def test_opaque_ids_carry_26_characters_and_do_not_repeat() -> None:
    made = {new_id() for _ in range(2000)}
    assert len(made) == 2000
    assert all(re.fullmatch(r"[0-9a-hjkmnp-tv-y]{26}", id) for id in made)


@pytest.mark.parametrize(
    "text",
    ["", "PLX", "PLX-0000-000", "PLX-0000-00000", "plx-0000-0000", "PLX-0000-000O", "PLX-OOOO-0000", "PLX-0000-0000 "],
)
def test_what_has_not_the_form_is_no_dataset_id(text: str) -> None:
    assert not is_dataset_id(text)


def test_a_line_break_behind_an_id_is_no_part_of_it() -> None:
    assert not is_dataset_id(new_dataset_id() + "\n")


def test_a_reference_names_dataset_version_and_build() -> None:
    id = new_dataset_id()
    assert parse_reference(id) == (id, None, None)
    assert parse_reference(f"{id}@2") == (id, 2, None)
    assert parse_reference(f"{id}@2.b3") == (id, 2, 3)


@pytest.mark.parametrize("behind", ["@", "@2.", "@2.b", "@.b3", ".b3", "@-1", "@2.3", "@1234567890", " @2", "@2\n"])
def test_what_is_half_a_reference_is_none(behind: str) -> None:
    assert parse_reference(new_dataset_id() + behind) is None


def test_a_reference_to_a_mistyped_id_is_none() -> None:
    assert is_dataset_id("PLX-0000-0000")
    assert parse_reference("PLX-0000-0001@1") is None


@given(st.text())
def test_any_text_is_an_answer_and_no_crash(text: str) -> None:
    assert isinstance(is_dataset_id(text), bool)
    assert parse_reference(text) is None or is_dataset_id(text[:13])
