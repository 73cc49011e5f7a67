"""Scores of results against an assigned value: z, z', zeta, E_n and per cent, or why a result has none."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from exchange.roundrobin.algorithm_a import algorithm_a
from exchange.roundrobin.consensus import paule_mandel
from exchange.roundrobin.level import Array, Results, finite
from exchange.roundrobin.refusals import Mismatched, NotANumber, NotIndependent

NEGLIGIBLE = 0.3
"""u of the assigned value is negligible below 0.3 sigma_pt."""
FEWEST_FOR_OWN_SIGMA = 18
"""With sigma_pt = s* of the same round a z is shown from so many lines on, else z'."""


class Performance(StrEnum):
    """|score| up to 2, between 2 and 3, from 3 on; E_n knows only below 1 and not."""

    OK = "ok"
    WARNING = "warning"
    ACTION = "action"
    NOT_SCORED = "not-scored"


@dataclass(frozen=True)
class Assigned:
    """An assigned value x_pt with its standard uncertainty, in the unit of the results.

    `contains_results` is True for a consensus of the very results that are scored; zeta and E_n refuse such a one.
    """

    value: float
    u: float
    method: str
    contains_results: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and math.isfinite(self.u) and self.u >= 0):
            raise NotANumber(f"The assigned value is {self.value} with u = {self.u}; both are finite, u not negative.")


@dataclass(frozen=True)
class Scores:
    """One score per result, None with a reason where there is none."""

    kind: str
    values: tuple[float | None, ...]
    performance: tuple[Performance, ...]
    reasons: tuple[str, ...]
    definition: str


def robust_consensus(values: Results) -> Assigned:
    """Robust consensus of the results themselves: x* of algorithm A with u = 1.25 s* / sqrt(p) (ISO 13528)."""
    robust = algorithm_a(values)
    return Assigned(robust.x, robust.u, "consensus by algorithm A", contains_results=True)


def consensus_without_each(values: Results, u: Results | None = None) -> tuple[Assigned, ...]:
    """For every result the consensus of the others, independent of it: robust, or by Paule-Mandel of stated `u`.

    TooFewLines below three results; every line states a standard uncertainty, or none is used (NotANumber).
    """
    numbers = finite(values, "results", 3)
    if u is not None:
        stated = finite(u, "uncertainties", 3)
        if len(stated) != len(numbers):
            raise Mismatched(f"There are {len(numbers)} results and {len(stated)} uncertainties.")
        each = [paule_mandel(np.delete(numbers, i), np.delete(stated, i)) for i in range(len(numbers))]
        return tuple(Assigned(one.mu, one.u, "consensus of the others by Paule-Mandel") for one in each)
    found = [algorithm_a(np.delete(numbers, place)) for place in range(len(numbers))]
    return tuple(Assigned(one.x, one.u, "consensus of the others by algorithm A") for one in found)


def z_scores(values: Results, assigned: Assigned, sigma_pt: float) -> Scores:
    """z = (x - x_pt) / sigma_pt. Standard: ISO 13528; read: the documentation of a public R package (pt_app, scores).

    Not scored where u(x_pt) > 0.3 sigma_pt: take z' then. NotANumber for a value that is missing or sigma_pt <= 0.
    """
    _above_zero(sigma_pt, "sigma_pt")
    if assigned.u > NEGLIGIBLE * sigma_pt:
        reason = f"u(x_pt) = {assigned.u:.3g} is more than 0.3 sigma_pt = {NEGLIGIBLE * sigma_pt:.3g}: take z'"
        return _none("z", finite(values, "results"), reason)
    return _scores("z", (finite(values, "results") - assigned.value) / sigma_pt)


def z_prime_scores(values: Results, assigned: Assigned, sigma_pt: float) -> Scores:
    """z' = (x - x_pt) / sqrt(sigma_pt^2 + u(x_pt)^2). Standard: ISO 13528."""
    _above_zero(sigma_pt, "sigma_pt")
    return _scores("z-prime", (finite(values, "results") - assigned.value) / math.hypot(sigma_pt, assigned.u))


def scores_by_own_spread(values: Results) -> Scores:
    """sigma_pt = s* of the same results: z from 18 lines on and where u(x_pt) is negligible, else z'."""
    robust = algorithm_a(values)
    assigned = Assigned(robust.x, robust.u, "consensus by algorithm A", contains_results=True)
    enough = robust.p >= FEWEST_FOR_OWN_SIGMA and robust.u <= NEGLIGIBLE * robust.s
    return (z_scores if enough else z_prime_scores)(values, assigned, robust.s)


def zeta_scores(values: Results, u: Results, assigned: Assigned | Sequence[Assigned]) -> Scores:
    """zeta = (x - x_pt) / sqrt(u_x^2 + u(x_pt)^2), u_x the standard uncertainty that the line states. ISO 13528.

    None where a line states none. `assigned` is one for all, or one for each result as `consensus_without_each` gives
    them; NotIndependent for one that contains the results. NotANumber for a u that is not above zero.
    """
    return _stated("zeta", values, u, assigned, 1.0, _performance)


def e_n_scores(values: Results, U: Results, assigned: Assigned | Sequence[Assigned]) -> Scores:
    """E_n = (x - x_pt) / sqrt(U_x^2 + U(x_pt)^2) with expanded uncertainties (k = 2): U(x_pt) = 2 u(x_pt). ISO 13528.

    |E_n| < 1 is ok. Missing U, independence and errors as for zeta.
    """
    return _stated("E_n", values, U, assigned, 2.0, lambda score: _pick(abs(score) < 1.0))


def per_cent(values: Results, assigned: Assigned) -> tuple[float, ...]:
    """D = 100 (x - x_pt) / x_pt in per cent; NotANumber where x_pt is zero."""
    if assigned.value == 0:
        raise NotANumber("The assigned value is zero, so there is no difference in per cent.")
    return tuple(float(d) for d in 100.0 * (finite(values, "results") - assigned.value) / assigned.value)


def _stated(
    kind: str,
    values: Results,
    stated: Results,
    assigned: Assigned | Sequence[Assigned],
    cover: float,
    judge: Callable[[float], Performance],
) -> Scores:
    numbers = finite(values, "results")
    each = (assigned,) * len(numbers) if isinstance(assigned, Assigned) else tuple(assigned)
    if not len(numbers) == len(stated) == len(each):
        raise Mismatched(
            f"There are {len(numbers)} results, {len(stated)} uncertainties and {len(each)} assigned values."
        )
    if any(one.contains_results for one in each):
        raise NotIndependent(f"{kind} needs an assigned value without the result: take the consensus of the others.")
    found: list[float | None] = []
    for x, own, reference in zip(numbers, stated, each, strict=True):
        if own is None or math.isnan(own):
            found.append(None)
            continue
        _above_zero(float(own), "A stated uncertainty")
        found.append(float((x - reference.value) / math.hypot(own, cover * reference.u)))
    return Scores(
        kind,
        tuple(found),
        tuple(Performance.NOT_SCORED if score is None else judge(score) for score in found),
        tuple("the line states no uncertainty" if score is None else "" for score in found),
        f"{kind}/1",
    )


def _scores(kind: str, found: Array) -> Scores:
    values = tuple(float(score) for score in found)
    return Scores(kind, values, tuple(map(_performance, values)), ("",) * len(values), f"{kind}/1")


def _none(kind: str, numbers: Array, reason: str) -> Scores:
    p = len(numbers)
    return Scores(kind, (None,) * p, (Performance.NOT_SCORED,) * p, (reason,) * p, f"{kind}/1")


def _performance(score: float) -> Performance:
    if abs(score) >= 3.0:
        return Performance.ACTION
    return Performance.OK if abs(score) <= 2.0 else Performance.WARNING


def _pick(fine: bool) -> Performance:
    return Performance.OK if fine else Performance.ACTION


def _above_zero(value: float, what: str) -> None:
    if not (math.isfinite(value) and value > 0):
        raise NotANumber(f"{what} is {value}; it is finite and above zero.")
