"""What crates, Croissant documents and Data Packages carry of a record can be read back as it was."""

import json
from typing import Any

from hypothesis import given, settings

from exchange.fair import citation, croissant, datapackage, iris, ro_crate
from schemas.metadata import Metadata
from schemas.record.leaves import leaves, placed
from tests.fair import drawn

Json = dict[str, Any]


def every(found: object) -> list[Any]:
    """A value that stands alone is a list of one."""
    return [] if found is None else found if isinstance(found, list) else [found]


@settings(max_examples=40, deadline=None)
@given(drawn.records)
def test_a_crate_says_who_made_it_who_paid_and_under_which_terms(record: Metadata) -> None:
    shown = drawn.published(record)
    graph: list[Json] = json.loads(ro_crate.write(shown))["@graph"]
    found = {one["@id"]: one for one in graph}
    assert len(found) == len(graph), "an entity stands there twice"
    root = found["./"]
    assert (root["name"], root.get("inLanguage")) == (record.title, record.language)
    assert root["description"].startswith(record.description or "")
    assert tuple(every(root.get("keywords"))) == record.keywords
    assert root.get("dateCreated") == (record.created_at.isoformat() if record.created_at else None)
    assert tuple(every(root.get("citation"))) == tuple(one.id for one in record.related)
    if record.licence:
        assert root["license"] == {"@id": iris.licence(record.licence)}
    people = [found[one["@id"]] for one in every(root["author"])]
    if record.creators:
        assert [one["name"] for one in people] == [one.name for one in record.creators]
        homes = [found[one["affiliation"]["@id"]]["name"] if "affiliation" in one else None for one in people]
        assert homes == [one.affiliation or one.ror for one in record.creators]
    assert [found[one["@id"]]["name"] for one in every(root.get("funder"))] == [one.funder for one in record.funding]
    assert [found[one["@id"]]["name"] for one in every(root.get("contributor"))] == [
        one.name for one in record.contributors
    ]


@settings(max_examples=40, deadline=None)
@given(drawn.records)
def test_a_croissant_document_says_the_same(record: Metadata) -> None:
    shown = drawn.published(record)
    found = json.loads(croissant.write(shown))
    assert (found["name"], found.get("inLanguage")) == (record.title, record.language)
    assert tuple(found.get("keywords", ())) == record.keywords
    assert found["citeAs"] == citation.text(shown).strip() and found["version"] == "2.0.0"
    if record.creators:
        read = [(one["name"], one.get("url")) for one in found["creator"]]
        assert read == [(one.name, iris.person(one.orcid)) for one in record.creators]


@settings(max_examples=40, deadline=None)
@given(drawn.records)
def test_a_package_says_the_same_and_without_files_it_holds_the_whole_record(record: Metadata) -> None:
    shown = drawn.published(record)
    found = json.loads(datapackage.write(shown))
    assert (found["title"], tuple(found.get("keywords", ()))) == (record.title, record.keywords)
    named = [(one["title"], one["roles"][0], one.get("organization")) for one in found["contributors"][:-1]]
    people = [(one.name, "creator", one.affiliation) for one in record.creators]
    assert named == people + [(one.name, one.role.value, one.affiliation) for one in record.contributors]
    [held] = found["resources"]
    read = {row["place"]: json.loads(row["value"]) for row in held["data"]}
    assert read == leaves(record)
    assert Metadata.model_validate(placed(read)) == record
