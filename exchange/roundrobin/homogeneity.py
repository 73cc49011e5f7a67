"""Are the items that went round alike, and did they stay so: homogeneity and stability checks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exchange.roundrobin.level import Array, Results, finite, settled, summary
from exchange.roundrobin.quantiles import chi2_point, f_point
from exchange.roundrobin.refusals import Mismatched, NotANumber, TooFewLines, TooFewReplicates

SHARE = 0.3
"""Items count as alike where they differ by no more than 0.3 sigma_pt."""


@dataclass(frozen=True)
class Homogeneity:
    """g items measured m times: means, standard deviations and limits in the unit of the results, variances squared.

    `alike` by the plain criterion s_s <= 0.3 sigma_pt; `alike_with_allowance` by the one that allows for chance.
    """

    g: int
    m: int
    mean: float
    s_x: float
    s_w: float
    s_s: float
    s_s2_raw: float
    limit: float
    alike: bool
    F1: float
    F2: float
    limit_with_allowance: float
    alike_with_allowance: bool
    definition: str = "homogeneity/1"


@dataclass(frozen=True)
class Stability:
    """Difference of the means after and before, its limit and its standard uncertainty, in the unit of the results."""

    difference: float
    limit: float
    u: float
    stable: bool
    limit_with_allowance: float
    stable_with_allowance: bool
    definition: str = "stability/1"


def homogeneity(
    items: Sequence[Results] | Array, sigma_pt: float, factors: tuple[float, float] | None = None
) -> Homogeneity:
    """s_x^2 = variance of the g item means, s_w^2 = mean variance within, s_s^2 = max(0, s_x^2 - s_w^2 / m).

    `items` is (g, m), m results of each item. Alike: s_s <= 0.3 sigma_pt; with allowance: s_s^2 <= F1 (0.3 sigma_pt)^2
    + F2 s_w^2, by `homogeneity_factors` or by the rounded `factors` of a printed table. Standard: ISO 13528. Read: a
    worked sheet by M. Koch, University of Stuttgart, the data set of the test. TooFewLines below two items,
    TooFewReplicates below two results each, Mismatched for unequal numbers, NotANumber.
    """
    rows = [finite(item, "results of an item") for item in items]
    if len(rows) < 2:
        raise TooFewLines(f"Homogeneity is of at least two items; there are {len(rows)}.")
    g, m = len(rows), len(rows[0])
    if any(len(row) != m for row in rows):
        raise Mismatched("Every item needs as many results; leave out items that lack one.")
    if m < 2:
        raise TooFewReplicates("Every item needs at least two results, to tell items from repeats.")
    _sigma(sigma_pt)
    values = np.array(rows)
    each = [summary(row) for row in rows]
    mean, s_x = summary([item_mean for item_mean, _ in each])
    s_x = settled(s_x or 0.0, values)
    s_w2 = float(np.mean([(sd or 0.0) ** 2 for _, sd in each]))
    raw = s_x**2 - s_w2 / m
    s_s = math.sqrt(max(0.0, raw))
    F1, F2 = factors or homogeneity_factors(g, m)
    allowed = math.sqrt(F1 * (SHARE * sigma_pt) ** 2 + F2 * s_w2)
    return Homogeneity(
        g, m, mean, s_x, math.sqrt(s_w2), s_s, raw, SHARE * sigma_pt, s_s <= SHARE * sigma_pt, F1, F2, allowed,
        s_s <= allowed,
    )  # fmt: skip


def homogeneity_factors(g: int, m: int = 2) -> tuple[float, float]:
    """F1 = chi2(0.95; g - 1) / (g - 1) and F2 = (F(0.95; g - 1, g (m - 1)) - 1) / m, exact for any g and m."""
    if g < 2 or m < 2:
        raise TooFewReplicates(f"Factors exist from two items with two results each on; asked for {g} with {m}.")
    return chi2_point(0.05, g - 1) / (g - 1), (f_point(0.05, g - 1, g * (m - 1)) - 1.0) / m


def stability(before: Results, after: Results, sigma_pt: float) -> Stability:
    """Stable: |mean after - mean before| <= 0.3 sigma_pt; with allowance + 2 sqrt(u1^2 + u2^2), u = s / sqrt(n).

    For cells that circulate, ageing is expected: measure both at one line. Standard: ISO 13528. TooFewReplicates where
    either has fewer than two results, NotANumber.
    """
    _sigma(sigma_pt)
    means, squares = [], []
    for what, results in (("results before", before), ("results after", after)):
        numbers = finite(results, what)
        mean, sd = summary(numbers)
        if sd is None:
            raise TooFewReplicates(f"There is one of the {what}; its uncertainty takes two.")
        means.append(mean)
        squares.append(sd**2 / len(numbers))
    difference, u = means[1] - means[0], math.sqrt(sum(squares))
    limit = SHARE * sigma_pt
    return Stability(
        difference, limit, u, abs(difference) <= limit, limit + 2.0 * u, abs(difference) <= limit + 2.0 * u
    )


def _sigma(sigma_pt: float) -> None:
    if not (math.isfinite(sigma_pt) and sigma_pt > 0):
        raise NotANumber(f"sigma_pt is {sigma_pt}; it is finite and above zero.")
