"""Consensus of results with known uncertainties: Paule-Mandel, DerSimonian-Laird, and the plain weighted mean."""

import math
from dataclasses import dataclass

import numpy as np

from exchange.roundrobin.level import Array, Results, finite
from exchange.roundrobin.refusals import Mismatched, NotANumber, Uncomputable

MOST_STEPS = 200
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
    377; read: metRology's mpaule (R), whose two data sets are those of the test. The equation falls with tau2 and is
    convex, so Newton's steps from 0 reach it from below. TooFewLines below two, NotANumber for a u that is not above 0.
    """
    x, variances = _pairs(values, u)
    df, tau2 = len(x) - 1, 0.0
    for _ in range(MOST_STEPS):
        weights = 1.0 / (variances + tau2)
        rest = x - _mean(x, weights)
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
    weights = 1.0 / variances
    q = float((weights * (x - _mean(x, weights)) ** 2).sum())
    total = float(weights.sum())
    tau2 = max(0.0, (q - (len(x) - 1)) / (total - float((weights**2).sum()) / total))
    return _consensus(x, variances, tau2, "dersimonian-laird/1")


def _pairs(values: Results, u: Results) -> tuple[Array, Array]:
    x, stated = finite(values, "results", 2), finite(u, "uncertainties", 2)
    if len(x) != len(stated):
        raise Mismatched(f"There are {len(x)} results and {len(stated)} uncertainties.")
    if (stated <= 0).any():
        raise NotANumber("A stated uncertainty is not above zero; leave the result out, or state what it is.")
    return x, stated**2


def _mean(x: Array, weights: Array) -> float:
    return float(x[0] + (weights * (x - x[0])).sum() / weights.sum())


def _consensus(x: Array, variances: Array, tau2: float, definition: str) -> Consensus:
    weights, plain = 1.0 / (variances + tau2), 1.0 / variances
    q = float((plain * (x - _mean(x, plain)) ** 2).sum())
    return Consensus(_mean(x, weights), 1.0 / math.sqrt(float(np.sum(weights))), tau2, q, len(x) - 1, definition)
