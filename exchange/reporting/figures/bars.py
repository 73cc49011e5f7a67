"""Scores in their order, and Mandel's h and k in that of codes, with their limits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from exchange.reporting import words
from exchange.reporting.document import Picture
from exchange.reporting.figures.by_line import axis
from exchange.reporting.figures.canvas import AXIS, DASHED, QUIET, Canvas
from exchange.reporting.figures.colours import Shade, of_verdict
from exchange.reporting.figures.scale import Scale, scale
from schemas.round.curves import Number
from schemas.round.evaluation import CodedLine, KpiEvaluation, Limits
from schemas.round.levels import Levels

_LEFT, _RIGHT, _TOP, _BOTTOM, _HEIGHT = 46, 62, 30, 30, 230
_WARN, _BAD = "#835300", "#AE1F27"
_NARROWEST = 30
_USUAL = Levels()


@dataclass(frozen=True)
class _Bar:
    code: str
    value: float
    shade: Shade
    limits: tuple[Number, Number] = (None, None)


def score_of(kpi: KpiEvaluation) -> tuple[str, Callable[[CodedLine], Number]]:
    """Which score this KPI has: z, or z′ where no line has a z."""
    if any(line.z is not None for line in kpi.lines):
        return "z", lambda line: line.z
    return "z′", lambda line: line.z_prime


def scores(kpi: KpiEvaluation) -> Picture | None:
    """Every scored line from the lowest to the highest, limits at 2 (dashed) and 3 (solid); None without scores."""
    name, of = score_of(kpi)
    scored = [(line, of(line)) for line in kpi.lines]
    bars = [_Bar(line.code, value, of_verdict(line.score)) for line, value in scored if value is not None]
    bars.sort(key=lambda one: (one.value, one.code))
    if not bars:
        return None
    reach = [sign * max(3.4, *(sign * bar.value * 1.12 for bar in bars)) for sign in (-1, 1)]
    canvas, up = _begun(len(bars), scale(reach, _HEIGHT - _BOTTOM, _TOP, 6), name)
    for sign in (1, -1):
        _limits(canvas, up, [(sign * 2.0, words.fixed(sign * 2.0, 0)), (sign * 3.0, words.fixed(sign * 3.0, 0))])
    _bars(canvas, up, bars)
    label = f"{name} of {kpi.label}: {_beyond(bars, kpi)}."
    return Picture(
        f"{kpi.kpi}-{'z' if name == 'z' else 'z-prime'}",
        canvas.svg(label),
        label,
        f"{name} in ascending order; limits 2 (dashed) and 3 (solid).",
    )


def mandel_h(kpi: KpiEvaluation, levels: Levels = _USUAL) -> Picture | None:
    """h of every line with its limits; None without h."""
    bars = [_Bar(one.code, one.h, of_verdict(one.mandel_h)) for one in _by_code(kpi) if one.h is not None]
    if not bars:
        return None
    limits = [one for one in kpi.limits.h if one is not None]
    reach = [sign * max([1.0, *(sign * bar.value for bar in bars), *limits]) * 1.12 for sign in (-1, 1)]
    canvas, up = _begun(len(bars), scale(reach, _HEIGHT - _BOTTOM, _TOP, 6), "h")
    _limits(canvas, up, _named(kpi.limits.h, levels))
    _limits(canvas, up, [(None if one is None else -one, "") for one in kpi.limits.h])
    _bars(canvas, up, bars)
    label = f"Mandel's h of {kpi.label}: {_beyond(bars, kpi)}."
    caption = f"Mandel's h, between lines; {_drawn_at(levels)}."
    return Picture(f"{kpi.kpi}-h", canvas.svg(label), label, caption)


def mandel_k(kpi: KpiEvaluation, levels: Levels = _USUAL) -> Picture | None:
    """k of every line with the limits for its own number of cells; None without k."""
    bars = [
        _Bar(one.code, one.k, of_verdict(one.mandel_k), _limits_of(kpi.limits, one.n))
        for one in _by_code(kpi)
        if one.k is not None
    ]
    if not bars:
        return None
    tops = [limit for bar in bars for limit in bar.limits if limit is not None]
    most = max([1.0, *(bar.value for bar in bars), *tops]) * 1.12
    canvas, up = _begun(len(bars), scale([0.0, most], _HEIGHT - _BOTTOM, _TOP, 4), "k")
    same = len({bar.limits for bar in bars}) == 1
    _bars(canvas, up, bars)
    if same:
        _limits(canvas, up, _named(bars[0].limits, levels))
    else:
        _own_limits(canvas, up, bars)
    label = f"Mandel's k of {kpi.label}: {_beyond(bars, kpi)}."
    caption = f"Mandel's k, {kpi.spread_name}; {_drawn_at(levels)}"
    caption += "." if same else ", for each line's own number of cells."
    return Picture(f"{kpi.kpi}-k", canvas.svg(label), label, caption)


_PAIR = ((_WARN, DASHED), (_BAD, ""))
_APART = 13
"""Pixels between the names of two limits, so that both can be read."""


def _by_code(kpi: KpiEvaluation) -> list[CodedLine]:
    return sorted(kpi.lines, key=lambda one: one.code)


def _limits_of(limits: Limits, n: int) -> tuple[Number, Number]:
    return limits.k.get(n, (None, None))


def _begun(count: int, up: Scale, name: str) -> tuple[Canvas, Scale]:
    canvas = Canvas(max(760, _LEFT + _RIGHT + _NARROWEST * count), _HEIGHT)
    axis(canvas, up, _LEFT, canvas.width - _RIGHT, name)
    canvas.line((_LEFT, up.within(0.0)), (canvas.width - _RIGHT, up.within(0.0)), AXIS)
    return canvas, up


def _edges(canvas: Canvas, count: int, place: int) -> tuple[float, float]:
    width = (canvas.width - _RIGHT - _LEFT) / count
    return _LEFT + place * width, _LEFT + (place + 1) * width


def _named(pair: tuple[Number, Number], levels: Levels) -> list[tuple[Number, str]]:
    names = ["" if one is None else words.per_cent(one) for one in levels.of_mandel]
    return [(one, f"{name} {words.score(one)}") for one, name in zip(pair, names, strict=True)]


def _drawn_at(levels: Levels) -> str:
    weaker, stronger = levels.of_mandel
    if weaker is None:
        return f"limit at {words.per_cent(stronger)}"
    return f"limits at {words.per_cent(weaker)} (dashed) and {words.per_cent(stronger)} (solid)"


def _limits(canvas: Canvas, up: Scale, pair: Sequence[tuple[Number, str]]) -> None:
    """The weaker limit dashed and the stronger solid, across all bars, named at the right edge."""
    right, before = canvas.width - _RIGHT, None
    for (limit, name), (colour, dash) in zip(pair, _PAIR, strict=True):
        if limit is None:
            continue
        y = up.pixel(limit)
        canvas.line((_LEFT, y), (right, y), colour, 1.2, dash)
        at = y
        if before is not None and abs(y - before) < _APART:
            at = before + (_APART if y > before else -_APART)
        canvas.text((right + 5, at + 4), name, "start", colour)
        before = at


def _own_limits(canvas: Canvas, up: Scale, bars: Sequence[_Bar]) -> None:
    for number, (colour, dash) in enumerate(_PAIR):
        for place, bar in enumerate(bars):
            if (own := bar.limits[number]) is not None:
                left, right = _edges(canvas, len(bars), place)
                canvas.line((left, up.pixel(own)), (right, up.pixel(own)), colour, 1.2, dash)


def _bars(canvas: Canvas, up: Scale, bars: Sequence[_Bar]) -> None:
    for place, bar in enumerate(bars):
        left, right = _edges(canvas, len(bars), place)
        middle, half = (left + right) / 2, min(15.0, (right - left) * 0.32)
        end = up.within(bar.value)
        canvas.box((middle - half, up.within(0.0)), (middle + half, end), bar.shade.fill)
        if bar.shade.level:
            above = bar.value >= 0
            canvas.mark((middle - 16, end + (-9 if above else 9)), bar.shade.level == 2, bar.shade.edge)
            at = (middle - 8, end + (-5 if above else 14))
            canvas.text(at, words.fixed(bar.value, 1), "start", bar.shade.edge, bold=True)
        flagged = bool(bar.shade.level)
        canvas.text((middle, _HEIGHT - 10), bar.code, "middle", bar.shade.edge if flagged else QUIET, flagged)


def _beyond(bars: Sequence[_Bar], kpi: KpiEvaluation) -> str:
    if kpi.power == "plots-only":
        return "too few lines for a verdict"
    flagged = [bar.code for bar in bars if bar.shade.level]
    return f"beyond a limit {words.listed(flagged)}" if flagged else "no line beyond a limit"
