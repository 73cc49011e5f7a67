"""Numbers as they stand in results under codes: with no more digits than are shown, whoever's instrument it was.

How many digits a value has tells the instrument that wrote it, and all of them find it again among others. Everything
is computed from whole values and rounded last, so what is shown can differ in its last digit from what the shown
values give.
"""

from typing import Final

from schemas.round.components import Components
from schemas.round.curves import CodedCurve, CurveEvaluation, Number
from schemas.round.evaluation import Aggregates, CodedLine, CodedPoint, Figure, Judged, KpiEvaluation, TestStep
from schemas.round.youden import YoudenEvaluation

DECIMALS: Final = 2
"""Of scores, h, k and per cent."""
OF_SPREADS: Final = 3
OF_UNCERTAINTIES: Final = 2
OF_AGGREGATES: Final = 4
OF_CURVES: Final = 5


def shown(value: Number, digits: int) -> Number:
    """The value with so many significant digits."""
    return None if value is None else float(f"{value:.{digits}g}")


def as_shown(of: KpiEvaluation) -> KpiEvaluation:
    """A KPI's evaluation in the digits that the plan shows: results and means in those, consensus in one more."""
    whole = Judged(lines=of.lines, limits=of.limits, screening=of.screening)
    facts: dict[str, object] = {
        **dict(_judged(whole, of.digits)),
        "all_results": _aggregates(of.all_results, of.digits),
        "kept_results": None if of.kept_results is None else _aggregates(of.kept_results, of.digits),
        "with_left_out": None if of.with_left_out is None else _judged(of.with_left_out, of.digits),
        "components": None if of.components is None else _components(of.components),
    }
    return of.model_copy(update=facts)


def pair_as_shown(of: YoudenEvaluation) -> YoudenEvaluation:
    """Results in the digits of the KPI, the centre in one more."""
    facts: dict[str, object] = {
        name: shown(getattr(of, name), OF_AGGREGATES) for name in ("radius", "s_random", "s_total", "s_between")
    }
    facts["centre"] = None if of.centre is None else tuple(shown(one, of.digits + 1) for one in of.centre)
    points = [
        one.model_copy(update={"first": shown(one.first, of.digits), "second": shown(one.second, of.digits)})
        for one in of.points
    ]
    return of.model_copy(update=facts | {"points": tuple(points)})


def _components(of: Components) -> Components:
    facts: dict[str, object] = {name: shown(getattr(of, name), OF_SPREADS) for name in ("drift", "u_drift")}
    facts["shares"] = tuple(one.model_copy(update={"sd": shown(one.sd, OF_AGGREGATES)}) for one in of.shares)
    effects = [one.model_copy(update={"effect": shown(one.effect, OF_SPREADS)}) for one in of.effects]
    return of.model_copy(update=facts | {"effects": tuple(effects)})


def curve_as_shown(of: CurveEvaluation) -> CurveEvaluation:
    """Curves in five digits, h and k in two decimals."""
    facts = {
        "lines": tuple(_curve(line) for line in of.lines),
        "consensus": _row(of.consensus, OF_CURVES),
        "robust_s": _row(of.robust_s, OF_SPREADS),
    }
    return of.model_copy(update=facts)


def _judged(of: Judged, digits: int) -> Judged:
    lines = tuple(_line(line, digits) for line in of.lines)
    return Judged(lines=lines, limits=of.limits, screening=tuple(_step(step) for step in of.screening))


def _line(line: CodedLine, digits: int) -> CodedLine:
    facts: dict[str, object] = {
        name: _decimals(getattr(line, name)) for name in ("h", "k", "z", "z_prime", "zeta", "e_n", "per_cent")
    }
    facts |= {"mean": shown(line.mean, digits), "s": shown(line.s, OF_SPREADS)}
    facts |= {"stated_u": shown(line.stated_u, OF_UNCERTAINTIES)}
    return line.model_copy(update=facts | {"points": tuple(_point(point, digits) for point in line.points)})


def _point(point: CodedPoint, digits: int) -> CodedPoint:
    return point.model_copy(update={"value": shown(point.value, digits)})


def _aggregates(of: Aggregates, digits: int) -> Aggregates:
    places = ("mean", "mean_of_means", "median", "assigned", "hampel")
    spreads = ("assigned_u", "robust_s", "r", "R", "sigma_pt", "robust_s_r", "robust_s_R", "q_s")
    facts: dict[str, object] = {name: shown(getattr(of, name), digits + 1) for name in places}
    facts |= {name: shown(getattr(of, name), OF_AGGREGATES) for name in spreads}
    facts |= {name: _figure(getattr(of, name)) for name in ("s_r", "s_L", "s_R")}
    return of.model_copy(update=facts)


def _figure(of: Figure) -> Figure:
    low, high = shown(of.low, OF_AGGREGATES), shown(of.high, OF_AGGREGATES)
    return Figure(value=shown(of.value, OF_AGGREGATES), low=low, high=high)


def _step(step: TestStep) -> TestStep:
    return step.model_copy(update={"statistic": shown(step.statistic, OF_SPREADS)})


def _curve(of: CodedCurve) -> CodedCurve:
    facts: dict[str, object] = {name: _row(getattr(of, name), OF_CURVES) for name in ("mean", "difference")}
    facts |= {name: tuple(map(_decimals, getattr(of, name))) for name in ("h", "k")}
    return of.model_copy(update=facts | {"s": _row(of.s, OF_SPREADS)})


def _row(of: tuple[Number, ...], digits: int) -> tuple[Number, ...]:
    return tuple(shown(value, digits) for value in of)


def _decimals(value: Number) -> Number:
    return None if value is None else round(value, DECIMALS) + 0.0
