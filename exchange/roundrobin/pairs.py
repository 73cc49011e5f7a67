"""A Youden pair of a plan, evaluated: two KPIs of each line, or one KPI of two cells that went round."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exchange.roundrobin.cells import CellResult
from exchange.roundrobin.evaluate import mixed
from exchange.roundrobin.level import summary
from exchange.roundrobin.refusals import Uncomputable
from exchange.roundrobin.verdict import FEWEST, power
from exchange.roundrobin.youden import youden
from schemas.round.kpis import KpiChoice
from schemas.round.youden import PairOfLine, YoudenEvaluation, YoudenPair


@dataclass(frozen=True)
class Item:
    """One of the two: how it is called, and its results that are kept."""

    label: str
    results: tuple[CellResult, ...]

    @property
    def by_line(self) -> dict[str, float]:
        """The mean of each line that has a result."""
        values: dict[str, list[float]] = {}
        for one in self.results:
            if one.value is not None:
                values.setdefault(one.code, []).append(one.value)
        return {code: summary(there)[0] for code, there in sorted(values.items())}


def items(
    pair: YoudenPair, kpis: Mapping[str, KpiChoice], kept: Mapping[str, Sequence[CellResult]]
) -> tuple[Item, Item]:
    """Both items of a pair, from the results of each KPI that are kept."""
    label = kpis[pair.kpi].label
    if pair.cells is None:
        assert pair.other is not None, "a pair names a second KPI or two cells"
        return Item(label, tuple(kept[pair.kpi])), Item(kpis[pair.other].label, tuple(kept[pair.other]))
    of_cell = [tuple(one for one in kept[pair.kpi] if one.item == name) for name in pair.cells]
    first, second = (f"{label}, cell {name}" for name in pair.cells)
    return Item(first, of_cell[0]), Item(second, of_cell[1])


def evaluate_pair(kpi: KpiChoice, both: tuple[Item, Item], alpha: float) -> YoudenEvaluation:
    """All lines that have both items; what these do not allow is said in `refused`."""
    first, second = (one.by_line for one in both)
    codes = [code for code in first if code in second]
    base = YoudenEvaluation(
        first=both[0].label,
        second=both[1].label,
        unit=kpi.unit,
        digits=kpi.digits,
        p=len(codes),
        alpha=alpha,
        power=power(len(codes)).value,
        absent=tuple(sorted(set(first) ^ set(second))),
    )
    if refused := next((said for one in both if (said := mixed(one.results, kpi.unit))), ""):
        return base.model_copy(update={"refused": refused})
    try:
        found = youden([first[code] for code in codes], [second[code] for code in codes], alpha)
    except Uncomputable as why:
        return base.model_copy(update={"refused": why.message})
    outside = {codes[place] for place in found.outside} if len(codes) >= FEWEST else set()
    facts: dict[str, object] = {
        "points": tuple(
            PairOfLine(code=code, first=first[code], second=second[code], outside=code in outside) for code in codes
        ),
        "centre": found.centre,
        "radius": found.radius,
        "s_random": found.s_random,
        "s_total": found.s_total,
        "s_between": found.s_between,
        "definition": found.definition,
    }
    return base.model_copy(update=facts)
