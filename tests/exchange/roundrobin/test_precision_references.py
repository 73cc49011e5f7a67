"""Precision, h and k, Cochran and Grubbs agree with references computed apart, and with what was printed."""

import pytest

from exchange import roundrobin as rr
from tests.exchange.roundrobin.references import expected, levels, near, needed, rows

pytestmark = needed
MATERIALS = [
    ("01_e691_glucose", "A"),
    ("01_e691_glucose", "B"),
    ("01_e691_glucose", "C"),
    ("01_e691_glucose", "D"),
    ("01_e691_glucose", "E"),
    ("02_iso5725_creosote_level5", "L5"),
    ("07_aoac_apricot_fibre", "apricot"),
]


@pytest.mark.parametrize(("name", "material"), MATERIALS)
def test_precision_is_that_of_the_reference(name: str, material: str) -> None:
    given, wanted = levels(name)[material], expected(name)["materials"][material]
    found = rr.precision(given)
    assert (found.p, found.n_total, list(given.n)) == (wanted["p"], wanted["N"], wanted["n"])
    assert list(given.mean) == near(wanted["mean_lab"])
    assert list(given.sd) == pytest.approx(wanted["sd_lab"], rel=1e-9, abs=1e-15)
    assert found.mean == near(wanted["mean_weighted"]) and found.mean_of_means == near(wanted["mean_of_means"])
    assert (found.s_x, found.s_r, found.s_R) == near((wanted["s_xbar"], wanted["s_r"], wanted["s_R"]))
    assert found.s_R == near(wanted["s_R_E691"]) and found.n_bar == near(wanted["nbar"])
    assert found.s_L == near(wanted["s_L"])
    assert found.s_L2_raw == near(wanted["s_L2_raw"])
    assert (found.r, found.R) == near((wanted["r"], wanted["R"]))


@pytest.mark.parametrize(("name", "material"), MATERIALS)
def test_h_and_k_and_their_limits_are_those_of_the_reference(name: str, material: str) -> None:
    given, wanted = levels(name)[material], expected(name)["materials"][material]
    for alpha, label in ((0.005, "0.5pct"), (0.05, "5pct"), (0.01, "1pct")):
        found = rr.mandel(given, alpha)
        assert list(found.h or ()) == near(wanted["h"])
        assert list(found.k or ()) == pytest.approx(wanted["k"], rel=1e-9, abs=1e-15)
        assert found.h_limit == near(wanted[f"h_crit_{label}"]) and found.h_exact
        assert set(found.k_limit) == {found.k_limit[0]} and found.k_limit[0] == near(wanted[f"k_crit_{label}"])
        if label == "0.5pct":
            assert list(found.beyond_h) == wanted["h_flagged_0.5pct"]
            assert list(found.beyond_k) == wanted["k_flagged_0.5pct"]


@pytest.mark.parametrize(("name", "material"), MATERIALS)
def test_outlier_tests_are_those_of_the_reference(name: str, material: str) -> None:
    given, wanted = levels(name)[material], expected(name)["materials"][material]["outlier_tests"]
    found = rr.cochran(given)
    for label, value in (("cochran", "C"), ("cochran_G_unbalanced", "G")):
        assert (found.share, found.line) == (near(wanted[label][value]), wanted[label]["lab"])
        assert (found.straggler_limit, found.outlier_limit) == near((wanted[label]["crit5"], wanted[label]["crit1"]))
        assert found.verdict == wanted[label]["decision"]
    assert found.p_value == near(wanted["cochran"]["p_bonferroni"])
    single, means = rr.grubbs_single(given.means, given.lines), wanted["grubbs_single"]
    for end, extreme in (("high", single.high), ("low", single.low)):
        assert (extreme.statistic, extreme.lines) == (near(means[f"G_{end}"]), (means[f"lab_{end}"],))
        assert extreme.verdict == means[f"decision_{end}"]
    assert (single.straggler_limit, single.outlier_limit) == near((means["crit5_two_sided"], means["crit1_two_sided"]))
    one_sided = [rr.grubbs_limit(given.p, alpha, two_sided=False) for alpha in (0.05, 0.01)]
    assert one_sided == near([means["crit5_one_sided"], means["crit1_one_sided"]])
    double, pairs = rr.grubbs_double(given.means, given.lines), wanted["grubbs_double"]
    assert (double.high.statistic, double.low.statistic) == near((pairs["G_two_high"], pairs["G_two_low"]))


def test_glucose_is_as_printed_by_an_r_package() -> None:
    printed = expected("01_e691_glucose")["meta"]["as_printed"]
    for material in ("A", "D", "E"):
        given = levels("01_e691_glucose")[material]
        found = rr.precision(given)
        unclamped = (found.s_x**2 + found.s_r**2 * 2 / 3) ** 0.5
        assert round(found.mean, 5) == pytest.approx(printed["mean"][material], abs=1.1e-5)
        assert found.s_r == pytest.approx(printed["s_r"][material], abs=6e-7)
        assert found.s_x == pytest.approx(printed["s_xbar"][material], abs=6e-8)
        assert unclamped == pytest.approx(printed["s_R_unclamped"][material], abs=6e-7)
    assert rr.k_limit(2, 16, 0.005) == pytest.approx(printed["k_crit_0.5pct"], abs=1e-6)
    assert rr.h_limit(8, 0.005) == pytest.approx(printed["h_crit_0.5pct"], abs=6e-7)
    assert rr.cochran_limit(8, 2, 16, 0.05) == pytest.approx(printed["cochran_crit5"], abs=6e-8)


def test_glucose_with_the_mistyped_value_put_right() -> None:
    given = levels("01_e691_glucose")["C"]
    assert given.replicates is not None
    results = {line: list(values) for line, values in zip(given.lines, given.replicates, strict=True)}
    results["4"][results["4"].index(148.30)] = 138.30
    wanted = expected("01_e691_glucose")["meta"]["corrected_C_variant"]["results"]
    found = rr.precision(rr.level_of_results(results))
    assert (found.mean, found.s_x, found.s_r, found.s_R) == near(
        (wanted["mean"], wanted["s_xbar"], wanted["s_r"], wanted["s_R"])
    )


def test_means_of_apricot_fibre_are_as_printed() -> None:
    printed = expected("07_aoac_apricot_fibre")["meta"]["as_printed"]["lab means (Dataplot LICARDO2.DAT)"]
    assert list(levels("07_aoac_apricot_fibre")["apricot"].mean) == pytest.approx(printed, abs=0.0051)


def test_grubbs_of_vangel31() -> None:
    wanted = expected("06_nist_grubbs_vangel31")
    values = [float(row["value"]) for row in rows("06_nist_grubbs_vangel31")]
    found = rr.grubbs_single(values)
    assert (found.high.statistic, found.low.statistic) == near((wanted["G_high"], wanted["G_low"]))
    assert {alpha: rr.grubbs_limit(38, float(alpha)) for alpha in wanted["crit"]} == near(wanted["crit"])
    printed = wanted["meta"]["as_printed"]
    # Dataplot's print cuts digits off and takes t in single precision: the last digit may differ.
    assert found.high.statistic == pytest.approx(printed["G"], abs=1e-4)
    for share, limit in printed["crit_two_sided"].items():
        assert rr.grubbs_limit(38, float(share[:-1]) / 100) == pytest.approx(limit, abs=1.2e-3)
