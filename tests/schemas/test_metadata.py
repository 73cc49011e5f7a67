"""The metadata record: a draft may be empty, a release may not, and what is filled in is right."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.metadata import DatasetKind, Metadata
from schemas.profiles import missing
from schemas.record.cell import CellConfiguration
from schemas.record.leaves import placed
from schemas.record.people import Creator

COMPLETE: dict[str, Any] = {
    "title": "Round robin 2026, cell 1",
    "kind": "round-robin-test",
    "line": "North",
    "cell.id": "N-001",
    "cell.configuration": "full",
    "cell.nominal_capacity_ah": 5.0,
    "test.lower_voltage_v": 2.5,
    "test.upper_voltage_v": 4.2,
    "test.protocol.name": "Round robin 2026",
    "test.instrument.name": "Arbin LBT",
    "time_zone": "Europe/Berlin",
    "creators": [{"name": "A. Person", "orcid": "0000-0002-1825-0097"}],
    "licence": "CC-BY-4.0",
}
EITHER = {"test.instrument.name": "test.instrument.name or test.instrument.model"}


def of(places: dict[str, Any]) -> Metadata:
    return Metadata.model_validate(placed(places))


def wrong_fields(record: dict[str, Any]) -> set[str]:
    with pytest.raises(ValidationError) as refused:
        of(record)
    return {".".join(str(part) for part in error["loc"] if isinstance(part, str)) for error in refused.value.errors()}


def test_an_empty_draft_is_valid_and_names_all_that_release_needs() -> None:
    assert missing(Metadata()) == (
        *(EITHER.get(name, name) for name in COMPLETE if name != "licence"),
        "licence or agreement",
    )


def test_a_complete_record_lacks_nothing() -> None:
    assert missing(of(COMPLETE)) == ()


@pytest.mark.parametrize("name", [name for name in COMPLETE if name != "licence"])
def test_each_field_is_missed_when_it_is_absent(name: str) -> None:
    record = {key: value for key, value in COMPLETE.items() if key != name}
    assert missing(of(record)) == (EITHER.get(name, name),)


def test_an_agreement_stands_in_for_a_licence() -> None:
    record = {key: value for key, value in COMPLETE.items() if key != "licence"}
    assert missing(of(record)) == ("licence or agreement",)
    assert missing(of(record | {"agreement": "Consortium agreement"})) == ()


def test_a_production_run_needs_no_cell_nor_voltage_window() -> None:
    record = Metadata.model_validate({"kind": "production-run"})
    assert missing(record) == ("title", "line", "creators", "licence or agreement")
    assert missing(of({"kind": "document"})) == ("title", "creators", "licence or agreement")


def test_a_voltage_limit_of_zero_is_filled_in() -> None:
    """Half cells against lithium go down to 0 V: a plain zero is a value and no gap."""
    assert missing(of(COMPLETE | {"test.lower_voltage_v": 0.0, "test.upper_voltage_v": 1.5})) == ()


def test_a_record_survives_the_way_through_json() -> None:
    record = of(COMPLETE)
    assert Metadata.model_validate_json(record.model_dump_json()) == record


def test_fields_that_the_record_does_not_have_are_refused() -> None:
    assert wrong_fields(COMPLETE | {"capacity": 5}) == {"capacity"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", ""),
        ("title", "   "),
        ("title", "two\nlines"),
        ("title", "\x00"),
        ("title", "x" * 301),
        ("kind", "poem"),
        ("cell.configuration", "half"),
        ("cell.nominal_capacity_ah", 0.0),
        ("cell.nominal_capacity_ah", -1.0),
        ("cell.nominal_capacity_ah", 10_001.0),
        ("cell.nominal_capacity_ah", math.nan),
        ("cell.nominal_capacity_ah", math.inf),
        ("test.lower_voltage_v", -11.0),
        ("test.lower_voltage_v", math.nan),
        ("test.upper_voltage_v", 1001.0),
        ("time_zone", "Central European Time"),
        ("time_zone", "Europe/Berln"),
        ("creators", [{"orcid": "0000-0002-1825-0097"}]),
        ("creators", [{"name": "A", "orcid": "0000-0002-1825-0098"}]),
        ("creators", [{"name": "A"}] * 101),
        ("schema_version", "0.0"),
    ],
)
def test_a_wrong_value_is_refused_at_its_field(name: str, value: object) -> None:
    assert {place.removesuffix(".name").removesuffix(".orcid") for place in wrong_fields(COMPLETE | {name: value})} == {
        name
    }


def test_every_wrong_field_is_told_at_once() -> None:
    assert wrong_fields({"kind": "poem", "cell.nominal_capacity_ah": -1, "time_zone": "Mars"}) == {
        "kind",
        "cell.nominal_capacity_ah",
        "time_zone",
    }


@pytest.mark.parametrize(("low", "high"), [(4.2, 2.5), (3.0, 3.0)])
def test_a_voltage_window_needs_a_lower_and_a_higher_end(low: float, high: float) -> None:
    with pytest.raises(ValidationError, match=r"is not below test\.upper_voltage_v"):
        of(COMPLETE | {"test.lower_voltage_v": low, "test.upper_voltage_v": high})


@pytest.mark.parametrize("orcid", ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X"])
def test_orcids_printed_in_their_own_documentation_are_right(orcid: str) -> None:
    assert Creator(name="A", orcid=orcid).orcid == orcid


@given(at=st.integers(0, 15), by=st.integers(1, 9))
def test_an_orcid_with_one_wrong_digit_is_noticed(at: int, by: int) -> None:
    digits = "0000000218250097"
    wrong = digits[:at] + str((int(digits[at]) + by) % 10) + digits[at + 1 :]
    with pytest.raises(ValidationError):
        Creator(name="A", orcid="-".join(wrong[start : start + 4] for start in range(0, 16, 4)))


@pytest.mark.parametrize("orcid", ["https://orcid.org/0000-0002-1825-0097", "0000000218250097", "٠٠٠٠-0002-1825-0097"])
def test_an_orcid_written_otherwise_is_refused(orcid: str) -> None:
    with pytest.raises(ValidationError):
        Creator(name="A", orcid=orcid)


def test_kinds_and_configurations_are_the_published_words() -> None:
    assert {kind.value for kind in DatasetKind} >= {"round-robin-test", "cell-test", "production-run"}
    assert {one.value for one in CellConfiguration} == {
        "full",
        "half-positive",
        "half-negative",
        "symmetric",
        "three-electrode",
    }
