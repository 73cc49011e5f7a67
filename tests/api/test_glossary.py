"""The glossary and the pages of terms: a word has an anchor, a term an address that stays."""

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from rdflib import RDF, SKOS, Graph, URIRef

from exchange.fair import glossary
from exchange.roundrobin import capacity, efficiency, production, resistance, retention
from exchange.roundrobin.value import Definition
from exchange.services import Services
from schemas.glossary import Part, entries
from schemas.naming import Terms
from schemas.term import Term, TermStatus
from schemas.vocabulary.terms import seeds
from tests.apps import create_app

ROOT = Path(__file__).parents[2]
EVERY = entries(seeds())


@pytest.fixture
def client(services: Services) -> TestClient:
    return TestClient(create_app(services))


def test_the_glossary_in_the_documentation_is_fresh() -> None:
    """Stale: run `python -m exchange.fair.glossary`."""
    assert (ROOT / glossary.PLACE).read_text(encoding="utf-8") == glossary.markdown(seeds())


def test_every_word_has_an_anchor_of_its_own() -> None:
    anchors = [one.anchor for one in EVERY]
    assert len(set(anchors)) == len(anchors) > 400
    assert {one.part for one in EVERY} == set(Part)


def test_every_metric_that_is_computed_is_in_the_glossary_with_its_unit() -> None:
    modules = (capacity, efficiency, production, resistance, retention)
    computed = {one.name: one.unit for of in modules for one in vars(of).values() if isinstance(one, Definition)}
    assert {one.id: one.unit or "the parameter's" for one in EVERY if one.part is Part.METRICS} == computed


def test_words_are_found_by_name_and_meaning(client: TestClient) -> None:
    found = client.get("/api/v1/glossary", params={"q": "nmc811"}).json()
    assert [one["word"] for one in found] == ["NMC 811", "NMC 811"]
    found = client.get("/api/v1/glossary", params={"q": "embargo"}).json()
    assert found[0]["word"] == "embargo" and len(found) > 1
    assert client.get("/api/v1/glossary", params={"q": "xyzzy"}).json() == []
    assert len(client.get("/api/v1/glossary").json()) == len(EVERY)


def test_the_pages_show_every_word_and_lead_to_every_term(client: TestClient) -> None:
    page = client.get("/glossary").text
    assert set(re.findall(r'<dt id="([^"]+)"', page)) == {one.anchor for one in EVERY}
    assert "<script" not in page and "xyzzy" in client.get("/glossary?q=xyzzy").text
    for name, terms in seeds().items():
        listed = client.get(f"/vocabularies/{name}").text
        assert f'href="/vocabularies/{name}"' in page
        assert all(f'href="/vocabularies/{name}/{id}"' in listed for id in terms.by_id)
    shown = client.get("/vocabularies/chemistries/NMC").text
    assert "Lithium nickel manganese cobalt oxide" in shown and 'href="/vocabularies/chemistries/NMC811"' in shown
    assert 'href="/vocabularies/licences/GPL-3.0-only"' in client.get("/vocabularies/licences/GPL-3.0").text
    assert client.get("/vocabularies/chemistries/NMC812").status_code == 404
    assert client.head("/vocabularies/chemistries/NMC").status_code == 200


@pytest.mark.parametrize(
    ("accept", "turtle"),
    [
        ("text/turtle", True),
        ("text/turtle;q=0.5, text/html", False),
        ("text/html, text/turtle;q=0.9, */*;q=0.1", False),
        ("*/*", False),
        ("", False),
        ("text/html;q=0, */*", True),
    ],
)
def test_a_term_is_a_page_or_a_concept_as_it_is_asked_for(client: TestClient, accept: str, turtle: bool) -> None:
    answer = client.get("/vocabularies/chemistries/NMC811", headers={"Accept": accept})
    assert ("text/turtle" in answer.headers["content-type"]) is turtle and "Accept" in answer.headers["vary"]
    if turtle:
        graph = Graph().parse(data=answer.text, format="turtle")
        about = URIRef("http://127.0.0.1:8000/vocabularies/chemistries/NMC811")
        assert (about, RDF.type, SKOS.Concept) in graph and set(graph.subjects(RDF.type, SKOS.Concept)) == {about}
    else:
        assert 'rel="describedby"' in answer.headers["link"]


def test_words_are_escaped_wherever_they_are_shown() -> None:
    from exchange.api import vocabulary_html
    from schemas.term import ShownTerm, ShownVocabulary, VocabularyPage

    bad = "<script>alert(1)</script>|x"
    term = Term(id="a", label=bad, definition=bad, synonyms=(bad,), why=bad, status=TermStatus.CURRENT)
    about = seeds()["test-kinds"].vocabulary
    of = ShownVocabulary(**about.model_dump(), version="1", terms=1, deprecated=0)
    held = {"test-kinds": Terms(about, {"a": term})}
    pages = [
        vocabulary_html.term(ShownTerm(**term.model_dump(), vocabulary="test-kinds", address="http://a")),
        vocabulary_html.one(VocabularyPage(**of.model_dump(), items=(term,))),
        vocabulary_html.glossary(entries(held), bad),
    ]
    assert not [page for page in pages if "<script" in page]
    assert "|x" not in glossary.markdown(held).replace("\\|x", "")
