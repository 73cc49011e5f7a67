"""How a line did in one KPI from round to round: its scores in order of time, with their limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.reporting import words
from exchange.reporting.document import Picture
from exchange.reporting.figures.by_line import axis
from exchange.reporting.figures.canvas import AXIS, DASHED, QUIET, Canvas
from exchange.reporting.figures.colours import of_verdict
from exchange.reporting.figures.scale import scale
from schemas.round.evaluation import KpiEvaluation

_LEFT, _RIGHT, _TOP, _BOTTOM, _WIDTH, _HEIGHT = 46, 40, 30, 50, 760, 236
_MOST, _LETTERS = 8, 12
"""Rounds that stand beside each other, the last ones, and letters of an id below one; the table has all in full."""


@dataclass(frozen=True)
class Scored:
    """A score of one round: `name` is z or z′; without `closed_at` it is the round that is reported."""

    round: str
    closed_at: datetime | None
    name: str
    value: float | None


def trend(kpi: KpiEvaluation, scored: Sequence[Scored]) -> Picture | None:
    """Scores in this order, each with its round and the day on which that closed; None with fewer than two."""
    known = [(one, one.value) for one in scored if one.value is not None][-_MOST:]
    if len(known) < 2:
        return None
    canvas = Canvas(_WIDTH, _HEIGHT)
    reach = [sign * max(3.4, *(sign * value * 1.1 for _, value in known)) for sign in (-1, 1)]
    up = scale(reach, _HEIGHT - _BOTTOM, _TOP, 6)
    axis(canvas, up, _LEFT, _WIDTH - _RIGHT, f"z or z′ of {kpi.label}")
    for limit, colour, dash in ((0.0, AXIS, ""), (2.0, "#835300", DASHED), (3.0, "#AE1F27", "")):
        for value in {limit, -limit}:
            canvas.line((_LEFT, up.pixel(value)), (_WIDTH - _RIGHT, up.pixel(value)), colour, 1.2, dash)
        canvas.text((_WIDTH - _RIGHT + 5, up.pixel(limit) + 4), words.fixed(limit, 0), "start", colour)
    width = (_WIDTH - _LEFT - _RIGHT) / len(known)
    points = [(_LEFT + (place + 0.5) * width, up.pixel(value)) for place, (_, value) in enumerate(known)]
    canvas.path([*points], QUIET, 1.0)
    for (one, value), (x, y) in zip(known, points, strict=True):
        shade = of_verdict("action" if abs(value) >= 3 else "warning" if abs(value) > 2 else "ok")
        canvas.dot((x, y), shade.edge, radius=4)
        said = f"{one.name} {words.fixed(value, 1)}"
        canvas.text((x, y - 9), said, "middle", shade.edge, bold=bool(shade.level))
        canvas.text((x, _HEIGHT - 28), _short(one.round), "middle", QUIET)
        canvas.text((x, _HEIGHT - 12), words.day(one.closed_at) if one.closed_at else "this round", "middle", QUIET)
    label = f"Scores of your line for {kpi.label} in {words.counted(len(known), 'round')}."
    return Picture(f"{kpi.kpi}-trend", canvas.svg(label), label, "Limits 2 (dashed) and 3 (solid).")


def _short(id: str) -> str:
    return id if len(id) <= _LETTERS else f"{id[: _LETTERS - 1]}…"
