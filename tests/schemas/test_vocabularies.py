"""Controlled terms: every vocabulary that a field names is there, and a name leads to one term."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.metadata import Metadata
from schemas.record.field import fields_of
from schemas.record.people import ContributorRole, RelationType
from schemas.record.terms import outdated, unsettled, words
from schemas.registered import ObjectRecord
from schemas.term import NewTerm, Term, TermStatus
from schemas.vocabulary import production
from schemas.vocabulary.terms import known, nearest, seeds
from tests.records import metadata

IDS = Path(__file__).with_name("term_ids.txt")
TERMS = [(name, term) for name, terms in seeds().items() for term in terms.by_id.values()]


def test_every_vocabulary_that_a_field_names_exists() -> None:
    named = {one.vocabulary for of in (Metadata, ObjectRecord) for one in fields_of(of) if one.vocabulary}
    assert len(named) > 7 and named <= set(seeds())


def test_every_term_that_ever_was_is_there_still() -> None:
    """Terms are added and deprecated, never taken away: a record that has one must stay readable."""
    present = {f"{name}/{term.id}" for name, term in TERMS}
    listed = set(IDS.read_text().split())
    assert listed - present == set(), "these terms were taken away; deprecate them instead"
    assert present - listed == set(), f"list these new terms in {IDS.name}"


def test_a_name_leads_to_one_current_term() -> None:
    for name, terms in seeds().items():
        for term in terms.current:
            for called in term.names:
                assert terms.known(called) == term, f"{name}: {called}"


def test_every_term_has_an_iri_or_a_reason_and_points_to_terms_that_exist() -> None:
    for name, term in TERMS:
        assert bool(term.iri) != bool(term.why), f"{name}/{term.id}"
        assert {term.broader, term.replaced_by} - {None} <= set(seeds()[name].by_id), f"{name}/{term.id}"
        assert term.definition and term.definition != term.label


def test_enumerations_of_the_record_are_the_terms_of_their_vocabularies() -> None:
    assert list(seeds()["contributor-roles"].by_id) == list(ContributorRole)
    assert list(seeds()["relation-types"].by_id) == list(RelationType)
    assert list(seeds()["process-steps"].by_id) == list(production().steps)
    assert list(seeds()["cell-formats"].by_id) == list(production().formats)


@pytest.mark.parametrize(
    ("vocabulary", "text", "term"),
    [
        ("chemistries", "nmc 811", "NMC811"),
        ("chemistries", "NCM-622", "NMC622"),
        ("chemistries", " Graphite ", "graphite"),
        ("licences", "cc by 4.0", "CC-BY-4.0"),
        ("licences", "GNU General Public License v3.0 only", "GPL-3.0-only"),
        ("test-kinds", "Calendar aging", "calendar-ageing"),
        ("process-steps", "tab welding", "contacting"),
        ("access-rights", "openAccess", "open-access"),
    ],
)
def test_a_term_is_known_by_id_label_and_synonym(vocabulary: str, text: str, term: str) -> None:
    found = known(vocabulary, text)
    assert found is not None and found.id == term


def test_what_is_no_term_gets_the_nearest() -> None:
    assert known("chemistries", "NMC812") is None
    assert nearest("chemistries", "NMC812")[0].id == "NMC811"
    assert nearest("chemistries", "xyzzy") == ()


@given(st.sampled_from(TERMS), st.sampled_from(["upper", "lower", "spaced", "hyphens"]))
def test_case_spaces_and_hyphens_do_not_matter(found: tuple[str, Term], how: str) -> None:
    name, term = found
    ways = {
        "upper": term.id.upper(),
        "lower": term.id.lower(),
        "spaced": " ".join(term.id),
        "hyphens": term.id.replace("-", "_"),
    }
    found_again = seeds()[name].known(ways[how])
    assert found_again == term or (found_again is not None and term.status is TermStatus.DEPRECATED)


def test_words_of_a_record_are_found_where_they_stand() -> None:
    record = metadata(
        **{
            "licence": "CC-BY-4.0",
            "chemistry": "NMC622//Graphit",
            "test.kind": "cycling",
            "test.deviations": [{"category": "Stromausfall", "impact": "minor"}],
            "protocol": {"tests": ["eis", "odd test"]},
        }
    )
    assert {(one.pointer, one.text) for one in words(record)} == {
        ("/licence", "CC-BY-4.0"),
        ("/cell/chemistry", "NMC622"),
        ("/cell/chemistry", "Graphit"),
        ("/test/kind", "cycling"),
        ("/test/deviations/0/category", "Stromausfall"),
        ("/protocol/tests/0", "eis"),
        ("/protocol/tests/1", "odd test"),
    }
    told = {one.word.text: one for one in unsettled(record)}
    assert set(told) == {"Graphit", "Stromausfall", "odd test"}
    assert told["Graphit"].sentence == "'Graphit' is no term of chemistries; nearest: Graphite, Silicon and graphite"


def test_a_deprecated_term_is_known_and_named_as_outdated() -> None:
    record = metadata(licence="GPL-3.0")
    assert unsettled(record) == ()
    assert [one.text for one in outdated(record)] == ["GPL-3.0"]


@pytest.mark.parametrize(
    "change", [{"iri": "https://a.example/b"}, {"why": None}, {"id": "skos"}, {"id": "a b"}, {"iri": "b"}]
)
def test_a_new_term_needs_either_an_iri_or_a_reason_and_an_id_of_its_own(change: dict[str, object]) -> None:
    right = {"id": "a", "label": "A", "definition": "B", "why": "C", "reason": "D"}
    assert NewTerm.model_validate(right).term().why == "C"
    with pytest.raises(ValidationError):
        NewTerm.model_validate(right | change)
