"""Mandel's h and k: how far a line's mean, and its spread, stand from those of all lines."""

import math
from dataclasses import dataclass

from exchange.roundrobin.level import Level, settled
from exchange.roundrobin.quantiles import beta_point, share, t_point
from exchange.roundrobin.refusals import TooFewLines, TooFewReplicates
from exchange.roundrobin.verdict import FEWEST, Power, power


@dataclass(frozen=True)
class Mandel:
    """h and k of p lines (no unit), with their limits at `alpha` (h two-sided, k one-sided).

    `h` is None where all means are equal, `k` where no line spreads; `k` of a line with one result is None, and so is
    its limit. `beyond_h` and `beyond_k` name the lines outside; below five lines nothing is named (plots only).
    `h_exact` says whether the limit of h is exact: it is for balanced data.
    """

    lines: tuple[str, ...]
    h: tuple[float, ...] | None
    k: tuple[float | None, ...] | None
    h_limit: float | None
    k_limit: tuple[float | None, ...]
    h_exact: bool
    beyond_h: tuple[str, ...]
    beyond_k: tuple[str, ...]
    alpha: float
    power: Power
    definition: str = "mandel/1"


def mandel(level: Level, alpha: float = 0.005) -> Mandel:
    """Mandel's h_i = (y_i - mean of means) / s_x and k_i = s_i / s_r, s_r pooled with weights n_i - 1.

    ASTM E691 takes alpha = 0.005; ISO 5725-2 draws 0.05 and 0.01. Standards: both. Read: NIST Dataplot help, K
    CONSISTENCY STATISTIC, and metRology (R) for h; limits as `h_limit` and `k_limit`. TooFewLines below two lines.
    """
    if level.p < 2:
        raise TooFewLines(f"Mandel's h and k compare lines; there are results of {level.p}.")
    middle = sum(mean for mean, _ in level.exact) / level.p
    apart = [mean - middle for mean, _ in level.exact]
    s_x = settled(math.sqrt(sum(one * one for one in apart) / (level.p - 1)), level.means)
    degrees = [count - 1 for count in level.n]
    pooled = sum(degrees)
    s_r = math.sqrt(float((level.variances * (level.sizes - 1)).sum()) / pooled) if pooled else 0.0
    h = tuple(float(one) / s_x for one in apart) if s_x else None
    k = tuple(None if sd is None else sd / s_r for sd in level.sd) if s_r else None
    h_most = h_limit(level.p, alpha) if level.p > 2 else None
    k_most = tuple(k_limit(df, pooled, alpha) if 0 < df < pooled else None for df in degrees)
    decided = level.p >= FEWEST
    return Mandel(
        lines=level.lines,
        h=h,
        k=k,
        h_limit=h_most,
        k_limit=k_most,
        h_exact=level.balanced,
        beyond_h=tuple(
            line for line, value in zip(level.lines, h or (), strict=False) if decided and abs(value) > (h_most or 0.0)
        ),
        beyond_k=tuple(
            line
            for line, value, most in zip(level.lines, k or (), k_most, strict=False)
            if decided and value is not None and most is not None and value > most
        ),
        alpha=alpha,
        power=power(level.p),
    )


def h_limit(p: int, alpha: float) -> float:
    """Two-sided limit of h for p lines: (p - 1) t / sqrt(p (t^2 + p - 2)), t with p - 2 degrees of freedom at alpha/2.

    Exact for balanced data; |h| cannot exceed (p - 1) / sqrt(p). For unbalanced data there is no single exact law, and
    this one is kept. Read: metRology's qmandelh (R), whose Beta((p - 2)/2, (p - 2)/2) of (1 + h sqrt(p)/(p - 1))/2 is
    the same law. TooFewLines below three lines.
    """
    if p < 3:
        raise TooFewLines(f"h has a limit from three lines on; there are {p}.")
    t = t_point(share(alpha, "alpha") / 2.0, p - 2)
    return (p - 1) / math.sqrt(p * (1.0 + (p - 2) / t**2))


def k_limit(df: int, pooled: int, alpha: float) -> float:
    """One-sided limit of k of a line with `df` degrees of freedom of `pooled` in all, alpha for this line alone.

    sqrt(pooled / df * B), B the upper alpha point of Beta(df/2, (pooled - df)/2); exact, also for unbalanced data (own
    derivation: df k^2 / pooled is the line's share of a sum of chi-squares). Balanced with p lines of n: the same as
    sqrt(p / (1 + (p - 1) / F(alpha; n - 1, (p - 1)(n - 1)))). Read: metRology's qmandelk (R), balanced.
    TooFewReplicates where no other line has replicates.
    """
    if not 0 < df < pooled:
        raise TooFewReplicates(
            f"k has a limit where this and other lines have replicates; {df} of {pooled} are its own."
        )
    return math.sqrt(pooled / df * beta_point(share(alpha, "alpha"), df / 2.0, (pooled - df) / 2.0))
