"""DCAT-AP 3.0.1 (https://semiceu.github.io/DCAT-AP/releases/3.0.0/) of one dataset, as Turtle and as JSON-LD.

The profile's shapes want a type at everything that is referred to, so that each object brings its own.
"""

from collections.abc import Iterator
from typing import Final

from rdflib import RDF, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from exchange.fair import dcat_files, dcat_people, dcat_terms, facts, iris
from exchange.fair.dcat_terms import Term
from exchange.fair.rdf import ADMS, DCAT, DCT, FOAF, ODRL, PROV, empty, moment, typed, written
from schemas.published import AccessRight, Published
from schemas.record.people import RelationType

PROFILE: Final = "http://data.europa.eu/r5r/"
"""The IRI of DCAT-AP."""
_RELATIONS: Final = {
    RelationType.REFERENCES: DCT.references,
    RelationType.IS_REFERENCED_BY: DCT.isReferencedBy,
    RelationType.IS_PART_OF: DCT.isPartOf,
    RelationType.HAS_PART: DCT.hasPart,
    RelationType.REQUIRES: DCT.requires,
    RelationType.IS_REQUIRED_BY: DCT.isRequiredBy,
    RelationType.OBSOLETES: DCT.replaces,
    RelationType.IS_OBSOLETED_BY: DCT.isReplacedBy,
    RelationType.IS_DERIVED_FROM: PROV.wasDerivedFrom,
}
"""Told besides `dct:relation`, which holds them all."""


def turtle(shown: Published) -> str:
    """The dataset as Turtle."""
    return written(graph(shown), "turtle")


def json_ld(shown: Published) -> str:
    """The dataset as JSON-LD, its context within."""
    return written(graph(shown), "json-ld")


def graph(shown: Published) -> Graph:
    """The dataset, its distributions, and everything that they refer to."""
    made = empty()
    describe(made, shown)
    return made


def describe(made: Graph, shown: Published) -> URIRef:
    """Add a dataset to a graph; returns its IRI."""
    this = URIRef(shown.landing)
    for predicate, value in _facts(made, shown, this):
        made.add((this, predicate, value))
    dcat_people.describe(made, shown, this)
    dcat_files.describe(made, shown, this)
    return this


def _facts(made: Graph, shown: Published, this: URIRef) -> Iterator[tuple[URIRef, Node]]:
    record = shown.record
    language = record.language if record else None
    yield RDF.type, DCAT.Dataset
    yield DCT.identifier, Literal(shown.cite_as)
    yield DCT.title, Literal(shown.name, lang=language)
    yield DCT.description, _description(shown)
    yield DCT.created, moment((record.created_at if record else None) or shown.created_at)
    yield DCT.modified, moment(shown.modified_at)
    if shown.released_at:
        yield DCT.issued, moment(shown.released_at)
    if shown.access is AccessRight.EMBARGOED and shown.embargo_until:
        yield DCT.available, moment(shown.embargo_until)
    yield DCAT.landingPage, typed(made, shown.landing, FOAF.Document)
    yield from _terms(made, shown)
    yield from _rights(made, shown)
    yield from _versions(shown)
    for word in record.keywords if record else ():
        yield DCAT.keyword, Literal(word, lang=language)
    for one in record.related if record else ():
        where = iris.address(shown, one.id)
        if where:
            yield DCT.relation, URIRef(where)
            if one.relation in _RELATIONS:
                yield _RELATIONS[one.relation], URIRef(where)
    yield from _provenance(made, shown, this)


def _description(shown: Published) -> Literal:
    record = shown.record
    if record and record.description:
        return Literal(record.description, lang=record.language)
    return Literal(facts.description(shown), lang="en")


def _terms(made: Graph, shown: Published) -> Iterator[tuple[URIRef, Node]]:
    for theme in dcat_terms.THEMES:
        yield DCAT.theme, _concept(made, theme)
    yield ADMS.status, _concept(made, dcat_terms.STATUS[shown.state])
    if shown.kind:
        yield DCT.type, _concept(made, Term(f"urn:plx:kind:{shown.kind.value}", shown.kind.value))
    if shown.record and shown.record.language:
        yield DCT.language, typed(made, dcat_terms.language(shown.record.language), DCT.LinguisticSystem)
    protocol = iris.protocol(shown)
    if protocol:
        yield DCT.conformsTo, typed(made, protocol, DCT.Standard)


def _concept(made: Graph, term: Term) -> URIRef:
    return typed(made, term.iri, SKOS.Concept, label=term.label)


def _rights(made: Graph, shown: Published) -> Iterator[tuple[URIRef, Node]]:
    access = dcat_terms.ACCESS[shown.access]
    yield DCT.accessRights, typed(made, access.iri, DCT.RightsStatement, label=access.label)
    yield DCT.rights, typed(made, shown.access.iri, DCT.RightsStatement, label=shown.access.value)
    yield ODRL.hasPolicy, dcat_files.policy(made, shown)
    if shown.record and shown.record.licence:
        yield DCT.license, dcat_files.licence(made, shown.record.licence)


def _versions(shown: Published) -> Iterator[tuple[URIRef, Node]]:
    if shown.version is None:
        return
    yield DCAT.version, Literal(str(shown.version))
    yield DCAT.isVersionOf, URIRef(shown.iri)
    for other in shown.versions:
        if other.number == shown.version and other.note:
            yield ADMS.versionNotes, Literal(other.note)
        if other.number == shown.version - 1:
            yield DCAT.previousVersion, URIRef(other.iri)


def _provenance(made: Graph, shown: Published, this: URIRef) -> Iterator[tuple[URIRef, Node]]:
    record = shown.record
    test = (record.test or record.production) if record else None
    if test and test.started_at and test.ended_at:
        period = typed(made, f"{this}#period", DCT.PeriodOfTime)
        made.add((period, DCAT.startDate, moment(test.started_at)))
        made.add((period, DCAT.endDate, moment(test.ended_at)))
        yield DCT.temporal, period
    said = [f"Measured and handed in by {shown.publisher.name}"]
    if record and record.line:
        said.append(f"made at the pilot line {record.line}")
    for one in shown.readings:
        said.append(f"tables made by the reader {one.reader} {one.reader_version} of {len(one.used)} raw files")
        activity = typed(made, one.iri, PROV.Activity, label=f"Ingest by {one.reader} {one.reader_version}")
        made.add((activity, PROV.startedAtTime, moment(one.started_at)))
        if one.ended_at:
            made.add((activity, PROV.endedAtTime, moment(one.ended_at)))
        yield PROV.wasGeneratedBy, activity
    yield DCT.provenance, typed(made, f"{this}#provenance", DCT.ProvenanceStatement, label="; ".join(said) + ".")
