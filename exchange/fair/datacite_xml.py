"""DataCite Metadata Schema 4.5 as XML, from the same document as the JSON.

The schema asks for an identifier of any type (its XSD restricts it no more since 4.2): where there is no DOI the
persistent address stands there, with the type URL.
"""

import re
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from exchange.fair import datacite
from exchange.fair.datacite import Json
from schemas.published import Published

_KERNEL: Final = f"{{{datacite.NAMESPACE}}}"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA: Final = "http://schema.datacite.org/meta/kernel-4.5/metadata.xsd"
_ILLEGAL: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, though a record may."""
_ATTRIBUTES: Final = {
    "schemeUri": "schemeURI",
    "valueUri": "valueURI",
    "rightsUri": "rightsURI",
    "lang": "{http://www.w3.org/XML/1998/namespace}lang",
}


def write(shown: Published) -> str:
    """The record as XML text."""
    ElementTree.register_namespace("xsi", _XSI)
    text = ElementTree.tostring(resource(shown), encoding="unicode", default_namespace=None)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def resource(shown: Published) -> Element:
    """The element `resource`."""
    said = datacite.document(shown)
    root = Element("resource", {"xmlns": datacite.NAMESPACE, f"{{{_XSI}}}schemaLocation": _LOCATION})
    _text(root, "identifier", said.get("doi") or shown.landing, identifierType="DOI" if "doi" in said else "URL")
    _people(root, "creators", "creator", said["creators"])
    _list(root, "titles", "title", said["titles"])
    _valued(root, "publisher", "name", said["publisher"])
    _text(root, "publicationYear", said["publicationYear"])
    _valued(root, "resourceType", "resourceType", said["types"])
    _list(root, "subjects", "subject", said.get("subjects", []))
    _people(root, "contributors", "contributor", said.get("contributors", []))
    _list(root, "dates", "date", said["dates"])
    if "language" in said:
        _text(root, "language", said["language"])
    _list(root, "alternateIdentifiers", "alternateIdentifier", said["alternateIdentifiers"])
    _list(root, "relatedIdentifiers", "relatedIdentifier", said["relatedIdentifiers"])
    _items(root, said.get("relatedItems", []))
    _list(root, "sizes", "size", [{"size": one} for one in said.get("sizes", [])])
    _list(root, "formats", "format", [{"format": one} for one in said.get("formats", [])])
    if "version" in said:
        _text(root, "version", said["version"])
    _list(root, "rightsList", "rights", said["rightsList"])
    _list(root, "descriptions", "description", said["descriptions"])
    _funding(root, said.get("fundingReferences", []))
    return root


_LOCATION: Final = f"{datacite.NAMESPACE} {SCHEMA}"


def legal(text: str) -> str:
    """The text with what XML cannot hold replaced by the sign for that."""
    return _ILLEGAL.sub("\ufffd", text)


def _text(parent: Element, name: str, text: str, **attributes: str) -> Element:
    made = SubElement(parent, name, {key: legal(value) for key, value in attributes.items()})
    made.text = legal(text)
    return made


def _valued(parent: Element, element: str, value: str, said: Json) -> None:
    """An element whose text is one member and whose attributes are the others."""
    others = {_ATTRIBUTES.get(name, name): str(one) for name, one in said.items() if name != value}
    _text(parent, element, said[value], **others)


def _list(parent: Element, plural: str, singular: str, every: list[Json]) -> None:
    if every:
        group = SubElement(parent, plural)
        for one in every:
            _valued(group, singular, singular, one)


def _people(parent: Element, plural: str, singular: str, every: list[Json]) -> None:
    if not every:
        return
    group = SubElement(parent, plural)
    for one in every:
        kind = {"contributorType": one["contributorType"]} if "contributorType" in one else {}
        person = SubElement(group, singular, kind)
        named = {"nameType": one["nameType"]} if "nameType" in one else {}
        _text(person, f"{singular}Name", one["name"], **named)
        for identifier in one.get("nameIdentifiers", []):
            _valued(person, "nameIdentifier", "nameIdentifier", identifier)
        for affiliation in one.get("affiliation", []):
            _valued(person, "affiliation", "name", affiliation)


def _items(parent: Element, every: list[Json]) -> None:
    if not every:
        return
    group = SubElement(parent, "relatedItems")
    for one in every:
        item = SubElement(group, "relatedItem", {name: one[name] for name in ("relatedItemType", "relationType")})
        _list(item, "titles", "title", one["titles"])


def _funding(parent: Element, every: list[Json]) -> None:
    if not every:
        return
    group = SubElement(parent, "fundingReferences")
    for one in every:
        reference = SubElement(group, "fundingReference")
        _text(reference, "funderName", one["funderName"])
        if "funderIdentifier" in one:
            kind = one["funderIdentifierType"]
            _text(reference, "funderIdentifier", one["funderIdentifier"], funderIdentifierType=kind)
        if "awardNumber" in one or "awardUri" in one:
            at = {"awardURI": one["awardUri"]} if "awardUri" in one else {}
            _text(reference, "awardNumber", one.get("awardNumber", ""), **at)
        if "awardTitle" in one:
            _text(reference, "awardTitle", one["awardTitle"])
