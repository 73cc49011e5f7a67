"""The schema as it is published: right, fresh, and broken only with a new version and a converter."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema

from exchange.fair import record_page, schema_docs
from exchange.fair.record_schema import DIALECT, id_of, json_schema
from schemas.compatibility import broken
from schemas.metadata import Metadata
from schemas.profiles import NEEDS
from schemas.record.field import fields_of
from schemas.upgrade import CONVERTERS, SCHEMA_VERSION
from tests.records import COMPLETE

ROOT = Path(__file__).parents[2]
FROZEN = {
    path.stem.removeprefix("metadata-"): json.loads(path.read_text(encoding="utf-8"))
    for path in (Path(__file__).parent / "frozen").glob("metadata-*.json")
}


def valid(record: dict[str, Any]) -> list[str]:  # Any: JSON
    return [error.message for error in jsonschema.Draft202012Validator(json_schema()).iter_errors(record)]


def test_the_generated_documents_are_fresh() -> None:
    """Stale: run `python -m exchange.fair.schema_docs`."""
    stale = [
        place
        for place, text in schema_docs.documents().items()
        if not (ROOT / "docs" / place).is_file() or (ROOT / "docs" / place).read_text(encoding="utf-8") != text
    ]
    assert stale == []


def test_the_schema_is_a_json_schema_that_takes_what_the_platform_takes_and_refuses_what_it_refuses() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$schema"] == DIALECT and json_schema()["$id"] == id_of(SCHEMA_VERSION)
    assert valid(COMPLETE) == []
    assert valid(Metadata.model_validate(COMPLETE).written()) == []
    assert valid({"cell": {"nominal_capacity_ah": {"value": 5000, "unit": "mAh"}}}) == []
    for wrong in (
        {"cell": {"nominal_capacity_ah": -1}},
        {"cell": {"nominal_capacity_ah": {"value": 5, "unit": "V"}}},
        {"titel": "x"},
        {"kind": "cell test"},
        {"title": "two\nlines"},
        {"creators": [{"orcid": "0000-0002-1825-0097"}]},
        {"schema_version": "2.0"},
    ):
        assert valid(wrong), wrong


def test_every_field_stands_in_the_schema_with_its_class_unit_and_term() -> None:
    for one in fields_of(Metadata):
        at: Any = json_schema()
        for name in one.path.replace("[]", "").split("."):
            at = group_of(at)["properties"][name]
        assert (at["class"], at.get("iri", ""), at.get("why", "")) == (one.of.value, one.iri, one.why), one.path
        assert at.get("vocabulary", "") == one.vocabulary and at.get("unit", {}).get("ucum", "") == one.unit
        assert not one.unit or at["unit"].get("iri", "").startswith("http://qudt.org/") or at["unit"]["why"]


def group_of(field: dict[str, Any]) -> dict[str, Any]:
    forms = [field, *field.get("anyOf", []), field.get("items", {})]
    for form in forms:
        if "$ref" in form:
            found: dict[str, Any] = json_schema()["$defs"][form["$ref"].removeprefix("#/$defs/")]
            return found
    return field


def test_the_page_shows_every_field_and_what_each_profile_asks_for() -> None:
    shown = {row.field.replace("[]", ""): row for row in record_page.rows()}
    assert set(shown) == {one.path.replace("[]", "") for one in fields_of(Metadata)}
    asked = [(need, place) for need in NEEDS for place in need.places]
    assert [place for need, place in asked if need.profile.value not in shown[place].needed] == []
    page = record_page.html()
    whole = page.replace("<wbr>", "")
    assert all(f"<td>{row.field}<" in whole for row in shown.values())
    assert "<script" not in page and re.search(r"<td>`", page) is None


def test_the_schema_breaks_only_with_a_new_version_and_a_converter() -> None:
    """After a break: raise SCHEMA_VERSION, add the converter to CONVERTERS, freeze the new schema beside the old."""
    assert SCHEMA_VERSION in FROZEN, "freeze the published schema: copy it from docs/schema to tests/schemas/frozen"
    assert broken(FROZEN[SCHEMA_VERSION], json_schema()) == ()
    assert [version for version in FROZEN if version != SCHEMA_VERSION and version not in CONVERTERS] == []


def test_the_frozen_schema_holds_every_field_so_that_none_can_vanish_later() -> None:
    unfrozen = broken(json_schema(), FROZEN[SCHEMA_VERSION])
    assert unfrozen == (), "the schema has grown: copy it from docs/schema to tests/schemas/frozen"
