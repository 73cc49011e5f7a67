"""The cells of every line beside each other: boxes, whiskers and points, with the assigned value and its band."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from exchange.reporting import words
from exchange.reporting.document import Picture, Symbols
from exchange.reporting.figures.canvas import BAND, CENTRE, QUIET, Canvas
from exchange.reporting.figures.colours import of_line
from exchange.reporting.figures.scale import Scale, scale
from schemas.round.evaluation import CodedLine, CodedPoint, KpiEvaluation

_LEFT, _RIGHT, _TOP, _BOTTOM, _HEIGHT = 78, 28, 34, 34, 300
_NARROWEST: Final = 30
_GOLDEN: Final = 0.6180339887498949
FEWEST_FOR_A_BOX: Final = 4


def by_line(kpi: KpiEvaluation) -> Picture:
    """Box: quartiles; whiskers: least and most; points: cells; line: x*; band: x* ± 2 s*."""
    lines = sorted(kpi.lines, key=lambda one: one.code)
    canvas = Canvas(max(760, _LEFT + _RIGHT + _NARROWEST * len(lines)), _HEIGHT)
    centre, band = kpi.judged_by.assigned, kpi.judged_by.robust_s
    edges = [centre - 2 * band, centre + 2 * band] if centre is not None and band is not None else []
    values = [point.value for line in lines for point in line.points]
    up = scale([*values, *(line.mean for line in lines), centre, *edges], _HEIGHT - _BOTTOM, _TOP)
    right = canvas.width - _RIGHT
    if edges:
        canvas.box((_LEFT, up.pixel(edges[0])), (right, up.pixel(edges[1])), BAND)
    axis(canvas, up, _LEFT, right, words.in_unit(kpi.label, kpi.unit))
    if centre is not None:
        canvas.line((_LEFT, up.pixel(centre)), (right, up.pixel(centre)), CENTRE, 1.4)
        canvas.text((right + 6, up.pixel(centre) + 4), "x*", "start", QUIET)
    width = (right - _LEFT) / max(1, len(lines))
    for place, line in enumerate(lines):
        _line(canvas, up, _LEFT + (place + 0.5) * width, min(34.0, width * 0.62), line)
    flagged = [line.code for line in lines if of_line(line).level]
    said = f"flagged: {words.listed(flagged)}" if flagged else "none flagged"
    label = f"{kpi.label} of {words.counted(len(lines), 'line')} with their cells, {said}."
    caption = (
        "Box: quartiles (from four cells on); whiskers: least and most; points: cells; × left out; line: x*; "
        "band: x* ± 2 s*. ▲ questionable or straggler, ◆ unsatisfactory or outlier."
    )
    return Picture(f"{kpi.kpi}-by-line", canvas.svg(label), label, Symbols(caption))


def axis(canvas: Canvas, up: Scale, left: float, right: float, name: str) -> None:
    """Lines across with their numbers, and the name of the axis above them."""
    for tick in up.ticks():
        y = up.pixel(tick)
        canvas.line((left, y), (right, y))
        canvas.text((left - 6, y + 4), words.fixed(tick, up.decimals), "end", QUIET)
    canvas.text((8, 16), name, "start", QUIET)


def foot(canvas: Canvas, x: float, y: float, code: str, shade_level: int, colour: str) -> None:
    """A code under its place, with the sign of its flag above it where it has one."""
    canvas.text((x, y), code, "middle", colour if shade_level else QUIET, bold=bool(shade_level))


def _line(canvas: Canvas, up: Scale, x: float, width: float, line: CodedLine) -> None:
    shade = of_line(line)
    known = [point for point in line.points if point.value is not None]
    counted = [float(point.value) for point in known if point.value is not None and not point.excluded]
    if counted:
        low, high = up.pixel(min(counted)), up.pixel(max(counted))
        canvas.line((x, low), (x, high), shade.edge)
        if len(counted) >= FEWEST_FOR_A_BOX:
            q1, median, q3 = (float(one) for one in np.quantile(np.asarray(counted), [0.25, 0.5, 0.75]))
            canvas.box((x - width / 2, up.pixel(q1)), (x + width / 2, up.pixel(q3)), shade.light, shade.edge)
            canvas.line((x - width / 2, up.pixel(median)), (x + width / 2, up.pixel(median)), shade.edge, 2)
        else:
            middle = up.pixel(float(np.median(np.asarray(counted))))
            canvas.line((x - width / 2, middle), (x + width / 2, middle), shade.edge, 2)
    for point, at in _places(known, x, width):
        y = up.pixel(point.value or 0.0)
        if point.excluded:
            canvas.cross((at, y), QUIET)
        else:
            canvas.dot((at, y), shade.edge)
    if shade.level:
        canvas.mark((x, _TOP - 8), shade.level == 2, shade.edge)
    foot(canvas, x, _HEIGHT - 12, line.code, shade.level, shade.edge)


def _places(points: Sequence[CodedPoint], x: float, width: float) -> list[tuple[CodedPoint, float]]:
    """Each cell beside the middle of its line, always at the same distance: points do not hide each other."""
    return [(one, x + ((one.cell * _GOLDEN) % 1.0 - 0.5) * width * 0.6) for one in points]
