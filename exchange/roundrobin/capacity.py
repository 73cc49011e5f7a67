"""KPIs of single steps: capacity at a rate from full charge, its retention, and the C-rate's base."""

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from exchange.roundrobin.charge import Source, Way, charge
from exchange.roundrobin.value import Definition, Kpi, Row, number, rows_of, span

CAPACITY = Definition("capacity-at-rate/1", "A.h")
RETENTION = Definition("capacity-retention/1", "1")
RATE = 0.02
"""The current of the step is within 2 % of the wanted one."""
END_V = 0.005
"""The step ends within 5 mV of the lower limit, and the charge before within 5 mV of the upper."""
CUTOFF = 0.05
"""The last recorded current of the charge is at most so much above the cut-off, as it is sampled."""
SAME_K = 2.0


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
    """

    c_rate: float
    base: Base
    lower_v: float
    upper_v: float
    cutoff_a: float | None = None
    occurrence: Occurrence = Occurrence.FIRST
    of: int = 1

    @property
    def current_a(self) -> float:
        return self.c_rate * self.base.capacity_ah


def capacity_at_rate(steps: pa.Table, wanted: Discharge, source: Source = Source.INTEGRATED) -> Kpi:
    """Charge of one constant-current discharge step from full charge to the lower limit (3a).

    The charge before ends as the protocol says and only rest lies between; the current is within 2 %, the end within
    5 mV of the lower limit; what flows at constant voltage after it is left out.
    """
    said: dict[str, object] = {
        "c_rate": wanted.c_rate,
        "basis": wanted.base.basis,
        "source": source,
        "occurrence": wanted.occurrence,
    }
    if wanted.base.basis is Basis.MEASURED and not wanted.base.kpi:
        return CAPACITY.refuse("the base of the C-rate is measured, but no KPI is named", parameters=said)
    rows = rows_of(steps)
    at_rate = [at for at, row in enumerate(rows) if _at_rate(row, wanted.current_a)]
    if not at_rate:
        return CAPACITY.refuse(f"no step discharges at {wanted.current_a:.6g} A within 2 %", parameters=said)
    found: list[tuple[float, Row]] = []
    reasons: list[str] = []
    for at in at_rate:
        moved, why = _capacity(rows, at, wanted, source)
        if moved is None:
            reasons.append(f"step {rows[at]['step']}: {why}")
        else:
            found.append((moved, rows[at]))
    count = wanted.of if wanted.occurrence is Occurrence.MEAN else 1
    if len(found) < count:
        few = f"{len(found)} of {count} steps that are asked for" if found or count > 1 else "no step"
        return CAPACITY.refuse(f"{few} fulfil the definition; {'; '.join(reasons[:5])}".rstrip("; "), parameters=said)
    taken = found[-1:] if wanted.occurrence is Occurrence.LAST else found[:count]
    heat = [number(row, "end_temperature_celsius") for _, row in taken]
    known = [one for one in heat if one is not None]
    said["temperature_celsius"] = sum(known) / len(known) if len(known) == len(heat) else None
    return CAPACITY.value(
        sum(moved for moved, _ in taken) / count, tuple(span(row) for _, row in taken), parameters=said
    )


def retention(now: Kpi, reference: Kpi) -> Kpi:
    """A capacity by a reference capacity at the same rate, base, source and temperature within 2 K (3a)."""
    for name, kpi in (("", now), ("reference ", reference)):
        if kpi.value is None:
            return RETENTION.refuse(f"the {name}capacity was refused: {kpi.reason}", kpi.rows)
    if now.definition != reference.definition or now.definition != CAPACITY.name:
        return RETENTION.refuse(f"{now.definition} and {reference.definition} are not both {CAPACITY.name}")
    for name in ("c_rate", "basis", "source"):
        if now.parameters.get(name) != reference.parameters.get(name):
            said = f"{now.parameters.get(name)} and {reference.parameters.get(name)}"
            return RETENTION.refuse(f"the two capacities have another {name}: {said}")
    warm, before = (kpi.parameters.get("temperature_celsius") for kpi in (now, reference))
    if isinstance(warm, float) and isinstance(before, float) and abs(warm - before) > SAME_K:
        return RETENTION.refuse(f"the two capacities were measured at {warm:.1f} °C and {before:.1f} °C")
    if not reference.value or now.value is None:
        return RETENTION.refuse("the reference capacity is zero")
    said_of = {"reference_rows": reference.rows, "c_rate": now.parameters["c_rate"], "source": now.parameters["source"]}
    return RETENTION.value(now.value / reference.value, now.rows, said_of)


def _at_rate(row: Row, current_a: float) -> bool:
    current = number(row, "median_current_a")
    return (
        row["kind"] in ("cc-discharge", "cccv-discharge")
        and current is not None
        and abs(-current - current_a) <= RATE * current_a
    )


def _capacity(rows: list[Row], at: int, wanted: Discharge, source: Source) -> tuple[float | None, str]:
    row = rows[at]
    end = number(row, "end_voltage_v" if row["kind"] == "cc-discharge" else "min_voltage_v")
    if end is None or abs(end - wanted.lower_v) > END_V:
        return None, f"it ends at {_volts(end)}, not within 5 mV of {wanted.lower_v:.4g} V"
    if why := _not_full(rows, at, wanted):
        return None, why
    moved, why = charge(row, Way.DISCHARGE, source)
    if moved is None:
        return None, why
    if row["kind"] == "cc-discharge":
        return moved, ""
    share = number(row, "cc_share")
    return (None, "its constant-current part is not known") if share is None else (moved * share, "")


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
