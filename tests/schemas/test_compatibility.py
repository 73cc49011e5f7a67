"""A break of the published schema is seen, whatever kind it is; what breaks nobody passes."""

from copy import deepcopy
from typing import Any

import pytest

from schemas.compatibility import broken

Json = dict[str, Any]  # Any: a JSON Schema
OLD: Json = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "schema_version": {"const": "1.0", "type": "string"},
        "title": {"anyOf": [{"type": "string", "maxLength": 300}, {"type": "null"}], "class": "core"},
        "kind": {"enum": ["cell-test", "material"], "type": "string", "class": "core"},
        "cell": {"anyOf": [{"$ref": "#/$defs/Cell"}, {"type": "null"}], "class": "network"},
        "creators": {"type": "array", "items": {"$ref": "#/$defs/Person"}, "maxItems": 100, "class": "core"},
        "size": {"type": "number", "minimum": 0, "class": "confidential", "iri": "https://a.example/size"},
    },
    "$defs": {
        "Cell": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "capacity_ah": {
                    "anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 10}, {"type": "object"}],
                    "unit": {"ucum": "A.h"},
                    "class": "network",
                }
            },
        },
        "Person": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "orcid": {"type": "string", "pattern": "^[0-9]$"}},
            "required": ["name"],
        },
    },
}


def changed(place: str, value: object) -> Json:
    """The schema with another value at a place; None takes it away."""
    made = deepcopy(OLD)
    *way, last = place.split("/")
    at: Any = made
    for step in way:
        at = at[int(step) if isinstance(at, list) else step]
    if value is None:
        del at[last]
    else:
        at[int(last) if isinstance(at, list) else last] = value
    return made


CELL = "$defs/Cell/properties/capacity_ah"
BREAKS = {
    "removed": ("properties/title", None, "/title was removed or renamed"),
    "removed within": (CELL, None, "/cell/capacity_ah was removed or renamed"),
    "required": ("required", ["title"], "/title has become required"),
    "required in a list": ("$defs/Person/required", ["name", "orcid"], "/creators/-/orcid has become required"),
    "type": ("properties/size/type", "integer", "/size no longer takes number"),
    "no null": ("properties/title/anyOf", [{"type": "string"}], "/title no longer takes null"),
    "words": ("properties/kind/enum", ["cell-test"], "/kind takes fewer words: material"),
    "words at all": ("$defs/Person/properties/name/enum", ["Ada"], "/creators/-/name takes fewer words"),
    "maximum": (f"{CELL}/anyOf/0/maximum", 5, "/cell/capacity_ah has a lower maximum: 5"),
    "minimum": ("properties/size/minimum", 1, "/size has a higher minimum: 1"),
    "a new limit": ("properties/title/anyOf/0/minLength", 3, "/title has a higher minLength: 3"),
    "length": ("properties/title/anyOf/0/maxLength", 30, "/title has a lower maxLength: 30"),
    "entries": ("properties/creators/maxItems", 3, "/creators has a lower maxItems: 3"),
    "pattern": ("$defs/Person/properties/orcid/pattern", "^[1-9]$", "/creators/-/orcid has another pattern: ^[1-9]$"),
    "closed": ("$defs/Person/additionalProperties", False, "/creators/- no longer takes fields that it does not name"),
    "class": ("properties/size/class", "network", "/size was confidential and has become network"),
    "class of a group": ("properties/cell/class", "core", "/cell was network and has become core"),
    "no class": ("properties/size/class", None, "/size was confidential and has become without a class"),
    "unit": (f"{CELL}/unit", {"ucum": "mA.h"}, "/cell/capacity_ah had the unit A.h and has mA.h"),
    "no unit": (f"{CELL}/unit", None, "/cell/capacity_ah had the unit A.h and has none"),
    "meaning": ("properties/size/iri", "https://a.example/mass", "/size had the iri https://a.example/size and has"),
}
HARMLESS = {
    "a new field": ("properties/comment", {"type": "string", "class": "core"}),
    "a new word": ("properties/kind/enum", ["cell-test", "material", "protocol"]),
    "wider": (f"{CELL}/anyOf/0/maximum", 1000),
    "no limit": ("properties/size/minimum", None),
    "stricter class": ("properties/title/class", "network"),
    "another form": (f"{CELL}/anyOf", [{"type": "object"}, {"type": ["number", "string"], "exclusiveMinimum": 0}]),
    "no longer required": ("$defs/Person/required", []),
    "better described": ("properties/size/description", "How large it is"),
    "a term where there was none": ("properties/title/iri", "https://a.example/title"),
    "its own version": ("properties/schema_version/const", "1.1"),
}


@pytest.mark.parametrize(("place", "value", "sentence"), BREAKS.values(), ids=BREAKS.keys())
def test_each_kind_of_break_is_seen_and_named(place: str, value: object, sentence: str) -> None:
    found = broken(OLD, changed(place, value))
    assert len(found) == 1 and found[0].startswith(sentence), found


@pytest.mark.parametrize(("place", "value"), HARMLESS.values(), ids=HARMLESS.keys())
def test_what_breaks_nobody_passes(place: str, value: object) -> None:
    assert broken(OLD, changed(place, value)) == ()


def test_a_renamed_field_is_one_that_was_removed_and_all_breaks_are_told_at_once() -> None:
    new = changed("properties/title", None)
    new["properties"]["name"] = OLD["properties"]["title"]
    new["properties"]["size"] = {"type": "integer", "class": "core"}
    assert len(broken(OLD, new)) == 4
    assert "/title was removed or renamed" in broken(OLD, new)


def test_a_schema_that_refers_to_itself_is_walked_to_the_end() -> None:
    tree = {"properties": {"of": {"$ref": "#/$defs/T"}}, "$defs": {"T": {"properties": {"t": {"$ref": "#/$defs/T"}}}}}
    assert broken(tree, deepcopy(tree)) == ()
