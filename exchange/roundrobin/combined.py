"""One score per line over several KPIs: the rescaled sum of its scores, with what such a sum hides."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from exchange.roundrobin.refusals import Duplicated, Mismatched
from exchange.roundrobin.scores import Performance, Scores

ACTION = 3.0
WARNING = 2.0


@dataclass(frozen=True)
class RescaledSum:
    """For each line the sum of its n scores by sqrt(n), None where fewer than two KPIs are scored.

    `kpis` (per line) are those that count, `actions` those of |score| from 3 on: a sum hides them where others are
    small or of the other sign. The performance is that of a standard normal variable, which it is only for KPIs that do
    not depend on each other; capacities of one cell at several rates do.
    """

    lines: tuple[str, ...]
    values: tuple[float | None, ...]
    performance: tuple[Performance, ...]
    kpis: tuple[tuple[str, ...], ...]
    actions: tuple[tuple[str, ...], ...]
    definition: str = "rescaled-sum/1"


def rescaled_sum(lines: Sequence[str], scores: Mapping[str, Scores]) -> RescaledSum:
    """RSZ = sum z / sqrt(n) over the KPIs of each line; `scores` has for each KPI one score per line, in their order.

    It shows a small bias in one direction that no single score does. Scores are all of one kind, z or z'; one that a
    line does not have is left out. Standard: ISO 13528 and the International Harmonized Protocol (IUPAC 2006, Pure
    Appl. Chem. 78, 145), neither of which was read; the formula is general knowledge, and derived: the sum of n
    independent standard normal variables has the variance n.
    Mismatched for scores of another number of lines or of several kinds, Duplicated for a line named twice.
    """
    if len(set(lines)) != len(lines):
        raise Duplicated("A line stands there twice; each has one score per KPI.")
    if len({one.kind for one in scores.values()}) > 1 or any(
        one.kind not in ("z", "z-prime") for one in scores.values()
    ):
        kinds = ", ".join(sorted({one.kind for one in scores.values()}))
        raise Mismatched(f"Scores are summed up that are all z, or all z'; these are {kinds}.")
    for kpi, one in scores.items():
        if len(one.values) != len(lines):
            raise Mismatched(f"KPI {kpi} has {len(one.values)} scores for {len(lines)} lines.")
    there = [{kpi: z for kpi, one in scores.items() if (z := one.values[at]) is not None} for at in range(len(lines))]
    values = [sum(own.values()) / math.sqrt(len(own)) if len(own) > 1 else None for own in there]
    return RescaledSum(
        tuple(lines),
        tuple(values),
        tuple(map(_performance, values)),
        tuple(tuple(own) for own in there),
        tuple(tuple(kpi for kpi, z in own.items() if abs(z) >= ACTION) for own in there),
    )


def _performance(score: float | None) -> Performance:
    if score is None:
        return Performance.NOT_SCORED
    if abs(score) >= ACTION:
        return Performance.ACTION
    return Performance.OK if abs(score) <= WARNING else Performance.WARNING
