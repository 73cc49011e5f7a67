"""How lines kept to what the protocol fixes for production: counts under codes, and a line's own values for itself."""

from collections.abc import Iterator, Sequence
from typing import Final

from exchange.reporting import words
from exchange.reporting.document import Block, Cell, Column, Heading, Paragraph, Table, Tone
from schemas.protocol import Conformance
from schemas.round.conformance import CodedCount, TargetEvaluation
from schemas.round.evaluation import Evaluation
from schemas.round.letter import LetterData, OwnCell

HEADING: Final = "Conformance with the protocol"
_CRITICAL: Final = "critical"


def conformance_section(evaluation: Evaluation) -> Iterator[Block]:
    """By target how many cells of which line were outside or missing; nothing where the protocol fixes none."""
    if not evaluation.conformance:
        return
    yield Heading(HEADING)
    yield Paragraph(
        "Each cell that counts is counted once for each target: outside where an actual value of anything that it was "
        "made from is beyond the tolerance, else missing where one is not reported, else within. A cell outside a "
        "critical target is not what the protocol asked for. What was measured is told to its line alone."
    )
    columns = (
        Column("Target"),
        Column("Asked for"),
        Column("Weight"),
        Column("Within", "cells", number=True),
        Column("Outside", "cells", number=True),
        Column("Missing", "cells", number=True),
        Column("Lines outside"),
        Column("Lines with missing values"),
    )
    shown = [one for one in evaluation.conformance if not one.withheld]
    if shown:
        yield Table("Every target of the protocol, by cells", columns, [_row(one) for one in shown])
    for why in dict.fromkeys(one.withheld for one in evaluation.conformance if one.withheld):
        hidden = [one.label for one in evaluation.conformance if one.withheld == why]
        yield Paragraph(f"Not counted under codes: {'; '.join(hidden)}. {why}")


def own_conformance(own: LetterData) -> Iterator[Block]:
    """What of a line's production was off the protocol, with its values; nothing where the protocol fixes none."""
    cells = [cell for cell in own.cells if cell.conformance]
    if not cells:
        return
    yield Heading(HEADING)
    columns = (Column("Cell"), *_COLUMNS)
    rows = [(cell.name, *_own(one)) for cell in cells for one in _deviations(cell.conformance)]
    if not rows:
        yield Paragraph("Everything that the protocol fixes is reported of your cells, and within its tolerance.")
        return
    yield Paragraph("What is outside its tolerance, or not reported, of each cell and what it was made from.")
    yield Table("Where your production was off the protocol", columns, rows)


def own_values(cell: OwnCell) -> Iterator[Block]:
    """Everything that was read of one cell against the protocol."""
    if cell.conformance:
        rows = [_own(one) for one in cell.conformance]
        yield Table(f"Cell {cell.name}: production against the protocol", _COLUMNS, rows)


_COLUMNS: Final = (
    Column("Target"),
    Column("Of"),
    Column("Asked for"),
    Column("Your value"),
    Column("Off by", number=True),
    Column("Assessment"),
)


def _row(one: TargetEvaluation) -> tuple[str | Cell, ...]:
    outside, missing = _named(one.lines, "outside"), _named(one.lines, "missing")
    bad = Tone.BAD if one.critical else Tone.WARN
    return (
        one.label,
        _asked(one.asked, (one.low, one.high), one.unit, one.asked_text),
        _CRITICAL if one.critical else words.NONE,
        str(sum(line.within for line in one.lines)),
        str(sum(line.outside for line in one.lines)),
        str(sum(line.missing for line in one.lines)),
        Cell(f"{'◆' if one.critical else '▲'} {outside}", bad) if outside else words.NONE,
        Cell(f"▲ {missing}", Tone.WARN) if missing else words.NONE,
    )


def _named(lines: Sequence[CodedCount], which: str) -> str:
    found = []
    for line in sorted(lines, key=lambda one: one.code):
        count: int = getattr(line, which)
        if count:
            found.append(f"{line.code} {count} of {line.within + line.outside + line.missing}")
    return ", ".join(found)


def _asked(target: float | None, limits: tuple[float | None, float | None], unit: str, text: str | None) -> str:
    """The target with its limits: 12.5 (12.4 to 12.6) mg/cm²."""
    if target is None:
        return text or words.NONE
    low, high = limits
    if low is not None and high is not None:
        within = f"{_number(low)} to {_number(high)}"
    elif low is not None:
        within = f"from {_number(low)}"
    else:
        within = f"to {_number(high)}"
    return words.with_unit(f"{_number(target)} ({within})", unit)


def _number(value: float | None) -> str:
    """As it was written: limits are decimals, and no digit of an own value is left out."""
    return words.NONE if value is None else f"{value:.12g}".replace("-", words.MINUS)


def _deviations(found: Sequence[Conformance]) -> list[Conformance]:
    return sorted((one for one in found if not one.within), key=lambda one: not one.critical)


def _own(one: Conformance) -> tuple[str | Cell, ...]:
    of = f"{one.object_kind.value} {one.object}" if one.object_kind and one.object else words.NONE
    value = one.actual_text or words.with_unit(_number(one.actual), one.unit)
    side = f", side {one.side}" if one.side and f"side {one.side}" not in one.label else ""
    return (
        one.label + side,
        of,
        _asked(one.target, (one.low, one.high), one.unit, one.target_text),
        value,
        words.with_unit(_number(one.deviation), one.unit),
        _assessed(one),
    )


def _assessed(one: Conformance) -> Cell:
    more = f", {_CRITICAL}" if one.critical else ""
    if one.within:
        return Cell("Within", Tone.OK)
    if one.within is None:
        return Cell(f"▲ Not reported{more}", Tone.WARN)
    return Cell(f"{'◆' if one.critical else '▲'} Outside{more}", Tone.BAD if one.critical else Tone.WARN)
