"""Citable: the public summary of a published round as a record of its own, in versions, each of one edition.

A superseded version is told of, and nothing of what it said: not its numbers, nor hash or size of its files.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from exchange import guard
from exchange.fair import citation, datacite, datacite_xml, report_dcat
from exchange.rounds import report, results, summary
from exchange.services import Services
from schemas.access import Principal
from schemas.dataset import DatasetState
from schemas.doi import DoiState
from schemas.errors import NotFound
from schemas.metadata import Metadata
from schemas.organisation import Standing
from schemas.published import AccessRight, FileKind, Published, PublishedFile, PublishedVersion, Publisher
from schemas.round.public import PublicSummary
from schemas.round.report import ReportProduct
from schemas.round.rights import RoundProduct
from schemas.round.round import Round
from storage import participants, people, report_dois, reports
from storage.reports import StoredFile

_CORRECTED: Final = "A corrected evaluation takes the place of the one before."
_SUPERSEDED: Final = (
    "This version is superseded; its numbers are no more given, as one set of statistics is public at a time."
)
_OFFICE: Final = "The network's office"


@dataclass(frozen=True)
class RecordForm:
    """A format of the record: its media type, and what writes it."""

    media_type: str
    write: Callable[[Published], str]


FORMS: Final[dict[str, RecordForm]] = {
    "json": RecordForm("application/json", lambda shown: shown.model_dump_json(indent=2, exclude_none=True)),
    "datacite.json": RecordForm("application/vnd.datacite.datacite+json", datacite.write),
    "datacite.xml": RecordForm("application/vnd.datacite.datacite+xml", datacite_xml.write),
    "dcat.ttl": RecordForm("text/turtle", report_dcat.turtle),
    "dcat.jsonld": RecordForm("application/ld+json", report_dcat.json_ld),
    "citation.txt": RecordForm(citation.TEXT, citation.text),
    "citation.bib": RecordForm(citation.BIBTEX, citation.bibtex),
}


def record(services: Services, who: Principal, round: str, version: int | None = None) -> Published:
    """The record of a version, or of all of them; refused until the report is published, and below five organisations.

    `NotFound` names the versions there are.
    """
    allowed = guard.allow_round(services, who, RoundProduct.SUMMARY, round)
    with services.sessions.read() as session:
        return shown(services, session, allowed.round, version)


def exported(services: Services, who: Principal, round: str, version: int | None, form: str) -> tuple[str, str]:
    """Media type and text of the record in a format; `NotFound` names the formats there are."""
    found = record(services, who, round, version)
    if form not in FORMS:
        raise NotFound(f"There is no format '{form[:40]}'; there are {', '.join(FORMS)}.")
    return FORMS[form].media_type, FORMS[form].write(found)


def shown(services: Services, session: Session, round: Round, version: int | None) -> Published:
    """The same for whoever has asked the guard, or for the registry of DOIs; drafts of DOIs are not shown."""
    editions = _editions(session, round.id)
    if not editions or (version is not None and version > len(editions)):
        named = ", ".join(str(number) for number in range(1, len(editions) + 1)) or "none"
        raise NotFound(f"The summary of {round.id} has no version {version or 1}; there are: {named}.")
    base = services.settings.base_url.rstrip("/")
    iri = f"{base}/rounds/{round.id}/report"
    dois = {one.version: one.doi for one in report_dois.of(session, round.id) if one.state is not DoiState.DRAFT}
    current = version in (None, len(editions))
    files = editions[(version or len(editions)) - 1]
    return Published(
        id=f"round-{round.id}",
        base_url=base,
        iri=iri,
        doi=dois.get(None),
        version=version,
        version_iri=f"{iri}/{version}" if version else None,
        version_doi=dois.get(version) if version else None,
        title=f"Public summary of the round robin '{round.record.title}'",
        kind=None,
        state=DatasetState.RELEASED,
        level="summary",
        publisher=_publisher(session),
        how_to_ask="" if current else _SUPERSEDED,
        created_at=editions[0][0].made_at,
        released_at=files[0].made_at if version else editions[0][0].made_at,
        modified_at=editions[-1][0].made_at,
        revision=0,
        access=AccessRight.OPEN if current else AccessRight.METADATA_ONLY,
        record=Metadata(
            title=f"Public summary of the round robin '{round.record.title}'",
            description=_description(services, session, round) if current else _plain(round),
            keywords=("round robin", "interlaboratory comparison", "lithium-ion battery"),
            language="en",
        ),
        versions=tuple(
            PublishedVersion(
                number=number,
                iri=f"{iri}/{number}",
                doi=dois.get(number),
                released_at=each[0].made_at,
                note=_CORRECTED if number > 1 else "",
            )
            for number, each in enumerate(editions, 1)
        ),
        files=tuple(_file(base, round.id, one) for one in files) if current else (),
    )


def _editions(session: Session, round: str) -> list[list[StoredFile]]:
    """Files of the public summary by edition, the first edition first: its place is the number of the version."""
    found: dict[str, list[StoredFile]] = {}
    for one in sorted(reports.of(session, round, ReportProduct.SUMMARY.value), key=lambda one: (one.made_at, one.name)):
        found.setdefault(report.edition_of(one), []).append(one)
    return list(found.values())


def _file(base: str, round: str, one: StoredFile) -> PublishedFile:
    return PublishedFile(
        kind=FileKind.RAW,
        name=one.name,
        media_type=one.media_type,
        bytes=one.bytes,
        sha256=one.sha256,
        url=f"{base}/api/v1/rounds/{round}/summary/files/{report.edition_of(one)}/{one.name}",
        created_at=one.made_at,
    )


def _publisher(session: Session) -> Publisher:
    """The organisation that runs the network: no participant is named by a coded round's record."""
    office = next((one for one in people.organisations(session) if one.standing is Standing.OFFICE), None)
    if office is None:
        return Publisher(id="office", name=_OFFICE)
    return Publisher(id=office.id, name=office.name, ror=office.ror, country=office.country)


def _plain(round: Round) -> str:
    protocol = round.record.protocol
    return (
        f"Consensus and precision of an interlaboratory comparison of lithium-ion cells, by the protocol "
        f"'{protocol.name}', version {protocol.version}. Nothing of any single line."
    )


def _description(services: Services, session: Session, round: Round) -> str:
    """What the current summary says it is of; of nothing but what stands in it."""
    evaluation = results.reported(services, session, round.id)
    if evaluation is None or round.published_at is None:
        return _plain(round)
    owners = {one.code: one.organisation for one in participants.of(session, round.id)}
    told: PublicSummary = summary.summary_of(evaluation, owners, round.published_at)
    kpis = "; ".join(f"{one.label} in {one.unit}" for one in told.kpis)
    return f"{_plain(round)} Lines: {told.p}." + (f" KPIs: {kpis}." if kpis else "")
