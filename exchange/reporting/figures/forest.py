"""Forest plot: every line's mean with its expanded uncertainty beside the assigned value with its own."""

import math
from collections.abc import Sequence

from exchange.reporting import words
from exchange.reporting.document import Picture
from exchange.reporting.figures.canvas import BAND, CENTRE, QUIET, Canvas
from exchange.reporting.figures.colours import of_line
from exchange.reporting.figures.scale import Scale, scale
from schemas.round.evaluation import CodedLine, KpiEvaluation

_LEFT, _RIGHT, _TOP, _ROW, _FOOT, _WIDTH = 60, 20, 12, 22, 46, 760


def expanded(line: CodedLine) -> float | None:
    """U = 2 s/√n of a line's mean, k = 2: what its own spread says, no more; None with fewer than two results."""
    return None if line.s is None or line.n < 2 else 2.0 * line.s / math.sqrt(line.n)


def forest(kpi: KpiEvaluation) -> Picture | None:
    """Means ± U in the order of codes, band x* ± U(x*); None where no line has a mean."""
    lines = [one for one in sorted(kpi.lines, key=lambda one: one.code) if one.mean is not None]
    if not lines:
        return None
    centre, u = kpi.judged_by.assigned, kpi.judged_by.assigned_u
    band = [] if centre is None or u is None else [centre - 2 * u, centre + 2 * u]
    ends = [(one.mean or 0.0) + sign * (expanded(one) or 0.0) for one in lines for sign in (-1, 1)]
    bottom = _TOP + _ROW * len(lines)
    canvas = Canvas(_WIDTH, bottom + _FOOT)
    across = scale([*ends, *band], _LEFT, _WIDTH - _RIGHT, 6)
    if band:
        canvas.box((across.pixel(band[0]), _TOP), (across.pixel(band[1]), bottom), BAND)
    for tick in across.ticks():
        canvas.line((across.pixel(tick), _TOP), (across.pixel(tick), bottom))
        canvas.text((across.pixel(tick), bottom + 16), words.fixed(tick, across.decimals), "middle", QUIET)
    if centre is not None:
        canvas.line((across.pixel(centre), _TOP), (across.pixel(centre), bottom), CENTRE, 1.4)
    _rows(canvas, across, lines)
    name = words.in_unit(kpi.label, kpi.unit)
    canvas.text(((_LEFT + _WIDTH - _RIGHT) / 2, bottom + 36), name, "middle", QUIET)
    label = f"Mean of {kpi.label} with its expanded uncertainty for {words.counted(len(lines), 'line')}."
    caption = "Mean ± U, U = 2 s/√n from the line's own spread; line: x*, band: x* ± U(x*), U = 2 u."
    return Picture(f"{kpi.kpi}-forest", canvas.svg(label), label, caption)


def _rows(canvas: Canvas, across: Scale, lines: Sequence[CodedLine]) -> None:
    for place, line in enumerate(lines):
        shade, y, mean = of_line(line), _TOP + (place + 0.5) * _ROW, line.mean or 0.0
        reach = expanded(line)
        if reach is not None:
            left, right = across.pixel(mean - reach), across.pixel(mean + reach)
            canvas.line((left, y), (right, y), shade.edge, 1.6)
            for end in (left, right):
                canvas.line((end, y - 4), (end, y + 4), shade.edge, 1.6)
        if shade.level:
            canvas.mark((across.pixel(mean), y), shade.level == 2, shade.edge)
        else:
            canvas.dot((across.pixel(mean), y), shade.edge, radius=3.5)
        canvas.text((_LEFT - 12, y + 4), line.code, "end", shade.edge if shade.level else QUIET, bool(shade.level))
