"""PCHIP: a curve through points that rises and falls only where the points do, at a few places of many points.

The cubic of each interval has the slopes of F. N. Fritsch and J. Butland, SIAM J. Sci. Stat. Comput. 5 (1984) 300: the
weighted harmonic mean of the two secants beside a point, zero where these differ in sign. At the ends it is the
one-sided three-point slope, kept from turning the curve (C. Moler, Numerical Computing with MATLAB, 2004, chapter 3.6).
So has it `scipy.interpolate.PchipInterpolator`, against which it is tested; that one takes a second to load and
computes the slopes at all points.
"""

import numpy as np
from numpy.typing import NDArray

from exchange.roundrobin.level import Array

Places = NDArray[np.intp]


def pchip(x: Array, y: Array, places: Array) -> Array:
    """Values (g,) at places (g,) from x[0] to x[-1] of the curve through x (m,), which rise strictly, and y (m,).

    Between two points it is the line through them. Everything is finite, and m is at least 2.
    """
    at = np.clip(np.searchsorted(x, places, side="right") - 1, 0, len(x) - 2)
    width, secant = x[at + 1] - x[at], (y[at + 1] - y[at]) / (x[at + 1] - x[at])
    begin, end = _slopes(x, y, at), _slopes(x, y, at + 1)
    along = places - x[at]
    bend = (begin + end - 2.0 * secant) / width
    values: Array = ((bend / width * along + (secant - begin) / width - bend) * along + begin) * along + y[at]
    return values


def _slopes(x: Array, y: Array, at: Places) -> Array:
    """Slopes at points (g,)."""
    last = len(x) - 1
    if last == 1:
        return np.full(len(at), (y[1] - y[0]) / (x[1] - x[0]))
    inner = np.clip(at, 1, last - 1)
    before, after = x[inner] - x[inner - 1], x[inner + 1] - x[inner]
    into, out = (y[inner] - y[inner - 1]) / before, (y[inner + 1] - y[inner]) / after
    same = np.sign(into) * np.sign(out) > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        heavy, light = 2.0 * after + before, after + 2.0 * before
        mean = (heavy + light) / (heavy / into + light / out)
    slopes = np.where(same, mean, 0.0)
    slopes = np.where(at == 0, _end(before, after, into, out), slopes)
    found: Array = np.where(at == last, _end(after, before, out, into), slopes)
    return found


def _end(near: Array, far: Array, first: Array, second: Array) -> Array:
    """The slope at an end: `first` is the secant of the interval there, of width `near`, `second` that of the next."""
    slope = ((2.0 * near + far) * first - near * second) / (near + far)
    turned = np.sign(slope) != np.sign(first)
    steep = (np.sign(first) != np.sign(second)) & (np.abs(slope) > 3.0 * np.abs(first))
    found: Array = np.where(turned, 0.0, np.where(steep, 3.0 * first, slope))
    return found
