"""Robust precision beside the classical one: s_r by algorithm S, s_L and s_R by algorithm A on the means."""

import math
from dataclasses import dataclass

from exchange.roundrobin.algorithm_a import Robust, algorithm_a
from exchange.roundrobin.algorithm_s import RobustSpread, algorithm_s
from exchange.roundrobin.level import Level
from exchange.roundrobin.refusals import Mismatched, TooFewReplicates


@dataclass(frozen=True)
class RobustPrecision:
    """Mean and standard deviations in the unit of the results; `of_means` and `of_spreads` are how they were found."""

    mean: float
    s_r: float
    s_L: float
    s_R: float
    of_means: Robust
    of_spreads: RobustSpread
    unit: str
    definition: str = "robust-precision/1"


def robust_precision(level: Level) -> RobustPrecision:
    """s_L^2 = max(0, s*^2 - s_r^2 / n), s_R^2 = s_L^2 + s_r^2 of a balanced level.

    s* of the means by algorithm A; s_r of the standard deviations by algorithm S. Standard: ISO 5725-5. Mismatched for
    unbalanced data, to which algorithm S does not apply; errors of the two algorithms.
    """
    if not level.balanced:
        raise Mismatched("Robust precision needs as many results of every line; take the classical one, or Q.")
    n = level.n[0]
    if n < 2:
        raise TooFewReplicates("No line has two results, so spread within lines is not known.")
    of_means = algorithm_a(level.means)
    of_spreads = algorithm_s([0.0 if sd is None else sd for sd in level.sd], n - 1)
    s_L = math.sqrt(max(0.0, of_means.s**2 - of_spreads.w**2 / n))
    return RobustPrecision(
        of_means.x, of_spreads.w, s_L, math.hypot(s_L, of_spreads.w), of_means, of_spreads, level.unit
    )
