"""The section of one set of curves: both views, and the lines that stand out."""

from collections.abc import Iterator

from exchange.reporting import words
from exchange.reporting.document import Block, Column, Heading, Notice, Paragraph, Table, Tone
from exchange.reporting.figures.curves import absolute, difference
from schemas.round.curves import CodedCurve, CurveEvaluation
from schemas.round.levels import Levels


def curve_section(curve: CurveEvaluation, number: int, levels: Levels) -> Iterator[Block]:
    """The difference from the consensus first, then the curves as they are; nothing is extrapolated."""
    yield Heading(curve.label)
    if curve.definition:
        yield Paragraph(f"Definition {curve.definition}. What no line reaches is missing.", small=True)
    if not curve.lines:
        yield Notice("Not computed", curve.refused or "There is no curve.", Tone.WARN)
        yield from _without(curve)
        return
    yield difference(curve, number)
    yield absolute(curve, number)
    factor, unit = (1000.0, "mV") if curve.unit == "V" else (1.0, words.unit(curve.unit))
    columns = (
        Column("Line"),
        Column("Cells", number=True),
        Column("Largest difference", unit, number=True),
        Column("Largest |h|", number=True),
        Column("Largest k", number=True),
        Column("Flags"),
    )
    rows = [
        (
            line.code,
            str(max(line.n, default=0)),
            words.significant(None if (far := _farthest(line)) is None else far * factor, 3),
            words.score(_most(line.h)),
            words.score(_most(line.k)),
            "; ".join(line.flags) or "–",
        )
        for line in sorted(curve.lines, key=lambda one: one.code)
    ]
    yield Table(f"{curve.label}: every line beside the consensus", columns, rows)
    if curve.refused:
        yield Paragraph(f"No limits are given: {curve.refused}", small=True)
    if curve.absent:
        yield Paragraph(f"Lines without such a curve: {words.listed(curve.absent)}.", small=True)
    yield from _without(curve)
    limits = [(name, one) for name, one in (("h", curve.h_limit), ("k", curve.k_limit)) if one is not None]
    if limits:
        said = ", ".join(f"{name} {words.score(one)}" for name, one in limits)
        yield Paragraph(f"Limits over the whole axis at {words.per_cent(levels.straggler)}: {said}.", small=True)


def _without(curve: CurveEvaluation) -> Iterator[Block]:
    if curve.without:
        columns = (Column("Line"), Column("Cell", number=True), Column("Why there is no curve"))
        rows = [(one.code, str(one.cell), one.reason) for one in curve.without]
        yield Table(f"{curve.label}: cells that count and have no curve", columns, rows)


def _farthest(line: CodedCurve) -> float | None:
    known = [one for one in line.difference if one is not None]
    return max(known, key=abs) if known else None


def _most(values: tuple[float | None, ...]) -> float | None:
    return max((abs(one) for one in values if one is not None), default=None)
