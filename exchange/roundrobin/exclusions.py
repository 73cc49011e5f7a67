"""Exclusions as data: who left out which line or result, when and why; every statistic with and without them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from exchange.roundrobin.level import Level, level_of_results
from exchange.roundrobin.refusals import Duplicated, Mismatched, Uncomputable

Statistic = TypeVar("Statistic")


@dataclass(frozen=True)
class Exclusion:
    """A line, or one result of it (`place`, from 0 among the results that are there), left out by a person."""

    line: str
    reason: str
    by: str
    on: date
    place: int | None = None

    def __post_init__(self) -> None:
        if not self.reason.strip() or not self.by.strip():
            raise Uncomputable(f"The exclusion of line {self.line} names no reason or no person; both are published.")


@dataclass(frozen=True)
class Compared(Generic[Statistic]):
    """A statistic of everything and of what is left, with what makes the difference.

    Where what is left allows no such statistic `kept` is None and `reason` says why.
    """

    everything: Statistic
    kept: Statistic | None
    exclusions: tuple[Exclusion, ...]
    reason: str = ""


def with_and_without(
    results: Level, exclusions: Sequence[Exclusion], statistic: Callable[[Level], Statistic]
) -> Compared[Statistic]:
    """The statistic of all results, and again after the exclusions; errors of the first are raised.

    Mismatched for a line or result that is not there, Duplicated for one excluded twice.
    """
    everything = statistic(results)
    left = exclude(results, exclusions)
    try:
        return Compared(everything, statistic(left), tuple(exclusions))
    except Uncomputable as refused:
        return Compared(everything, None, tuple(exclusions), refused.message)


def exclude(results: Level, exclusions: Sequence[Exclusion]) -> Level:
    """What is left of the results; single results can be left out only where the level holds them."""
    lines = [one.line for one in exclusions if one.place is None]
    places = [(one.line, one.place) for one in exclusions if one.place is not None]
    if len(set(lines)) != len(lines) or len(set(places)) != len(places) or {line for line, _ in places} & set(lines):
        raise Duplicated("The same line or result is excluded twice.")
    left = results.without(lines)
    return _without_results(left, places) if places else left


def _without_results(results: Level, places: Sequence[tuple[str, int | None]]) -> Level:
    if results.replicates is None:
        raise Mismatched("Only means and spreads are known here, so no single result can be left out.")
    values = dict(zip(results.lines, results.replicates, strict=True))
    for line, place in places:
        if line not in values or place is None or not 0 <= place < len(values[line]):
            raise Mismatched(f"There is no result {place} of line {line}.")
    left = {
        line: tuple(value for place, value in enumerate(there) if (line, place) not in places)
        for line, there in values.items()
    }
    made = level_of_results(left, results.unit)
    return Level(
        made.lines,
        made.n,
        made.mean,
        made.sd,
        made.unit,
        made.replicates,
        results.missing,
        (*results.absent, *made.absent),
    )
