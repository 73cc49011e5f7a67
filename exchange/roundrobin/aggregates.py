"""What all lines give together: precision classical and robust, the assigned value, and the yardstick of scores."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from exchange.roundrobin.algorithm_a import Robust, algorithm_a
from exchange.roundrobin.consensus import paule_mandel
from exchange.roundrobin.intervals import Interval
from exchange.roundrobin.level import Level
from exchange.roundrobin.precision import Precision, precision
from exchange.roundrobin.q_method import q_hampel
from exchange.roundrobin.refusals import NoSpread, TooFewReplicates, Uncomputable
from exchange.roundrobin.robust_precision import robust_precision
from exchange.roundrobin.scores import Assigned
from schemas.round.evaluation import Aggregates, Figure
from schemas.round.plan import AssignedBy, KpiPlan, SigmaFrom

Found = TypeVar("Found")
ALL_EQUAL = "all results are equal"


@dataclass(frozen=True)
class Together:
    """The aggregates with what scores are made of, and the definitions that were used."""

    aggregates: Aggregates
    assigned: Assigned | None
    sigma_pt: float | None
    definitions: tuple[str, ...]


def together(level: Level, chosen: KpiPlan) -> Together:
    """Everything that these results allow; what they do not has a sentence in `not_given`. TooFewLines for one line."""
    refused: list[str] = []
    classical = attempt(lambda: precision(level), refused)
    of_means = attempt(lambda: algorithm_a(level.means), refused)
    robust = attempt(lambda: robust_precision(level), refused) if level.balanced else None
    by_q = attempt(lambda: q_hampel(level), refused)
    assigned = attempt(lambda: assigned_value(level, chosen, of_means), refused)
    sigma = chosen.sigma_pt if chosen.sigma_pt is not None else (of_means.s if of_means else None)
    made = (classical, of_means, robust, by_q)
    aggregates = Aggregates(
        p=level.p,
        results=sum(level.n),
        mean=float((level.sizes * level.means).sum() / level.sizes.sum()) if classical is None else classical.mean,
        mean_of_means=float(level.means.mean()),
        median=float(np.median(level.means)),
        assigned=assigned.value if assigned else None,
        assigned_u=assigned.u if assigned else None,
        assigned_by=assigned.method if assigned else "",
        robust_s=of_means.s if of_means else None,
        sigma_pt=sigma,
        sigma_from="" if sigma is None else chosen.sigma_from.value,
        robust_s_r=robust.s_r if robust else None,
        robust_s_R=robust.s_R if robust else None,
        q_s=by_q.s if by_q else None,
        hampel=by_q.x if by_q else None,
        not_given=tuple(dict.fromkeys(refused)),
    )
    if classical is not None:
        aggregates = aggregates.model_copy(update=_figures(classical))
    return Together(aggregates, assigned, sigma, tuple(one.definition for one in made if one is not None))


def assigned_value(level: Level, chosen: KpiPlan, of_means: Robust | None) -> Assigned:
    """The value that lines are scored against, as the plan says; u is that of a mean over its line's cells, s / √n."""
    if chosen.assigned_by is AssignedBy.REFERENCE:
        assert chosen.reference is not None, "the plan has a reference value where it is assigned by reference"
        return Assigned(chosen.reference, chosen.reference_u or 0.0, "reference value")
    if chosen.assigned_by is AssignedBy.PAULE_MANDEL:
        found = paule_mandel(level.means, uncertainties(level))
        return Assigned(found.mu, found.u, "consensus by Paule-Mandel", contains_results=True)
    if of_means is not None:
        return Assigned(of_means.x, of_means.u, "consensus by algorithm A", contains_results=True)
    if level.p > 1 and len(set(level.mean)) == 1:
        return Assigned(level.mean[0], 0.0, ALL_EQUAL, contains_results=True)
    raise NoSpread("There is no consensus of these results.")


def uncertainties(level: Level) -> list[float]:
    """Standard uncertainty s / √n of each line's mean; TooFewReplicates where a line has none."""
    without = [line for line, sd in zip(level.lines, level.sd, strict=True) if not sd]
    if without:
        raise TooFewReplicates(f"Paule-Mandel weighs lines by their spread, which {', '.join(without)} does not have.")
    return [float(sd or 0.0) / math.sqrt(n) for sd, n in zip(level.sd, level.n, strict=True)]


def own_spread(chosen: KpiPlan) -> bool:
    """Whether σ_pt comes from the results themselves."""
    return chosen.sigma_from is SigmaFrom.OWN_SPREAD


def attempt(statistic: Callable[[], Found], refused: list[str]) -> Found | None:
    """The statistic, or None and its refusal in the list."""
    try:
        return statistic()
    except Uncomputable as why:
        refused.append(why.message)
        return None


def _figures(found: Precision) -> dict[str, object]:
    return {
        "s_r": _figure(found.s_r, found.s_r_interval),
        "s_L": _figure(found.s_L, found.s_L_interval),
        "s_R": _figure(found.s_R, found.s_R_interval),
        "r": found.r,
        "R": found.R,
    }


def _figure(value: float, interval: Interval | None) -> Figure:
    return Figure(value=value, low=interval.low if interval else None, high=interval.high if interval else None)
