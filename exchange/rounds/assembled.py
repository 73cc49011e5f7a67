"""Assembled: an evaluation of a round from what counts of it, under codes, with no more digits than are shown."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from access.rounds import FEWEST
from exchange import conform
from exchange.roundrobin.evaluate import evaluate_kpi, withheld
from exchange.roundrobin.rounding import as_shown, shown
from exchange.roundrobin.yields import line_yield
from exchange.rounds import alike, paired
from exchange.rounds.counted import Counted
from exchange.rounds.offered import DEVIATES, LEFT_OUT, TWICE, UNJUDGED
from exchange.rounds.under_codes import handed
from schemas.round.conformance import TargetEvaluation
from schemas.round.curves import CurveEvaluation
from schemas.round.evaluation import CodedYield, Evaluation, Figure, KpiEvaluation, LateLine
from schemas.round.kpis import Yield
from schemas.round.plan import KpiPlan
from schemas.round.round import Identity, RoundKind
from schemas.round.submission import Submission

DECLARED = frozenset({DEVIATES, UNJUDGED, LEFT_OUT})
TOO_FEW = f"Fewer than {FEWEST} organisations have an accepted cell: everybody reads own results only."
TARGET_OF_FEW = f"Fewer than {FEWEST} organisations have reported it: each line reads its own alone."
OF_FEW = f"Fewer than {FEWEST} organisations have a value of this KPI: everybody reads own results only."
NO_BATCH = "No record names the batch of its cell: what batches differ by is not told from what cells differ by."


@dataclass(frozen=True)
class Made:
    """Which evaluation of the round it is, when it was made, and by which software."""

    number: int
    at: datetime
    software: str


def assembled(counted: Counted, made: Made, curves: tuple[CurveEvaluation, ...] = ()) -> Evaluation:
    """All KPIs of the plan in force, curves, yields, and what came late, apart.

    Of fewer than five organisations nothing is computed that compares: what is not there is told by nobody.
    """
    record, plan = counted.round.record, counted.round.plan
    withdrawn = sorted(one.code for one in counted.lines.values() if one.withdrawn_at is not None)
    made_of = Evaluation(
        round=counted.round.id,
        title=record.title,
        number=made.number,
        kind=record.kind,
        identity=record.identity,
        confounded=record.confounded,
        protocol=record.protocol.name,
        protocol_version=record.protocol.version,
        plan_sha256=plan.sha256,
        levels=plan.levels,
        software=made.software,
        evaluated_at=made.at,
        p=len(counted.codes),
        cells=len(counted.counting),
        kpis=tuple(withheld(record, chosen, TOO_FEW) for chosen in plan.kpis),
        # Who withdrew is known by name: beside a code it would tell whose that is.
        withdrawn=tuple(withdrawn) if record.identity is Identity.OPEN else (),
        amendments=tuple(
            f"{f'{one.at:%Y-%m-%d}: ' if one.at else ''}{one.reason}" for one in counted.round.plans if one.number > 0
        ),
        conflicts=counted.conflicts,
        notes=tuple(_notes(counted, len(withdrawn))),
        names=counted.names,
    )
    return made_of if counted.too_few else made_of.model_copy(update=_compared(counted, curves))


def _compared(counted: Counted, curves: tuple[CurveEvaluation, ...]) -> dict[str, object]:
    return {
        "kpis": tuple(as_shown(kpi_of(counted, chosen)) for chosen in counted.round.plan.kpis),
        "youden": tuple(paired.of(counted, pair) for pair in counted.round.plan.youden),
        "curves": curves,
        "yields": _yields(counted) if counted.round.record.kind is RoundKind.MANUFACTURING else (),
        "conformance": _conformance(counted),
        "late": _late(counted),
        "deviations": tuple(_deviations(counted)),
    }


def kpi_of(counted: Counted, chosen: KpiPlan) -> KpiEvaluation:
    """One KPI evaluated, in all its digits; of fewer than five organisations nothing is told."""
    kpi = chosen.kpi.id
    if kpi in counted.of_few:
        return withheld(counted.round.record, chosen, OF_FEW)
    return evaluate_kpi(counted.round.record, counted.round.plan, chosen, handed(counted, kpi))


def _yields(counted: Counted) -> tuple[CodedYield, ...]:
    """Built and passed as production runs count them where the plan asks for it, else of the cells of the round."""
    of_round = Counter(counted.lines[one.line].code for one in counted.cells.values() if one.line in counted.lines)
    accepted = Counter(code for code, _ in counted.counting)
    analysed = Counter(code for (code, _), of in counted.counting.items() if _analysed(counted, of))
    asked = next((one.kpi.id for one in counted.round.plan.kpis if isinstance(one.kpi, Yield)), None)
    of_runs = None if asked is None else _counted_in_runs(counted, asked)
    found = []
    for code in sorted(of_round):
        built, passed = (of_round[code], accepted[code]) if of_runs is None else of_runs.get(code, (0, 0))
        if built:
            share = _share(passed, built)
            found.append(CodedYield(code=code, built=built, passed=passed, analysed=analysed[code], share=share))
    return tuple(found) if counted.organisations(one.code for one in found) >= FEWEST else ()


def _analysed(counted: Counted, of: tuple[Submission, ...]) -> bool:
    values = [counted.value(of, chosen.kpi.id) for chosen in counted.round.plan.kpis]
    return any(one is not None and one.value is not None for one in values)


def _counted_in_runs(counted: Counted, kpi: str) -> dict[str, tuple[int, int]]:
    """Built and passed by code: the sum over runs, of which each cell of the line tells its own."""
    runs: dict[str, set[tuple[int, int]]] = {}
    for (code, _), of in counted.counting.items():
        value = counted.value(of, kpi)
        said = value.parameters if value else {}
        built, passed = said.get("built"), said.get("passed")
        if isinstance(built, int) and isinstance(passed, int):
            runs.setdefault(code, set()).add((built, passed))
    return {code: (sum(built for built, _ in each), sum(passed for _, passed in each)) for code, each in runs.items()}


def _conformance(counted: Counted) -> tuple[TargetEvaluation, ...]:
    """Of each cell once; of production nothing but how many cells kept to each target, and no value."""
    record = counted.round.record
    cells = [(code, counted.kept_to(of)) for (code, _), of in counted.counting.items()]
    found = conform.counted(record.targets, cells, record.identity is Identity.CODED)
    few = counted.targets_of_few
    nothing = {"lines": (), "withheld": TARGET_OF_FEW}
    return tuple(one.model_copy(update=nothing) if at in few else one for at, one in enumerate(found))


def _share(passed: int, built: int) -> Figure:
    found = line_yield(passed, built)
    return Figure(value=found.share, low=found.interval.low, high=found.interval.high)


def _late(counted: Counted) -> tuple[LateLine, ...]:
    """In the order of codes and cells, of KPIs that are compared; a line with a late cell may have others in time."""
    found = []
    of_few = counted.of_few
    for chosen in (one for one in counted.round.plan.kpis if one.kpi.id not in of_few):
        by_code: dict[str, list[float | None]] = {}
        for (code, _), of in counted.late.items():
            if value := counted.value(of, chosen.kpi.id):
                by_code.setdefault(code, []).append(shown(value.value, chosen.kpi.digits))
        found += [LateLine(code=code, kpi=chosen.kpi.id, values=tuple(values)) for code, values in by_code.items()]
    return tuple(found)


def _deviations(counted: Counted) -> list[str]:
    """Which cells were taken although something stood against them: what the line declared, by name.

    Which of the platform's checks found something stays between line and coordinator, for it tells file and instrument;
    so does the reason why it was taken. That another line has the same bytes is for the coordinator alone.
    """
    found = []
    for (code, cell), of in counted.counting.items():
        failed = {rule for one in of for rule in one.failed_rules} - {TWICE}
        said = [*sorted(failed & DECLARED), *(["findings of the checks"] if failed - DECLARED else [])]
        if said:
            found.append(f"{code}, cell {cell}: accepted with {', '.join(said)}")
    return found


def _notes(counted: Counted, withdrawn: int) -> list[str]:
    notes = []
    if silent := sorted({one.code for one in counted.lines.values()} - set(counted.codes)):
        notes.append(f"No accepted cell in time: {', '.join(silent)}.")
    if withdrawn:
        notes.append(f"Lines that withdrew after opening: {withdrawn}. What they handed in stays under their codes.")
    if replaced := sum(one.replaced_by is not None and one.line in counted.lines for one in counted.cells.values()):
        notes.append(f"Cells that were replaced and do not count: {replaced}.")
    makes = counted.round.record.kind is RoundKind.MANUFACTURING
    if makes and not any(one.batch for of in counted.counting.values() for one in of):
        notes.append(NO_BATCH)
    return [*notes, *alike.notes(counted.checks, counted.round)]
