"""Circulated cells and scores over several KPIs: a public data set, closed forms, and what cannot be told."""

import itertools
import math

import numpy as np
import pytest

from exchange import roundrobin as rr
from exchange.roundrobin.refusals import (
    Duplicated,
    Mismatched,
    NoSpread,
    TooFewLines,
    TooFewReplicates,
    Uncomputable,
)

PENICILLIN = (
    "27 23 26 23 23 21 27 23 26 23 23 21 25 21 25 24 24 20 26 23 25 23 23 20 25 22 26 22 23 20 24 22 25 23 22 19 "
    "24 20 23 21 22 19 26 22 26 24 24 21 24 21 24 22 22 20 24 21 24 23 22 19 26 23 26 24 24 21 25 22 26 24 24 20 "
    "26 24 26 24 25 22 26 23 26 23 23 20 26 23 25 24 24 22 25 22 25 23 23 20 25 21 24 23 23 20 25 22 24 23 23 19 "
    "24 21 23 21 21 19 26 23 26 24 24 21 25 21 24 22 22 18 25 22 25 22 22 20 24 21 24 22 24 19 24 21 24 22 21 18"
)
"""Diameters in mm on 24 plates of 6 samples (Davies and Goldsmith 1972), as R's lme4 has them."""
DIAMETERS = [float(one) for one in PENICILLIN.split()]
PLATES = [f"plate {at // 6}" for at in range(144)]
SAMPLES = ["ABCDEF"[at % 6] for at in range(144)]


def test_crossed_components_are_those_that_lme4_prints() -> None:
    found = rr.crossed_reml(DIAMETERS, SAMPLES, PLATES)
    assert round(found.sd("cell"), 4) == 0.8467 and round(found.sd("line"), 4) == 1.9316
    assert round(found.sd("residual"), 4) == 0.5499 and round(found.mean, 5) == 22.97222
    assert found.drift is None and found.notes == () and found.power == rr.Power.INDICATIVE
    table = np.array(DIAMETERS).reshape(24, 6)
    assert found.effects == pytest.approx(table.mean(axis=0) - table.mean(), abs=1e-12)
    rest = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()
    square = float((rest**2).sum()) / (23 * 5)
    assert found.sd("residual") ** 2 == pytest.approx(square, rel=1e-5)
    assert found.sd("line") ** 2 == pytest.approx(table.mean(axis=0).var(ddof=1) - square / 24, rel=1e-4)
    assert found.sd("cell") ** 2 == pytest.approx(table.mean(axis=1).var(ddof=1) - square / 6, rel=1e-4)


def test_a_drift_is_told_from_lines_where_cells_go_different_ways() -> None:
    """Every cell goes round all lines from another one on; it loses 0.02 Ah at each."""
    chance = np.random.default_rng(8)
    lines, own = "ABCDEF", np.array([0.0, 0.01, -0.02, 0.03, 0.0, -0.02])
    rows = [(line, cell, (line - cell) % 6) for cell, line in itertools.product(range(6), range(6))]
    noise = 0.002 * chance.normal(size=36)
    cells = 0.05 * chance.normal(size=6)
    values = [5.0 + own[at] + cells[cell] - 0.02 * place + e for (at, cell, place), e in zip(rows, noise, strict=True)]
    named = [lines[at] for at, _, _ in rows], [f"cell {cell}" for _, cell, _ in rows]
    found = rr.crossed_reml(values, *named, order=[place for _, _, place in rows])
    assert found.drift is not None and found.u_drift is not None
    assert abs(found.drift + 0.02) < 3 * found.u_drift and found.u_drift == pytest.approx(0.0002, rel=0.3)
    assert found.effects == pytest.approx(own, abs=0.003) and found.sd("residual") == pytest.approx(0.002, rel=0.3)
    assert rr.crossed_reml(values, *named).sd("residual") > 0.02
    stretched = rr.crossed_reml([2 * v for v in values], *named, order=[10.0 * place for _, _, place in rows])
    assert stretched.drift == pytest.approx(found.drift / 5, rel=1e-4)


def test_what_cannot_be_told_apart_is_refused() -> None:
    lines, cells = list("AABBCC"), list("xyxyxy")
    values = [1.0, 2.0, 1.5, 2.6, 1.1, 2.2]
    with pytest.raises(Uncomputable, match="own place in the order"):
        rr.crossed_reml(values, lines, cells, order=[0, 0, 1, 1, 2, 2])
    with pytest.raises(Uncomputable, match="own place in the order"):
        rr.crossed_reml(values, lines, cells, order=[3] * 6)
    with pytest.raises(Uncomputable, match="without a cell in common"):
        rr.crossed_reml([1.0, 2, 3, 4, 5, 6, 7, 8], list("AABBCCDD"), list("xyxyuvuv"))
    with pytest.raises(TooFewReplicates):
        rr.crossed_reml([1.0, 2.0, 3.0], list("AAB"), list("xyx"))
    with pytest.raises(TooFewLines):
        rr.crossed_reml([1.0, 2.0], list("AB"), list("xx"))
    with pytest.raises(NoSpread):
        rr.crossed_reml([1.0] * 6, lines, cells)
    with pytest.raises(Mismatched):
        rr.crossed_reml(values, lines, cells[:-1])


def scores(*values: float | None, kind: str = "z") -> rr.Scores:
    return rr.Scores(kind, values, (rr.Performance.OK,) * len(values), ("",) * len(values), f"{kind}/1")


def test_a_sum_shows_a_bias_that_no_single_score_does_and_says_what_it_hides() -> None:
    kpis = {"c/10": scores(1.5, 4.0, 0.3), "1c": scores(1.6, -4.0, None), "energy": scores(1.4, 0.1, None)}
    kpis["dcir"] = scores(1.9, 0.0, None)
    found = rr.rescaled_sum(["A", "B", "C"], kpis)
    assert found.values == (pytest.approx(6.4 / 2), pytest.approx(0.1 / 2), None)
    assert found.performance == (rr.Performance.ACTION, rr.Performance.OK, rr.Performance.NOT_SCORED)
    assert found.actions == ((), ("c/10", "1c"), ()) and found.kpis[2] == ("c/10",)


def test_of_independent_scores_the_sum_is_a_standard_normal_variable() -> None:
    drawn = np.random.default_rng(6).normal(size=(4000, 5))
    lines = [str(at) for at in range(4000)]
    found = rr.rescaled_sum(lines, {f"k{at}": scores(*drawn[:, at]) for at in range(5)})
    sums = np.array([one for one in found.values if one is not None])
    assert abs(float(sums.mean())) < 4 / math.sqrt(4000) and float(sums.std()) == pytest.approx(1.0, abs=0.05)


def test_scores_of_several_kinds_are_not_summed() -> None:
    for mixed in ({"a": scores(1.0), "b": scores(1.0, kind="z-prime")}, {"a": scores(1.0, kind="E_n")}):
        with pytest.raises(Mismatched, match="all z, or all z'"):
            rr.rescaled_sum(["A"], mixed)
    with pytest.raises(Mismatched, match="has 2 scores for 1 lines"):
        rr.rescaled_sum(["A"], {"a": scores(1.0, 2.0)})
    with pytest.raises(Duplicated):
        rr.rescaled_sum(["A", "A"], {"a": scores(1.0, 2.0)})
