"""Assembled: an evaluation of a round from what counts of it, under codes, with no more digits than are shown."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from exchange.roundrobin.cells import CellResult, Handed
from exchange.roundrobin.evaluate import evaluate_kpi
from exchange.roundrobin.rounding import as_shown, shown
from exchange.roundrobin.yields import line_yield
from exchange.rounds.counted import Counted
from schemas.round.evaluation import (
    CodedYield,
    CurveEvaluation,
    Evaluation,
    Figure,
    KpiEvaluation,
    LateLine,
    LeftOut,
)
from schemas.round.kpis import Yield
from schemas.round.plan import KpiPlan
from schemas.round.round import RoundKind
from schemas.round.submission import Submission

NO_VALUE = "not computed for this cell; its line has the reason"
"""Stands for every reason under a code: what a definition misses in a file tells the instrument that wrote it."""
EXCLUDED_BY = "who runs the round"
EXPANDED = "expanded_uncertainty"
"""The parameter of a value by which a line states U (k = 2) in the KPI's unit."""


@dataclass(frozen=True)
class Made:
    """Which evaluation of the round it is, when it was made, and by which software."""

    number: int
    at: datetime
    software: str


def assembled(counted: Counted, made: Made, curves: tuple[CurveEvaluation, ...] = ()) -> Evaluation:
    """All KPIs of the plan in force, curves, yields, and what came late, apart."""
    record, plan = counted.round.record, counted.round.plan
    codes = {counted.place(one)[0] for one in counted.counting}
    return Evaluation(
        round=counted.round.id,
        title=record.title,
        number=made.number,
        kind=record.kind,
        identity=record.identity,
        confounded=record.confounded,
        protocol=record.protocol.name,
        protocol_version=record.protocol.version,
        plan_sha256=plan.sha256,
        software=made.software,
        evaluated_at=made.at,
        p=len(codes),
        cells=len(counted.counting),
        kpis=tuple(as_shown(kpi_of(counted, chosen)) for chosen in plan.kpis),
        curves=curves,
        yields=_yields(counted) if record.kind is RoundKind.MANUFACTURING else (),
        late=_late(counted),
        withdrawn=tuple(sorted(one.code for one in counted.lines.values() if one.withdrawn_at is not None)),
        amendments=tuple(
            f"{f'{one.at:%Y-%m-%d}: ' if one.at else ''}{one.reason}" for one in counted.round.plans if one.number > 0
        ),
        conflicts=counted.conflicts,
        deviations=tuple(_deviations(counted)),
        notes=tuple(_notes(counted, codes)),
        names=counted.names,
    )


def kpi_of(counted: Counted, chosen: KpiPlan) -> KpiEvaluation:
    """One KPI evaluated, in all its digits."""
    results = tuple(_result(counted, one, chosen.kpi.id) for one in counted.counting)
    codes = tuple(sorted({one.code for one in results}))
    handed = Handed(codes, results, _left_out(counted, chosen.kpi.id), _stated(counted, chosen.kpi.id))
    return evaluate_kpi(counted.round.record, counted.round.plan, chosen, handed)


def _result(counted: Counted, submission: Submission, kpi: str) -> CellResult:
    code, cell = counted.place(submission)
    value = counted.values[submission.id][kpi]
    reason = NO_VALUE if value.value is None else ""
    return CellResult(code, cell, value.value, value.unit, value.definition, reason)


def _left_out(counted: Counted, kpi: str) -> tuple[LeftOut, ...]:
    there = {counted.place(one) for one in counted.counting}
    found = [
        LeftOut(kpi=kpi, code=counted.lines[one.line].code, cell=one.cell, reason=one.reason, by=EXCLUDED_BY, at=one.at)
        for one in counted.left_out
        if one.kpi == kpi and one.line in counted.lines
    ]
    touching = [one for one in found if any(one.code == code and one.cell in (None, cell) for code, cell in there)]
    return tuple(sorted(touching, key=lambda one: (one.code, one.cell or 0)))


def _stated(counted: Counted, kpi: str) -> dict[str, float]:
    """The largest U that a line states for a cell: errors of one instrument do not average out over cells."""
    stated: dict[str, list[float]] = {}
    for one in counted.counting:
        found = counted.values[one.id][kpi].parameters.get(EXPANDED)
        if isinstance(found, int | float) and found > 0:
            stated.setdefault(counted.place(one)[0], []).append(float(found))
    return {code: max(each) for code, each in stated.items()}


def _yields(counted: Counted) -> tuple[CodedYield, ...]:
    """Built and passed as production runs count them where the plan asks for it, else of the cells of the round."""
    of_round = Counter(one.line for one in counted.cells.values() if one.line in counted.lines)
    accepted = Counter(one.line for one in counted.counting)
    analysed = Counter(
        one.line
        for one in counted.counting
        if any(value.value is not None for value in counted.values[one.id].values())
    )
    asked = next((one.kpi.id for one in counted.round.plan.kpis if isinstance(one.kpi, Yield)), None)
    of_runs = {} if asked is None else _counted_in_runs(counted, asked)
    found = {}
    for line in of_round:
        built, passed = of_runs.get(line, (of_round[line], accepted[line]) if asked is None else (0, 0))
        if built:
            code, share = counted.lines[line].code, _share(passed, built)
            found[code] = CodedYield(code=code, built=built, passed=passed, analysed=analysed[line], share=share)
    return tuple(found[code] for code in sorted(found))


def _counted_in_runs(counted: Counted, kpi: str) -> dict[str, tuple[int, int]]:
    """Built and passed by line: the sum over runs, of which each cell of the line tells its own."""
    runs: dict[str, set[tuple[int, int]]] = {}
    for one in counted.counting:
        said = counted.values[one.id][kpi].parameters
        built, passed = said.get("built"), said.get("passed")
        if isinstance(built, int) and isinstance(passed, int):
            runs.setdefault(one.line, set()).add((built, passed))
    return {line: (sum(built for built, _ in each), sum(passed for _, passed in each)) for line, each in runs.items()}


def _share(passed: int, built: int) -> Figure:
    found = line_yield(passed, built)
    return Figure(value=found.share, low=found.interval.low, high=found.interval.high)


def _late(counted: Counted) -> tuple[LateLine, ...]:
    """In the order of codes and cells; a line that came with a cell late may have others in time."""
    found = []
    for chosen in counted.round.plan.kpis:
        by_code: dict[str, list[float | None]] = {}
        for one in sorted(counted.late, key=counted.place):
            if value := counted.values[one.id].get(chosen.kpi.id):
                by_code.setdefault(counted.place(one)[0], []).append(shown(value.value, chosen.kpi.digits))
        found += [LateLine(code=code, kpi=chosen.kpi.id, values=tuple(values)) for code, values in by_code.items()]
    return tuple(found)


def _deviations(counted: Counted) -> list[str]:
    """Which cells were taken although something stood against them; the reason is between who decided and the line."""
    places = {counted.place(one): one.failed_rules for one in counted.counting if one.failed_rules}
    return [f"{code}, cell {cell}: accepted with {', '.join(places[code, cell])}" for code, cell in sorted(places)]


def _notes(counted: Counted, codes: set[str]) -> list[str]:
    notes = []
    if silent := sorted({one.code for one in counted.lines.values()} - codes):
        notes.append(f"No accepted cell in time: {', '.join(silent)}.")
    if replaced := sum(one.replaced_by is not None and one.line in counted.lines for one in counted.cells.values()):
        notes.append(f"Cells that were replaced and do not count: {replaced}.")
    return notes
