"""DCAT-AP 3.0.1: the official shapes find nothing, for every kind and access; what it carries is read back."""

from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pyshacl
import pytest
from hypothesis import given, settings
from rdflib import RDF, SH, SKOS, Graph, Literal, URIRef

from exchange.fair import dcat, dcat_terms, iris
from exchange.fair.rdf import DCAT, DCT, FOAF, SCHEMA, SPDX, empty
from schemas.metadata import DatasetKind, Metadata
from schemas.published import AccessRight, Published
from tests.fair import drawn
from tests.fair.worlds import KINDS, Access, Fair

_SHAPES = Path(__file__).parents[3] / "shared" / "reference" / "dcat-ap"
_OFFICIAL = ("shapes.ttl", "range.ttl", "deprecateduris.ttl")
"""Constraints, class ranges, outdated terms. `imports.ttl` holds no shapes, only addresses of ontologies, whose class
hierarchies our types make needless; `dcat-ap-SHACL.ttl` says the same, but names property shapes that it lacks."""
Carried = dict[str, Any]  # Any: of each field its own type


@pytest.fixture(scope="module")
def shapes() -> Graph:
    if not _SHAPES.is_dir():
        pytest.skip("the official DCAT-AP shapes are not beside the checkout")
    made = Graph()
    for name in _OFFICIAL:
        made.parse(_SHAPES / name)
    return made


def violations(described: Graph, shapes: Graph) -> list[str]:
    """What the shapes find, warnings included; nothing is fetched."""
    _, found, _ = pyshacl.validate(described, shacl_graph=shapes, do_owl_imports=False, inference="none")
    assert isinstance(found, Graph)
    every = [[str(found.value(one, name)) for name in _TOLD] for one in found.subjects(RDF.type, SH.ValidationResult)]
    return sorted(" | ".join(one) for one in every)


_TOLD = (SH.resultSeverity, SH.focusNode, SH.resultPath, SH.value, SH.resultMessage)


def test_the_official_shapes_find_nothing_for_any_kind_and_access(fair: Fair, shapes: Graph) -> None:
    for user, kinds in (("", KINDS), ("north", KINDS[2:4])):
        together = empty()
        for shown in (fair.published(kind, access, user) for kind in kinds for access in Access):
            together.parse(data=dcat.turtle(shown), format="turtle")
        assert len(set(together.subjects(RDF.type, DCAT.Dataset))) == len(kinds) * len(Access)
        assert violations(together, shapes) == []


def test_the_shapes_see_what_is_left_out(fair: Fair, shapes: Graph) -> None:
    shown = fair.published(DatasetKind.CELL_TEST, Access.OPEN)
    for predicate in (DCT.title, DCT.description, SKOS.prefLabel, SPDX.algorithm, FOAF.name):
        described = dcat.graph(shown)
        described.remove((None, predicate, None))
        assert violations(described, shapes) != [], predicate


def test_both_forms_say_the_same_and_are_served_with_their_media_types(fair: Fair) -> None:
    address = f"{fair.base}/datasets/{fair.ids[DatasetKind.PRODUCTION_RUN, Access.OPEN]}/as"
    turtle, json_ld = httpx.get(f"{address}/dcat.ttl"), httpx.get(f"{address}/dcat.jsonld")
    assert turtle.headers["content-type"].split(";")[0] == "text/turtle"
    assert json_ld.headers["content-type"] == "application/ld+json"
    one, other = Graph().parse(data=turtle.text, format="turtle"), Graph().parse(data=json_ld.text, format="json-ld")
    assert len(one) > 60 and set(one) == set(other)


def test_files_stand_there_for_whoever_may_take_them(fair: Fair) -> None:
    for kind in (DatasetKind.CELL_TEST, DatasetKind.DOCUMENT):
        for access in Access:
            world, owner = fair.published(kind, access), fair.published(kind, access, "north")
            files = 0 if access is not Access.OPEN else len(owner.files)
            assert _downloads(world) == files
            # Of what is withdrawn nothing is offered, not even to its owner.
            assert _downloads(owner) == (0 if access is Access.WITHDRAWN else len(owner.files)) and owner.files


@settings(max_examples=25, deadline=None)
@given(drawn.records.map(drawn.with_one_name_each))
def test_what_it_carries_is_read_back_as_it_was(record: Metadata) -> None:
    shown = drawn.published(record)
    for text, form in ((dcat.turtle(shown), "turtle"), (dcat.json_ld(shown), "json-ld")):
        assert read_back(Graph().parse(data=text, format=form), shown.landing) == carried(shown)


def carried(shown: Published) -> Carried:
    """The fields of a record that DCAT-AP has a place for; people are a set, and languages have no region."""
    record = shown.record
    assert record is not None
    return {
        "title": record.title,
        "kind": record.kind,
        "description": record.description,
        "keywords": set(record.keywords),
        "language": dcat_terms.language(record.language) if record.language else None,
        "creators": {_named(one.name, one.orcid) for one in record.creators},
        "contributors": {_named(one.name, one.orcid) for one in record.contributors},
        "funding": {(one.funder, one.grant, one.title, one.url) for one in record.funding},
        "licence": record.licence,
        "related": {where for one in record.related if (where := iris.address(shown, one.id))},
        "created_at": record.created_at,
        "access": shown.access,
        "version": shown.version,
        "publisher": (shown.publisher.name, shown.publisher.ror),
        "files": {(one.url, one.bytes, one.sha256) for one in shown.files},
    }


def read_back(found: Graph, landing: str) -> Carried:
    """The same fields, out of the graph."""
    this = URIRef(landing)

    def text(predicate: URIRef, of: object = this) -> str | None:
        value = found.value(of, predicate)  # type: ignore[arg-type]  # any node
        return str(value) if value is not None else None

    description = found.value(this, DCT.description)
    kind, created, language = text(DCT.type), text(DCT.created), text(DCT.language)
    rights, licence, publisher = text(DCT.rights), text(DCT.license), text(DCT.publisher)
    assert kind and created and rights and publisher and isinstance(description, Literal)
    made_at = datetime.fromisoformat(created)
    entered = made_at == datetime.fromisoformat("2026-05-04T12:00:00+00:00")
    names = {str(one) for one in found.objects(URIRef(publisher), FOAF.name)}
    return {
        "title": text(DCT.title),
        "kind": DatasetKind(kind.removeprefix("urn:plx:kind:")),
        "description": None if "in the pilot-line data exchange" in description else str(description),
        "keywords": {str(one) for one in found.objects(this, DCAT.keyword)},
        "language": language,
        "creators": _people(found, this, DCT.creator),
        "contributors": _people(found, this, DCT.contributor),
        "funding": {
            (
                text(FOAF.name, one_funder),
                text(SCHEMA.identifier, one),
                text(SCHEMA.name, one),
                text(SCHEMA.url, one),
            )
            for one in found.objects(this, SCHEMA.funding)
            for one_funder in found.objects(one, SCHEMA.funder)
        },
        "licence": licence.removeprefix(iris.SPDX) if licence else None,
        "related": {str(one) for one in found.objects(this, DCT.relation)},
        "created_at": None if entered else made_at,
        "access": next(one for one in AccessRight if one.iri == rights),
        "version": int(text(DCAT.version) or 0),
        "publisher": ("North Line" if "North Line" in names else None, publisher),
        "files": {
            (text(DCAT.downloadURL, one), int(text(DCAT.byteSize, one) or 0), _checksum(found, one))
            for one in found.objects(this, DCAT.distribution)
            if text(DCAT.downloadURL, one)
        },
    }


def _named(name: str, orcid: str | None) -> tuple[str, str | None]:
    return name, orcid


def _people(found: Graph, this: URIRef, role: URIRef) -> set[tuple[str, str | None]]:
    return {
        (str(name), str(one).removeprefix(iris.ORCID) if str(one).startswith(iris.ORCID) else None)
        for one in found.objects(this, role)
        for name in found.objects(one, FOAF.name)
        if (one, RDF.type, FOAF.Person) in found
    }


def _checksum(found: Graph, distribution: object) -> str:
    checksum = found.value(distribution, SPDX.checksum)  # type: ignore[arg-type]  # any node
    value = found.value(checksum, SPDX.checksumValue)
    assert isinstance(value, Literal)
    return str(value).lower()


def _downloads(shown: Published) -> int:
    return len(set(dcat.graph(shown).objects(None, DCAT.downloadURL)))
