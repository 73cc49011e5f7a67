"""Grubbs' tests of the means of lines: one outlying value, or two on the same side."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np

from exchange.roundrobin.level import Array, Results, finite, summary
from exchange.roundrobin.quantiles import share, t_point
from exchange.roundrobin.refusals import Mismatched, NoSpread, OutOfTable, TooFewLines
from exchange.roundrobin.verdict import ALPHAS, Alphas, Power, Verdict, power, verdict


@dataclass(frozen=True)
class Extreme:
    """The value or the two values at one end: which lines, the statistic (no unit) and what it says."""

    lines: tuple[str, ...]
    statistic: float
    verdict: Verdict


@dataclass(frozen=True)
class Grubbs:
    """Both ends of p values, and the limits at both of `alphas` (two-sided, as ISO 5725-2 has them).

    A single value is outlying above the limit; two values below it. Limits of the double test are None, and its
    verdicts undecided, where `reason` says that the table has none for this p or alpha.
    """

    high: Extreme
    low: Extreme
    straggler_limit: float | None
    outlier_limit: float | None
    power: Power
    definition: str
    reason: str = ""
    alphas: Alphas = ALPHAS


def grubbs_single(values: Results, lines: Sequence[str] | None = None, alphas: Alphas = ALPHAS) -> Grubbs:
    """G = (max - mean) / s and (mean - min) / s of p values, usually the means of lines; s with p - 1.

    Limits as `grubbs_limit`, two-sided. Lines are numbered from 1 where `lines` is not given. Standard: ISO 5725-2.
    TooFewLines below three values, NoSpread where all are equal, NotANumber.
    """
    numbers, names = _named(values, lines, 3)
    mean, s = summary(numbers)
    if not s:
        raise NoSpread("All values are equal, so none can stand out.")
    p = len(numbers)
    straggler, outlier = (grubbs_limit(p, alpha) for alpha in alphas)

    def end(place: int, distance: float) -> Extreme:
        statistic = float(distance / s)
        return Extreme((names[place],), statistic, verdict(p, statistic > straggler, statistic > outlier))

    top, bottom = int(numbers.argmax()), int(numbers.argmin())
    return Grubbs(
        end(top, numbers[top] - mean),
        end(bottom, mean - numbers[bottom]),
        straggler,
        outlier,
        power(p),
        "grubbs-single/1",
        alphas=alphas,
    )


def grubbs_double(values: Results, lines: Sequence[str] | None = None, alphas: Alphas = ALPHAS) -> Grubbs:
    """G = SS without the two largest (or smallest) / SS of all p values; the smaller, the more they stand out.

    SS is the sum of squares about the mean of what it is taken of. Limits are quantiles by simulation, see
    `grubbs_double_limit`. Standard: ISO 5725-2. TooFewLines below four values, NoSpread where all are equal.
    """
    numbers, names = _named(values, lines, 4)
    if not summary(numbers)[1]:
        raise NoSpread("All values are equal, so none can stand out.")
    p, reason = len(numbers), ""
    straggler: float | None = None
    outlier: float | None = None
    try:
        straggler, outlier = (grubbs_double_limit(p, alpha) for alpha in alphas)
    except OutOfTable as missing:
        reason = missing.message

    def end(places: list[int], kept: Array) -> Extreme:
        statistic = _squares(kept) / _squares(numbers)
        said = Verdict.UNDECIDED
        if straggler is not None and outlier is not None:
            said = verdict(p, statistic < straggler, statistic < outlier)
        return Extreme(tuple(names[place] for place in places), statistic, said)

    order = [int(place) for place in np.argsort(numbers, kind="stable")]
    high, low = end(order[:-3:-1], numbers[order[:-2]]), end(order[:2], numbers[order[2:]])
    return Grubbs(high, low, straggler, outlier, power(p), "grubbs-double/1", reason, alphas)


def grubbs_limit(p: int, alpha: float, two_sided: bool = True) -> float:
    """(p - 1) / sqrt(p) * sqrt(t^2 / (p - 2 + t^2)), t with p - 2 degrees of freedom at alpha/(2p), one-sided alpha/p.

    Exact where only one value can lie beyond it, which holds at the levels in use; otherwise conservative. Read: help
    of Origin, Grubbs Test, whose t = sqrt(p (p - 2) G^2 / ((p - 1)^2 - p G^2)) is this solved for t, and a text of NIST
    in the public domain for alpha/(2p). TooFewLines below three.
    """
    if p < 3:
        raise TooFewLines(f"Grubbs' test has a limit from three values on; there are {p}.")
    t = t_point(share(alpha, "alpha") / (2 * p if two_sided else p), p - 2)
    return (p - 1) / math.sqrt(p) / math.sqrt(1.0 + (p - 2) / t**2)


def grubbs_double_limit(p: int, alpha: float) -> float:
    """Two-sided limit at alpha: the alpha/2 quantile of the ratio for normal values, by simulation (4e6 draws per p).

    OutOfTable where the table has no such p (4 to 50) or alpha (0.01, 0.02, 0.05, 0.1).
    """
    row = _table().get(str(p), {})
    found = next((limit for quantile, limit in row.items() if math.isclose(float(quantile), alpha / 2)), None)
    if found is None:
        raise OutOfTable(f"The double Grubbs test has no critical value for {p} values at alpha = {alpha:g}.")
    return found


@cache
def _table() -> dict[str, dict[str, float]]:
    text = resources.files("exchange.roundrobin").joinpath("double_grubbs.json").read_text("utf-8")
    table: dict[str, dict[str, float]] = json.loads(text)["quantiles"]
    return table


def _named(values: Results, lines: Sequence[str] | None, least: int) -> tuple[Array, tuple[str, ...]]:
    numbers = finite(values, "values", least)
    names = tuple(lines) if lines is not None else tuple(str(place + 1) for place in range(len(numbers)))
    if len(names) != len(numbers):
        raise Mismatched(f"There are {len(numbers)} values and {len(names)} lines.")
    return numbers, names


def _squares(values: Array) -> float:
    shifted = values - values[0]
    return float(((shifted - shifted.mean()) ** 2).sum())
