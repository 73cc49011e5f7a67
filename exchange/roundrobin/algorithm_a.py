"""Robust mean and standard deviation of the values of lines: algorithm A, and the simple ones it begins with."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from exchange.roundrobin.level import Array, Results, finite, settled
from exchange.roundrobin.q_method import q_scale
from exchange.roundrobin.refusals import NoSpread, Uncomputable

MOST_STEPS = 10_000
STILL = 1e-12


class Start(StrEnum):
    """What algorithm A took as its first s*: the scaled median deviation, or what is left where that is zero."""

    MADE = "MADe"
    NIQR = "nIQR"
    Q = "Q"


@dataclass(frozen=True)
class Robust:
    """x* and s* in the unit of the values, with every step (x*, s*) from the first on.

    `at_three_figures` is the step at which the third significant figure of both no longer changed, where ISO 13528
    stops; x and s are those after it, when nothing changes any more. A `start` other than MADe says that more than
    half of the values were equal; `collapsed` that so many were that the steps went to zero, and x is the median and s
    the start instead.
    """

    x: float
    s: float
    p: int
    start: Start
    steps: tuple[tuple[float, float], ...]
    at_three_figures: int
    collapsed: bool = False
    definition: str = "algorithm-a/1"

    @property
    def u(self) -> float:
        """Standard uncertainty of x* as an assigned value: 1.25 s* / sqrt(p)."""
        return float(1.25 * self.s / np.sqrt(self.p))


def algorithm_a(values: Results) -> Robust:
    """x* = median, s* = 1.483 median |x - x*|; then again: clip to x* +- 1.5 s*, x* = mean, s* = 1.134 sd (p - 1).

    The rounded constants are the standard's. Where the first s* is zero, as with more than half of the values equal,
    it begins with nIQR, else with Q, and says so; where the steps still go to zero, that is the answer. Standards:
    ISO 13528, ISO 5725-5. Read: metRology's algA (R), which refuses then. Stops where steps move by less than 1e-12 of
    s*. TooFewLines below two values, NotANumber, NoSpread where all are equal.
    """
    numbers = finite(values, "values", 2)
    middle = float(np.median(numbers))
    s, start = _first(numbers)
    steps = [(middle, s)]
    for _ in range(MOST_STEPS):
        x, s = steps[-1]
        clipped = np.clip(numbers, x - 1.5 * s, x + 1.5 * s) - middle
        after = (middle + float(clipped.mean()), 1.134 * float(clipped.std(ddof=1)))
        steps.append(after)
        if settled(after[1], numbers) == 0:
            scale = niqr(numbers) or q_scale(numbers)
            return Robust(middle, scale, len(numbers), start, tuple(steps), len(steps) - 1, collapsed=True)
        if max(abs(after[0] - x), abs(after[1] - s)) <= STILL * after[1]:
            return Robust(*after, len(numbers), start, tuple(steps), _settled_at(steps))
    raise Uncomputable(f"Algorithm A has not come to rest after {MOST_STEPS} steps.")


def made(values: Results) -> float:
    """1.483 times the median distance from the median, in the unit of the values; 0 where more than half are equal."""
    numbers = finite(values, "values", 2)
    return settled(1.483 * float(np.median(np.abs(numbers - np.median(numbers)))), numbers)


def niqr(values: Results) -> float:
    """0.7413 times the distance between the quartiles, which are interpolated linearly (R's type 7)."""
    numbers = finite(values, "values", 2)
    low, high = np.quantile(numbers, [0.25, 0.75], method="linear")
    return settled(0.7413 * float(high - low), numbers)


def _first(numbers: Array) -> tuple[float, Start]:
    for start, scale in ((Start.MADE, made), (Start.NIQR, niqr), (Start.Q, q_scale)):
        if s := scale(numbers):
            return s, start
    raise NoSpread("All values are equal.")


def _settled_at(steps: list[tuple[float, float]]) -> int:
    rounded = [(f"{x:.2e}", f"{s:.2e}") for x, s in steps]
    return next(i for i in range(1, len(steps)) if rounded[i] == rounded[i - 1])
