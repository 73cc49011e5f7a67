"""The participants' report: everything that came of a round, under codes, for those who take part."""

from collections.abc import Iterator

from exchange.reporting import apart, words
from exchange.reporting.curve_section import curve_section
from exchange.reporting.document import Block, Column, Document, Facts, Heading, Notice, Paragraph, Table, Tone
from exchange.reporting.figures.colours import of_line
from exchange.reporting.figures.levels import levels
from exchange.reporting.kpi_section import kpi_section
from exchange.reporting.methods import methods
from exchange.reporting.youden_section import youden_section
from schemas.errors import Conflict
from schemas.round.evaluation import Evaluation
from schemas.round.report import Edition, Stage
from schemas.round.round import Identity, RoundKind

FEWEST = 5
"""Lines below which there is no report."""
STATES = {
    Stage.DRAFT: "Draft report, open for comments",
    Stage.PUBLISHED: "Published report",
    Stage.CORRECTED: "Corrected report",
}
KINDS = {
    RoundKind.MEASUREMENT: "Measurement round: the same cells, or sisters, are tested by all",
    RoundKind.MANUFACTURING: "Manufacturing round: each line makes cells from common material",
}


def kind_of(kind: RoundKind, confounded: bool) -> str:
    """What is compared, and in a manufacturing round by whom the cells are tested."""
    by = ", and tests its own" if confounded else ", and a test house tests them"
    return KINDS[kind] + (by if kind is RoundKind.MANUFACTURING else "")


def participants_report(evaluation: Evaluation, edition: Edition) -> Document:
    """The whole report; `Conflict` with fewer than five lines: then there are own results only."""
    if not comparable(evaluation, edition):
        few = min(evaluation.p, edition.organisations)
        raise Conflict(
            f"Round {evaluation.round} has results of {words.counted(few, 'organisation')}; below {FEWEST} there is "
            "no report: everybody reads own results only."
        )
    return Document(
        id=identity(evaluation, edition),
        title=evaluation.title,
        made_at=edition.made_at,
        above=f"Round robin {evaluation.round} · participants' report",
        state=f"{STATES[edition.stage]} · {words.day(edition.made_at)}",
        blocks=tuple(_blocks(evaluation, edition)),
        footer=footer(evaluation, edition),
    )


def comparable(evaluation: Evaluation, edition: Edition) -> bool:
    """Whether lines may be shown beside each other: results of at least five lines, and of as many organisations."""
    return min(evaluation.p, edition.organisations) >= FEWEST


def identity(evaluation: Evaluation, edition: Edition) -> str:
    """What this edition is called: round, evaluation, stage."""
    return f"{evaluation.round}/{evaluation.number}/{edition.stage}"


def footer(evaluation: Evaluation, edition: Edition) -> str:
    """The last line: what it is, and by what it was made."""
    return (
        f"{evaluation.round}, evaluation {evaluation.number}, {edition.stage} of "
        f"{words.day(edition.made_at)}; {evaluation.software}."
    )


def standing(evaluation: Evaluation, edition: Edition) -> Iterator[Block]:
    """What must be known before anything else is read: corrections, few lines, confounded effects."""
    if edition.stage is Stage.CORRECTED:
        before = f"the report of evaluation {edition.corrects}" if edition.corrects else "the report published before"
        yield Notice("Corrected", f"Takes the place of {before}. Reason: {edition.correction}", Tone.WARN)
    if evaluation.confounded:
        head = "The effects of making and of testing are confounded"
        said = (
            "Each line made and tested its own cells. A difference between lines may come from making, from testing, "
            "or from both; this round cannot tell them apart."
        )
        yield Notice(head, said, Tone.WARN)


def _blocks(evaluation: Evaluation, edition: Edition) -> Iterator[Block]:
    yield from _codes(evaluation)
    yield from standing(evaluation, edition)
    if edition.description:
        yield Paragraph(edition.description)
    yield Facts(
        (
            ("Kind", kind_of(evaluation.kind, evaluation.confounded)),
            ("Protocol", f"{evaluation.protocol}, version {evaluation.protocol_version}"),
            ("Lines", words.counted(evaluation.p, "line") + " with at least one accepted cell"),
            ("Cells", words.counted(evaluation.cells, "accepted cell")),
        )
    )
    yield Heading("Timeline")
    yield Facts(tuple(timeline(evaluation, edition)), strip=True)
    yield from _overview(evaluation)
    for kpi in evaluation.kpis:
        yield from kpi_section(kpi, evaluation)
    yield from _levels(evaluation)
    for number, pair in enumerate(evaluation.youden, 1):
        yield from youden_section(pair, number)
    for number, curve in enumerate(evaluation.curves, 1):
        yield from curve_section(curve, number, evaluation.levels)
    yield from apart.sections(evaluation, edition)
    yield from methods(evaluation)
    yield from apart.parameters(evaluation, edition)
    yield from apart.provenance(evaluation, edition)


def timeline(evaluation: Evaluation, edition: Edition) -> Iterator[tuple[str, str]]:
    """What happened when."""
    yield "Opened", words.day(edition.opened_at)
    yield "Closed", words.day(edition.closed_at)
    yield "Evaluated", words.day(evaluation.evaluated_at)
    if edition.stage is Stage.DRAFT:
        yield "Draft report", words.day(edition.made_at)
        yield "Comments until", words.day(edition.comments_until)
    else:
        yield "Published", words.day(edition.published_at)
    if edition.stage is Stage.CORRECTED:
        yield "Corrected", words.day(edition.made_at)


def _codes(evaluation: Evaluation) -> Iterator[Block]:
    if evaluation.identity is Identity.CODED:
        said = (
            "Each line goes by random letters that hold for this round alone. Each line knows its own; whose the "
            "others are, nobody who runs or reads this round knows but the custodian. Do not try to find out."
        )
        yield Notice("Lines are shown under codes", said)
        return
    yield Notice("Lines are named", "Every line has agreed in writing to be named in this round.")
    names = sorted(evaluation.names.items())
    yield Table("Codes and lines", (Column("Code"), Column("Line")), names)


def _overview(evaluation: Evaluation) -> Iterator[Block]:
    rows = [
        (
            one.label,
            words.with_unit(words.significant(one.judged_by.assigned, one.digits), one.unit),
            str(one.judged_by.p),
            str(one.judged_by.results),
            words.listed(flagged) if (flagged := [line.code for line in one.lines if of_line(line).level]) else "–",
        )
        if not one.refused
        else (one.label, "not computed", "–", "–", "–")
        for one in evaluation.kpis
    ]
    columns = (
        Column("KPI"),
        Column("Assigned value x*", number=True),
        Column("Lines", number=True),
        Column("Results", number=True),
        Column("Flagged lines"),
    )
    yield Heading("Overview")
    yield Table("All KPIs", columns, rows)


def _levels(evaluation: Evaluation) -> Iterator[Block]:
    units = dict.fromkeys(one.unit for one in evaluation.kpis if not one.refused)
    drawn = [picture for unit in units if (picture := levels(evaluation.kpis, unit)) is not None]
    if drawn:
        yield Heading("Spread over the level")
        yield from drawn
