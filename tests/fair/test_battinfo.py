"""BattINFO: linked data in terms that exist, and records in the shape of its schemas."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from exchange.fair import battinfo, battinfo_records, emmo
from schemas.metadata import DatasetKind
from tests.fair.shown import IRI, listed, published, shown_record
from tests.fair.worlds import Access, Fair

SCHEMAS = Path(__file__).parents[2].parent / "shared" / "reference" / "battinfo"
TERMS = Path(__file__).parents[2].parent / "shared" / "data" / "BattINFO_process_terms.txt"
BASE = "https://w3id.org/battinfo/schema/"
NUMBER = "https://w3id.org/emmo#EMMO_faf79f53_749d_40b2_807c_d34244c192f4"
ELECTRODES = {
    "positive": {
        "loading_mg_per_cm2": 18.5,
        "areal_capacity_mah_per_cm2": 3.4,
        "porosity_percent": 30,
        "collector": "Al foil",
    },
    "separator": {"name": "PE", "thickness_um": 16},
    "electrolyte": {"composition": "1 M LiPF6", "amount_g": 12.5},
}


def graph(text: str) -> Graph:
    return Graph().parse(data=text, format="json-ld")


def iri(term: str) -> URIRef:
    short = emmo.CONTEXT[term]
    prefix, _, name = (short["@id"] if isinstance(short, dict) else short).partition(":")
    return URIRef(emmo.PREFIXES[prefix] + name)


def test_every_term_of_a_document_is_an_iri_of_a_known_vocabulary() -> None:
    record = shown_record(**{f"cell.specification.{name}": value for name, value in ELECTRODES.items()})
    found = graph(battinfo.write(published(record=record)))
    used = {str(one) for one in found.predicates()} | {str(one) for one in found.objects(predicate=RDF.type)}
    spaces = (*emmo.PREFIXES.values(), str(RDF))
    assert [one for one in used if not one.startswith(spaces)] == []
    cell = URIRef(f"{IRI}#cell")
    assert {iri("BatteryCell"), iri("PouchCell")} <= set(found.objects(cell, RDF.type))
    assert (URIRef(f"{IRI}#test"), iri("hasTestObject"), cell) in found
    for relation in ("hasPositiveElectrode", "hasSeparator", "hasElectrolyte"):
        assert found.value(cell, iri(relation)) is not None


def test_quantities_of_a_document_are_those_of_the_record_with_their_units() -> None:
    found = graph(battinfo.write(published()))
    read = {}
    for place in found.objects(predicate=iri("hasProperty")):
        number = found.value(found.value(place, iri("hasNumericalPart")), URIRef(NUMBER))
        assert isinstance(number, Literal)
        read[found.value(place, RDF.type)] = number.toPython(), str(found.value(place, iri("hasMeasurementUnit")))
    assert read[iri("NominalCapacity")] == (5.0, "https://w3id.org/emmo#AmpereHour")
    assert read[iri("UpperVoltageLimit")] == (4.2, "https://w3id.org/emmo#Volt")
    assert read[iri("Width")] == (140.0, "https://w3id.org/emmo#MilliMetre") and len(read) == 7


def test_steps_of_production_have_the_terms_of_the_vocabulary() -> None:
    steps = {"run": "R", "steps": [{"step": "coating"}, {"step": "sealing"}]}
    record = shown_record(production=steps, cell=None, test=None)
    text = battinfo.write(published(record=record, kind=DatasetKind.PRODUCTION_RUN))
    assert "electrochemistry_cfcf6ca6_70e9_4369_9314_7f20b3efbf21" in text and '"prov:Activity"' in text


def test_nothing_is_told_of_a_record_that_is_not_shown() -> None:
    text = battinfo.write(listed()) + battinfo_records.write(listed())
    assert not [word for word in ("A-01", "NMC622", "Ada", "cycling", "CC-BY") if word in text]


@pytest.mark.skipif(not TERMS.exists(), reason="the list of terms of processes is not beside this checkout")
def test_terms_that_the_list_of_processes_has_are_those() -> None:
    listed_terms = dict(line.split(" -> ") for line in TERMS.read_text().splitlines() if " -> " in line)
    both = emmo.CONTEXT.keys() & listed_terms.keys()
    assert len(both) >= 5 and all(str(iri(one)) == listed_terms[one] for one in both)


class Schemas:
    """BattINFO's schemas as far as they are there; `missing` collects what they refer to that is not."""

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self._registry: Registry[Any] = Registry(retrieve=self._retrieve)  # type: ignore[call-arg]

    def _retrieve(self, uri: str) -> Resource[Any]:
        there = SCHEMAS / uri.removeprefix(BASE)
        if there.exists():
            return DRAFT202012.create_resource(json.loads(there.read_text()))
        self.missing.add(uri.removeprefix(BASE))
        # Every part of a schema that is not there accepts everything.
        return DRAFT202012.create_resource({"$defs": {"SpecSet": True}, "properties": {}})

    def faults(self, name: str, record: object) -> list[str]:
        schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
        checker = jsonschema.Draft202012Validator(schema, registry=self._registry)
        return [f"{name}{list(one.absolute_path)}: {one.message}" for one in checker.iter_errors(record)]


FULL = {
    "cell.specification.size": "73 x 105",
    "cell.made_at": "2026-03-31T14:05:00+02:00",
    "test.started_at": "2026-05-01T08:00:00+02:00",
    "test.deviations": [{"category": "power-outage", "impact": "minor", "text": "Off for an hour"}],
}


@pytest.mark.skipif(not SCHEMAS.exists(), reason="BattINFO's schemas are not beside this checkout")
def test_records_keep_to_the_schemas_of_battinfo(fair: Fair) -> None:
    schemas = Schemas()
    every = [published(record=shown_record(**FULL)), published(files=False), listed(), *fair.every().values()]
    every += [fair.published(DatasetKind.CELL_TEST, Access.OPEN, "north")]
    for shown in every:
        made = battinfo_records.document(shown)["records"]
        assert [fault for name, one in made.items() for fault in schemas.faults(name, one)] == []
    assert battinfo_records.document(every[0])["records"].keys() == {"cell-spec", "cell-instance", "test", "dataset"}
    assert battinfo_records.document(every[1])["lacking"] == {"cell-spec": ["cell.specification.size"]}
    wrong = battinfo_records.document(every[0])["records"]["test"] | {"colour": "red"}
    assert schemas.faults("test", wrong)


@pytest.mark.skipif(not SCHEMAS.exists(), reason="BattINFO's schemas are not beside this checkout")
def test_what_of_the_schemas_is_not_there_is_said() -> None:
    schemas = Schemas()
    for name, one in battinfo_records.document(published(record=shown_record(**FULL)))["records"].items():
        schemas.faults(name, one)
    if schemas.missing:
        pytest.skip(f"parts of the records are not checked: {', '.join(sorted(schemas.missing))} is not there")


def test_the_same_thing_has_the_same_id_each_time_and_another_has_another() -> None:
    made = [battinfo_records.document(published())["records"]["cell-instance"]["cell_instance"]["id"] for _ in "ab"]
    assert made[0] == made[1] != battinfo_records.id_of("cell", "urn:other")


numbers = st.floats(0.001, 900, allow_nan=False)


@settings(max_examples=25, deadline=None)
@given(numbers, numbers, st.floats(0, 100), st.sampled_from(["pouch", "coin", "cylindrical", "prismatic", None]))
def test_what_a_document_carries_is_read_back_as_it_was(ah: float, mass: float, pores: float, form: str | None) -> None:
    asked = {"cell.nominal_capacity_ah": ah, "cell.specification.mass_g": mass, "cell.specification.format": form}
    record = shown_record(**asked, **{"cell.specification.positive": {"porosity_percent": pores}})
    nodes = {one["@id"]: one for one in json.loads(battinfo.write(published(record=record)))["@graph"]}
    cell = nodes[f"{IRI}#cell"]

    def numbers_of(node: dict[str, Any]) -> dict[str, float]:
        return {one["@type"]: one["hasNumericalPart"]["hasNumberValue"] for one in node["hasProperty"]}

    read = numbers_of(cell)
    assert (read["NominalCapacity"], read["Mass"]) == (ah, mass)
    assert numbers_of(cell["hasPositiveElectrode"])["Porosity"] * 100 == pytest.approx(pores)
    assert cell["@type"] == (["BatteryCell", emmo.FORMATS[form]] if form else "BatteryCell")
