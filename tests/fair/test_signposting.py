"""Signposting, page and schema.org of datasets of every kind and access, as the library of others reads them."""

import json
import re

import httpx
import signposting
from signposting.signpost import LinkRel

from schemas.metadata import DatasetKind
from tests.fair.worlds import KINDS, Access, Fair


def test_links_of_every_kind_and_access_are_found_by_get_by_head_and_in_the_link_set(fair: Fair) -> None:
    client = httpx.Client()
    chosen = {key: id for key, id in fair.ids.items() if key[1] is not Access.LISTED}
    for (kind, access), id in chosen.items():
        page = f"{fair.base}/datasets/{id}"
        found = signposting.find_signposting_http(page)
        assert found.citeAs is not None and found.citeAs.target == f"{page}@1", (kind, access)
        assert found.license is not None and len(found.describedBy) > 8 and len(found.types) == 2
        assert bool(found.items) == (access is Access.OPEN)
        said = {(one.rel, one.target) for one in found.signposts}
        got = client.get(page)
        assert len(got.headers["link"]) <= 3500 and got.headers["link"] == client.head(page).headers["link"]
        [at] = (one for one in found.linksets if one.type == "application/linkset+json")
        links = signposting.find_signposting_linkset(at.target, at.type)
        assert said <= {(one.rel, one.target) for one in links.for_context(page).signposts}
        back = {one.target for one in links.signposts if one.rel in (LinkRel.collection, LinkRel.describes)}
        assert back == {f"{page}@1"}


def test_pages_of_every_kind_carry_their_json_ld_and_say_what_was_withdrawn(fair: Fair) -> None:
    client = httpx.Client(base_url=fair.base)
    for (kind, access), id in fair.ids.items():
        page = client.get(f"/datasets/{id}").text
        [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
        document = json.loads(block)
        assert document == client.get(f"/datasets/{id}/as/schema.org").json()
        assert document["additionalType"] == kind.value and len(document["description"]) >= 50
        assert ("distribution" in document) == (access is Access.OPEN) == ('id="files"' in page)
        assert ("The current had the wrong sign" in page) == (access is Access.WITHDRAWN)
        assert ("This dataset was withdrawn" in page) == (access is Access.WITHDRAWN)
        assert page.count("<h1>") == 1


def test_a_reader_of_more_is_pointed_to_more(fair: Fair) -> None:
    for kind in KINDS:
        shown = fair.published(kind, Access.CLOSED, "north")
        assert shown.files and not fair.published(kind, Access.CLOSED).files
    assert len(KINDS) == len(DatasetKind)
