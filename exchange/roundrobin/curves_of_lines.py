"""One kind of curve of all lines, evaluated whole: bands, consensus, distance from it, functional h and k, flags."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from exchange.roundrobin.axis import Curves, even_axis, on_axis
from exchange.roundrobin.bands import ConsensusCurve, LineBands, consensus_curve, curve_differences, line_bands
from exchange.roundrobin.curve import Curve
from exchange.roundrobin.functional import FunctionalMandel, FunctionalStatistic, functional_mandel
from exchange.roundrobin.level import Array
from exchange.roundrobin.refusals import Uncomputable
from exchange.roundrobin.verdict import ALPHAS, Alphas, Verdict
from schemas.round.curves import CellWithout, CodedCurve, CurveEvaluation, Number
from schemas.round.flags import Flag

PLACES = 101
OfLines = Mapping[str, Mapping[str, Curve]]
"""Curves by line, and by number of the cell."""


@dataclass(frozen=True)
class Drawn:
    """How a kind of curve is called, and at which significances its lines are judged.

    `least_spread`: what instruments cannot resolve, in the unit of y.
    """

    label: str
    quantity: str
    axis_label: str
    least_spread: float = 0.0
    alphas: Alphas = ALPHAS


def evaluate_curves(drawn: Drawn, curves: OfLines, axis: Array | None = None) -> CurveEvaluation:
    """All of it for the curves of these lines; without an `axis` 101 places over what any of them covers.

    What the curves do not allow is said in `refused`, and cells without one in `without`; below five lines nobody is
    flagged.
    """
    lacking = _without(curves)
    try:
        placed = on_axis(curves, _axis(curves) if axis is None else axis)
        bands = line_bands(placed)
        consensus = consensus_curve(bands)
    except Uncomputable as refused:
        return _empty(drawn, curves, refused.message).model_copy(update={"without": lacking})
    made = _evaluated(drawn, placed, bands, consensus, tuple(sorted(set(curves) - set(bands.lines))))
    return made.model_copy(update={"without": lacking})


def own_places(curves: OfLines) -> Array:
    """Every x at which some curve has a point: for curves on one grid, or over cycles."""
    there = [one.x for cells in curves.values() for one in cells.values() if one.there]
    return np.unique(np.concatenate(there)) if there else np.empty(0)


def _without(curves: OfLines) -> tuple[CellWithout, ...]:
    found = [
        CellWithout(code=code, cell=int(cell), reason=one.reason)
        for code, cells in curves.items()
        for cell, one in cells.items()
        if not one.there
    ]
    return tuple(sorted(found, key=lambda one: (one.code, one.cell)))


def _axis(curves: OfLines) -> Array:
    """From the least to the greatest x, outwards to two figures: the end of an axis is nobody's value."""
    spans = [(one.x[0], one.x[-1]) for cells in curves.values() for one in cells.values() if one.there]
    low, high = min((low for low, _ in spans), default=0.0), max((high for _, high in spans), default=1.0)
    step = 10.0 ** (math.floor(math.log10(max(high - low, 1e-12))) - 1)
    return even_axis(math.floor(low / step) * step, math.ceil(high / step - 1e-9) * step, PLACES)


def _evaluated(
    drawn: Drawn, placed: Curves, bands: LineBands, consensus: ConsensusCurve, absent: tuple[str, ...]
) -> CurveEvaluation:
    apart = curve_differences(bands, consensus)
    odd, why = _odd(placed, drawn)
    lines = {
        code: CodedCurve(
            code=code,
            n=tuple(int(n) for n in bands.n[at]),
            mean=_numbers(bands.mean[at]),
            s=_numbers(bands.sd[at]),
            difference=_numbers(apart.values[at]),
            h=_numbers(odd.h.values[at]) if odd and odd.h else (),
            k=_numbers(odd.k.values[at]) if odd and odd.k else (),
            flags=_flags(odd, at),
        )
        for at, code in enumerate(bands.lines)
    }
    used = [placed.definition, bands.definition, consensus.definition, *([odd.definition] if odd else [])]
    return CurveEvaluation(
        label=drawn.label,
        axis=tuple(float(place) for place in placed.axis),
        axis_unit=placed.curve.x_unit,
        axis_label=drawn.axis_label,
        unit=placed.curve.y_unit,
        quantity=drawn.quantity,
        lines=tuple(lines[code] for code in sorted(lines)),
        consensus=_numbers(consensus.value),
        robust_s=_numbers(consensus.s),
        h_limit=_limit(odd.h if odd else None),
        k_limit=_limit(odd.k if odd else None),
        definition=placed.curve.name,
        definitions=(placed.curve.name, *used),
        refused=why,
        absent=absent,
    )


def _odd(placed: Curves, drawn: Drawn) -> tuple[FunctionalMandel | None, str]:
    try:
        return functional_mandel(placed, drawn.least_spread, alphas=drawn.alphas), ""
    except Uncomputable as refused:
        return None, refused.message


def _flags(odd: FunctionalMandel | None, at: int) -> tuple[str, ...]:
    found = [] if odd is None else [_OF_H.get(_said(odd.h, at)), _OF_K.get(_said(odd.k, at))]
    return tuple(flag for flag in found if flag is not None)


def _said(of: FunctionalStatistic | None, at: int) -> Verdict | None:
    return None if of is None else of.verdict[at]


_OF_H: dict[Verdict | None, Flag] = {Verdict.OUTLIER: Flag.OUTLIER, Verdict.STRAGGLER: Flag.STRAGGLER}
_OF_K: dict[Verdict | None, Flag] = {
    Verdict.OUTLIER: Flag.EXCESS_SPREAD,
    Verdict.STRAGGLER: Flag.SPREAD_STRAGGLER,
}


def _limit(of: FunctionalStatistic | None) -> Number:
    """The straggler's, where it is the same for all lines."""
    limits = set() if of is None else {None if one is None else one[0] for one in of.limits}
    return limits.pop() if len(limits) == 1 else None


def _numbers(row: Array) -> tuple[Number, ...]:
    return tuple(float(value) if np.isfinite(value) else None for value in row)


def _empty(drawn: Drawn, curves: OfLines, why: str) -> CurveEvaluation:
    there = [one for cells in curves.values() for one in cells.values() if one.definition.name]
    return CurveEvaluation(
        label=drawn.label,
        axis=(),
        axis_unit=there[0].definition.x_unit if there else "",
        axis_label=drawn.axis_label,
        unit=there[0].definition.y_unit if there else "",
        quantity=drawn.quantity,
        lines=(),
        consensus=(),
        robust_s=(),
        definition=there[0].definition.name if there else "",
        refused=why,
        absent=tuple(sorted(curves)),
    )
