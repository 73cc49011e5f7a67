"""SKOS (W3C Recommendation of 2009) in Turtle, and CSV, of a vocabulary: pure writers."""

import csv
import io
from typing import Final

from rdflib import DCTERMS, OWL, RDF, SKOS, XSD, Graph, Literal, Namespace, URIRef

from schemas.naming import Terms
from schemas.term import Match, Term, TermStatus

COLUMNS: Final = (
    "id",
    "label",
    "definition",
    "synonyms",
    "address",
    "iri",
    "why",
    "url",
    "broader",
    "status",
    "replaced_by",
    "deprecated_because",
)
_SPDX: Final = Namespace("http://spdx.org/licenses/")
_MATCH: Final = {Match.EXACT: SKOS.exactMatch, Match.BROAD: SKOS.broadMatch}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def turtle(terms: Terms, base: str, only: str | None = None) -> str:
    """The vocabulary as a concept scheme, each term, or one, as a concept under the installation's own address."""
    graph = Graph()
    for prefix, space in (("skos", SKOS), ("dcterms", DCTERMS), ("owl", OWL), ("spdx", _SPDX)):
        graph.bind(prefix, space)
    scheme, about = URIRef(f"{base}/vocabularies/{terms.vocabulary.name}"), terms.vocabulary
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    graph.add((scheme, SKOS.prefLabel, Literal(about.title, lang="en")))
    graph.add((scheme, DCTERMS.title, Literal(about.title, lang="en")))
    graph.add((scheme, DCTERMS.description, Literal(about.definition, lang="en")))
    graph.add((scheme, DCTERMS.source, Literal(about.source)))
    graph.add((scheme, DCTERMS.license, _SPDX[about.licence]))
    graph.add((scheme, OWL.versionInfo, Literal(terms.version)))
    for term in terms.by_id.values():
        if only in (None, term.id):
            _concept(graph, scheme, term, _MATCH[about.match])
    return graph.serialize(format="turtle")


def csv_table(terms: Terms, base: str) -> str:
    """The vocabulary as CSV, one term a row; what a spreadsheet would run as a formula is escaped by an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for term in terms.by_id.values():
        row = term.model_dump(mode="json", exclude_none=True) | {
            "synonyms": ";".join(term.synonyms),
            "address": f"{base}/vocabularies/{terms.vocabulary.name}/{term.id}",
        }
        writer.writerow({name: _plain(str(value)) for name, value in row.items()})
    return out.getvalue()


def _concept(graph: Graph, scheme: URIRef, term: Term, match: URIRef) -> None:
    concept = URIRef(f"{scheme}/{term.id}")
    graph.add((concept, RDF.type, SKOS.Concept))
    graph.add((concept, SKOS.inScheme, scheme))
    graph.add((concept, SKOS.notation, Literal(term.id)))
    graph.add((concept, SKOS.prefLabel, Literal(term.label, lang="en")))
    graph.add((concept, SKOS.definition, Literal(term.definition, lang="en")))
    for synonym in term.synonyms:
        graph.add((concept, SKOS.altLabel, Literal(synonym, lang="en")))
    if term.iri:
        graph.add((concept, match, URIRef(term.iri)))
    if term.broader:
        graph.add((concept, SKOS.broader, URIRef(f"{scheme}/{term.broader}")))
        graph.add((URIRef(f"{scheme}/{term.broader}"), SKOS.narrower, concept))
    else:
        graph.add((concept, SKOS.topConceptOf, scheme))
        graph.add((scheme, SKOS.hasTopConcept, concept))
    if term.status is TermStatus.DEPRECATED:
        graph.add((concept, OWL.deprecated, Literal("true", datatype=XSD.boolean)))
        graph.add((concept, SKOS.changeNote, Literal(term.deprecated_because, lang="en")))
    if term.replaced_by:
        graph.add((concept, DCTERMS.isReplacedBy, URIRef(f"{scheme}/{term.replaced_by}")))


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
