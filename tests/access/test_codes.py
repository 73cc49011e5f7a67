"""Codes are random letters, none twice in a collection, longer once many are gone."""

from hypothesis import given
from hypothesis import strategies as st

from access.codes import LETTERS, drawn

CODES = st.text(LETTERS, min_size=2, max_size=2)


@given(chance=st.text(), taken=st.sets(CODES, max_size=200))
def test_a_code_is_two_letters_and_not_taken(chance: str, taken: set[str]) -> None:
    code = drawn(chance, taken)
    assert code not in taken and len(code) == 2 and set(code) <= set(LETTERS)
    assert drawn(chance, taken) == code


def test_a_thousand_datasets_have_a_thousand_codes() -> None:
    taken: set[str] = set()
    for number in range(1000):
        taken.add(drawn(str(number), taken))
    assert len(taken) == 1000 and {len(one) for one in taken} == {2, 3}


def test_codes_do_not_follow_each_other() -> None:
    first = [drawn(str(number), ()) for number in range(50)]
    assert first != sorted(first) and len(set(first)) > 35
