"""Facts: what every format says of a dataset, worked out once: description, licence, people, columns, quantities."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from schemas.ingested import Column
from schemas.published import AccessRight, FileKind, Published, PublishedFile
from schemas.quantities import QUANTITIES

Json = dict[str, Any]  # Any: a piece of JSON
SPDX: Final = "https://spdx.org/licenses/"
_SPDX_ID: Final = re.compile(r"(?!LicenseRef|DocumentRef)[A-Za-z0-9][A-Za-z0-9.+-]*")
_ADDRESS: Final = re.compile(r"https?://[!#-;=?-\[\]_a-z~]+")
_AGREEMENT_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
SHORTEST: Final = 50
"""A description below this many letters tells a stranger nothing, and harvesters refuse it."""


@dataclass(frozen=True)
class Terms:
    """What rules the use: a licence by its SPDX id, an agreement, or the offer of the dataset."""

    iri: str
    name: str
    spdx: str | None = None


def terms(shown: Published) -> Terms:
    """A licence where the record that is shown names one, else the agreement, else the ODRL offer.

    A record may say it in words that are neither an SPDX id nor an address: those make no IRI.
    """
    record = shown.record
    offer = f"{shown.base_url}/api/v1/datasets/{shown.id}/odrl"
    if record and record.licence:
        if _SPDX_ID.fullmatch(record.licence):
            return Terms(f"{SPDX}{record.licence}", record.licence, record.licence)
        return Terms(record.licence if _ADDRESS.fullmatch(record.licence) else offer, record.licence)
    if record and record.agreement:
        known = _AGREEMENT_ID.fullmatch(record.agreement) is not None
        iri = f"{shown.base_url}/api/v1/agreements/{record.agreement}" if known else offer
        return Terms(iri, f"Agreement {record.agreement}")
    return Terms(offer, "No licence is shown; the offer says on which terms the dataset is open to whom")


def description(shown: Published) -> str:
    """What the record says, with what it is and whose where that is short or not shown."""
    said = (shown.record.description if shown.record else None) or ""
    if len(said) >= SHORTEST:
        return said
    what = shown.kind.value.replace("-", " ") if shown.kind else "dataset"
    plain = f"{shown.name}: {what} of {shown.publisher.name} in the pilot-line data exchange, {shown.access.value}."
    return f"{said} {plain}".strip()


def issued(shown: Published) -> datetime:
    """When it was published; of what is not, when it was made."""
    return shown.released_at or shown.created_at


def version(shown: Published) -> str:
    """The version as text; a dataset without a released one is at its revision of the record."""
    return str(shown.version) if shown.version is not None else f"0.{shown.revision}"


def semantic_version(shown: Published) -> str:
    """The same as MAJOR.MINOR.PATCH, for formats that ask for it: versions count in the first place."""
    return f"{shown.version}.0.0" if shown.version is not None else f"0.{shown.revision}.0"


def conditions(shown: Published) -> str:
    """Who can have the files, in a sentence."""
    plain = {
        AccessRight.OPEN: "The files are open to everybody.",
        AccessRight.EMBARGOED: "The files are under embargo.",
        AccessRight.RESTRICTED: "The files are open to those to whom the owner gives them.",
        AccessRight.METADATA_ONLY: "The files are withdrawn; what describes them stays.",
    }[shown.access]
    until = f"The embargo ends on {shown.embargo_until.date().isoformat()}." if shown.embargo_until else ""
    return " ".join(part for part in (plain, until, shown.how_to_ask) if part)


def tables(shown: Published) -> tuple[PublishedFile, ...]:
    """The tables that the reader may take."""
    return tuple(one for one in shown.files if one.kind is FileKind.TABLE)


def columns(shown: Published) -> Iterator[Column]:
    """Every column of the tables once, by its name."""
    told: set[str] = set()
    for column in (one for table in tables(shown) for one in table.columns):
        if column.name not in told:
            told.add(column.name)
            yield column


def label(column: str) -> str:
    """What people call a column: the vocabulary's label without its unit, else the name in words."""
    known = QUANTITIES.get(column)
    return known.label.partition(" / ")[0] if known else column.replace("_", " ")
