"""What a coordinator may choose: parameters and references that fit, and nothing that tells a cell's design."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from schemas.round.choosing import UNITS, Measure, Normalisation
from schemas.round.kpis import Chosen, KpiChoice
from schemas.round.plan import EvaluationPlan, KpiPlan
from schemas.round.round import RoundRecord

Choice = dict[str, Any]
CAPACITY: Choice = {"id": "q", "kind": "capacity-at-rate", "c_rate": 0.1, "lower_v": 2.7, "upper_v": 4.2}
LOADING: Choice = {"id": "l", "kind": "production-parameter", "step": "coating", "parameter": "dry_loading"}
KINDS: tuple[type[Chosen], ...] = get_args(get_args(KpiChoice)[0])


def entry(choice: Choice) -> Choice:
    return {"kpi": {"label": choice["id"], **choice}, "sigma_from": "own-spread"}


def plan(*choices: Choice) -> EvaluationPlan:
    return EvaluationPlan.model_validate({"kpis": [entry(one) for one in choices]})


def record(kind: str, *choices: Choice, **said: Any) -> RoundRecord:
    return RoundRecord.model_validate(
        {
            "title": "Round robin 2026",
            "kind": kind,
            "protocol": {"name": "EG5 capacity check", "version": "1.0"},
            "cells_per_line": 3,
            "closes_at": datetime(2027, 1, 1, tzinfo=UTC),
            "plan": {"kpis": [entry(one) for one in choices], **said},
        }
    )


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ([CAPACITY | {"lower_v": 4.2}], "is not below upper_v"),
        ([CAPACITY | {"cutoff_a": 0.1, "cutoff_c_rate": 0.05}], "not both"),
        ([CAPACITY | {"of": 3}], "choose occurrence mean"),
        ([CAPACITY | {"normalisation": "cell-mass"}], "choose none or active-mass or area"),
        ([CAPACITY | {"base": {"basis": "rated"}}], "names `capacity_ah`"),
        ([CAPACITY | {"base": {"basis": "measured"}}], "the capacity that it is"),
        ([CAPACITY | {"base": {"basis": "measured", "kpi": "x"}}], "x, which is no KPI of this plan; known are q"),
        ([CAPACITY | {"base": {"basis": "measured", "kpi": "q"}}], "q: these KPIs refer to each other in a circle"),
        ([{"id": "r", "kind": "capacity-ratio", "of": "q", "by": "q"}, CAPACITY], "always 1"),
        ([{"id": "k", "kind": "capacity-retention", "of": "q"}, CAPACITY], "either `reference`"),
        ([{"id": "k", "kind": "capacity-retention", "of": "q", "check_up": 1}, CAPACITY], "name a later one"),
        ([{"id": "k", "kind": "cycle-retention", "c_rate": 1, "cycle": 1}], "not after the reference cycle"),
        (
            [
                {"id": "k", "kind": "capacity-retention", "of": "c", "check_up": 2},
                {"id": "c", "kind": "cycle-capacity", "cycle": 1},
            ],
            "not a capacity at a rate",
        ),
        ([{"id": "r", "kind": "dc-resistance", "seconds": 5}], "1, 10, 18 or 30"),
        ([LOADING], "say in `electrode` of which"),
        ([LOADING | {"step": "coatin"}], "no step of production; known are"),
        ([LOADING | {"parameter": "loading"}], "no parameter of coating; known are"),
        ([LOADING | {"parameter": "start", "electrode": "positive"}], "is no number"),
        ([LOADING | {"step": "stacking", "parameter": "layers", "side": "A"}], "leave `side` out"),
        ([LOADING | {"step": "mixing", "parameter": "component_mass", "electrode": "positive"}], "name its `number`"),
    ],
)
def test_a_choice_that_makes_no_sense_is_told_what_to_do(choices: list[Choice], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        plan(*choices)
    assert said in str(refused.value)


def test_two_measured_bases_may_not_name_each_other() -> None:
    one = CAPACITY | {"id": "one", "base": {"basis": "measured", "kpi": "two"}}
    two = CAPACITY | {"id": "two", "base": {"basis": "measured", "kpi": "one"}}
    with pytest.raises(ValidationError, match="one, two: these KPIs refer to each other in a circle"):
        plan(one, two)
    assert [each.id for each in plan(one, CAPACITY | {"id": "two"}).in_order()] == ["two", "one"]


def test_a_yield_is_not_scored() -> None:
    chosen = {"id": "y", "label": "Yield", "kind": "yield"}
    assert not KpiPlan.model_validate({"kpi": chosen, "sigma_from": "own-spread"}).kpi.compared
    with pytest.raises(ValidationError, match="not scored"):
        KpiPlan.model_validate({"kpi": chosen, "sigma_pt": 0.1})


def test_every_kind_says_by_what_it_can_be_divided_and_its_unit() -> None:
    assert len(KINDS) == 17
    for kind in KINDS:
        if kind.measure is not Measure.PRODUCTION:
            assert set(kind.meaningful()) == set(UNITS[kind.measure])
        assert Normalisation.NONE in kind.meaningful()
    assert plan(CAPACITY | {"normalisation": "area"}).kpis[0].kpi.unit == "mA.h/cm2"
    assert plan(LOADING | {"electrode": "positive"}).kpis[0].kpi.unit == "mg/cm2"


@pytest.mark.parametrize(
    "absolute",
    [
        CAPACITY,
        {"id": "c", "kind": "cycle-capacity", "cycle": 1},
        {"id": "e", "kind": "cycle-energy", "cycle": 1},
        {"id": "r", "kind": "dc-resistance"},
        LOADING | {"step": "end-of-line", "parameter": "cell_mass"},
        LOADING | {"step": "end-of-line", "parameter": "cell_thickness"},
        LOADING | {"step": "filling", "parameter": "electrolyte_mass"},
        LOADING | {"step": "calendering", "parameter": "thickness_with_foil", "electrode": "positive"},
    ],
)
def test_a_coded_manufacturing_round_has_no_absolute_kpi(absolute: Choice) -> None:
    with pytest.raises(ValidationError, match="what is not normalised would tell whose cell it is"):
        record("manufacturing", absolute)
    assert record("measurement", absolute).plan.kpis, "there all lines test the same cells"


def test_a_coded_manufacturing_round_has_normalised_kpis_ratios_voltages_and_coatings() -> None:
    allowed = (
        CAPACITY | {"normalisation": "active-mass"},
        {"id": "e", "kind": "cycle-energy", "cycle": 1, "normalisation": "cell-mass"},
        {"id": "r", "kind": "dc-resistance", "normalisation": "area"},
        {"id": "ce", "kind": "coulombic-efficiency", "cycle": 1},
        {"id": "v", "kind": "mean-voltage", "cycle": 1},
        {"id": "y", "kind": "yield"},
        LOADING | {"electrode": "positive"},
        LOADING | {"id": "t", "step": "calendering", "parameter": "thickness_without_foil", "electrode": "positive"},
        LOADING | {"id": "d", "step": "calendering", "parameter": "coating_density", "electrode": "positive"},
        LOADING | {"id": "p", "step": "calendering", "parameter": "porosity", "electrode": "positive"},
        LOADING | {"id": "a", "step": "drying", "parameter": "adhesion", "electrode": "positive"},
    )
    made = record("manufacturing", *allowed)
    assert made.tells_design(made.plan) == ""
    assert "q (A.h)" in made.tells_design(plan(CAPACITY)), "an amendment is asked the same"
    curve = {"label": "Discharge", "cycle": 1, "normalised": False}
    with pytest.raises(ValidationError, match="the curve Discharge"):
        record("manufacturing", *allowed, curves=[curve])
