"""The table of a KPI's lines: n, mean, s, scores, h and k, each with its verdict in words.

ζ and E_n have columns where a line has them; they have no verdict, which is of z or z′ alone.
"""

from collections.abc import Sequence

from exchange.reporting import words
from exchange.reporting.document import Cell, Column, Table, Tone
from exchange.reporting.figures.bars import score_of
from exchange.reporting.figures.colours import of_line, of_verdict
from schemas.round.evaluation import CodedLine, KpiEvaluation

TONES = (Tone.PLAIN, Tone.WARN, Tone.BAD)
SIGNS = ("", "▲ ", "◆ ")


def results_table(kpi: KpiEvaluation, lines: Sequence[CodedLine], caption: str) -> Table:
    """One row for each of these lines of the KPI, in the order of codes."""
    name, of = score_of(kpi)
    unit, places = words.unit(kpi.unit), words.decimals_for(kpi.judged_by.assigned, kpi.digits)
    by_own = any(line.zeta is not None for line in lines)
    columns = (
        Column("Line"),
        Column("n", number=True),
        Column("Mean", unit, number=True),
        Column("s", unit, number=True),
        Column("D", "%", number=True),
        Column(name, number=True),
        *((Column("ζ", number=True), Column("E_n", number=True)) if by_own else ()),
        Column("h", number=True),
        Column("k", number=True),
        Column("Score"),
        Column("h and k"),
    )
    rows = [
        (
            Cell(line.code, TONES[of_line(line).level]),
            str(line.n),
            words.fixed(line.mean, places),
            words.spread(line.s),
            words.score(line.per_cent),
            words.score(of(line)),
            *((words.score(line.zeta), words.score(line.e_n)) if by_own else ()),
            words.score(line.h),
            words.score(line.k),
            _assessed(line, kpi),
            _odd(line),
        )
        for line in sorted(lines, key=lambda one: one.code)
    ]
    return Table(caption, columns, rows)


def _assessed(line: CodedLine, kpi: KpiEvaluation) -> Cell:
    if kpi.power == "plots-only":
        return Cell("Undecided")
    level = of_verdict(line.score).level
    word = words.ASSESSMENT.get(line.score, line.score)
    return Cell(SIGNS[level] + word, Tone.OK if line.score == "ok" else TONES[level])


def _odd(line: CodedLine) -> Cell:
    said = [
        f"{name} {verdict}" for name, one in (("h", line.mandel_h), ("k", line.mandel_k)) if (verdict := _word(one))
    ]
    level = of_verdict(line.mandel_h, line.mandel_k).level
    return Cell(SIGNS[level] + (", ".join(said) or "–"), TONES[level])


def _word(verdict: str) -> str:
    return words.VERDICT.get(verdict, verdict)
