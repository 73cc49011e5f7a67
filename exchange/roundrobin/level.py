"""The input of every statistic: one measurand at one level, for each line its number of results, mean and spread."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from exchange.roundrobin.exact import mean_and_squares
from exchange.roundrobin.refusals import Duplicated, Mismatched, NotANumber, TooFewLines

Array = NDArray[np.float64]
Results = Sequence[float | None] | Array
NOISE = 1e-14
"""A spread below this share of the largest value is rounding of binary numbers, and counts as none."""
LARGEST = 1e70
"""Beyond it fourth powers overflow, of which intervals are made; no measurand is so large."""

ABSENT = frozenset({"NAType", "NaTType", "MaskedConstant"})
"""How pandas and numpy mark what is missing; told by name, as pandas is not loaded for it."""


@dataclass(frozen=True)
class Missing:
    """A result that was announced and is not there: None or not-a-number at this place (from 0) of the line."""

    line: str
    place: int


@dataclass(frozen=True)
class Level:
    """Results of p lines (laboratories) for one measurand, all in `unit` (UCUM); each tuple has p entries.

    `n` counts results, `mean` is their mean, `sd` their standard deviation with n - 1 (None where n = 1).
    `replicates` are the results themselves, None where only n, mean and sd are known. `missing` are the results left
    out because they are not there, `absent` the lines that have none at all.
    """

    lines: tuple[str, ...]
    n: tuple[int, ...]
    mean: tuple[float, ...]
    sd: tuple[float | None, ...]
    unit: str = "1"
    replicates: tuple[tuple[float, ...], ...] | None = None
    missing: tuple[Missing, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def p(self) -> int:
        """Number of lines with at least one result."""
        return len(self.lines)

    @property
    def balanced(self) -> bool:
        """Whether all lines have as many results."""
        return len(set(self.n)) == 1

    @property
    def sizes(self) -> Array:
        """n as an array (p,)."""
        return np.array(self.n, dtype=np.float64)

    @property
    def means(self) -> Array:
        """Means as an array (p,), in the unit."""
        return np.array(self.mean, dtype=np.float64)

    @cached_property
    def exact(self) -> tuple[tuple[Fraction, Fraction], ...]:
        """Mean, and sum of squares about it, of each line without rounding: of its results, else as they are stated."""
        if self.replicates is not None:
            return tuple(mean_and_squares(there) for there in self.replicates)
        stated = zip(self.n, self.mean, self.sd, strict=True)
        return tuple((Fraction(mean), (n - 1) * Fraction(sd or 0.0) ** 2) for n, mean, sd in stated)

    @property
    def variances(self) -> Array:
        """Squared standard deviations (p,); zero where n = 1, where the weight n - 1 is zero too."""
        return np.array([0.0 if sd is None else sd * sd for sd in self.sd], dtype=np.float64)

    def without(self, lines: Iterable[str]) -> "Level":
        """The same without these lines; Mismatched where one of them is not there."""
        left_out = set(lines)
        if unknown := sorted(left_out - set(self.lines)):
            raise Mismatched(f"There is no line {', '.join(unknown)} with results; there are {', '.join(self.lines)}.")
        kept = [place for place, line in enumerate(self.lines) if line not in left_out]
        return Level(
            tuple(self.lines[i] for i in kept),
            tuple(self.n[i] for i in kept),
            tuple(self.mean[i] for i in kept),
            tuple(self.sd[i] for i in kept),
            self.unit,
            None if self.replicates is None else tuple(self.replicates[i] for i in kept),
            self.missing,
            self.absent,
        )


def level_of_results(results: Mapping[str, Results], unit: str = "1") -> Level:
    """A level from the results of each line; None, not-a-number, NA and masked ones are left out, named in `missing`.

    NotANumber for what is infinite or no number.
    """
    lines, kept, missing, absent = [], [], [], []
    for line, found in results.items():
        values = [_number(value, f"A result of line {line}") for value in found]
        missing += [Missing(line, place) for place, value in enumerate(values) if value is None]
        there = tuple(value for value in values if value is not None)
        if there:
            lines.append(line)
            kept.append(there)
        else:
            absent.append(line)
    each = [summary(values) for values in kept]
    return Level(
        tuple(lines),
        tuple(len(values) for values in kept),
        tuple(mean for mean, _ in each),
        tuple(sd for _, sd in each),
        unit,
        tuple(kept),
        tuple(missing),
        tuple(absent),
    )


def level_of_rows(
    lines: Sequence[str], values: Results, replicates: Sequence[object] | None = None, unit: str = "1"
) -> Level:
    """A level from columns of one row per result; `replicates` names the result within its line (cell, repeat).

    Duplicated where a line has the same replicate twice, Mismatched where the columns differ in length.
    """
    if len(lines) != len(values) or (replicates is not None and len(replicates) != len(lines)):
        raise Mismatched(f"The columns differ in length: {len(lines)} lines and {len(values)} values.")
    if replicates is not None:
        seen: set[tuple[str, object]] = set()
        for key in zip(lines, replicates, strict=True):
            if key in seen:
                raise Duplicated(
                    f"Line {key[0]} has two results for {key[1]}; keep one, or give each a key of its own."
                )
            seen.add(key)
    grouped: dict[str, list[float | None]] = {}
    for line, value in zip(lines, values, strict=True):
        grouped.setdefault(line, []).append(value)
    return level_of_results(grouped, unit)


def level_of_summaries(
    lines: Sequence[str], n: Sequence[int], mean: Sequence[float], sd: Sequence[float | None], unit: str = "1"
) -> Level:
    """A level of which only number, mean and standard deviation of each line are known.

    Duplicated for a line named twice, NotANumber for a negative spread, Mismatched for lengths that differ.
    """
    if not len(lines) == len(n) == len(mean) == len(sd):
        raise Mismatched(
            f"The columns differ in length: {len(lines)} lines, {len(n)} n, {len(mean)} means, {len(sd)} sd."
        )
    if len(set(lines)) != len(lines):
        raise Duplicated("A line stands there twice; each has one number, mean and standard deviation.")
    for line, count, value, spread in zip(lines, n, mean, sd, strict=True):
        if count < 1 or not math.isfinite(value):
            raise NotANumber(f"Line {line} has n = {count} and mean {value}; n is at least 1 and the mean is finite.")
        if count > 1 and (spread is None or not math.isfinite(spread) or spread < 0):
            raise NotANumber(f"Line {line} has the standard deviation {spread}; it is finite and not negative.")
    spreads = tuple(None if count == 1 or s is None else float(s) for count, s in zip(n, sd, strict=True))
    return Level(tuple(lines), tuple(int(i) for i in n), tuple(float(m) for m in mean), spreads, unit)


def summary(values: Sequence[float] | Array) -> tuple[float, float | None]:
    """Mean and standard deviation (n - 1; None for one value), shifted first so that equal values have none."""
    numbers = np.asarray(values, dtype=np.float64)
    shifted = numbers - numbers[0]
    mean = float(numbers[0] + shifted.mean())
    if len(numbers) == 1:
        return mean, None
    return mean, settled(float(shifted.std(ddof=1)), numbers)


def settled(spread: float, values: Array) -> float:
    """The spread, or 0 where it is only the rounding of these values."""
    return 0.0 if spread <= NOISE * float(np.max(np.abs(values), initial=0.0)) else spread


def finite(values: Results, what: str, least: int = 1) -> Array:
    """The values (k,) as an array; NotANumber for one that is missing or infinite, TooFewLines for fewer than least."""
    if np.ndim(np.asarray(values, dtype=object)) != 1:
        raise Mismatched(f"The {what} are not one row of numbers.")
    found = [_number(value, f"Of the {what}, number {place}") for place, value in enumerate(values, start=1)]
    if None in found:
        raise NotANumber(f"Of the {what}, number {found.index(None) + 1} is missing.")
    numbers = np.array(found, dtype=np.float64)
    if len(numbers) < least:
        raise TooFewLines(f"There are {len(numbers)} {what}; at least {least} are needed.")
    return numbers


def _number(value: object, what: str) -> float | None:
    if value is None or type(value).__name__ in ABSENT:
        return None
    if isinstance(value, str | bytes | bool | np.bool_):
        raise NotANumber(f"{what} is {value!r}, which is no number.")
    try:
        number = float(value)  # type: ignore[arg-type]  # any number: of Python, numpy or a decimal
    except TypeError:
        raise NotANumber(f"{what} is {value!r}, which is no number.") from None
    if abs(number) > LARGEST:
        raise NotANumber(f"{what} is {number:g}; results are finite and at most {LARGEST:g}.")
    return None if math.isnan(number) else number
