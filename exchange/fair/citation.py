"""Citations: as text after DataCite's recommendation in the manner of APA 7, and as BibTeX, RIS and CSL-JSON.

A name is split into given and family name where that is certain: where it has a comma, or consists of two words.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from exchange.fair import facts, wording
from schemas.published import Published

Json = dict[str, Any]  # Any: CSL-JSON
TEXT: Final = "text/x-bibliography"
BIBTEX: Final = "application/x-bibtex"
RIS: Final = "application/x-research-info-systems"
CSL: Final = "application/vnd.citationstyles.csl+json"
_MANY: Final = 20
"""So many creators are named in a text; of more, the first nineteen and the last (APA 7, 9.8)."""
_TEX: Final = {
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    "$": r"{\textdollar}",
    "#": r"{\#}",
    "%": r"{\%}",
    "&": r"{\&}",
    "_": r"{\_}",
    '"': r"{\textquotedbl}",
}
"""In braces of their own: BibTeX counts braces, escaped ones too."""


@dataclass(frozen=True)
class Name:
    """Who made it; `given` is empty for organisations and for names that cannot be split with certainty."""

    family: str
    given: str = ""

    @property
    def inverted(self) -> str:
        """Family name first."""
        return f"{self.family}, {self.given}" if self.given else self.family

    @property
    def short(self) -> str:
        """Family name and initials."""
        initials = " ".join(f"{word[0]}." for word in self.given.split())
        return f"{self.family}, {initials}" if initials else self.family


def text(shown: Published) -> str:
    """One line such as `Lovelace, A. (2026). Title (Version 2) [Data set]. North Line. https://…`."""
    version = f" (Version {shown.version})" if shown.version else ""
    said = [
        f"{_listed(names(shown))} ({_published(shown).year}).",
        f"{_line(shown.name)}{version} [Data set].",
        f"{_line(shown.publisher.name)}.",
        shown.cite_as,
    ]
    return " ".join(said) + "\n"


def bibtex(shown: Published) -> str:
    """An entry `@misc` with a DOI where there is one."""
    fields = {
        "author": " and ".join(_tex_name(one) for one in names(shown)),
        "title": f"{{{_tex(shown.name)}}}",
        "publisher": _tex(shown.publisher.name),
        "year": str(_published(shown).year),
        "version": str(shown.version) if shown.version else "",
        "doi": _doi(shown) or "",
        "url": shown.cite_as,
        "keywords": ", ".join(_tex(one) for one in _keywords(shown)),
        "note": "Data set",
    }
    key = re.sub(r"[^A-Za-z0-9]", "", shown.id) + (f"v{shown.version}" if shown.version else "")
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{key},\n" + ",\n".join(lines) + "\n}\n"


def ris(shown: Published) -> str:
    """A record of type DATA."""
    at = _published(shown)
    pairs = [
        ("TY", "DATA"),
        *(("AU", one.inverted) for one in names(shown)),
        ("TI", shown.name),
        ("PB", shown.publisher.name),
        ("PY", str(at.year)),
        ("DA", f"{at:%Y/%m/%d}"),
        ("ET", str(shown.version) if shown.version else ""),
        ("AB", facts.description(shown)),
        *(("KW", one) for one in _keywords(shown)),
        ("LA", (shown.record.language or "") if shown.record else ""),
        ("DO", _doi(shown) or ""),
        ("UR", shown.cite_as),
    ]
    return "".join(f"{tag}  - {_line(value)}\r\n" for tag, value in pairs if value) + "ER  - \r\n"


def csl(shown: Published) -> str:
    """One item of type `dataset`."""
    at = _published(shown)
    item: Json = {
        "type": "dataset",
        "id": shown.cite_as,
        "title": shown.name,
        "author": [_csl_name(one) for one in names(shown)],
        "publisher": shown.publisher.name,
        "issued": {"date-parts": [[at.year, at.month, at.day]]},
        "version": str(shown.version) if shown.version else None,
        "abstract": facts.description(shown),
        "keyword": ", ".join(_keywords(shown)),
        "language": shown.record.language if shown.record else None,
        "DOI": _doi(shown),
        "URL": shown.cite_as,
    }
    return json.dumps({name: value for name, value in item.items() if value}, indent=2, ensure_ascii=False)


def names(shown: Published) -> tuple[Name, ...]:
    """The creators; where none may be named to the reader, the organisation that publishes it."""
    people = tuple(_split(one.name) for one in wording.creators(shown))
    return people or (Name(shown.publisher.name),)


def _split(name: str) -> Name:
    family, comma, given = (part.strip() for part in name.partition(","))
    if comma and family and given:
        return Name(family, given)
    words = name.split()
    return Name(words[1], words[0]) if len(words) == 2 and not comma else Name(name)


def _listed(found: tuple[Name, ...]) -> str:
    said = [_line(one.short) for one in found]
    if len(said) > _MANY:
        return f"{', '.join(said[: _MANY - 1])}, … {said[-1]}"
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])}, & {said[-1]}"


def _published(shown: Published) -> datetime:
    version = next((one for one in shown.versions if one.number == shown.version), None)
    return version.released_at if version else shown.released_at or shown.created_at


def _doi(shown: Published) -> str | None:
    return shown.version_doi if shown.version else shown.doi


def _keywords(shown: Published) -> tuple[str, ...]:
    return shown.record.keywords if shown.record else ()


def _csl_name(one: Name) -> Json:
    return {"family": one.family, "given": one.given} if one.given else {"literal": one.family}


def _tex_name(one: Name) -> str:
    if one.given and not any(re.search(r",|\band\b", part, re.IGNORECASE) for part in (one.family, one.given)):
        return f"{_tex(one.family)}, {_tex(one.given)}"
    return f"{{{_tex(one.inverted)}}}"


def _tex(value: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in _line(value))


def _line(value: str) -> str:
    return " ".join(value.split())
