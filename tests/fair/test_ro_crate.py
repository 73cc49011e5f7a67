"""Crates: valid by RO-Crate's own validator, and with everything that the reader sees and nothing else."""

import json
from pathlib import Path
from typing import Any

from exchange.fair import ro_crate
from tests.fair.crates import faults
from tests.fair.shown import listed, published, shown_record


def entities(text: str) -> dict[str, dict[str, Any]]:
    return {one["@id"]: one for one in json.loads(text)["@graph"]}


def test_a_crate_has_no_fault_whatever_of_it_is_shown(tmp_path: Path) -> None:
    for shown in (published(), published(files=False), listed()):
        assert faults(tmp_path, ro_crate.write(shown)) == []


def test_the_validator_finds_what_is_wrong(tmp_path: Path) -> None:
    broken = ro_crate.write(published()).replace('"datePublished"', '"dateIssued"')
    assert any("datePublished" in one for one in faults(tmp_path, broken))


def test_a_crate_names_files_people_and_terms(tmp_path: Path) -> None:
    found = entities(ro_crate.write(published()))
    root = found["./"]
    table = found["https://exchange.example.org/datasets/PLX-7Q4K-M2XD@2/files/timeseries.parquet"]
    assert (table["contentSize"], table["sha256"]) == ("2048", "b" * 64)
    assert found["https://orcid.org/0000-0002-1825-0097"]["affiliation"] == {"@id": "https://ror.org/010nsgg66"}
    assert root["license"] == {"@id": "https://spdx.org/licenses/CC-BY-4.0"}
    assert root["publisher"] == {"@id": "https://exchange.example.org/api/v1/organisations/north"}
    run = found[root["mentions"]["@id"]]
    assert (run["@type"], found[run["instrument"]["@id"]]["@type"]) == ("CreateAction", "SoftwareApplication")
    assert run["object"]["@id"].endswith("/raw/abc123") and run["result"]["@id"].endswith(".parquet")
    assert {found[one["@id"]]["unitText"] for one in root["variableMeasured"][:3]} == {"s", "V", "A"}


def test_a_crate_of_a_closed_dataset_lists_no_file_and_one_that_is_only_listed_nothing_of_its_record() -> None:
    closed = entities(ro_crate.write(published(files=False)))
    assert "hasPart" not in closed["./"] and not [one for one in closed.values() if one["@type"] == "File"]
    text = ro_crate.write(listed())
    assert entities(text)["./"]["author"] == {"@id": "https://exchange.example.org/api/v1/organisations/north"}
    assert not [word for word in ("Ada Lovelace", "CC-BY-4.0", "pouch", "European") if word in text]


def test_what_a_crate_says_can_be_read_back() -> None:
    record = shown_record()
    root = (found := entities(ro_crate.write(published(record=record))))["./"]
    assert (root["name"], root["description"], root["inLanguage"]) == (record.title, record.description, "en")
    assert tuple(root["keywords"]) == record.keywords
    assert found[root["author"]["@id"]]["name"] == record.creators[0].name
    assert found[root["funder"]["@id"]]["name"] == record.funding[0].funder
