"""Uncertainties: what a line states with a hand-in, as it is kept: entered, or by a budget and the value itself."""

from collections.abc import Iterator
from typing import Final

from exchange.roundrobin.budget import BUDGETED, DEFINITION, budget
from exchange.roundrobin.normalisation import by_amount
from exchange.roundrobin.refusals import Uncomputable
from exchange.rounds.offered import Offered
from schemas.round.choosing import Chosen
from schemas.round.submission import KpiValue
from schemas.round.uncertainty import KeptUncertainty, StatedBudget

_K: Final = 2.0
_LEAST, _MOST = 1e-30, 1e30


def stated(on: Offered, values: tuple[KpiValue, ...]) -> tuple[KeptUncertainty, ...]:
    """Each with the unit that it is in, in the order of KPI ids; none by a budget where there is no value."""
    choices: dict[str, Chosen] = {chosen.kpi.id: chosen.kpi for chosen in on.round.plan.kpis}
    entered = [
        KeptUncertainty(**one.model_dump(), unit=choices[one.kpi].unit)
        for one in on.wanted.uncertainties
        if one.kpi in choices
    ]
    return tuple(sorted((*entered, *_by_budgets(on.wanted.budgets, choices, values)), key=lambda one: one.kpi))


def _by_budgets(
    budgets: tuple[StatedBudget, ...], choices: dict[str, Chosen], values: tuple[KpiValue, ...]
) -> Iterator[KeptUncertainty]:
    by_kpi = {one.kpi: one for one in values}
    for said in budgets:
        choice, found = choices.get(said.kpi), by_kpi.get(said.kpi)
        if choice is None or found is None or found.value is None or choice.measure not in BUDGETED:
            continue
        amount = found.parameters.get("amount")
        scale = by_amount(1.0, found.unit, float(amount)) if isinstance(amount, int | float) else 1.0
        try:
            made = budget(found.value, choice.measure, said, scale)
        except Uncomputable:
            continue  # A value of zero: nothing relative is above zero then.
        if _LEAST <= _K * made.u <= _MOST:
            yield KeptUncertainty(
                kpi=said.kpi,
                expanded=_K * made.u,
                k=_K,
                unit=found.unit,
                of_channel=made.of_channel,
                channel=said.channel,
                definition=DEFINITION,
            )
