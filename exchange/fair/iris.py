"""IRIs that several formats write: of licences, DOIs, objects of this platform, works known by an id."""

import re
from typing import Final
from urllib.parse import quote

from schemas.published import Published, Publisher

_DOI: Final = re.compile(r"^(?:doi:|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)$", re.IGNORECASE)
_DATASET: Final = re.compile(r"^PLX-[0-9A-Z]{4}-[0-9A-Z]{4}(@\d{1,9})?$")
_OBJECT: Final = re.compile(r"^(CEL|LOT|PRO|EQP|MAT)-[0-9A-Z]{4}-[0-9A-Z]{4}$")
_URL: Final = re.compile(r"^https?://[^\s\x00-\x20<>\"{}|\\^`]+$")
_URN: Final = re.compile(r"^urn:[a-z0-9][a-z0-9-]{0,31}:[^\s<>\"{}|\\^`]+$", re.IGNORECASE)
SPDX: Final = "https://spdx.org/licenses/"
ORCID: Final = "https://orcid.org/"


def licence(id: str) -> str:
    """The IRI of a licence by its SPDX id, or the id itself where it is an address."""
    return id if _URL.fullmatch(id) else SPDX + quote(id, safe="")


def doi(id: str) -> str | None:
    """The DOI in an id that is written as one, such as `10.5281/zenodo.1234`."""
    found = _DOI.fullmatch(id)
    return found[1] if found else None


def address(shown: Published, id: str) -> str | None:
    """The address that an id stands for: of a DOI, a dataset or object of this platform, a URL; None for other text."""
    found = doi(id)
    if found:
        return "https://doi.org/" + quote(found, safe="/:;()._-")
    if _DATASET.fullmatch(id):
        return f"{shown.base_url}/datasets/{id}"
    if _OBJECT.fullmatch(id):
        return f"{shown.base_url}/objects/{id}"
    return id if _URL.fullmatch(id) or _URN.fullmatch(id) else None


def protocol(shown: Published) -> str | None:
    """The address of the protocol that a test followed, where it is registered here and the reader may know it."""
    test = shown.record.test if shown.record else None
    used = test.protocol.object if test and test.protocol else None
    return f"{shown.base_url}/objects/{used}" if used else None


def publisher(shown: Published) -> str:
    """The organisation that owns a dataset."""
    return organisation(shown.base_url, shown.publisher)


def organisation(base: str, one: Publisher) -> str:
    """The organisation's ROR id, or the address at which this installation tells of it."""
    return one.ror or f"{base}/api/v1/organisations/{quote(one.id, safe='')}"


def person(orcid: str | None) -> str | None:
    """The IRI of a person who has an ORCID."""
    return ORCID + orcid if orcid else None
