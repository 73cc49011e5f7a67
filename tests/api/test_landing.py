"""Landing pages against a running server, read by the library that others read them with, and by a parser of HTML."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
import signposting

from exchange.fair.signposting import HEADER_LETTERS
from exchange.publishing.forms import FORMS
from tests.opened import Opened, opened

STATES = ("open", "embargoed", "closed")
RIGHTS = {"open": "c_abf2", "embargoed": "c_f1cf", "closed": "c_16ec"}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    with opened(tmp_path_factory.mktemp("opened")) as one:
        yield one


class Page(HTMLParser):
    """Elements of a page as a browser counts them; what stands in its data block."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.json_ld, self._within = "", False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._within = dict(attrs).get("type") == "application/ld+json" and tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._within = self._within and tag != "script"

    def handle_data(self, data: str) -> None:
        self.json_ld += data if self._within else ""


def read(here: Opened, path: str, who: str = "") -> tuple[httpx.Response, Page, dict[str, Any]]:
    answer = here.get(path, who)
    assert answer.status_code == 200, answer.text
    page = Page(answer.text)
    return answer, page, json.loads(page.json_ld)


@pytest.mark.parametrize("state", STATES)
def test_the_links_in_header_page_and_link_sets_say_the_same(here: Opened, state: str) -> None:
    dataset = here.datasets[state]
    at = f"{here.base}/datasets/{dataset}"
    for address in (at, f"{at}@1"):
        of_header = signposting.find_signposting_http(address)
        assert of_header.citeAs is not None and of_header.citeAs.target == f"{at}@1"
        assert {one.target for one in of_header.types} == {"https://schema.org/AboutPage", "https://schema.org/Dataset"}
        files = {str(one.target): one.type for one in of_header.items}
        assert bool(files) == (state == "open")
        kinds = {one.type for one in of_header.describedBy}
        assert {"application/ld+json", "application/json", "application/x-bibtex"} <= kinds
        assert of_header.license is not None
        told = "spdx.org/licenses/CC-BY-4.0" if state != "closed" else "/odrl"
        assert str(of_header.license.target).endswith(told)
        assert {one.target for one in of_header.authors} == (
            {"https://orcid.org/0000-0002-1825-0097"} if state != "closed" else set()
        )
        assert {one.type for one in of_header.linksets} == {"application/linkset+json", "application/linkset"}
        in_page = signposting.find_signposting_html(address)
        for one in of_header.linksets:
            in_set = signposting.find_signposting_linkset(one.target, one.type).for_context(address)
            for other in (in_page, in_set):
                assert {(str(s.rel), s.target, s.type) for s in other.signposts} >= {
                    (str(s.rel), s.target, s.type) for s in of_header.signposts if str(s.rel) != "linkset"
                }
    assert len(here.get(f"/datasets/{dataset}").headers["link"]) <= HEADER_LETTERS


def test_what_belongs_to_a_page_points_back_to_it(here: Opened) -> None:
    at = f"{here.base}/datasets/{here.datasets['open']}@1"
    found = signposting.find_signposting_linkset(f"{at}/as/linkset.json")
    for item in found.for_context(at).items:
        back = found.for_context(item.target)
        assert back.collection is not None and back.collection.target == at and back.license is not None
        header = here.client.head(item.target).headers["link"]
        assert header == f'<{at}>; rel="collection"; type="text/html"'
    for form in found.for_context(at).describedBy:
        assert [one.target for one in found.for_context(form.target).describes] == [at]
        answer = here.client.head(form.target)
        assert answer.headers["content-type"].partition(";")[0] == form.type
        assert answer.headers["link"] == f'<{at}>; rel="describes"; type="text/html"'


def test_head_tells_of_a_file_what_get_then_gives(here: Opened) -> None:
    _, _, document = read(here, f"/datasets/{here.datasets['open']}")
    assert {one["encodingFormat"] for one in document["distribution"]} == {
        "application/vnd.apache.parquet",
        "application/octet-stream",
    }
    for one in document["distribution"]:
        told = here.client.head(one["contentUrl"])
        assert told.status_code == 200, told.text
        assert told.headers["content-type"] == one["encodingFormat"]
        assert told.headers["content-length"] == one["contentSize"]
        assert told.headers["etag"] == f'"{one["sha256"]}"'
        given = here.client.get(one["contentUrl"], follow_redirects=True)
        digest = hashlib.sha256(given.content).digest()
        assert digest.hex() == one["sha256"] and len(given.content) == int(one["contentSize"])
        assert told.headers["repr-digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"
    closed = here.datasets["closed"]
    assert here.get(f"/datasets/{closed}/files/timeseries.parquet", method="HEAD").status_code == 403


@pytest.mark.parametrize("state", STATES)
def test_the_page_and_its_json_ld_say_what_the_world_may_know(here: Opened, state: str) -> None:
    answer, page, document = read(here, f"/datasets/{here.datasets[state]}")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert [name for name, _ in page.elements].count("h1") == 1
    assert {"main", "header", "footer"} <= {name for name, _ in page.elements}
    assert ("html", {"lang": "en"}) in page.elements
    assert [attrs for name, attrs in page.elements if name == "script"] == [{"type": "application/ld+json"}]
    assert document["@context"] == "https://schema.org" and document["@type"] == "Dataset"
    assert len(document["description"]) >= 50
    assert document["conditionsOfAccess"][0].endswith(RIGHTS[state])
    assert document["isAccessibleForFree"] is (state == "open")
    assert "Not Agreed" not in answer.text
    assert ("tests@north.example" in answer.text) == (state == "open")
    if state == "closed":
        assert document["creator"] == [{"@type": "Organization", "name": "North Line"}]
        assert "lithium battery" not in answer.text and "Ada" not in answer.text
        assert "distribution" not in document and "variableMeasured" not in document
    else:
        assert document["creator"][0]["@id"] == "https://orcid.org/0000-0002-1825-0097"
        assert document["keywords"] == ["lithium battery", "round robin"]
        assert document["funding"][0]["identifier"] == "101069765"
    if state == "open":
        voltage = next(one for one in document["variableMeasured"] if one["name"] == "voltage_volt")
        assert voltage == {
            "@type": "PropertyValue",
            "name": "voltage_volt",
            "propertyID": "https://w3id.org/battery-data-alliance/ontology/battery-data-format#voltage_volt",
            "unitText": "volt",
            "unitCode": "UCUM:V",
        }


def test_a_page_is_there_for_whoever_may_know_of_it(here: Opened) -> None:
    for name in ("hidden", "draft"):
        path = f"/datasets/{here.datasets[name]}"
        assert here.get(path).status_code == here.get(path, "west").status_code == 404
        assert here.get(path, method="HEAD").status_code == 404
        own = here.get(path, "north")
        assert own.status_code == 200 and ("This is a draft" in own.text) == (name == "draft")
    assert here.get(f"/datasets/{here.datasets['open']}@2").status_code == 404


def test_every_format_is_had_by_its_media_type_and_named_where_none_fits(here: Opened) -> None:
    path = f"/datasets/{here.datasets['open']}"
    first: dict[str, str] = {}
    for name, form in FORMS.items():
        first.setdefault(form.media_type, name)
        asked = form.media_type + (f';profile="{form.profile}"' if form.profile else "")
        answer = here.get(path, accept=f"text/html;q=0.5, {asked}")
        assert answer.headers["content-type"].partition(";")[0] == form.media_type
        assert answer.headers["vary"].startswith("Accept")
        wanted = name if form.profile else first[form.media_type]
        assert answer.text == here.get(f"{path}/as/{wanted}").text
    for accept in ("", "*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "nonsense"):
        assert here.get(path, accept=accept).headers["content-type"].startswith("text/html")
    refused = here.get(path, accept="image/png, text/html;q=0")
    assert refused.status_code == 406 and refused.headers["content-type"] == "application/problem+json"
    assert "application/ld+json" in refused.json()["detail"]


def test_a_citation_stands_on_the_page_as_it_is_exported(here: Opened) -> None:
    dataset = here.datasets["open"]
    text = here.get(f"/datasets/{dataset}", accept="text/x-bibliography; style=apa").text.strip()
    year = here.services.now().year
    assert text == (
        f"Example, A. ({year}). Formation and cycling of cell A-01 (Version 1) [Data set]. North Line. "
        f"{here.base}/datasets/{dataset}@1"
    )
    assert text in here.get(f"/datasets/{dataset}").text
    assert re.search(r"^North Line \(", here.get(f"/datasets/{here.datasets['closed']}/as/citation.txt").text)
