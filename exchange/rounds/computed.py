"""Computed: the KPIs of what is handed in or tried, by the round's plan in force."""

from exchange.rounds.offered import Offered
from exchange.rounds.values import values_of
from exchange.services import Services
from schemas.round.submission import KpiValue


def values(services: Services, offered: Offered) -> tuple[KpiValue, ...]:
    """Own values of every KPI of the plan; none of a build in quarantine, which has no tables."""
    if offered.run is None or offered.read_as is None or offered.in_quarantine:
        return ()
    return values_of(services, offered.run, offered.dataset.metadata, offered.round.plan)
