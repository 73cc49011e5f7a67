"""One KPI of a round, evaluated whole: from results of cells and a plan to what the report shows of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.roundrobin.aggregates import Together, together
from exchange.roundrobin.cells import CellResult, Handed, level_of_cells, stated_by_lines
from exchange.roundrobin.components import components
from exchange.roundrobin.judge import Looked, by_themselves, judged, look
from exchange.roundrobin.level import Level
from exchange.roundrobin.verdict import power
from schemas.round.evaluation import Aggregates, Judged, KpiEvaluation
from schemas.round.plan import EvaluationPlan, KpiPlan
from schemas.round.round import Identity, Items, RoundKind, RoundRecord


@dataclass(frozen=True)
class _Looked:
    """One set of results with what was found of it; one line alone is compared with nothing.

    `counts`: shares of counted cells, which every cell of a line tells alike: they have no standard deviation.
    """

    level: Level
    counted: tuple[CellResult, ...]
    by: Together | None
    found: Looked | None
    counts: bool = False

    @property
    def aggregates(self) -> Aggregates:
        return self.by.aggregates if self.by else Aggregates(p=self.level.p, results=sum(self.level.n))


def evaluate_kpi(record: RoundRecord, plan: EvaluationPlan, chosen: KpiPlan, handed: Handed) -> KpiEvaluation:
    """Statistics, limits, screening and scores of one KPI, of all results and of those that were not left out.

    What these results do not allow is refused in words: all of it in `refused`, single statistics in `notes`; the
    results themselves stand there all the same. Lines are judged by what is kept.
    """
    base = _described(record, chosen, handed)
    if refused := _hidden(record, chosen) or mixed(handed.results, base.unit):
        return base.model_copy(update={"refused": refused})
    some_left_out = len(handed.kept) < len(handed.results)
    every = _look(handed.results, plan, chosen, handed)
    kept = _look(handed.kept, plan, chosen, handed) if some_left_out else every
    facts: dict[str, object] = {
        **dict(_judged(kept, plan, handed)),
        "power": power(kept.level.p).value,
        "all_results": every.aggregates,
        "kept_results": kept.aggregates if some_left_out else None,
        "with_left_out": _judged(every, plan, handed) if some_left_out else None,
        "refused": _alone(kept.level),
        "definitions": _definitions(base, kept),
        "notes": (*base.notes, *_notes(kept)),
        "components": components(record, handed.kept) if chosen.kpi.compared else None,
    }
    return base.model_copy(update=facts)


def withheld(record: RoundRecord, chosen: KpiPlan, why: str) -> KpiEvaluation:
    """A KPI of which nothing is told: what it is, and why."""
    return _described(record, chosen, Handed((), ())).model_copy(update={"refused": why})


def _look(counted: tuple[CellResult, ...], plan: EvaluationPlan, chosen: KpiPlan, handed: Handed) -> _Looked:
    level = level_of_cells(counted, chosen.kpi.unit)
    if level.p < 2 or not chosen.kpi.compared:
        return _Looked(level, counted, None, None, not chosen.kpi.compared)
    by = together(level, chosen)
    return _Looked(level, counted, by, look(level, plan, chosen, by, stated_by_lines(counted)))


def _judged(of: _Looked, plan: EvaluationPlan, handed: Handed) -> Judged:
    if of.found is None:
        lines = by_themselves(of.level, handed, of.counted)
        return Judged(lines=tuple(one.model_copy(update={"s": None}) for one in lines) if of.counts else lines)
    return judged(of.found, plan, handed, of.counted)


def _described(record: RoundRecord, chosen: KpiPlan, handed: Handed) -> KpiEvaluation:
    with_value = {one.code for one in handed.results if one.value is not None}
    notes = (*((_CROSSED,) if record.items is Items.CIRCULATED else ()), *(() if chosen.kpi.compared else (_COUNTED,)))
    return KpiEvaluation(
        kpi=chosen.kpi.id,
        label=chosen.kpi.label,
        unit=chosen.kpi.unit,
        digits=chosen.kpi.digits,
        normalised=chosen.kpi.normalised,
        definition=next((one.definition for one in handed.results if one.definition), ""),
        power=power(len(with_value)).value,
        spread_name=_SPREAD[record.kind],
        lines=(),
        all_results=Aggregates(p=len(with_value), results=sum(one.value is not None for one in handed.results)),
        left_out=handed.left_out,
        absent=tuple(sorted(set(handed.codes) - with_value)),
        notes=notes,
    )


def _hidden(record: RoundRecord, chosen: KpiPlan) -> str:
    own_cells = record.kind is RoundKind.MANUFACTURING and record.identity is Identity.CODED
    return _ABSOLUTE if own_cells and not chosen.kpi.normalised else ""


def mixed(results: Sequence[CellResult], unit: str) -> str:
    """Why these results cannot be compared: several units, or several definitions; else empty."""
    there = [one for one in results if one.value is not None]
    if len(units := {unit, *(one.unit for one in there)}) > 1:
        return f"Values of this KPI come in several units ({', '.join(sorted(units))}) and cannot be compared."
    if len(definitions := {one.definition for one in there}) > 1:
        named = ", ".join(sorted(definitions))
        return f"Values of this KPI come by several definitions ({named}): compute all of them anew."
    return ""


def _alone(kept: Level) -> str:
    if kept.p == 0:
        return "No line has a value of this KPI that is kept."
    if kept.p == 1:
        return f"Line {kept.lines[0]} alone has values of this KPI; at least two lines are compared."
    return ""


def _definitions(base: KpiEvaluation, kept: _Looked) -> tuple[str, ...]:
    used = [base.definition, *(kept.by.definitions if kept.by else ()), *(kept.found.definitions if kept.found else ())]
    return tuple(dict.fromkeys(one for one in used if one))


def _notes(kept: _Looked) -> list[str]:
    if kept.by is None or kept.found is None:
        return []
    notes = [*kept.by.aggregates.not_given, *kept.found.scores.why]
    if not kept.level.balanced:
        notes.append(
            "Lines have different numbers of results: limits of k are exact, those of h are the balanced ones."
        )
    return notes


_SPREAD = {
    RoundKind.MEASUREMENT: "within-line s (cells + repeatability)",
    RoundKind.MANUFACTURING: "spread of production",
}
_CROSSED = "The same cells went round: they are crossed with lines, and what they differ by is within s_r."
_COUNTED = "Lines are not compared by a share of counted cells; its interval says how far it carries."
_ABSOLUTE = (
    "Each line makes its own cells, and a value that is not normalised would tell whose they are; choose a KPI by mass "
    "or area, or a ratio."
)
