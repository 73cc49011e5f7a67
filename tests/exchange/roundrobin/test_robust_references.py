"""Robust estimates, scores, homogeneity and consensus agree with references computed apart, and with print."""

import pytest

from exchange import roundrobin as rr
from tests.exchange.roundrobin.references import expected, levels, near, needed, rows

pytestmark = needed
PARTICIPANTS = "03_iso13528_34participants"
ANTIBODY = "04_iso13528_antibody"
CREOSOTE = "02_iso5725_creosote_level5"
HOMOGENEITY = "05_iso13528_homogeneity"


def values_of(name: str, column: str) -> list[float]:
    return [float(row[column]) for row in rows(name)]


@pytest.mark.parametrize(("name", "column", "part"), [(PARTICIPANTS, "value", "results"), (ANTIBODY, "mean", "means")])
def test_robust_mean_and_spread(name: str, column: str, part: str) -> None:
    values, wanted = values_of(name, column), expected(name)[part]
    found = rr.algorithm_a(values)
    assert (found.x, found.s, found.u) == near((wanted["algA_x"], wanted["algA_s"], wanted["u_xpt_1_25"]))
    assert [list(step) for step in found.steps[:7]] == [near(step) for step in wanted["algA_first6_iterations"]]
    stop = wanted["algA_3sf_stop"]
    assert found.at_three_figures == stop["iteration"]
    assert found.steps[found.at_three_figures] == near((stop["x"], stop["s"]))
    assert (rr.made(values), rr.niqr(values)) == near((wanted["MADe_1_483"], wanted["nIQR_0_7413_type7"]))
    alone = rr.level_of_results({str(place): [value] for place, value in enumerate(values)})
    both = rr.q_hampel(alone)
    assert (both.s, both.x, both.single) == (near(wanted["Q_s"]), near(wanted["hampel_x"]), True)
    assert rr.q_scale(values) == both.s


def test_robust_results_of_34_participants_are_as_printed() -> None:
    found = rr.algorithm_a(values_of(PARTICIPANTS, "value"))
    x, s = found.steps[found.at_three_figures]
    assert x == pytest.approx(0.257, abs=1e-3) and s == pytest.approx(0.0395, abs=1e-5)


def test_scores_of_34_participants() -> None:
    values, wanted = values_of(PARTICIPANTS, "value"), expected(PARTICIPANTS)["results"]
    robust, assigned = rr.algorithm_a(values), rr.robust_consensus(values)
    z = rr.z_scores(values, assigned, robust.s)
    prime = rr.z_prime_scores(values, assigned, robust.s)
    assert list(z.values) == near(wanted["z"])
    assert list(prime.values) == near(wanted["zprime"])
    assert [place for place, said in enumerate(z.performance) if said is rr.Performance.ACTION] == [0, 1, 33]
    assert rr.scores_by_own_spread(values).kind == "z"
    assert rr.scores_by_own_spread(values[:17]).kind == "z-prime"


def test_algorithm_s_of_antibody_spreads_and_whom_the_circle_leaves_out() -> None:
    wanted = expected(ANTIBODY)
    found = rr.algorithm_s(values_of(ANTIBODY, "sd"), 3)
    assert (found.w, found.eta, found.xi) == near((wanted["algS"]["w"], wanted["algS"]["eta"], wanted["algS"]["xi"]))
    assert list(found.steps[:8]) == near(wanted["algS"]["iterates"])
    labs = [row["lab"] for row in rows(ANTIBODY)]
    level = rr.level_of_summaries(labs, [4] * len(labs), values_of(ANTIBODY, "mean"), values_of(ANTIBODY, "sd"))
    x = rr.algorithm_a(level.means).x
    for share, outside in wanted["circle_outside"]["labs"].items():
        assert [int(lab) for lab in rr.circle(level, x, found.w, 1 - float(share)).outside] == outside


def test_robust_precision_of_creosote() -> None:
    level, wanted = levels(CREOSOTE)["L5"], expected(CREOSOTE)["robust"]
    assert level.replicates is not None
    ranges = [round(max(values) - min(values), 9) for values in level.replicates]
    found = rr.algorithm_s(ranges, 1)
    assert (found.w, found.eta, found.xi) == near((wanted["algS_w_star"], wanted["algS_eta"], wanted["algS_xi"]))
    assert list(found.steps[:8]) == near(wanted["algS_iterates"])
    assert found.steps[4] / 2**0.5 == near(wanted["s_r_after_4_iterations"])
    printed = expected(CREOSOTE)["meta"]["as_printed"]["algorithm_S_iterates_range"]
    # Print rounds every step before the next one, so the last digit may differ by one.
    assert list(found.steps[1:5]) == pytest.approx(printed, abs=0.0051)
    robust = rr.robust_precision(level)
    assert (robust.s_r, robust.s_L, robust.s_R) == near(
        (wanted["s_r_robust"], wanted["s_L_robust"], wanted["s_R_robust"])
    )
    assert (robust.of_means.x, robust.of_means.s) == near((wanted["algA"]["x"], wanted["algA"]["s"]))
    assert [list(step) for step in robust.of_means.steps[:7]] == [near(step) for step in wanted["algA"]["iterates"]]


def test_homogeneity_of_ten_samples() -> None:
    wanted, items = expected(HOMOGENEITY), [[float(r["x1"]), float(r["x2"])] for r in rows(HOMOGENEITY)]
    results, printed = wanted["results"], wanted["meta"]["as_printed"]
    found = rr.homogeneity(items, results["sigma_pt"])
    assert (found.mean, found.s_x, found.s_w) == near((results["mean"], results["s_x"], results["s_w"]))
    assert (found.s_s2_raw, found.s_s) == near((results["s_s2_raw"], results["s_s"]))
    assert (found.F1, found.F2, found.limit) == near((results["F1"], results["F2"], results["crit"]))
    assert found.limit_with_allowance == near(results["sqrt_c"])
    assert (found.alike, found.alike_with_allowance) == (results["pass_simple"], results["pass_expanded"])
    by_table = rr.homogeneity(items, results["sigma_pt"], factors=(1.88, 1.01))
    assert by_table.limit_with_allowance == near(results["sqrt_c_with_table_F1_F2"])
    assert by_table.limit_with_allowance == pytest.approx(printed["sqrt_c"], abs=6e-10)
    assert (found.s_x**2, found.s_w**2) == pytest.approx((1.5836e-05, 3.095e-05), abs=6e-10)
    assert found.s_s**2 == pytest.approx(printed["between_var"], abs=6e-12)


def test_homogeneity_factors_are_those_of_the_printed_table() -> None:
    wanted = expected(HOMOGENEITY)
    table = wanted["meta"]["as_printed"]
    for place, g in enumerate(range(7, 21)):
        found = rr.homogeneity_factors(g)
        assert found == near(tuple(wanted["F1_F2_exact"][str(g)]))
        assert found == pytest.approx((table["F1"]["7-20"][place], table["F2"]["7-20"][place]), abs=0.0051)


@pytest.mark.parametrize("example", ["cd", "pcb105"])
def test_consensus_of_results_with_uncertainties(example: str) -> None:
    given = expected("08_consensus_random_effects")[example]
    u = given["u"] if "u" in given else [variance**0.5 for variance in given["var"]]
    for estimate, label in ((rr.paule_mandel, "paule_mandel"), (rr.dersimonian_laird, "dsl")):
        found = estimate(given["x"], u)
        assert [found.mu, found.u, found.tau2] == near(given[f"{label}_mu_u_tau2"])
