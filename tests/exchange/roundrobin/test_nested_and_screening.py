"""Nested components, the order of outlier tests, pairs, scores by hand: against print, and against other ways."""

import itertools
import math

import numpy as np
import pytest

from exchange import roundrobin as rr
from exchange.roundrobin.nested import grouped
from tests.exchange.roundrobin.references import levels, needed

TURNIP = (
    3.28, 3.09, 3.52, 3.48, 2.88, 2.80, 2.46, 2.44, 1.87, 1.92, 2.19, 2.19,
    2.77, 2.66, 3.74, 3.44, 2.55, 2.55, 3.78, 3.87, 4.07, 4.12, 3.31, 3.31,
)  # fmt: skip
"""Calcium in turnip greens, 4 plants x 3 leaves x 2 samples: Snedecor and Cochran, in SAS/STAT's PROC NESTED."""
STAGES = {"plant": [i // 6 for i in range(24)], "leaf": [i // 2 % 3 for i in range(24)]}


def test_turnip_greens_have_the_components_that_sas_prints() -> None:
    found = rr.nested_anova(TURNIP, STAGES)
    printed = {"plant": (3, 2.520115, 0.365223), "leaf": (8, 0.328775, 0.161060), "residual": (12, 0.006654, 0.006654)}
    assert [one.stage for one in found.components] == list(printed)
    for one in found.components:
        df, mean_square, variance = printed[one.stage]
        assert one.df == df and one.mean_square == pytest.approx(mean_square, abs=6e-7)
        assert one.raw == pytest.approx(variance, abs=6e-7)


def test_balanced_components_are_the_same_by_restricted_likelihood() -> None:
    by_squares, by_likelihood = rr.nested_anova(TURNIP, STAGES), rr.nested_reml(TURNIP, STAGES)
    assert by_likelihood.mean == pytest.approx(by_squares.mean, rel=1e-9) and by_likelihood.notes == ()
    for stage in ("plant", "leaf", "residual"):
        assert by_likelihood.sd(stage) == pytest.approx(by_squares.sd(stage), rel=1e-5)


@needed
def test_where_lines_do_not_differ_the_two_ways_part_as_r_says() -> None:
    level = levels("01_e691_glucose")["A"]
    assert level.replicates is not None
    values = [v for line in level.replicates for v in line]
    lines = {"line": [name for name, line in zip(level.lines, level.replicates, strict=True) for _ in line]}
    by_likelihood, by_squares = rr.nested_reml(values, lines), rr.nested_anova(values, lines)
    assert round(by_likelihood.sd("residual"), 4) == 1.0592 and round(by_squares.sd("residual"), 4) == 1.0632
    assert by_squares.sd("line") == 0.0 and "line" in by_squares.notes[0] and "boundary" in by_likelihood.notes[0]


def test_coefficients_of_unbalanced_nesting_are_those_of_the_projections() -> None:
    """Mean squares of plain indicator matrices: traces give every coefficient without a formula of ours."""
    stages = {"line": "aaaaaaabbbbbccccc", "batch": "11122331122211122", "cell": "xxyxxxyxyxxyxyyxx"}
    values = np.random.default_rng(4).normal(size=17)
    _, keys, _ = grouped(values, stages)
    shown = [np.array([[key == other for other in dict.fromkeys(column)] for key in column], float) for column in keys]
    onto = [np.full((17, 17), 1 / 17), *(z @ np.linalg.pinv(z) for z in shown), np.eye(17)]
    between = [after - before for before, after in itertools.pairwise(onto)]
    expected = np.array([[np.trace(z.T @ p @ z) for z in (*shown, np.eye(17))] for p in between])
    squares = np.array([values @ p @ values for p in between])
    assert [one.raw for one in rr.nested_anova(values, stages).components] == pytest.approx(
        list(np.linalg.solve(expected, squares)), rel=1e-9
    )


@needed
def test_screening_takes_cochran_first_and_goes_on_without_the_outlier() -> None:
    found = rr.screen(levels("01_e691_glucose")["C"])
    first, second = found.steps[:2]
    assert (first.test, first.lines, first.verdict) == ("cochran", ("4",), rr.Verdict.OUTLIER)
    assert (second.test, second.p) == ("cochran", 7) and found.outliers == ("4",)
    assert [step.test for step in found.steps[-2:]] == ["grubbs-single", "grubbs-double"]
    apricot = rr.screen(levels("07_aoac_apricot_fibre")["apricot"])
    assert (apricot.outliers, apricot.stragglers) == ((), ("4",))
    assert {step.p for step in apricot.steps} == {9}


def test_two_outliers_that_hide_each_other_are_found_together() -> None:
    means = [10.0, 10.1, 9.9, 10.05, 9.95, 10.02, 9.97, 10.08, 12.0, 12.05]
    level = rr.level_of_results({chr(65 + i): [m - 0.05, m + 0.05] for i, m in enumerate(means)})
    found = rr.screen(level)
    by_test = {step.test: step for step in found.steps}
    assert by_test["grubbs-single"].verdict is rr.Verdict.OK
    assert set(found.outliers) == {"I", "J"} and found.steps[-1].p == 8


def test_youden_pairs_of_eight_laboratories_have_the_spread_that_a_textbook_prints() -> None:
    low, high = [2.0, 3.6, 1.8, 1.1, 2.5, 2.4, 1.8, 1.7], [6.3, 6.6, 6.8, 6.8, 7.4, 6.9, 6.1, 6.3]
    found = rr.youden(low, high)
    assert round(found.s_random, 2) == 0.55
    assert found.s_total**2 == pytest.approx(float(np.var(np.add(low, high), ddof=1)) / 2)
    assert found.radius == pytest.approx(found.s_random * 2.4477, rel=1e-4) and found.outside == (1,)


def test_youden_tells_bias_of_lines_from_chance() -> None:
    rng = np.random.default_rng(2)
    bias = rng.normal(0, 3.0, 4000)
    found = rr.youden(10 + bias + rng.normal(0, 1, 4000), 12 + bias + rng.normal(0, 1, 4000))
    assert (found.s_random, found.s_between) == pytest.approx((1.0, 3.0), rel=0.05)


def test_scores_by_hand() -> None:
    assigned = rr.Assigned(10.0, 0.4, "reference line")
    assert rr.z_scores([12.0, 15.0, 16.0], assigned, 2.0).values == (1.0, 2.5, 3.0)
    assert rr.z_scores([12.0, 15.0, 16.0], assigned, 2.0).performance == (
        rr.Performance.OK,
        rr.Performance.WARNING,
        rr.Performance.ACTION,
    )
    assert rr.z_prime_scores([10.5], assigned, 0.3).values == pytest.approx((1.0,))
    assert rr.zeta_scores([11.0], [0.3], assigned).values == pytest.approx((2.0,))
    e_n = rr.e_n_scores([11.0, 10.9], [0.6, 0.6], assigned)
    assert e_n.values == pytest.approx((1.0, 0.9))
    assert e_n.performance == (rr.Performance.ACTION, rr.Performance.OK)
    assert rr.per_cent([11.0], assigned) == pytest.approx((10.0,))


def test_a_consensus_without_a_line_does_not_follow_it() -> None:
    usual, far = [1.0, 1.1, 0.9, 1.05, 1.02], [1.0, 1.1, 0.9, 1.05, 77.0]
    assert rr.consensus_without_each(usual)[4] == rr.consensus_without_each(far)[4]
    assert rr.consensus_without_each(usual)[0] != rr.consensus_without_each(far)[0]
    stated = [0.1, 0.2, 0.1, 0.3, 0.1]
    others = rr.paule_mandel(usual[:4], stated[:4])
    assert rr.consensus_without_each(usual, stated)[4].value == others.mu
    assert not any(one.contains_results for one in rr.consensus_without_each(usual, stated))


def test_stability_allows_three_tenths_of_sigma_and_chance_if_asked() -> None:
    found = rr.stability([10.0, 10.2, 9.8], [10.4, 10.6, 10.2], 1.0)
    assert found.difference == pytest.approx(0.4) and not found.stable and found.stable_with_allowance
    assert found.limit_with_allowance == pytest.approx(0.3 + 2 * math.sqrt(2 * 0.04 / 3))


def test_three_of_ten_cells_have_wilsons_interval() -> None:
    found = rr.line_yield(3, 10)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.10779, 0.60322), abs=5e-6)
