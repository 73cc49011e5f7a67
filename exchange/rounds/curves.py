"""Curves of a round: read from the builds that count, only the rows of the steps that the plan names."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from exchange.roundrobin.charge import Source, Way
from exchange.roundrobin.curve import CHARGE_UNIT, Curve, normalised
from exchange.roundrobin.curves_of_lines import Drawn, OfLines, evaluate_curves, own_places
from exchange.roundrobin.fading import capacity_of_cycle, retention_of_cycle
from exchange.roundrobin.rounding import curve_as_shown
from exchange.roundrobin.trace import Trace, WantedStep, trace_of
from exchange.roundrobin.voltage import dq_dv, voltage_of_charge
from exchange.rounds.counted import Counted
from exchange.services import Services
from schemas.round.evaluation import CurveEvaluation
from schemas.round.plan import CurvePlan
from storage import runs
from storage.query import TableReader
from storage.runs import StoredTable

OWN_STEP = "charge of its own step"
"""What a normalised curve is divided by: it is there for every cell, and tells no size."""
RESOLVED_V = 0.001
_NEEDED = ("timeseries", "steps", "cycles")
Kept = dict[str, dict[str, Curve]]


@dataclass(frozen=True)
class _Shapes:
    """Curves of one plan: voltage over charge, and dQ/dV, by code and cell."""

    voltage: Kept = field(default_factory=dict)
    dq_dv: Kept = field(default_factory=dict)


def of_round(services: Services, counted: Counted) -> tuple[CurveEvaluation, ...]:
    """For each curve of the plan voltage over charge and dQ/dV; and capacity over cycles, where there are several.

    Of each cell the newest build with tables is read, cell by cell: the rows of the step and no more.
    """
    plans = counted.round.plan.curves
    if not plans or counted.too_few:
        return ()
    shapes, fading = [_Shapes() for _ in plans], Kept()
    reference = min(one.cycle for one in plans)
    source = Source(counted.round.plan.charge_source.value)
    for (code, cell), stored in _builds(services, counted).items():
        reader = _reader(services, stored["timeseries"])
        steps, cycles = (_whole(services, stored[name]) for name in ("steps", "cycles"))
        for plan, kept in zip(plans, shapes, strict=True):
            trace = trace_of(reader, steps, WantedStep(Way.DISCHARGE, cycle=plan.cycle))
            kept.voltage.setdefault(code, {})[str(cell)] = _divided(voltage_of_charge(trace), plan, trace)
            kept.dq_dv.setdefault(code, {})[str(cell)] = _divided(dq_dv(trace), plan, trace)
        capacity = capacity_of_cycle(cycles, Way.DISCHARGE, source)
        fading.setdefault(code, {})[str(cell)] = retention_of_cycle(capacity, reference)
    found = [one for plan, kept in zip(plans, shapes, strict=True) for one in _of_plan(plan, kept)]
    return tuple(curve_as_shown(one) for one in (*found, *_of_cycles(fading, reference)))


def _builds(services: Services, counted: Counted) -> dict[tuple[str, int], dict[str, StoredTable]]:
    """The tables of each cell's newest build that has them; a cell without is absent."""
    found = {}
    with services.sessions.read() as session:
        for place, of in counted.counting.items():
            for one in of:
                tables = {name: runs.table(session, one.run, name) for name in _NEEDED}
                there = {name: table for name, table in tables.items() if table is not None}
                if len(there) == len(_NEEDED):
                    found[place] = there
                    break
    return found


def _reader(services: Services, stored: StoredTable) -> TableReader:
    return TableReader(services.objects, stored.key, stored.table.bytes)


def _whole(services: Services, stored: StoredTable) -> pa.Table:
    return _reader(services, stored).rows(None, 0, stored.table.rows)


def _divided(curve: Curve, plan: CurvePlan, trace: Trace) -> Curve:
    charge = trace.parameters.get("charge_ah")
    if not plan.normalised or curve.reason or not isinstance(charge, float):
        return curve
    return normalised(curve, charge, CHARGE_UNIT, OWN_STEP)


def _of_plan(plan: CurvePlan, kept: _Shapes) -> list[CurveEvaluation]:
    share = f"by {OWN_STEP}" if plan.normalised else ""
    over = Drawn(plan.label, "voltage", f"charge {share}".strip(), RESOLVED_V)
    slope = Drawn(f"{plan.label}, dQ/dV", f"dQ/dV {share}".strip(), "voltage")
    grid = own_places(kept.dq_dv)
    made = [evaluate_curves(over, kept.voltage)]
    return [*made, evaluate_curves(slope, kept.dq_dv, grid)] if len(grid) > 1 else made


def _of_cycles(fading: OfLines, reference: int) -> list[CurveEvaluation]:
    cycles = own_places(fading)
    if len(cycles) < 2 or not np.isfinite(cycles).all():
        return []
    drawn = Drawn("Capacity over cycles", f"share of the capacity of cycle {reference}", "cycle")
    return [evaluate_curves(drawn, fading, cycles)]
