"""What writers of pages, JSON-LD and citations make of any record: nothing breaks out, and it can be read back."""

import contextlib
import html
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.api import landing_page
from exchange.fair import citation, schema_org, signposting
from exchange.publishing import negotiate
from exchange.publishing.forms import FORMS, formats
from schemas.errors import NotAcceptable
from schemas.metadata import Metadata
from tests.publishing import published, records

FEW = settings(max_examples=15, deadline=None, database=None)
ELEMENTS = {
    "a",
    "body",
    "br",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "footer",
    "h1",
    "h2",
    "head",
    "header",
    "html",
    "li",
} | {
    *("link", "main", "meta", "p", "script", "section", "span", "style", "table", "tbody", "td", "th", "thead", "time"),
    *("title", "tr", "ul"),
}


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.heading, self.blocks, self._at = "", [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)
        self._at = tag

    def handle_endtag(self, tag: str) -> None:
        self._at = ""

    def handle_data(self, data: str) -> None:
        self.heading += data if self._at == "h1" else ""
        if self._at == "script":
            self.blocks.append(data)


@FEW
@given(records())
def test_no_text_of_a_record_becomes_markup(record: Metadata) -> None:
    shown = published(record)
    text = landing_page.html(shown)
    page = Elements(text)
    block = text.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert not set("<>&\u2028") & set(block), "a browser ends the element at less than a whole tag"
    assert set(page.found) <= ELEMENTS and page.found.count("script") == 1 and page.found.count("h1") == 1
    assert page.heading == shown.name
    assert json.loads("".join(page.blocks)) == json.loads(schema_org.text(shown))
    assert "img" not in page.found and html.unescape(page.heading) == html.unescape(shown.name)


@FEW
@given(records())
def test_what_schema_org_has_words_for_is_read_back_as_it_was(record: Metadata) -> None:
    document = json.loads(schema_org.text(published(record)))
    assert document["name"] == record.title and document["additionalType"] == record.kind
    assert document.get("keywords", []) == list(record.keywords)
    assert document.get("inLanguage") == record.language
    assert len(document["description"]) >= 50
    if record.creators:
        assert [_person(one) for one in document["creator"]] == [_written(one) for one in record.creators]
    assert [(one["roleName"], _person(one["contributor"])) for one in document.get("contributor", [])] == [
        (one.role, _written(one)) for one in record.contributors
    ]
    assert [
        (one["funder"]["name"], one["funder"].get("@id"), one.get("identifier"), one.get("name"))
        for one in document.get("funding", [])
    ] == [(one.funder, one.ror, one.grant, one.title) for one in record.funding]
    words = {"citation", "isPartOf", "hasPart", "isBasedOn", "sameAs", "subjectOf", "mentions"}
    told = sorted((one["identifier"], one.get("name", "")) for word in words for one in document.get(word, []))
    assert told == sorted((one.id, one.title or "") for one in record.related)


@FEW
@given(records())
def test_citations_are_read_back_as_they_were(record: Metadata) -> None:
    shown = published(record)
    title = " ".join(shown.name.split())
    item = json.loads(citation.csl(shown))
    assert item["title"] == shown.name and item["URL"] == shown.cite_as
    lines = citation.ris(shown).split("\r\n")
    assert lines[0] == "TY  - DATA" and lines[-2:] == ["ER  - ", ""]
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines[:-1])
    assert f"TI  - {title}" in lines and [one for one in lines if one.startswith("ER")] == ["ER  - "]
    fields = _bibtex(citation.bibtex(shown))
    assert _plain(fields["title"]) == title
    assert len(_authors(fields["author"])) == max(1, len(record.creators))
    assert citation.text(shown).count("\n") == 1 and title in citation.text(shown)


def test_names_are_split_only_where_that_is_certain() -> None:
    people = ("Ada Lovelace", "van Beethoven, Ludwig", "Ludwig van Beethoven", "Plato")
    shown = published(Metadata(title="A", creators=[{"name": one, "agreed": True} for one in people]))
    told = [(one.family, one.given) for one in citation.names(shown)]
    assert told == [("Lovelace", "Ada"), ("van Beethoven", "Ludwig"), ("Ludwig van Beethoven", ""), ("Plato", "")]
    assert citation.text(shown).startswith(
        "Lovelace, A., van Beethoven, L., Ludwig van Beethoven, & Plato (2026). A (Version 2) [Data set]. North Line. "
    )


def test_media_types_of_forms_have_no_parameters_since_links_and_negotiation_name_them() -> None:
    assert [one.name for one in FORMS.values() if re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", one.media_type) is None] == []


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("application/json", "json"),
        ("application/ld+json", "schema.org"),
        ("application/vnd.schemaorg.ld+json", "schema.org"),
        ('application/ld+json;profile="http://data.europa.eu/r5r/"', "dcat.jsonld"),
        ('application/ld+json;profile="https://nobody.example/writes/this"', "schema.org"),
        ("text/x-bibliography;style=apa;locale=en-GB", "citation.txt"),
        ("text/*;q=0.1, application/x-bibtex;q=0.9", "citation.bib"),
        ("text/turtle, */*;q=0.1", "dcat.ttl"),
        ("text/html;q=0, application/*", "schema.org"),
        ("*/*;q=0, application/x-bibtex;q=0.001", "citation.bib"),
        ("text/html;q=0.9, application/json;q=0.9", None),
        ('nonsense, "', None),
        ("text/html;q=many", None),
    ],
)
def test_the_closest_and_most_wanted_media_type_is_given(accept: str, name: str | None) -> None:
    found = negotiate.chosen(accept)
    assert (found.name if found else None) == name


@FEW
@given(st.text(max_size=80))
def test_no_header_is_too_odd_to_be_read(accept: str) -> None:
    with contextlib.suppress(NotAcceptable):
        negotiate.chosen(accept)


def test_the_header_of_a_page_with_very_many_links_stays_short() -> None:
    people = [{"name": f"P {at}", "orcid": "0000-0002-1825-0097", "agreed": True} for at in range(100)]
    few = published(Metadata(title="A", creators=people))
    many = few.model_copy(update={"files": few.files * 500})
    header = signposting.header(many, formats(many))
    assert header.count('rel="item"') == 10 and header.count('rel="author"') == 5
    assert header.isascii() and header.count('rel="linkset"') == 2
    far = many.model_copy(
        update={"base_url": "https://a.example/" + "b" * 300, "version_iri": "https://a.example/" + "b" * 300}
    )
    assert 2500 < len(signposting.header(far, formats(far))) <= 3500, "what a proxy takes"
    assert signposting.as_json(many, formats(many)).count('"collection"') == 1
    assert signposting.as_text(many, formats(many)).count('rel="item"') == 500 * 2


def _person(one: dict[str, Any]) -> tuple[object, ...]:
    worked_for = one.get("affiliation", {})
    return one["name"], one.get("@id"), worked_for.get("name"), worked_for.get("@id")


def _written(one: Any) -> tuple[object, ...]:  # Any: a creator or contributor
    return one.name, f"https://orcid.org/{one.orcid}" if one.orcid else None, one.affiliation, one.ror


def _bibtex(entry: str) -> dict[str, str]:
    """Fields of one entry, by counting braces as BibTeX does."""
    found: dict[str, str] = {}
    at = entry.index("{") + 1
    while (match := re.compile(r"\s*(\w+) = \{").search(entry, at)) is not None:
        depth, at = 1, match.end()
        begin = at
        while depth:
            depth += {"{": 1, "}": -1}.get(entry[at], 0)
            at += 1
        found[match[1]] = entry[begin : at - 1]
        assert entry[at] in ",\n"
    assert entry[at:] == "\n}\n"
    return found


def _authors(value: str) -> list[str]:
    """Split at ` and ` outside of braces."""
    depth, found, at = 0, [""], 0
    while at < len(value):
        if depth == 0 and value[at : at + 5] == " and ":
            found.append("")
            at += 5
            continue
        depth += {"{": 1, "}": -1}.get(value[at], 0)
        found[-1] += value[at]
        at += 1
    return found


def _plain(value: str) -> str:
    for sign, tex in citation._TEX.items():
        value = value.replace(tex, f"\ue000{ord(sign):04x}")
    return re.sub("\ue000([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), value.replace("{", "").replace("}", ""))
