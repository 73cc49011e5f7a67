"""Capacity over the cycle, and what is left of that of a reference cycle."""

import numpy as np
import pyarrow as pa

from exchange.roundrobin.charge import Source, Way, charge
from exchange.roundrobin.curve import Curve, CurveDefinition, normalised
from exchange.roundrobin.value import Span, number, rows_of, span

CAPACITY_OF_CYCLE = CurveDefinition("capacity-of-cycle/1", "1", "A.h", joined=False)


def capacity_of_cycle(cycles: pa.Table, way: Way, source: Source = Source.INTEGRATED) -> Curve:
    """All charge (Ah) moved in one direction of each cycle, over its own number, from the table `cycles`.

    Leading halves (cycle 0) and truncated cycles are left out; a cycle whose charge the source does not give is a gap,
    and `gaps` of the parameters says why. Between two cycles there is no value.
    """
    numbers, values, rows = [], [], list[Span]()
    gaps: list[str] = []
    for row in rows_of(cycles):
        cycle = number(row, "cycle")
        if not cycle or row["truncated"]:
            continue
        moved, why = charge(row, way, source)
        if moved is None:
            gaps.append(f"cycle {cycle:.0f}: {why}")
        numbers.append(cycle)
        values.append(np.nan if moved is None else moved)
        rows.append(span(row))
    said: dict[str, object] = {"way": way, "source": source, "gaps": tuple(gaps)}
    if len(gaps) == len(numbers):
        reason = f"no cycle has a charge; {gaps[0]}" if gaps else "there is no whole cycle"
        return CAPACITY_OF_CYCLE.refuse(reason, (), said)
    return CAPACITY_OF_CYCLE.curve(np.array(numbers), np.array(values), ((rows[0][0], rows[-1][1]),), said)


def retention_of_cycle(capacity: Curve, reference: int) -> Curve:
    """A curve of `capacity_of_cycle` divided by its value at the reference cycle; refused where that has none."""
    if capacity.reason:
        return capacity
    at = np.flatnonzero(capacity.x == reference)
    value = float(capacity.y[at[0]]) if len(at) else float("nan")
    if not value > 0:
        reason = f"cycle {reference}, the reference, has no capacity"
        return normalised(CAPACITY_OF_CYCLE.refuse(reason, capacity.rows, capacity.parameters), 1.0, "A.h", "")
    return normalised(capacity, value, "A.h", f"cycle {reference}")
