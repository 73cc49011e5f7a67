"""KPIs as a coordinator chooses them: what is computed from the tables and the record of one cell."""

import importlib
import inspect
import pkgutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import roundrobin
from exchange.roundrobin.chosen import CellFacts
from exchange.roundrobin.kpis import Configuration
from tests.exchange.roundrobin.chosen_cells import RATE, Choice, ageing, of, one, pulsed, tables, window
from tests.synthetic_cell import Cell


def test_a_capacity_at_a_rate_is_normalised_by_what_the_record_says() -> None:
    made = ageing((5600,))
    fits = RATE | window(made)
    capacity = 5600 * 0.5 / 3600
    truth = {"none": capacity, "active-mass": 1000 * capacity / 6.0, "area": 1000 * capacity / 500.0}
    units = {"none": "A.h", "active-mass": "mA.h/g", "area": "mA.h/cm2"}
    for by, value in truth.items():
        found = one(tables(made), **fits, normalisation=by)
        assert found.value == pytest.approx(value, rel=1e-12) and found.unit == units[by]
        assert found.parameters["integrated"] == found.value
        assert found.parameters["counter"] == pytest.approx(found.value, rel=1e-9)
    energy = one(tables(made), **(fits | {"kind": "energy-at-rate"}))
    per_litre = one(tables(made), **(fits | {"kind": "energy-at-rate"}), normalisation="cell-volume")
    step = made.parts[3]["voltage"]
    assert energy.value == pytest.approx(capacity * (step[0] + step[-1]) / 2, rel=1e-6)
    assert energy.value is not None and per_litre.value == energy.value / 0.02 and per_litre.unit == "W.h/L"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lower_v": 0.0051}, "not within 5 mV"),
        ({"lower_v": -0.0051}, "not within 5 mV"),
        ({"upper_v": 0.0051}, "the charge before reaches"),
        ({"after_cycle": 1}, "after cycle 1"),
        ({"cutoff_c_rate": -0.015}, "above the cut-off"),
        ({"c_rate": 0.02}, "no step discharges"),
    ],
)
def test_a_step_just_outside_the_definition_is_refused_and_one_just_within_is_not(changed: Choice, said: str) -> None:
    made = ageing((5600,))
    fits = RATE | window(made)
    [(name, by)] = changed.items()
    outside = one(tables(made), **(fits | {name: fits.get(name, 0) + by}))
    assert outside.value is None and said in outside.reason
    if name in ("lower_v", "upper_v"):
        assert one(tables(made), **(fits | {name: fits[name] + by * 0.9})).value


def test_check_ups_are_counted_after_formation_and_compared_with_the_first() -> None:
    made = ageing((5600, 5600, 5600, 5590))
    fits = RATE | window(made, 1) | {"id": "q", "after_cycle": 1}
    found = of(
        tables(made),
        fits,
        {"id": "second", "kind": "capacity-retention", "of": "q", "check_up": 2},
        {"id": "ninth", "kind": "capacity-retention", "of": "q", "check_up": 9},
    )
    assert found["q"].rows[0][0] > len(made.parts[0]["time"]), "formation is passed over"
    assert found["second"].value == pytest.approx(1.0, rel=1e-9)
    assert found["second"].parameters["reference_check_up"] == 1
    assert found["ninth"].value is None and "of 9 steps" in found["ninth"].reason


def test_ageing_cycles_are_those_at_the_rate_after_formation() -> None:
    made = ageing((2800, 2800, 5600, 2700, 2600), (1.0, 1.0, 0.5, 1.0, 1.0))
    of_rate = {"kind": "cycle-retention", "c_rate": 1.0, "after_cycle": 1}
    third = one(tables(made), **of_rate, cycle=3)
    assert third.value == pytest.approx(2600 / 2800, rel=1e-9)
    assert (third.parameters["own_cycle"], third.parameters["own_reference_cycle"]) == (5, 2)
    fourth = one(tables(made), **of_rate, cycle=4)
    assert fourth.value is None and "there are 3 whole ageing cycles after cycle 1" in fourth.reason


def test_a_ratio_of_rates_needs_two_capacities_that_are_there() -> None:
    made = ageing((5600, 2800), (0.5, 1.0))
    slow, fast = RATE | window(made) | {"id": "slow"}, RATE | window(made, 1) | {"id": "fast", "c_rate": 1.0}
    ratio = {"id": "ratio", "kind": "capacity-ratio", "of": "fast", "by": "slow"}
    found = of(tables(made), ratio, slow, fast)
    assert found["ratio"].value == pytest.approx(1.0, rel=1e-9) and len(found["ratio"].rows) == 1
    refused = of(tables(made), ratio, slow | {"lower_v": 3.0}, fast)["ratio"]
    assert refused.value is None and "reference capacity was refused" in refused.reason


def test_a_base_is_nominal_rated_or_another_kpi() -> None:
    made = ageing((5600,))
    capacity = 5600 * 0.5 / 3600
    fits = window(made) | {"kind": "capacity-at-rate", "cutoff_a": 0.025}
    base = {"id": "base", "kind": "cycle-capacity", "cycle": 1}
    measured = {"id": "m", "c_rate": 0.5 / capacity, "base": {"basis": "measured", "kpi": "base"}}
    rated = {"id": "r", "c_rate": 0.25, "base": {"basis": "rated", "capacity_ah": 2.0}}
    cycles = {"id": "n", "kind": "equivalent-full-cycles", "base": {"basis": "measured", "kpi": "base"}}
    found = of(tables(made), fits | measured, fits | rated, base, cycles)
    assert found["m"].value == found["r"].value == pytest.approx(capacity, rel=1e-12)
    assert found["m"].parameters["base_kpi"] == "base" and found["n"].value == pytest.approx(1.0, rel=1e-12)
    none = of(tables(made), fits | {"id": "x", "c_rate": 0.5}, facts=CellFacts(Configuration.FULL))["x"]
    assert none.value is None and "cell.nominal_capacity_ah" in none.reason
    broken = of(tables(made), fits | measured, base | {"cycle": 7})["m"]
    assert broken.value is None and "base, has no value: there is no cycle 7" in broken.reason


def test_a_state_of_charge_is_on_the_stated_base() -> None:
    made = Cell()
    made.step(1, 5000, 0.5)
    made.step(1, 1800, 0.5, 0.025, held=True)
    made.step(1, 600, 0.0)
    made.step(1, 3600, -0.5)
    made.step(1, 600, 0.0)
    made.step(1, 10, -1.0)
    made.step(1, 600, 0.0)
    asked = {"kind": "dc-resistance", "within": 0.01, "normalisation": "area"}
    nominal = one(tables(made), **asked, soc=0.5)
    assert nominal.value is not None and nominal.unit == "Ohm.cm2" and nominal.parameters["soc_basis"] == "nominal"
    assert one(tables(made), **asked, soc=0.75, base={"basis": "rated", "capacity_ah": 2.0}).value == nominal.value
    assert "no discharge pulse lies within" in one(tables(made), **asked, soc=0.75).reason
    assert one(tables(made), **asked, soc=0.5, way="charge").reason == "there is no charge pulse"


def test_pulses_are_left_out_only_where_they_balance() -> None:
    found = pulsed()
    assert one(found, kind="coulombic-efficiency", cycle=1).value is not None
    left_out = one(found, kind="coulombic-efficiency", cycle=1, pulses="excluded")
    assert left_out.value is None and "would change the efficiency" in left_out.reason


@settings(max_examples=8, deadline=None)
@given(scale=st.floats(0.01, 300.0), mass=st.floats(0.1, 5000.0))
def test_a_larger_cell_has_as_much_more_capacity_and_normalised_is_absolute_by_amount(
    scale: float, mass: float
) -> None:
    made = ageing((5600,))
    choices = (
        RATE | window(made) | {"id": "q"},
        RATE | window(made) | {"id": "g", "normalisation": "active-mass"},
        {"id": "ce", "kind": "coulombic-efficiency", "cycle": 1},
    )
    facts = CellFacts(Configuration.FULL, nominal_capacity_ah=scale, active_mass_g=mass)
    small = of(tables(made), *choices)
    large = of(tables(made, scale), *choices, facts=facts)
    assert small["q"].value is not None and large["q"].value is not None
    assert large["q"].value == pytest.approx(scale * small["q"].value, rel=1e-9)
    assert large["g"].value == 1000.0 * large["q"].value / mass
    assert large["ce"].value == pytest.approx(small["ce"].value, rel=1e-9)


def test_no_module_takes_the_place_of_a_function_of_the_same_name() -> None:
    for found in pkgutil.iter_modules(roundrobin.__path__):
        importlib.import_module(f"exchange.roundrobin.{found.name}")
    assert [name for name in roundrobin.__all__ if inspect.ismodule(getattr(roundrobin, name))] == []
