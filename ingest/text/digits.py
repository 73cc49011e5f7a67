"""Cells that differ in their digits alone, as times do: their numbers read with numpy, all cells of a kind at once."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Reals = npt.NDArray[np.float64]

EXACT_DIGITS = 15
"""A whole number of so many digits is exact in float64, and its quotient by a power of ten is rounded once."""
_MOST_KINDS = 32
_LONGEST = 64
_ZERO = np.uint8(ord("0"))


@dataclass(frozen=True)
class Alike:
    """Cells of one length with digits in the same places and the same signs around them.

    A pattern that asks for digits, whichever they are, says of all what it says of `example`, which is one of them.
    `rows` are their places in the column; `letters` has a line for each letter of the example, a column for each cell.
    """

    rows: Ints
    example: str
    letters: Bytes

    def number(self, start: int, end: int) -> Ints:
        """The whole numbers that stand where these letters of the example do, all of them digits, at most 18."""
        number = np.zeros(len(self.rows), dtype=np.int64)
        for line in self.letters[start:end]:
            number *= 10
            number += line - _ZERO
        return number

    def decimal(self, start: int, end: int, sign: str = ".") -> Reals | None:
        """The decimals that stand there, such as `07.25`; None where their digits are too many to be exact."""
        whole, _, part = self.example[start:end].partition(sign)
        if len(whole) + len(part) > EXACT_DIGITS:
            return None
        number = self.number(start, start + len(whole))
        if not part:
            return number.astype(np.float64)
        # Both are exact, so that their quotient is rounded once, as the decimal itself would be.
        scale = 10 ** len(part)
        quotient: Reals = (number * scale + self.number(end - len(part), end)) / float(scale)
        return quotient


def matching(cells: pa.Array, pattern: str) -> list[tuple[Alike, re.Match[str]]] | None:
    """The kinds of cells that there are, and what the pattern finds in each, blanks around it apart.

    None where it does not match one of them, and where cells are null, empty, long or no plain ASCII, or of many kinds.
    """
    if cells.null_count or not len(cells):
        return None
    offsets, data = _buffers(cells)
    lengths = np.diff(offsets)
    if not 0 < lengths.min() <= lengths.max() <= _LONGEST or ((data < 0x20) | (data > 0x7E)).any():
        return None
    found: list[tuple[Alike, re.Match[str]]] = []
    for kind in _kinds(offsets, lengths, data):
        match = re.fullmatch(rf"\s*(?:{pattern})\s*", kind.example) if len(found) < _MOST_KINDS else None
        if match is None:
            return None
        found.append((kind, match))
    return found


def _kinds(offsets: Ints, lengths: Ints, data: Bytes) -> Iterator[Alike]:
    for length in np.flatnonzero(np.bincount(lengths)).tolist():
        rows = np.flatnonzero(lengths == length)
        if len(rows) == len(lengths):
            yield from _of_one_length(rows, data.reshape(len(rows), length))
        else:
            windows = np.lib.stride_tricks.sliding_window_view(data, length)
            yield from _of_one_length(rows, windows[offsets[rows]])


def _of_one_length(rows: Ints, letters: Bytes) -> Iterator[Alike]:
    while len(rows):
        signs = np.where(letters - _ZERO > 9, letters, _ZERO)
        alike = signs == signs[0]
        whole = bool(alike.all())
        same = np.ones(len(rows), np.bool_) if whole else alike.all(axis=1)
        mine = letters if whole else letters[same]
        yield Alike(rows[same], mine[0].tobytes().decode("ascii"), np.ascontiguousarray(mine.T))
        rows, letters = rows[~same], letters[~same]


def _buffers(cells: pa.Array) -> tuple[Ints, Bytes]:
    """Where each cell begins, and one place more; all bytes."""
    _, offsets, data = cells.buffers()
    places = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1].astype(np.int64)
    raw = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return places - places[0], raw[places[0] : places[-1]]
