"""Consensus of results with known uncertainties: Paule-Mandel, DerSimonian-Laird, and the plain weighted mean."""

import math
from dataclasses import dataclass

import numpy as np

from exchange.roundrobin.level import Array, Results, finite
from exchange.roundrobin.refusals import Mismatched, NotANumber, Uncomputable

MOST_STEPS = 500
STILL = 1e-14


@dataclass(frozen=True)
class Consensus:
    """mu and its standard uncertainty u in the unit of the results, tau2 the variance between lines in its square.

    `q` is sum w (x - mu)^2 with w = 1 / u_i^2: far above `df` = p - 1 it says that lines differ by more than stated.
    """

    mu: float
    u: float
    tau2: float
    q: float
    df: int
    definition: str


def weighted_mean(values: Results, u: Results) -> Consensus:
    """mu = sum x/u^2 / sum 1/u^2, u = 1 / sqrt(sum 1/u^2): right only where lines do not differ (tau2 = 0)."""
    x, variances = _pairs(values, u)
    return _consensus(x, variances, 0.0, "weighted-mean/1")


def paule_mandel(values: Results, u: Results) -> Consensus:
    """tau2 >= 0 solves sum (x - mu)^2 / (u^2 + tau2) = p - 1; mu weighted by 1 / (u^2 + tau2), u(mu) = 1 / sqrt(sum w).

    tau2 = 0 where lines differ by no more than they state. Source: Paule and Mandel, J. Res. Nat. Bur. Stand. 87 (1982)
    377; read: metRology's mpaule (R), whose two data sets are those of the test, and the table of Kacker, Metrologia 41
    (2004) 132 as a test of statsmodels has it. The equation falls with tau2 and is convex, so Newton's steps reach it
    from below. TooFewLines below two, NotANumber for a u that is not above 0.
    """
    x, variances = _pairs(values, u)
    df, apart = len(x) - 1, _apart(x, variances)
    # Where u do not differ this is tau2; else it lies below, for no weight is less than that of the largest u.
    tau2 = max(0.0, float(apart.var(ddof=1) - variances.max()))
    for _ in range(MOST_STEPS):
        weights = 1.0 / (variances + tau2)
        rest = apart - _mean(apart, weights)
        beyond = float((weights * rest**2).sum()) - df
        step = beyond / float((weights**2 * rest**2).sum()) if beyond > 0 else 0.0
        tau2 += step
        if step <= STILL * tau2:
            return _consensus(x, variances, tau2, "paule-mandel/1")
    raise Uncomputable(f"The variance between lines has not come to rest after {MOST_STEPS} steps.")


def dersimonian_laird(values: Results, u: Results) -> Consensus:
    """tau2 = max(0, (q - (p - 1)) / (sum w - sum w^2 / sum w)), w = 1/u^2; then mu and u as of `paule_mandel`.

    Source: DerSimonian and Laird (1986); read: metRology's dsl (R), after Jackson et al. (2010).
    """
    x, variances = _pairs(values, u)
    weights, apart = 1.0 / variances, _apart(x, variances)
    q = float((weights * (apart - _mean(apart, weights)) ** 2).sum())
    # sum w - sum w^2 / sum w, without the difference of two that are almost equal where one line outweighs the others.
    others = np.array([np.delete(weights, place).sum() for place in range(len(x))])
    tau2 = max(0.0, (q - (len(x) - 1)) / float((weights * others).sum() / weights.sum()))
    return _consensus(x, variances, tau2, "dersimonian-laird/1")


def _pairs(values: Results, u: Results) -> tuple[Array, Array]:
    x, stated = finite(values, "results", 2), finite(u, "uncertainties", 2)
    if len(x) != len(stated):
        raise Mismatched(f"There are {len(x)} results and {len(stated)} uncertainties.")
    if (stated <= 0).any():
        raise NotANumber("A stated uncertainty is not above zero; leave the result out, or state what it is.")
    return x, stated**2


def _apart(x: Array, variances: Array) -> Array:
    """Distances from the result of the greatest weight, whose own from the mean may be far below its rounding."""
    apart: Array = x - x[np.argmin(variances)]
    return apart


def _mean(apart: Array, weights: Array) -> float:
    return float((weights * apart).sum() / weights.sum())


def _consensus(x: Array, variances: Array, tau2: float, definition: str) -> Consensus:
    weights, plain, apart = 1.0 / (variances + tau2), 1.0 / variances, _apart(x, variances)
    q = float((plain * (apart - _mean(apart, plain)) ** 2).sum())
    mu = float(x[np.argmin(variances)]) + _mean(apart, weights)
    return Consensus(mu, 1.0 / math.sqrt(float(np.sum(weights))), tau2, q, len(x) - 1, definition)
