"""KPIs of single steps: capacity and energy at a rate from full charge, and the C-rate's base."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from exchange.roundrobin.charge import COLUMNS, Source, Way, charge
from exchange.roundrobin.value import Definition, Kpi, Row, number, rows_of, span

CAPACITY = Definition("capacity-at-rate/1", "A.h")
ENERGY = Definition("energy-at-rate/1", "W.h")
RATE = 0.02
"""The current of the step is within 2 % of the wanted one."""
END_V = 0.005
"""The step ends within 5 mV of the lower limit, and the charge before within 5 mV of the upper."""
CUTOFF = 0.05
"""The last recorded current of the charge is at most so much above the cut-off, as it is sampled."""
_COLUMNS = (
    *COLUMNS,
    *("step", "cycle", "kind", "start_row", "end_row", "median_current_a", "end_current_a", "cc_share"),
    *("end_voltage_v", "min_voltage_v", "max_voltage_v", "discharge_energy_wh", "end_temperature_celsius"),
)
Taken = Callable[[Row, Source], tuple[float | None, str]]


class Basis(StrEnum):
    """Which capacity a C-rate refers to."""

    NOMINAL = "nominal"
    RATED = "rated"
    MEASURED = "measured"


class Occurrence(StrEnum):
    """Which of several steps at the same rate counts."""

    FIRST = "first"
    LAST = "last"
    MEAN = "mean"


@dataclass(frozen=True)
class Base:
    """The capacity in Ah that C-rates refer to; a measured one names the KPI that it is."""

    basis: Basis
    capacity_ah: float
    kpi: str = ""


@dataclass(frozen=True)
class Discharge:
    """What a protocol asks of a capacity check: C-rate and its base, voltages in V, end of the charge before in A.

    Without `cutoff_a` the charge before ends at the upper limit without constant voltage. For `MEAN`, `of` steps count.
    Steps of the first `after_cycle` cycles are none of a capacity check; `passed_over` is how many checks come before
    the one that is meant.
    """

    c_rate: float
    base: Base
    lower_v: float
    upper_v: float
    cutoff_a: float | None = None
    occurrence: Occurrence = Occurrence.FIRST
    of: int = 1
    after_cycle: int = 0
    passed_over: int = 0

    @property
    def current_a(self) -> float:
        return self.c_rate * self.base.capacity_ah


def capacity_at_rate(steps: pa.Table, wanted: Discharge, source: Source = Source.INTEGRATED) -> Kpi:
    """Charge of one constant-current discharge step from full charge to the lower limit (3a).

    The charge before ends as the protocol says and only rest lies between; the current is within 2 %, the end within
    5 mV of the lower limit; what flows at constant voltage after it is left out.
    """
    return _at_rate_of(CAPACITY, steps, wanted, source, _charge)


def energy_at_rate(steps: pa.Table, wanted: Discharge) -> Kpi:
    """Energy of the step that gives the capacity at a rate; E = ∫ I V dt (3c).

    Refused where the step goes on at constant voltage, as the energy of its constant-current part is not known apart.
    """
    return _at_rate_of(ENERGY, steps, wanted, Source.INTEGRATED, _energy)


def _at_rate_of(definition: Definition, steps: pa.Table, wanted: Discharge, source: Source, taken: Taken) -> Kpi:
    said: dict[str, object] = {
        "c_rate": wanted.c_rate,
        "basis": wanted.base.basis,
        "source": source,
        "occurrence": wanted.occurrence,
    }
    if wanted.base.kpi:
        said["base_kpi"] = wanted.base.kpi
    if wanted.base.basis is Basis.MEASURED and not wanted.base.kpi:
        return definition.refuse("the base of the C-rate is measured, but no KPI is named", parameters=said)
    rows = rows_of(steps, _COLUMNS)
    at_rate = [at for at, row in enumerate(rows) if _at_rate(row, wanted)]
    if not at_rate:
        later = f" after cycle {wanted.after_cycle}" if wanted.after_cycle else ""
        return definition.refuse(f"no step discharges at {wanted.current_a:.6g} A within 2 %{later}", parameters=said)
    found: list[tuple[float, Row]] = []
    reasons: list[str] = []
    for at in at_rate:
        moved, why = _fits(rows, at, wanted, source, taken)
        if moved is None:
            reasons.append(f"step {rows[at]['step']}: {why}")
        else:
            found.append((moved, rows[at]))
    count = wanted.passed_over + (wanted.of if wanted.occurrence is Occurrence.MEAN else 1)
    if len(found) < count:
        few = f"{len(found)} of {count} steps that are asked for" if found or count > 1 else "no step"
        why = f"{few} fulfil the definition; {'; '.join(reasons[:5])}".rstrip("; ")
        return definition.refuse(why, parameters=said)
    chosen = found[-1:] if wanted.occurrence is Occurrence.LAST else found[wanted.passed_over : count]
    heat = [number(row, "end_temperature_celsius") for _, row in chosen]
    known = [one for one in heat if one is not None]
    said["temperature_celsius"] = sum(known) / len(known) if len(known) == len(heat) else None
    mean = sum(moved for moved, _ in chosen) / len(chosen)
    return definition.value(mean, tuple(span(row) for _, row in chosen), parameters=said)


def _at_rate(row: Row, wanted: Discharge) -> bool:
    current = number(row, "median_current_a")
    late = not wanted.after_cycle or (number(row, "cycle") or 0.0) > wanted.after_cycle
    return (
        row["kind"] in ("cc-discharge", "cccv-discharge")
        and late
        and current is not None
        and abs(-current - wanted.current_a) <= RATE * wanted.current_a
    )


def _fits(rows: list[Row], at: int, wanted: Discharge, source: Source, taken: Taken) -> tuple[float | None, str]:
    row = rows[at]
    end = number(row, "end_voltage_v" if row["kind"] == "cc-discharge" else "min_voltage_v")
    if end is None or abs(end - wanted.lower_v) > END_V:
        return None, f"it ends at {_volts(end)}, not within 5 mV of {wanted.lower_v:.4g} V"
    if why := _not_full(rows, at, wanted):
        return None, why
    return taken(row, source)


def _charge(row: Row, source: Source) -> tuple[float | None, str]:
    """Without what flows at constant voltage after it."""
    moved, why = charge(row, Way.DISCHARGE, source)
    if moved is None:
        return None, why
    if row["kind"] == "cc-discharge":
        return moved, ""
    share = number(row, "cc_share")
    return (None, "its constant-current part is not known") if share is None else (moved * share, "")


def _energy(row: Row, source: Source) -> tuple[float | None, str]:
    if row["kind"] != "cc-discharge":
        return None, "it goes on at constant voltage, so that the energy at constant current is not known apart"
    energy = number(row, "discharge_energy_wh")
    return (None, "its energy is not known") if energy is None else (energy, "")


def _not_full(rows: list[Row], at: int, wanted: Discharge) -> str:
    """Why the cell was not full before this step."""
    before = at - 1
    while before >= 0 and rows[before]["kind"] == "rest":
        before -= 1
    if before < 0:
        return "no charge precedes it"
    row = rows[before]
    kind = str(row["kind"])
    if not kind.endswith("charge") or kind.endswith("discharge") or kind.startswith("pulse"):
        drawn = (number(row, "discharge_capacity_ah") or 0.0) + (number(row, "charge_capacity_ah") or 0.0)
        return f"a step of another kind ({kind}, {drawn:.4g} Ah) lies between it and the charge"
    highest, current = number(row, "max_voltage_v"), number(row, "end_current_a")
    if highest is None or abs(highest - wanted.upper_v) > END_V:
        return f"the charge before reaches {_volts(highest)}, not within 5 mV of {wanted.upper_v:.4g} V"
    if wanted.cutoff_a is None:
        return "" if kind == "cc-charge" else f"the charge before ({kind}) goes on at constant voltage"
    if kind not in ("cv-charge", "cccv-charge"):
        return f"the charge before ({kind}) does not end at constant voltage"
    if current is None or current > wanted.cutoff_a * (1 + CUTOFF):
        return f"the charge before ends at {current:.4g} A, above the cut-off of {wanted.cutoff_a:.4g} A"
    return ""


def _volts(value: float | None) -> str:
    return "an unknown voltage" if value is None else f"{value:.4g} V"
