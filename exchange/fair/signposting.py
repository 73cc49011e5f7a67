"""Signposting: typed links from a landing page to what belongs to it, and back.

Source: the FAIR Signposting Profile (signposting.org/FAIR), levels 1 and 2; link sets are RFC 9264.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from exchange.fair import facts, iris, wording
from schemas.published import Published

LINKSET_JSON: Final = "application/linkset+json"
LINKSET: Final = "application/linkset"
HEADER_LETTERS: Final = 3500
"""So long is the header at most: proxies refuse answers whose headers are longer than a page of memory."""
HEADER_MOST: Final = {"item": 10, "author": 5}
"""So many links of a kind stand in it; the link set has them all."""
_HTML: Final = "text/html"
_SAFE: Final = ":/?#[]@!$&'()*+,;=%~"


@dataclass(frozen=True)
class Described:
    """Metadata in a format: where, of what media type, after which profile."""

    url: str
    media_type: str
    profile: str = ""


@dataclass(frozen=True)
class Link:
    """A typed link; the landing page is its anchor where none is named."""

    rel: str
    href: str
    type: str = ""
    profile: str = ""
    anchor: str = ""

    def __str__(self) -> str:
        said = [f"<{quote(self.href, safe=_SAFE)}>", f'rel="{self.rel}"']
        named = (("type", self.type), ("profile", self.profile), ("anchor", self.anchor))
        return "; ".join([*said, *(f'{name}="{value}"' for name, value in named if value)])


def of_page(shown: Published, formats: Sequence[Described]) -> tuple[Link, ...]:
    """All links of the landing page, the ones a machine needs first in front."""
    return (
        Link("cite-as", shown.cite_as),
        Link("type", "https://schema.org/AboutPage"),
        Link("type", "https://schema.org/Dataset"),
        Link("license", facts.terms(shown).iri),
        Link("linkset", shown.export("linkset.json"), LINKSET_JSON),
        Link("linkset", shown.export("linkset"), LINKSET),
        *(Link("author", one) for one in _authors(shown)),
        *(Link("item", one.url, one.media_type) for one in shown.files),
        *(Link("describedby", one.url, one.media_type, one.profile) for one in formats),
    )


def header(shown: Published, formats: Sequence[Described]) -> str:
    """Level 1: the links as far as a header has room; the link set has all."""
    kept: list[str] = []
    told: Counter[str] = Counter()
    for link in of_page(shown, formats):
        text, told[link.rel] = str(link), told[link.rel] + 1
        if told[link.rel] <= HEADER_MOST.get(link.rel, told[link.rel]) and _length(kept) + len(text) <= HEADER_LETTERS:
            kept.append(text)
    return ", ".join(kept)


def of_metadata(shown: Published) -> str:
    """The header of metadata in a format: what they describe."""
    return str(Link("describes", shown.landing, _HTML))


def of_file(landing: str) -> str:
    """The header of a file: the page of the dataset that it belongs to."""
    return str(Link("collection", landing, _HTML))


def as_json(shown: Published, formats: Sequence[Described]) -> str:
    """Level 2 as application/linkset+json: all links, from the page and from what belongs to it."""
    groups: dict[str, dict[str, list[dict[str, str]]]] = {}
    for link in _all(shown, formats):
        target = {"href": quote(link.href, safe=_SAFE)}
        target |= {name: value for name, value in (("type", link.type), ("profile", link.profile)) if value}
        groups.setdefault(link.anchor, {}).setdefault(link.rel, []).append(target)
    return json.dumps({"linkset": [{"anchor": anchor} | rels for anchor, rels in groups.items()]}, indent=2)


def as_text(shown: Published, formats: Sequence[Described]) -> str:
    """Level 2 as application/linkset."""
    return ",\n".join(str(link) for link in _all(shown, formats)) + "\n"


def _all(shown: Published, formats: Sequence[Described]) -> Iterator[Link]:
    for anchor in _pages(shown):
        for link in of_page(shown, formats):
            yield Link(link.rel, link.href, link.type, link.profile, anchor)
    for one in shown.files:
        yield Link("collection", shown.landing, _HTML, anchor=one.url)
        yield Link("license", facts.terms(shown).iri, anchor=one.url)
    for form in formats:
        yield Link("describes", shown.landing, _HTML, anchor=form.url)


def _length(kept: Sequence[str]) -> int:
    return sum(len(one) + 2 for one in kept)


def _pages(shown: Published) -> tuple[str, ...]:
    """Addresses of the page: of the version and, where it is the newest, of the dataset as well."""
    newest = max((one.number for one in shown.versions), default=None)
    return (shown.landing, shown.iri) if shown.version is not None and shown.version == newest else (shown.landing,)


def _authors(shown: Published) -> tuple[str, ...]:
    people = tuple(found for one in wording.creators(shown) if (found := iris.person(one.orcid)))
    return people or ((shown.publisher.ror,) if shown.publisher.ror and not wording.creators(shown) else ())
