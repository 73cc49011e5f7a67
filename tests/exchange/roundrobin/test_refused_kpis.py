"""Chosen KPIs that cannot be computed: each has a reason, and never 0."""

import numpy as np
import pytest

from exchange.roundrobin.chosen import CellFacts, Tables
from exchange.roundrobin.kpis import Configuration
from exchange.roundrobin.normalisation import facts_of
from tests.exchange.roundrobin.chosen_cells import (
    EVERY,
    FULL,
    Choice,
    of,
    one,
    plan,
    pulsed,
    tables,
)
from tests.records import metadata
from tests.synthetic_cell import Cell


def test_what_cannot_be_computed_is_refused_with_a_reason_and_is_never_zero() -> None:
    nothing = of(Tables(), *EVERY, facts=CellFacts())
    empty = Tables(*(one.slice(0, 0) for one in (made.cycles, made.steps))) if (made := pulsed()) else made
    no_rows = of(empty, *EVERY)
    for found in (nothing, no_rows):
        assert {id: kpi.value for id, kpi in found.items() if kpi.value is not None} == {}
        assert [id for id, kpi in found.items() if not kpi.reason] == []
    units = {one.kpi.id: one.kpi.unit for one in plan(*EVERY).kpis}
    assert {id: kpi.unit for id, kpi in nothing.items()} == units, "also what is refused has its unit"


def test_cells_of_other_configurations_have_only_what_they_have() -> None:
    made = Cell()
    made.charge_ah = 0.5
    made.step(1, 3600, -0.1)
    made.step(1, 3240, 0.1)
    made.step(1, 600, 0.0)
    half = CellFacts(Configuration.HALF_NEGATIVE, 1.0, active_mass_g=2.0, coated_area_cm2=5.0, mass_g=1.0)
    found = of(tables(made, cell_configuration="half-negative"), *EVERY, facts=half)
    assert found["ce"].value == pytest.approx(0.9, rel=1e-12)
    assert found["q"].value is None and "no positive electrode" in found["q"].reason
    assert found["e"].reason == "a half cell's energy is not a cell's" == found["er"].reason
    turned = of(tables(made, cell_configuration="half-negative"), *EVERY, facts=FULL)
    assert "cut for another cell configuration" in turned["ce"].reason
    symmetric = of(tables(made), *EVERY, facts=CellFacts(Configuration.SYMMETRIC, 1.0))
    assert {id for id, kpi in symmetric.items() if kpi.value is not None} == {"ocv"}


def test_a_truncated_cycle_has_no_kpi_of_a_cycle() -> None:
    of_third = [choice | {"cycle": 3} for choice in EVERY if choice.get("cycle") == 1]
    for kpi in of(pulsed(-500), *of_third).values():
        assert (kpi.value, kpi.reason) == (None, "cycle 3 is truncated")


@pytest.mark.parametrize(
    ("changed", "by", "said"),
    [
        ({"mass_g": None}, "cell-mass", "no cell.specification.mass_g"),
        ({"thickness_mm": None}, "cell-volume", "no cell.specification.thickness_mm"),
        ({"diameter_mm": 20.0}, "cell-volume", "both a diameter and a width"),
        ({"active_mass_g": 12.0}, "active-mass", "12 g of active material, and 6 g by loading per side"),
        ({"coated_area_cm2": None}, "active-mass", "positive.active_mass_g"),
        ({"coated_area_cm2": None}, "area", "positive.coated_area_cm2"),
        ({"configuration": None}, "area", "cell.configuration"),
    ],
)
def test_a_record_that_lacks_or_contradicts_is_told_which_field(changed: Choice, by: str, said: str) -> None:
    facts = CellFacts(**(vars(FULL) | changed))
    energy = by.startswith("cell")
    kind = {"kind": "cycle-energy"} if energy else {"kind": "cycle-capacity"}
    found = one(pulsed(), facts, **kind, cycle=1, normalisation=by)
    assert found.value is None and said in found.reason


def test_a_round_cell_has_the_volume_of_a_cylinder_and_masses_may_be_weighed() -> None:
    made = pulsed()
    said = {"cell_configuration": "full", "nominal_capacity_ah": 1.0}
    cylinder = metadata(**said, **{"cell.specification": {"diameter_mm": 21, "height_mm": 70}})
    asked = {"kind": "cycle-energy", "cycle": 1}
    absolute = one(made, facts_of(cylinder), **asked).value
    volume = one(made, facts_of(cylinder), **asked, normalisation="cell-volume").value
    assert absolute is not None and volume == pytest.approx(absolute / (np.pi / 4 * 2.1**2 * 7 / 1000), rel=1e-12)
    weighed = metadata(**said, **{"cell.specification.positive": {"active_mass_g": 5.0}})
    per_gram = one(made, facts_of(weighed), kind="cycle-capacity", cycle=1, normalisation="active-mass")
    assert per_gram.parameters["amount"] == 5.0


def test_a_file_that_begins_with_a_charged_cell_has_no_efficiency_of_its_first_cycle() -> None:
    made = Cell()
    made.charge_ah = 0.8
    made.step(1, 1000, 0.1)
    made.step(1, 7200, -0.4)
    made.step(1, 600, 0.0)
    for kind in ("coulombic-efficiency", "energy-efficiency", "first-cycle-efficiency"):
        found = one(tables(made), kind=kind, **({} if kind.startswith("first") else {"cycle": 1}))
        assert found.value is None and "the cell held charge before" in found.reason
