"""Robust standard deviation from differences between lines (Q), and the Hampel mean that goes with it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from exchange.roundrobin.level import NOISE, Array, Level, Results, finite
from exchange.roundrobin.quantiles import normal_point
from exchange.roundrobin.refusals import NoSpread, NotANumber, TooFewLines

TIE = 1e-12
"""Rounding of the places and sums of Hampel's mean, in spreads."""
NODES = (1.5, 3.0, 4.5)


@dataclass(frozen=True)
class QHampel:
    """x* (Hampel) and s* (Q) in the unit of the results; `single` says whether the mean is the only nearest one."""

    x: float
    s: float
    p: int
    single: bool
    definition: str = "q-hampel/1"


def q_hampel(level: Level) -> QHampel:
    """Q from the results of the lines, or from their means where only these are known; Hampel's mean of the means.

    Standard: ISO 13528. TooFewLines below two lines, NoSpread where all results are equal.
    """
    results = level.replicates if level.replicates is not None else tuple((mean,) for mean in level.mean)
    s = q_scale_of(results)
    if s == 0:
        raise NoSpread("All results are equal.")
    x, single = hampel(level.means, s)
    return QHampel(x, s, level.p, single)


def q_scale(values: Results) -> float:
    """Q of one value per line: a standard deviation in the unit of the values, 0 only where all are equal."""
    return q_scale_of([[float(value)] for value in finite(values, "values", 2)])


def q_scale_of(results: Sequence[Sequence[float]]) -> float:
    """s* = G^-1(0.25 + 0.75 H(0)) / (sqrt 2 Phi^-1(0.625 + 0.375 H(0))), with the results of each line.

    H(x) = 2 / (p (p - 1)) sum over pairs of lines of the share of their differences |y_ik - y_jm| <= x, a step
    function; G goes straight between its jumps x_1 < x_2 < ... through (H(x_i) + H(x_(i-1))) / 2 there, H(x_1) / 2 at
    the first, and 0 at 0. Standard: ISO 13528. Read: a public Q_method in R, which names
    C.5.2.2 of the 2015 edition; the text of the standard was not read. TooFewLines below two lines.
    """
    lines = [finite(there, "results of a line") for there in results]
    p = len(lines)
    if p < 2:
        raise TooFewLines(f"Q compares lines; there are {p}.")
    distances, noises, weights = [], [], []
    for i in range(p):
        for j in range(i):
            apart = np.abs(lines[i][:, None] - lines[j][None, :]).ravel()
            sizes = np.maximum(np.abs(lines[i])[:, None], np.abs(lines[j])[None, :]).ravel()
            distances.append(apart)
            noises.append(NOISE * sizes)
            weights.append(np.full(len(apart), 2.0 / (p * (p - 1) * len(apart))))
    jumps, heights = _steps(np.concatenate(distances), np.concatenate(noises), np.concatenate(weights))
    at_zero = float(heights[0]) if jumps[0] == 0 else 0.0
    if len(jumps) == 1 and at_zero:
        return 0.0
    middles = (heights + np.concatenate(([0.0], heights[:-1]))) / 2.0
    positive = jumps > 0
    nodes_x = np.concatenate(([0.0], jumps[positive]))
    nodes_y = np.concatenate(([0.0], middles[positive]))
    reached = float(np.interp(0.25 + 0.75 * at_zero, nodes_y, nodes_x))
    return reached / (math.sqrt(2.0) * normal_point(0.625 + 0.375 * at_zero))


def hampel(values: Results, s: float) -> tuple[float, bool]:
    """Zero of sum psi((y_i - x) / s) nearest the median, found exactly; and whether it is the only nearest.

    psi(q) = q up to 1.5, 1.5 up to 3, 4.5 - q up to 4.5, then 0, and odd: so the sum is straight between the nodes
    y_i +- {1.5, 3, 4.5} s. A place where no value has any weight is no solution; of two equally near the median itself
    is given. Standard: ISO 13528. Read: a public Hampel in R, which names C.5.3.3 of the 2015 edition.
    NotANumber unless s > 0.
    """
    numbers = finite(values, "values", 1)
    if not (math.isfinite(s) and s > 0):
        raise NotANumber(f"The standard deviation is {s}; it is finite and above zero.")
    middle = float(np.median(numbers))
    scaled = (numbers - middle) / s
    offsets = np.array([sign * node for node in NODES for sign in (-1.0, 1.0)])
    nodes = np.unique((scaled[:, None] + offsets[None, :]).ravel())
    sums = _psi(scaled[None, :] - nodes[:, None]).sum(axis=1)
    sums[np.abs(sums) <= TIE * len(numbers)] = 0.0
    zeros = _zeros(scaled, nodes, sums)
    nearest = zeros[np.abs(zeros) <= np.abs(zeros).min() + TIE]
    if float(np.ptp(nearest)) > TIE * 2:
        return middle, False
    return middle + s * float(nearest[0]), True


def _steps(distances: Array, noises: Array, weights: Array) -> tuple[Array, Array]:
    """Jumps and the heights reached there; distances no further apart than the rounding of the two results are one.

    Of those two alone: beside a gross outlier the others' distances would all be one.
    """
    order = np.argsort(np.where(distances <= noises, 0.0, distances), kind="stable")
    ordered, noise = np.where(distances <= noises, 0.0, distances)[order], noises[order]
    last = np.append(np.diff(ordered) > np.where(ordered[:-1] == 0, 0.0, np.maximum(noise[1:], noise[:-1])), True)
    return ordered[last], np.cumsum(weights[order])[last]


def _psi(q: Array) -> Array:
    size = np.abs(q)
    bent: Array = np.sign(q) * np.where(size <= 1.5, size, np.where(size <= 3.0, 1.5, np.maximum(0.0, 4.5 - size)))
    return bent


def _zeros(scaled: Array, nodes: Array, sums: Array) -> Array:
    """Zeros of the line through the points; of a stretch at zero the point nearest 0, if any value weighs there."""
    found = [float(node) for node in nodes[sums == 0]]
    for left, right, before, after in zip(nodes[:-1], nodes[1:], sums[:-1], sums[1:], strict=True):
        if before == 0 and after == 0 and left < 0 < right:
            found.append(0.0)
        elif before * after < 0:
            found.append(float(left + (right - left) * before / (before - after)))
    weighed = [zero for zero in found if (np.abs(scaled - zero) < NODES[-1] - TIE).any()]
    return np.array(weighed)
