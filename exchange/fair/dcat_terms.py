"""Controlled terms of DCAT-AP 3: authority tables of the EU Publications Office, IANA media types, SPDX, COAR.

DCAT-AP names the tables (https://semiceu.github.io/DCAT-AP/releases/3.0.0/#controlled-vocs). Languages without an entry
here get the Library of Congress's IRI, as DCAT 3 asks (https://www.w3.org/TR/vocab-dcat-3/#Property:resource_language).
"""

from dataclasses import dataclass
from typing import Final

from schemas.dataset import DatasetState
from schemas.published import AccessRight

_EU: Final = "http://publications.europa.eu/resource/authority/"


@dataclass(frozen=True)
class Term:
    """A term's IRI, and its English label where a format wants one."""

    iri: str
    label: str = ""


ACCESS: Final = {
    AccessRight.OPEN: Term(f"{_EU}access-right/PUBLIC", "public"),
    AccessRight.EMBARGOED: Term(f"{_EU}access-right/RESTRICTED", "restricted"),
    AccessRight.RESTRICTED: Term(f"{_EU}access-right/RESTRICTED", "restricted"),
    AccessRight.METADATA_ONLY: Term(f"{_EU}access-right/NON_PUBLIC", "non-public"),
}
THEMES: Final = (Term(f"{_EU}data-theme/ENER", "Energy"), Term(f"{_EU}data-theme/TECH", "Science and technology"))
THEME_TAXONOMY: Final = Term(f"{_EU}data-theme", "Data theme")
STATUS: Final = {
    DatasetState.DRAFT: Term(f"{_EU}dataset-status/DEVELOP", "under development"),
    DatasetState.RELEASED: Term(f"{_EU}dataset-status/COMPLETED", "completed"),
    DatasetState.WITHDRAWN: Term(f"{_EU}dataset-status/WITHDRAWN", "withdrawn"),
}
FILE_TYPES: Final = {
    "application/vnd.apache.parquet": f"{_EU}file-type/PARQUET",
    "application/octet-stream": f"{_EU}file-type/OCTET",
    "application/json": f"{_EU}file-type/JSON",
    "application/pdf": f"{_EU}file-type/PDF",
    "application/zip": f"{_EU}file-type/ZIP",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": f"{_EU}file-type/XLSX",
    "text/csv": f"{_EU}file-type/CSV",
    "text/plain": f"{_EU}file-type/TXT",
    "text/html": f"{_EU}file-type/HTML",
}
"""Formats by media type; others are told by their media type alone."""
SHA256: Final = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"
_LANGUAGES: Final = {
    "bg": "BUL",
    "cs": "CES",
    "da": "DAN",
    "de": "DEU",
    "el": "ELL",
    "en": "ENG",
    "es": "SPA",
    "et": "EST",
    "fi": "FIN",
    "fr": "FRA",
    "ga": "GLE",
    "hr": "HRV",
    "hu": "HUN",
    "it": "ITA",
    "lt": "LIT",
    "lv": "LAV",
    "mt": "MLT",
    "nl": "NLD",
    "no": "NOR",
    "pl": "POL",
    "pt": "POR",
    "ro": "RON",
    "sk": "SLK",
    "sl": "SLV",
    "sv": "SWE",
    "tr": "TUR",
    "uk": "UKR",
}


def language(tag: str) -> str:
    """The IRI of the language of a tag such as `de` or `de-AT`; of its region nothing is told."""
    short = tag.split("-")[0].lower()
    code = _LANGUAGES.get(short) or (short.upper() if short.upper() in _LANGUAGES.values() else None)
    if code:
        return f"{_EU}language/{code}"
    return f"http://id.loc.gov/vocabulary/iso639-{1 if len(short) == 2 else 2}/{short}"


def media_type(name: str) -> str:
    """The IRI at which IANA tells of a media type."""
    return "https://www.iana.org/assignments/media-types/" + name.split(";")[0].strip()
