"""What is wrong with a record is told at once, each problem with its place, value, and what was probably meant."""

from typing import Any, NamedTuple

import pytest

from tests.desk import Desk
from tests.schemas.test_earlier_records import RECORDS

Json = dict[str, Any]


class Wrong(NamedTuple):
    """A wrong record, the place of its problem, the value that is told back, and words of the sentence."""

    record: Json
    pointer: str
    value: str
    says: tuple[str, ...]


CELL, TEST = "cell", "test"
TABLE = {
    "unit of another dimension": Wrong(
        {CELL: {"nominal_capacity_ah": {"value": 2500, "unit": "mV"}}},
        "/cell/nominal_capacity_ah",
        "2500",
        ("'mV' is a unit of voltage, where charge is meant", "mAh"),
    ),
    "unit that nobody knows": Wrong(
        {TEST: {"lower_voltage_v": {"value": 2.7, "unit": "Volts"}}},
        "/test/lower_voltage_v",
        "Volts",
        ("'Volts' is no known unit", "mV"),
    ),
    "value with its unit in one text": Wrong(
        {CELL: {"nominal_capacity_ah": {"value": "2,5 Ah", "unit": "Ah"}}},
        "/cell/nominal_capacity_ah",
        "2,5 Ah",
        ("no number; write it with a decimal point",),
    ),
    "moment without zone": Wrong(
        {TEST: {"started_at": "2026-03-31T14:05:00"}},
        "/test/started_at",
        "2026-03-31T14:05:00",
        ("no offset from UTC", "2026-03-31T14:05:00+02:00"),
    ),
    "day instead of a moment": Wrong(
        {"created_at": "31.03.2026"}, "/created_at", "31.03.2026", ("no moment", "write it like")
    ),
    "zone that is none": Wrong(
        {"time_zone": "Berlin"}, "/time_zone", "Berlin", ("'Berlin' is no IANA time zone", "Europe/Berlin")
    ),
    "ORCID with a typing error": Wrong(
        {"creators": [{"name": "Ada"}, {"name": "Ben", "orcid": "0000-0002-1825-0098"}]},
        "/creators/1/orcid",
        "0000-0002-1825-0098",
        ("wrong check character",),
    ),
    "ORCID as an address": Wrong(
        {"creators": [{"name": "Ada", "orcid": "https://orcid.org/0000-0002-1825-0097"}]},
        "/creators/0/orcid",
        "https://orcid.org",
        ("is no ORCID; write it like 0000-0002-1825-0097",),
    ),
    "ROR with a typing error": Wrong(
        {"funding": [{"funder": "EU", "ror": "https://ror.org/010nsgg67"}]},
        "/funding/0/ror",
        "010nsgg67",
        ("wrong check digits",),
    ),
    "ROR without its address": Wrong(
        {"funding": [{"funder": "EU", "ror": "010nsgg66"}]}, "/funding/0/ror", "010nsgg66", ("write it like https://",)
    ),
    "unknown field": Wrong({"titel": "Cell"}, "/titel", "Cell", ("no field 'titel'", "nearest is title")),
    "unknown field in a group": Wrong(
        {CELL: {"specification": {"np_ratio": 1.1}}},
        "/cell/specification/np_ratio",
        "1.1",
        ("no field 'np_ratio'", "n_p_ratio"),
    ),
    "unknown field in a list": Wrong(
        {"creators": [{"name": "Ada", "ocrid": "x"}]}, "/creators/0/ocrid", "x", ("nearest is orcid",)
    ),
    "word that is nearly right": Wrong(
        {"kind": "round-robin-tset"}, "/kind", "round-robin-tset", ("'cell-test'", "nearest is 'round-robin-test'")
    ),
    "word of a group": Wrong(
        {CELL: {"configuration": "half positive"}},
        "/cell/configuration",
        "half positive",
        ("'symmetric'", "nearest is 'half-positive'"),
    ),
    "number beyond its limits": Wrong(
        {TEST: {"chamber": {"set_temperature_c": -300}}}, "/test/chamber/set_temperature_c", "-300", ("-273.15",)
    ),
    "number beyond its limits in another unit": Wrong(
        {TEST: {"chamber": {"set_temperature_c": {"value": -1, "unit": "K"}}}},
        "/test/chamber/set_temperature_c",
        "-274.15",
        ("-273.15",),
    ),
    "needed field of an entry": Wrong({"creators": [{}]}, "/creators/0/name", "", ("needed here",)),
    "two lines where one is meant": Wrong({"title": "Cell\nA"}, "/title", "Cell", ("write it on one line",)),
    "group that is a text": Wrong(
        {CELL: "A-01"}, "/cell", "A-01", ("a group of fields is meant here", "known are id, object, serial")
    ),
    "upside-down window": Wrong(
        {TEST: {"lower_voltage_v": 4.2, "upper_voltage_v": 2.7}}, "", "", ("test.lower_voltage_v 4.2 V is not below",)
    ),
    "two versions mixed": Wrong(
        {"schema_version": "0.1", "cycles": 3, TEST: 5},
        "",
        "",
        ("version 0.1 of the metadata schema has no field 'test'",),
    ),
    "newer schema": Wrong(
        {"schema_version": "3.1", "title": "From tomorrow"},
        "/schema_version",
        "3.1",
        ("written in version 3.1 of the metadata schema", "up to 1.0", "needs a newer installation"),
    ),
}


def found(answer: Any) -> list[Json]:  # Any: an httpx response
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return list(answer.json()["errors"])


@pytest.fixture
def dataset(at: Desk) -> str:
    return str(at.done("north", "POST", "/datasets", {"title": "Right"})["id"])


def test_each_wrong_record_is_refused_with_place_value_and_advice_by_every_door(at: Desk, dataset: str) -> None:
    for name, wrong in TABLE.items():
        created = found(at.ask("north", "POST", "/datasets", wrong.record))
        patched = found(at.ask("north", "PATCH", f"/datasets/{dataset}/metadata", wrong.record))
        checked = at.done("north", "POST", "/metadata/check", {"record": wrong.record})
        assert checked["valid"] is False
        for problems, prefix in ((created, "/body"), (patched, "/body"), (checked["problems"], "")):
            assert [one["pointer"] for one in problems] == [prefix + wrong.pointer], name
            [problem] = problems
            assert all(words in problem["message"] for words in wrong.says), (name, problem["message"])
            assert wrong.value in (problem["value"] or ""), (name, problem["value"])
    assert at.record(dataset).title == "Right" and at.done("north", "GET", f"/datasets/{dataset}")["revision"] == 1


def test_all_problems_of_a_record_are_told_at_once(at: Desk) -> None:
    every: Json = {}
    singles = [one for one in TABLE.values() if len(one.record) == 1 and one.pointer.count("/") == 1 and one.pointer]
    for one in singles:
        every |= one.record
    told = found(at.ask("north", "POST", "/datasets", every))
    assert {one["pointer"] for one in told} == {f"/body/{name}" for name in every}
    assert len(told) >= 6


def test_records_of_every_earlier_version_are_taken_by_the_api(at: Desk) -> None:
    for name, record in RECORDS.items():
        made = at.done("north", "POST", "/datasets", record)
        assert made["metadata"]["schema_version"] == "1.0", name
        assert (made["metadata"]["cell"] or {}).get("id") == record.get("cell")
    changed = at.done("north", "PATCH", f"/datasets/{made['id']}/metadata", {"schema_version": "0.1", "cell": "A-2"})
    assert changed["metadata"]["cell"]["id"] == "A-2"
