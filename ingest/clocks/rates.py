"""In which unit times count whose heading prints none: the clock of the same rows goes on as fast."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import pyarrow as pa

from ingest.clocks.wall import recognise, unix_seconds

_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0}
_LEAST_S = 10.0
"""Pairs of rows less apart tell nothing: a clock may show whole seconds."""
_WITHIN = 0.15
_SHARE = 0.9
"""So many of the pairs have to agree: in a pause the clock goes on alone."""


def unit_by_clock(times: Sequence[str], shown: Sequence[str]) -> str | None:
    """The unit of `times`, beside what the clock of each row `shown`; None where the two do not tell.

    Rows of one date alone are compared, so that it does not matter whether its day or its month stands first.
    """
    clock = recognise(shown, "UTC", "day first")
    if isinstance(clock, str) or any(":" in cell for cell in times):
        return None
    seconds = unix_seconds(pa.array([cell.strip() for cell in shown]), clock).to_pylist()
    rows = [
        (number, second, cell.split()[0])
        for cell, second, text in zip(shown, seconds, times, strict=True)
        if second is not None and (number := _number(text)) is not None
    ]
    told = Counter(
        _unit((after[1] - before[1]) / (after[0] - before[0]))
        for before, after in pairwise(rows)
        if after[2] == before[2] and after[0] > before[0] and after[1] - before[1] >= _LEAST_S
    )
    unit, count = told.most_common(1)[0] if told else (None, 0)
    return unit if count >= max(2, _SHARE * told.total()) else None


def _unit(rate: float) -> str | None:
    return next((unit for unit, seconds in _UNITS.items() if abs(rate / seconds - 1) <= _WITHIN), None)


def _number(cell: str) -> float | None:
    try:
        return float(cell.strip().replace(",", "."))
    except ValueError:
        return None
