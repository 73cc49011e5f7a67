"""The cycle summary table: from half cycles to one row per cycle with units and definition version."""

from dataclasses import dataclass

import pyarrow as pa

from ingest.derived.halves import direction, unknown
from ingest.derived.stretches import Stretch
from ingest.parquet import Described
from schemas.ingested import Declared
from schemas.quantities import QUANTITIES

REACHED_V = 0.01
"""A half that ends at most this far (in V) from where earlier ones of its direction ended is not truncated."""
DEFINITION = "2"

Cycle = tuple[int, Stretch | None, Stretch | None]


@dataclass(frozen=True)
class Tail:
    """How the file ends: its number of rows, whether the last is under current; and its charge counter's columns."""

    rows: int
    under_current: bool
    counter: str = ""


def _iri(name: str) -> str:
    return QUANTITIES[name].iri


FIELDS: dict[str, Described] = {
    "cycle": Described("1"),
    "cell_configuration": Described(),
    "phase": Described(),
    "charge_capacity_ah": Described("A.h", _iri("cycle_charging_capacity_ah")),
    "discharge_capacity_ah": Described("A.h", _iri("cycle_discharging_capacity_ah")),
    "charge_energy_wh": Described("W.h", _iri("cycle_charging_energy_wh")),
    "discharge_energy_wh": Described("W.h", _iri("cycle_discharging_energy_wh")),
    "coulombic_efficiency": Described("1"),
    "energy_efficiency": Described("1"),
    "equivalent_full_cycles": Described("1"),
    "counter": Described(),
    "counter_charge_capacity_ah": Described("A.h"),
    "counter_discharge_capacity_ah": Described("A.h"),
    "counter_charge_difference_ppm": Described("[ppm]"),
    "counter_discharge_difference_ppm": Described("[ppm]"),
    "counter_jumps": Described("1"),
    "mean_charge_voltage_v": Described("V"),
    "mean_discharge_voltage_v": Described("V"),
    "min_voltage_v": Described("V"),
    "max_voltage_v": Described("V"),
    "charge_cc_share": Described("1"),
    "charge_cv_share": Described("1"),
    "charge_current_a": Described("A"),
    "discharge_current_a": Described("A"),
    "charge_c_rate": Described("h-1"),
    "discharge_c_rate": Described("h-1"),
    "max_abs_current_a": Described("A"),
    "max_temperature_celsius": Described("Cel"),
    "duration_s": Described("s"),
    "start_row": Described("1"),
    "end_row": Described("1"),
    "truncated": Described(),
    "definition": Described(),
}
_TYPES = {
    "cycle": pa.int64(),
    "cell_configuration": pa.string(),
    "phase": pa.string(),
    "counter": pa.string(),
    "counter_jumps": pa.int64(),
    "start_row": pa.int64(),
    "end_row": pa.int64(),
    "truncated": pa.bool_(),
    "definition": pa.string(),
}
SCHEMA = pa.schema([pa.field(name, _TYPES.get(name, pa.float64())) for name in FIELDS])


def summary(cycles: list[Cycle], tail: Tail, declared: Declared) -> pa.Table:
    """One row per cycle, in order; efficiencies are null where a half is missing or truncated."""
    rows = []
    out = 0.0
    for at, (number, first, second) in enumerate(cycles):
        end = _start(cycles[at + 1]) if at + 1 < len(cycles) else tail.rows
        truncated = number == 0 or second is None
        if at + 1 == len(cycles) and tail.under_current:
            truncated = truncated or not _reached(cycles)
        row = _row(first, second, truncated, declared.nominal_capacity_ah)
        out += sum(half.discharged for half in (first, second) if half is not None)
        rows.append(
            row
            | {"cycle": number, "start_row": _start(cycles[at]), "end_row": end - 1, "truncated": truncated}
            | {"cell_configuration": declared.cell_configuration, "phase": None, "definition": DEFINITION}
            | {"equivalent_full_cycles": _ratio(out, declared.nominal_capacity_ah or 0.0)}
            | _counted(first, second, tail.counter)
        )
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def difference_ppm(counted: float | None, integrated: float | None) -> float | None:
    """How much more the file's counter says than the integral, in parts per million of the integral."""
    if counted is None or not integrated:
        return None
    return (counted - integrated) / integrated * 1e6


def _row(first: Stretch | None, second: Stretch | None, truncated: bool, nominal_ah: float | None) -> dict[str, object]:
    halves = [half for half in (first, second) if half is not None]
    charge = next((half for half in halves if direction(half) > 0), None)
    discharge = next((half for half in halves if direction(half) < 0), None)
    q_in, q_out = (sum(half.charged for half in halves), sum(half.discharged for half in halves))
    e_in, e_out = (sum(half.energy_in for half in halves), sum(half.energy_out for half in halves))
    whole = charge is not None and discharge is not None and not truncated
    negative = first is not None and direction(first) < 0
    row: dict[str, object] = {
        "charge_capacity_ah": q_in if charge else None,
        "discharge_capacity_ah": q_out if discharge else None,
        "charge_energy_wh": e_in if charge else None,
        "discharge_energy_wh": e_out if discharge else None,
        "coulombic_efficiency": _ratio(*((q_in, q_out) if negative else (q_out, q_in))) if whole else None,
        "energy_efficiency": _ratio(e_out, e_in) if whole and not negative else None,
        "mean_charge_voltage_v": _ratio(e_in, q_in) if charge else None,
        "mean_discharge_voltage_v": _ratio(e_out, q_out) if discharge else None,
        "min_voltage_v": unknown(min(half.lowest for half in halves)),
        "max_voltage_v": unknown(max(half.highest for half in halves)),
        "max_abs_current_a": max(half.peak for half in halves),
        "max_temperature_celsius": unknown(max(half.hottest for half in halves)),
        "duration_s": sum(half.seconds for half in halves),
    }
    return row | _currents(charge, discharge, nominal_ah)


def _currents(charge: Stretch | None, discharge: Stretch | None, nominal_ah: float | None) -> dict[str, object]:
    in_a = unknown(charge.main_current) if charge else None
    out_a = unknown(discharge.main_current) if discharge else None
    known = charge.constant_current + charge.constant_voltage if charge else 0.0
    return {
        "charge_cc_share": _ratio(charge.constant_current, charge.charged) if charge and known else None,
        "charge_cv_share": _ratio(charge.constant_voltage, charge.charged) if charge and known else None,
        "charge_current_a": in_a,
        "discharge_current_a": out_a,
        "charge_c_rate": in_a / nominal_ah if in_a is not None and nominal_ah else None,
        "discharge_c_rate": out_a / nominal_ah if out_a is not None and nominal_ah else None,
    }


def _counted(first: Stretch | None, second: Stretch | None, counter: str) -> dict[str, object]:
    halves = [half for half in (first, second) if half is not None]
    q_in, q_out = (sum(half.charged for half in halves), sum(half.discharged for half in halves))
    c_in = unknown(sum(half.counter_in for half in halves)) if counter else None
    c_out = unknown(sum(half.counter_out for half in halves)) if counter else None
    jumps = unknown(sum(half.counter_jumps for half in halves)) if counter else None
    return {
        "counter": counter or None,
        "counter_charge_capacity_ah": c_in if any(direction(half) > 0 for half in halves) else None,
        "counter_discharge_capacity_ah": c_out if any(direction(half) < 0 for half in halves) else None,
        "counter_charge_difference_ppm": difference_ppm(c_in, q_in),
        "counter_discharge_difference_ppm": difference_ppm(c_out, q_out),
        "counter_jumps": None if jumps is None else int(jumps),
    }


def _reached(cycles: list[Cycle]) -> bool:
    """Whether the last half went as far as the nearest of the earlier ones in its direction."""
    last = cycles[-1][2] or cycles[-1][1]
    assert last is not None
    way = direction(last)
    earlier = [half for cycle in cycles[:-1] for half in cycle[1:] if half is not None and direction(half) == way]
    if not earlier:
        return False
    ends = [half.last_voltage * way for half in earlier]
    return last.last_voltage * way >= min(ends) - REACHED_V


def _start(cycle: Cycle) -> int:
    half = cycle[1] or cycle[2]
    assert half is not None
    return half.start


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
