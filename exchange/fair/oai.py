"""OAI-PMH 2.0 (http://www.openarchives.org/OAI/openarchivesprotocol.html): its answers as XML."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from exchange.fair import datacite, datacite_xml, facts, iris
from exchange.fair.datacite_xml import legal
from schemas.dataset import DatasetState
from schemas.metadata import DatasetKind
from schemas.published import Published, Publisher

_OAI: Final = "http://www.openarchives.org/OAI/2.0/"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_LOCATION: Final = f"{{{_XSI}}}schemaLocation"
_DC: Final = f"{_OAI}oai_dc/"


@dataclass(frozen=True)
class Problem(Exception):
    """An error as the protocol has it: its code, and a sentence."""

    code: str
    message: str


@dataclass(frozen=True)
class Format:
    """A format of records: where its schema is, its namespace, its writer."""

    schema: str
    namespace: str
    write: Callable[[Published], Element]


@dataclass(frozen=True)
class Repository:
    """What the repository says of itself; `host` is the first part of its identifiers."""

    address: str
    host: str
    email: str

    def identifier(self, dataset: str) -> str:
        """The identifier of a dataset's record."""
        return f"oai:{self.host}:{dataset}"


def answer(repository: Repository, at: datetime, asked: Mapping[str, str], content: Element | Problem) -> str:
    """A whole answer; a request that was not understood is not repeated in it."""
    ElementTree.register_namespace("xsi", _XSI)
    root = Element("OAI-PMH", {"xmlns": _OAI, _LOCATION: f"{_OAI} {_OAI}OAI-PMH.xsd"})
    _text(root, "responseDate", second(at))
    understood = not (isinstance(content, Problem) and content.code in ("badVerb", "badArgument"))
    request = SubElement(root, "request", {name: legal(value) for name, value in asked.items()} if understood else {})
    request.text = repository.address
    if isinstance(content, Problem):
        _text(root, "error", content.message, code=content.code)
    else:
        root.append(content)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def second(at: datetime) -> str:
    """A moment as the protocol writes it: in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def identify(repository: Repository, earliest: datetime) -> Element:
    """Who answers, and how."""
    made = Element("Identify")
    for name, value in (
        ("repositoryName", "Pilot-line data exchange"),
        ("baseURL", repository.address),
        ("protocolVersion", "2.0"),
        ("adminEmail", repository.email),
        ("earliestDatestamp", second(earliest)),
        ("deletedRecord", "persistent"),
        ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    ):
        _text(made, name, value)
    return made


def formats() -> Element:
    """The formats of every record."""
    made = Element("ListMetadataFormats")
    for prefix, one in FORMATS.items():
        this = SubElement(made, "metadataFormat")
        _text(this, "metadataPrefix", prefix)
        _text(this, "schema", one.schema)
        _text(this, "metadataNamespace", one.namespace)
    return made


def sets(owners: Iterable[Publisher]) -> Element:
    """The sets: by kind, and by organisation."""
    made = Element("ListSets")
    named = [(f"kind.{one.value}", f"Datasets of the kind {one.value}") for one in DatasetKind]
    for spec, name in [*named, *((f"organisation.{one.id}", f"Datasets of {one.name}") for one in owners)]:
        this = SubElement(made, "set")
        _text(this, "setSpec", spec)
        _text(this, "setName", name)
    return made


def header(repository: Repository, shown: Published) -> Element:
    """The header of a record; of a withdrawn dataset, deleted."""
    made = Element("header", {"status": "deleted"} if shown.state is DatasetState.WITHDRAWN else {})
    _text(made, "identifier", repository.identifier(shown.id))
    _text(made, "datestamp", second(shown.modified_at))
    if shown.kind:
        _text(made, "setSpec", f"kind.{shown.kind.value}")
    _text(made, "setSpec", f"organisation.{shown.publisher.id}")
    return made


def record(repository: Repository, shown: Published, prefix: str) -> Element:
    """A record in a format; of a withdrawn dataset, its header alone."""
    made = Element("record")
    made.append(header(repository, shown))
    if shown.state is not DatasetState.WITHDRAWN:
        SubElement(made, "metadata").append(FORMATS[prefix].write(shown))
    return made


def page(verb: str, items: Iterable[Element], token: str | None, before: int) -> Element:
    """A page of a list; `token` leads on, empty it says that this was the last, None that there is but one.

    `before` entries stood on the pages before this one.
    """
    made = Element(verb)
    made.extend(items)
    if token is not None:
        _text(made, "resumptionToken", token, cursor=str(before))
    return made


def get(one: Element) -> Element:
    """A single record."""
    made = Element("GetRecord")
    made.append(one)
    return made


def _dublin_core(shown: Published) -> Element:
    """Simple Dublin Core (http://www.openarchives.org/OAI/2.0/oai_dc.xsd)."""
    made = Element("oai_dc:dc", {"xmlns:oai_dc": _DC, "xmlns:dc": "http://purl.org/dc/elements/1.1/"})
    made.set(_LOCATION, f"{_DC} {_OAI}oai_dc.xsd")
    record = shown.record
    rights = [facts.terms(shown).iri, shown.access.iri, shown.access.value]
    every: list[tuple[str, Iterable[str | None]]] = [
        ("title", [shown.name]),
        ("creator", [one.name for one in record.creators] if record and record.creators else [shown.publisher.name]),
        ("subject", record.keywords if record else ()),
        ("description", [facts.description(shown)]),
        ("publisher", [shown.publisher.name]),
        ("contributor", [one.name for one in record.contributors] if record else ()),
        ("date", [second(facts.issued(shown))]),
        ("type", ["Dataset", shown.kind.value if shown.kind else None]),
        ("format", sorted({one.media_type for one in shown.files})),
        ("identifier", dict.fromkeys([shown.cite_as, shown.landing])),
        ("language", [record.language if record else None]),
        ("relation", [iris.address(shown, one.id) or one.id for one in record.related] if record else ()),
        ("rights", rights),
    ]
    for name, values in every:
        for value in values:
            if value:
                _text(made, f"dc:{name}", value)
    return made


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = legal(text)


_KERNEL: Final = Format(datacite_xml.SCHEMA, datacite.NAMESPACE, datacite_xml.resource)
FORMATS: Final = {
    "oai_dc": Format(f"{_OAI}oai_dc.xsd", _DC, _dublin_core),
    "datacite": _KERNEL,
    "oai_datacite": _KERNEL,
}
"""Formats by prefix; harvesters ask for DataCite under both names."""
