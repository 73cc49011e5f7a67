"""Beside: lines of a free comparison by the statistics of round robins, for what every one of them has measured."""

from collections.abc import Iterable, Mapping, Sequence

from exchange.roundrobin.aggregates import together
from exchange.roundrobin.cells import CellResult, Handed, level_of_cells
from exchange.roundrobin.judge import by_themselves, judged, look
from exchange.roundrobin.verdict import power
from schemas.comparison import Beside
from schemas.delivery import CycleSummary, Summary
from schemas.round.evaluation import Aggregates, Judged
from schemas.round.plan import EvaluationPlan

CAPACITY, EFFICIENCY = "discharge capacity", "first-cycle efficiency"
Cells = Mapping[str, Sequence[Summary]]
"""Cells by owner and line."""


def beside(lines: Cells) -> tuple[Beside, ...]:
    """First-cycle efficiency, and discharge capacity of the first and the last cycle that every line has measured."""
    cycles = [{one.cycle for cell in cells for one in cell.cycles if measured(one)} for cells in lines.values()]
    common = set.intersection(*cycles) if cycles else set()
    efficiency = {line: [cell.first_cycle_efficiency for cell in cells] for line, cells in lines.items()}
    found = [_of(EFFICIENCY, "1", None, efficiency)]
    for cycle in sorted({min(common), max(common)} if common else ()):
        capacity = {line: [_capacity(cell, cycle) for cell in cells] for line, cells in lines.items()}
        found.append(_of(CAPACITY, "A.h", cycle, capacity))
    return tuple(found)


def first_efficiency(cycles: Iterable[CycleSummary]) -> float | None:
    """The first cycle's efficiency, where it was measured whole."""
    return next((one.coulombic_efficiency for one in cycles if one.cycle == 1 and measured(one)), None)


def measured(one: CycleSummary) -> bool:
    """Neither a leading half (cycle 0) nor a cycle that the end of the file cut off."""
    return one.cycle > 0 and one.truncated is False


def _capacity(cell: Summary, cycle: int) -> float | None:
    return next((one.discharge_capacity_ah for one in cell.cycles if one.cycle == cycle and measured(one)), None)


def _of(quantity: str, unit: str, cycle: int | None, values: Mapping[str, Sequence[float | None]]) -> Beside:
    results = tuple(
        CellResult(line, number, value, unit, quantity)
        for line, cells in values.items()
        for number, value in enumerate(cells, 1)
    )
    handed, level = Handed(tuple(values), results), level_of_cells(results, unit)
    if level.p < 2:
        return Beside(
            quantity=quantity,
            unit=unit,
            cycle=cycle,
            power=power(level.p).value,
            all_results=Aggregates(p=level.p, results=sum(level.n)),
            judged=Judged(lines=by_themselves(level, handed, results)),
            refused=f"There are values of {level.p} line{'' if level.p == 1 else 's'}; at least two are compared.",
        )
    by = together(level, _PLAN.kpis[0])
    found = look(level, _PLAN, _PLAN.kpis[0], by, {})
    return Beside(
        quantity=quantity,
        unit=unit,
        cycle=cycle,
        power=power(level.p).value,
        all_results=by.aggregates,
        judged=judged(found, _PLAN, handed, results),
        definitions=(*by.definitions, *found.definitions),
    )


_PLAN = EvaluationPlan.model_validate(
    {
        "kpis": [
            {"kpi": {"kind": "cycle-capacity", "id": "q", "label": "Capacity", "cycle": 1}, "sigma_from": "own-spread"}
        ]
    }
)
"""Nothing is prescribed in a free comparison: consensus and spread are those of the results."""
