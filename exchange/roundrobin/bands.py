"""Mean and spread of each line's curves, the consensus of the lines, and how far each stands from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exchange.roundrobin.algorithm_a import algorithm_a
from exchange.roundrobin.axis import AbsentCurve, Curves
from exchange.roundrobin.curve import CurveDefinition, held
from exchange.roundrobin.level import NOISE, Array
from exchange.roundrobin.refusals import Mismatched, NoSpread, TooFewLines
from exchange.roundrobin.verdict import Power, power

Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LineBands:
    """For p lines at g places of the axis: n, mean and s (p, g) of their cells, in `curve.y_unit`; not-a-number: none.

    `cells` (p) is how many cells of a line have a curve, s needs two of them at a place. `s_r` (g) is pooled over all
    lines with weights n - 1, where any line has two. `power` is that of p lines.
    """

    curve: CurveDefinition
    axis: Array
    lines: tuple[str, ...]
    cells: tuple[int, ...]
    n: Counts
    mean: Array
    sd: Array
    s_r: Array
    power: Power
    absent: tuple[AbsentCurve, ...] = ()
    definition: str = "line-bands/1"

    @property
    def p(self) -> int:
        """Number of lines with at least one curve."""
        return len(self.lines)

    @property
    def whole(self) -> NDArray[np.bool_]:
        """The places (g,) at which every cell of every line has a value."""
        every: NDArray[np.bool_] = (self.n == np.array(self.cells)[:, None]).all(axis=0)
        return every


def line_bands(curves: Curves, least: int | None = None) -> LineBands:
    """Mean and standard deviation (n - 1) of each line's cells at each place of the axis.

    Without `least` a line has a mean only where all its cells have a value, so that it does not jump where one of them
    ends; with it, where at least so many have, and n says how many. Mismatched for a `least` below one.
    """
    if least is not None and least < 1:
        raise Mismatched(f"A mean is of at least one cell; least is {least}.")
    lines = tuple(dict.fromkeys(curves.lines))
    owners = np.array([lines.index(line) for line in curves.lines])
    cells = np.bincount(owners, minlength=len(lines))
    shape = (len(lines), len(curves.axis))
    n, mean, sd = np.zeros(shape, dtype=np.int64), np.full(shape, np.nan), np.full(shape, np.nan)
    for at in range(len(lines)):
        n[at], mean[at], sd[at] = _summary(curves.values[owners == at], int(cells[at]) if least is None else least)
    known = np.isfinite(sd)
    degrees = np.where(known, n - 1, 0)
    pooled = degrees.sum(axis=0)
    squares = (degrees * np.where(known, sd, 0.0) ** 2).sum(axis=0)
    s_r = np.sqrt(np.divide(squares, pooled, out=np.full(shape[1], np.nan), where=pooled > 0))
    n.setflags(write=False)
    return LineBands(
        curves.curve, curves.axis, lines, tuple(int(count) for count in cells), n, held(mean), held(sd), held(s_r),
        power(len(lines)), curves.absent,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class ConsensusCurve:
    """Consensus of the line means at g places: value, s between lines and u (g,) in `curve.y_unit`, p (g,) lines.

    Not-a-number where fewer than `least` lines have a mean. By algorithm A s is s* and u is 1.25 s*/sqrt(p), else s
    and s/sqrt(p). It contains the lines that are compared with it. Below five lines no aggregate leaves the round:
    `power` is that of the fewest lines at a place that has a value.
    """

    curve: CurveDefinition
    axis: Array
    value: Array
    s: Array
    u: Array
    p: Counts
    method: str
    power: Power
    definition: str = "consensus-curve/1"


def consensus_curve(bands: LineBands, robust: bool = True, least: int | None = None) -> ConsensusCurve:
    """The consensus at each place: x* of algorithm A (`algorithm_a`) of the line means, or their plain mean.

    Without `least` there is one only where all lines have a mean, so that it does not jump where a line ends; with it,
    where at least so many have. TooFewLines below two.
    """
    needed = bands.p if least is None else least
    if min(bands.p, needed) < 2:
        raise TooFewLines(f"A consensus is of two lines or more; there are {bands.p}, and {needed} are asked for.")
    p = np.isfinite(bands.mean).sum(axis=0)
    value, s = np.full(len(bands.axis), np.nan), np.full(len(bands.axis), np.nan)
    for at in np.flatnonzero(p >= needed):
        means = bands.mean[:, at]
        value[at], s[at] = _centre(means[np.isfinite(means)], robust)
    u = (1.25 if robust else 1.0) * s / np.sqrt(np.maximum(p, 1))
    p.setflags(write=False)
    method = "algorithm A of the line means" if robust else "mean of the line means"
    fewest = int(p[p >= needed].min(initial=bands.p))
    return ConsensusCurve(
        bands.curve, bands.axis, held(value), held(s), held(u), p, method, power(fewest)
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class CurveDifferences:
    """Line means less the consensus (p, g) in `curve.y_unit`, not-a-number where one of the two is missing.

    `largest` (p) is for each line the difference farthest from zero, `at` where on the axis, `rms` the root of the mean
    square along it; None where line and consensus share no place.
    """

    curve: CurveDefinition
    axis: Array
    lines: tuple[str, ...]
    values: Array
    largest: tuple[float | None, ...]
    at: tuple[float | None, ...]
    rms: tuple[float | None, ...]
    definition: str = "curve-differences/1"


def curve_differences(bands: LineBands, consensus: ConsensusCurve) -> CurveDifferences:
    """How far each line's mean stands from the consensus, along the axis. Mismatched where axis or curve differ."""
    if bands.curve != consensus.curve or not np.array_equal(bands.axis, consensus.axis):
        raise Mismatched("The bands and the consensus are not of one curve on one axis.")
    values = bands.mean - consensus.value
    largest, at, rms = [], [], []
    for row in values:
        known = np.flatnonzero(np.isfinite(row))
        farthest = known[np.argmax(np.abs(row[known]))] if len(known) else None
        largest.append(None if farthest is None else float(row[farthest]))
        at.append(None if farthest is None else float(bands.axis[farthest]))
        rms.append(None if farthest is None else float(np.sqrt((row[known] ** 2).mean())))
    return CurveDifferences(
        bands.curve, bands.axis, bands.lines, held(values), tuple(largest), tuple(at), tuple(rms)
    )  # fmt: skip


def _summary(values: Array, least: int) -> tuple[Counts, Array, Array]:
    """n, mean and s (g,) of the cells (c, g) of a line; shifted first, so that equal values have no spread."""
    known = np.isfinite(values)
    n = known.sum(axis=0)
    enough = n >= least
    some = np.where(known.any(axis=0), np.fmin.reduce(values, axis=0), 0.0)
    shifted = np.where(known, values - some, 0.0)
    middle = shifted.sum(axis=0) / np.maximum(n, 1)
    spread = np.sqrt((np.where(known, shifted - middle, 0.0) ** 2).sum(axis=0) / np.maximum(n - 1, 1))
    spread = np.where(spread <= NOISE * np.fmax.reduce(np.abs(values), axis=0, initial=0.0), 0.0, spread)
    return n, np.where(enough, some + middle, np.nan), np.where(enough & (n > 1), spread, np.nan)


def _centre(means: Array, robust: bool) -> tuple[float, float]:
    try:
        if robust:
            found = algorithm_a(means)
            return found.x, found.s
    except NoSpread:
        return float(means[0]), 0.0
    shifted = means - means[0]
    return float(means[0] + shifted.mean()), float(shifted.std(ddof=1))
