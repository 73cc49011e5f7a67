"""Precision of a method or a product over lines: repeatability, between lines, reproducibility."""

import math
from dataclasses import dataclass

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
    n = level.sizes
    total, df_r = float(n.sum()), float((n - 1).sum())
    if df_r == 0:
        raise TooFewReplicates("No line has two results, so spread within lines cannot be told from that between them.")
    s_r = math.sqrt(float(((n - 1) * level.variances).sum()) / df_r)
    origin, apart = level.about
    weighted = float((n * apart).sum() / total)
    s_x = settled(float(apart.std(ddof=1)), level.means)
    s_d2 = float((n * (apart - weighted) ** 2).sum()) / (level.p - 1)
    n_bar = (total - float((n**2).sum()) / total) / (level.p - 1)
    raw = (settled(math.sqrt(s_d2), level.means) ** 2 - s_r**2) / n_bar
    s_L = math.sqrt(max(0.0, raw))
    s_R = math.hypot(s_r, s_L)
    n_h = level.p / float((1.0 / n).sum())
    parts = (s_x, level.p - 1, s_r, df_r, n_h, confidence)
    some = s_r > 0 or s_x > 0
    return Precision(
        p=level.p,
        n_total=int(total),
        balanced=level.balanced,
        mean=origin + weighted,
        mean_of_means=origin + float(apart.mean()),
        s_x=s_x,
        s_r=s_r,
        s_L=s_L,
        s_R=s_R,
        s_L2_raw=raw,
        n_bar=n_bar,
        r=LIMIT * s_r,
        R=LIMIT * s_R,
        s_r_interval=sd_interval(s_r, df_r, confidence) if s_r > 0 else None,
        s_L_interval=between_interval(*parts) if some else None,
        s_R_interval=total_interval(*parts) if some else None,
        unit=level.unit,
        power=power(level.p),
    )
