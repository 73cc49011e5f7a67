"""schema.org Dataset as JSON-LD, with what Google Dataset Search and FAIR assessments read.

Source: schema.org 29 (Dataset, DataDownload, PropertyValue, MonetaryGrant, Role).
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from exchange.fair import facts, iris, wording
from schemas.metadata import Metadata
from schemas.published import AccessRight, Published, PublishedFile
from schemas.quantities import TERMS
from schemas.record.people import Contributor, Creator, Funding, RelationType

Json = dict[str, Any]  # Any: a piece of JSON-LD
CONTEXT: Final = "https://schema.org"
_UNITS: Final = {term.ucum: term.unit for term in TERMS if term.ucum}
_RELATIONS: Final = {
    RelationType.CITES: "citation",
    RelationType.REFERENCES: "citation",
    RelationType.IS_PART_OF: "isPartOf",
    RelationType.HAS_PART: "hasPart",
    RelationType.IS_DERIVED_FROM: "isBasedOn",
    RelationType.REQUIRES: "isBasedOn",
    RelationType.CONTINUES: "isBasedOn",
    RelationType.IS_IDENTICAL_TO: "sameAs",
    RelationType.IS_DOCUMENTED_BY: "subjectOf",
    RelationType.IS_DESCRIBED_BY: "subjectOf",
    RelationType.IS_CITED_BY: "subjectOf",
    RelationType.IS_REFERENCED_BY: "subjectOf",
}
"""What schema.org has a word for; every other relation is told as a mention."""
_STATUS: Final = {"draft": "Draft", "released": "Published", "withdrawn": "Withdrawn"}


def text(shown: Published) -> str:
    """The document as it is exported."""
    return json.dumps(document(shown), indent=2, ensure_ascii=False)


def embedded(shown: Published) -> str:
    """The document for a script element: nothing in it can end the element or begin a comment."""
    said = json.dumps(document(shown), ensure_ascii=False)
    for sign in "<>&\u2028\u2029":
        said = said.replace(sign, f"\\u{ord(sign):04x}")
    return said


def document(shown: Published) -> Json:
    """The dataset as JSON-LD; what the reader may not see, or nobody filled in, is left out."""
    record = shown.record or Metadata()
    made: Json = {
        "@context": CONTEXT,
        "@type": "Dataset",
        "@id": shown.cite_as,
        "url": shown.landing,
        "identifier": list(_identifiers(shown)),
        "name": shown.name,
        "description": facts.description(shown),
        "additionalType": shown.kind.value if shown.kind else None,
        "version": str(shown.version) if shown.version else None,
        "license": facts.terms(shown).iri,
        "conditionsOfAccess": [shown.access.iri, wording.conditions(shown)],
        "isAccessibleForFree": shown.access is AccessRight.OPEN,
        "creator": [_person(one) for one in record.creators] or [_publisher(shown)],
        "contributor": [_role(one) for one in record.contributors],
        "publisher": _publisher(shown),
        "dateCreated": _moment(record.created_at or shown.created_at),
        "datePublished": _moment(shown.released_at),
        "dateModified": _moment(shown.modified_at),
        "temporalCoverage": _span(record),
        "inLanguage": record.language,
        "keywords": list(record.keywords),
        "creativeWorkStatus": _STATUS[shown.state.value],
        "measurementTechnique": _techniques(record),
        "variableMeasured": list(_variables(shown)),
        "distribution": [_download(one) for one in shown.files],
        "funding": [_grant(one) for one in record.funding],
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": f"{shown.base_url}/",
            "name": wording.CATALOGUE,
            "url": f"{shown.base_url}/",
        },
    }
    return _filled(made | _related(shown, record))


def _identifiers(shown: Published) -> Iterator[Json]:
    for doi in (shown.version_doi, shown.doi):
        if doi:
            yield {"@type": "PropertyValue", "propertyID": "DOI", "value": doi, "url": f"https://doi.org/{doi}"}
    for iri in dict.fromkeys((shown.landing, shown.iri)):
        yield {"@type": "PropertyValue", "propertyID": "URL", "value": iri, "url": iri}


def _person(one: Creator) -> Json:
    worked_for = {"@type": "Organization", "@id": one.ror, "name": one.affiliation}
    affiliation = _filled(worked_for) if one.affiliation or one.ror else None
    return _filled({"@type": "Person", "@id": iris.person(one.orcid), "name": one.name, "affiliation": affiliation})


def _role(one: Contributor) -> Json:
    return {"@type": "Role", "roleName": one.role.value, "contributor": _person(one)}


def _publisher(shown: Published) -> Json:
    named = {"@type": "Organization", "@id": shown.publisher.ror, "name": shown.publisher.name}
    return _filled(named | {"address": shown.publisher.country and _country(shown.publisher.country)})


def _country(code: str) -> Json:
    return {"@type": "PostalAddress", "addressCountry": code}


def _grant(one: Funding) -> Json:
    funder = _filled({"@type": "Organization", "@id": one.ror, "name": one.funder})
    return _filled(
        {"@type": "Grant", "identifier": one.grant, "name": one.title, "url": one.url, "funder": funder},
    )


def _techniques(record: Metadata) -> list[str]:
    test = record.test
    if test is None:
        return []
    protocol, instrument = test.protocol, test.instrument
    said = (
        test.kind,
        f"protocol {' '.join(filter(None, (protocol.name, protocol.version)))}" if protocol and protocol.name else None,
        " ".join(filter(None, (instrument.maker, instrument.model))) or instrument.name if instrument else None,
    )
    return [one for one in said if one]


def _variables(shown: Published) -> Iterator[Json]:
    told: set[str] = set()
    for column in (one for file in shown.files for one in file.columns):
        if column.name in told:
            continue
        told.add(column.name)
        yield _filled(
            {
                "@type": "PropertyValue",
                "name": column.name,
                "propertyID": column.iri,
                "unitText": _UNITS.get(column.unit, column.unit),
                "unitCode": f"UCUM:{column.unit}" if column.unit else None,
            }
        )


def _download(file: PublishedFile) -> Json:
    return {
        "@type": "DataDownload",
        "@id": file.url,
        "name": file.name,
        "contentUrl": file.url,
        "encodingFormat": file.media_type,
        "contentSize": str(file.bytes),
        "sha256": file.sha256,
        "uploadDate": _moment(file.created_at),
    }


def _related(shown: Published, record: Metadata) -> dict[str, list[Json]]:
    made: dict[str, list[Json]] = {}
    for one in record.related:
        found = iris.address(shown, one.id)
        work = {"@type": "CreativeWork", "@id": found, "url": found, "name": one.title}
        word = _RELATIONS.get(one.relation, "mentions")
        made.setdefault(word, []).append(_filled(work | {"identifier": one.id}))
    return made


def _span(record: Metadata) -> str | None:
    part = record.test or record.production
    if part is None or part.started_at is None:
        return None
    return f"{part.started_at.isoformat()}/{part.ended_at.isoformat() if part.ended_at else '..'}"


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _filled(made: Json) -> Json:
    return {name: value for name, value in made.items() if value not in (None, "", [])}
