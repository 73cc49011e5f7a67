"""DCAT-AP of one dataset: its files, and the page and the API, as distributions."""

from rdflib import XSD, Graph, Literal, URIRef

from exchange.fair import dcat_terms, iris
from exchange.fair.rdf import DCAT, DCT, ODRL, SPDX, moment, typed
from schemas.published import FileKind, Published, PublishedFile


def describe(made: Graph, shown: Published, this: URIRef) -> None:
    """Add the distributions of a dataset; of one that is withdrawn there is none."""
    if shown.tombstone is None:
        made.add((this, DCAT.distribution, _on_the_platform(made, shown)))
        for file in shown.files:
            made.add((this, DCAT.distribution, _of_file(made, shown, file)))


def policy(made: Graph, shown: Published) -> URIRef:
    """The offer under which the dataset is open."""
    return typed(made, shown.export("odrl.jsonld"), ODRL.Policy)


def licence(made: Graph, id: str) -> URIRef:
    """A licence by its SPDX id."""
    return typed(made, iris.licence(id), DCT.LicenseDocument, label=id)


def _on_the_platform(made: Graph, shown: Published) -> URIRef:
    """The page and the API, at which whoever may not take files learns how to ask."""
    this = _distribution(made, shown, f"{shown.landing}#access")
    made.add((this, DCT.title, Literal("On the platform", lang="en")))
    made.add((this, DCT.description, Literal(shown.how_to_ask or "Page, files and API of the dataset.", lang="en")))
    made.add((this, DCAT.accessURL, URIRef(shown.landing)))
    service = typed(made, f"{shown.base_url}/api/v1", DCAT.DataService)
    made.add((service, DCT.title, Literal("API of the pilot-line data exchange", lang="en")))
    made.add((service, DCAT.endpointURL, service))
    made.add((service, DCAT.endpointDescription, URIRef(f"{shown.base_url}/api/v1/openapi.json")))
    made.add((this, DCAT.accessService, service))
    return this


def _of_file(made: Graph, shown: Published, file: PublishedFile) -> URIRef:
    # The file itself stands at this address; its distribution is another thing.
    this = _distribution(made, shown, f"{file.url}#distribution")
    made.add((this, DCT.title, Literal(file.name)))
    made.add((this, DCAT.accessURL, URIRef(file.url)))
    made.add((this, DCAT.downloadURL, URIRef(file.url)))
    made.add((this, DCAT.byteSize, Literal(str(file.bytes), datatype=XSD.nonNegativeInteger)))
    made.add((this, DCT.issued, moment(file.created_at)))
    media_type = typed(made, dcat_terms.media_type(file.media_type), DCT.MediaType, DCT.MediaTypeOrExtent)
    made.add((this, DCAT.mediaType, media_type))
    if file.media_type in dcat_terms.FILE_TYPES:
        kind = typed(made, dcat_terms.FILE_TYPES[file.media_type], DCT.MediaTypeOrExtent)
        made.add((this, DCT["format"], kind))
    said = f"A table of {file.rows} rows, made of the raw files." if file.kind is FileKind.TABLE else "As uploaded."
    made.add((this, DCT.description, Literal(said, lang="en")))
    checksum = typed(made, f"{file.url}#checksum", SPDX.Checksum)
    made.add((checksum, SPDX.algorithm, typed(made, dcat_terms.SHA256, SPDX.ChecksumAlgorithm)))
    made.add((checksum, SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary, normalize=False)))
    made.add((this, SPDX.checksum, checksum))
    return this


def _distribution(made: Graph, shown: Published, iri: str) -> URIRef:
    this = typed(made, iri, DCAT.Distribution)
    made.add((this, ODRL.hasPolicy, policy(made, shown)))
    record = shown.record
    if record and record.licence:
        made.add((this, DCT.license, licence(made, record.licence)))
    if record and record.agreement:
        rule = f"Use is ruled by the agreement {record.agreement}."
        rights = typed(made, f"{shown.landing}#rights", DCT.RightsStatement, label=rule)
        made.add((this, DCT.rights, rights))
    return this
