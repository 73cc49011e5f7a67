"""Robust repeatability: algorithm S on the standard deviations, or ranges of two, of lines."""

import math
from dataclasses import dataclass

import numpy as np

from exchange.roundrobin.level import Array, Results, finite
from exchange.roundrobin.quantiles import chi2_below, chi2_point
from exchange.roundrobin.refusals import NoSpread, NotANumber, Uncomputable

MOST_STEPS = 50_000
STILL = 1e-12
SLOW = 100
"""After so many steps it is tried whether their end can be solved for, as in algorithm A."""


@dataclass(frozen=True)
class RobustSpread:
    """w* in the unit of what it was taken of, with the limit factor eta, the adjustment xi and every step.

    `from_median` is False where the median was zero and the steps began at the root mean square.
    """

    w: float
    eta: float
    xi: float
    df: int
    steps: tuple[float, ...]
    from_median: bool = True
    definition: str = "algorithm-s/1"


def algorithm_s(spreads: Results, df: int) -> RobustSpread:
    """w* = median; then again: w* = xi sqrt(mean(min(w_i, eta w*)^2)), of spreads with df degrees of freedom each.

    eta = sqrt(chi2(0.9; df) / df), xi = 1 / sqrt(P(chi2 with df + 2 < df eta^2) + 0.1 eta^2). Of standard deviations
    of n results df = n - 1 and w* is the robust s_r; of ranges of two results df = 1 and s_r = w* / sqrt 2.
    Where half of the spreads are zero the median is, and steps never leave zero: they begin at the root mean square
    then (the value at rest above zero is one only, whatever the start). Standards: ISO 5725-5, ISO 13528. Read:
    metRology's algS (R). TooFewLines below two, NotANumber for a negative one, NoSpread where so many are zero (of two
    results, seven in ten) that there is no value at rest above zero.
    """
    values = finite(spreads, "spreads", 2)
    if (values < 0).any():
        raise NotANumber("A spread is negative.")
    if df < 1:
        raise NotANumber(f"The spreads have {df} degrees of freedom; one is the least.")
    eta = math.sqrt(chi2_point(0.1, df) / df)
    xi = 1.0 / math.sqrt(chi2_below(df * eta**2, df + 2) + 0.1 * eta**2)
    median = float(np.median(values))
    steps = [median or math.sqrt(float(np.mean(values**2)))]
    if xi * eta * math.sqrt(np.count_nonzero(values) / len(values)) <= 1.0:
        raise NoSpread("So many spreads are zero that a robust one is zero too.")
    for _ in range(MOST_STEPS):
        steps.append(xi * math.sqrt(float(np.mean(np.minimum(values, eta * steps[-1]) ** 2))))
        still = abs(steps[-1] - steps[-2]) <= STILL * steps[-1]
        if still or len(steps) % SLOW == 0:
            at_rest = _at_rest(values, steps[-1], eta, xi)
            if still or at_rest:
                return RobustSpread(at_rest or steps[-1], eta, xi, df, tuple(steps), median > 0)
    raise Uncomputable(f"Algorithm S has not come to rest after {MOST_STEPS} steps.")


def _at_rest(values: Array, w: float, eta: float, xi: float) -> float | None:
    """Where the steps end if they clip the same c values from now on, or None where they do not.

    w^2 p = xi^2 (sum w_i^2 of the others + c eta^2 w^2).
    """
    high = values > eta * w
    left = len(values) - (xi * eta) ** 2 * int(high.sum())
    squares = float((values[~high] ** 2).sum())
    if left <= 0 or squares <= 0:
        return None
    end = xi * math.sqrt(squares / left)
    return end if np.array_equal(high, values > eta * end) else None
