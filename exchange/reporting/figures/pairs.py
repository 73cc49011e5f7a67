"""Youden plot: both items of every line on one plane, medians, the line of equal bias, the circle."""

import math
from dataclasses import replace

from exchange.reporting import words
from exchange.reporting.document import Picture
from exchange.reporting.figures.canvas import CENTRE, DASHED, QUIET, TEXT, Canvas
from exchange.reporting.figures.scale import Scale, scale
from schemas.round.youden import YoudenEvaluation

_LEFT, _RIGHT, _TOP, _BOTTOM, _SIZE = 78, 40, 34, 52, 520
_EDGE, _ODD = "#0B5F73", "#AE1F27"
_STEPS = 72
_CODE = 34, 16
"""The room that a code takes."""
Point = tuple[float, float]


def youden_plot(of: YoudenEvaluation, number: int) -> Picture | None:
    """Points of lines with their codes, ◆ where beyond the circle; None without points."""
    points = [(one, one.first, one.second) for one in of.points if one.first is not None and one.second is not None]
    if not points or of.centre is None or of.radius is None:
        return None
    canvas, (x, y) = Canvas(_SIZE + _LEFT + _RIGHT, _SIZE + _TOP + _BOTTOM), of.centre
    reach = max([of.radius, *(max(abs(a - x), abs(b - y)) for _, a, b in points)]) * 1.1
    across, up = _square(
        scale([x - reach, x + reach], _LEFT, _LEFT + _SIZE, 5), scale([y - reach, y + reach], _TOP + _SIZE, _TOP, 5)
    )
    _axes(canvas, across, up, of)
    for start, end in (((x, up.low), (x, up.high)), ((across.low, y), (across.high, y))):
        canvas.line(_at(across, up, start), _at(across, up, end), CENTRE, 1.0)
    far = min(across.high - x, x - across.low, up.high - y, y - up.low)
    canvas.line(_at(across, up, (x - far, y - far)), _at(across, up, (x + far, y + far)), QUIET, 1.0, DASHED)
    turns = [2 * math.pi * step / _STEPS for step in range(_STEPS + 1)]
    circle = [(x + of.radius * math.cos(turn), y + of.radius * math.sin(turn)) for turn in turns]
    canvas.path([_at(across, up, point) for point in circle], _EDGE, 1.4)
    places, named = [_at(across, up, (first, second)) for _, first, second in points], list[Point]()
    for one, first, second in sorted(points, key=lambda point: not point[0].outside):
        place, colour = _at(across, up, (first, second)), _ODD if one.outside else _EDGE
        if one.outside:
            canvas.mark(place, True, colour)
        else:
            canvas.dot(place, colour, radius=4)
        if one.outside or _free(place, places, named):
            named.append(place)
            canvas.text((place[0] + 8, place[1] - 6), one.code, "start", colour if one.outside else TEXT, one.outside)
    beyond = [one.code for one, *_ in points if one.outside]
    label = f"Youden plot of {words.counted(len(points), 'line')}: {of.first} and {of.second}."
    unnamed = " Points without a code lie close to others." if len(named) < len(points) else ""
    caption = (
        f"Lines: medians; dashed: equal bias in both; circle: {words.per_cent(1 - of.alpha)} of lines without bias. "
        f"Beyond it: {words.listed(beyond)}.{unnamed}"
    )
    return Picture(f"youden-{number}", canvas.svg(label), label, caption)


def _square(across: Scale, up: Scale) -> tuple[Scale, Scale]:
    """Both axes reach as far, so that the circle is one and equal biases lie on its diagonal."""
    span = max(across.high - across.low, up.high - up.low)
    return replace(across, high=across.low + span), replace(up, high=up.low + span)


def _axes(canvas: Canvas, across: Scale, up: Scale, of: YoudenEvaluation) -> None:
    for tick in across.ticks():
        canvas.line((across.pixel(tick), _TOP), (across.pixel(tick), _TOP + _SIZE))
        canvas.text((across.pixel(tick), _TOP + _SIZE + 18), words.fixed(tick, across.decimals), "middle", QUIET)
    for tick in up.ticks():
        canvas.line((_LEFT, up.pixel(tick)), (_LEFT + _SIZE, up.pixel(tick)))
        canvas.text((_LEFT - 6, up.pixel(tick) + 4), words.fixed(tick, up.decimals), "end", QUIET)
    canvas.text((_LEFT + _SIZE / 2, _TOP + _SIZE + 40), words.in_unit(of.first, of.unit), "middle", QUIET)
    canvas.text((8, 16), words.in_unit(of.second, of.unit), "start", QUIET)


def _free(place: Point, places: list[Point], named: list[Point]) -> bool:
    """Whether a code above the right of this place covers no point, and no code that is written."""
    width, height = _CODE
    if any(0 < x - place[0] < width and 0 < place[1] - y < 1.5 * height for x, y in places):
        return False
    return all(abs(place[0] - x) >= width or abs(place[1] - y) >= height for x, y in named)


def _at(across: Scale, up: Scale, point: tuple[float, float]) -> tuple[float, float]:
    return across.pixel(point[0]), up.pixel(point[1])
