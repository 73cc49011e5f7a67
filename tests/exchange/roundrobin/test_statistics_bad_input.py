"""Bad input gets a sentence or a flag, never a wrong number; and nothing is left out in silence."""

import math
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from exchange import roundrobin as rr
from exchange.roundrobin import refusals

EQUAL = rr.level_of_results({line: [2.1, 2.1, 2.1] for line in "ABCDEF"})
ONE_LINE = rr.level_of_results({"A": [1.0, 2.0]})
ONE_EACH = rr.level_of_results({line: [float(place)] for place, line in enumerate("ABCDEF")})
FOUR = rr.level_of_results({"A": [1, 1.1], "B": [1, 1.2], "C": [1.1, 1.3], "D": [50, 90]})
GOOD = rr.level_of_results({"A": [1, 2], "B": [2, 4, 5], "C": [3, 3.5], "D": [1, 1.5], "E": [2, 2.5], "F": [90, 92]})


@pytest.mark.parametrize(
    ("ask", "kind", "said"),
    [
        (lambda: rr.precision(ONE_LINE), refusals.TooFewLines, "at least two lines; there are those of 1"),
        (lambda: rr.mandel(ONE_LINE), refusals.TooFewLines, "there are results of 1"),
        (lambda: rr.cochran(ONE_LINE), refusals.TooFewLines, "1 have two results or more"),
        (lambda: rr.q_hampel(ONE_LINE), refusals.TooFewLines, "there are 1"),
        (lambda: rr.precision(ONE_EACH), refusals.TooFewReplicates, "No line has two results"),
        (lambda: rr.cochran(ONE_EACH), refusals.TooFewLines, "0 have two results"),
        (lambda: rr.robust_precision(ONE_EACH), refusals.TooFewReplicates, "No line has two"),
        (lambda: rr.robust_precision(GOOD), refusals.Mismatched, "as many results of every line"),
        (lambda: rr.cochran(EQUAL), refusals.NoSpread, "No line spreads"),
        (lambda: rr.grubbs_single(EQUAL.means), refusals.NoSpread, "All values are equal"),
        (lambda: rr.grubbs_double(EQUAL.means), refusals.NoSpread, "All values are equal"),
        (lambda: rr.algorithm_a(EQUAL.means), refusals.NoSpread, "All values are equal"),
        (lambda: rr.q_hampel(EQUAL), refusals.NoSpread, "All results are equal"),
        (lambda: rr.nested_reml([1.0] * 4, {"line": "aabb"}), refusals.NoSpread, "All results are equal"),
        (lambda: rr.algorithm_s([0, 0, 0, 0, 1.0], 1), refusals.NoSpread, "spreads are zero"),
        (lambda: rr.algorithm_s([0.1, -0.2], 1), refusals.NotANumber, "negative"),
        (lambda: rr.grubbs_single([1.0, math.nan, 2.0]), refusals.NotANumber, "number 2 is missing"),
        (lambda: rr.algorithm_a([1.0, None, 2.0]), refusals.NotANumber, "number 2 is missing"),
        (lambda: rr.algorithm_a([1.0]), refusals.TooFewLines, "at least 2 are needed"),
        (lambda: rr.grubbs_single([1.0, 2.0]), refusals.TooFewLines, "at least 3"),
        (lambda: rr.grubbs_double([1.0, 2.0, 4.0]), refusals.TooFewLines, "at least 4"),
        (lambda: rr.grubbs_single([1.0, 2.0, 4.0], ["A"]), refusals.Mismatched, "3 values and 1 lines"),
        (lambda: rr.h_limit(2, 0.05), refusals.TooFewLines, "three lines on"),
        (lambda: rr.level_of_results({"A": [1.0, math.inf]}), refusals.NotANumber, "line A is inf; results are finite"),
        (lambda: rr.level_of_results({"A": ["1,5"]}), refusals.NotANumber, "line A is '1,5', which is no number"),
        (lambda: rr.level_of_rows(["A", "A"], [1, 2], ["c1", "c1"]), refusals.Duplicated, "two results for c1"),
        (lambda: rr.level_of_rows(["A"], [1, 2]), refusals.Mismatched, "1 lines and 2 values"),
        (lambda: rr.level_of_summaries(["A", "A"], [2, 2], [1, 1], [0.1, 0.1]), refusals.Duplicated, "twice"),
        (lambda: rr.level_of_summaries(["A"], [2], [1], [math.nan]), refusals.NotANumber, "standard deviation nan"),
        (lambda: rr.level_of_summaries(["A"], [0], [1], [None]), refusals.NotANumber, "n = 0"),
        (lambda: rr.paule_mandel([1.0], [0.1]), refusals.TooFewLines, "at least 2"),
        (lambda: rr.paule_mandel([1.0, 2.0], [0.1, 0.0]), refusals.NotANumber, "not above zero"),
        (lambda: rr.paule_mandel([1.0, 2.0], [0.1]), refusals.TooFewLines, "1 uncertainties"),
        (lambda: rr.homogeneity([[1, 2]], 1.0), refusals.TooFewLines, "there are 1"),
        (lambda: rr.homogeneity([[1], [2]], 1.0), refusals.TooFewReplicates, "at least two results"),
        (lambda: rr.homogeneity([[1, 2], [2]], 1.0), refusals.Mismatched, "as many results"),
        (lambda: rr.homogeneity([[1, 2], [2, math.nan]], 1.0), refusals.NotANumber, "number 2"),
        (lambda: rr.homogeneity([[1, 2], [2, 3]], 0.0), refusals.NotANumber, "sigma_pt is 0.0"),
        (lambda: rr.stability([1.0], [1.0, 2.0], 1.0), refusals.TooFewReplicates, "one of the results before"),
        (lambda: rr.youden([1, 2, 3], [1, 2]), refusals.TooFewLines, "2 second results"),
        (lambda: rr.circle(GOOD, 1.0, 1.0), refusals.Mismatched, "circle"),
        (lambda: rr.nested_anova([1.0, 2.0], {"line": "aa"}), refusals.TooFewLines, "one group"),
        (lambda: rr.nested_anova([1.0, 2.0], {"line": "ab"}), refusals.TooFewReplicates, "residual has no degree"),
        (
            lambda: rr.nested_anova([1, 2, 3, 4], {"line": "aabb", "batch": "1122"}),
            refusals.TooFewReplicates,
            "Stage batch has no degree",
        ),
        (lambda: rr.nested_anova([1, 2, 3], {"line": "aab", "batch": "12"}), refusals.Mismatched, "2 labels for 3"),
        (lambda: rr.algorithm_a(["1.0", "2.0"]), refusals.NotANumber, "number 1 is '1.0', which is no number"),
        (lambda: rr.level_of_results({"A": [[1.0]]}), refusals.NotANumber, r"line A is \[1.0\], which is no number"),
        (lambda: rr.level_of_results({"A": [np.bool_(True)]}), refusals.NotANumber, "which is no number"),
        (lambda: rr.algorithm_a([1e308, -1e308, 3.0]), refusals.NotANumber, "at most 1e\\+70"),
        (lambda: rr.algorithm_a(np.ones((2, 2))), refusals.Mismatched, "not one row"),
        (lambda: rr.precision(GOOD, confidence=95), refusals.NotANumber, "confidence is 95; it lies between"),
        (lambda: rr.mandel(GOOD, alpha=1.5), refusals.NotANumber, "alpha is 1.5"),
        (lambda: rr.grubbs_limit(8, 0.0), refusals.NotANumber, "alpha is 0.0"),
        (lambda: rr.cochran_limit(8, 2, 16, 1.0), refusals.NotANumber, "alpha is 1.0"),
        (lambda: rr.youden([1, 2, 3], [1, 2, 4], 5.0), refusals.NotANumber, "alpha is 5.0"),
        (lambda: rr.Assigned(math.nan, 0.1, "given"), refusals.NotANumber, "assigned value is nan"),
        (lambda: rr.Assigned(1.0, -0.1, "given"), refusals.NotANumber, "u = -0.1"),
        (lambda: rr.line_yield(0, 0), refusals.TooFewReplicates, "No cell was built"),
        (lambda: rr.line_yield(5, 4), refusals.NotANumber, "5 cells passed of 4"),
        (lambda: rr.z_scores([1.0], rr.Assigned(1, 0, "given"), 0.0), refusals.NotANumber, "sigma_pt is 0.0"),
        (lambda: rr.per_cent([1.0], rr.Assigned(0, 0, "given")), refusals.NotANumber, "assigned value is zero"),
        (lambda: rr.zeta_scores([1.0], [0.0], rr.Assigned(1, 0, "given")), refusals.NotANumber, "is 0.0"),
        (
            lambda: rr.zeta_scores([1, 2, 4], [1, 1, 1], rr.robust_consensus([1, 2, 4])),
            refusals.NotIndependent,
            "consensus of the others",
        ),
    ],
)
def test_a_refusal_has_a_kind_and_says_what_was_found(
    ask: Callable[[], object], kind: type[refusals.Uncomputable], said: str
) -> None:
    with pytest.raises(kind, match=said):
        ask()


def test_all_equal_values_have_no_spread_and_neither_h_nor_k_nor_intervals() -> None:
    found, mandel = rr.precision(EQUAL), rr.mandel(EQUAL)
    assert (found.mean, found.s_r, found.s_L, found.s_R) == (2.1, 0.0, 0.0, 0.0)
    assert (found.s_r_interval, found.s_L_interval, found.s_R_interval) == (None, None, None)
    assert (mandel.h, mandel.k, mandel.beyond_h, mandel.beyond_k) == (None, None, (), ())
    assert rr.screen(EQUAL).steps == () and "All values are equal" in rr.screen(EQUAL).ended


def test_rounding_of_binary_numbers_is_no_spread() -> None:
    level = rr.level_of_results({"A": [0.1 + 0.2, 0.3], "B": [0.3, 0.3], "C": [0.3, 0.1 + 0.2]})
    assert level.sd == (0.0, 0.0, 0.0) and rr.precision(level).s_r == 0.0
    means = rr.level_of_results({"A": [0.1, 0.7, 0.4], "B": [0.7, 0.4, 0.1], "C": [0.4, 0.1, 0.7]})
    assert rr.mandel(means).h is None and rr.precision(means).s_x == 0.0
    ties = rr.level_of_results({str(i): [v] for i, v in enumerate([0.1 + 0.2, 0.3, 0.6, 0.3 + 0.3, 0.9])})
    plain = rr.level_of_results({str(i): [v] for i, v in enumerate([3.0, 3.0, 6.0, 6.0, 9.0])})
    assert rr.q_hampel(ties).s == pytest.approx(rr.q_hampel(plain).s / 10, rel=1e-12)


def test_missing_results_are_left_out_and_named() -> None:
    level = rr.level_of_results({"A": [1.0, None, 1.2], "B": [math.nan, 2.0, 2.1], "C": [None, None], "D": [1.5, 1.7]})
    assert level.lines == ("A", "B", "D") and level.n == (2, 2, 2)
    assert level.missing == (
        rr.Missing("A", 1),
        rr.Missing("B", 0),
        rr.Missing("C", 0),
        rr.Missing("C", 1),
    ) and level.absent == ("C",)
    assert math.isfinite(rr.precision(level).s_R)
    masked = np.ma.MaskedArray([1.0, 5.0, 1.2], mask=[False, True, False])
    other = rr.level_of_results({"A": masked, "B": pd.array([None, 2.0, 2.1], dtype="Float64"), "D": [1.5, 1.7]})
    assert (other.n, other.mean, other.missing) == (level.n, level.mean, level.missing[:2])


def test_below_five_lines_nobody_is_named_however_far_out() -> None:
    mandel = rr.mandel(FOUR, alpha=0.05)
    assert (mandel.power, mandel.beyond_h, mandel.beyond_k) == (rr.Power.NONE, (), ())
    assert rr.cochran(FOUR).verdict is rr.Verdict.UNDECIDED
    assert rr.grubbs_single(FOUR.means).high.verdict is rr.Verdict.UNDECIDED
    screened = rr.screen(FOUR)
    assert screened.outliers == screened.stragglers == ()
    assert rr.precision(GOOD).power is rr.Power.INDICATIVE and rr.power(8) is rr.Power.FULL


def test_a_line_with_one_result_counts_in_means_and_not_in_spreads() -> None:
    level = rr.level_of_results({"A": [1, 1.2], "B": [1.1, 1.3], "C": [1.4], "D": [0.9, 1.0], "E": [1, 1.5]})
    mandel, cochran = rr.mandel(level), rr.cochran(level)
    assert mandel.k is not None and mandel.h is not None
    assert (mandel.k[2], mandel.k_limit[2]) == (None, None) and len(mandel.h) == 5
    assert cochran.lines == ("A", "B", "D", "E") and not mandel.h_exact


def test_two_lines_have_precision_and_no_limit_of_h() -> None:
    level = rr.level_of_results({"A": [1, 1.2], "B": [1.1, 1.3]})
    assert rr.precision(level).p == 2 and rr.mandel(level).h_limit is None


def test_more_than_half_equal_never_divides_by_zero() -> None:
    found = rr.algorithm_a([0, 0, 0, 0, 0, 0, 1, 5])
    assert found.start is rr.Start.NIQR and found.s > 0 and not found.collapsed
    crowded = rr.algorithm_a([3.0] * 9 + [400.0])
    assert (crowded.start, crowded.collapsed, crowded.x) == (rr.Start.Q, True, 3.0)
    assert crowded.s == rr.q_scale([3.0] * 9 + [400.0]) > 0
    zeros = rr.algorithm_s([0, 0, 0, 0.3, 0.4], 1)
    assert not zeros.from_median and zeros.w > 0.1
    squares = np.minimum([0, 0, 0, 0.3, 0.4], zeros.eta * zeros.w) ** 2
    assert zeros.w == pytest.approx(zeros.xi * math.sqrt(squares.mean()), rel=1e-9)


def test_a_spread_of_zero_lies_outside_every_circle_and_is_named() -> None:
    level = rr.level_of_summaries(list("ABC"), [3, 3, 3], [1.0, 1.1, 0.9], [0.1, 0.0, 0.1])
    found = rr.circle(level, 1.0, 0.1)
    assert found.distances[1] is None and found.outside == ("B",) == found.without_spread


def test_scores_without_a_stated_uncertainty_or_with_an_uncertain_value_are_not_given() -> None:
    others = rr.consensus_without_each([1.0, 1.1, 1.3, 0.9])
    zeta = rr.zeta_scores([1.0, 1.1, 1.3, 0.9], [0.1, None, math.nan, 0.2], others)
    assert zeta.values[1] is zeta.values[2] is None and zeta.performance[1] is rr.Performance.NOT_SCORED
    assert zeta.reasons[1] == "the line states no uncertainty" and zeta.values[0] is not None
    z = rr.z_scores([1.0, 2.0], rr.Assigned(1.5, 0.4, "given"), 1.0)
    assert z.values == (None, None) and "take z'" in z.reasons[0]


def test_the_hampel_mean_of_two_crowds_equally_near_is_their_median_and_says_so() -> None:
    assert rr.hampel([0.0, 0.1, 99.9, 100.0], 10.0) == (50.0, False)
    x, single = rr.hampel([0.0, 0.1, 0.2, 99.9, 100.0], 10.0)
    assert single and x == pytest.approx(0.1)


def test_the_hampel_mean_still_minds_what_lies_below_four_and_a_half_spreads() -> None:
    # By hand: (0 - x) + (0.1 - x) + (-0.1 - x) + (4.5 - (4.2 - x)) = 0.
    assert rr.hampel([0.0, 0.1, -0.1, 4.2], 1.0) == (pytest.approx(0.15), True)
    assert rr.hampel([0.0, 0.1, -0.1, 4.8], 1.0) == (pytest.approx(0.0, abs=1e-12), True)


def test_a_line_far_below_stands_out_as_one_far_above_does() -> None:
    near = {line: [10 + place / 100, 10.05 + place / 50] for place, line in enumerate("ABCDEFGHIJ")}
    for far in (5.0, 15.0):
        level = rr.level_of_results(near | {"X": [far, far + 0.05]})
        assert rr.mandel(level).beyond_h == ("X",) and rr.screen(level).outliers == ("X",)


def exclusion(line: str, place: int | None = None, reason: str = "wrong electrolyte") -> rr.Exclusion:
    return rr.Exclusion(line, reason, "the coordinator", date(2026, 5, 4), place)


def test_what_is_excluded_stands_beside_the_result_with_and_without() -> None:
    found = rr.with_and_without(GOOD, [exclusion("F"), exclusion("B", 2)], rr.precision)
    assert found.kept is not None
    assert (found.everything.p, found.everything.n_total) == (6, 13) and (found.kept.p, found.kept.n_total) == (5, 10)
    assert found.kept.s_R < found.everything.s_R / 5
    assert [(one.line, one.place, one.by) for one in found.exclusions] == [
        ("F", None, "the coordinator"),
        ("B", 2, "the coordinator"),
    ]


def test_where_too_little_is_left_the_result_without_says_why() -> None:
    found = rr.with_and_without(GOOD, [exclusion(line) for line in "BCDEF"], rr.precision)
    assert found.kept is None and "there are those of 1" in found.reason


@pytest.mark.parametrize(
    ("exclusions", "kind"),
    [
        (lambda: [exclusion("Z")], refusals.Mismatched),
        (lambda: [exclusion("A", 7)], refusals.Mismatched),
        (lambda: [exclusion("A"), exclusion("A")], refusals.Duplicated),
        (lambda: [exclusion("A"), exclusion("A", 0)], refusals.Duplicated),
        (lambda: [exclusion("A", reason=" ")], refusals.Uncomputable),
    ],
)
def test_an_exclusion_names_what_is_there_once_and_why(
    exclusions: Callable[[], list[rr.Exclusion]], kind: type[refusals.Uncomputable]
) -> None:
    with pytest.raises(kind):
        rr.with_and_without(GOOD, exclusions(), rr.precision)
