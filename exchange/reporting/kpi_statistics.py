"""What stands behind the results of a KPI: what was left out, statistics with and without it, the screening."""

from collections.abc import Callable, Iterator

from exchange.reporting import words
from exchange.reporting.document import Block, Cell, Column, Heading, Paragraph, Symbols, Table, Text
from exchange.reporting.figures.colours import of_verdict
from exchange.reporting.results_table import SIGNS, TONES, results_table
from schemas.round.evaluation import Aggregates, Figure, KpiEvaluation
from schemas.round.levels import Levels

_TESTS = {"cochran": "Cochran", "grubbs-single": "Grubbs, one mean", "grubbs-double": "Grubbs, two means"}


def exclusions(kpi: KpiEvaluation) -> Iterator[Block]:
    """Every result that was left out with its reason, and the lines judged with all of them."""
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
    if kpi.with_left_out is not None:
        caption = f"{kpi.label}: every line judged with all results, for comparison"
        yield results_table(kpi, kpi.with_left_out.lines, caption)


def statistics(kpi: KpiEvaluation) -> Iterator[Block]:
    """Classical and robust statistics beside each other, with and without what was left out."""
    sets = [kpi.all_results] if kpi.kept_results is None else [kpi.all_results, kpi.kept_results]
    columns = [Column("Statistic"), Column("All results", number=True)]
    columns += [Column("Without exclusions", number=True)] if len(sets) > 1 else []
    every = [(name, [shown(one, kpi) for one in sets]) for name, shown in _STATISTICS]
    rows = [(name, *values) for name, values in every if name in _ALWAYS or any(one != words.NONE for one in values)]
    yield Heading("Statistics", 3)
    yield Table("With and without the exclusions" if len(sets) > 1 else "All statistics", columns, rows)
    for said in dict.fromkeys(said for one in sets for said in one.not_given):
        yield Paragraph(said, small=True)


_Shown = Callable[[Aggregates, KpiEvaluation], str]
_STATISTICS: tuple[tuple[Text, _Shown], ...] = (
    ("Lines", lambda one, kpi: str(one.p)),
    ("Results", lambda one, kpi: str(one.results)),
    ("Mean", lambda one, kpi: _value(one.mean, one, kpi)),
    ("Mean of means", lambda one, kpi: _value(one.mean_of_means, one, kpi)),
    ("Median", lambda one, kpi: _value(one.median, one, kpi)),
    ("Assigned value x*", lambda one, kpi: _value(one.assigned, one, kpi)),
    ("u(x*)", lambda one, kpi: words.with_unit(words.spread(one.assigned_u), kpi.unit)),
    ("Robust s*", lambda one, kpi: words.with_unit(words.spread(one.robust_s), kpi.unit)),
    (Symbols("s_{r}"), lambda one, kpi: figure(one.s_r, kpi.unit)),
    (Symbols("s_{L}"), lambda one, kpi: figure(one.s_L, kpi.unit)),
    (Symbols("s_{R}"), lambda one, kpi: figure(one.s_R, kpi.unit)),
    (Symbols("s_{r}, robust"), lambda one, kpi: words.with_unit(words.spread(one.robust_s_r), kpi.unit)),
    (Symbols("s_{R}, robust"), lambda one, kpi: words.with_unit(words.spread(one.robust_s_R), kpi.unit)),
    ("s* by the Q method", lambda one, kpi: words.with_unit(words.spread(one.q_s), kpi.unit)),
    ("Hampel's mean", lambda one, kpi: _value(one.hampel, one, kpi)),
    (Symbols("r = 2.8 s_{r}"), lambda one, kpi: words.with_unit(words.spread(one.r), kpi.unit)),
    (Symbols("R = 2.8 s_{R}"), lambda one, kpi: words.with_unit(words.spread(one.R), kpi.unit)),
)


_ALWAYS = frozenset({"Lines", "Results"})


def figure(found: Figure, unit: str, digits: int = 2) -> str:
    """A value with its 95 % interval; both to the same decimals."""
    places = words.decimals_for(found.value, digits)
    shown = words.with_unit(words.fixed(found.value, places), unit)
    if found.low is None and found.high is None:
        return shown
    return f"{shown} [{words.fixed(found.low, places)}; {words.fixed(found.high, places)}]"


def _value(value: float | None, found: Aggregates, kpi: KpiEvaluation) -> str:
    return words.with_unit(words.fixed(value, words.decimals_for(found.assigned or value, kpi.digits)), kpi.unit)


def screening(kpi: KpiEvaluation, levels: Levels) -> Iterator[Block]:
    """The tests in their order, with what they found."""
    if not kpi.screening:
        return
    columns = (
        Column("Test"),
        Column("Line"),
        Column("Statistic", number=True),
        Column(f"{words.per_cent(levels.straggler)} limit", number=True),
        Column(f"{words.per_cent(levels.outlier)} limit", number=True),
        Column("Verdict"),
    )
    rows = [
        (
            _TESTS.get(step.test, step.test),
            words.listed(step.codes) if step.codes else step.code or words.NONE,
            words.significant(step.statistic, 4),
            words.significant(step.straggler_limit, 4),
            words.significant(step.outlier_limit, 4),
            Cell(SIGNS[of_verdict(step.verdict).level] + step.verdict, TONES[of_verdict(step.verdict).level]),
        )
        for step in kpi.screening
    ]
    yield Heading("Screening", 3)
    yield Table("Tests in their order, each as if outliers before it were left out", columns, rows)
    yield Paragraph(
        "The tests propose and exclude nothing: only a person leaves a result out, with a reason.", small=True
    )
