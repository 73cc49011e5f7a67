"""Cells that differ in their digits alone, as times do: their numbers read with numpy, all cells of a kind at once."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Reals = npt.NDArray[np.float64]

EXACT_DIGITS = 15
"""A whole number of so many digits is exact in float64, and so is its quotient by a power of ten, rounded once."""
TENS = 10 ** np.arange(EXACT_DIGITS + 1)
_MOST_KINDS = 16


@dataclass(frozen=True)
class Alike:
    """Rows whose cells have the same signs around digits, and digits in the same places between them.

    `example` is one of the cells; run i of digits begins at `starts[i]` of it, holds `numbers[i]` and has `lengths[i]`
    digits, each an array over `rows`.
    """

    rows: Ints
    example: str
    starts: tuple[int, ...]
    numbers: tuple[Ints, ...]
    lengths: tuple[Ints, ...]

    def run(self, start: int) -> int | None:
        """The number of the run that begins there in the example."""
        return self.starts.index(start) if start in self.starts else None

    def decimal(self, start: int, text: str) -> Reals | None:
        """The numbers that stand where the example has `text`, such as `07.25`: two digits, and those behind the sign.

        None where there are more digits before the sign, or too many in all to be exact.
        """
        whole = self.run(start)
        sign = next((place for place, letter in enumerate(text) if letter in ".,"), len(text) - 1)
        part = self.run(start + sign + 1) if sign < len(text) - 1 else None
        if whole is None or (self.lengths[whole] > 2).any():
            return None
        if part is None:
            return self.numbers[whole].astype(np.float64)
        length = self.lengths[part]
        if (length + self.lengths[whole] > EXACT_DIGITS).any():
            return None
        # Both are exact, so that their quotient is rounded once, as the decimal itself would be.
        number: Reals = (self.numbers[whole] * TENS[length] + self.numbers[part]) / TENS[length].astype(np.float64)
        return number


def alike(cells: pa.Array) -> list[Alike] | None:
    """The kinds of cells that there are; None where there are many, or cells are null, long or no plain ASCII."""
    if cells.null_count or not len(cells):
        return None
    offsets, data = _buffers(cells)
    if ((data < 0x20) | (data > 0x7E)).any():
        return None
    sign = data - np.uint8(ord("0")) > 9
    places = np.flatnonzero(sign)
    before = np.concatenate(([0], np.cumsum(sign)))[offsets]
    counts = np.diff(before)
    kinds: list[Alike] = []
    for count in np.unique(counts).tolist():
        rows = np.flatnonzero(counts == count)
        signs_at = places[before[rows][:, None] + np.arange(count)]
        for kind in _kinds(data, offsets, rows, signs_at):
            if kind is None or len(kinds) == _MOST_KINDS:
                return None
            kinds.append(kind)
    return kinds


def _kinds(data: Bytes, offsets: Ints, rows: Ints, signs_at: Ints) -> Iterator[Alike | None]:
    """Of rows with one number of signs, at these places, a kind after the other; None for digits beyond counting."""
    while len(rows):
        edges = np.column_stack((offsets[rows] - 1, signs_at, offsets[rows + 1]))
        lengths = np.diff(edges) - 1
        signs = data[signs_at]
        same = (signs == signs[0]).all(axis=1) & ((lengths > 0) == (lengths[0] > 0)).all(axis=1)
        runs = np.flatnonzero(lengths[0] > 0)
        begin, length = edges[same][:, runs] + 1, lengths[same][:, runs]
        if length.size and length.max() > EXACT_DIGITS:
            yield None
            return
        first = int(offsets[rows[0]])
        yield Alike(
            rows[same],
            data[first : int(offsets[rows[0] + 1])].tobytes().decode("ascii"),
            tuple((edges[0][runs] + 1 - first).tolist()),
            tuple(_numbers(data, begin[:, run], length[:, run]) for run in range(len(runs))),
            tuple(length[:, run] for run in range(len(runs))),
        )
        rows, signs_at = rows[~same], signs_at[~same]


def _numbers(data: Bytes, begin: Ints, length: Ints) -> Ints:
    """What the digits from there on say."""
    number = np.zeros(len(begin), dtype=np.int64)
    shortest = int(length.min())
    for place in range(int(length.max())):
        if place < shortest:
            number = number * 10 + (data[begin + place] - ord("0"))
        else:
            there = length > place
            number[there] = number[there] * 10 + (data[begin[there] + place] - ord("0"))
    return number


def _buffers(cells: pa.Array) -> tuple[Ints, Bytes]:
    """Where each cell begins, and one place more; all bytes."""
    _, offsets, data = cells.buffers()
    places = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1].astype(np.int64)
    raw = np.frombuffer(data, np.uint8) if data is not None else np.zeros(0, np.uint8)
    return places - places[0], raw[places[0] : places[-1]]
