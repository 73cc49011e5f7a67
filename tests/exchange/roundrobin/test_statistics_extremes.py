"""Gross outliers, uncertainties of wildly different size and leading digits in common: statistics stay right."""

import math
from fractions import Fraction

import numpy as np
import pytest

from exchange import roundrobin as rr
from exchange.roundrobin.quantiles import f_point

LINES = {str(line): [5 + ((7 * line + 3 * cell) % 11) / 1000 for cell in range(3)] for line in range(9)}


def test_a_gross_outlier_leaves_the_differences_of_the_others_apart() -> None:
    """Q takes for one only differences that rounding made two: a thousandth stays one beside a billion and more."""
    plain, far = (rr.q_hampel(rr.level_of_results(LINES | {"X": [place]})) for place in (5e3, 5e12))
    assert far.s == pytest.approx(plain.s, rel=1e-12) and far.x == pytest.approx(plain.x, rel=1e-12)


def test_a_gross_outlier_leaves_the_scatter_of_the_others_more_than_rounding() -> None:
    values = [value for there in LINES.values() for value in there]
    for scale in (rr.made, rr.niqr):
        assert scale([*values, 5e13]) == scale([*values, 5e3]) > 0
    near, far = rr.algorithm_a([*values, 5e3]), rr.algorithm_a([*values, 5e13])
    assert (far.x, far.s, far.collapsed) == (near.x, near.s, False)


@pytest.mark.parametrize(("inside", "outside"), [(20, 10), (18, 9), (19, 9), (9, 4)])
def test_algorithm_a_reaches_its_end_where_its_steps_are_endless(inside: int, outside: int) -> None:
    """With outliers in one third of the lines each step goes on by a hundredth of a per cent: x* and s* still hold."""
    values = [10 + math.sin(place) / 10 for place in range(inside)]
    values += [(-1.0) ** place * 1e6 for place in range(outside)]
    found = rr.algorithm_a(values)
    clipped = np.clip(values, found.x - 1.5 * found.s, found.x + 1.5 * found.s)
    assert float(clipped.mean()) == pytest.approx(found.x, abs=1e-12 * found.s)
    assert 1.134 * float(clipped.std(ddof=1)) == pytest.approx(found.s, rel=1e-12)


@pytest.mark.parametrize(("inside", "outside"), [(7, 3), (14, 6), (70, 31)])
def test_algorithm_s_reaches_its_end_where_its_steps_are_endless(inside: int, outside: int) -> None:
    spreads = [0.1 + math.sin(place) / 20 for place in range(inside)] + [1e3] * outside
    found = rr.algorithm_s(spreads, 1)
    squares = np.minimum(spreads, found.eta * found.w) ** 2
    assert found.xi * math.sqrt(float(squares.mean())) == pytest.approx(found.w, rel=1e-12)


def test_steps_that_go_to_zero_slowly_end_at_zero_and_not_at_rounding() -> None:
    """Two thirds of the values are one but for rounding: s* shrinks by a hundredth a step, and then collapses."""
    values = [0.1 + 0.2] * 20 + [0.3] * 19 + [0.5, 0.6, 0.1, 0.0, 0.7, 0.8, -0.2, -0.3, 0.55]
    found = rr.algorithm_a(values)
    assert (found.collapsed, found.x) == (True, pytest.approx(0.3)) and found.s > 0.01


def test_a_million_in_common_changes_no_h_and_no_spread() -> None:
    """Thirds cannot be written in binary: means of three results far from zero are rounded, h is not."""
    lines = {str(line): [((5 * line + 7 * cell) % 9) / 16 for cell in range(3)] for line in range(8)}
    lines["0"].append(0.25)
    far = rr.level_of_results({line: [2.0**20 + value for value in there] for line, there in lines.items()})
    near = rr.level_of_results(lines)
    assert rr.mandel(far).h == pytest.approx(rr.mandel(near).h, rel=1e-12, abs=1e-13)
    one, other = rr.precision(far), rr.precision(near)
    assert (one.s_r, one.s_x, one.s_L2_raw) == pytest.approx((other.s_r, other.s_x, other.s_L2_raw), rel=1e-12)
    assert one.mean == 2.0**20 + other.mean


def test_a_gross_outlier_in_one_line_leaves_the_variance_between_lines_its_figures() -> None:
    """Of balanced data M^2 of an outlier M is in both mean squares alike, and what differs is M times the rest."""
    lines = {line: list(values) for line, values in LINES.items()}
    lines["4"][1] = 5e9
    mean_squares = []
    for order in (list(lines), list(lines)[::-1]):
        found = rr.precision(rr.level_of_results({line: lines[line] for line in order}))
        mean_squares.append((found.s_L2_raw, found.s_r, found.s_x))
    assert mean_squares[0] == mean_squares[1]
    exact = {line: [Fraction(value) for value in values] for line, values in lines.items()}
    means = [sum(values) / 3 for values in exact.values()]
    middle = sum(means) / 9
    between = 3 * sum((mean - middle) ** 2 for mean in means) / 8
    within = sum((v - m) ** 2 for m, values in zip(means, exact.values(), strict=True) for v in values) / 18
    assert mean_squares[0][0] == pytest.approx(float((between - within) / 3), rel=1e-15)


def exact_tau2(values: list[float], u: list[float]) -> Fraction:
    """DerSimonian and Laird's variance between lines in exact fractions."""
    x, w = [Fraction(v) for v in values], [1 / Fraction(one) ** 2 for one in u]
    mean = sum(a * b for a, b in zip(w, x, strict=True)) / sum(w)
    q = sum(a * (b - mean) ** 2 for a, b in zip(w, x, strict=True))
    return (q - len(x) + 1) / (sum(w) - sum(a * a for a in w) / sum(w))


@pytest.mark.parametrize("least", [1e-3, 1e-6, 1e-9, 1e-12])
@pytest.mark.parametrize("offset", [0.0, 1e6])
def test_a_line_that_outweighs_all_others_costs_no_accuracy(least: float, offset: float) -> None:
    values, u = [offset + 5.25, offset + 5.5, offset + 6.125, offset + 4.75], [0.25, least, 0.5, 0.125]
    found, wanted = rr.dersimonian_laird(values, u), exact_tau2(values, u)
    assert found.tau2 == pytest.approx(float(wanted), rel=1e-12)
    by_equation = rr.paule_mandel(values, u)
    weights = [1 / (Fraction(one) ** 2 + Fraction(by_equation.tau2)) for one in u]
    x = [Fraction(v) for v in values]
    mean = sum(a * b for a, b in zip(weights, x, strict=True)) / sum(weights)
    left = sum(a * (b - mean) ** 2 for a, b in zip(weights, x, strict=True))
    assert float(left) == pytest.approx(3.0, rel=1e-12) and by_equation.mu == pytest.approx(float(mean), rel=1e-15)


def test_points_of_f_keep_their_figures_far_out() -> None:
    """With one and one degree of freedom F is the square of a Cauchy variable, whose points are tangents."""
    for upper in (0.05, 1e-6, 1e-10):
        assert f_point(upper, 1, 1) == pytest.approx(1 / math.tan(math.pi * upper / 2) ** 2, rel=1e-10)


def test_a_small_difference_in_per_cent_keeps_its_figures() -> None:
    value = 3.0 * (1 + 2.0**-40)
    assert rr.per_cent([value], rr.Assigned(3.0, 0.0, "given")) == pytest.approx((100 * 2.0**-40,), rel=1e-12)
