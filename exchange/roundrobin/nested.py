"""Where variation arises in nested results: line, batch within line, cell within batch, repeat within cell."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from exchange.roundrobin.level import Array, Results, finite, settled
from exchange.roundrobin.refusals import Mismatched, TooFewLines, TooFewReplicates

Key = tuple[object, ...]
RESIDUAL = "residual"


@dataclass(frozen=True)
class Component:
    """One stage: its groups and degrees of freedom, mean square, and variance in the square of the unit.

    `sd` is the root of the variance set to zero if negative; `raw` is the variance before that. REML has no mean
    squares: there they are None and `raw` is the variance.
    """

    stage: str
    groups: int
    df: int
    mean_square: float | None
    raw: float
    sd: float


@dataclass(frozen=True)
class Nested:
    """Components from the outermost stage in; the last is the residual (what repeats within the innermost differ by).

    `mean` is that of all results (analysis of variance) or the estimated mean (REML), in their unit. `notes` say what
    to bear in mind: a component at zero, an estimate that did not settle.
    """

    mean: float
    n_total: int
    components: tuple[Component, ...]
    method: str
    notes: tuple[str, ...] = ()
    definition: str = "nested/1"

    def sd(self, stage: str) -> float:
        """Standard deviation of a stage, in the unit of the results."""
        return next(one.sd for one in self.components if one.stage == stage)


def nested_anova(values: Results, stages: dict[str, Sequence[object]]) -> Nested:
    """Components of y = mean + line + batch(line) + ... + residual, balanced or not, by equating mean squares.

    `stages` names each stage, outermost first, with its label for each of the N results; inner labels may repeat in
    other groups. With T_k = sum over groups of n_g (mean_g)^2 the sum of squares of stage k is T_k - T_(k-1), and a
    variance of stage b has in E(T_k) the coefficient N where b is outside or at k, else sum n_h^2 / n_g over groups h
    of b within g of k. The innermost stage needs repeats, else leave it out: it is the residual then.
    Standard: the nested designs are those of ISO 5725-3. Read: documentation of SAS PROC NESTED, whose turnip
    data (Snedecor and Cochran) are those of the test; coefficients derived here.
    TooFewLines below two outermost groups, TooFewReplicates where a stage has no degree of freedom, Mismatched.
    """
    numbers, keys, names = grouped(values, stages)
    total = len(numbers)
    shifted = numbers - numbers[0]
    groups = [_inverse(key) for key in keys]
    sizes = [np.bincount(group).astype(np.float64) for group in groups]
    mean = float(shifted.mean())
    # Group means are taken about the total mean, so that T of "all in one group" is zero.
    sums = [np.bincount(group, weights=shifted - mean) for group in groups]
    squares = [0.0, *(float((s**2 / n).sum()) for s, n in zip(sums, sizes, strict=True))]
    squares.append(float(((shifted - mean) ** 2).sum()))
    counts = [1, *(len(n) for n in sizes), total]
    coefficients = _coefficients(groups, total)
    raw = [0.0] * (len(names) + 1)
    found: list[Component] = []
    for stage in range(len(names), -1, -1):
        df = counts[stage + 1] - counts[stage]
        if df < 1:
            name = (*names, RESIDUAL)[stage]
            raise TooFewReplicates(f"Stage {name} has no degree of freedom: each group outside holds one of it.")
        inner = [coefficients[stage + 1][b] - coefficients[stage][b] for b in range(len(names) + 1)]
        mean_square = max(0.0, squares[stage + 1] - squares[stage]) / df
        known = sum(inner[b] * raw[b] for b in range(stage + 1, len(names) + 1))
        raw[stage] = (mean_square * df - known) / inner[stage]
        sd = settled(math.sqrt(max(0.0, raw[stage])), numbers)
        found.insert(0, Component((*names, RESIDUAL)[stage], counts[stage + 1], df, mean_square, raw[stage], sd))
    notes = tuple(f"the variance of stage {one.stage} is not above zero" for one in found if one.raw <= 0)
    return Nested(float(numbers[0] + mean), total, tuple(found), "analysis of variance", notes)


def grouped(values: Results, stages: dict[str, Sequence[object]]) -> tuple[Array, list[list[Key]], tuple[str, ...]]:
    """The values with, for each stage, the label of each result made unique by those outside it."""
    numbers = finite(values, "results", 2)
    if not stages:
        raise TooFewLines("No stage is named.")
    for name, labels in stages.items():
        if len(labels) != len(numbers):
            raise Mismatched(f"Stage {name} has {len(labels)} labels for {len(numbers)} results.")
    columns = list(stages.values())
    keys: list[list[Key]] = [list(zip(*columns[: depth + 1], strict=True)) for depth in range(len(columns))]
    if len(set(keys[0])) < 2:
        raise TooFewLines(f"Stage {next(iter(stages))} has one group; two are the least.")
    return numbers, keys, tuple(stages)


def _inverse(labels: Sequence[Key]) -> NDArray[np.intp]:
    place = {label: number for number, label in enumerate(dict.fromkeys(labels))}
    return np.array([place[label] for label in labels], dtype=np.intp)


def _coefficients(groups: list[NDArray[np.intp]], total: int) -> list[list[float]]:
    """For every T (all in one, each stage, each result by itself) the coefficient of every variance in E(T)."""
    every = [np.zeros(total, dtype=np.intp), *groups, np.arange(total)]
    made = []
    for k, outer in enumerate(every):
        size = np.bincount(outer).astype(np.float64)
        row = []
        for b, inner in enumerate(every[1:], start=1):
            if b <= k:
                row.append(float(total))
                continue
            inside = np.bincount(inner).astype(np.float64)
            first = np.zeros(len(inside), dtype=np.intp)
            first[inner] = outer
            row.append(float((inside**2 / size[first]).sum()))
        made.append(row)
    return made
