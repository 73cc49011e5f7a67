"""PROV-O (https://www.w3.org/TR/prov-o/) as JSON-LD: raw files, the run that read them, the tables that it made."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from exchange.fair import iris
from schemas.published import FileKind, Published, PublishedFile, Reading
from schemas.record.making import Production
from schemas.record.people import Related, RelationType
from schemas.record.testing import Test

Json = dict[str, Any]  # Any: a piece of JSON-LD
PROFILE: Final = "http://www.w3.org/ns/prov#"
_LINKS: Final = (
    "actedOnBehalfOf",
    "specializationOf",
    "used",
    "wasAssociatedWith",
    "wasAttributedTo",
    "wasDerivedFrom",
    "wasGeneratedBy",
    "wasRevisionOf",
)
_MOMENTS: Final = ("endedAtTime", "generatedAtTime", "invalidatedAtTime", "startedAtTime")
CONTEXT: Final[Json] = {
    "prov": PROFILE,
    "dcterms": "http://purl.org/dc/terms/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "label": "rdfs:label",
    "sha256": "schema:sha256",
    "softwareVersion": "schema:softwareVersion",
    "hasPart": {"@id": "dcterms:hasPart", "@type": "@id"},
    "conformsTo": "dcterms:conformsTo",
    **{name: {"@id": f"prov:{name}", "@type": "@id"} for name in _LINKS},
    **{name: {"@id": f"prov:{name}", "@type": "xsd:dateTime"} for name in _MOMENTS},
}


def write(shown: Published) -> str:
    """The chain as JSON-LD text, its context within."""
    return json.dumps({"@context": CONTEXT, "@graph": list(_graph(shown))}, indent=1, ensure_ascii=False)


def _graph(shown: Published) -> Iterator[Json]:
    yield _dataset(shown)
    yield {"@id": _publisher(shown), "@type": ["prov:Agent", "prov:Organization"], "label": shown.publisher.name}
    yield from _people(shown)
    yield from _made(shown)
    for one in shown.readings:
        yield from _reading(shown, one)
    for file in shown.files:
        yield _file(shown, file)


def _dataset(shown: Published) -> Json:
    found: Json = {
        "@id": shown.landing,
        "@type": "prov:Entity",
        "label": shown.name,
        "wasAttributedTo": [_publisher(shown), *(one["@id"] for one in _people(shown))],
        "generatedAtTime": _moment(shown.released_at or shown.created_at),
        "hasPart": [one.url for one in shown.files],
    }
    if shown.version:
        found["specializationOf"] = shown.iri
        earlier = [one.iri for one in shown.versions if one.number < shown.version]
        if earlier:
            found["wasRevisionOf"] = earlier[-1]
    sources = [iris.address(shown, one.id) for one in _sources(shown)]
    if any(sources):
        found["wasDerivedFrom"] = [one for one in sources if one]
    if shown.tombstone and shown.tombstone.withdrawn_at:
        found["invalidatedAtTime"] = _moment(shown.tombstone.withdrawn_at)
    return found


def _sources(shown: Published) -> list[Related]:
    related = shown.record.related if shown.record else ()
    return [one for one in related if one.relation is RelationType.IS_DERIVED_FROM]


def _people(shown: Published) -> Iterator[Json]:
    for number, one in enumerate(shown.record.creators if shown.record else (), 1):
        iri = iris.person(one.orcid) or f"{shown.landing}#creator-{number}"
        yield {"@id": iri, "@type": ["prov:Agent", "prov:Person"], "label": one.name}


def _made(shown: Published) -> Iterator[Json]:
    """The test or the production run that the raw files are of, with the protocol that it followed."""
    work, name = _work(shown)
    if work is None:
        return
    activity: Json = {"@id": f"{shown.landing}#{name}", "@type": "prov:Activity", "label": name}
    activity["wasAssociatedWith"] = _publisher(shown)
    if work.started_at:
        activity["startedAtTime"] = _moment(work.started_at)
    if work.ended_at:
        activity["endedAtTime"] = _moment(work.ended_at)
    protocol = _protocol(shown)
    if protocol:
        activity["used"] = protocol["@id"]
        yield protocol
    yield activity


def _work(shown: Published) -> tuple[Test | Production | None, str]:
    record = shown.record
    if record and record.test:
        return record.test, "test"
    return (record.production, "production") if record and record.production else (None, "")


def _protocol(shown: Published) -> Json | None:
    test = shown.record.test if shown.record else None
    used = test.protocol if test else None
    if used is None:
        return None
    found: Json = {"@id": iris.protocol(shown) or f"{shown.landing}#protocol", "@type": ["prov:Entity", "prov:Plan"]}
    if used.name:
        found["label"] = f"{used.name}, version {used.version}" if used.version else used.name
    return found | ({"sha256": used.sha256} if used.sha256 else {})


def _reading(shown: Published, one: Reading) -> Iterator[Json]:
    agent = f"urn:plx:reader:{quote(one.reader, safe='')}:{quote(one.reader_version, safe='')}"
    yield {
        "@id": agent,
        "@type": ["prov:Agent", "prov:SoftwareAgent"],
        "label": one.reader,
        "softwareVersion": one.reader_version,
    }
    activity: Json = {
        "@id": one.iri,
        "@type": "prov:Activity",
        "label": f"Ingest by {one.reader} {one.reader_version}",
        "startedAtTime": _moment(one.started_at),
        "used": [_raw(shown, sha256) for sha256 in one.used],
        "wasAssociatedWith": agent,
    }
    if one.ended_at:
        activity["endedAtTime"] = _moment(one.ended_at)
    yield activity
    taken = {file.sha256 for file in shown.files if file.kind is FileKind.RAW}
    # Whoever may not take a raw file knows it by its hash, which the tables tell them anyway.
    for sha256 in one.used:
        if sha256 not in taken:
            yield {"@id": _raw(shown, sha256), "@type": "prov:Entity", "label": "raw file", "sha256": sha256}


def _raw(shown: Published, sha256: str) -> str:
    raw = (one.url for one in shown.files if one.kind is FileKind.RAW and one.sha256 == sha256)
    return next(raw, f"urn:plx:sha256:{sha256}")


def _file(shown: Published, file: PublishedFile) -> Json:
    found: Json = {
        "@id": file.url,
        "@type": "prov:Entity",
        "label": file.name,
        "sha256": file.sha256,
        "generatedAtTime": _moment(file.created_at),
        "wasAttributedTo": _publisher(shown),
    }
    if file.kind is FileKind.TABLE and shown.readings:
        last = shown.readings[-1]
        found["wasGeneratedBy"] = last.iri
        found["wasDerivedFrom"] = [_raw(shown, sha256) for sha256 in last.used]
        if last.table_schema:
            found["conformsTo"] = f"table schema {last.table_schema}"
    work, name = _work(shown)
    if file.kind is FileKind.RAW and work is not None:
        found["wasGeneratedBy"] = f"{shown.landing}#{name}"
    return found


def _publisher(shown: Published) -> str:
    return iris.publisher(shown)


def _moment(at: datetime) -> str:
    return at.isoformat()
