"""From what a coordinator chose to KPIs of a cell: each kind by its definition, in an order that fits, normalised."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

import pyarrow as pa
import pyarrow.compute as pc

from exchange.roundrobin import capacity, efficiency, resistance
from exchange.roundrobin.capacity import Base, Basis, Discharge
from exchange.roundrobin.charge import Source, Way
from exchange.roundrobin.normalisation import CellFacts, missing, normalised
from exchange.roundrobin.production import PARAMETER, UNCOUNTED, Counted, production_value, yield_of
from exchange.roundrobin.retention import CYCLE_RETENTION, RETENTION, Ageing, capacity_ratio, cycle_retention, retention
from exchange.roundrobin.value import Definition, Kpi
from schemas.round import kpis as kinds
from schemas.round.choosing import AtRate, RateBase

__all__ = ["CellFacts", "Counted", "Tables", "computed"]


@dataclass(frozen=True)
class Tables:
    """The small tables of a build (docs/tables.md), None where it has none; of production the cell's own values."""

    cycles: pa.Table | None = None
    steps: pa.Table | None = None
    pulses: pa.Table | None = None
    rests: pa.Table | None = None
    parameters: pa.Table | None = None
    counted: Counted = UNCOUNTED


def computed(
    choices: Sequence[kinds.KpiChoice], tables: Tables, facts: CellFacts, source: Source = Source.INTEGRATED
) -> dict[str, Kpi]:
    """Each chosen KPI by its id, as chosen: normalised, with a reason where it cannot be computed, never 0 instead.

    `choices` stand so that each comes after those it refers to (`EvaluationPlan.in_order`). Where charge counts, the
    KPI by both sources stands in its parameters, with the difference in ppm of the integral.
    """
    both = {one: _absolute(choices, _Cell(tables, facts, one)) for one in Source}
    return {
        choice.id: _compared(*(normalised(both[one][choice.id], choice, facts) for one in (source, *Source)))
        for choice in choices
    }


@dataclass(frozen=True)
class _Cell:
    """What the KPIs of one cell are computed from; `done` holds absolute ones by id."""

    tables: Tables
    facts: CellFacts
    source: Source
    done: dict[str, Kpi] = field(default_factory=dict)


def _absolute(choices: Sequence[kinds.KpiChoice], cell: _Cell) -> dict[str, Kpi]:
    by_id = {one.id: one for one in choices}
    for choice in choices:
        cell.done[choice.id] = _of(choice, cell, by_id)
    return cell.done


def _compared(chosen: Kpi, integrated: Kpi, counted: Kpi) -> Kpi:
    """The KPI with what the other source says."""
    if "source" not in chosen.parameters:
        return chosen
    said: dict[str, object] = {"integrated": integrated.value, "counter": counted.value}
    if counted.value is None:
        said["no_counter"] = counted.reason
    elif integrated.value:
        said["difference_ppm"] = (counted.value - integrated.value) / integrated.value * 1e6
    return replace(chosen, parameters={**chosen.parameters, **said})


def _of(choice: kinds.KpiChoice, cell: _Cell, by_id: Mapping[str, kinds.KpiChoice]) -> Kpi:
    """One KPI, not normalised."""
    match choice:
        case kinds.CapacityAtRate() | kinds.EnergyAtRate():
            return _at_rate(choice, cell)
        case kinds.CapacityRatio():
            return capacity_ratio(cell.done[choice.of], cell.done[choice.by])
        case kinds.CapacityRetention():
            return _retention(choice, cell, by_id[choice.of])
        case kinds.DcResistance():
            return _resistance(choice, cell)
        case kinds.RestVoltage():
            after, occurrence = Way(choice.after), capacity.Occurrence(choice.occurrence.value)
            return resistance.rest_voltage(cell.tables.rests, after, choice.least_s, occurrence)
        case kinds.ProductionKpi():
            if cell.tables.parameters is None:
                definition = replace(PARAMETER, unit=choice.unit)
                return definition.refuse("no production run tells of this cell: upload it under the cell's own name")
            return production_value(cell.tables.parameters, choice)
        case kinds.Yield():
            return yield_of(cell.tables.counted)
        case _:
            return _of_cycles(choice, cell)


_OfCycles = (
    kinds.CycleCapacity
    | kinds.CycleRetention
    | kinds.FirstCycleEfficiency
    | kinds.CoulombicEfficiency
    | kinds.CycleEnergy
    | kinds.EnergyEfficiency
    | kinds.MeanVoltage
    | kinds.CvShare
    | kinds.EquivalentFullCycles
)


def _of_cycles(choice: _OfCycles, cell: _Cell) -> Kpi:
    definition, cycles, made = _DEFINITIONS[type(choice)], cell.tables.cycles, cell.facts.configuration
    why = _no_cycles(cell)
    if cycles is None or made is None or why:
        return definition.refuse(why)
    match choice:
        case kinds.CycleCapacity():
            return efficiency.cycle_capacity(cycles, choice.cycle, Way(choice.way), cell.source)
        case kinds.FirstCycleEfficiency():
            return efficiency.first_cycle_efficiency([cycles], made, cell.source)
        case kinds.CoulombicEfficiency():
            pulses = cell.tables.pulses if choice.pulses == "excluded" else None
            return efficiency.coulombic_efficiency(cycles, choice.cycle, made, cell.source, pulses)
        case kinds.CycleEnergy():
            return efficiency.cycle_energy(cycles, choice.cycle, Way(choice.way), made)
        case kinds.EnergyEfficiency():
            return efficiency.energy_efficiency(cycles, choice.cycle, made)
        case kinds.MeanVoltage():
            return efficiency.mean_voltage(cycles, choice.cycle, Way(choice.way))
        case kinds.CvShare():
            return efficiency.cv_share(cycles, choice.cycle)
        case kinds.CycleRetention() | kinds.EquivalentFullCycles():
            base, why = _base(choice.base, cell)
            if base is None:
                return definition.refuse(why)
            if isinstance(choice, kinds.EquivalentFullCycles):
                return efficiency.equivalent_full_cycles(cycles, base.capacity_ah, cell.source)
            current_a = choice.c_rate * base.capacity_ah
            wanted = Ageing(current_a, choice.cycle, choice.reference_cycle, choice.after_cycle)
            return cycle_retention(cycles, wanted, cell.source)
        case _:
            assert_never(choice)


_DEFINITIONS: dict[type[kinds.Chosen], Definition] = {
    kinds.CycleCapacity: efficiency.CAPACITY,
    kinds.CycleRetention: CYCLE_RETENTION,
    kinds.FirstCycleEfficiency: efficiency.FIRST,
    kinds.CoulombicEfficiency: efficiency.COULOMBIC,
    kinds.CycleEnergy: efficiency.CYCLE_ENERGY,
    kinds.EnergyEfficiency: efficiency.ENERGY,
    kinds.MeanVoltage: efficiency.VOLTAGE,
    kinds.CvShare: efficiency.CV_SHARE,
    kinds.EquivalentFullCycles: efficiency.EQUIVALENT,
}


def _at_rate(choice: AtRate, cell: _Cell, passed_over: int | None = None) -> Kpi:
    """The capacity or energy as chosen, or of the check-up that comes after so many."""
    of_energy = isinstance(choice, kinds.EnergyAtRate)
    definition = capacity.ENERGY if of_energy else capacity.CAPACITY
    base, why = _base(choice.base, cell)
    why = why or _no_cycles(cell)
    if not why and of_energy and cell.facts.configuration is not None:
        why = efficiency.no_energy(cell.facts.configuration)
    if base is None or cell.tables.steps is None or why:
        return definition.refuse(why or "the build has no table of steps")
    cutoff_a = choice.cutoff_a if choice.cutoff_c_rate is None else choice.cutoff_c_rate * base.capacity_ah
    wanted = Discharge(
        choice.c_rate,
        base,
        choice.lower_v,
        choice.upper_v,
        cutoff_a,
        capacity.Occurrence(choice.occurrence.value),
        choice.of,
        choice.after_cycle,
    )
    if passed_over is not None:
        wanted = replace(wanted, occurrence=capacity.Occurrence.FIRST, of=1, passed_over=passed_over)
    if of_energy:
        return capacity.energy_at_rate(cell.tables.steps, wanted)
    return capacity.capacity_at_rate(cell.tables.steps, wanted, cell.source)


def _retention(choice: kinds.CapacityRetention, cell: _Cell, of: kinds.Chosen) -> Kpi:
    if choice.reference is not None:
        found = retention(cell.done[choice.of], cell.done[choice.reference])
        return _with(found, {"of": choice.of, "reference": choice.reference})
    assert choice.check_up is not None
    if not isinstance(of, kinds.CapacityAtRate):
        return RETENTION.refuse(f"{of.id} is no capacity at a rate")
    now, reference = (_at_rate(of, cell, number - 1) for number in (choice.check_up, choice.reference_check_up))
    said = {"of": of.id, "check_up": choice.check_up, "reference_check_up": choice.reference_check_up}
    return _with(retention(now, reference), said)


def _resistance(choice: kinds.DcResistance, cell: _Cell) -> Kpi:
    pulses, way = cell.tables.pulses, Way(choice.way)
    occurrence = capacity.Occurrence(choice.occurrence.value)
    if choice.soc is not None and pulses is not None:
        base, why = _base(choice.base, cell)
        if base is None:
            return resistance.RESISTANCE.refuse(why)
        pulses = _rebased(pulses, cell.facts.nominal_capacity_ah, base)
    found = resistance.dc_resistance(pulses, way, float(choice.seconds), choice.soc, choice.within, occurrence)
    return found if choice.soc is None else _with(found, {"soc_basis": choice.base.basis.value})


def _rebased(pulses: pa.Table, nominal_ah: float | None, base: Base) -> pa.Table:
    """State of charge on another base than the nominal capacity, on which the table has it."""
    if base.basis is Basis.NOMINAL or nominal_ah is None:
        return pulses
    drawn = pc.multiply(pc.subtract(1.0, pulses.column("soc")), nominal_ah / base.capacity_ah)
    return pulses.set_column(pulses.column_names.index("soc"), "soc", pc.subtract(1.0, drawn))


def _base(asked: RateBase, cell: _Cell) -> tuple[Base | None, str]:
    basis = Basis(asked.basis.value)
    if basis is Basis.RATED:
        assert asked.capacity_ah is not None
        return Base(basis, asked.capacity_ah), ""
    if basis is Basis.NOMINAL:
        nominal = cell.facts.nominal_capacity_ah
        return (None, missing("nominal_capacity_ah")) if nominal is None else (Base(basis, nominal), "")
    assert asked.kpi is not None
    measured = cell.done[asked.kpi]
    if not measured.value:
        return None, f"the base of the C-rate, {asked.kpi}, has no value: {measured.reason or 'it is zero'}"
    return Base(basis, measured.value, asked.kpi), ""


def _no_cycles(cell: _Cell) -> str:
    """Why charge and discharge of this cell cannot be told."""
    if cell.tables.cycles is None:
        return "the build has no table of cycles"
    if cell.facts.configuration is None:
        return missing("configuration")
    return efficiency.unlike(cell.tables.cycles, cell.facts.configuration)


def _with(kpi: Kpi, said: Mapping[str, object]) -> Kpi:
    return replace(kpi, parameters={**kpi.parameters, **said})
