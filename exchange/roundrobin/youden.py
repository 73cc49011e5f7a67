"""Two similar items at every line (Youden pairs), and means with spreads on one plane (circle technique)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exchange.roundrobin.level import Level, Results, finite, settled
from exchange.roundrobin.quantiles import chi2_point, share
from exchange.roundrobin.refusals import Mismatched, NotANumber


@dataclass(frozen=True)
class Youden:
    """Spreads of p pairs in the unit of the results: `s_random` within lines, `s_total` of both, `s_between` apart.

    The centre is the pair of medians; a circle of `radius` about it would hold 95 % of the lines if they had no bias.
    `outside` are the places (from 0) of pairs beyond it.
    """

    s_random: float
    s_total: float
    s_between: float
    centre: tuple[float, float]
    radius: float
    outside: tuple[int, ...]
    definition: str = "youden/1"


@dataclass(frozen=True)
class Circle:
    """For each line its distance on the plane of mean and spread, None where the line's spread is zero.

    `outside` names lines beyond `limit` (chi-square with 2 degrees of freedom at alpha). A line without any spread is
    outside of every circle, for ln 0 has no bound, and stands in `without_spread` too: a person should look at it.
    """

    lines: tuple[str, ...]
    distances: tuple[float | None, ...]
    limit: float
    outside: tuple[str, ...]
    without_spread: tuple[str, ...]
    alpha: float
    definition: str = "circle/1"


def youden(first: Results, second: Results, alpha: float = 0.05) -> Youden:
    """s_random = sd(y1 - y2) / sqrt 2, s_total = sd(y1 + y2) / sqrt 2, s_between^2 = (s_total^2 - s_random^2) / 2.

    s_between is 0 where that is negative. Radius = s_random sqrt(chi2(1 - alpha; 2)). Source: Youden (1959), as IUPAC's
    Gold Book (Youden plot) and a textbook page with eight pairs describe it (Berthouex and Brown, Statistics for
    Environmental Engineers, table 9.1), which are the data set of the test; that page takes t for the radius.
    TooFewLines below three pairs, Mismatched, NotANumber.
    """
    y1, y2 = finite(first, "first results", 3), finite(second, "second results", 3)
    if len(y1) != len(y2):
        raise Mismatched(f"There are {len(y1)} first and {len(y2)} second results.")
    largest = np.concatenate([y1, y2])
    s_random = settled(float((y1 - y2).std(ddof=1)), largest) / math.sqrt(2.0)
    s_total = settled(float((y1 + y2).std(ddof=1)), largest) / math.sqrt(2.0)
    centre = float(np.median(y1)), float(np.median(y2))
    radius = s_random * math.sqrt(chi2_point(share(alpha, "alpha"), 2))
    beyond = np.flatnonzero(np.hypot(y1 - centre[0], y2 - centre[1]) > radius)
    return Youden(
        s_random,
        s_total,
        math.sqrt(max(0.0, (s_total**2 - s_random**2) / 2.0)),
        centre,
        radius,
        tuple(int(place) for place in beyond),
    )


def circle(level: Level, x: float, w: float, alpha: float = 0.05) -> Circle:
    """n (mean - x*)^2 / w*^2 + 2 (n - 1) ln^2(s / w*) of every line, outside above chi2(1 - alpha; 2).

    x* by algorithm A of the means, w* by algorithm S of the standard deviations, both in the unit of the results.
    Standard: ISO 13528 (2005 edition), whose text was not read; the formula is that of the reference data, which name
    NIST Dataplot, the source of the antibody data of the test.
    Mismatched for unbalanced data, NotANumber where w* is not above zero.
    """
    if not level.balanced or level.n[0] < 2:
        raise Mismatched("The circle technique needs as many results of every line, at least two.")
    if not (math.isfinite(w) and w > 0 and math.isfinite(x)):
        raise NotANumber(f"x* is {x} and w* is {w}; both are finite and w* is above zero.")
    n = level.n[0]
    limit = chi2_point(share(alpha, "alpha"), 2)
    distances = tuple(_distance(mean, sd, x, w, n) for mean, sd in zip(level.mean, level.sd, strict=True))
    return Circle(
        level.lines,
        distances,
        limit,
        _named(level.lines, [distance is None or distance > limit for distance in distances]),
        _named(level.lines, [distance is None for distance in distances]),
        alpha,
    )


def _distance(mean: float, sd: float | None, x: float, w: float, n: int) -> float | None:
    if not sd:
        return None
    return n * ((mean - x) / w) ** 2 + 2.0 * (n - 1) * math.log(sd / w) ** 2


def _named(lines: Sequence[str], chosen: Sequence[bool]) -> tuple[str, ...]:
    return tuple(line for line, taken in zip(lines, chosen, strict=True) if taken)
