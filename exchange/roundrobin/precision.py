"""Precision of a method or a product over lines: repeatability, between lines, reproducibility."""

import math
from dataclasses import dataclass
from fractions import Fraction

from exchange.roundrobin.intervals import Interval, between_interval, sd_interval, total_interval
from exchange.roundrobin.level import Level, settled
from exchange.roundrobin.refusals import TooFewLines, TooFewReplicates
from exchange.roundrobin.verdict import Power, power

LIMIT = 2.8
"""r = 2.8 s_r and R = 2.8 s_R, the factor of ASTM E691 (1.96 sqrt 2, rounded)."""


@dataclass(frozen=True)
class Precision:
    """Standard deviations in the unit of the results; variances (`s_L2_raw`) in its square.

    `mean` weighs lines by their n (ISO 5725-2), `mean_of_means` does not (ASTM E691); `s_x` is the standard deviation
    of the unweighted means. `s_L2_raw` is the between-line variance before it was set to zero if negative. `n_bar` is
    the number of results per line that counts in unbalanced data. Intervals are None where there is no spread at all.
    """

    p: int
    n_total: int
    balanced: bool
    mean: float
    mean_of_means: float
    s_x: float
    s_r: float
    s_L: float
    s_R: float
    s_L2_raw: float
    n_bar: float
    r: float
    R: float
    s_r_interval: Interval | None
    s_L_interval: Interval | None
    s_R_interval: Interval | None
    unit: str
    power: Power
    definition: str = "precision/1"


def precision(level: Level, confidence: float = 0.95) -> Precision:
    """Repeatability s_r, between-line s_L and reproducibility s_R of p lines with n_i results each, N = sum n_i.

    s_r^2 = sum (n_i - 1) s_i^2 / sum (n_i - 1); m = sum n_i y_i / N; s_d^2 = sum n_i (y_i - m)^2 / (p - 1);
    n_bar = (N - sum n_i^2 / N) / (p - 1); s_L^2 = max(0, (s_d^2 - s_r^2) / n_bar); s_R^2 = s_r^2 + s_L^2;
    r = 2.8 s_r, R = 2.8 s_R. Balanced data give ASTM E691's s_R = max(s_r, sqrt(s_x^2 + s_r^2 (n - 1) / n)).
    Standards: ISO 5725-2, ASTM E691. Read: NIST Dataplot help, E691 INTERLAB, and the one-way analysis of variance.
    In a round of products s_r is the spread of production and repeatability together, not repeatability.
    TooFewLines below two lines, TooFewReplicates where no line has two results.
    """
    if level.p < 2:
        raise TooFewLines(f"Precision needs results of at least two lines; there are those of {level.p}.")
    total, df_r, p = sum(level.n), sum(level.n) - level.p, level.p
    if df_r == 0:
        raise TooFewReplicates("No line has two results, so spread within lines cannot be told from that between them.")
    means = [mean for mean, _ in level.exact]
    # A line whose spread was no more than rounding has none.
    within = sum((squares for (_, squares), sd in zip(level.exact, level.sd, strict=True) if sd), Fraction(0)) / df_r
    mean = sum((n * one for n, one in zip(level.n, means, strict=True)), Fraction(0)) / total
    middle = sum(means, Fraction(0)) / p
    s_d2 = sum((n * (one - mean) ** 2 for n, one in zip(level.n, means, strict=True)), Fraction(0)) / (p - 1)
    s_x = settled(math.sqrt(sum((one - middle) ** 2 for one in means) / (p - 1)), level.means)
    n_bar = Fraction(total**2 - sum(n * n for n in level.n), total * (p - 1))
    between = ((s_d2 if settled(math.sqrt(s_d2), level.means) else 0) - within) / n_bar
    s_r, s_L = math.sqrt(within), math.sqrt(max(Fraction(0), between))
    s_R = math.sqrt(within + max(Fraction(0), between))
    n_h = p / sum(1.0 / n for n in level.n)
    parts = (s_x, p - 1, s_r, df_r, n_h, confidence)
    some = s_r > 0 or s_x > 0
    return Precision(
        p=p,
        n_total=total,
        balanced=level.balanced,
        mean=float(mean),
        mean_of_means=float(middle),
        s_x=s_x,
        s_r=s_r,
        s_L=s_L,
        s_R=s_R,
        s_L2_raw=float(between),
        n_bar=float(n_bar),
        r=LIMIT * s_r,
        R=LIMIT * s_R,
        s_r_interval=sd_interval(s_r, df_r, confidence) if s_r > 0 else None,
        s_L_interval=between_interval(*parts) if some else None,
        s_R_interval=total_interval(*parts) if some else None,
        unit=level.unit,
        power=power(p),
    )
