"""Uncertainties: what a line states with a hand-in: entered, or by a budget and the value itself."""

from collections.abc import Mapping, Sequence
from typing import Final

from exchange.roundrobin.budget import BUDGETED, DEFINITION, budget
from exchange.roundrobin.normalisation import by_amount
from exchange.roundrobin.refusals import Uncomputable
from exchange.rounds.offered import Offered
from schemas.round.choosing import Chosen
from schemas.round.plan import EvaluationPlan
from schemas.round.submission import KpiValue, Submission
from schemas.round.uncertainty import KeptBudget, KeptUncertainty

_K: Final = 2.0
_LEAST, _MOST = 1e-30, 1e30


def stated(on: Offered, values: Sequence[KpiValue]) -> tuple[KeptUncertainty, ...]:
    """Each with the unit that it is in, in the order of KPI ids; none by a budget where there is no value."""
    choices = _choices(on.round.plan)
    entered = [
        KeptUncertainty(**one.model_dump(), unit=choices[one.kpi].unit)
        for one in on.wanted.uncertainties
        if one.kpi in choices
    ]
    return _in_order(entered, budgets(on), choices, values)


def budgets(on: Offered) -> tuple[KeptBudget, ...]:
    """What is kept of the budgets: whole, so that the uncertainty follows the value when the plan is amended."""
    choices = _choices(on.round.plan)
    return tuple(
        KeptBudget(**one.model_dump(), measure=choices[one.kpi].measure)
        for one in on.wanted.budgets
        if one.kpi in choices
    )


def in_force(one: Submission, plan: EvaluationPlan, values: Sequence[KpiValue]) -> tuple[KeptUncertainty, ...]:
    """What a submission states by the plan in force: as entered, and by its budgets of these values."""
    by_budget = {said.kpi for said in one.budgets}
    entered = [said for said in one.uncertainties if said.kpi not in by_budget]
    return _in_order(entered, one.budgets, _choices(plan), values)


def _choices(plan: EvaluationPlan) -> dict[str, Chosen]:
    return {chosen.kpi.id: chosen.kpi for chosen in plan.kpis}


def _in_order(
    entered: Sequence[KeptUncertainty],
    said: Sequence[KeptBudget],
    choices: Mapping[str, Chosen],
    values: Sequence[KpiValue],
) -> tuple[KeptUncertainty, ...]:
    by_kpi = {one.kpi: one for one in values}
    made = [_by_budget(one, choices.get(one.kpi), by_kpi.get(one.kpi)) for one in said]
    return tuple(sorted((*entered, *(one for one in made if one is not None)), key=lambda one: one.kpi))


def _by_budget(said: KeptBudget, choice: Chosen | None, found: KpiValue | None) -> KeptUncertainty | None:
    if choice is None or choice.measure is not said.measure or choice.measure not in BUDGETED:
        return None
    if found is None or found.value is None:
        return None
    amount = found.parameters.get("amount")
    scale = by_amount(1.0, found.unit, float(amount)) if isinstance(amount, int | float) else 1.0
    try:
        made = budget(found.value, choice.measure, said, scale)
    except Uncomputable:
        return None  # A value of zero: nothing relative is above zero then.
    if not _LEAST <= _K * made.u <= _MOST:
        return None
    return KeptUncertainty(
        kpi=said.kpi,
        expanded=_K * made.u,
        k=_K,
        unit=found.unit,
        of_channel=made.of_channel,
        channel=said.channel,
        definition=DEFINITION,
    )
