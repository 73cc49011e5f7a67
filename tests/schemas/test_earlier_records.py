"""A record of every earlier version is converted and valid; one of a later version says what it needs."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from schemas.metadata import Metadata
from schemas.profiles import missing
from schemas.upgrade import CONVERTERS, SCHEMA_VERSION, TooNew, upgraded

Json = dict[str, Any]
FOLDER = Path(__file__).parent / "records"
RECORDS = {
    f"{path.parent.name}/{path.stem}": json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(FOLDER.glob("*/*.json"))
}
"""Records as they were stored, by version and kind."""


def test_there_are_records_of_every_earlier_version_and_of_no_other() -> None:
    assert {name.split("/")[0] for name in RECORDS} == set(CONVERTERS)
    assert all(record["schema_version"] == name.split("/")[0] for name, record in RECORDS.items())
    for version in CONVERTERS:
        kinds = {record.get("kind") for name, record in RECORDS.items() if name.startswith(f"{version}/")}
        assert len(kinds) >= 6


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_of_an_earlier_version_is_converted_and_loses_nothing(name: str) -> None:
    stored = RECORDS[name]
    read = Metadata.model_validate(stored)
    assert read.schema_version == SCHEMA_VERSION
    assert Metadata.model_validate(read.written()) == read
    assert sorted(values(stored)) == sorted(values(read.written()))
    if "draft" not in name:
        assert not set(missing(read)) - {"time_zone"}


def values(record: object) -> list[str]:
    """Every filled-in value, wherever it stands, without the version and defaults of what was added since."""
    if isinstance(record, dict):
        return [v for name, one in record.items() if name not in ("schema_version", "agreed") for v in values(one)]
    if isinstance(record, list):
        return [value for one in record for value in values(one)]
    return [] if record is None else [str(record)]


def test_the_record_that_was_given_is_left_as_it_is() -> None:
    stored = json.loads(json.dumps(RECORDS["0.1/round-robin-test"]))
    upgraded(stored)
    assert stored == RECORDS["0.1/round-robin-test"]


def test_converters_lead_to_the_present_version_without_a_circle() -> None:
    for version in CONVERTERS:
        assert upgraded({"schema_version": version})["schema_version"] == SCHEMA_VERSION


@pytest.mark.parametrize("version", ["1.1", "2.0", "10.0", "1.0.1"])
def test_a_record_of_a_later_version_is_refused_and_says_which_it_needs(version: str) -> None:
    with pytest.raises(TooNew, match=f"version {version} of the metadata schema, and this installation knows versions"):
        upgraded({"schema_version": version, "title": "From tomorrow"})
    with pytest.raises(ValidationError, match="needs a newer installation, or a record in version"):
        Metadata.model_validate({"schema_version": version})


@pytest.mark.parametrize("version", ["0.0", "", "one", "0.9.9"])
def test_a_version_that_never_was_is_refused_as_such(version: str) -> None:
    with pytest.raises(ValidationError, match=r"Input should be '1\.0'"):
        Metadata.model_validate({"schema_version": version})


@pytest.mark.parametrize("test", [5, "cycling", {"cycles": 3}, None])
def test_a_record_that_mixes_two_versions_is_refused_whatever_stands_there(test: object) -> None:
    with pytest.raises(ValidationError, match=r"version 0\.1 of the metadata schema has no field 'test'"):
        Metadata.model_validate({"schema_version": "0.1", "cycles": 3, "test": test})
