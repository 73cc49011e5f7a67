"""Curves of a round: read from the builds that count, only the rows of the steps that the plan names."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa

from access.rounds import FEWEST
from exchange.roundrobin.charge import Source, Way
from exchange.roundrobin.curve import CHARGE_UNIT, Curve, CurveDefinition, normalised
from exchange.roundrobin.curves_of_lines import Drawn, OfLines, evaluate_curves, own_places
from exchange.roundrobin.fading import capacity_of_cycle, retention_of_cycle
from exchange.roundrobin.rounding import curve_as_shown
from exchange.roundrobin.trace import STEP_COLUMNS, Trace, WantedStep, trace_of
from exchange.roundrobin.verdict import Alphas
from exchange.roundrobin.voltage import dq_dv, voltage_of_charge
from exchange.rounds.counted import Counted
from exchange.services import Services
from schemas.round.curves import CurveEvaluation
from schemas.round.plan import CurvePlan
from storage import runs
from storage.query import TableReader
from storage.runs import StoredTable

OWN_STEP = "charge of its own step"
"""What a normalised curve is divided by: it is there for every cell, and tells no size."""
RESOLVED_V = 0.001
OF_FEW = f"Fewer than {FEWEST} organisations have this curve: it is not compared."
_NEEDED = ("timeseries", "steps", "cycles")
NO_CURVE: Final = "its tables do not give this curve"
"""Stands for every reason under a code, as for KPIs: what a step lacks tells the instrument that recorded it."""
NO_TABLES: Final = CurveDefinition("", "", "").refuse("no build of it has tables of its time series, steps and cycles")
READERS = 2
"""So many cells are read at a time: an object store answers each request after a while."""


@dataclass(frozen=True)
class _OfCell:
    """Curves of one cell: for each curve of the plan voltage over charge and dQ/dV, and capacity over cycles."""

    voltage: tuple[Curve, ...]
    dq_dv: tuple[Curve, ...]
    fading: Curve


def of_round(services: Services, counted: Counted) -> tuple[CurveEvaluation, ...]:
    """For each curve of the plan voltage over charge and dQ/dV; and capacity over cycles, where there are several.

    Of each cell the newest build with tables is read, a few cells at a time: the rows of the step and no more. A
    cell without has no curve, and the evaluation says so.
    """
    plans = counted.round.plan.curves
    if not plans or counted.too_few:
        return ()
    alphas = counted.round.plan.levels.pair
    reference = min(one.cycle for one in plans)
    source = Source(counted.round.plan.charge_source.value)
    builds = _builds(services, counted)
    with ThreadPoolExecutor(READERS, thread_name_prefix="curves") as readers:
        found = readers.map(lambda stored: _of_cell(services, stored, plans, reference, source), builds.values())
        read = dict(zip(builds, found, strict=True))
    without = _OfCell((NO_TABLES,) * len(plans), (NO_TABLES,) * len(plans), NO_TABLES)
    cells = {place: read.get(place, without) for place in counted.counting}
    drawn = [one for at, plan in enumerate(plans) for one in _of_plan(plan, at, cells, alphas)]
    fading = _of_lines(cells, lambda one: one.fading)
    every = (*drawn, *_of_cycles(fading, reference, alphas))
    return tuple(curve_as_shown(of_enough(one, counted)) for one in every)


def _of_cell(
    services: Services, stored: dict[str, StoredTable], plans: Sequence[CurvePlan], reference: int, source: Source
) -> _OfCell:
    reader = _reader(services, stored["timeseries"])
    steps, cycles = _whole(services, stored["steps"], STEP_COLUMNS), _whole(services, stored["cycles"])
    traces = [trace_of(reader, steps, WantedStep(Way.DISCHARGE, cycle=plan.cycle)) for plan in plans]
    capacity = capacity_of_cycle(cycles, Way.DISCHARGE, source)
    return _OfCell(
        tuple(_divided(voltage_of_charge(one), plan, one) for one, plan in zip(traces, plans, strict=True)),
        tuple(_divided(dq_dv(one), plan, one) for one, plan in zip(traces, plans, strict=True)),
        _under_code(retention_of_cycle(capacity, reference)),
    )


def _of_lines(cells: Mapping[tuple[str, int], _OfCell], curve: Callable[[_OfCell], Curve]) -> OfLines:
    found: dict[str, dict[str, Curve]] = {}
    for (code, cell), one in cells.items():
        found.setdefault(code, {})[str(cell)] = curve(one)
    return found


def of_enough(curve: CurveEvaluation, counted: Counted) -> CurveEvaluation:
    """The curve; of fewer than five organisations nothing but that, and what it would have shown."""
    if not curve.lines or counted.organisations(one.code for one in curve.lines) >= FEWEST:
        return curve
    nothing = {
        "axis": (),
        "lines": (),
        "consensus": (),
        "robust_s": (),
        "h_limit": None,
        "k_limit": None,
        "absent": (),
        "without": (),
    }
    return curve.model_copy(update=nothing | {"refused": OF_FEW})


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


def _whole(services: Services, stored: StoredTable, columns: Sequence[str] | None = None) -> pa.Table:
    return _reader(services, stored).rows(columns, 0, stored.table.rows)


def _divided(curve: Curve, plan: CurvePlan, trace: Trace) -> Curve:
    charge = trace.parameters.get("charge_ah")
    if not plan.normalised or curve.reason or not isinstance(charge, float):
        return _under_code(curve)
    return normalised(curve, charge, CHARGE_UNIT, OWN_STEP)


def _under_code(curve: Curve) -> Curve:
    return replace(curve, reason=NO_CURVE) if curve.reason else curve


def _of_plan(
    plan: CurvePlan, at: int, cells: Mapping[tuple[str, int], _OfCell], alphas: Alphas
) -> list[CurveEvaluation]:
    share = f"by {OWN_STEP}" if plan.normalised else ""
    over = Drawn(plan.label, "voltage", f"charge {share}".strip(), RESOLVED_V, alphas)
    slope = Drawn(f"{plan.label}, dQ/dV", f"dQ/dV {share}".strip(), "voltage", alphas=alphas)
    voltages, slopes = _of_lines(cells, lambda one: one.voltage[at]), _of_lines(cells, lambda one: one.dq_dv[at])
    grid = own_places(slopes)
    return [evaluate_curves(over, voltages), evaluate_curves(slope, slopes, grid if len(grid) > 1 else None)]


def _of_cycles(fading: OfLines, reference: int, alphas: Alphas) -> list[CurveEvaluation]:
    cycles = own_places(fading)
    if len(cycles) < 2 or not np.isfinite(cycles).all():
        return []
    drawn = Drawn("Capacity over cycles", f"share of the capacity of cycle {reference}", "cycle", alphas=alphas)
    return [evaluate_curves(drawn, fading, cycles)]
