"""RDF as the exports write it: namespaces, things with their types, moments, and a graph as text."""

import json
from datetime import datetime
from typing import Final

from rdflib import RDF, RDFS, SKOS, XSD, Graph, Literal, Namespace, URIRef

ADMS: Final = Namespace("http://www.w3.org/ns/adms#")
DCAT: Final = Namespace("http://www.w3.org/ns/dcat#")
DCT: Final = Namespace("http://purl.org/dc/terms/")
FOAF: Final = Namespace("http://xmlns.com/foaf/0.1/")
ODRL: Final = Namespace("http://www.w3.org/ns/odrl/2/")
PROV: Final = Namespace("http://www.w3.org/ns/prov#")
SCHEMA: Final = Namespace("https://schema.org/")
SPDX: Final = Namespace("http://spdx.org/rdf/terms#")
VCARD: Final = Namespace("http://www.w3.org/2006/vcard/ns#")
PREFIXES: Final[dict[str, str]] = {
    "adms": str(ADMS),
    "dcat": str(DCAT),
    "dct": str(DCT),
    "foaf": str(FOAF),
    "odrl": str(ODRL),
    "prov": str(PROV),
    "rdfs": str(RDFS),
    "schema": str(SCHEMA),
    "skos": str(SKOS),
    "spdx": str(SPDX),
    "vcard": str(VCARD),
    "xsd": str(XSD),
}


def written(described: Graph, form: str) -> str:
    """A graph as text in `turtle` or `json-ld`."""
    if form != "json-ld":
        return described.serialize(format=form)
    made = json.loads(described.serialize(format=form, context=PREFIXES, sort_keys=True))
    # The library leaves things in any order: equal graphs are to be equal texts.
    made["@graph"] = sorted(made["@graph"], key=lambda one: str(one["@id"]))
    return json.dumps(made, indent=1, ensure_ascii=False)


def empty() -> Graph:
    """A graph with our prefixes alone."""
    made = Graph(bind_namespaces="none")
    for prefix, namespace in PREFIXES.items():
        made.bind(prefix, namespace)
    return made


def typed(made: Graph, iri: str, *types: URIRef, label: str = "") -> URIRef:
    """A thing that is referred to, with its types; a concept has a label besides."""
    node = URIRef(iri)
    for one in types:
        made.add((node, RDF.type, one))
    if label:
        made.add((node, SKOS.prefLabel if SKOS.Concept in types else RDFS.label, Literal(label, lang="en")))
    return node


def moment(at: datetime) -> Literal:
    """A moment as it was written, with its offset."""
    return Literal(at.isoformat(), datatype=XSD.dateTime, normalize=False)
