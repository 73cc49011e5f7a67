"""Croissant 1.0 (http://mlcommons.org/croissant/1.0): tables as record sets that machine-learning tools load."""

import json
from collections.abc import Iterator
from typing import Final

from exchange.fair import citation, facts, iris
from exchange.fair.facts import Json
from schemas.ingested import Column
from schemas.published import FileKind, Published, PublishedFile

PROFILE: Final = "http://mlcommons.org/croissant/1.0"
PARQUET: Final = "application/x-parquet"
"""What Croissant calls Parquet; the registered name is application/vnd.apache.parquet."""
CONTEXT: Final[Json] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The context that the specification asks to be written out in every document."""


def write(shown: Published) -> str:
    """The dataset with its files and the columns of its tables, as far as the reader may take them."""
    return json.dumps(document(shown, {one.url: one.url for one in shown.files}), indent=2, ensure_ascii=False)


def document(shown: Published, places: dict[str, str]) -> Json:
    """The same with each file at its place: an address, or a path beside the document."""
    record = shown.record
    made: Json = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": PROFILE,
        "name": shown.name,
        "description": facts.description(shown),
        "url": shown.landing,
        "sameAs": shown.cite_all,
        "identifier": shown.cite_as,
        "license": facts.terms(shown).iri,
        "citeAs": citation.text(shown).strip(),
        "version": facts.semantic_version(shown),
        "datePublished": facts.issued(shown).isoformat(),
        "dateModified": shown.modified_at.isoformat(),
        "dateCreated": record.created_at.isoformat() if record and record.created_at else None,
        "keywords": list(record.keywords) if record else [],
        "inLanguage": record.language if record else None,
        "conditionsOfAccess": facts.conditions(shown),
        "creator": list(_creators(shown)),
        "publisher": _organisation(shown.publisher.name, shown.publisher.ror or shown.base_url),
        "distribution": [_file(one, places[one.url]) for one in shown.files],
        "recordSet": [_records(one) for one in facts.tables(shown)],
    }
    return {name: value for name, value in made.items() if value not in (None, "", [])}


def _creators(shown: Published) -> Iterator[Json]:
    people = shown.record.creators if shown.record else ()
    for one in people:
        person: Json = {"@type": "sc:Person", "name": one.name}
        yield person | ({"url": iris.person(one.orcid)} if one.orcid else {})
    if not people:
        yield _organisation(shown.publisher.name, shown.publisher.ror or shown.base_url)


def _organisation(name: str, url: str) -> Json:
    return {"@type": "sc:Organization", "name": name, "url": url}


def _file(one: PublishedFile, place: str) -> Json:
    return {
        "@type": "cr:FileObject",
        "@id": _id(one),
        "name": one.name,
        "description": "Bytes as they were uploaded" if one.kind is FileKind.RAW else f"Table of {one.rows} rows",
        "contentUrl": place,
        "contentSize": f"{one.bytes} B",
        "encodingFormat": PARQUET if one.kind is FileKind.TABLE else one.media_type,
        "sha256": one.sha256,
    }


def _id(one: PublishedFile) -> str:
    """Ids hold no space, whatever a file is called."""
    return one.name if one.kind is FileKind.TABLE else f"raw/{one.url.rsplit('/', 1)[-1]}"


def _records(one: PublishedFile) -> Json:
    name = one.name.removesuffix(".parquet")
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"The rows of the table {name}",
        "field": [_field(name, _id(one), column) for column in one.columns],
    }


def _field(table: str, file: str, column: Column) -> Json:
    found: Json = {
        "@type": "cr:Field",
        "@id": f"{table}/{column.name}",
        "name": column.name,
        "description": facts.label(column.name) + (f" in {column.unit} (UCUM)" if column.unit else ""),
        "dataType": _type(column.type),
        "source": {"fileObject": {"@id": file}, "extract": {"column": column.name}},
    }
    if column.iri:
        found["equivalentProperty"] = column.iri
    if column.unit:
        found["unitText"] = column.unit
    return found


def _type(arrow: str) -> str:
    """The nearest of Croissant's types."""
    if arrow.startswith("timestamp"):
        return "sc:DateTime"
    if arrow.startswith(("int", "uint")):
        return "sc:Integer"
    return {"double": "sc:Float", "float": "sc:Float", "bool": "sc:Boolean"}.get(arrow, "sc:Text")
