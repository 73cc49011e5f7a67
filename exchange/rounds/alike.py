"""Alike: whether a round's cells were alike and stayed so, judged against the plan's sigma_pt, in a sentence."""

from collections.abc import Sequence
from dataclasses import asdict

from exchange.reporting.words import spread, with_unit
from exchange.roundrobin.homogeneity import Homogeneity, Stability, homogeneity, stability
from schemas.errors import Refused, Trouble
from schemas.round.check import CheckData, CheckVerdict, HomogeneityData, KeptCheck, StabilityData
from schemas.round.plan import EvaluationPlan, KpiPlan
from schemas.round.round import Round

_VERDICTS = frozenset({"alike", "alike_with_allowance", "stable", "stable_with_allowance", "definition"})


def judged(data: CheckData, round: Round) -> CheckVerdict:
    """By the plan in force; `Refused` with everything that stands against it."""
    chosen = _chosen(round.plan, data.kpi)
    if troubles := [*_of_kpi(data.kpi, chosen, round.plan), *_of_data(data)]:
        raise Refused("The cells cannot be judged by these results.", errors=tuple(troubles))
    assert chosen is not None and chosen.sigma_pt is not None  # Else it had been refused.
    found = _computed(data, chosen.sigma_pt)
    met, loosely = _met(found)
    return CheckVerdict(
        definition=found.definition,
        plan=round.plans[-1].number if round.plans else 0,
        sigma_pt=chosen.sigma_pt,
        unit=chosen.kpi.unit,
        met=met,
        met_with_allowance=loosely,
        statistics={name: float(value) for name, value in asdict(found).items() if name not in _VERDICTS},
        sentence=_sentence(data, found, chosen),
    )


def notes(checks: Sequence[KeptCheck], round: Round) -> list[str]:
    """A sentence for each check of a KPI of the plan in force, by that plan; none is left out for what it says."""
    found = []
    for one in checks:
        chosen = _chosen(round.plan, one.kpi)
        if one.data is None or chosen is None:
            continue
        if chosen.sigma_pt is None:
            found.append(f"{one.check.value.capitalize()} of {one.kpi}: not judged, since the plan has no σ_pt for it.")
        else:
            found.append(judged(one.data, round).sentence)
    return found


def _chosen(plan: EvaluationPlan, kpi: str) -> KpiPlan | None:
    return next((one for one in plan.kpis if one.kpi.id == kpi), None)


def _of_kpi(kpi: str, chosen: KpiPlan | None, plan: EvaluationPlan) -> list[Trouble]:
    if chosen is None:
        known = ", ".join(one.kpi.id for one in plan.kpis)
        return [Trouble(pointer="/kpi", message=f"is no KPI of the round's plan; its KPIs are {known}", value=kpi)]
    if chosen.sigma_pt is None:
        said = "is judged by the results' own spread; cells are judged by a σ_pt that the plan names before"
        return [Trouble(pointer="/kpi", message=said, value=kpi)]
    return []


def _of_data(data: CheckData) -> list[Trouble]:
    if isinstance(data, StabilityData):
        return [
            _few(f"/{name}", f"has {_results(len(given))}; its uncertainty takes two")
            for name, given in (("before", data.before), ("after", data.after))
            if len(given) < 2
        ]
    if len(data.items) < 2:
        return [_few("/items", f"has {len(data.items)}; whether cells are alike takes two of them, ten are usual")]
    m = max(len(one) for one in data.items)
    if m < 2:
        return [_few("/items", "has one result for each cell; it takes two, to tell cells from repeats")]
    return [
        _few(f"/items/{at}", f"has {_results(len(one))} where others have {m}; every cell needs as many")
        for at, one in enumerate(data.items)
        if len(one) != m
    ]


def _few(pointer: str, message: str) -> Trouble:
    return Trouble(pointer=pointer, message=message)


def _results(count: int) -> str:
    return f"{count or 'no'} result{'' if count == 1 else 's'}"


def _computed(data: CheckData, sigma_pt: float) -> Homogeneity | Stability:
    if isinstance(data, HomogeneityData):
        return homogeneity(data.items, sigma_pt)
    return stability(data.before, data.after, sigma_pt)


def _met(found: Homogeneity | Stability) -> tuple[bool, bool]:
    """By the plain limit, and by the one that allows for chance."""
    if isinstance(found, Homogeneity):
        return found.alike, found.alike_with_allowance
    return found.stable, found.stable_with_allowance


def _sentence(data: CheckData, found: Homogeneity | Stability, chosen: KpiPlan) -> str:
    unit, kpi = chosen.kpi.unit, chosen.kpi.id
    limit = f"0.3 σ_pt = {with_unit(spread(found.limit), unit)}"
    allowed = with_unit(spread(found.limit_with_allowance), unit)
    if isinstance(found, Homogeneity):
        said = (
            f"Homogeneity of {kpi}: {found.g} cells measured {found.m} times differ by s_s = "
            f"{with_unit(spread(found.s_s), unit)}"
        )
        return f"{said}; {_against(found, limit, allowed)}."
    assert isinstance(data, StabilityData)  # As it was computed of such.
    said = (
        f"Stability of {kpi}: {len(data.before)} results before and {len(data.after)} after differ in their means by "
        f"{with_unit(spread(found.difference), unit)}"
    )
    return f"{said}; {_against(found, limit, allowed)}."


def _against(found: Homogeneity | Stability, limit: str, allowed: str) -> str:
    met, with_allowance = _met(found)
    if met:
        return f"within {limit}"
    if with_allowance:
        return f"beyond {limit}, within {allowed}, which allows for chance"
    return (
        f"beyond {limit}, and beyond {allowed}, which allows for chance: scores of this KPI hold differences of cells"
    )
