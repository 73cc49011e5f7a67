"""PROV: from raw file through the run to the table, as far as a reader's level goes; and the ODRL offer as a form."""

import httpx
from rdflib import RDF, Graph, Namespace, URIRef

from exchange.fair import prov
from schemas.metadata import DatasetKind, Metadata
from schemas.published import FileKind, Published
from tests.fair import drawn
from tests.fair.worlds import KINDS, Access, Fair

PROV = Namespace(prov.PROFILE)


def _graph(shown: Published) -> Graph:
    return Graph().parse(data=prov.write(shown), format="json-ld")


def test_tables_lead_back_to_raw_files_through_the_run_that_read_them(fair: Fair) -> None:
    shown = fair.published(DatasetKind.CELL_TEST, Access.OPEN)
    found = _graph(shown)
    [raw] = [URIRef(one.url) for one in shown.files if one.kind is FileKind.RAW]
    tables = [URIRef(one.url) for one in shown.files if one.kind is FileKind.TABLE]
    assert tables
    for table in tables:
        run = found.value(table, PROV.wasGeneratedBy)
        assert (run, RDF.type, PROV.Activity) in found and (run, PROV.used, raw) in found
        assert (table, PROV.wasDerivedFrom, raw) in found
        software = found.value(run, PROV.wasAssociatedWith)
        assert (software, RDF.type, PROV.SoftwareAgent) in found
    test = found.value(raw, PROV.wasGeneratedBy)
    assert test == URIRef(f"{shown.landing}#test")
    # To the world the record has no test, whose fields are the network's.
    for user, named in (("", False), ("north", True)):
        of_reader = _graph(fair.published(DatasetKind.CELL_TEST, Access.CLOSED, user))
        assert bool(list(of_reader.subjects(RDF.type, PROV.Plan))) == named
        assert bool(list(of_reader.subjects(RDF.type, PROV.SoftwareAgent))) == named


def test_every_node_has_a_type_and_every_link_a_node(fair: Fair) -> None:
    for kind in KINDS:
        for access in Access:
            shown = fair.published(kind, access)
            found = _graph(shown)
            typed = set(found.subjects(RDF.type))
            outside = {URIRef(shown.iri)}
            for _, predicate, value in found:
                if isinstance(value, URIRef) and predicate != RDF.type:
                    assert value in typed | outside, (kind, access, predicate, value)


def test_a_version_is_a_revision_of_the_one_before() -> None:
    shown = drawn.published(Metadata(title="A"))
    assert _graph(shown).value(URIRef(shown.landing), PROV.wasRevisionOf) == URIRef(f"{shown.iri}@1")


def test_the_offer_is_a_form_and_the_same_as_at_its_own_door(fair: Fair) -> None:
    id = fair.ids[DatasetKind.CELL_TEST, Access.OPEN]
    form = httpx.get(f"{fair.base}/datasets/{id}@1/as/odrl.jsonld")
    assert form.headers["content-type"] == "application/ld+json"
    assert form.json() == httpx.get(f"{fair.base}/api/v1/datasets/{id}/odrl").json()
    assert httpx.get(f"{fair.base}/datasets/PLX-0000-0000/as/odrl.jsonld").status_code == 404
    chain = httpx.get(f"{fair.base}/datasets/{id}/as/prov.jsonld")
    by_profile = {"Accept": f'application/ld+json;profile="{prov.PROFILE}"'}
    assert chain.json() == httpx.get(f"{fair.base}/datasets/{id}", headers=by_profile).json()
