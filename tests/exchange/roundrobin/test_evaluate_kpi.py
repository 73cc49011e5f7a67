"""One KPI evaluated whole: effects that were planted come out, and what the data do not allow is said in words."""

from collections.abc import Mapping, Sequence

import pytest

from exchange import roundrobin
from exchange.roundrobin.cells import CellResult, Handed
from exchange.roundrobin.evaluate import evaluate_kpi
from exchange.roundrobin.refusals import Duplicated
from exchange.roundrobin.rounding import as_shown
from exchange.roundrobin.stated import CellUncertainty
from schemas.round.evaluation import CodedLine, KpiEvaluation, LeftOut
from schemas.round.flags import FINDINGS, Flag
from schemas.round.plan import KpiPlan
from schemas.round.round import RoundRecord
from tests.closed_rounds import NOW, PLAN, planted

CODES = ("AB", "CD", "EF", "GH", "JK", "LM", "NP", "QR", "ST", "UV", "WX", "YZ")
KPI = PLAN["kpis"][0]["kpi"]  # type: ignore[index]  # a JSON document
Values = Sequence[Sequence[float | None]]


def evaluated(
    values: Values,
    plan: Mapping[str, object] | None = None,
    left_out: Sequence[tuple[str, int | None]] = (),
    stated: Mapping[str, float] | None = None,
    minimum_cells: int = 2,
    levels: Mapping[str, float] | None = None,
    design: Mapping[tuple[str, int], tuple[str, str, float | None]] | None = None,
    **record: object,
) -> KpiEvaluation:
    chosen = KpiPlan.model_validate({"kpi": KPI, "sigma_pt": 2.0} if plan is None else {"kpi": KPI} | dict(plan))
    facts = {"title": "Round", "protocol": {"name": "P", "version": "1"}, "cells_per_line": 9, **record}
    whole = {"kpis": [chosen.model_dump(mode="json")], "minimum_cells": minimum_cells, **(levels or {})}
    described = RoundRecord.model_validate(facts | {"closes_at": "2026-05-01T12:00:00Z", "plan": whole})
    results = tuple(
        CellResult(
            code,
            cell,
            value,
            "mA.h/g",
            "cycle-capacity/1",
            "" if value is not None else "none",
            CellUncertainty(stated[code] / 2) if stated and code in stated else None,
            *((design or {}).get((code, cell), ("", "", None))),
        )
        for code, there in zip(CODES, values, strict=False)
        for cell, value in enumerate(there, 1)
    )
    out = tuple(LeftOut(kpi="q-c10", code=code, cell=cell, reason="wet", by="x", at=NOW) for code, cell in left_out)
    handed = Handed(CODES[: len(values)], results, out)
    return evaluate_kpi(described, described.plan, chosen, handed)


def line(found: KpiEvaluation, code: str) -> CodedLine:
    return next(one for one in found.lines if one.code == code)


def findings(found: KpiEvaluation) -> dict[str, set[str]]:
    flags = {one.code: set(one.flags) & set(FINDINGS) for one in found.lines}
    return {code: each for code, each in flags.items() if each}


def test_numbers_are_those_of_the_statistics_by_themselves() -> None:
    values = planted(8)
    found, level = evaluated(values), roundrobin.level_of_results(dict(zip(CODES, values, strict=False)))
    precise, robust = roundrobin.precision(level), roundrobin.algorithm_a(level.means)
    of = found.all_results
    assert (of.s_r.value, of.s_L.value, of.s_R.value, of.mean) == (precise.s_r, precise.s_L, precise.s_R, precise.mean)
    assert precise.s_R_interval is not None and of.s_R.low == precise.s_R_interval.low
    assert (of.assigned, of.assigned_u, of.robust_s) == (robust.x, robust.u, robust.s)
    odd = roundrobin.mandel(level, 0.05)
    assert odd.h is not None and tuple(one.h for one in found.lines) == odd.h
    assert (found.limits.h[0], found.limits.k[4][0]) == (odd.h_limit, odd.k_limit[0])
    assert line(found, "CD").z == pytest.approx((level.mean[1] - robust.x) / 2.0, rel=1e-12)
    assert {"precision/1", "mandel/1", "algorithm-a/1", "z/1", "cycle-capacity/1"} <= set(found.definitions)
    assert found.power == "full" and found.kept_results is None and not found.refused


def test_one_biased_line_one_with_excess_spread_and_one_wrong_result_are_flagged_and_no_other() -> None:
    values = planted(10, seed=5)
    assert findings(evaluated(values)) == {}
    values[1] = [one + 8 for one in values[1]]
    assert findings(evaluated(values)) == {"CD": {Flag.BIASED, Flag.OUTLIER}}
    values[4] = [150 + 8 * (one - 150) for one in values[4]]
    found = findings(evaluated(values))
    assert set(found) == {"CD", "JK"} and Flag.EXCESS_SPREAD in found["JK"]


def test_every_test_is_made_at_the_levels_of_the_plan() -> None:
    values = [[float(one) for one in each] for each in planted(8, seed=5)]
    values[2] = [one + 2.0 for one in values[2]]
    usual, strict = evaluated(values), evaluated(values, levels={"straggler": 0.1, "outlier": 0.02})
    level = roundrobin.level_of_results(dict(zip(CODES, values, strict=False)))
    wide = roundrobin.screen(level, (0.1, 0.02))
    assert [one.straggler_limit for one in strict.screening] == [one.straggler_limit for one in wide.steps]
    assert strict.screening[0].outlier_limit == roundrobin.cochran_limit(8, 3, 24, 0.02)
    assert strict.screening[1].straggler_limit == roundrobin.grubbs_limit(8, 0.1)
    assert strict.limits.h == (roundrobin.h_limit(8, 0.1), roundrobin.h_limit(8, 0.02))
    assert [one.test for one in usual.screening] == ["cochran", "grubbs-single", "grubbs-double"]
    assert usual.screening[2].outlier_limit == roundrobin.grubbs_double_limit(8, 0.01)
    assert (findings(usual), findings(strict)) == ({}, {"EF": {Flag.STRAGGLER}})


def test_h_and_k_have_one_limit_where_the_plan_gives_them_an_alpha_of_their_own() -> None:
    values = planted(8, seed=5)
    values[1] = [one + 8 for one in values[1]]
    found = evaluated(values, levels={"mandel_alpha": 0.005})
    assert found.limits.h == (None, pytest.approx(2.1525, abs=5e-5)), "as ASTM E691 prints it for eight lines"
    assert found.limits.k[4][0] is None and found.limits.k[4][1] == roundrobin.k_limit(3, 24, 0.005)
    assert (line(found, "CD").mandel_h, line(found, "AB").mandel_h) == ("outlier", "ok")
    assert found.screening[0].straggler_limit == roundrobin.cochran_limit(8, 3, 24, 0.05), (
        "the tests stay where they are"
    )


def test_a_result_that_was_left_out_is_shown_with_and_without() -> None:
    values = planted(8, seed=5)
    values[2][0] += 12
    found = evaluated(values, left_out=[("EF", 1)])
    assert found.kept_results is not None and found.with_left_out is not None
    assert (found.kept_results.results, found.all_results.results) == (31, 32)
    assert findings(found) == {} and found.screening[0].verdict == "ok"
    assert found.with_left_out.screening[0].codes == ("EF",) and found.with_left_out.screening[0].verdict == "outlier"
    assert [one.excluded for one in line(found, "EF").points] == [True, False, False, False]
    whole = evaluated(values, left_out=[("EF", None)])
    gone = line(whole, "EF")
    assert (gone.n, gone.mean, gone.z, whole.kept_results and whole.kept_results.p) == (0, None, None, 7)
    assert gone.unscored and Flag.LEFT_OUT in gone.flags


def test_a_missing_value_is_named_and_unbalanced_results_keep_their_exact_limits() -> None:
    values: list[list[float | None]] = [list(each) for each in planted(8)]
    values[0] = [*values[0][:2], None]
    values[3] = [None, None]
    found = evaluated(values)
    assert found.absent == ("GH",) and line(found, "GH").n == 0
    assert [one.reason for one in line(found, "AB").points] == ["", "", "none"]
    assert Flag.MISSING in line(found, "AB").flags and found.all_results.p == 7
    assert set(found.limits.k) == {2, 4} and any("different numbers" in one for one in found.notes)
    assert found.all_results.robust_s_r is None, "algorithm S needs as many results of each"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ([[]] * 6, "No line has a value"),
        ([[1.0, 2.0], [], []], "alone has values"),
        ([[None], [None]], "No line has a value"),
    ],
)
def test_what_no_statistic_can_come_from_is_refused_in_a_sentence(values: Values, sentence: str) -> None:
    found = evaluated(values)
    assert sentence in found.refused and found.all_results.assigned is None


def test_one_replicate_of_each_is_scored_and_says_why_it_has_no_precision() -> None:
    found = evaluated([each[:1] for each in planted(8)])
    assert found.all_results.s_r.value is None and found.all_results.assigned is not None
    assert any("No line has two results" in one for one in found.notes)
    assert all(one.z is not None and one.h is not None and one.k is None for one in found.lines)
    assert all(Flag.FEW in one.flags and one.mandel_k == "undecided" for one in found.lines)


def test_equal_values_deviate_from_nothing() -> None:
    found = evaluated([[150.0, 150.0]] * 6)
    of = found.all_results
    assert (of.assigned, of.assigned_u, of.assigned_by) == (150.0, 0.0, "all results are equal")
    assert {one.z for one in found.lines} == {0.0} and findings(found) == {}
    own = evaluated([[150.0, 150.0]] * 6, {"sigma_from": "own-spread"})
    assert own.lines[0].z is None and "no σ_pt" in own.lines[0].unscored


def test_four_lines_are_plotted_and_nobody_is_judged() -> None:
    values = planted(4)
    values[0] = [one + 50 for one in values[0]]
    found = evaluated(values)
    assert found.power == "plots-only" and findings(found) == {}
    assert {(one.z, one.mandel_h) for one in found.lines} == {(None, "undecided")}
    by_reference = evaluated(values, {"sigma_pt": 1.0, "assigned_by": "reference", "reference": 150.0})
    assert (line(by_reference, "AB").z or 0) > 40, "a reference value needs no other line"


def test_a_line_with_fewer_cells_than_the_plan_asks_has_no_verdict_on_its_spread() -> None:
    values = planted(8)
    values[5] = [140.0, 160.0]
    assert Flag.EXCESS_SPREAD in line(evaluated(values), "LM").flags
    few = line(evaluated(values, minimum_cells=3), "LM")
    assert (few.mandel_k, Flag.FEW in few.flags, Flag.EXCESS_SPREAD in few.flags) == ("undecided", True, False)


def test_scores_follow_the_plan() -> None:
    values = planted(8)
    uncertain = evaluated(values, {"sigma_pt": 0.2})
    assert uncertain.lines[0].z is None and uncertain.lines[0].z_prime is not None
    assert any("take z'" in one for one in uncertain.notes)
    own = evaluated(values, {"sigma_from": "own-spread"})
    assert own.lines[0].z is None and own.all_results.sigma_pt == own.all_results.robust_s
    level = roundrobin.level_of_results(dict(zip(CODES, values, strict=False)))
    weighted = evaluated(values, {"sigma_pt": 1.0, "assigned_by": "paule-mandel"})
    u = [float(sd or 0) / 2 for sd in level.sd]
    assert weighted.all_results.assigned == roundrobin.paule_mandel(level.means, u).mu
    alone = evaluated([each[:1] for each in values], {"sigma_pt": 1.0, "assigned_by": "paule-mandel"})
    assert alone.lines[0].unscored == "there is no assigned value"
    assert any("Paule-Mandel weighs lines by their spread" in one for one in alone.notes)


def test_zeta_and_e_n_are_given_to_who_states_an_uncertainty_against_the_consensus_of_the_others() -> None:
    values = planted(8)
    found = evaluated(values, stated={"CD": 0.6})
    assert {one.code for one in found.lines if one.zeta is not None or one.e_n is not None} == {"CD"}
    level = roundrobin.level_of_results(dict(zip(CODES, values, strict=False)))
    others = roundrobin.algorithm_a(level.without(["CD"]).means)
    assert line(found, "CD").e_n == pytest.approx((level.mean[1] - others.x) / (0.36 + (2 * others.u) ** 2) ** 0.5)
    assert all(one.zeta is None for one in evaluated(values).lines)


def test_the_spread_is_called_what_it_is() -> None:
    values = planted(6)
    assert evaluated(values).spread_name == "within-line s (cells + repeatability)"
    assert evaluated(values, kind="manufacturing").spread_name == "spread of production"
    assert any("crossed" in one for one in evaluated(values, items="circulated").notes)


def test_the_same_cell_twice_is_refused() -> None:
    one = CellResult("AB", 1, 1.0, "1", "x/1")
    with pytest.raises(Duplicated, match="cell 1"):
        Handed(("AB",), (one, one))


def test_what_is_shown_has_the_digits_of_the_plan_whatever_instrument_wrote_it() -> None:
    values = [[round(one, 1) for one in planted(8)[0]], *planted(8)[1:]]
    found = as_shown(evaluated(values))
    written = [f"{point.value!r}" for one in found.lines for point in one.points]
    assert max(map(len, written)) <= len("150.0")
    assert all(len(f"{one.mean!r}") <= 5 and one.z == round(one.z or 0, 2) for one in found.lines)
