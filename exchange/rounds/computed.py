"""Computed: the KPIs of what is handed in or tried, by the round's plan in force."""

from importlib import import_module, util

from exchange.rounds.offered import Offered
from exchange.services import Services
from schemas.round.submission import KpiValue


def values(services: Services, offered: Offered) -> tuple[KpiValue, ...]:
    """Own values of every KPI of the plan; none of a build in quarantine, which has no tables."""
    if offered.run is None or offered.in_quarantine or util.find_spec("exchange.rounds.values") is None:
        return ()
    found = import_module("exchange.rounds.values").values_of(
        services, offered.run, offered.dataset.metadata, offered.round.plan
    )
    return tuple(found)
