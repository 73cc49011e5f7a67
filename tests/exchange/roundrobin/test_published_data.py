"""Data sets that are published with their results: the same numbers come out, to the last printed digit."""

import math
import statistics

import pytest

from exchange import roundrobin as rr

RESISTIVITY = {
    "1": [196.3052, 196.1240, 196.1890, 196.2569, 196.3403],
    "2": [196.3042, 196.3825, 196.1669, 196.3257, 196.0422],
    "3": [196.1303, 196.2005, 196.2889, 196.0343, 196.1811],
    "4": [196.2795, 196.1748, 196.1494, 196.1485, 195.9885],
    "5": [196.2119, 196.1051, 196.1850, 196.0052, 196.2090],
}
"""Resistivity of silicon by five instruments, SiRstv of NIST's Statistical Reference Datasets."""
GEAR = (
    (1.006, 0.996, 0.998, 1.000, 0.992, 0.993, 1.002, 0.999, 0.994, 1.000),
    (0.998, 1.006, 1.000, 1.002, 0.997, 0.998, 0.996, 1.000, 1.006, 0.988),
    (0.991, 0.987, 0.997, 0.999, 0.995, 0.994, 1.000, 0.999, 0.996, 0.996),
    (1.005, 1.002, 0.994, 1.000, 0.995, 0.994, 0.998, 0.996, 1.002, 0.996),
    (0.998, 0.998, 0.982, 0.990, 1.002, 0.984, 0.996, 0.993, 0.980, 0.996),
    (1.009, 1.013, 1.009, 0.997, 0.988, 1.002, 0.995, 0.998, 0.981, 0.996),
    (0.990, 1.004, 0.996, 1.001, 0.998, 1.000, 1.018, 1.010, 0.996, 1.002),
    (0.998, 1.000, 1.006, 1.000, 1.002, 0.996, 0.998, 0.996, 1.002, 1.006),
    (1.002, 0.998, 0.996, 0.995, 0.996, 1.004, 1.004, 0.998, 0.999, 0.991),
    (0.991, 0.995, 0.984, 0.994, 0.997, 0.997, 0.991, 0.998, 1.004, 0.997),
)
"""Diameters of gears of ten batches, GEAR.DAT of NIST's handbook, with which Dataplot's help shows its scores."""


def test_resistivity_of_silicon_has_the_mean_squares_that_nist_certifies() -> None:
    found = rr.precision(rr.level_of_results(RESISTIVITY))
    assert 5 * found.s_x**2 == pytest.approx(1.27865654e-02, rel=1e-12)
    assert found.s_r == pytest.approx(1.04076068334656e-01, rel=1e-12)
    assert found.s_L2_raw == pytest.approx((1.27865654e-02 - 1.0831828e-02) / 5, rel=1e-12)


@pytest.mark.parametrize("leading", [10.0, 1e7, 1e13])
@pytest.mark.parametrize(("replicates", "between"), [(21, 21.0), (201, 201.0)])
def test_leading_digits_that_all_values_share_cost_no_accuracy(leading: float, replicates: int, between: float) -> None:
    """SmLs01 to 08 of Simon and Lesage (1989) by NIST, times ten so that binary numbers hold the values exactly."""
    pattern = (0.0, *(-1.0, 1.0) * (replicates // 2))
    lines = {
        str(place): [leading + centre + beside for beside in pattern]
        for place, centre in enumerate((4, 3, 5, 3, 5, 3, 5, 3, 5))
    }
    level = rr.level_of_results(lines)
    found = rr.precision(level)
    assert replicates * found.s_x**2 == pytest.approx(between, rel=1e-12) and found.s_r == pytest.approx(1.0, rel=1e-13)
    plain = rr.mandel(rr.level_of_results({line: [v - leading for v in there] for line, there in lines.items()}))
    assert rr.mandel(level).h == pytest.approx(plain.h, rel=1e-12)


def test_scores_of_gears_are_those_that_dataplot_prints() -> None:
    """Print cuts digits off or rounds them, so that the last one may differ."""
    spread = statistics.stdev(value for batch in GEAR for value in batch)
    first, own = GEAR[0][:5], [statistics.stdev(GEAR[0])] * 5
    assigned = rr.Assigned(1.0, spread, "given")
    z = rr.z_scores(first, rr.Assigned(1.0, 0.0, "given"), spread)
    assert z.values == pytest.approx((0.955, -0.637, -0.318, 0.0, -1.274), abs=1e-3)
    assert rr.zeta_scores(first, own, assigned).values == pytest.approx((0.785, -0.523, -0.261, 0.0, -1.047), abs=1e-3)
    e_n = rr.e_n_scores(first[:4], [2 * u for u in own[:4]], assigned)
    assert e_n.values == pytest.approx((0.393, -0.262, -0.131, 0.0), abs=1e-3)


def test_e_n_of_two_results_is_that_of_the_standard_s_example() -> None:
    """ISO 13528:2022 by its example as a test of a public R package (comparison of 0.044 with U = 0.0082) has it."""
    reference = rr.Assigned(0.044, 0.0082 / 2, "reference laboratory")
    found = rr.e_n_scores([0.037, 0.0239], [0.013, 0.0036], reference)
    assert found.values == pytest.approx((-0.4554, -2.244), abs=6e-4)
    assert found.performance == (rr.Performance.OK, rr.Performance.ACTION)


def test_consensus_of_nine_laboratories_is_that_of_kacker_s_table_and_of_metafor() -> None:
    """Kacker, Metrologia 41 (2004) 132, table 1, for Paule-Mandel; R's metafor for all, as a public test has them."""
    results = [61.00, 61.40, 62.21, 62.30, 62.34, 62.60, 62.70, 62.84, 65.90]
    u = [math.sqrt(v) for v in (0.2025, 1.2100, 0.0900, 0.2025, 0.3844, 0.5625, 0.0676, 0.0225, 1.8225)]
    printed = {
        rr.paule_mandel: (62.4076199113286, 0.338030602684471, 0.705395309224248),
        rr.dersimonian_laird: (62.3901386044504, 0.245749668040304, 0.288049246973751),
        rr.weighted_mean: (62.5833970939982, 0.107845705498231, 0.0),
    }
    for estimate, wanted in printed.items():
        found = estimate(results, u)
        assert (found.mu, found.u, found.tau2) == pytest.approx(wanted, rel=1e-8)
        assert found.q == pytest.approx(24.801897741835, rel=1e-10) and found.df == 8
    assert round(math.sqrt(rr.paule_mandel(results, u).tau2), 4) == 0.8399


def test_grubbs_of_uranium_isotopes_is_that_of_nist_s_handbook() -> None:
    """Tietjen and Moore's eight mass spectrometer measurements; six figures by a public R package's page."""
    found = rr.grubbs_single([199.31, 199.53, 200.19, 200.82, 201.92, 201.95, 202.18, 245.57])
    assert found.high.statistic == pytest.approx(2.468765, abs=6e-7) and found.high.verdict is rr.Verdict.OUTLIER
    assert rr.grubbs_limit(8, 0.05, two_sided=False) == pytest.approx(2.031652, abs=6e-7)
