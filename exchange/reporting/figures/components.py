"""Variance components beside each other: one bar of standard deviation for each stage."""

from exchange.reporting import words
from exchange.reporting.document import Picture, Symbols
from exchange.reporting.figures.canvas import QUIET, TEXT, Canvas
from exchange.reporting.figures.scale import scale
from schemas.round.components import Components, Design
from schemas.round.evaluation import KpiEvaluation

_LEFT, _RIGHT, _TOP, _ROW, _FOOT, _WIDTH = 210, 90, 12, 30, 46, 760
_FILL = "#5E97A6"
NAMES = {
    (Design.NESTED, "line"): "lines",
    (Design.NESTED, "batch"): "batches of a line",
    (Design.NESTED, "cell"): "cells of a batch (and repeats)",
    (Design.CROSSED, "line"): "lines",
    (Design.CROSSED, "cell"): "cells that went round",
    (Design.CROSSED, "residual"): "residual",
}


def named(of: Components, stage: str) -> str:
    """What a stage is called in reports."""
    return NAMES.get((of.design, stage), stage)


def components(kpi: KpiEvaluation, of: Components) -> Picture | None:
    """Standard deviation of each stage, outermost first; None where there are none."""
    shares = [(named(of, one.stage), one.sd) for one in of.shares if one.sd is not None]
    if not shares:
        return None
    bottom = _TOP + _ROW * len(shares)
    canvas = Canvas(_WIDTH, bottom + _FOOT)
    across = scale([0.0, *(sd for _, sd in shares)], _LEFT, _WIDTH - _RIGHT, 6)
    for tick in across.ticks():
        canvas.line((across.pixel(tick), _TOP), (across.pixel(tick), bottom))
        canvas.text((across.pixel(tick), bottom + 16), words.fixed(tick, across.decimals), "middle", QUIET)
    for place, (name, sd) in enumerate(shares):
        y = _TOP + (place + 0.5) * _ROW
        canvas.box((_LEFT, y - 9), (across.pixel(sd), y + 9), _FILL)
        canvas.text((_LEFT - 10, y + 4), name, "end", TEXT)
        canvas.text((across.pixel(sd) + 6, y + 4), words.spread(sd), "start", TEXT)
    axis = words.in_unit("Standard deviation", kpi.unit)
    canvas.text(((_LEFT + _WIDTH - _RIGHT) / 2, bottom + 36), axis, "middle", QUIET)
    label = f"Standard deviations of {kpi.label} by where they arise: {words.listed([name for name, _ in shares])}."
    caption = Symbols(f"Where the variation of {kpi.label.replace('{', '(')} arises.")
    return Picture(f"{kpi.kpi}-components", canvas.svg(label), label, caption)
