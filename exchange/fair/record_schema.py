"""The metadata record as a JSON Schema (2020-12): each field with its class, unit, term and vocabulary."""

from functools import cache
from typing import Any, Final

from schemas.iris import unit_terms
from schemas.metadata import Metadata
from schemas.profiles import NEEDS
from schemas.upgrade import SCHEMA_VERSION

Json = dict[str, Any]  # Any: a JSON Schema
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def id_of(version: str) -> str:
    """The `$id` of the schema in this version, the same at every installation."""
    return f"urn:plx:schema:metadata:{version}"


@cache
def json_schema() -> Json:
    """The present version; beside JSON Schema's own keywords a field has `class`, `unit`, `iri` or `why`, `vocabulary`.

    `unit` is its UCUM code with its IRI in QUDT, or why it has none there; `needs` says what each profile asks for.
    """
    made = Metadata.model_json_schema()
    for group in (made, *made["$defs"].values()):
        group["properties"] = {name: _described(one) for name, one in group.get("properties", {}).items()}
        if not group["properties"]:
            del group["properties"]
    return {
        "$schema": DIALECT,
        "$id": id_of(SCHEMA_VERSION),
        "title": f"Metadata record of a dataset, version {SCHEMA_VERSION}",
        "description": "Every field may be left out of a draft; `needs` says what is asked for to share, to hand in to "
        "a round and to publish openly.",
        "needs": [
            {
                "profile": one.profile.value,
                "one_of": list(one.places),
                "kinds": sorted(kind.value for kind in one.kinds),
            }
            for one in NEEDS
        ],
        **{name: value for name, value in made.items() if name not in ("title", "description")},
    }


def _described(field: Json) -> Json:
    """The field with its unit where its class and term are, not in one of the forms in which it is written."""
    plain, ucum = _without_unit(field)
    if not ucum:
        return plain
    known = unit_terms()[ucum]
    return plain | {"unit": {"ucum": ucum} | ({"iri": known.iri} if known.iri else {"why": known.why})}


def _without_unit(field: Json) -> tuple[Json, str]:
    plain, found = dict(field), str(field.get("unit", ""))
    plain.pop("unit", None)
    forms = []
    for form in field.get("anyOf", []):
        inner, ucum = _without_unit(form)
        forms.append(inner)
        found = found or ucum
    return (plain | {"anyOf": forms} if forms else plain), found
