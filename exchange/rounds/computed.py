"""Computed: what comes of a cell that is handed in or tried: its KPIs by the plan in force, and its conformance."""

from dataclasses import dataclass

from exchange.rounds import production
from exchange.rounds.offered import Offered
from exchange.rounds.values import values_of
from exchange.services import Services
from schemas.metadata import Metadata
from schemas.record.cell import Cell
from schemas.round.conformance import KeptTo
from schemas.round.submission import KpiValue


@dataclass(frozen=True)
class Computed:
    """Of one cell: KPIs in the order of the plan, and how its production kept to the protocol; None: nothing asked."""

    values: tuple[KpiValue, ...] = ()
    conformance: KeptTo | None = None


def computed(services: Services, offered: Offered) -> Computed:
    """Own results of every KPI and target; none of a build in quarantine, which has no tables."""
    if offered.run is None or offered.read_as is None or offered.in_quarantine or offered.cell is None:
        return Computed()
    name, maker = offered.cell.name, offered.line.organisation
    return Computed(
        values_of(services, offered.run, of_cell(offered.dataset.metadata, name), offered.round.plan, maker),
        production.conformance(services, offered.round.record, maker, name),
    )


def told(offered: Offered, found: Computed) -> Computed:
    """What of it whoever hands in is told: of how a line made the cell a test house learns nothing."""
    if not offered.by_house:
        return found
    made = {one.kpi.id for one in offered.round.plan.kpis if production.rests_on_it(one.kpi)}
    return Computed(tuple(one for one in found.values if one.kpi not in made))


def of_cell(record: Metadata, name: str) -> Metadata:
    """The record as that of this cell; one of a production run, which made many, names none."""
    if record.cell_id is not None:
        return record
    return record.model_copy(update={"cell": (record.cell or Cell()).model_copy(update={"id": name})})
