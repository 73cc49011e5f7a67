"""Codes of blinded datasets: random letters, of their own in each collection, never a line's number."""

import hashlib
from collections.abc import Collection

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which are misread."""


def drawn(chance: str, taken: Collection[str]) -> str:
    """Letters that are not taken, by a text that nobody can guess: two, and more where half of those are gone."""
    length = 2
    while 2 * sum(len(one) == length for one in taken) >= len(LETTERS) ** length:
        length += 1
    number = int.from_bytes(hashlib.sha256(f"code\n{chance}".encode()).digest())
    while (code := _letters(number, length)) in taken:
        number += 1
    return code


def _letters(number: int, length: int) -> str:
    return "".join(LETTERS[number // len(LETTERS) ** place % len(LETTERS)] for place in range(length))
