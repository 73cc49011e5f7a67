"""Scales: from values between round numbers to pixels, with ticks and the decimals that they need."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10
from typing import Final

_FAR: Final = 1e15
"""What lies beyond is no measurement, and no scale is made for it."""
_BEYOND: Final = 5000.0
"""Pixels at which it is drawn, outside of every figure."""


@dataclass(frozen=True)
class Scale:
    """`low` and `high` are multiples of `step` and stand at the pixels `first` and `last`."""

    low: float
    high: float
    step: float
    first: float
    last: float

    def pixel(self, value: float) -> float:
        """Where a value stands."""
        at = self.first + (value - self.low) / (self.high - self.low) * (self.last - self.first)
        return min(_BEYOND, max(-_BEYOND, at))

    def within(self, value: float) -> float:
        """Where a value stands, at the edge if it is beyond."""
        return self.pixel(min(self.high, max(self.low, value)))

    def ticks(self) -> Iterator[float]:
        """The round numbers from low to high."""
        for place in range(round((self.high - self.low) / self.step) + 1):
            tick = self.low + place * self.step
            yield 0.0 if abs(tick) < self.step * 1e-6 else tick

    @property
    def decimals(self) -> int:
        """How many decimals the ticks need."""
        return max(0, -floor(log10(self.step) + 1e-9))


def scale(values: Iterable[float | None], first: float, last: float, parts: int = 5) -> Scale:
    """Round bounds about the values, steps of 1, 2 or 5 times a power of ten; values that are none are left out."""
    known = [one for one in values if one is not None and isfinite(one) and abs(one) < _FAR]
    low, high = min(known, default=0.0), max(known, default=1.0)
    # A flat set still has a scale; differences that a float does not tell are none.
    span = max(high - low, 1e-9 * max(abs(low), abs(high)), 1e-12)
    rough = span / parts
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    bottom, top = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return Scale(bottom * step, max(top, bottom + 1) * step, step, first, last)
