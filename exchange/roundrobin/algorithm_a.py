"""Robust mean and standard deviation of the values of lines: algorithm A, and the simple ones it begins with."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from exchange.roundrobin.level import NOISE, Array, Results, finite
from exchange.roundrobin.q_method import q_scale
from exchange.roundrobin.refusals import NoSpread, Uncomputable

CLIP = 1.5
SPREAD = 1.134
MOST_STEPS = 50_000
STILL = 1e-12
SLOW = 100
"""After so many steps it is tried whether their end can be solved for: near one third of outliers they are endless."""


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
    ISO 13528, ISO 5725-5. Read: metRology's algA (R), which refuses then. Steps stop where they move by less than 1e-12
    of s*, or where their end can be told; x* and s* are that end. TooFewLines below two values, NotANumber, NoSpread
    where all are equal.
    """
    numbers = finite(values, "values", 2)
    middle = float(np.median(numbers))
    s, start = _first(numbers)
    apart, steps, noise = numbers - middle, [(0.0, s)], _noise(numbers)
    for _ in range(MOST_STEPS):
        x, s = steps[-1]
        clipped = np.clip(apart, x - CLIP * s, x + CLIP * s)
        steps.append((float(clipped.mean()), SPREAD * float(clipped.std(ddof=1))))
        if steps[-1][1] <= noise:
            scale = niqr(numbers) or q_scale(numbers)
            return _robust(middle, (0.0, scale), start, steps, len(steps) - 1, len(numbers))
        still = max(abs(steps[-1][0] - x), abs(steps[-1][1] - s)) <= STILL * steps[-1][1]
        if still or len(steps) % SLOW == 0:
            at_rest = _at_rest(apart, *steps[-1], noise)
            if still or at_rest:
                return _robust(middle, at_rest or steps[-1], start, steps, None, len(numbers))
    raise Uncomputable(f"Algorithm A has not come to rest after {MOST_STEPS} steps.")


def _robust(
    middle: float,
    found: tuple[float, float],
    start: Start,
    steps: list[tuple[float, float]],
    collapsed_at: int | None,
    p: int,
) -> Robust:
    taken = tuple((middle + x, s) for x, s in steps)
    at = _settled_at(taken) if collapsed_at is None else collapsed_at
    return Robust(middle + found[0], found[1], p, start, taken, at, collapsed=collapsed_at is not None)


def _at_rest(apart: Array, x: float, s: float, noise: float) -> tuple[float, float] | None:
    """Where the steps end if they clip the same values from now on, solved; None where they do not.

    With n values inside, m of them on average, and a more above than below: x = m + 1.5 a s / n and
    s^2 (p - 1) / 1.134^2 = sum (y_i - x)^2 + 1.5^2 c s^2, c of them clipped.
    """
    low, high = apart < x - CLIP * s, apart > x + CLIP * s
    inside = apart[~(low | high)]
    if not len(inside):
        return None
    n, above = len(inside), int(high.sum()) - int(low.sum())
    moved, mean = CLIP * above / n, float(inside.mean())
    left = (len(apart) - 1) / SPREAD**2 - n * moved**2 - CLIP**2 * (len(apart) - n)
    squares = float(((inside - mean) ** 2).sum())
    s_end = math.sqrt(squares / left) if left > 0 else 0.0
    if s_end <= noise:
        return None
    x_end = mean + moved * s_end
    same = np.array_equal(low, apart < x_end - CLIP * s_end) and np.array_equal(high, apart > x_end + CLIP * s_end)
    return (x_end, s_end) if same else None


def made(values: Results) -> float:
    """1.483 times the median distance from the median, in the unit of the values; 0 where more than half are equal."""
    numbers = finite(values, "values", 2)
    spread = 1.483 * float(np.median(np.abs(numbers - np.median(numbers))))
    return 0.0 if spread <= _noise(numbers) else spread


def niqr(values: Results) -> float:
    """0.7413 times the distance between the quartiles, which are interpolated linearly (R's type 7)."""
    numbers = finite(values, "values", 2)
    low, high = np.quantile(numbers, [0.25, 0.75], method="linear")
    spread = 0.7413 * float(high - low)
    return 0.0 if spread <= _noise(numbers) else spread


def _noise(numbers: Array) -> float:
    """What is only the rounding of these values: of the smaller three quarters, not of a gross outlier."""
    return NOISE * float(np.sort(np.abs(numbers))[int(0.75 * (len(numbers) - 1))])


def _first(numbers: Array) -> tuple[float, Start]:
    for start, scale in ((Start.MADE, made), (Start.NIQR, niqr), (Start.Q, q_scale)):
        if s := scale(numbers):
            return s, start
    raise NoSpread("All values are equal.")


def _settled_at(steps: Sequence[tuple[float, float]]) -> int:
    rounded = [(f"{x:.2e}", f"{s:.2e}") for x, s in steps]
    return next((i for i in range(1, len(steps)) if rounded[i] == rounded[i - 1]), len(steps) - 1)
