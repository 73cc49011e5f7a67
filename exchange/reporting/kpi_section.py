"""The section of one KPI: facts with their intervals, figures, the table of results, exclusions, screening."""

from collections.abc import Iterator

from exchange.reporting import words
from exchange.reporting.components_section import components_section
from exchange.reporting.document import (
    Block,
    Column,
    Facts,
    Heading,
    Items,
    Notice,
    Paragraph,
    Symbols,
    Table,
    Text,
    Tone,
)
from exchange.reporting.figures.bars import mandel_h, mandel_k, scores
from exchange.reporting.figures.by_line import by_line
from exchange.reporting.figures.forest import forest
from exchange.reporting.kpi_statistics import exclusions, figure, screening, statistics
from exchange.reporting.results_table import results_table
from schemas.round.evaluation import Evaluation, KpiEvaluation

ASSIGNED_BY = {
    "robust-consensus": "robust consensus of the lines' means (algorithm A)",
    "paule-mandel": "consensus weighted after Paule and Mandel",
    "reference": "reference value",
}
SIGMA_FROM = {
    "prescribed": "prescribed",
    "previous-rounds": "from previous rounds",
    "own-spread": "the results' own robust spread s*",
}


def kpi_section(kpi: KpiEvaluation, evaluation: Evaluation) -> Iterator[Block]:
    """Everything about one KPI; a refused one says why and no more."""
    yield Heading(words.in_unit(kpi.label, kpi.unit))
    yield Paragraph(f"Definition {kpi.definition}{'; normalised' if kpi.normalised else ''}.", small=True)
    if kpi.refused:
        yield Notice("Not computed", kpi.refused, Tone.WARN)
        return
    if said := words.POWER.get(kpi.power, ""):
        yield Notice("Few lines", said, Tone.WARN)
    yield Facts(tuple(_facts(kpi)), strip=True)
    pictures = (
        by_line(kpi),
        scores(kpi),
        mandel_h(kpi, evaluation.levels),
        mandel_k(kpi, evaluation.levels),
        forest(kpi),
    )
    yield from (one for one in pictures if one is not None)
    yield results_table(kpi, kpi.lines, f"{kpi.label}: results of every line")
    if kpi.notes:
        yield Items(kpi.notes)
    yield from _unscored(kpi)
    yield from exclusions(kpi)
    yield from statistics(kpi)
    yield from components_section(kpi)
    yield from screening(kpi, evaluation.levels)
    missing = [point for line in kpi.lines for point in line.points if point.value is None]
    if missing:
        columns = (Column("Line"), Column("Cell", number=True), Column("Why there is no value"))
        rows = [
            (line.code, str(point.cell), point.reason or "not said")
            for line in kpi.lines
            for point in line.points
            if point.value is None
        ]
        yield Table("Cells without a value", columns, rows)
    if kpi.absent:
        yield Paragraph(f"Lines without any result: {words.listed(kpi.absent)}.", small=True)


def _facts(kpi: KpiEvaluation) -> Iterator[tuple[Text, Text]]:
    found = kpi.judged_by
    yield "Assigned value x*", words.with_unit(words.significant(found.assigned, kpi.digits), kpi.unit)
    yield "u(x*)", words.with_unit(words.spread(found.assigned_u), kpi.unit)
    yield "Robust s*", words.with_unit(words.spread(found.robust_s), kpi.unit)
    yield Symbols(f"s_{{r}}, {kpi.spread_name.replace('{', '(')}"), figure(found.s_r, kpi.unit)
    yield Symbols("s_{L}, between lines"), figure(found.s_L, kpi.unit)
    yield Symbols("s_{R}, reproducibility"), figure(found.s_R, kpi.unit)
    yield "Lines × results", f"{found.p} × {found.results}"


def _unscored(kpi: KpiEvaluation) -> Iterator[Block]:
    reasons = dict.fromkeys(line.unscored for line in kpi.lines if line.unscored)
    for reason in reasons:
        codes = [line.code for line in kpi.lines if line.unscored == reason]
        yield Paragraph(f"Not scored: {words.listed(codes)}. {reason}", small=True)
