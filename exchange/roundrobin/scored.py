"""Scores of the lines' means by a plan: z or z′, ζ and E_n where an uncertainty is stated, per cent."""

from collections.abc import Mapping
from dataclasses import dataclass

from exchange.roundrobin.aggregates import Together, own_spread, uncertainties
from exchange.roundrobin.level import Level
from exchange.roundrobin.refusals import Uncomputable
from exchange.roundrobin.scores import (
    FEWEST_FOR_OWN_SIGMA,
    Assigned,
    Performance,
    Scores,
    consensus_without_each,
    e_n_scores,
    per_cent,
    z_prime_scores,
    z_scores,
    zeta_scores,
)
from exchange.roundrobin.stated import DEFINITION as MEAN_OF_STATED
from exchange.roundrobin.verdict import FEWEST
from schemas.round.plan import AssignedBy, KpiPlan

Row = tuple[float | None, ...]


@dataclass(frozen=True)
class Scored:
    """Of p lines each score or None; `performance` is that of z, or of z′ where z is not given; `why` says so.

    `stated_u` is the standard uncertainty of the mean that ζ and E_n were taken with.
    """

    z: Row
    z_prime: Row
    zeta: Row
    e_n: Row
    stated_u: Row
    per_cent: Row
    performance: tuple[Performance, ...]
    unscored: str = ""
    why: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()


def scored(level: Level, chosen: KpiPlan, by: Together, stated: Mapping[str, float]) -> Scored:
    """Scores of the lines of a level against what `together` found of it; `stated` is u of the mean by line.

    With a consensus fewer than five lines are not scored. σ_pt from the results' own spread gives z from 18 lines on.
    """
    none: Row = (None,) * level.p
    not_scored = (Performance.NOT_SCORED,) * level.p
    reason = _unscored(level, by)
    if by.assigned is None or by.sigma_pt is None or reason:
        return Scored(none, none, none, none, none, none, not_scored, reason)
    prime = z_prime_scores(level.means, by.assigned, by.sigma_pt)
    plain = _z(level, chosen, by.assigned, by.sigma_pt)
    zeta, e_n, refused = _with_uncertainty(level, chosen, by.assigned, stated)
    given = prime if plain.values[0] is None else plain
    definitions = [given.definition, prime.definition, *(one.definition for one in (zeta, e_n) if one is not None)]
    definitions += [MEAN_OF_STATED] if zeta else []
    return Scored(
        z=plain.values,
        z_prime=prime.values,
        zeta=zeta.values if zeta else none,
        e_n=e_n.values if e_n else none,
        stated_u=tuple(stated.get(line) for line in level.lines) if zeta else none,
        per_cent=per_cent(level.means, by.assigned) if by.assigned.value else none,
        performance=given.performance,
        why=tuple(dict.fromkeys([*(one for one in plain.reasons if one), *refused])),
        definitions=tuple(dict.fromkeys(definitions)),
    )


def _unscored(level: Level, by: Together) -> str:
    if by.assigned is None:
        return "there is no assigned value"
    if by.assigned.contains_results and level.p < FEWEST:
        return f"a consensus of {level.p} lines scores nobody; {FEWEST} are needed"
    return "there is no σ_pt: the results have no spread of their own" if by.sigma_pt is None else ""


def _z(level: Level, chosen: KpiPlan, assigned: Assigned, sigma: float) -> Scores:
    found = z_scores(level.means, assigned, sigma)
    if own_spread(chosen) and level.p < FEWEST_FOR_OWN_SIGMA:
        reason = f"σ_pt is the results' own spread, of fewer than {FEWEST_FOR_OWN_SIGMA} lines: take z'"
        none = (Performance.NOT_SCORED,) * level.p
        return Scores("z", (None,) * level.p, none, (reason,) * level.p, found.definition)
    return found


def _with_uncertainty(
    level: Level, chosen: KpiPlan, assigned: Assigned, stated: Mapping[str, float]
) -> tuple[Scores | None, Scores | None, list[str]]:
    """ζ and E_n of lines that state u, against a consensus of the others where the assigned value contains them."""
    standard = [stated.get(line) for line in level.lines]
    if not any(standard):
        return None, None, []
    try:
        by_spread = uncertainties(level) if chosen.assigned_by is AssignedBy.PAULE_MANDEL else None
        others = consensus_without_each(level.means, by_spread) if assigned.contains_results else assigned
        expanded = [None if one is None else 2.0 * one for one in standard]
        zeta, e_n = zeta_scores(level.means, standard, others), e_n_scores(level.means, expanded, others)
        return zeta, e_n, _without(level, stated)
    except Uncomputable as refused:
        return None, None, [refused.message]


def _without(level: Level, stated: Mapping[str, float]) -> list[str]:
    without = [line for line in level.lines if line not in stated]
    if not without:
        return []
    return [f"No ζ and E_n of {', '.join(without)}: no uncertainty is stated for every cell that counts."]
