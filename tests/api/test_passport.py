"""The draft of a battery passport: what is known stands in the data model's form, what is not is listed, no more."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.fair.passport import VERSION, sheet
from exchange.fair.passport_facts import CellTested, Facts
from schemas.delivery import CycleSummary
from schemas.passport import Passport
from schemas.production import ObjectKind
from schemas.record.cell import Cell
from schemas.record.making import MaterialDescribed
from schemas.trace import ProductionValue
from tests.api.test_objects import Network, network, warm_sandbox
from tests.production import run
from tests.received import bdf_csv
from tests.records import record
from tests.test_one_file import RECORD

__all__ = ["network", "warm_sandbox"]
SCHEMAS = Path(__file__).resolve().parents[2] / "../shared/reference/passport"
FILES = {
    "GeneralProductInformation": "GeneralProductInformation-schema.json",
    "MaterialComposition": "MaterialComposition-schema.json",
    "PerformanceAndDurability": "PerformanceAndDurability-1.2.1-schema.json",
    "CarbonFootprint": "CarbonFootprintForBatteries-schema.json",
}
needs_schemas = pytest.mark.skipif(not SCHEMAS.exists(), reason="the Battery Pass schemas are not beside the checkout")
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
X = "https://x.example/datasets"
MATERIAL = "MAT-0000-0000"
CELL = Cell.model_validate(
    {
        "chemistry": "NMC811",
        "negative_chemistry": "graphite",
        "nominal_capacity_ah": 5,
        "nominal_voltage_v": 3.7,
        "made_at": "2026-03-31T14:05:00+02:00",
        "status": "in test",
        "specification": {
            "mass_g": 98.4,
            "positive": {"formulation": [{"name": "NMC811", "object": MATERIAL}, {"name": "PVDF"}]},
            "electrolyte": {"composition": "1 M LiPF6 in EC:EMC", "amount_g": 12.5},
            "separator": {"name": "PE"},
        },
    }
)


def cycle(number: int, ah: float, wh: float, truncated: bool = False) -> CycleSummary:
    return CycleSummary(
        cycle=number,
        charge_capacity_ah=5.0,
        discharge_capacity_ah=ah,
        charge_energy_wh=20.0,
        discharge_energy_wh=wh,
        truncated=truncated,
    )


FULL = Facts(
    id="CEL-7Q4K-M2XP",
    iri="https://x.example/objects/CEL-7Q4K-M2XP",
    name="A-01",
    lot=False,
    maker="North Line",
    cell=CELL,
    ror="https://ror.org/02mhbdp94",
    country="DE",
    materials={MATERIAL: MaterialDescribed(name="NMC811", cas="179802-95-0")},
    tests=(
        CellTested(
            "https://x.example/datasets/PLX-1@1.b1", NOW, 2.5, 4.2, (cycle(1, 4.9, 18.0), cycle(2, 4.8, 17.6)), 0.02
        ),
        CellTested(
            "https://x.example/datasets/PLX-2@1.b1", NOW, cycles=(cycle(1, 4.5, 16.2), cycle(2, 1.0, 3.0, True))
        ),
    ),
)


def violations(made: Passport) -> dict[str, list[tuple[str, str]]]:
    """By part, the kind of every violation of its schema and the place that it is about."""
    found: dict[str, list[tuple[str, str]]] = {}
    for part, file in FILES.items():
        schema = json.loads((SCHEMAS / file).read_text())
        checked = jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)
        found[part] = [(str(one.validator), _place(one)) for one in checked.iter_errors(made.parts[part])]
    return found


def _place(error: jsonschema.ValidationError) -> str:
    missing = error.message.split("'")[1] if error.validator == "required" else ""
    return "/".join(["", *(str(one) for one in error.absolute_path), *([missing] if missing else [])])


def lacks_only_what_it_says(made: Passport) -> None:
    """Every violation is a required property that is missing and listed, and the other way round."""
    for part, wrong in violations(made).items():
        listed = {one.path for one in made.not_known if one.part == part and one.required}
        assert {kind for kind, _ in wrong} <= {"required"}, wrong
        assert {place for _, place in wrong} == listed


def value(made: Passport, path: str) -> Any:
    at: Any = made.parts
    for name in path.split("/"):
        at = at[int(name) if name.isdigit() else name]
    return at


@needs_schemas
def test_a_full_and_an_empty_sheet_lack_only_what_they_list() -> None:
    lacks_only_what_it_says(sheet(FULL, NOW))
    empty = Facts(id=FULL.id, iri=FULL.iri, name=None, lot=False, maker=None, cell=Cell())
    lacks_only_what_it_says(sheet(empty, NOW))
    lacks_only_what_it_says(sheet(replace(FULL, lot=True), NOW))


@needs_schemas
@settings(max_examples=15, deadline=None)
@given(st.sets(st.sampled_from([*Cell.model_fields, "ror", "country", "maker", "materials", "tests"])))
def test_a_sheet_of_which_some_is_not_known_lacks_only_what_it_lists(hidden: set[str]) -> None:
    blank = dict.fromkeys(hidden & Cell.model_fields.keys())
    facts: dict[str, Any] = dict.fromkeys(hidden & {"ror", "country", "maker"})
    facts |= {name: {} if name == "materials" else () for name in hidden & {"materials", "tests"}}
    lacks_only_what_it_says(sheet(replace(FULL, cell=CELL.model_copy(update=blank), **facts), NOW))


def test_values_stand_in_the_units_of_the_data_model_with_where_they_come_from() -> None:
    made = sheet(FULL, NOW)
    technical, condition = (
        f"PerformanceAndDurability/{one}" for one in ("batteryTechicalProperties", "batteryCondition")
    )
    expected = {
        "GeneralProductInformation/manufacturingDate": "2026-03-31T12:05:00Z",
        "GeneralProductInformation/batteryMass": 0.0984,
        "GeneralProductInformation/batteryStatus": "Original",
        "MaterialComposition/batteryChemistry/clearName": (
            "NMC 811 (positive electrode), Graphite (negative electrode), 1 M LiPF6 in EC:EMC"
        ),
        "GeneralProductInformation/manufacturerInformation/postalAddress/addressCountry": "DE",
        "MaterialComposition/batteryMaterials/0/batteryMaterialIdentifier": "179802-95-0",
        "MaterialComposition/batteryMaterials/2/batteryMaterialMass": 12.5,
        f"{technical}/ratedCapacity": 5.0,
        f"{technical}/ratedEnergy": 0.018,
        f"{technical}/roundtripEfficiency": 90.0,
        f"{technical}/initialInternalResistance/0/ohmicResistance": 0.02,
        f"{technical}/minimumVoltage": 2.5,
        f"{technical}/roundTripEfficiencyFade": 10.0,
        f"{condition}/numberOfFullCycles/numberOfFullCyclesValue": 3,
        f"{condition}/capacityFade/capacityFadeValue": 10.0,
        f"{condition}/capacityThroughput/capacityThroughputValue": 35.2,
        f"{condition}/energyThroughput/energyThroughputValue": 0.1348,
        f"{condition}/remainingEnergy/remainingEnergyValue": 0.0162,
        f"{condition}/remainingRoundTripEnergyEfficiency/remainingRoundTripEnergyEfficiencyValue": 81.0,
    }
    for path, wanted in expected.items():
        assert value(made, path) == (pytest.approx(wanted) if isinstance(wanted, float) else wanted), path
    told = {f"{one.part}{one.path}": one for one in made.provenance}
    assert told.keys() >= expected.keys() and all(one.source.startswith("https://x.example/") for one in told.values())
    assert told[f"{technical}/ratedEnergy"].source == FULL.tests[0].source
    assert "not rated" in told[f"{technical}/ratedEnergy"].how and told[f"{technical}/ratedEnergy"].unit == "kW.h"
    filled = {(one.part, one.path) for one in made.provenance}
    assert not filled & {(one.part, one.path) for one in made.not_known}
    written = json.loads(made.model_dump_json())
    assert (
        written["draft"] is True and written["mappingVersion"] == VERSION and written["madeAt"] and written["notKnown"]
    )
    assert all(one.meaning for one in made.not_known)


def test_what_end_of_line_control_recorded_stands_in_where_the_record_says_nothing() -> None:
    def recorded(parameter: str, value: float, step: str = "end-of-line", how: str = "actual") -> ProductionValue:
        at = {"reference": "PLX-3@1.b1", "run": "RUN-7", "object": "A-01", "object_kind": ObjectKind.CELL}
        said = {"process_step": step, "parameter": parameter, "value": value, "unit": "x", "recorded": how}
        return ProductionValue.model_validate(at | said | {"time": NOW if step == "ageing" else None})

    produced = (
        recorded("capacity", 9.0, how="set-point"),
        recorded("capacity", 4.95),
        recorded("cell_mass", 99.0),
        recorded("dc_resistance", 9.0, step="formation"),
        recorded("dc_resistance", 15.0),
        recorded("ocv_end", 3.6, step="ageing"),
    )
    made = sheet(replace(FULL, cell=Cell(), produced=produced), NOW)
    technical = "PerformanceAndDurability/batteryTechicalProperties"
    assert value(made, f"{technical}/ratedCapacity") == 4.95
    assert value(made, f"{technical}/initialInternalResistance/0/ohmicResistance") == 0.015
    assert value(made, "GeneralProductInformation/batteryMass") == 0.099
    assert value(made, "GeneralProductInformation/manufacturingDate") == "2026-05-04T12:00:00Z"


def test_one_whole_cycle_tells_of_the_condition_and_of_no_fade_of_efficiency() -> None:
    made = sheet(replace(FULL, tests=FULL.tests[1:]), NOW)
    condition = value(made, "PerformanceAndDurability/batteryCondition")
    assert condition["numberOfFullCycles"]["numberOfFullCyclesValue"] == 1
    assert condition["capacityThroughput"]["capacityThroughputValue"] == pytest.approx(15.5)
    assert "roundTripEfficiencyFade" not in value(made, "PerformanceAndDurability/batteryTechicalProperties")


def test_a_lot_has_means_of_its_cells_and_no_condition() -> None:
    made = sheet(replace(FULL, lot=True, cell=Cell()), NOW)
    assert value(made, "PerformanceAndDurability/batteryTechicalProperties/ratedCapacity") == pytest.approx(4.7)
    assert value(made, "PerformanceAndDurability/batteryCondition") == {}


def test_a_sheet_holds_what_its_reader_may_see(network: Network) -> None:
    end = [["Cell id", "Cell mass [g]", "DC resistance [mΩ]"], ["C-1", 97.5, 18.5]]
    produced = network.production("north", run(**{"End_of_line": end}))
    cell = network.post("north", "/registry/from-genealogy", {"dataset": produced})["items"][0]["id"]
    sent = record(RECORD, cell="C-1", nominal_capacity_ah=0.5, **{"cell.object": cell})
    test = str(network.post("north", "/datasets", sent)["id"])
    network.upload("north", test, "cell.csv", bdf_csv(4321))
    path = f"/registry/{cell}/passport"
    status, own = network.get("north", path)
    assert status == 200, own
    if SCHEMAS.exists():
        lacks_only_what_it_says(Passport.model_validate(own, by_alias=True))
    technical = own["parts"]["PerformanceAndDurability"]["batteryTechicalProperties"]
    assert own["parts"]["GeneralProductInformation"]["batteryMass"] == 0.0975
    assert technical["initialInternalResistance"] == [{"ohmicResistance": 0.0185, "batteryComponent": "cell"}]
    assert technical["ratedCapacity"] == pytest.approx(0.5, rel=0.01) and technical["maximumVoltage"] == 4.2
    assert own["parts"]["PerformanceAndDurability"]["batteryCondition"]["numberOfFullCycles"]
    assert any(test in one["source"] for one in own["provenance"])

    assert network.get("west", path)[0] == 404
    network.share("north", test, "west", "metadata")
    theirs = network.get("west", path)[1]["parts"]
    assert "batteryMass" not in theirs["GeneralProductInformation"], "their level opens no production run"
    assert theirs["PerformanceAndDurability"]["batteryCondition"] == {}, "nor cycles"
    assert theirs["PerformanceAndDurability"]["batteryTechicalProperties"]["maximumVoltage"] == 4.2
    network.post("north", f"/datasets/{test}/grants", {"grantee": "west", "level": "summary"})
    assert network.get("west", path)[1]["parts"]["PerformanceAndDurability"]["batteryCondition"]

    header = network.world.header("north")
    file = network.client.get(f"/api/v1{path}/json", headers=header)
    assert (
        file.headers["content-disposition"].endswith(f'"{cell}-passport-draft.json"') and file.json()["draft"] is True
    )
    powder = network.post("north", "/registry", {"kind": "material", "name": "NMC"})["id"]
    assert network.get("north", f"/registry/{powder}/passport")[0] == 409
