"""Charge of a cycle or step by one of two sources: the integral of the current, or the file's own counter."""

from enum import StrEnum

from exchange.roundrobin.value import Row, number

AGREES_PPM = 1000.0
"""A counter is taken where it agrees with the integral within 0.1 %."""

COLUMNS = (
    "charge_capacity_ah",
    "discharge_capacity_ah",
    "counter",
    "counter_charge_capacity_ah",
    "counter_discharge_capacity_ah",
    "counter_jumps",
)
"""What `charge` looks at of a row."""


class Source(StrEnum):
    """Where charge comes from; the same for all lines of a round."""

    INTEGRATED = "integrated"
    COUNTER = "counter"


class Way(StrEnum):
    """Direction of the current."""

    CHARGE = "charge"
    DISCHARGE = "discharge"


def charge(row: Row, way: Way, source: Source) -> tuple[float | None, str]:
    """Charge in Ah of a row of `cycles` or `steps`, or None and why not.

    A counter is taken only if its reset rule is known, it does not jump in no time and it agrees with the integral
    within 0.1 %.
    """
    integrated = number(row, f"{way}_capacity_ah")
    if source is Source.INTEGRATED or not integrated:
        return integrated, "" if integrated is not None else f"there is no {way}"
    if row.get("counter") is None:
        return None, "the file has no charge counter whose reset rule is known"
    counted = number(row, f"counter_{way}_capacity_ah")
    if counted is None:
        return None, f"the counter says nothing of the {way}"
    if number(row, "counter_jumps"):
        return None, f"the counter ({row['counter']}) jumps in no time"
    apart = (counted - integrated) / integrated * 1e6
    if abs(apart) > AGREES_PPM:
        return None, f"the counter ({row['counter']}) differs from the integral by {apart:.0f} ppm, more than 0.1 %"
    return counted, ""
