"""Negotiate: which format a caller means by the header Accept (RFC 9110, 12.5.1), as a pure choice over the forms."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from exchange.publishing.forms import FORMS, Form
from schemas.errors import NotAcceptable

HTML: Final = "text/html"
ALSO: Final = {
    "application/xhtml+xml": HTML,
    "application/vnd.schemaorg.ld+json": "application/ld+json",
    "text/bibliography": "text/x-bibliography",
}
"""Other names under which clients of DOIs and browsers ask for the same."""
_LONGEST: Final = 2000
_TYPE = re.compile(r"\s*([\w!#$&^.+*-]+)/([\w!#$&^.+*-]+)\s*((?:;[^,]*)?)$")
_PARAMETER = re.compile(r';\s*([\w-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]+)')


@dataclass(frozen=True)
class Range:
    """One media range of the header; `profiles` are those asked for, `q` how much it is wanted."""

    type: str
    q: float = 1.0
    profiles: frozenset[str] = frozenset()

    def fits(self, media_type: str, profile: str) -> int:
        """How closely it names this format; 0 when it does not."""
        kind = media_type.partition("/")[0]
        if self.profiles:
            # A profile that nobody writes is no reason to give nothing (RFC 6906: it may be ignored).
            return 4 if self.type == media_type and profile in self.profiles else int(self.type == media_type)
        return {media_type: 3, f"{kind}/*": 2, "*/*": 1}.get(self.type, 0)


def chosen(accept: str, forms: Iterable[Form] | None = None) -> Form | None:
    """The form that is wanted most; None is the page, which is what is given when all are equally welcome.

    `NotAcceptable` names what there is.
    """
    ranges = parsed(accept)
    there = list(FORMS.values() if forms is None else forms)
    offers: list[tuple[Form | None, str, str]] = [
        (None, HTML, ""),
        *((one, one.media_type, one.profile) for one in there),
    ]
    best: list[Form | None] = []
    wanted = (0.0, 0)
    for form, media_type, profile in offers:
        # The closest range decides: text/html;q=0 takes the page out of */*.
        closeness, q = max((one.fits(media_type, profile), one.q) for one in ranges)
        if closeness and q > 0 and (q, closeness) > wanted:
            best, wanted = [form], (q, closeness)
    if not best:
        names = ", ".join(dict.fromkeys([HTML, *(one.media_type for one in there)]))
        raise NotAcceptable(f"None of the media types in Accept can be given here; there are {names}.")
    return best[0]


def parsed(accept: str) -> Sequence[Range]:
    """The ranges of the header; without one, or with one that cannot be read, everything is welcome."""
    found = tuple(one for part in _parts(accept[:_LONGEST]) if (one := _range(part)))
    return found or (Range("*/*"),)


def _parts(accept: str) -> list[str]:
    return re.findall(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+', accept)


def _range(part: str) -> Range | None:
    found = _TYPE.match(part.strip())
    if found is None:
        return None
    named = {name.lower(): value.strip('"') for name, value in _PARAMETER.findall(found[3])}
    type = f"{found[1]}/{found[2]}".lower()
    try:
        q = min(1.0, max(0.0, float(named.get("q", "1"))))
    except ValueError:
        return None
    profiles = frozenset(named.get("profile", "").split())
    return Range(ALSO.get(type, type), q, profiles)
