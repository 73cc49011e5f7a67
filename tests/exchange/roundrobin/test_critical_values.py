"""Critical values are exact for any number of lines, results and level: against figures verified in R and printed."""

import json
import math
from importlib import resources

import numpy as np
import pytest
from scipy import stats

from exchange import roundrobin as rr
from exchange.roundrobin import quantiles
from exchange.roundrobin.refusals import OutOfTable
from tests.exchange.roundrobin.references import FOLDER, needed


def test_limits_of_eight_lines_with_three_results_are_those_verified_in_r() -> None:
    assert round(rr.h_limit(8, 0.005), 4) == 2.1525
    assert round(rr.k_limit(2, 16, 0.005), 4) == 2.0608
    assert [round(rr.cochran_limit(8, 2, 16, alpha), 4) for alpha in (0.05, 0.01)] == [0.5157, 0.6152]
    assert [round(rr.grubbs_limit(8, alpha), 4) for alpha in (0.05, 0.01)] == [2.1266, 2.2744]


@pytest.mark.parametrize(("p", "n", "alpha"), [(3, 2, 0.05), (5, 4, 0.01), (11, 20, 0.005), (30, 3, 0.05)])
def test_two_ways_to_the_same_limit_agree(p: int, n: int, alpha: float) -> None:
    t = float(stats.t.ppf(1 - alpha / 2, p - 2))
    assert rr.h_limit(p, alpha) == pytest.approx((p - 1) * t / math.sqrt(p * (t * t + p - 2)), rel=1e-11)
    beta = float(stats.beta.ppf(1 - alpha / 2, (p - 2) / 2, (p - 2) / 2))
    assert rr.h_limit(p, alpha) == pytest.approx((2 * beta - 1) * (p - 1) / math.sqrt(p), rel=1e-9)
    df, pooled = n - 1, p * (n - 1)
    f = float(stats.f.ppf(1 - alpha, df, pooled - df))
    assert rr.k_limit(df, pooled, alpha) == pytest.approx(math.sqrt(p / (1 + (p - 1) / f)), rel=1e-11)
    f = float(stats.f.ppf(1 - alpha / p, df, pooled - df))
    assert rr.cochran_limit(p, df, pooled, alpha) == pytest.approx(1 / (1 + (p - 1) / f), rel=1e-11)
    assert rr.cochran_limit(p, df, pooled, alpha) == pytest.approx(rr.k_limit(df, pooled, alpha / p) ** 2 / p)


def test_points_of_distributions_are_those_of_scipy_stats() -> None:
    for upper in (0.9, 0.5, 0.05, 0.005, 1e-5):
        assert quantiles.t_point(upper, 6) == pytest.approx(float(stats.t.isf(upper, 6)), rel=1e-11, abs=1e-15)
        assert quantiles.chi2_point(upper, 7) == pytest.approx(float(stats.chi2.isf(upper, 7)), rel=1e-11)
        assert quantiles.f_point(upper, 3, 16) == pytest.approx(float(stats.f.isf(upper, 3, 16)), rel=1e-11)


def test_h_can_never_exceed_its_bound_so_few_lines_can_never_stand_out() -> None:
    for p, bound in ((3, 1.155), (4, 1.5), (5, 1.789)):
        assert rr.h_limit(p, 1e-9) <= (p - 1) / math.sqrt(p)
        assert round((p - 1) / math.sqrt(p), 3) == bound


def test_limits_move_one_way_with_lines_results_and_level() -> None:
    lines = range(3, 40)
    for limit in (lambda p: rr.h_limit(p, 0.01), lambda p: rr.grubbs_limit(p, 0.01)):
        assert all(np.diff([limit(p) for p in lines]) > 0)
    assert all(np.diff([rr.k_limit(n - 1, 8 * (n - 1), 0.01) for n in range(2, 30)]) < 0)
    assert all(np.diff([rr.cochran_limit(p, 2, 2 * p, 0.01) for p in lines]) < 0)
    for limit in (
        lambda alpha: rr.h_limit(9, alpha),
        lambda alpha: rr.k_limit(2, 18, alpha),
        lambda alpha: rr.cochran_limit(9, 2, 18, alpha),
        lambda alpha: rr.grubbs_limit(9, alpha),
        lambda alpha: -rr.grubbs_double_limit(9, alpha),
    ):
        assert all(np.diff([limit(alpha) for alpha in (0.1, 0.05, 0.02, 0.01)]) > 0)
    assert all(np.diff([rr.grubbs_double_limit(p, 0.05) for p in range(4, 51)]) > 0)


@needed
def test_limits_of_the_double_grubbs_test_are_the_simulated_ones() -> None:
    given = json.loads((FOLDER / "double_grubbs_critical_mc.json").read_text())["quantiles"]
    shipped = json.loads(resources.files("exchange.roundrobin").joinpath("double_grubbs.json").read_text())
    assert {p: shipped["quantiles"][p] for p in given} == given
    two_sided = {6: (0.0349, 0.0116), 8: (0.1099, 0.0564), 9: (0.1494, 0.0852), 10: (0.1864, 0.1148)}
    for p, limits in two_sided.items():
        assert (round(rr.grubbs_double_limit(p, 0.05), 4), round(rr.grubbs_double_limit(p, 0.01), 4)) == limits


def test_a_quick_simulation_comes_near_the_table_beyond_thirty_lines() -> None:
    draws = np.sort(np.random.default_rng(7).standard_normal((20_000, 42)), axis=1)
    ratio = draws[:, :-2].var(axis=1) * 40 / (draws.var(axis=1) * 42)
    assert np.quantile(ratio, 0.025) == pytest.approx(rr.grubbs_double_limit(42, 0.05), abs=0.006)


def test_where_no_limit_was_simulated_the_test_says_so_and_decides_nothing() -> None:
    with pytest.raises(OutOfTable, match=r"51 values at alpha = 0\.05"):
        rr.grubbs_double_limit(51, 0.05)
    with pytest.raises(OutOfTable, match=r"alpha = 0\.03"):
        rr.grubbs_double_limit(8, 0.03)
    found = rr.grubbs_double([*range(58), 1000.0, 1001.0])
    assert (found.straggler_limit, found.high.verdict) == (None, rr.Verdict.UNDECIDED) and "60 values" in found.reason


def test_factors_of_algorithm_s_and_of_intervals_are_as_published() -> None:
    found = rr.algorithm_s([1.0, 1.1, 0.9], 1)
    assert (round(found.eta, 3), round(found.xi, 3)) == (1.645, 1.097)
    three = rr.sd_interval(1.0, 2)
    assert (round(three.low, 2), round(three.high, 1)) == (0.52, 6.3)


def test_the_interval_between_lines_is_exact_where_it_should_be() -> None:
    """An end is zero where F just is, or is as far below as that; without s_r it is that of chi-square."""
    df_x, df_r, n_h = 7, 16, 3.0
    upper, lower = (float(stats.f.ppf(share, df_x, df_r)) for share in (0.975, 0.025))
    for f, low, high in ((upper, True, False), (lower, False, True)):
        below = rr.between_interval(math.sqrt(f * (1 - 1e-6) / n_h), df_x, 1.0, df_r, n_h)
        above = rr.between_interval(math.sqrt(f * (1 + 1e-6) / n_h), df_x, 1.0, df_r, n_h)
        assert (below.low == 0.0 < above.low) is low and (below.high == 0.0 < above.high) is high
    alone, plain = rr.between_interval(2.0, df_x, 1e-9, df_r, n_h), rr.sd_interval(2.0, df_x)
    assert (alone.low, alone.high) == pytest.approx((plain.low, plain.high), rel=1e-6)
    total = rr.total_interval(2.0, df_x, 1e-9, df_r, n_h)
    assert (total.low, total.high) == pytest.approx((plain.low, plain.high), rel=1e-6)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(3)
    sizes, between, rounds = (2, 3, 5, 8, 4, 2), 0.8, 400
    held = np.zeros(3)
    for _ in range(rounds):
        lines = {str(i): rng.normal(0, between) + rng.normal(0, 1, n) for i, n in enumerate(sizes)}
        found = rr.precision(rr.level_of_results(lines))
        intervals = (found.s_r_interval, found.s_L_interval, found.s_R_interval)
        for place, (interval, truth) in enumerate(zip(intervals, (1.0, between, math.hypot(1, between)), strict=True)):
            assert interval is not None
            held[place] += interval.low <= truth <= interval.high
    assert held / rounds == pytest.approx([0.95] * 3, abs=0.035)
