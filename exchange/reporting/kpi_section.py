"""The section of one KPI: facts with their intervals, figures, the table of results, exclusions, screening."""

from collections.abc import Callable, Iterator

from exchange.reporting import words
from exchange.reporting.document import (
    Block,
    Cell,
    Column,
    Facts,
    Heading,
    Notice,
    Paragraph,
    Symbols,
    Table,
    Text,
    Tone,
)
from exchange.reporting.figures.bars import mandel_h, mandel_k, score_of, scores
from exchange.reporting.figures.by_line import by_line
from exchange.reporting.figures.colours import of_line, of_verdict
from exchange.reporting.figures.forest import forest
from schemas.round.evaluation import Aggregates, CodedLine, Evaluation, Figure, KpiEvaluation

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
_TESTS = {"cochran": "Cochran", "grubbs-single": "Grubbs, one mean", "grubbs-double": "Grubbs, two means"}
_TONES = (Tone.PLAIN, Tone.WARN, Tone.BAD)
_SIGNS = ("", "▲ ", "◆ ")


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
    pictures = (by_line(kpi), scores(kpi), mandel_h(kpi), mandel_k(kpi), forest(kpi))
    yield from (one for one in pictures if one is not None)
    yield _results(kpi)
    yield from _unscored(kpi)
    yield from _exclusions(kpi)
    yield from _with_and_without(kpi)
    yield from _screening(kpi)
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


def figure(found: Figure, unit: str, digits: int = 2) -> str:
    """A value with its 95 % interval; both to the same decimals."""
    places = words.decimals_for(found.value, digits)
    shown = words.with_unit(words.fixed(found.value, places), unit)
    if found.low is None and found.high is None:
        return shown
    return f"{shown} [{words.fixed(found.low, places)}; {words.fixed(found.high, places)}]"


def _facts(kpi: KpiEvaluation) -> Iterator[tuple[Text, Text]]:
    found = kpi.all_results
    yield "Assigned value x*", words.with_unit(words.significant(found.assigned, kpi.digits), kpi.unit)
    yield "u(x*)", words.with_unit(words.spread(found.assigned_u), kpi.unit)
    yield "Robust s*", words.with_unit(words.spread(found.robust_s), kpi.unit)
    yield Symbols(f"s_{{r}}, {kpi.spread_name.replace('{', '(')}"), figure(found.s_r, kpi.unit)
    yield Symbols("s_{L}, between lines"), figure(found.s_L, kpi.unit)
    yield Symbols("s_{R}, reproducibility"), figure(found.s_R, kpi.unit)
    yield "Lines × results", f"{found.p} × {found.results}"


def _results(kpi: KpiEvaluation) -> Table:
    name, of = score_of(kpi)
    unit, places = words.unit(kpi.unit), words.decimals_for(kpi.all_results.assigned, kpi.digits)
    columns = (
        Column("Line"),
        Column("n", number=True),
        Column("Mean", unit, number=True),
        Column("s", unit, number=True),
        Column("D", "%", number=True),
        Column(name, number=True),
        Column("h", number=True),
        Column("k", number=True),
        Column("Score"),
        Column("h and k"),
    )
    rows = [
        (
            Cell(line.code, _TONES[of_line(line).level]),
            str(line.n),
            words.fixed(line.mean, places),
            words.spread(line.s),
            words.score(line.per_cent),
            words.score(of(line)),
            words.score(line.h),
            words.score(line.k),
            _assessed(line, kpi),
            _odd(line),
        )
        for line in sorted(kpi.lines, key=lambda one: one.code)
    ]
    return Table(f"{kpi.label}: results of every line", columns, rows)


def _assessed(line: CodedLine, kpi: KpiEvaluation) -> Cell:
    if kpi.power == "plots-only":
        return Cell("Undecided")
    level = of_verdict(line.score).level
    word = words.ASSESSMENT.get(line.score, line.score)
    return Cell(_SIGNS[level] + word, Tone.OK if line.score == "ok" else _TONES[level])


def _odd(line: CodedLine) -> Cell:
    said = [
        f"{name} {verdict}" for name, one in (("h", line.mandel_h), ("k", line.mandel_k)) if (verdict := _word(one))
    ]
    level = of_verdict(line.mandel_h, line.mandel_k).level
    return Cell(_SIGNS[level] + (", ".join(said) or "–"), _TONES[level])


def _word(verdict: str) -> str:
    return words.VERDICT.get(verdict, verdict)


def _unscored(kpi: KpiEvaluation) -> Iterator[Block]:
    reasons = dict.fromkeys(line.unscored for line in kpi.lines if line.unscored)
    for reason in reasons:
        codes = [line.code for line in kpi.lines if line.unscored == reason]
        yield Paragraph(f"Not scored: {words.listed(codes)}. {reason}", small=True)


def _exclusions(kpi: KpiEvaluation) -> Iterator[Block]:
    yield Heading("Exclusions", 3)
    if not kpi.left_out:
        yield Paragraph("No result was left out.")
        return
    columns = (Column("Line"), Column("Cell"), Column("Reason"), Column("By"), Column("On"))
    rows = [
        (one.code, "all" if one.cell is None else str(one.cell), one.reason, one.by, words.day(one.at))
        for one in kpi.left_out
    ]
    yield Table("Results that were left out", columns, rows)


def _with_and_without(kpi: KpiEvaluation) -> Iterator[Block]:
    if kpi.kept_results is None:
        return
    columns = (Column("Statistic"), Column("All results", number=True), Column("Without exclusions", number=True))
    pairs = (kpi.all_results, kpi.kept_results)
    rows = [(name, *(shown(one, kpi) for one in pairs)) for name, shown in _STATISTICS]
    yield Table("With and without the exclusions", columns, rows)


_Shown = Callable[[Aggregates, KpiEvaluation], str]
_STATISTICS: tuple[tuple[Text, _Shown], ...] = (
    ("Lines", lambda one, kpi: str(one.p)),
    ("Results", lambda one, kpi: str(one.results)),
    ("Mean", lambda one, kpi: _value(one.mean, one, kpi)),
    ("Median", lambda one, kpi: _value(one.median, one, kpi)),
    ("Assigned value x*", lambda one, kpi: _value(one.assigned, one, kpi)),
    ("u(x*)", lambda one, kpi: words.with_unit(words.spread(one.assigned_u), kpi.unit)),
    ("Robust s*", lambda one, kpi: words.with_unit(words.spread(one.robust_s), kpi.unit)),
    (Symbols("s_{r}"), lambda one, kpi: figure(one.s_r, kpi.unit)),
    (Symbols("s_{L}"), lambda one, kpi: figure(one.s_L, kpi.unit)),
    (Symbols("s_{R}"), lambda one, kpi: figure(one.s_R, kpi.unit)),
    (Symbols("r = 2.8 s_{r}"), lambda one, kpi: words.with_unit(words.spread(one.r), kpi.unit)),
    (Symbols("R = 2.8 s_{R}"), lambda one, kpi: words.with_unit(words.spread(one.R), kpi.unit)),
)


def _value(value: float | None, found: Aggregates, kpi: KpiEvaluation) -> str:
    return words.with_unit(words.fixed(value, words.decimals_for(found.assigned or value, kpi.digits)), kpi.unit)


def _screening(kpi: KpiEvaluation) -> Iterator[Block]:
    if not kpi.screening:
        return
    columns = (
        Column("Test"),
        Column("Line"),
        Column("Statistic", number=True),
        Column("5 % limit", number=True),
        Column("1 % limit", number=True),
        Column("Verdict"),
    )
    rows = [
        (
            _TESTS.get(step.test, step.test),
            step.code or "–",
            words.significant(step.statistic, 4),
            words.significant(step.straggler_limit, 4),
            words.significant(step.outlier_limit, 4),
            Cell(_SIGNS[of_verdict(step.verdict).level] + step.verdict, _TONES[of_verdict(step.verdict).level]),
        )
        for step in kpi.screening
    ]
    yield Heading("Screening", 3)
    yield Table("Tests in their order, each as if outliers before it were left out", columns, rows)
    yield Paragraph(
        "The tests propose and exclude nothing: only a person leaves a result out, with a reason.", small=True
    )
