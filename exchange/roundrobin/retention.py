"""KPIs of two capacities: retention of a check-up's, ratio of two rates, retention of an ageing cycle's."""

from dataclasses import dataclass

import pyarrow as pa

from exchange.roundrobin.capacity import CAPACITY, RATE
from exchange.roundrobin.charge import COLUMNS, Source, Way, charge
from exchange.roundrobin.value import Definition, Kpi, Row, number, rows_of, span

RETENTION = Definition("capacity-retention/1", "1")
RATIO = Definition("capacity-ratio/1", "1")
CYCLE_RETENTION = Definition("cycle-retention/1", "1")
SAME_K = 2.0
_COLUMNS = (
    *COLUMNS,
    *("cycle", "phase", "truncated", "discharge_current_a", "max_temperature_celsius", "start_row", "end_row"),
)


@dataclass(frozen=True)
class Ageing:
    """Which ageing cycles are compared: those after `after_cycle` that are discharged at this current, from 1."""

    current_a: float
    cycle: int
    reference_cycle: int = 1
    after_cycle: int = 0


def retention(now: Kpi, reference: Kpi) -> Kpi:
    """A capacity by a reference capacity at the same rate, base, source and temperature within 2 K (3a)."""
    return _by(RETENTION, now, reference, ("c_rate", "basis", "base_kpi", "source"))


def capacity_ratio(of: Kpi, by: Kpi) -> Kpi:
    """The capacity at one rate by that at another one: same base and source, temperature within 2 K."""
    return _by(RATIO, of, by, ("basis", "base_kpi", "source"))


def cycle_retention(cycles: pa.Table, wanted: Ageing, source: Source = Source.INTEGRATED) -> Kpi:
    """Discharge capacity of the Nth ageing cycle by that of a reference one (3a: N counts ageing cycles only).

    A cycle is of ageing when its discharge is within 2 % of the current, unless it is labelled otherwise; truncated
    ones do not count.
    """
    said: dict[str, object] = {
        "cycle": wanted.cycle,
        "reference_cycle": wanted.reference_cycle,
        "after_cycle": wanted.after_cycle,
        "source": source,
    }
    ageing = [row for row in rows_of(cycles, _COLUMNS) if _of_ageing(row, wanted)]
    if len(ageing) < wanted.cycle:
        later = f" after cycle {wanted.after_cycle}" if wanted.after_cycle else ""
        few = (
            f"there are {len(ageing)} whole ageing cycles{later} that discharge at {wanted.current_a:.6g} A within 2 %"
        )
        return CYCLE_RETENTION.refuse(f"{few}, fewer than {wanted.cycle}", parameters=said)
    now, reference = ageing[wanted.cycle - 1], ageing[wanted.reference_cycle - 1]
    both = [charge(row, Way.DISCHARGE, source) for row in (now, reference)]
    spans = (span(now), span(reference))
    if why := next((one for _, one in both if one), ""):
        return CYCLE_RETENTION.refuse(why, spans, said)
    (last, _), (first, _) = both
    heat = [number(row, "max_temperature_celsius") for row in (now, reference)]
    if heat[0] is not None and heat[1] is not None and abs(heat[0] - heat[1]) > SAME_K:
        why = f"the two cycles reached {heat[0]:.1f} °C and {heat[1]:.1f} °C, more than 2 K apart"
        return CYCLE_RETENTION.refuse(why, spans, said)
    if not first or last is None:
        return CYCLE_RETENTION.refuse("the reference cycle has no discharge", spans, said)
    return CYCLE_RETENTION.value(
        last / first, spans, said | {"own_cycle": now["cycle"], "own_reference_cycle": reference["cycle"]}
    )


def _of_ageing(row: Row, wanted: Ageing) -> bool:
    current = number(row, "discharge_current_a")
    return (
        (number(row, "cycle") or 0.0) > wanted.after_cycle
        and not row["truncated"]
        and row.get("phase") in (None, "ageing")
        and current is not None
        and abs(abs(current) - wanted.current_a) <= RATE * wanted.current_a
    )


def _by(definition: Definition, now: Kpi, reference: Kpi, alike: tuple[str, ...]) -> Kpi:
    for name, kpi in (("", now), ("reference ", reference)):
        if kpi.value is None:
            return definition.refuse(f"the {name}capacity was refused: {kpi.reason}", kpi.rows)
    if now.definition != reference.definition or now.definition != CAPACITY.name:
        return definition.refuse(f"{now.definition} and {reference.definition} are not both {CAPACITY.name}")
    for name in alike:
        if now.parameters.get(name) != reference.parameters.get(name):
            said = f"{now.parameters.get(name)} and {reference.parameters.get(name)}"
            return definition.refuse(f"the two capacities have another {name}: {said}")
    warm, before = (kpi.parameters.get("temperature_celsius") for kpi in (now, reference))
    if isinstance(warm, float) and isinstance(before, float) and abs(warm - before) > SAME_K:
        return definition.refuse(f"the two capacities were measured at {warm:.1f} °C and {before:.1f} °C")
    if not reference.value or now.value is None:
        return definition.refuse("the reference capacity is zero")
    said_of = {"reference_rows": reference.rows, "c_rate": now.parameters["c_rate"], "source": now.parameters["source"]}
    return definition.value(now.value / reference.value, now.rows, said_of)
