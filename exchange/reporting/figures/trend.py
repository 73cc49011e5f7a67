"""How a line did in one KPI from round to round: its scores in order of time, with their limits."""

from exchange.reporting import words
from exchange.reporting.document import Picture
from exchange.reporting.figures.by_line import axis
from exchange.reporting.figures.canvas import AXIS, DASHED, QUIET, Canvas
from exchange.reporting.figures.colours import of_verdict
from exchange.reporting.figures.scale import scale
from schemas.round.evaluation import CodedLine, Evaluation, KpiEvaluation
from schemas.round.letter import LetterData

_LEFT, _RIGHT, _TOP, _BOTTOM, _WIDTH, _HEIGHT = 46, 40, 30, 34, 760, 220


def trend(kpi: KpiEvaluation, line: CodedLine, evaluation: Evaluation, own: LetterData) -> Picture | None:
    """z, or z′ where there is no z, of earlier rounds and this one; None without an earlier score."""
    earlier = sorted((one for one in own.earlier if one.kpi == kpi.kpi), key=lambda one: (one.closed_at, one.round))
    scores = [(one.round, one.z if one.z is not None else one.z_prime) for one in earlier]
    scores.append((evaluation.round, line.z if line.z is not None else line.z_prime))
    known = [(round, value) for round, value in scores if value is not None]
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
    for (round, value), (x, y) in zip(known, points, strict=True):
        shade = of_verdict("action" if abs(value) >= 3 else "warning" if abs(value) > 2 else "ok")
        canvas.dot((x, y), shade.edge, radius=4)
        canvas.text((x, y - 9), words.fixed(value, 1), "middle", shade.edge, bold=bool(shade.level))
        canvas.text((x, _HEIGHT - 12), round, "middle", QUIET)
    label = f"Scores of your line for {kpi.label} in {words.counted(len(known), 'round')}."
    return Picture(f"{kpi.kpi}-trend", canvas.svg(label), label, "Limits 2 (dashed) and 3 (solid).")
