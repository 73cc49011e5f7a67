"""Cochran's test of the largest variance, in 't Lam's form that holds for unequal numbers of results too."""

from dataclasses import dataclass

from exchange.roundrobin.level import Level
from exchange.roundrobin.quantiles import beta_above, beta_point, share
from exchange.roundrobin.refusals import NoSpread, TooFewLines
from exchange.roundrobin.verdict import ALPHAS, Alphas, Power, Verdict, power, verdict


@dataclass(frozen=True)
class Cochran:
    """The line whose variance stands out most: its share of all variance (no unit), limits at both of `alphas`.

    `shares` and `straggler_limits` are those of every line of `lines` (those with two results or more). `p_value` is an
    upper bound, exact where the share is above one half.
    """

    line: str
    share: float
    straggler_limit: float
    outlier_limit: float
    p_value: float
    verdict: Verdict
    lines: tuple[str, ...]
    shares: tuple[float, ...]
    straggler_limits: tuple[float, ...]
    balanced: bool
    power: Power
    alphas: Alphas = ALPHAS
    definition: str = "cochran/1"


def cochran(level: Level, alphas: Alphas = ALPHAS) -> Cochran:
    """G_j = nu_j s_j^2 / sum nu s^2, nu = n - 1; for balanced data Cochran's C = s_max^2 / sum s^2.

    The line named is the one of the smallest tail probability, which for balanced data has the largest variance. One
    result in a line says nothing of its variance: such lines are not among the p that are compared. Standard:
    ISO 5725-2. Source: 't Lam, Anal. Chim. Acta 659 (2010) 68; read: its abstract, the author's page on unbalanced
    designs, which lowers alpha until one line is left, and NIST Dataplot help, which has the formulas. TooFewLines
    below two lines with replicates, NoSpread where none of them spreads.
    """
    compared = [place for place, count in enumerate(level.n) if count > 1]
    if len(compared) < 2:
        raise TooFewLines(f"Variances of at least two lines are compared; {len(compared)} have two results or more.")
    p = len(compared)
    degrees = [level.n[place] - 1 for place in compared]
    squares = [(level.n[place] - 1) * float(level.variances[place]) for place in compared]
    pooled, total = sum(degrees), sum(squares)
    if total == 0:
        raise NoSpread("No line spreads at all, so no variance can stand out.")
    shares = [square / total for square in squares]
    tails = [beta_above(part, df / 2.0, (pooled - df) / 2.0) for part, df in zip(shares, degrees, strict=True)]
    most = min(range(p), key=lambda place: (tails[place], -shares[place]))
    straggler, outlier = (cochran_limit(p, degrees[most], pooled, alpha) for alpha in alphas)
    return Cochran(
        line=level.lines[compared[most]],
        share=shares[most],
        straggler_limit=straggler,
        outlier_limit=outlier,
        p_value=min(1.0, p * tails[most]),
        verdict=verdict(p, shares[most] > straggler, shares[most] > outlier),
        lines=tuple(level.lines[place] for place in compared),
        shares=tuple(shares),
        straggler_limits=tuple(cochran_limit(p, df, pooled, alphas[0]) for df in degrees),
        balanced=len(set(degrees)) == 1,
        power=power(p),
        alphas=alphas,
    )


def cochran_limit(p: int, df: int, pooled: int, alpha: float) -> float:
    """Limit of the share of a line with `df` of `pooled` degrees of freedom among p lines.

    1 / (1 + (pooled/df - 1) / F(alpha/p; df, pooled - df)), the same as the upper alpha/p point of
    Beta(df/2, (pooled - df)/2); balanced with p lines of n: 1 / (1 + (p - 1) / F(alpha/p; n - 1, (p - 1)(n - 1))).
    """
    if not 0 < df < pooled:
        raise TooFewLines(f"A share has a limit where other lines have replicates; {df} of {pooled} are of this one.")
    return beta_point(share(alpha, "alpha") / p, df / 2.0, (pooled - df) / 2.0)
