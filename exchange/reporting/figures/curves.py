"""Curves of all lines on one axis: their difference from the consensus with its band, and as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from exchange.reporting import words
from exchange.reporting.document import Picture
from exchange.reporting.figures.by_line import axis
from exchange.reporting.figures.canvas import CENTRE, QUIET, TEXT, Canvas, Point
from exchange.reporting.figures.colours import GREY, MOST_COLOURS, MOST_EMPHASISED, of_codes
from exchange.reporting.figures.scale import Scale, scale
from schemas.round.curves import CodedCurve, CurveEvaluation, Number

_LEFT, _RIGHT, _TOP, _BOTTOM, _WIDTH, _HEIGHT = 78, 20, 56, 46, 760, 340
_BAND: Final = "#DDE3E7"
_MILLI: Final = {"V": ("mV", 1000.0)}
_PER_ROW: Final = 8


@dataclass(frozen=True)
class _View:
    """What is drawn: a name for the file, the axis upwards, and the values of each line."""

    name: str
    up: str
    values: tuple[tuple[CodedCurve, tuple[Number, ...]], ...]
    middle: tuple[Number, ...]
    band: tuple[Number, ...]


def difference(curve: CurveEvaluation, number: int) -> Picture:
    """Every line minus the consensus, and the band ± 2 s* about zero."""
    unit, factor = _MILLI.get(curve.unit, (curve.unit, 1.0))
    view = _View(
        f"curve-{number}-difference",
        words.in_unit(f"Δ {curve.quantity}", unit),
        tuple((one, _times(one.difference, factor)) for one in curve.lines),
        tuple(None if one is None else 0.0 for one in curve.consensus),
        _times(curve.robust_s, 2 * factor),
    )
    label = f"{curve.label}: difference of {words.counted(len(curve.lines), 'line')} from the consensus."
    return _drawn(curve, view, label, f"{curve.label}: difference from the consensus; grey: ± 2 s*.")


def absolute(curve: CurveEvaluation, number: int) -> Picture:
    """The mean curve of every line, and the consensus."""
    view = _View(
        f"curve-{number}",
        words.in_unit(words.sentence(curve.quantity), curve.unit),
        tuple((one, one.mean) for one in curve.lines),
        curve.consensus,
        (),
    )
    label = f"{curve.label}: mean curves of {words.counted(len(curve.lines), 'line')}."
    return _drawn(curve, view, label, f"{curve.label}: mean of each line's cells; thick: consensus.")


def emphasised(lines: Sequence[CodedCurve]) -> tuple[str, ...]:
    """At most six codes: those flagged, then those farthest from the consensus."""

    def farthest(one: CodedCurve) -> float:
        return max((abs(value) for value in one.difference if value is not None), default=0.0)

    ordered = sorted(lines, key=lambda one: (not one.flags, -farthest(one), one.code))
    return tuple(sorted(one.code for one in ordered[:MOST_EMPHASISED]))


def _drawn(curve: CurveEvaluation, view: _View, label: str, caption: str) -> Picture:
    canvas = Canvas(_WIDTH, _HEIGHT)
    across = scale(curve.axis, _LEFT, _WIDTH - _RIGHT, 8)
    edges = [sign * one for one in view.band if one is not None for sign in (-1, 1)]
    known = [value for _, values in view.values for value in values]
    up = scale([*known, *view.middle, *edges], _HEIGHT - _BOTTOM, _TOP)
    _band(canvas, curve.axis, view.band, across, up)
    axis(canvas, up, _LEFT, _WIDTH - _RIGHT, view.up)
    for tick in across.ticks():
        canvas.text((across.pixel(tick), _HEIGHT - 26), words.fixed(tick, across.decimals), "middle", QUIET)
    name = words.in_unit(words.sentence(curve.axis_label), curve.axis_unit)
    canvas.text(((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 8), name, "middle", QUIET)
    chosen = emphasised(curve.lines)
    colours = _colours([one.code for one in curve.lines], chosen)
    dots = _counted(curve)
    for grey in (True, False):
        for line, values in view.values:
            if (line.code in chosen) is grey:
                continue
            colour, dash = (GREY, "") if grey else colours[line.code]
            points = _points(curve.axis, values, across, up)
            if dots:
                for point in points:
                    if point is not None:
                        canvas.dot(point, colour, radius=2.5)
            else:
                canvas.path(points, colour, 1.0 if grey else 1.4, dash)
    canvas.path(_points(curve.axis, view.middle, across, up), CENTRE, 2.2 if not view.band else 1.0)
    _legend(canvas, chosen, colours, len(chosen) < len(curve.lines))
    return Picture(view.name, canvas.svg(label), label, caption)


def _colours(codes: Sequence[str], chosen: Sequence[str]) -> dict[str, tuple[str, str]]:
    """By all codes of the round; where there are too many to tell apart, by those that are emphasised."""
    return of_codes(codes if len(codes) <= MOST_COLOURS else chosen)


def _band(canvas: Canvas, axis_values: Sequence[float], band: Sequence[Number], across: Scale, up: Scale) -> None:
    known = [(x, width) for x, width in zip(axis_values, band, strict=False) if width is not None]
    above = [(across.pixel(x), up.pixel(width)) for x, width in known]
    below = [(across.pixel(x), up.pixel(-width)) for x, width in reversed(known)]
    canvas.area([*above, *below], _BAND)


def _points(axis_values: Sequence[float], values: Sequence[Number], across: Scale, up: Scale) -> list[Point | None]:
    return [
        None if value is None else (across.pixel(x), up.pixel(value))
        for x, value in zip(axis_values, values, strict=False)
    ]


def _legend(canvas: Canvas, chosen: Sequence[str], colours: dict[str, tuple[str, str]], others: bool) -> None:
    names = [(code, *colours[code]) for code in chosen] + ([("others", GREY, "")] if others else [])
    for place, (code, colour, dash) in enumerate(names):
        x, y = _LEFT + (place % _PER_ROW) * 82, 34 + 16 * (place // _PER_ROW)
        canvas.line((x, y), (x + 24, y), colour, 2, dash)
        canvas.text((x + 30, y + 4), code, "start", TEXT)


def _times(values: Sequence[Number], factor: float) -> tuple[Number, ...]:
    return tuple(None if one is None else one * factor for one in values)


def _counted(curve: CurveEvaluation) -> bool:
    """Over cycles points are drawn: between two of them nothing was measured."""
    return curve.axis_unit in ("", "1") and "cycle" in curve.axis_label.lower()
