"""OAI-PMH against a running server, with Sickle, and the catalogue: each dataset once, whatever changes meanwhile."""

from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import RDF, Graph, URIRef
from sickle import Sickle
from sickle.models import Header
from sickle.oaiexceptions import BadResumptionToken, IdDoesNotExist, NoRecordsMatch

from exchange.fair import catalogue
from exchange.fair.rdf import DCAT
from exchange.publishing import harvest
from exchange.publishing.harvest import Selection
from schemas.access import NOBODY
from schemas.metadata import DatasetKind
from tests.fair.test_dcat import shapes, violations
from tests.fair.worlds import KINDS, Access, Fair

__all__ = ["shapes"]


def _sickle(fair: Fair, **more: object) -> Sickle:
    return Sickle(f"{fair.base}/oai", **more)


def test_a_harvest_of_many_pages_gives_each_dataset_once_and_says_what_is_deleted(fair: Fair) -> None:
    world = _sickle(fair)
    for prefix in ("oai_dc", "datacite"):
        found = list(world.ListRecords(metadataPrefix=prefix))
        assert len(found) == len({one.header.identifier for one in found}) > 2 * fair.services.settings.harvest_page
        deleted = {one.header.identifier for one in found if one.header.deleted}
        assert deleted >= {_oai(fair.ids[kind, Access.WITHDRAWN]) for kind in KINDS}
        assert {_oai(id) for id in fair.ids.values()} <= {one.header.identifier for one in found}
    posted = list(_sickle(fair, http_method="POST").ListIdentifiers(metadataPrefix="oai_dc"))
    assert [one.identifier for one in posted] == [one.header.identifier for one in found]


def test_the_repository_says_of_itself_what_the_protocol_asks(fair: Fair) -> None:
    world = _sickle(fair)
    about = world.Identify()
    assert (about.protocolVersion, about.deletedRecord) == ("2.0", "persistent")
    assert about.granularity == "YYYY-MM-DDThh:mm:ssZ" and about.baseURL == f"{fair.base}/oai"
    assert {one.metadataPrefix for one in world.ListMetadataFormats()} == {"oai_dc", "datacite", "oai_datacite"}
    named = {one.setSpec for one in world.ListSets()}
    assert named == {f"kind.{kind.value}" for kind in KINDS} | {"organisation.north"}
    for kind in KINDS:
        of_kind = list(world.ListIdentifiers(metadataPrefix="oai_dc", set=f"kind.{kind.value}"))
        assert len(of_kind) >= len(Access) and all(f"kind.{kind.value}" in one.setSpecs for one in of_kind)


def test_one_record_is_given_by_its_identifier(fair: Fair) -> None:
    id = fair.ids[DatasetKind.CELL_TEST, Access.OPEN]
    record = _sickle(fair).GetRecord(identifier=_oai(id), metadataPrefix="oai_dc")
    assert record.metadata["creator"] == ["Ada Example"] and record.metadata["title"] == ["A cell-test"]
    assert f"{fair.base}/datasets/{id}@1" in record.metadata["identifier"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"),
        ("verb=Dance", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&colour=red", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=yesterday", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-02-01T00:00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-01&until=2026-01-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=abc", "badArgument"),
        ("verb=ListRecords&resumptionToken=abc", "badResumptionToken"),
        ("verb=ListSets&resumptionToken=abc", "badResumptionToken"),
        ("verb=ListRecords&metadataPrefix=marc21", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=colour.red", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=1999-01-01", "noRecordsMatch"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=%00%EF%BF%BE", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:127.0.0.1:PLX-0000-0000", "idDoesNotExist"),
    ],
)
def test_what_is_asked_wrongly_is_answered_as_the_protocol_says(fair: Fair, query: str, code: str) -> None:
    answer = httpx.get(f"{fair.base}/oai?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    [error] = ElementTree.fromstring(answer.text).findall("{http://www.openarchives.org/OAI/2.0/}error")
    assert error.attrib["code"] == code and error.text


def test_a_token_is_good_for_its_own_list_alone(fair: Fair) -> None:
    world = _sickle(fair)
    first = world.harvest(verb="ListIdentifiers", metadataPrefix="oai_dc")
    token = first.xml.findtext(".//{http://www.openarchives.org/OAI/2.0/}resumptionToken")
    assert token
    with pytest.raises(BadResumptionToken):
        world.ListRecords(resumptionToken=token)
    every = list(world.ListIdentifiers(metadataPrefix="oai_dc"))
    onward = list(world.ListIdentifiers(resumptionToken=token))
    assert [one.identifier for one in onward] == [one.identifier for one in every[7:]]


def test_a_hidden_record_is_refused_like_one_that_is_not(fair: Fair) -> None:
    draft = fair.at.done("north", "POST", "/datasets", {})["id"]
    told = []
    for id in (draft, "PLX-0000-0000"):
        with pytest.raises(IdDoesNotExist) as refused:
            _sickle(fair).GetRecord(identifier=_oai(id), metadataPrefix="oai_dc")
        told.append(str(refused.value))
    assert told[0] == told[1]


def test_a_bearer_token_harvests_as_far_as_it_reads(fair: Fair) -> None:
    id, draft = fair.ids[DatasetKind.CELL_TEST, Access.LISTED], fair.at.done("west", "POST", "/datasets", {})["id"]
    for user, named in (("", ["North Line"]), ("north", ["Ada Example", "Grace Unnamed"])):
        record = _sickle(fair, headers=fair.header(user)).GetRecord(identifier=_oai(id), metadataPrefix="oai_dc")
        assert record.metadata["creator"] == named
    for user in ("", "north", "west"):
        found = _sickle(fair, headers=fair.header(user)).ListIdentifiers(metadataPrefix="oai_dc")
        assert (_oai(draft) in {one.identifier for one in found}) == (user == "west")


def test_what_the_world_does_not_see_does_not_move_its_datestamp(fair: Fair) -> None:
    id = fair.make(DatasetKind.CELL_TEST, Access.CLOSED, salt=100)
    before = _stamp(fair, id), _stamp(fair, id, "north")
    fair.at.clock.wait(hours=1)
    fair.at.done("north", "PATCH", f"/datasets/{id}/metadata", {"cell": {"batch": "B-2"}})
    fair.at.done("north", "POST", f"/datasets/{id}/grants", {"grantee": "west", "level": "raw"})
    assert _stamp(fair, id) == before[0] and _stamp(fair, id, "north") > before[1]
    fair.at.done("north", "PATCH", f"/datasets/{id}/metadata", {"keywords": ["another"]})
    assert _stamp(fair, id) == fair.at.clock.now()


def test_a_harvest_of_changes_gives_what_came_to_be_seen_and_what_was_withdrawn(fair: Fair) -> None:
    shown, withdrawn = (fair.make(DatasetKind.MATERIAL, Access.OPEN, salt=101 + one) for one in range(2))
    fair.at.done("north", "PUT", f"/datasets/{shown}/visibility", {"visibility": "organisation"})
    [grant] = fair.at.done("north", "GET", f"/datasets/{shown}/grants")
    fair.at.done("north", "DELETE", f"/datasets/{shown}/grants/{grant['id']}")
    fair.at.clock.wait(hours=1)
    since = fair.at.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    with pytest.raises(NoRecordsMatch):
        _sickle(fair).ListIdentifiers(metadataPrefix="oai_dc", **{"from": since})
    fair.at.done("north", "PUT", f"/datasets/{shown}/visibility", {"visibility": "world"})
    fair.at.done("north", "POST", f"/datasets/{withdrawn}/withdraw", {})
    found = {one.identifier: one.deleted for one in _changes(fair, since)}
    assert found == {_oai(shown): False, _oai(withdrawn): True}


def test_what_changes_during_a_harvest_is_neither_lost_nor_given_twice(fair: Fair) -> None:
    every = [fair.make(DatasetKind.DOCUMENT, Access.OPEN, salt=110 + one) for one in range(2)]
    pages = _sickle(fair).ListIdentifiers(metadataPrefix="oai_dc", set="kind.document")
    found = [next(pages).identifier]
    fair.at.clock.wait(hours=1)
    for id in (*every, fair.make(DatasetKind.DOCUMENT, Access.LISTED, salt=112)):
        fair.at.done("north", "PATCH", f"/datasets/{id}/metadata", {"title": "Another"})
    fair.at.done("north", "POST", f"/datasets/{every[0]}/withdraw", {})
    found += [one.identifier for one in pages]
    assert len(found) == len(set(found)) and {_oai(id) for id in every} <= set(found)


def test_the_catalogue_shows_exactly_what_the_world_may_list_and_the_shapes_find_nothing(
    fair: Fair, shapes: Graph
) -> None:
    listed = {one.identifier for one in _sickle(fair).ListIdentifiers(metadataPrefix="oai_dc")}
    pages, address = 0, f"{fair.base}/catalogue"
    found: set[str] = set()
    while address:
        answer = httpx.get(address)
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, "text/turtle")
        page = Graph().parse(data=answer.text, format="turtle")
        assert violations(page, shapes) == []
        of_page = {str(one).rsplit("/", 1)[-1][:13] for one in page.objects(None, DCAT.dataset)}
        assert not found & of_page and len(of_page) <= 7
        found |= of_page
        pages, onward = pages + 1, next(page.objects(None, catalogue.HYDRA.next), None)
        assert answer.links.get("next", {}).get("url") == (str(onward) if onward else None)
        address = str(onward or "")
    assert pages > 2 and {_oai(one) for one in found} == listed
    other = httpx.get(f"{fair.base}/catalogue", headers={"Accept": "application/ld+json"})
    assert other.headers["content-type"].startswith("application/ld+json")
    first = Graph().parse(data=httpx.get(f"{fair.base}/catalogue").text, format="turtle")
    assert set(Graph().parse(data=other.text, format="json-ld")) == set(first)
    assert (URIRef(f"{fair.base}/catalogue"), RDF.type, DCAT.Catalog) in first


def _oai(dataset: str) -> str:
    return f"oai:127.0.0.1:{dataset}"


def _stamp(fair: Fair, dataset: str, user: str = "") -> datetime:
    world = _sickle(fair, headers=fair.header(user))
    record = world.GetRecord(identifier=_oai(dataset), metadataPrefix="oai_dc")
    return datetime.fromisoformat(record.header.datestamp)


def _changes(fair: Fair, since: str) -> Iterator[Header]:
    return _sickle(fair).ListIdentifiers(metadataPrefix="oai_dc", **{"from": since})


@settings(max_examples=6, deadline=None)
@given(st.integers(1, 50), st.sampled_from([None, *KINDS]))
def test_with_any_size_of_page_each_dataset_comes_once(fair: Fair, size: int, kind: DatasetKind | None) -> None:
    after, found = None, []
    while True:
        one = harvest.harvested(fair.services, NOBODY, Selection(kind=kind), after, size, "test")
        assert len(one.items) <= size
        found += [shown.id for shown in one.items]
        if one.after is None:
            break
        after = one.after
    assert len(found) == len(set(found))
    assert {id for (of, _), id in fair.ids.items() if kind in (None, of)} <= set(found)
