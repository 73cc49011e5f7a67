"""Data Package 2.0 (https://datapackage.org/standard/data-package/): tables as CSV and Parquet with their schema."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from exchange.fair import facts, iris
from exchange.fair.facts import Json
from schemas.ingested import Column
from schemas.published import Published, PublishedFile
from schemas.record.leaves import leaves
from schemas.record.people import Contributor

PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
NAME: Final = "datapackage.json"
CSV: Final = "text/csv"


@dataclass(frozen=True)
class Place:
    """Where a table stands as CSV (else as Parquet): an address, or a path beside the document."""

    table: PublishedFile
    path: str
    csv: bool


def write(shown: Published) -> str:
    """The package of a dataset on the web: each table that the reader may take, as CSV and as Parquet."""
    every = facts.tables(shown)
    places = [Place(one, f"{one.url.removesuffix('.parquet')}.csv", True) for one in every]
    return text(shown, [*places, *(Place(one, one.url, False) for one in every)])


def text(shown: Published, places: Sequence[Place]) -> str:
    """The package with its tables at these places; without any it holds what describes the dataset, and no more."""
    record = shown.record
    terms = facts.terms(shown)
    made: Json = {
        "$schema": PROFILE,
        "name": shown.id.lower(),
        "id": shown.cite_as,
        "title": shown.name,
        "description": facts.description(shown),
        "homepage": shown.landing,
        "version": facts.semantic_version(shown),
        "created": facts.issued(shown).isoformat(),
        "keywords": list(record.keywords) if record else [],
        "licenses": [_filled({"name": terms.spdx, "path": terms.iri, "title": terms.name})],
        "contributors": list(_contributors(shown)),
        "sources": list(_sources(shown)),
        "conditionsOfAccess": facts.conditions(shown),
        "resources": [_resource(one) for one in places] or [_described(shown)],
    }
    return json.dumps(_filled(made), indent=2, ensure_ascii=False)


def _contributors(shown: Published) -> Iterator[Json]:
    record = shown.record
    for one in (*record.creators, *record.contributors) if record else ():
        role = one.role.value if isinstance(one, Contributor) else "creator"
        yield _filled(
            {
                "title": one.name,
                "path": iris.person(one.orcid),
                "organization": one.affiliation,
                "roles": [role],
            }
        )
    yield {
        "title": shown.publisher.name,
        "path": shown.publisher.ror or shown.base_url,
        "roles": ["publisher", "rightsHolder"],
    }


def _sources(shown: Published) -> Iterator[Json]:
    """The raw files, as far as the reader is told of them, and works that it rests on."""
    for reading in shown.readings:
        for number, sha256 in enumerate(reading.used):
            yield {"title": f"Raw file {number + 1}, SHA-256 {sha256}, read by {reading.reader}", "path": shown.landing}
    for one in shown.record.related if shown.record else ():
        address = iris.address(shown, one.id)
        on_the_web = address is not None and address.startswith("http")
        yield {"title": f"{one.relation.value} {one.title or one.id}"} | ({"path": address} if on_the_web else {})


def _resource(one: Place) -> Json:
    name = one.table.name.removesuffix(".parquet")
    made: Json = {
        "name": name if one.csv else f"{name}-parquet",
        "type": "table",
        "title": f"Table {name} as {'CSV' if one.csv else 'Parquet'}",
        "path": one.path,
        "format": "csv" if one.csv else "parquet",
        "mediatype": CSV if one.csv else one.table.media_type,
        "schema": {"fields": [_field(column) for column in one.table.columns], "missingValues": ["", "nan"]},
    }
    if one.csv:
        return made | {"encoding": "utf-8", "dialect": {"header": True, "delimiter": ","}}
    # Not as `bytes` and `hash`: frictionless counts nothing in a Parquet file and would call the right count wrong.
    return made | {"sha256": one.table.sha256, "contentSize": one.table.bytes}


def _described(shown: Published) -> Json:
    """A package has a resource at least: where no file may be taken it is the record, as a table in the document."""
    plain = {"title": shown.title, "kind": shown.kind and shown.kind.value}
    said = leaves(shown.record) if shown.record else plain
    meaning = {"place": "Place in the record, such as cell.nominal_capacity_ah", "value": "What stands there, as JSON"}
    return {
        "name": "record",
        "type": "table",
        "title": "What describes the dataset; its files may not be taken",
        "data": [{"place": place, "value": json.dumps(value, ensure_ascii=False)} for place, value in said.items()],
        "schema": {
            "fields": [{"name": name, "type": "string", "description": text} for name, text in meaning.items()],
        },
    }


def _field(column: Column) -> Json:
    made = {
        "name": column.name,
        "type": _type(column.type),
        "title": facts.label(column.name),
        "description": facts.label(column.name) + (f" in {column.unit} (UCUM)" if column.unit else ""),
        "unit": column.unit,
        "rdfType": column.iri,
    }
    if column.type == "bool":
        return _filled(made) | {"trueValues": ["True"], "falseValues": ["False"]}
    return _filled(made)


def _type(arrow: str) -> str:
    """The nearest type of Table Schema."""
    if arrow.startswith("timestamp"):
        return "datetime"
    if arrow.startswith(("int", "uint")):
        return "integer"
    return {"double": "number", "float": "number", "bool": "boolean"}.get(arrow, "string")


def _filled(made: Json) -> Json:
    return {name: value for name, value in made.items() if value not in (None, "", [])}
