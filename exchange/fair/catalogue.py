"""DCAT-AP 3 of a catalogue: what one reader may list, page by page (pages as in Hydra's core vocabulary)."""

from collections.abc import Sequence
from typing import Final

from rdflib import RDF, Graph, Literal, Namespace, URIRef

from exchange.fair import dcat, dcat_people, dcat_terms, iris
from exchange.fair.rdf import DCAT, DCT, FOAF, empty, typed, written
from schemas.published import Published, Publisher

HYDRA: Final = Namespace("http://www.w3.org/ns/hydra/core#")
FORMS: Final = {"text/turtle": "turtle", "application/ld+json": "json-ld"}
"""The syntax of each media type in which it is given."""


def write(base: str, form: str, publisher: Publisher | None, shown: Sequence[Published], next: str | None) -> str:
    """A page of the catalogue in `turtle` or `json-ld`; `next` is the address of the one behind it."""
    return written(graph(base, publisher, shown, next), form)


def graph(base: str, publisher: Publisher | None, shown: Sequence[Published], next: str | None) -> Graph:
    """The catalogue with the datasets of this page, and everything that they refer to."""
    made = empty()
    made.bind("hydra", HYDRA)
    this = typed(made, f"{base}/catalogue", DCAT.Catalog)
    made.add((this, DCT.title, Literal("Pilot-line data exchange", lang="en")))
    about = (
        "Data of pilot lines for lithium battery cells: production, round-robin and cell tests, materials, protocols."
    )
    made.add((this, DCT.description, Literal(about, lang="en")))
    iri = iris.organisation(base, publisher) if publisher else f"{base}/"
    name = publisher.name if publisher else "Pilot-line data exchange"
    made.add((this, DCT.publisher, dcat_people.agent(made, iri, name, FOAF.Organization)))
    made.add((this, DCT.language, typed(made, dcat_terms.language("en"), DCT.LinguisticSystem)))
    made.add((this, FOAF.homepage, typed(made, f"{base}/", FOAF.Document)))
    for one in shown:
        made.add((this, DCAT.dataset, dcat.describe(made, one)))
    _page(made, this, next)
    return made


def _page(made: Graph, this: URIRef, next: str | None) -> None:
    if next is None:
        return
    view = URIRef(f"{this}#page")
    made.add((view, RDF.type, HYDRA.PartialCollectionView))
    made.add((view, HYDRA.first, this))
    made.add((view, HYDRA.next, URIRef(next)))
    made.add((this, HYDRA.view, view))
