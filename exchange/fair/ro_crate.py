"""RO-Crate 1.1 (https://w3id.org/ro/crate/1.1): a dataset as JSON-LD, its files on the web or beside the document."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from exchange.fair import facts
from exchange.fair.agents import Agents
from exchange.fair.facts import Json
from schemas.published import FileKind, Published, PublishedFile, Reading

PROFILE: Final = "https://w3id.org/ro/crate/1.1"
NAME: Final = "ro-crate-metadata.json"
CONTEXT: Final[list[str | Json]] = [f"{PROFILE}/context", {"sha256": "http://schema.org/sha256"}]
"""The context of RO-Crate 1.1 is that of schema.org 10, which has no checksum yet."""


@dataclass(frozen=True)
class Placed:
    """A file of the crate: at a path within it, or (no path) at its address on the web."""

    file: PublishedFile
    path: str = ""

    @property
    def id(self) -> str:
        """Its `@id`."""
        return quote(self.path) if self.path else self.file.url


@dataclass(frozen=True)
class Beside:
    """Something else that lies in the crate's folder and describes it."""

    path: str
    title: str
    media_type: str
    profile: str = ""


def write(shown: Published) -> str:
    """The crate of a dataset on the web: its files are those that the reader may take, by their addresses."""
    return text(shown, [Placed(one) for one in shown.files])


def text(shown: Published, files: Sequence[Placed], beside: Sequence[Beside] = ()) -> str:
    """The metadata document of a crate with these files."""
    graph = [_descriptor(), *_entities(shown, files, beside)]
    return json.dumps({"@context": CONTEXT, "@graph": [_compact(one) for one in graph]}, indent=2, ensure_ascii=False)


def _descriptor() -> Json:
    return {
        "@id": NAME,
        "@type": "CreativeWork",
        "conformsTo": {"@id": PROFILE},
        "about": {"@id": "./"},
        "description": "What this crate holds",
    }


def _entities(shown: Published, files: Sequence[Placed], beside: Sequence[Beside]) -> Iterator[Json]:
    """The root and everything that it names, each once."""
    agents = Agents(shown)
    variables = [
        {
            "@id": f"#column-{one.name}",
            "@type": "PropertyValue",
            "name": facts.label(one.name),
            "alternateName": one.name,
            "propertyID": one.iri,
            "unitText": one.unit,
        }
        for one in facts.columns(shown)
    ]
    readings = [list(_reading(shown, one, files)) for one in shown.readings]
    root = _root(shown) | {"author": agents.authors, "contributor": agents.contributors, "funder": agents.funders}
    root |= {"publisher": agents.publisher, "variableMeasured": _refs(variables)}
    root["hasPart"] = [{"@id": one.id} for one in files] + [{"@id": quote(one.path)} for one in beside]
    root["mentions"] = _refs([run for run, *_ in readings])
    yield root
    told: set[str] = set()
    every: Iterable[Json] = (
        *_context(shown),
        *agents.entities,
        *(one for found in readings for one in found),
        *variables,
        *(_file(shown, one) for one in files),
        *(_beside(one) for one in beside),
    )
    for one in every:
        if one["@id"] not in told:
            told.add(one["@id"])
            yield one


def _root(shown: Published) -> Json:
    record = shown.record
    terms = facts.terms(shown)
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": shown.name,
        "description": facts.description(shown),
        "identifier": shown.cite_as,
        "url": shown.landing,
        "version": facts.version(shown),
        "datePublished": facts.issued(shown).isoformat(),
        "dateModified": shown.modified_at.isoformat(),
        "dateCreated": record.created_at.isoformat() if record and record.created_at else None,
        "license": {"@id": terms.iri},
        "conditionsOfAccess": facts.conditions(shown),
        "keywords": list(record.keywords) if record else [],
        "inLanguage": record.language if record else None,
        "measurementTechnique": record.test.kind if record and record.test else None,
        "citation": [one.id for one in record.related] if record else [],
        "isBasedOn": {"@id": shown.iri} if shown.version_iri else None,
    }


def _context(shown: Published) -> Iterator[Json]:
    terms = facts.terms(shown)
    plain = f"{terms.name}; see {terms.iri}"
    yield {"@id": terms.iri, "@type": "CreativeWork", "name": terms.name, "description": plain}
    if shown.version_iri:
        yield {"@id": shown.iri, "@type": "CreativeWork", "name": f"{shown.name}, all versions"}


def _reading(shown: Published, one: Reading, files: Sequence[Placed]) -> Iterator[Json]:
    reader = f"#reader-{quote(f'{one.reader}-{one.reader_version}', safe='')}"
    made = [placed for placed in files if placed.file.kind is FileKind.TABLE]
    used = [placed for placed in files if placed.file.kind is FileKind.RAW and placed.file.sha256 in one.used]
    yield {
        "@id": one.iri,
        "@type": "CreateAction",
        "name": f"Reading of {shown.id} by {one.reader}",
        "instrument": {"@id": reader},
        "object": [{"@id": placed.id} for placed in used],
        "result": [{"@id": placed.id} for placed in made],
        "startTime": one.started_at.isoformat(),
        "endTime": one.ended_at.isoformat() if one.ended_at else None,
        "description": "Raw files, by SHA-256: " + ", ".join(one.used),
    }
    yield {
        "@id": reader,
        "@type": "SoftwareApplication",
        "name": f"Reader {one.reader}",
        "softwareVersion": one.reader_version,
        "url": shown.base_url,
    }


def _file(shown: Published, one: Placed) -> Json:
    about = "Bytes as they were uploaded" if one.file.kind is FileKind.RAW else f"Table of {one.file.rows} rows"
    return {
        "@id": one.id,
        "@type": "File",
        "name": one.file.name,
        "description": about,
        "contentSize": str(one.file.bytes),
        "encodingFormat": one.file.media_type,
        "sha256": one.file.sha256,
        "url": one.file.url if one.path else None,
        "dateCreated": one.file.created_at.isoformat(),
        # When the address was last known to answer: the document is made at the moment when it is asked for.
        "sdDatePublished": None if one.path else shown.modified_at.isoformat(),
    }


def _beside(one: Beside) -> Json:
    return {
        "@id": quote(one.path),
        "@type": "File",
        "name": one.title,
        "encodingFormat": one.media_type,
        "conformsTo": {"@id": one.profile} if one.profile else None,
    }


def _refs(found: Sequence[Json]) -> list[Json]:
    return [{"@id": one["@id"]} for one in found]


def _compact(entity: Json) -> Json:
    """Without what is empty, and a single value instead of a list of one, as the specification recommends."""
    found = {name: value for name, value in entity.items() if value not in (None, "", [])}
    return {name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in found.items()}
