"""What is written to one line: its private letter, and its certificate of participation."""

import hashlib
from collections.abc import Iterator

from exchange.reporting import words
from exchange.reporting.causes import likely_causes
from exchange.reporting.conformance_section import own_conformance
from exchange.reporting.document import (
    Block,
    Cell,
    Column,
    Document,
    Facts,
    Heading,
    Items,
    Notice,
    Paragraph,
    Table,
    Tone,
)
from exchange.reporting.figures.bars import score_of
from exchange.reporting.figures.colours import of_line
from exchange.reporting.over_rounds import of_kpi, over_rounds
from exchange.reporting.participants import FEWEST, comparable, footer, standing
from exchange.reporting.sheet import ALONE, in_order
from schemas.round.evaluation import CodedLine, CodedPoint, Evaluation, KpiEvaluation
from schemas.round.letter import LetterData
from schemas.round.report import Edition
from schemas.round.round import RoundKind


def letter(evaluation: Evaluation, edition: Edition, own: LetterData) -> Document:
    """Own values and scores, their trend over rounds, likely causes; with fewer than five lines own values only."""
    return Document(
        id=f"{evaluation.round}/{evaluation.number}/{edition.stage}/letter/{own.code}",
        title=f"Letter to {own.line_name}",
        made_at=edition.made_at,
        above=f"{evaluation.title} · private letter",
        state=f"Confidential · code {own.code} · {words.day(edition.made_at)}",
        blocks=tuple(_letter(evaluation, edition, own)),
        footer=footer(evaluation, edition),
    )


def certificate(evaluation: Evaluation, edition: Edition, own: LetterData) -> Document:
    """That the line took part; it names the line, so it says neither code nor result."""
    number = hashlib.sha256(f"{evaluation.round}\n{own.line}\n{own.organisation}".encode()).hexdigest()[:12].upper()
    handed_in = sum(1 for cell in own.cells if cell.dataset)
    said = (
        f"{own.line_name} of {own.organisation_name} took part in the round robin '{evaluation.title}' "
        f"({evaluation.round}) and handed in results for {words.counted(handed_in, 'cell')}."
    )
    facts = (
        ("Protocol", f"{evaluation.protocol}, version {evaluation.protocol_version}"),
        ("Opened", words.day(edition.opened_at)),
        ("Closed", words.day(edition.closed_at)),
        ("Measurands", words.listed([one.label for one in evaluation.kpis])),
        ("Certificate", number),
    )
    note = "A certificate says that a line took part. It says nothing of how its results compare."
    return Document(
        id=f"{evaluation.round}/certificate/{number}",
        title="Certificate of participation",
        made_at=edition.made_at,
        above="Pilot-line data exchange",
        state=words.day(edition.made_at),
        blocks=(Paragraph(said), Facts(facts), Paragraph(note, small=True)),
        footer=f"Certificate {number}; {evaluation.software}.",
    )


def own_line(kpi: KpiEvaluation, code: str) -> CodedLine | None:
    """The line of this code in a KPI's evaluation."""
    return next((one for one in kpi.lines if one.code == code), None)


def _letter(evaluation: Evaluation, edition: Edition, own: LetterData) -> Iterator[Block]:
    yield Notice("Keep this to yourself", ALONE)
    yield from standing(evaluation, edition)
    yield Facts(
        (
            ("Line", f"{own.line_name}, {own.organisation_name}"),
            ("Code in this round", own.code),
            ("Round", f"{evaluation.title} ({evaluation.round})"),
            ("Protocol", f"{evaluation.protocol}, version {evaluation.protocol_version}"),
        )
    )
    if not comparable(evaluation, edition):
        said = f"Fewer than {FEWEST} lines have results in this round: everybody reads own results only."
        yield Notice("No comparison", said, Tone.WARN)
        yield from _values(evaluation, own)
        yield from own_conformance(own)
        return
    yield _scores(evaluation, own)
    for kpi in evaluation.kpis:
        if kpi.refused:
            yield Paragraph(f"{kpi.label}: {kpi.refused}", small=True)
    yield from _values(evaluation, own)
    yield from own_conformance(own)
    yield from _causes(evaluation, own)
    yield from over_rounds(evaluation, own)


def _scores(evaluation: Evaluation, own: LetterData) -> Table:
    columns = (
        Column("KPI"),
        Column("n", number=True),
        Column("Your mean", number=True),
        Column("Your s", number=True),
        Column("Assigned x*", number=True),
        Column("D", "%", number=True),
        Column("Score", number=True),
        Column("Assessment"),
    )
    return Table("How your line compares", columns, [_compared(one, own.code) for one in evaluation.kpis])


def _compared(kpi: KpiEvaluation, code: str) -> tuple[str | Cell, ...]:
    line = own_line(kpi, code)
    if line is None or kpi.refused:
        why = "not compared" if kpi.refused else "no result of yours"
        return (kpi.label, *(words.NONE for _ in range(6)), why)
    name, of = score_of(kpi)
    found, shade = kpi.judged_by, of_line(line)
    places = words.decimals_for(found.assigned, kpi.digits)
    assessed = "undecided" if kpi.power == "plots-only" else words.ASSESSMENT.get(line.score, line.score)
    odd = [f"{one} {verdict}" for one, verdict in (("h", line.mandel_h), ("k", line.mandel_k)) if verdict in _ODD]
    value = of(line)
    return (
        words.in_unit(kpi.label, kpi.unit),
        str(line.n),
        words.fixed(line.mean, places),
        words.spread(line.s),
        words.fixed(found.assigned, places),
        words.score(line.per_cent),
        f"{name} = {words.score(value)}" if value is not None else words.NONE,
        Cell(
            ("", "▲ ", "◆ ")[shade.level] + "; ".join((assessed, *odd)),
            (Tone.OK if line.score == "ok" else Tone.PLAIN, Tone.WARN, Tone.BAD)[shade.level],
        ),
    )


_ODD = frozenset({"straggler", "outlier"})


def _values(evaluation: Evaluation, own: LetterData) -> Iterator[Block]:
    of = {one.kpi: one for one in evaluation.kpis}
    excluded = {(kpi.kpi, point.cell) for kpi in evaluation.kpis for point in _points(kpi, own) if point.excluded}
    rows = []
    for cell in own.cells:
        for value in in_order(cell, evaluation):
            kpi = of.get(value.kpi)
            shown = words.significant(value.value, kpi.digits if kpi else 4)
            notes = [value.reason] if value.reason else []
            notes += ["left out; see the report"] if (value.kpi, cell.number) in excluded else []
            notes += ["late: does not count"] if cell.late else []
            name = kpi.label if kpi else value.kpi
            rows.append((cell.name, name, words.with_unit(shown, value.unit), "; ".join(notes) or words.NONE))
    yield Heading("Your values")
    if not rows:
        yield Paragraph("Nothing of your line was computed.")
        return
    columns = (Column("Cell"), Column("KPI"), Column("Value", number=True), Column("Note"))
    yield Table("Every cell that you handed in", columns, rows)


def _points(kpi: KpiEvaluation, own: LetterData) -> tuple[CodedPoint, ...]:
    line = own_line(kpi, own.code)
    return line.points if line else ()


def _causes(evaluation: Evaluation, own: LetterData) -> Iterator[Block]:
    yield Heading("Likely causes")
    some, one_house = False, evaluation.kind is RoundKind.MANUFACTURING and not evaluation.confounded
    for kpi in evaluation.kpis:
        line = own_line(kpi, own.code)
        judged = line is not None and kpi.power != "plots-only"
        found = likely_causes(kpi, line, one_house, of_kpi(own, kpi)) if line is not None and judged else ()
        if found:
            some = True
            yield Heading(kpi.label, 3)
            yield Items(found)
    if some:
        yield Paragraph("These are places to look first, by what stands out; they are no finding.", small=True)
    else:
        yield Paragraph("Nothing of your line stands out.")
