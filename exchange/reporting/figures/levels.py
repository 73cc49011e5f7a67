"""How spread goes with the level: s_r and s_R of KPIs in one unit over their assigned values."""

from collections.abc import Sequence

from exchange.reporting import words
from exchange.reporting.document import Picture, Symbols
from exchange.reporting.figures.canvas import QUIET, TEXT, Canvas
from exchange.reporting.figures.scale import scale
from schemas.round.evaluation import KpiEvaluation

_LEFT, _RIGHT, _TOP, _BOTTOM, _WIDTH, _HEIGHT = 78, 130, 30, 48, 760, 280
_R, _TOTAL = "#0B5F73", "#B4530A"


def levels(kpis: Sequence[KpiEvaluation], unit: str) -> Picture | None:
    """s_r (dots) and s_R (squares) over the level, one pair for each KPI in this unit; None for fewer than two."""
    shown = [
        (one, one.judged_by.mean, one.judged_by.s_r.value, one.judged_by.s_R.value)
        for one in kpis
        if one.unit == unit and not one.refused
    ]
    known = sorted(
        (mean, within, total, kpi.label)
        for kpi, mean, within, total in shown
        if mean is not None and within is not None and total is not None
    )
    if len(known) < 2:
        return None
    canvas = Canvas(_WIDTH, _HEIGHT)
    across = scale([mean for mean, *_ in known], _LEFT, _WIDTH - _RIGHT, 6)
    up = scale([0.0, *(value for _, within, total, _ in known for value in (within, total))], _HEIGHT - _BOTTOM, _TOP)
    for tick in up.ticks():
        canvas.line((_LEFT, up.pixel(tick)), (_WIDTH - _RIGHT, up.pixel(tick)))
        canvas.text((_LEFT - 6, up.pixel(tick) + 4), words.fixed(tick, up.decimals), "end", QUIET)
    for tick in across.ticks():
        canvas.text((across.pixel(tick), _HEIGHT - 28), words.fixed(tick, across.decimals), "middle", QUIET)
    canvas.path([(across.pixel(mean), up.pixel(within)) for mean, within, *_ in known], _R, 1.0)
    canvas.path([(across.pixel(mean), up.pixel(total)) for mean, _, total, _ in known], _TOTAL, 1.0, "5 4")
    for mean, within, total, _ in known:
        canvas.dot((across.pixel(mean), up.pixel(within)), _R, radius=4)
        x, y = across.pixel(mean), up.pixel(total)
        canvas.box((x - 4, y - 4), (x + 4, y + 4), _TOTAL)
    right = _WIDTH - _RIGHT + 12
    canvas.text((right, up.pixel(known[-1][1]) + 4), "s r (dots)", "start", TEXT)
    canvas.text((right, up.pixel(known[-1][2]) + 4), "s R (squares)", "start", TEXT)
    canvas.text((8, 16), words.in_unit("Standard deviation", unit), "start", QUIET)
    canvas.text(((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 8), words.in_unit("Level (mean)", unit), "middle", QUIET)
    label = f"Standard deviations of {words.counted(len(known), 'KPI')} over their levels."
    caption = Symbols("s_{r} and s_{R} over the level: " + "; ".join(name for *_, name in known) + ".")
    slug = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in unit.lower()) or "1"
    return Picture(f"levels-{slug}", canvas.svg(label), label, caption)
