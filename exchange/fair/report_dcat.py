"""DCAT of a published summary of a round: what it is, its versions, its files; profile DCAT-AP 3."""

from rdflib import RDF, XSD, Graph, Literal, URIRef

from exchange.fair import dcat_people, dcat_terms
from exchange.fair.rdf import ADMS, DCAT, DCT, FOAF, SPDX, empty, moment, typed, written
from schemas.published import Published, PublishedFile


def turtle(shown: Published) -> str:
    """The record as Turtle."""
    return written(_graph(shown), "turtle")


def json_ld(shown: Published) -> str:
    """The record as JSON-LD, its context within."""
    return written(_graph(shown), "json-ld")


def _graph(shown: Published) -> Graph:
    made = empty()
    this = URIRef(shown.landing)
    made.add((this, RDF.type, DCAT.Dataset))
    _facts(made, shown, this)
    dcat_people.describe(made, shown, this)
    _versions(made, shown, this)
    for file in shown.files:
        made.add((this, DCAT.distribution, _distribution(made, file)))
    return made


def _facts(made: Graph, shown: Published, this: URIRef) -> None:
    record = shown.record
    made.add((this, DCT.identifier, Literal(shown.cite_as)))
    made.add((this, DCT.title, Literal(shown.name, lang="en")))
    if record and record.description:
        made.add((this, DCT.description, Literal(record.description, lang="en")))
    for word in record.keywords if record else ():
        made.add((this, DCAT.keyword, Literal(word, lang="en")))
    if shown.released_at:
        made.add((this, DCT.issued, moment(shown.released_at)))
    made.add((this, DCT.modified, moment(shown.modified_at)))
    made.add((this, DCT.language, typed(made, dcat_terms.language("en"), DCT.LinguisticSystem)))
    made.add((this, DCAT.landingPage, typed(made, shown.landing, FOAF.Document)))
    access = dcat_terms.ACCESS[shown.access]
    made.add((this, DCT.accessRights, typed(made, access.iri, DCT.RightsStatement, label=access.label)))


def _versions(made: Graph, shown: Published, this: URIRef) -> None:
    if shown.version is None:
        for one in shown.versions:
            made.add((this, DCAT.hasVersion, URIRef(one.iri)))
        return
    made.add((this, DCAT.version, Literal(str(shown.version))))
    made.add((this, DCAT.isVersionOf, URIRef(shown.iri)))
    for one in shown.versions:
        if one.number == shown.version and one.note:
            made.add((this, ADMS.versionNotes, Literal(one.note, lang="en")))
        if one.number == shown.version - 1:
            made.add((this, DCAT.previousVersion, URIRef(one.iri)))


def _distribution(made: Graph, file: PublishedFile) -> URIRef:
    this = typed(made, f"{file.url}#distribution", DCAT.Distribution)
    made.add((this, DCT.title, Literal(file.name)))
    made.add((this, DCAT.accessURL, URIRef(file.url)))
    made.add((this, DCAT.downloadURL, URIRef(file.url)))
    made.add((this, DCAT.byteSize, Literal(str(file.bytes), datatype=XSD.nonNegativeInteger)))
    media_type = typed(made, dcat_terms.media_type(file.media_type), DCT.MediaType, DCT.MediaTypeOrExtent)
    made.add((this, DCAT.mediaType, media_type))
    if file.media_type in dcat_terms.FILE_TYPES:
        made.add((this, DCT["format"], typed(made, dcat_terms.FILE_TYPES[file.media_type], DCT.MediaTypeOrExtent)))
    checksum = typed(made, f"{file.url}#checksum", SPDX.Checksum)
    made.add((checksum, SPDX.algorithm, typed(made, dcat_terms.SHA256, SPDX.ChecksumAlgorithm)))
    made.add((checksum, SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary, normalize=False)))
    made.add((this, SPDX.checksum, checksum))
    return this
