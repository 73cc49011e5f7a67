"""DataCite Metadata Schema 4.5 as JSON (https://schema.datacite.org/meta/kernel-4.5/), for `datacite_xml` as well.

Without a DOI the landing page stands as `url`, and the persistent address among the alternate identifiers.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from exchange.fair import iris
from schemas.metadata import DatasetKind
from schemas.published import AccessRight, FileKind, Published, Publisher
from schemas.record.people import Contributor, Creator, Funding, Related

Json = dict[str, Any]  # Any: a piece of JSON
NAMESPACE: Final = "http://datacite.org/schema/kernel-4"
_GENERAL: Final = {DatasetKind.PROTOCOL: "Workflow", DatasetKind.DOCUMENT: "Text"}
_COAR: Final = "http://purl.org/coar/access_right/"
_OTHER_METADATA: Final = (
    ("dcat.ttl", "DCAT-AP", "https://semiceu.github.io/DCAT-AP/releases/3.0.0/", "RDF"),
    ("json", "The platform's own record", "", "JSON"),
)


def write(shown: Published) -> str:
    """The record as JSON text."""
    return json.dumps(document(shown), indent=2, ensure_ascii=False)


def document(shown: Published) -> Json:
    """The record as the package `datacite` validates it; what is not known is left out."""
    doi = shown.version_doi if shown.version else shown.doi
    record = shown.record
    every: Json = {
        "doi": doi,
        "url": shown.landing,
        "types": _types(shown),
        "creators": _creators(shown),
        "titles": [_in_language(shown, {"title": shown.name})],
        "publisher": _publisher(shown.publisher),
        "publicationYear": f"{_published(shown).year:04}",
        "subjects": _each_once({"subject": word} for word in (record.keywords if record else ())),
        "contributors": list(_contributors(shown)),
        "dates": list(_dates(shown)),
        "language": record.language if record else None,
        "alternateIdentifiers": list(_alternate(shown, doi)),
        "relatedIdentifiers": list(_related(shown)),
        "relatedItems": _each_once(_items(shown)),
        "sizes": list(_sizes(shown)),
        "formats": sorted({one.media_type for one in shown.files}),
        "version": str(shown.version) if shown.version else None,
        "rightsList": list(_rights(shown)),
        "descriptions": list(_descriptions(shown)),
        "fundingReferences": _each_once(_funding(one) for one in (record.funding if record else ())),
        "schemaVersion": NAMESPACE,
    }
    return {name: value for name, value in every.items() if value}


def _types(shown: Published) -> Json:
    general = _GENERAL.get(shown.kind, "Dataset") if shown.kind else "Dataset"
    return {"resourceTypeGeneral": general, "resourceType": shown.kind.value if shown.kind else "dataset"}


def _creators(shown: Published) -> list[Json]:
    named = shown.record.creators if shown.record else ()
    # Somebody has to stand there: where nobody is named to this reader it is the organisation.
    return [_person(one) for one in named] or [_organisation(shown.publisher)]


def _person(one: Creator) -> Json:
    found: Json = {"name": one.name, "nameType": "Personal"}
    if one.orcid:
        orcid = {"nameIdentifier": iris.ORCID + one.orcid, "nameIdentifierScheme": "ORCID"}
        found["nameIdentifiers"] = [orcid | {"schemeUri": "https://orcid.org"}]
    if one.affiliation or one.ror:
        # The schema wants a name for the place of work; where only its id is known that stands there.
        found["affiliation"] = [{"name": one.affiliation or one.ror} | _by_ror("affiliationIdentifier", one.ror)]
    return found


def _organisation(one: Publisher) -> Json:
    found: Json = {"name": one.name, "nameType": "Organizational"}
    if one.ror:
        found["nameIdentifiers"] = [_by_ror("nameIdentifier", one.ror)]
    return found


def _publisher(one: Publisher) -> Json:
    return {"name": one.name} | _by_ror("publisherIdentifier", one.ror)


def _by_ror(name: str, ror: str | None) -> Json:
    return {name: ror, f"{name}Scheme": "ROR", "schemeUri": "https://ror.org"} if ror else {}


def _contributors(shown: Published) -> Iterator[Json]:
    record = shown.record
    if record is None:
        return
    for one in record.contributors:
        yield _contributor(one)
    if record.contact and record.contact.name:
        yield {"name": record.contact.name, "contributorType": "ContactPerson"}
    if record.line:
        yield {"name": record.line, "nameType": "Organizational", "contributorType": "DataCollector"}


def _contributor(one: Contributor) -> Json:
    return _person(one) | {"contributorType": one.role.value}


def _published(shown: Published) -> datetime:
    """When the files are open to the public: the schema wants the end of an embargo."""
    embargo = shown.embargo_until if shown.access is AccessRight.EMBARGOED else None
    return embargo or shown.released_at or shown.created_at


def _dates(shown: Published) -> Iterator[Json]:
    record = shown.record
    if record and record.created_at:
        yield _date(record.created_at, "Created")
    else:
        yield _date(shown.created_at, "Created") | {"dateInformation": "entered on the platform"}
    test = (record.test or record.production) if record else None
    if test and test.started_at and test.ended_at:
        yield {"date": f"{test.started_at.isoformat()}/{test.ended_at.isoformat()}", "dateType": "Collected"}
    if shown.released_at:
        yield _date(shown.released_at, "Issued")
    yield _date(shown.modified_at, "Updated")
    if shown.access is AccessRight.EMBARGOED and shown.embargo_until:
        yield _date(shown.embargo_until, "Available") | {"dateInformation": "end of the embargo"}
    elif shown.access is AccessRight.OPEN and shown.released_at:
        yield _date(shown.released_at, "Available")
    if shown.tombstone and shown.tombstone.withdrawn_at:
        yield _date(shown.tombstone.withdrawn_at, "Withdrawn")


def _date(at: datetime, kind: str) -> Json:
    return {"date": at.isoformat(), "dateType": kind}


def _alternate(shown: Published, doi: str | None) -> Iterator[Json]:
    yield {"alternateIdentifier": shown.id, "alternateIdentifierType": "dataset id of this installation"}
    yield {"alternateIdentifier": shown.landing, "alternateIdentifierType": "URL"}


def _related(shown: Published) -> Iterator[Json]:
    for one in shown.record.related if shown.record else ():
        where = iris.address(shown, one.id)
        if where:
            yield _identified(where, one.relation.value, iris.doi(one.id))
    if shown.version:
        yield _identified(shown.cite_all, "IsVersionOf", shown.doi)
    for other in shown.versions:
        relation = _to_version(shown.version, other.number)
        if relation:
            yield _identified(other.iri, relation, other.doi)
    for form, scheme, uri, kind in _OTHER_METADATA:
        found = _identified(shown.export(form), "HasMetadata") | {"relatedMetadataScheme": scheme, "schemeType": kind}
        yield found | ({"schemeUri": uri} if uri else {})


def _identified(address: str, relation: str, doi: str | None = None) -> Json:
    kind = "DOI" if doi else "URN" if address[:4].lower() == "urn:" else "URL"
    return {"relatedIdentifier": doi or address, "relatedIdentifierType": kind, "relationType": relation}


def _to_version(this: int | None, other: int) -> str:
    """How a version is told of the others: its neighbours only, and all of them where none is meant."""
    if this is None:
        return "HasVersion"
    return {this - 1: "IsNewVersionOf", this + 1: "IsPreviousVersionOf"}.get(other, "")


def _items(shown: Published) -> Iterator[Json]:
    """Works whose id is none that the schema has a type for: told by their title."""
    for one in shown.record.related if shown.record else ():
        if iris.address(shown, one.id) is None:
            yield _item(one)


def _item(one: Related) -> Json:
    return {
        "titles": [{"title": f"{one.title} ({one.id})" if one.title else one.id}],
        "relatedItemType": "Other",
        "relationType": one.relation.value,
    }


def _sizes(shown: Published) -> Iterator[str]:
    if not shown.files:
        return
    yield f"{len(shown.files)} file{'s' if len(shown.files) > 1 else ''}"
    yield f"{sum(one.bytes for one in shown.files)} bytes"
    for one in shown.files:
        if one.kind is FileKind.TABLE and one.rows is not None:
            yield f"{one.rows} rows in {one.name}"


def _rights(shown: Published) -> Iterator[Json]:
    record = shown.record
    if record and record.licence:
        spdx = {"rightsIdentifier": record.licence, "rightsIdentifierScheme": "SPDX", "schemeUri": iris.SPDX}
        yield {"rights": record.licence, "rightsUri": iris.licence(record.licence)} | spdx
    if record and record.agreement:
        said = f"Use is ruled by the agreement {record.agreement}"
        yield {"rights": said, "rightsIdentifier": record.agreement, "rightsIdentifierScheme": "agreement"}
    coar = {"rightsIdentifier": shown.access.iri.removeprefix(_COAR), "rightsIdentifierScheme": "COAR access rights"}
    yield {"rights": shown.access.value, "rightsUri": shown.access.iri, "schemeUri": _COAR} | coar


def _descriptions(shown: Published) -> Iterator[Json]:
    if shown.record and shown.record.description:
        yield _in_language(shown, {"description": shown.record.description, "descriptionType": "Abstract"})
    said = [f"A dataset of {shown.publisher.name}.", shown.how_to_ask]
    if shown.tombstone:
        said.append(f"It was withdrawn{f': {shown.tombstone.note}' if shown.tombstone.note else '.'}")
    yield {"description": " ".join(one for one in said if one), "descriptionType": "Other", "lang": "en"}


def _funding(one: Funding) -> Json:
    found: Json = {"funderName": one.funder}
    if one.ror:
        found |= {"funderIdentifier": one.ror, "funderIdentifierType": "ROR"}
    told = {"awardNumber": one.grant, "awardUri": one.url, "awardTitle": one.title}
    return found | {name: value for name, value in told.items() if value}


def _in_language(shown: Published, said: Json) -> Json:
    language = shown.record.language if shown.record else None
    return said | {"lang": language} if language else said


def _each_once(every: Iterable[Json]) -> list[Json]:
    """The schema lets nothing stand twice in most of its lists."""
    kept: list[Json] = []
    for one in every:
        if one not in kept:
            kept.append(one)
    return kept
