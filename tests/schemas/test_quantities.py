"""Our vocabulary is the published one, term by term."""

import csv
import re
from pathlib import Path

import pytest

from schemas.quantities import NAMESPACE, QUANTITIES, TERMS, VOCABULARY_VERSION, Kind, Obligation

PUBLISHED = Path(__file__).resolve().parents[2] / f"../shared/data/BDF_columns_{VOCABULARY_VERSION}.csv"


@pytest.fixture(scope="module")
def published() -> list[dict[str, str]]:
    if not PUBLISHED.exists():
        pytest.skip(f"the published vocabulary {PUBLISHED.name} is not beside the project")
    with PUBLISHED.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_every_published_term_is_here_in_its_order_and_no_other(published: list[dict[str, str]]) -> None:
    assert [term.name for term in TERMS] == [row["machine_name"] for row in published]


def test_labels_units_and_identifiers_are_the_published_ones(published: list[dict[str, str]]) -> None:
    for row in published:
        term = QUANTITIES[row["machine_name"]]
        assert (term.label, term.unit, term.ucum, term.iri) == (
            row["pref_label"],
            row["unit"],
            row["ucum"],
            row["iri"],
        )


def test_obligations_are_the_published_ones(published: list[dict[str, str]]) -> None:
    for row in published:
        term = QUANTITIES[row["machine_name"]]
        expected = "deprecated" if row["deprecated"] else row["obligation"]
        assert term.obligation.value == expected, term.name


def test_alternative_labels_are_the_published_ones_besides_the_name_itself(published: list[dict[str, str]]) -> None:
    for row in published:
        told = {name for name in row["alt_labels"].split("|") if name}
        assert set(QUANTITIES[row["machine_name"]].also) == told - {row["machine_name"]}, row["machine_name"]


def test_three_columns_are_required() -> None:
    required = {term.name for term in TERMS if term.obligation is Obligation.REQUIRED}
    assert required == {"test_time_second", "voltage_volt", "current_ampere"}


def test_names_and_labels_are_unique() -> None:
    assert len({term.name for term in TERMS}) == len({term.label for term in TERMS}) == len(TERMS) == len(QUANTITIES)


def test_deprecated_terms_and_they_alone_name_a_successor_that_stands() -> None:
    for term in TERMS:
        assert bool(term.successor) == (term.obligation is Obligation.DEPRECATED), term.name
        if term.successor:
            assert QUANTITIES[term.successor].obligation is not Obligation.DEPRECATED


def test_ranges_have_a_lower_and_a_higher_end() -> None:
    for term in TERMS:
        if term.low is not None and term.high is not None:
            assert term.low < term.high, term.name


def test_only_texts_and_counters_have_no_physical_unit() -> None:
    for term in TERMS:
        assert (term.ucum in ("", "1")) == (term.kind is not Kind.REAL), term.name


def test_identifiers_are_persistent_addresses_of_the_vocabulary() -> None:
    assert NAMESPACE.startswith("https://w3id.org/")
    assert all(re.fullmatch(re.escape(NAMESPACE) + r"[a-z0-9_]+", term.iri) for term in TERMS)
