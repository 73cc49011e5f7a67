"""Curves of all cells of all lines on one axis: monotone interpolation, and nothing outside a curve's own range."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from exchange.roundrobin.curve import Curve, CurveDefinition, held
from exchange.roundrobin.level import Array
from exchange.roundrobin.pchip import pchip
from exchange.roundrobin.refusals import Mismatched, TooFewLines, Uncomputable

SAME = ("way", "normalised_by", "step_v", "smooth_v", "reference_cycle")
"""Parameters that curves have to agree in to stand on one axis; a charge or cycle may be another."""


SAME_RATE = 0.1
"""Peaks of dQ/dV move with the current: largest and smallest rate are at most so far apart."""

ROUNDING = 1e-12
"""Of the curve's length."""


@dataclass(frozen=True)
class AbsentCurve:
    """A cell of a line that has no curve, and why."""

    line: str
    cell: str
    reason: str


@dataclass(frozen=True, eq=False)
class Curves:
    """Values (c, g) in `curve.y_unit` of c cells at g places of `axis` in `curve.x_unit`; arrays are read only.

    Not-a-number stands where a place lies outside the curve's own range or in a gap. `lines` and `cells` (c) say whose
    a row is; `absent` are the cells without a curve.
    """

    curve: CurveDefinition
    axis: Array
    values: Array
    lines: tuple[str, ...]
    cells: tuple[str, ...]
    absent: tuple[AbsentCurve, ...] = ()
    definition: str = "curves-on-axis/1"


def even_axis(low: float, high: float, points: int) -> Array:
    """`points` places at equal distances from `low` to `high`, both included."""
    if not (np.isfinite(low) and np.isfinite(high) and low < high and points >= 2):
        raise Mismatched(f"An axis rises over at least two places; this is from {low} to {high} over {points}.")
    return held(np.linspace(low, high, points))


def shared_range(curves: Iterable[Curve]) -> tuple[float, float]:
    """The part of x that every curve covers. Uncomputable where there is none; a round's plan rather fixes its axis."""
    spans = [(one.x[0], one.x[-1]) for one in curves if one.there]
    low, high = max((low for low, _ in spans), default=0.0), min((high for _, high in spans), default=0.0)
    if low >= high:
        raise Uncomputable("The curves have no part of x in common.")
    return float(low), float(high)


def on_axis(curves: Mapping[str, Mapping[str, Curve]], axis: Sequence[float] | Array) -> Curves:
    """The curve of each cell (by line and cell) at the places of the axis (g,), which rise.

    Mismatched where curves differ in definition, unit, direction, what they are normalised by, grid or smoothing, or
    in the current of dQ/dV; TooFewLines without any curve.
    """
    places = held(axis)
    if places.ndim != 1 or not np.isfinite(places).all() or (np.diff(places) <= 0).any() or not len(places):
        raise Mismatched("The places of an axis are finite and rise from each to the next.")
    every = [(line, cell, one) for line, cells in curves.items() for cell, one in cells.items()]
    there = [(line, cell, one) for line, cell, one in every if one.there]
    if not there:
        raise TooFewLines("No cell of any line has a curve.")
    _alike(there)
    return Curves(
        there[0][2].definition,
        places,
        held([interpolated(one, places) for _, _, one in there]),
        tuple(line for line, _, _ in there),
        tuple(cell for _, cell, _ in there),
        tuple(AbsentCurve(line, cell, one.reason) for line, cell, one in every if not one.there),
    )


def interpolated(curve: Curve, places: Array) -> Array:
    """The curve at the places (g,): by PCHIP between points, not-a-number outside its range and beside a gap.

    PCHIP (`pchip`) rises and falls only where the points do. A curve that is not joined, as
    one over cycles, has values at its own points only.
    """
    found = np.full(len(places), np.nan)
    if not len(curve.x):
        return found
    places = _at_ends(curve.x, places)
    at = np.searchsorted(curve.x, places)
    exact = (at < len(curve.x)) & (curve.x[np.minimum(at, len(curve.x) - 1)] == places)
    found[exact] = curve.y[at[exact]]
    if not curve.definition.joined:
        return found
    between = ~exact & (at > 0) & (at < len(curve.x))
    between[between] = np.isfinite(curve.y[at[between] - 1]) & np.isfinite(curve.y[at[between]])
    known = np.isfinite(curve.y)
    x, y = (curve.x, curve.y) if known.all() else (curve.x[known], curve.y[known])
    if between.any():
        found[between] = pchip(x, y, places[between])
    return found


def _at_ends(x: Array, places: Array) -> Array:
    """Places that are an end of the curve but for the rounding of binary numbers are that end."""
    for end in (x[0], x[-1]):
        places = np.where(np.abs(places - end) <= ROUNDING * (x[-1] - x[0]), end, places)
    return places


def _alike(curves: list[tuple[str, str, Curve]]) -> None:
    _, _, first = curves[0]
    for line, cell, one in curves:
        who = f"The curve of cell {cell} of line {line}"
        if one.definition != first.definition:
            raise Mismatched(f"{who} is {_named(one.definition)}, others are {_named(first.definition)}.")
        for name in SAME:
            if one.parameters.get(name) != first.parameters.get(name):
                raise Mismatched(
                    f"{who} has {name} {one.parameters.get(name)}, others have {first.parameters.get(name)}."
                )
    if first.definition.one_rate:
        _same_rate(first.definition, [one for _, _, one in curves])


def _named(definition: CurveDefinition) -> str:
    return f"{definition.name} in {definition.y_unit} over {definition.x_unit}"


def _same_rate(definition: CurveDefinition, curves: list[Curve]) -> None:
    rates = [abs(rate) for one in curves if isinstance(rate := one.parameters.get("rate"), float)]
    if rates and max(rates) > (1 + SAME_RATE) * min(rates):
        raise Mismatched(
            f"{definition.name} is comparable at one rate; here the current is from {min(rates):.4g} to "
            f"{max(rates):.4g} A, or that by what charge is divided by: more than {SAME_RATE:.0%} apart."
        )
