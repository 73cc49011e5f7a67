"""What must hold for any data: shifts, scales and order change nothing that they should not; formulas agree."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from exchange import roundrobin as rr

FEW = settings(max_examples=25, deadline=None)
value = st.integers(-400, 400).map(lambda number: number / 16)
results = st.lists(st.lists(value, min_size=1, max_size=5), min_size=3, max_size=9)
balanced = st.integers(2, 4).flatmap(
    lambda n: st.lists(st.lists(value, min_size=n, max_size=n), min_size=3, max_size=9)
)


def level_of(lines: list[list[float]]) -> rr.Level:
    return rr.level_of_results({f"L{place}": values for place, values in enumerate(lines)})


def spreads(lines: list[list[float]]) -> rr.Level:
    level = level_of(lines)
    assume(any(sd for sd in level.sd) and len(set(level.mean)) > 1)
    return level


def near(found: object) -> object:
    return pytest.approx(found, rel=1e-7, abs=1e-9)


@FEW
@given(results, st.sampled_from([0.5, 3.0, -2.0]), st.integers(-50, 50))
def test_a_shift_moves_means_only_and_a_scale_scales_spreads(lines: list[list[float]], by: float, shift: int) -> None:
    level = spreads(lines)
    moved = level_of([[by * v + shift for v in values] for values in lines])
    one, other = rr.precision(level), rr.precision(moved)
    assert (other.mean, other.mean_of_means) == near((by * one.mean + shift, by * one.mean_of_means + shift))
    for name in ("s_x", "s_r", "s_L", "s_R", "r", "R"):
        assert getattr(other, name) == pytest.approx(abs(by) * getattr(one, name), rel=1e-6, abs=1e-6)
    first, second = rr.mandel(level), rr.mandel(moved)
    assert [abs(h) for h in second.h or ()] == near([abs(h) for h in first.h or ()])
    assert [k or 0.0 for k in second.k or ()] == near([k or 0.0 for k in first.k or ()])
    assert second.k_limit == first.k_limit
    assert rr.q_hampel(moved).s == near(abs(by) * rr.q_hampel(level).s)
    robust, again = rr.algorithm_a(level.means), rr.algorithm_a(moved.means)
    assert again.s == pytest.approx(abs(by) * robust.s, rel=1e-6, abs=1e-6)
    assert again.x == pytest.approx(by * robust.x + shift, rel=1e-6, abs=1e-6)


@FEW
@given(results, st.randoms(use_true_random=False))
def test_the_order_of_lines_and_results_does_not_matter(lines: list[list[float]], chance: object) -> None:
    level = spreads(lines)
    order = list(range(len(lines)))
    chance.shuffle(order)  # type: ignore[attr-defined]  # hypothesis' own random.Random
    mixed = rr.level_of_results({f"L{place}": lines[place][::-1] for place in order})
    one, other = rr.precision(level), rr.precision(mixed)
    assert (other.mean, other.s_r, other.s_R, other.s_x) == near((one.mean, one.s_r, one.s_R, one.s_x))
    first, second = rr.mandel(level), rr.mandel(mixed)
    assert dict(zip(second.lines, second.h or (), strict=True)) == near(
        dict(zip(first.lines, first.h or (), strict=True))
    )
    assert rr.q_hampel(mixed).s == near(rr.q_hampel(level).s) and rr.q_hampel(mixed).x == near(rr.q_hampel(level).x)


@FEW
@given(balanced)
def test_for_balanced_data_the_general_formulas_are_the_simple_ones(lines: list[list[float]]) -> None:
    level = spreads(lines)
    n, found = level.n[0], rr.precision(level)
    assert found.mean == near(found.mean_of_means) and found.n_bar == near(n)
    assert found.s_r**2 == near(sum((sd or 0.0) ** 2 for sd in level.sd) / level.p)
    assert found.s_R == near(max(found.s_r, math.sqrt(found.s_x**2 + found.s_r**2 * (n - 1) / n)))
    k, cochran = rr.mandel(level).k, rr.cochran(level)
    assert k is not None and cochran.share == near(max(one or 0.0 for one in k) ** 2 / level.p)
    assert cochran.share == near(max((sd or 0.0) ** 2 for sd in level.sd) / sum((sd or 0.0) ** 2 for sd in level.sd))


@FEW
@given(results)
def test_reproducibility_is_never_below_repeatability_and_intervals_hold_their_estimate(
    lines: list[list[float]],
) -> None:
    level = spreads(lines)
    found = rr.precision(level)
    assert found.s_R >= found.s_r >= 0 and found.s_L >= 0
    for interval in (found.s_r_interval, found.s_L_interval, found.s_R_interval):
        assert interval is not None and 0 <= interval.low <= interval.high < math.inf
    assert found.s_r_interval is not None and found.s_r_interval.low <= found.s_r <= found.s_r_interval.high


@FEW
@given(results)
def test_one_stage_of_nesting_is_the_precision_of_the_lines(lines: list[list[float]]) -> None:
    level = spreads(lines)
    assume(rr.precision(level).n_total > level.p)
    values = [v for one in lines for v in one]
    found = rr.nested_anova(values, {"line": [place for place, one in enumerate(lines) for _ in one]})
    precise = rr.precision(level)
    assert found.mean == near(precise.mean)
    assert found.components[0].raw == near(precise.s_L2_raw) and found.sd("residual") == near(precise.s_r)


@FEW
@given(st.lists(st.tuples(value, st.integers(1, 40)), min_size=2, max_size=9))
def test_paule_mandel_solves_its_equation_or_finds_nothing_between_lines(pairs: list[tuple[float, int]]) -> None:
    x, u = [one for one, _ in pairs], [size / 16 for _, size in pairs]
    found = rr.paule_mandel(x, u)
    left = sum((one - found.mu) ** 2 / (own**2 + found.tau2) for one, own in zip(x, u, strict=True))
    assert left == pytest.approx(len(x) - 1, rel=1e-9) if found.tau2 else left <= len(x) - 1 + 1e-9
    assert min(x) - 1e-9 <= found.mu <= max(x) + 1e-9 and found.u >= rr.weighted_mean(x, u).u


@FEW
@given(st.lists(value, min_size=7, max_size=12, unique=True), st.floats(1e5, 1e7))
def test_how_far_out_a_gross_outlier_lies_does_not_move_robust_estimates(values: list[float], far: float) -> None:
    one, other = ([[v] for v in [*values, distance]] for distance in (far, 10 * far))
    near_q, far_q = rr.q_hampel(level_of(one)), rr.q_hampel(level_of(other))
    assert (far_q.x, far_q.s) == near((near_q.x, near_q.s))
    near_a, far_a = rr.algorithm_a([v for [v] in one]), rr.algorithm_a([v for [v] in other])
    assert (far_a.x, far_a.s) == pytest.approx((near_a.x, near_a.s), rel=1e-6)


@FEW
@given(st.integers(1, 200), st.data())
def test_wilsons_interval_holds_the_share_and_stays_within_bounds(built: int, data: st.DataObject) -> None:
    found = rr.line_yield(data.draw(st.integers(0, built)), built)
    assert 0 <= found.interval.low <= found.share + 1e-12 and found.share - 1e-12 <= found.interval.high <= 1
