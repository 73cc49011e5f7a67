"""The vocabulary of production is whole: every step and parameter that is asked for, with units that are known."""

import re
from collections import Counter
from pathlib import Path

import pytest

from schemas.iris import battinfo, expanded
from schemas.production import ParameterForm
from schemas.vocabulary import production

WORDS = production()
TERMS = Path(__file__).parents[3] / "shared/data/BattINFO_process_terms.txt"
ASKED = {
    "mixing": "component_mass component_share sequence tip_speed mixing_time mixing_temperature mixing_vacuum "
    "specific_energy solids_content viscosity viscosity_shear_rate slurry_density fineness mixing_mode",
    "coating": "web_speed coating_gap pump_rate web_tension coating_width coated_side wet_loading dry_loading "
    "wet_thickness areal_capacity",
    "drying": "zone_temperature air_speed residence_time residual_solvent adhesion dry_thickness",
    "calendering": "line_load roll_temperature calender_speed calender_gap passes thickness_with_foil "
    "thickness_without_foil coating_density true_density porosity springback",
    "slitting": "slitting_speed laser_power cut_width burr",
    "cutting": "cutting_speed laser_power cut_width cut_length burr",
    "vacuum-drying": "vacuum_drying_temperature vacuum_drying_pressure vacuum_drying_time moisture",
    "stacking": "layers separator_tension alignment overhang hipot_voltage hipot_leakage stack_pressure",
    "winding": "windings separator_tension alignment overhang hipot_voltage hipot_leakage stack_pressure",
    "contacting": "weld_amplitude weld_force weld_energy weld_time pull_force contact_resistance",
    "packaging": "seal_temperature seal_pressure seal_time pouch_depth seal_thickness leak_rate",
    "filling": "electrolyte_mass electrolyte_ratio filling_vacuum wetting_time filling_dew_point "
    "mass_before mass_after",
    "sealing": "seal_temperature seal_pressure seal_time seal_thickness leak_rate",
    "wetting": "wetting_time wetting_temperature",
    "formation": "formation_protocol formation_c_rate upper_voltage lower_voltage formation_temperature "
    "formation_pressure first_charge first_discharge first_efficiency gas_volume dc_resistance",
    "degassing": "gas_volume degassing_vacuum",
    "ageing": "ageing_soc ageing_temperature ageing_time ocv_start ocv_end k_value",
    "end-of-line": "capacity dc_resistance resistance_1khz cell_mass cell_thickness grade",
}
OF_EVERY_STEP = "start end recipe recipe_version ambient_dew_point ambient_temperature yield scrap"


def test_the_steps_stand_in_the_order_of_a_line() -> None:
    assert list(WORDS.steps) == list(ASKED)


@pytest.mark.parametrize("step", ASKED)
def test_a_step_has_every_parameter_that_is_worth_recording(step: str) -> None:
    known = {one.id for one in WORDS.of_step(step)}
    assert known >= {*ASKED[step].split(), *OF_EVERY_STEP.split()}
    assert any(one.endswith("throughput") for one in known)
    assert ("electrode_polarity" in known) is WORDS.steps[step].electrode


def test_ids_are_unique_in_a_step_and_labels_are_told_apart() -> None:
    for step in WORDS.steps:
        for names in ([one.id for one in WORDS.of_step(step)], [one.label.casefold() for one in WORDS.of_step(step)]):
            assert [name for name, count in Counter(names).items() if count > 1] == []


def test_numbers_have_units_and_ranges_and_words_have_neither() -> None:
    for one in WORDS.parameters:
        number = one.form in (ParameterForm.NUMBER, ParameterForm.WHOLE)
        assert number is (one.unit is not None), one.id
        assert number is (one.low is not None and one.high is not None and one.low < one.high), one.id
        assert bool(one.choices) is (one.form is ParameterForm.CHOICE), one.id
        assert one.definition and one.label


def test_loadings_thicknesses_and_porosities_are_recorded_per_side() -> None:
    per_side = {one.id for one in WORDS.parameters if one.per_side}
    assert per_side >= {"wet_loading", "dry_loading", "wet_thickness", "dry_thickness", "porosity", "coating_density"}


def test_the_orders_of_cell_formats_name_steps() -> None:
    assert set(WORDS.formats) == {"pouch", "cylindrical", "prismatic", "coin"}
    for one in WORDS.formats.values():
        assert set(one.order) <= set(WORDS.steps)
    assert "degassing" not in WORDS.formats["cylindrical"].order


@pytest.mark.parametrize(
    ("spelling", "ucum"),
    [
        ("mg/cm2", "mg/cm2"),
        ("mg / cm^2", "mg/cm2"),
        ("mg/cm²", "mg/cm2"),
        ("Pa s", "Pa.s"),
        ("Pa·s", "Pa.s"),
        ("um", "um"),
        ("μm", "um"),
        ("°C", "Cel"),
        ("mL/(A.h)", "mL/(A.h)"),
        ("mAh", "mA.h"),
    ],
)
def test_units_are_known_by_their_spellings(spelling: str, ucum: str) -> None:
    unit = WORDS.unit(spelling)
    assert unit is not None and unit.ucum == ucum


@pytest.mark.parametrize("spelling", ["MG/CM2", "furlong", "", "mg"])
def test_case_matters_and_nothing_is_guessed(spelling: str) -> None:
    unit = WORDS.unit(spelling)
    assert unit is None or unit.dimension == "mass"


@pytest.mark.parametrize(
    ("one", "other", "factor"),
    [
        ("mg/cm²", "g/m²", 10),
        ("Pa·s", "mPa·s", 1000),
        ("bar", "mbar", 1000),
        ("N/mm", "kN/m", 1),
        ("Wh/kg", "kJ/kg", 3.6),
        ("mAh/cm²", "Ah/m²", 10),
        ("m/min", "mm/s", 100 / 6),
        ("Ah", "mAh", 1000),
        ("mV/d", "mV/h", 1 / 24),
        ("mL/min", "L/h", 0.06),
        ("g/cm³", "kg/m³", 1000),
        ("%", "ppm", 10_000),
        ("Pa·m³/s", "mbar·L/s", 10),
    ],
)
def test_factors_agree_with_the_definition_of_the_units(one: str, other: str, factor: float) -> None:
    first, second = WORDS.unit(one), WORDS.unit(other)
    assert first is not None and second is not None and first.dimension == second.dimension
    assert float(first.factor / second.factor) == factor


@pytest.mark.skipif(not TERMS.exists(), reason="the list of terms is not beside the checkout")
def test_identifiers_are_those_of_the_ontologies() -> None:
    known = set(re.findall(r"-> (\S+)", TERMS.read_text())) | {expanded(short) for short in battinfo().values()}
    used = {one.iri for one in [*WORDS.steps.values(), *WORDS.parameters] if one.iri}
    assert used and used <= known
