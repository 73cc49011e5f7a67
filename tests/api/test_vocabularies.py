"""Vocabularies through the doors: open to everybody, edited by EG6 with history, fed by words of records."""

import csv
import io
from typing import Any

import pytest
from rdflib import OWL, RDF, SKOS, Graph, URIRef

from exchange.vocabulary import living
from schemas.organisation import NetworkRole
from storage import people
from tests.desk import Desk
from tests.test_one_file import RECORD

EDITOR = "south"
BASE = "http://127.0.0.1:8000/vocabularies"
NEW = {
    "id": "fast-charging",
    "label": "Fast charging",
    "definition": "How fast a cell takes charge without damage",
    "synonyms": ["fast-charge test"],
    "why": "no term found",
    "reason": "Asked for by three lines",
}
ADD = "/vocabularies/test-kinds/terms"
TERM = "/vocabularies/test-kinds/fast-charging"


@pytest.fixture
def eg6(at: Desk) -> Desk:
    """The world with a vocabulary editor, of south."""
    with at.services.sessions.begin() as session:
        people.give_network_role(session, EDITOR, NetworkRole.VOCABULARY_EDITOR, at.clock.now())
    return at


def proposals(at: Desk, user: str, **query: str) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return list(at.done(user, "GET", f"/term-proposals?{asked}"))


def test_the_world_reads_vocabularies_and_finds_terms(at: Desk) -> None:
    every = {one["name"]: one for one in at.done("", "GET", "/vocabularies")}
    assert every["licences"]["version"] == "3.28.0+0" and every["licences"]["deprecated"] == 5
    found = at.done("", "GET", "/vocabularies/test-kinds?q=impedance")["items"]
    assert [one["id"] for one in found] == ["eis"]
    assert [one["id"] for one in at.done("", "GET", "/vocabularies/licences?q=ccby4.0")["items"]] == ["CC-BY-4.0"]
    current = at.done("", "GET", "/vocabularies/licences?deprecated=false")["items"]
    assert len(current) == every["licences"]["terms"] - 5
    one = at.done("", "GET", "/vocabularies/chemistries/NMC")
    assert "NMC811" in one["narrower"] and one["address"] == f"{BASE}/chemistries/NMC"
    missing = at.ask("", "GET", "/vocabularies/test-kinds/cycing")
    assert missing.status_code == 404 and "nearest: cycling" in missing.json()["detail"]
    assert "test-kinds" in at.ask("", "GET", "/vocabularies/test-kind").json()["detail"]


def test_only_editors_edit_and_refusals_are_recorded(eg6: Desk) -> None:
    for user in ("north", "office", "north-admin"):
        assert eg6.ask(user, "POST", ADD, NEW).status_code == 403
    assert eg6.ask("", "POST", ADD, NEW).status_code == 401
    assert eg6.ask("", "GET", TERM).status_code == 404
    assert eg6.done(EDITOR, "POST", ADD, NEW)["history"][0]["kind"] == "added"
    assert eg6.done("", "GET", TERM)["synonyms"] == ["fast-charge test"]
    assert eg6.ask(EDITOR, "POST", ADD, NEW).status_code == 409


def test_history_is_never_lost_and_the_person_is_for_editors_alone(eg6: Desk) -> None:
    eg6.done(EDITOR, "POST", ADD, NEW)
    path = f"{ADD}/fast-charging"
    eg6.clock.wait(days=1)
    eg6.done(EDITOR, "PATCH", path, {"definition": "Charging above 2C", "reason": "Sharper"})
    eg6.done(EDITOR, "PATCH", path, {"definition": "Charging above 2C", "reason": "Again"})
    eg6.done(EDITOR, "POST", f"{path}/deprecation", {"reason": "Too vague", "replaced_by": "rate-capability"})
    eg6.done(EDITOR, "POST", f"{path}/restoration", {"reason": "It is not"})
    eg6.done(EDITOR, "POST", f"{path}/deprecation", {"reason": "It is"})

    told = eg6.done("", "GET", TERM)
    assert [step["kind"] for step in told["history"]] == ["added", "changed", "deprecated", "restored", "deprecated"]
    assert told["history"][1]["before"] == {"definition": NEW["definition"]}
    assert told["history"][1]["at"].startswith("2026-05-05") and told["history"][1]["reason"] == "Sharper"
    assert {(step["organisation"], step["by"]) for step in told["history"]} == {("south", None)}
    assert {step["by"] for step in eg6.done(EDITOR, "GET", TERM)["history"]} == {EDITOR}
    assert (told["status"], told["deprecated_because"], told["replaced_by"]) == ("deprecated", "It is", None)
    assert eg6.done("", "GET", "/vocabularies/test-kinds")["version"] == "1.0+5"
    assert eg6.client.delete("/api/v1" + path).status_code == 405


def test_a_deprecated_term_stays_readable_and_its_records_valid(eg6: Desk) -> None:
    dataset = eg6.released(**{"test.kind": "rpt"})
    eg6.done(
        EDITOR, "POST", f"{ADD}/rpt/deprecation", {"reason": "Use capacity-check", "replaced_by": "capacity-check"}
    )
    assert eg6.done("", "GET", "/vocabularies/test-kinds/rpt")["status"] == "deprecated"
    assert eg6.record(dataset).value("test.kind") == "rpt"
    eg6.done("north", "PATCH", f"/datasets/{dataset}/metadata", {"description": "Still to be corrected"})
    assert proposals(eg6, "north") == []
    again = eg6.ask(EDITOR, "POST", f"{ADD}/rpt/deprecation", {"reason": "Again"})
    assert again.status_code == 409
    gone = eg6.ask(EDITOR, "POST", f"{ADD}/eis/deprecation", {"reason": "A", "replaced_by": "rpt"})
    assert gone.status_code == 409, "a deprecated term stands in for no other"


def test_a_name_belongs_to_one_term_and_every_clash_is_told_at_once(eg6: Desk) -> None:
    clashing = NEW | {"id": "EIS", "label": "HPPC", "synonyms": ["new", "Calendar-Aging"]}
    answer = eg6.ask(EDITOR, "POST", ADD, clashing)
    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.json()["errors"]} == {"/id", "/label", "/synonyms/1"}
    changed = eg6.ask(EDITOR, "PATCH", f"{ADD}/gitt", {"synonyms": ["GITT", "cycle ageing"], "reason": "A"})
    assert changed.status_code == 422 and "cycling" in changed.text
    for name in ("contributor-roles", "access-rights", "relation-types", "production-parameters"):
        assert eg6.ask(EDITOR, "POST", f"/vocabularies/{name}/terms", NEW).status_code == 409


def test_a_vocabulary_is_had_as_skos_and_csv(eg6: Desk) -> None:
    eg6.done(EDITOR, "POST", ADD, NEW | {"broader": "cycling", "label": "=Fast charging"})
    eg6.done(EDITOR, "POST", f"{ADD}/ici/deprecation", {"reason": "Use GITT", "replaced_by": "gitt"})
    answer = eg6.ask("", "GET", "/vocabularies/test-kinds/skos")
    assert answer.headers["content-type"].startswith("text/turtle")
    graph = Graph().parse(data=answer.text, format="turtle")
    listed = eg6.done("", "GET", "/vocabularies/test-kinds")["items"]
    assert set(graph.subjects(RDF.type, SKOS.Concept)) == {URIRef(f"{BASE}/test-kinds/{one['id']}") for one in listed}
    ici, fresh = (URIRef(f"{BASE}/test-kinds/{one}") for one in ("ici", "fast-charging"))
    assert graph.value(ici, OWL.deprecated).toPython() is True  # type: ignore[union-attr]  # None would fail, too
    assert graph.value(fresh, SKOS.broader) == URIRef(f"{BASE}/test-kinds/cycling")
    assert graph.value(URIRef(f"{BASE}/test-kinds/hppc"), SKOS.exactMatch) is not None
    parameters = Graph().parse(data=eg6.ask("", "GET", "/vocabularies/production-parameters/skos").text)
    broad = set(parameters.subjects(SKOS.broadMatch))
    assert broad and not set(parameters.subjects(SKOS.exactMatch)), "a kind of quantity is no parameter"
    rows = list(csv.DictReader(io.StringIO(eg6.ask("", "GET", "/vocabularies/test-kinds/csv").text)))
    assert [row["id"] for row in rows] == [one["id"] for one in listed]
    assert rows[-1]["label"] == "'=Fast charging"


def test_an_unknown_word_blocks_nothing_and_is_shown_to_its_own_and_to_editors_alone(eg6: Desk) -> None:
    dataset = eg6.released(**{"test.kind": "Cyclng", "cell.chemistry": "NMC622//Secretite", "licence": "cc by 4.0"})
    [chemistry, kind] = sorted(proposals(eg6, "north"), key=lambda one: one["vocabulary"])
    assert (chemistry["text"], chemistry["count"], chemistry["organisation"]) == ("Secretite", 1, "north")
    assert (kind["text"], kind["nearest"][0]) == ("Cyclng", "cycling")
    assert len(proposals(eg6, EDITOR)) == 2
    assert proposals(eg6, "west") == proposals(eg6, "partner") == []
    assert eg6.ask("north-viewer", "GET", "/term-proposals").status_code == 403
    for path in ("/vocabularies/chemistries", "/vocabularies/chemistries?q=secretite", "/vocabularies/chemistries/csv"):
        assert "secretite" not in eg6.ask("west", "GET", path).text.casefold()
    told = {one["text"]: one for one in eg6.done("north", "GET", f"/datasets/{dataset}/terms")}
    assert {text: one["term"] for text, one in told.items()} == {
        "cc by 4.0": "CC-BY-4.0",
        "NMC622": "NMC622",
        "Secretite": None,
        "Cyclng": None,
    }
    lacking = eg6.done("north", "GET", f"/datasets/{dataset}/missing")
    assert [one["pointer"] for one in lacking["unknown_terms"]] == ["/cell/chemistry", "/test/kind"]
    checked = eg6.done("north", "POST", "/metadata/check", {"record": {"licence": "House licence"}})
    assert checked["valid"] and checked["unknown_terms"][0]["pointer"] == "/licence"
    assert told["Cyclng"]["nearest"][0] == "cycling" and told["Cyclng"]["pointer"] == "/test/kind"
    assert eg6.ask(EDITOR, "GET", f"/datasets/{dataset}/terms").status_code == 404
    with eg6.services.sessions.read() as session:
        said = living.still_unsettled(session, "north", eg6.record(dataset))
    assert [one.sentence.partition("; nearest: Cycling")[0] for one in said] == [
        "'Secretite' is no term of chemistries",
        "'Cyclng' is no term of test-kinds",
    ]

    eg6.done("north", "PATCH", f"/datasets/{dataset}/metadata", {"test": {"kind": "cycling"}})
    assert [one["text"] for one in proposals(eg6, "north", state="open")] == ["Secretite"]


def test_editors_answer_a_proposal_and_a_word_stays_private_unless_they_say_otherwise(eg6: Desk) -> None:
    mine = eg6.draft(**{"cell.chemistry": "Secretite"})
    eg6.draft("west", **{"cell.chemistry": "secretite", "test.kind": "Zyklen", "licence": "House licence"})
    [first] = proposals(eg6, "north")
    answer = {"term": "NMC811", "public": False, "reason": "A product of this kind"}
    assert eg6.ask("north", "POST", f"/term-proposals/{first['id']}/map", answer).status_code == 403
    assert eg6.done(EDITOR, "POST", f"/term-proposals/{first['id']}/map", answer)["state"] == "mapped"
    assert "ecretite" not in eg6.ask("", "GET", "/vocabularies/chemistries/NMC811").text
    assert eg6.done("north", "GET", f"/datasets/{mine}/terms")[-1]["term"] == "NMC811"
    with eg6.services.sessions.read() as session:
        known = {of: living.known(session, "chemistries", "Secretite", of) for of in ("north", "west", "partner")}
        assert living.still_unsettled(session, "north", eg6.record(mine)) == ()
    assert [one.id if one else None for one in known.values()] == ["NMC811", "NMC811", None]

    licence, kind = sorted(proposals(eg6, EDITOR, state="open"), key=lambda one: str(one["vocabulary"]))
    public = {"term": "cycling", "public": True, "reason": "German for it"}
    eg6.done(EDITOR, "POST", f"/term-proposals/{kind['id']}/map", public)
    assert "Zyklen" in eg6.done("", "GET", "/vocabularies/test-kinds/cycling")["synonyms"]
    declined = eg6.done(EDITOR, "POST", f"/term-proposals/{licence['id']}/decline", {"reason": "No licence"})
    assert declined["state"] == "declined" and declined["answer"] == "No licence"
    assert eg6.ask(EDITOR, "POST", f"/term-proposals/{licence['id']}/decline", {"reason": "A"}).status_code == 409
    assert sorted(one["state"] for one in proposals(eg6, "west")) == ["declined", "mapped", "mapped"]


def test_a_word_becomes_a_term_of_its_vocabulary(eg6: Desk) -> None:
    dataset = eg6.draft(**{"test.kind": "Schnellladen"})
    [one] = proposals(eg6, "north")
    path = f"/term-proposals/{one['id']}/accept"
    assert eg6.ask(EDITOR, "POST", path, NEW | {"id": "eis", "public": True}).status_code == 409
    assert proposals(eg6, "north")[0]["state"] == "open", "nothing is answered by what was refused"
    assert eg6.done(EDITOR, "POST", path, NEW | {"public": True})["term"] == "fast-charging"
    assert eg6.done("", "GET", TERM)["synonyms"] == ["fast-charge test", "Schnellladen"]
    eg6.done("north", "PATCH", f"/datasets/{dataset}/metadata", {"title": "Another"})
    assert [one["state"] for one in proposals(eg6, "north")] == ["accepted"]
    assert RECORD["title"] != eg6.record(dataset).title
    assert eg6.record(dataset).value("test.kind") == "Schnellladen", "a stored record keeps its words"
