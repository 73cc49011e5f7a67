"""DataCite 4.5: valid for every kind and access, the same in JSON and XML, and readable back."""

import json
from datetime import datetime
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import httpx
from datacite import schema45
from hypothesis import given, settings

from exchange.fair import datacite, datacite_xml, iris
from schemas.metadata import DatasetKind, Metadata
from schemas.published import AccessRight, Published
from tests.fair import drawn
from tests.fair.worlds import KINDS, Access, Fair

Json = dict[str, Any]  # Any: JSON
_KERNEL = "{http://datacite.org/schema/kernel-4}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
FORMS = {
    "datacite.json": "application/vnd.datacite.datacite+json",
    "datacite.xml": "application/vnd.datacite.datacite+xml",
}


def test_every_dataset_is_valid_in_both_forms_for_the_world_and_its_owner(fair: Fair) -> None:
    for user, kinds in (("", KINDS), ("north", KINDS[2:4])):
        for shown in (fair.published(kind, access, user) for kind in kinds for access in Access):
            made = datacite.document(shown)
            assert [error.message for error in schema45.validator.iter_errors(made)] == []
            theirs = _tree(ElementTree.fromstring(schema45.tostring(made).encode()))
            ours = _tree(ElementTree.fromstring(datacite_xml.write(shown)))
            assert ours.pop("identifier") == [(shown.landing, (("identifierType", "URL"),), {})]
            assert ours == theirs, "the package makes another XML of the same document"


def test_the_forms_are_served_with_their_media_types(fair: Fair) -> None:
    id = fair.ids[DatasetKind.CELL_TEST, Access.OPEN]
    for form, media_type in FORMS.items():
        answer = httpx.get(f"{fair.base}/datasets/{id}/as/{form}")
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, media_type)
        assert id in answer.text


def test_a_doi_takes_the_place_of_the_address() -> None:
    shown = drawn.published(Metadata(title="A"), doi="10.5072/a", version_doi="10.5072/a.2")
    made = datacite.document(shown)
    assert made["doi"] == "10.5072/a.2" and _relation(made, "IsVersionOf") == [("10.5072/a", "DOI")]
    assert _relation(made, "IsNewVersionOf") == [("https://exchange.example/datasets/PLX-7Q4K-M2XD@1", "URL")]
    [identifier] = _tree(ElementTree.fromstring(datacite_xml.write(shown)))["identifier"]
    assert identifier == ("10.5072/a.2", (("identifierType", "DOI"),), {})


def test_nobody_is_named_who_has_not_agreed_and_then_the_organisation_stands_there(fair: Fair) -> None:
    key = DatasetKind.CELL_TEST, Access.CLOSED
    named = [one["name"] for one in datacite.document(fair.published(*key))["creators"]]
    assert named == ["Ada Example"]
    entry = datacite.document(fair.published(DatasetKind.CELL_TEST, Access.LISTED))
    assert [(one["name"], one["nameType"]) for one in entry["creators"]] == [("North Line", "Organizational")]
    assert "contributors" not in entry and "fundingReferences" not in entry


def test_dates_and_rights_say_what_the_world_may_do(fair: Fair) -> None:
    for kind in KINDS:
        embargoed = datacite.document(fair.published(kind, Access.EMBARGOED))
        [available] = [one for one in embargoed["dates"] if one["dateType"] == "Available"]
        assert available["dateInformation"] == "end of the embargo"
        assert embargoed["publicationYear"] == available["date"][:4]
        withdrawn = datacite.document(fair.published(kind, Access.WITHDRAWN))
        assert "Withdrawn" in {one["dateType"] for one in withdrawn["dates"]}
        for access, coar in ((Access.OPEN, "c_abf2"), (Access.EMBARGOED, "c_f1cf"), (Access.CLOSED, "c_16ec")):
            rights = datacite.document(fair.published(kind, access))["rightsList"]
            assert [one["rightsIdentifier"] for one in rights] == ["CC-BY-4.0", coar]


@settings(max_examples=40, deadline=None)
@given(drawn.records)
def test_what_both_forms_carry_is_read_back_as_it_was(record: Metadata) -> None:
    shown = drawn.published(record)
    made = json.loads(datacite.write(shown))
    assert [error.message for error in schema45.validator.iter_errors(made)] == []
    assert read_back(made) == carried(shown)
    assert read_back(of_xml(ElementTree.fromstring(datacite_xml.write(shown)))) == carried(shown)


def carried(shown: Published) -> Json:
    """The fields of a record that DataCite has a place for."""
    record = shown.record
    assert record is not None
    people = [(one.name, one.orcid, one.affiliation, one.ror) for one in record.creators]
    return {
        "title": record.title,
        "kind": record.kind,
        "description": record.description,
        "keywords": set(record.keywords),
        "language": record.language,
        "creators": people,
        "contributors": [(one.name, one.orcid, one.role.value) for one in record.contributors],
        "funding": {(one.funder, one.ror, one.grant, one.title, one.url) for one in record.funding},
        "licence": record.licence,
        "related": {(one.relation.value, iris.address(shown, one.id) or one.id) for one in record.related},
        "created_at": record.created_at,
        "access": shown.access,
        "version": shown.version,
        "publisher": (shown.publisher.name, shown.publisher.ror),
    }


def read_back(said: Json) -> Json:
    """The same fields, out of the document."""
    abstracts = [one for one in said["descriptions"] if one["descriptionType"] == "Abstract"]
    created = [one for one in said["dates"] if one["dateType"] == "Created" and "dateInformation" not in one]
    rights = {one["rightsIdentifierScheme"]: one for one in said["rightsList"]}
    items = {(one["relationType"], one["titles"][0]["title"]) for one in said.get("relatedItems", [])}
    return {
        "title": said["titles"][0]["title"],
        "kind": DatasetKind(said["types"]["resourceType"]),
        "description": abstracts[0]["description"] if abstracts else None,
        "keywords": {one["subject"] for one in said.get("subjects", [])},
        "language": said.get("language"),
        "creators": [_person(one) for one in said["creators"] if one["nameType"] == "Personal"],
        "contributors": [
            (*_person(one)[:2], one["contributorType"])
            for one in said.get("contributors", [])
            if one.get("nameType") == "Personal"
        ],
        "funding": {
            tuple(one.get(name) for name in ("funderName", "funderIdentifier", "awardNumber", "awardTitle", "awardUri"))
            for one in said.get("fundingReferences", [])
        },
        "licence": rights["SPDX"]["rightsIdentifier"] if "SPDX" in rights else None,
        "related": items
        | {
            (one["relationType"], _where(one))
            for one in said["relatedIdentifiers"]
            if one["relationType"] not in ("HasMetadata", "IsVersionOf", "IsNewVersionOf")
        },
        "created_at": datetime.fromisoformat(created[0]["date"]) if created else None,
        "access": AccessRight(rights["COAR access rights"]["rights"]),
        "version": int(said["version"]),
        "publisher": (said["publisher"]["name"], said["publisher"].get("publisherIdentifier")),
    }


def of_xml(root: Element) -> Json:
    """The document that the XML was made of, as far as `read_back` looks at it."""
    names = {
        "subjects": "subject",
        "dates": "date",
        "descriptions": "description",
        "rightsList": "rights",
        "relatedIdentifiers": "relatedIdentifier",
        "titles": "title",
    }
    found: Json = {
        plural: [{singular: one.text} | one.attrib for one in _all(root, plural, singular)]
        for plural, singular in names.items()
    }
    for plural, singular in (("creators", "creator"), ("contributors", "contributor")):
        found[plural] = [_of_person(one, singular) for one in _all(root, plural, singular)]
    found["fundingReferences"] = [_of_funding(one) for one in _all(root, "fundingReferences", "fundingReference")]
    found["relatedItems"] = [
        one.attrib | {"titles": [{"title": title.text} for title in _all(one, "titles", "title")]}
        for one in _all(root, "relatedItems", "relatedItem")
    ]
    publisher, types = _only(root, "publisher"), _only(root, "resourceType")
    found["publisher"] = {"name": publisher.text} | publisher.attrib
    found["types"] = {"resourceType": types.text} | types.attrib
    found |= {name: one.text for name in ("version", "language") if (one := root.find(_KERNEL + name)) is not None}
    return found


def _person(one: Json) -> tuple[str, str | None, str | None, str | None]:
    orcids = [each["nameIdentifier"].removeprefix(iris.ORCID) for each in one.get("nameIdentifiers", [])]
    work = one.get("affiliation", [{}])[0]
    ror, name = work.get("affiliationIdentifier"), work.get("name")
    return one["name"], orcids[0] if orcids else None, None if name == ror else name, ror


def _where(one: Json) -> str:
    found = str(one["relatedIdentifier"])
    return f"https://doi.org/{found}" if one["relatedIdentifierType"] == "DOI" else found


def _relation(made: Json, kind: str) -> list[tuple[str, str]]:
    return [
        (one["relatedIdentifier"], one["relatedIdentifierType"])
        for one in made["relatedIdentifiers"]
        if one["relationType"] == kind
    ]


def _of_person(one: Element, singular: str) -> Json:
    name = _only(one, f"{singular}Name")
    found: Json = {"name": name.text} | name.attrib | one.attrib
    found["nameIdentifiers"] = [{"nameIdentifier": each.text} for each in one.findall(f"{_KERNEL}nameIdentifier")]
    work = one.findall(f"{_KERNEL}affiliation")
    return found | ({"affiliation": [{"name": each.text} | each.attrib for each in work]} if work else {})


def _of_funding(one: Element) -> Json:
    found: Json = {each.tag.removeprefix(_KERNEL): each.text for each in one if each.text}
    award = one.find(f"{_KERNEL}awardNumber")
    return found | ({"awardUri": award.attrib["awardURI"]} if award is not None and award.attrib else {})


def _all(root: Element, plural: str, singular: str) -> list[Element]:
    return root.findall(f"{_KERNEL}{plural}/{_KERNEL}{singular}")


def _only(root: Element, name: str) -> Element:
    [one] = root.findall(_KERNEL + name)
    return one


def _tree(root: Element) -> dict[str, list[tuple[str, tuple[tuple[str, str], ...], Any]]]:
    """An element's children by name, in order within a name: kernel 4 gives the names no order. Any: nested."""
    found: dict[str, list[tuple[str, tuple[tuple[str, str], ...], Any]]] = {}
    for one in root:
        attributes = {name.replace(_LANG, "{xml}lang"): value for name, value in one.attrib.items()}
        text = (one.text or "").strip()
        found.setdefault(one.tag.split("}")[-1], []).append((text, tuple(sorted(attributes.items())), _tree(one)))
    return found
