"""A line over rounds: its own scores of earlier rounds beside today's, as a figure and as a table."""

from collections.abc import Iterator

from exchange.reporting import words
from exchange.reporting.document import Block, Column, Heading, Paragraph, Symbols, Table
from exchange.reporting.figures.trend import Scored, trend
from schemas.round.evaluation import CodedLine, Evaluation, KpiEvaluation
from schemas.round.letter import EarlierScore, LetterData


def of_kpi(own: LetterData, kpi: KpiEvaluation) -> tuple[EarlierScore, ...]:
    """The line's scores of earlier rounds for this KPI, in the order of closing."""
    found = (one for one in own.earlier if one.kpi == kpi.kpi)
    return tuple(sorted(found, key=lambda one: (one.closed_at, one.round)))


def over_rounds(evaluation: Evaluation, own: LetterData) -> Iterator[Block]:
    """Of each KPI that was compared in an earlier round, too, by the same definition and parameters."""
    yield Heading("Your line over rounds")
    some = False
    for kpi in evaluation.kpis:
        earlier = of_kpi(own, kpi)
        if not earlier:
            continue
        some = True
        now = next((one for one in kpi.lines if one.code == own.code), None)
        yield Heading(kpi.label, 3)
        known = [*map(_earlier, earlier), *_now(evaluation, kpi, now)]
        picture = trend(kpi, [one for one in known if one.value is not None])
        if picture is not None:
            yield picture
        yield _table(evaluation, kpi, earlier, now)
    if some:
        said = (
            "Rounds that are published, in the order in which they closed, with the same definition and parameters of "
            "the KPI. Each round has an assigned value and a σ_{pt} of its own: a score compares you with the others "
            "of that round."
        )
        yield Paragraph(Symbols(said), small=True)
    else:
        yield Paragraph("There is no earlier published round with these KPIs.")


def _earlier(one: EarlierScore) -> Scored:
    return Scored(one.round, one.closed_at, *_score(one))


def _now(evaluation: Evaluation, kpi: KpiEvaluation, line: CodedLine | None) -> list[Scored]:
    judged = line is not None and kpi.power != "plots-only"
    return [Scored(evaluation.round, None, *_score(line))] if line is not None and judged else []


def _score(one: EarlierScore | CodedLine) -> tuple[str, float | None]:
    """Which of the two scores the line has, and the score."""
    return ("z", one.z) if one.z is not None else ("z′", one.z_prime)


def _table(
    evaluation: Evaluation, kpi: KpiEvaluation, earlier: tuple[EarlierScore, ...], now: CodedLine | None
) -> Table:
    columns = (
        Column("Round"),
        Column("Closed"),
        Column("n", number=True),
        Column("D", "%", number=True),
        Column(Symbols("σ_{pt}"), words.unit(kpi.unit), number=True),
        Column("Score", number=True),
        Column("Assessment"),
    )
    rows = [
        (
            f"{one.title} ({one.round})",
            words.day(one.closed_at),
            str(one.n) if one.n else words.NONE,
            words.score(one.per_cent),
            words.significant(one.sigma_pt, 3),
            _shown(one),
            words.ASSESSMENT.get(one.score, one.score) if one.score or _score(one)[1] is None else words.NONE,
        )
        for one in earlier
    ]
    if now is not None:
        undecided = kpi.power == "plots-only"
        rows.append(
            (
                f"{evaluation.title} ({evaluation.round})",
                "this round",
                str(now.n),
                words.score(now.per_cent),
                words.significant(kpi.judged_by.sigma_pt, 3),
                words.NONE if undecided else _shown(now),
                "Undecided" if undecided else words.ASSESSMENT.get(now.score, now.score),
            )
        )
    return Table(f"{kpi.label}: your line over rounds", columns, rows)


def _shown(one: EarlierScore | CodedLine) -> str:
    name, value = _score(one)
    return words.NONE if value is None else f"{name} = {words.score(value)}"
