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
DEFINITION = "3"

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
_COUNTED = (
    "counter",
    "counter_charge_capacity_ah",
    "counter_discharge_capacity_ah",
    "counter_charge_difference_ppm",
    "counter_discharge_difference_ppm",
    "counter_jumps",
)
_UNCOUNTED: dict[str, object] = dict.fromkeys(_COUNTED)
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
        halves = [half for half in (first, second) if half is not None]
        ways = [direction(half) for half in halves]
        whole = _whole(halves)
        out += whole.discharged
        row = _row(ways, whole, truncated)
        row.update(_currents(ways, halves, declared.nominal_capacity_ah))
        row.update(_counted(ways, whole, tail.counter) if tail.counter else _UNCOUNTED)
        row.update(cycle=number, start_row=halves[0].start, end_row=end - 1, truncated=truncated)
        row.update(cell_configuration=declared.cell_configuration, phase=None, definition=DEFINITION)
        row["equivalent_full_cycles"] = _ratio(out, declared.nominal_capacity_ah or 0.0)
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def difference_ppm(counted: float | None, integrated: float | None) -> float | None:
    """How much more the file's counter says than the integral, in parts per million of the integral."""
    if counted is None or not integrated:
        return None
    return (counted - integrated) / integrated * 1e6


def _whole(halves: list[Stretch]) -> Stretch:
    whole = Stretch(sign=0, start=halves[0].start)
    for half in halves:
        whole.take(half)
    return whole


def _row(ways: list[int], whole: Stretch, truncated: bool) -> dict[str, object]:
    charged, discharged, negative = 1 in ways, -1 in ways, ways[0] < 0
    q_in, q_out, e_in, e_out = whole.charged, whole.discharged, whole.energy_in, whole.energy_out
    both = charged and discharged and not truncated
    return {
        "charge_capacity_ah": q_in if charged else None,
        "discharge_capacity_ah": q_out if discharged else None,
        "charge_energy_wh": e_in if charged else None,
        "discharge_energy_wh": e_out if discharged else None,
        "coulombic_efficiency": (_ratio(q_in, q_out) if negative else _ratio(q_out, q_in)) if both else None,
        "energy_efficiency": _ratio(e_out, e_in) if both and not negative else None,
        "mean_charge_voltage_v": _ratio(e_in, q_in) if charged else None,
        "mean_discharge_voltage_v": _ratio(e_out, q_out) if discharged else None,
        "min_voltage_v": unknown(whole.lowest),
        "max_voltage_v": unknown(whole.highest),
        "max_abs_current_a": whole.peak,
        "max_temperature_celsius": unknown(whole.hottest),
        "duration_s": whole.seconds,
    }


def _currents(ways: list[int], halves: list[Stretch], nominal_ah: float | None) -> dict[str, object]:
    charge, discharge = (halves[ways.index(way)] if way in ways else None for way in (1, -1))
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


def _counted(ways: list[int], whole: Stretch, counter: str) -> dict[str, object]:
    c_in, c_out, jumps = unknown(whole.counter_in), unknown(whole.counter_out), unknown(whole.counter_jumps)
    values = (
        counter,
        c_in if 1 in ways else None,
        c_out if -1 in ways else None,
        difference_ppm(c_in, whole.charged),
        difference_ppm(c_out, whole.discharged),
        None if jumps is None else int(jumps),
    )
    return dict(zip(_COUNTED, values, strict=True))


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
