"""Mandel's h and k along a curve, with limits that hold for the whole curve and all lines at once."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exchange.roundrobin.axis import Curves
from exchange.roundrobin.bands import LineBands, line_bands
from exchange.roundrobin.curve import CurveDefinition, held
from exchange.roundrobin.level import NOISE, Array
from exchange.roundrobin.mandel import k_limit
from exchange.roundrobin.refusals import Mismatched, TooFewLines, Uncomputable
from exchange.roundrobin.verdict import ALPHAS, Alphas, Power, Verdict, power, verdict

DRAWS = 1000
FEWEST_DRAWS = 200
SEED = 5725
AT_ONCE = 1_000_000
"""So many numbers are drawn at once."""

Drawn = NDArray[np.float32]
Limits = tuple[float, float]
"""For a straggler, and for an outlier."""


@dataclass(frozen=True, eq=False)
class FunctionalStatistic:
    """h or k of p lines along the axis, values (p, g) without unit; not-a-number at places that are not judged.

    `largest` (p) is a line's largest |h| or k, `at` where on the axis it lies, `places` how many were judged. `limits`
    (p) are what a line exceeds anywhere, if none is odd, with the chances `alphas` for all lines together. All are
    None for k of a line of one cell.
    """

    values: Array
    largest: tuple[float | None, ...]
    at: tuple[float | None, ...]
    limits: tuple[Limits | None, ...]
    verdict: tuple[Verdict | None, ...]
    places: int


@dataclass(frozen=True, eq=False)
class FunctionalMandel:
    """Functional h and k of the lines along `axis` (g,); None where no place has a spread to compare with.

    `draws` and `seed` are those of the bootstrap; the same ones give the same limits.
    """

    curve: CurveDefinition
    axis: Array
    lines: tuple[str, ...]
    h: FunctionalStatistic | None
    k: FunctionalStatistic | None
    draws: int
    seed: int
    power: Power
    alphas: Alphas = ALPHAS
    definition: str = "functional-mandel/1"


def functional_mandel(
    curves: Curves, least_spread: float = 0.0, draws: int = DRAWS, seed: int = SEED, alphas: Alphas = ALPHAS
) -> FunctionalMandel:
    """h_i(t) = (mean_i(t) - mean of means(t)) / s_x(t) and k_i(t) = s_i(t) / s_r(t), as `mandel` has them at a point.

    Judged are the places where every cell has a value, and s_x (for k s_r) is above `least_spread`, in the unit of y:
    what instruments cannot resolve makes no line odd. Limits by a Gaussian multiplier bootstrap: line means about
    their mean (for k cells about their line's) count as normal curves whose correlation from place to place is that of
    the data; in each of `draws` rounds of such lines the largest |h| of all lines and places is kept (for k the
    smallest tail probability, so that lines of few and of many cells are treated alike). Single places are not tested.
    Idea: functional h and k of Flores et al. 2018, Chemometrics and Intelligent Laboratory Systems 176, 134 (read: its
    abstract and the pages of the R package ILS; its norms and its resampling are not followed). Maxima along the curve
    are what simultaneous bands of functional data are made of (read: documentation of SCoRES, R).
    TooFewLines below three lines, Uncomputable where no place has all values.
    """
    bands = line_bands(curves)
    if bands.p < 3:
        raise TooFewLines(f"Functional h has limits from three lines on; there are {bands.p}.")
    if draws < FEWEST_DRAWS or not least_spread >= 0:
        raise Mismatched(
            f"Limits need {FEWEST_DRAWS} draws and a spread from zero on; asked were {draws} and {least_spread}."
        )
    if not bands.whole.any():
        raise Uncomputable("At no place of the axis do all cells of all lines have a value.")
    return FunctionalMandel(
        curves.curve,
        curves.axis,
        bands.lines,
        _h(bands, least_spread, _Bootstrap(np.random.default_rng([seed, 0]), draws, alphas)),
        _k(bands, curves, least_spread, _Bootstrap(np.random.default_rng([seed, 1]), draws, alphas)),
        draws,
        seed,
        power(bands.p),
        alphas,
    )


@dataclass(frozen=True)
class _Bootstrap:
    chance: np.random.Generator
    draws: int
    alphas: Alphas


def _h(bands: LineBands, least: float, by: _Bootstrap) -> FunctionalStatistic | None:
    first = bands.mean[0]
    means = bands.mean - first
    away = means - means.mean(axis=0)
    s_x = np.sqrt((away**2).sum(axis=0) / (bands.p - 1))
    judged = bands.whole & (s_x > np.maximum(least, NOISE * np.abs(bands.mean).max(axis=0)))
    if not judged.any():
        return None
    h = np.where(judged, away / np.where(judged, s_x, 1.0), np.nan)
    largest = [_extreme(drawn) for drawn in _drawn(away[:, judged], bands.p, by)]
    found = np.quantile(np.concatenate(largest), [1 - alpha for alpha in by.alphas], method="higher")
    limits = (float(found[0]), float(found[1]))
    return _statistic(bands, h, np.abs(h), judged, (limits,) * bands.p)


def _extreme(means: Drawn) -> Drawn:
    """The largest |h| (b,) of b rounds of lines (b, p, g)."""
    away = means - means.mean(axis=1, keepdims=True)
    s_x = np.sqrt((away**2).sum(axis=1, keepdims=True) / (means.shape[1] - 1))
    largest: Drawn = np.abs(away / s_x).max(axis=(1, 2))
    return largest


def _k(bands: LineBands, curves: Curves, least: float, by: _Bootstrap) -> FunctionalStatistic | None:
    degrees = np.array(bands.cells) - 1
    pooled = int(degrees.sum())
    judged = bands.whole & (bands.s_r > np.maximum(least, NOISE * np.abs(bands.mean).max(axis=0)))
    if not judged.any() or (degrees > 0).sum() < 2:
        return None
    k = np.where(judged, bands.sd / np.where(judged, bands.s_r, 1.0), np.nan)
    owners = np.array([bands.lines.index(line) for line in curves.lines])
    away = (curves.values - bands.mean[owners])[:, judged]
    # By size, not by place in the table: the order of lines must not matter.
    sizes = np.sort(degrees[degrees > 0])
    least_likely = [_least_likely(drawn, sizes) for drawn in _drawn(away, pooled, by)]
    tails = np.quantile(np.concatenate(least_likely), by.alphas, method="lower")
    limits = tuple(
        (k_limit(df, pooled, float(tails[0])), k_limit(df, pooled, float(tails[1]))) if df else None
        for df in degrees.tolist()
    )
    return _statistic(bands, k, k, judged, limits)


def _least_likely(residuals: Drawn, sizes: NDArray[np.int64]) -> Array:
    """The smallest tail probability of k (b,) in b rounds of residuals (b, sum of sizes, g), lines of these sizes."""
    from scipy import special

    pooled = int(sizes.sum())
    squares = np.add.reduceat(residuals**2, np.cumsum(sizes) - sizes, axis=1)
    shares = (squares / squares.sum(axis=1, keepdims=True)).max(axis=2)
    smallest: Array = special.betaincc(sizes / 2.0, (pooled - sizes) / 2.0, shares).min(axis=1)
    return smallest


def _drawn(away: Array, count: int, by: _Bootstrap) -> Iterator[Drawn]:
    """Rounds (b, count, g) of normal curves of unit spread, correlated along the axis as the rows `away` (m, g) are.

    The root of the correlation matrix is the symmetric one, which is unique: order and scale of the data leave it.
    """
    scaled = away / np.sqrt((away**2).sum(axis=0))
    values, vectors = np.linalg.eigh(scaled.T @ scaled)
    root = ((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T).astype(np.float32)
    at_once = max(1, AT_ONCE // (count * len(root)))
    for begin in range(0, by.draws, at_once):
        size = (min(at_once, by.draws - begin) * count, len(root))
        # Single precision is twice as fast, and far finer than a quantile of so many draws.
        yield (by.chance.standard_normal(size, dtype=np.float32) @ root).reshape(-1, count, len(root))


def _statistic(
    bands: LineBands, values: Array, sizes: Array, judged: Array, limits: tuple[Limits | None, ...]
) -> FunctionalStatistic:
    largest: list[float | None] = []
    at: list[float | None] = []
    for row, limit in zip(sizes, limits, strict=True):
        place = None if limit is None else int(np.nanargmax(row))
        largest.append(None if place is None else float(row[place]))
        at.append(None if place is None else float(bands.axis[place]))
    said = tuple(
        None if one is None or limit is None else verdict(bands.p, one > limit[0], one > limit[1])
        for one, limit in zip(largest, limits, strict=True)
    )
    return FunctionalStatistic(held(values), tuple(largest), tuple(at), limits, said, int(judged.sum()))
