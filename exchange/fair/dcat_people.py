"""DCAT-AP of one dataset: publisher, creators, contributors, contact and funding."""

from collections.abc import Sequence
from urllib.parse import quote

from rdflib import RDF, Graph, Literal, URIRef

from exchange.fair import iris
from exchange.fair.rdf import DCAT, DCT, FOAF, SCHEMA, VCARD
from schemas.published import Published
from schemas.record.people import Creator, Funding


def describe(made: Graph, shown: Published, this: URIRef) -> None:
    """Add who published, made and paid for a dataset, and whom to ask."""
    publisher = agent(made, iris.publisher(shown), shown.publisher.name, FOAF.Organization)
    made.add((this, DCT.publisher, publisher))
    record = shown.record
    _people(made, this, DCT.creator, record.creators if record else ())
    _people(made, this, DCT.contributor, record.contributors if record else ())
    if not (record and record.creators):
        made.add((this, DCT.creator, publisher))
    _contact(made, shown, this)
    for number, one in enumerate(record.funding if record else (), 1):
        made.add((this, SCHEMA.funding, _grant(made, f"{this}#funding-{number}", one)))


def agent(made: Graph, iri: str, name: str, kind: URIRef) -> URIRef:
    """An agent with a name, as the profile wants one."""
    this = URIRef(iri)
    for one in (FOAF.Agent, kind):
        made.add((this, RDF.type, one))
    made.add((this, FOAF.name, Literal(name)))
    return this


def _people(made: Graph, this: URIRef, role: URIRef, people: Sequence[Creator]) -> None:
    word = str(role).rsplit("/", 1)[-1]
    for number, one in enumerate(people, 1):
        local = f"{this}#{word}-{number}"
        person = agent(made, iris.person(one.orcid) or local, one.name, FOAF.Person)
        made.add((this, role, person))
        if one.affiliation or one.ror:
            work = agent(made, one.ror or f"{local}-affiliation", one.affiliation or str(one.ror), FOAF.Organization)
            made.add((person, SCHEMA.affiliation, work))


def _contact(made: Graph, shown: Published, this: URIRef) -> None:
    """Whom to ask: as the record says, else the organisation by way of the dataset's page."""
    said = shown.record.contact if shown.record else None
    contact = URIRef(f"{this}#contact")
    made.add((this, DCAT.contactPoint, contact))
    made.add((contact, RDF.type, VCARD.Kind))
    made.add((contact, VCARD.fn, Literal((said.name if said else None) or shown.publisher.name)))
    if said and said.email:
        made.add((contact, VCARD.hasEmail, URIRef("mailto:" + quote(said.email, safe="@+"))))
    else:
        made.add((contact, VCARD.hasURL, URIRef(shown.landing)))


def _grant(made: Graph, iri: str, one: Funding) -> URIRef:
    this = URIRef(iri)
    made.add((this, RDF.type, SCHEMA.Grant))
    made.add((this, SCHEMA.funder, agent(made, one.ror or f"{iri}-funder", one.funder, FOAF.Organization)))
    if one.grant:
        made.add((this, SCHEMA.identifier, Literal(one.grant)))
    if one.title:
        made.add((this, SCHEMA.name, Literal(one.title)))
    if one.url:
        made.add((this, SCHEMA.url, URIRef(one.url)))
    return this
