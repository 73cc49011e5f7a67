"""Pilot lines through the doors: who finds what, who describes them, and what a self-assessment says."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from exchange.services import Services
from tests.apps import create_app
from tests.worlds import World

LINES = "/api/v1/lines"
RECORD: dict[str, Any] = {
    "name": "Pouch line",
    "time_zone": "Europe/Berlin",
    "public": True,
    "competencies": {
        "description": "Solvent-free coating",
        "steps": [{"step": "coating", "equipment": "Secret slot die"}, {"step": "filling", "led": "hand"}],
        "cells": [{"format": "pouch", "capacity_ah": 5, "width_mm": 60}],
        "chemistries": ["NMC811//graphite"],
        "throughput": [{"cells_per_day": 40, "cell_capacity_ah": 5}],
    },
}


@pytest.fixture
def client(services: Services) -> Iterator[TestClient]:
    with TestClient(create_app(services)) as client:
        yield client


@pytest.fixture
def described(client: TestClient, world: World) -> str:
    answer = client.put(f"{LINES}/north-1", json=RECORD, headers=world.header("north-admin"))
    assert answer.status_code == 200, answer.text
    return "north-1"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, True),
        ({"text": "POUCH north"}, True),
        ({"text": "solvent-free"}, True),
        ({"text": "unheard of"}, False),
        ({"step": "coating"}, True),
        ({"step": "winding"}, False),
        ({"format": "pouch"}, True),
        ({"format": "coin"}, False),
        ({"chemistry": "nmc"}, True),
        ({"chemistry": "LFP"}, False),
        ({"cells_per_day": 40}, True),
        ({"cells_per_day": 41}, False),
        ({"step": "filling", "format": "pouch", "chemistry": "graphite", "cells_per_day": 1}, True),
    ],
)
def test_lines_are_found_by_what_they_can_do(
    client: TestClient, world: World, described: str, query: dict[str, str], found: bool
) -> None:
    answer = client.get(LINES, params=query, headers=world.header("partner")).json()
    assert (described in [one["id"] for one in answer]) is found


def test_the_world_sees_what_was_made_public_and_cannot_ask_for_the_rest(
    client: TestClient, world: World, described: str
) -> None:
    (shown,) = client.get(LINES).json()
    assert (shown["id"], shown["formats"], shown["steps"]) == (described, ["pouch"], ["coating", "filling"])
    for hidden in ("cells_per_day", "competencies", "time_zone", "changed_at", "public"):
        assert shown[hidden] is None
    assert "Secret" not in client.get(f"{LINES}/{described}").text
    assert client.get(LINES, params={"cells_per_day": 1}).json() == []
    assert client.get(LINES, params={"text": "solvent-free"}).json() == []
    assert client.get(f"{LINES}/west-1").status_code == 404
    client.put(f"{LINES}/north-1", json=RECORD | {"public": False}, headers=world.header("north"))
    assert client.get(LINES).json() == [] and client.get(f"{LINES}/{described}").status_code == 404


def test_only_its_own_steward_or_admin_describes_a_line(client: TestClient, world: World) -> None:
    for other in ("west", "partner", "office", "north-viewer", "north-contributor", "north-signatory"):
        assert client.put(f"{LINES}/north-1", json=RECORD, headers=world.header(other)).status_code == 403
    assert client.put(f"{LINES}/north-1", json=RECORD, headers=world.header("north")).status_code == 200
    assert client.put(f"{LINES}/nowhere", json=RECORD, headers=world.header("north")).status_code == 403


def test_a_member_enters_a_line_and_a_partner_does_not(client: TestClient, world: World) -> None:
    wanted = {"id": "north-2"} | RECORD
    assert client.post(LINES, json=wanted, headers=world.header("partner")).status_code == 403
    assert client.post(LINES, json=wanted, headers=world.header("north")).json()["organisation"] == "north"
    assert client.post(LINES, json=wanted, headers=world.header("north")).status_code == 409
    assert client.post(LINES, json={"id": "west-1"} | RECORD, headers=world.header("north")).status_code == 409


def test_terms_that_the_vocabulary_does_not_have_are_named(client: TestClient, world: World) -> None:
    able = {"steps": [{"step": "coating"}, {"step": "baking"}], "cells": [{"format": "round", "capacity_ah": 1}]}
    answer = client.put(f"{LINES}/north-1", json=RECORD | {"competencies": able}, headers=world.header("north"))
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [
        "/competencies/steps/1/step",
        "/competencies/cells/0/format",
    ]


def test_a_self_assessment_is_judged_and_every_version_stays(client: TestClient, world: World, described: str) -> None:
    north, address = world.header("north"), f"{LINES}/{described}/assessments"
    first = client.post(address, json={}, headers=north).json()
    assert first["number"] == 1 and {one["outcome"] for one in first["criteria"]} == {"not filled in"}
    answers = {"cell_format": "pouch", "cell_capacity_ah": 6, "machine_led": {"filling": True}, "cells_per_day": 40}
    second = client.post(address, json=answers, headers=north).json()
    judged = {one["id"]: one["outcome"] for one in second["criteria"]}
    assert judged["cell"] == judged["filling"] == "contradicts the competencies"
    assert judged["throughput"] == "met" and judged["roll"] == "not filled in"
    assert second["made_by"] == "north" and not second["eligible"]

    client.put(f"{LINES}/{described}", json=RECORD | {"competencies": {}}, headers=north)
    kept = client.get(address, headers=world.header("office")).json()
    assert [(one["number"], one["outdated"]) for one in kept] == [(2, True), (1, True)]
    assert kept[0]["criteria"] == second["criteria"]
    for other in ("west", "partner", "north-viewer"):
        assert client.get(address, headers=world.header(other)).status_code == 403
    assert client.post(address, json={}, headers=world.header("office")).status_code == 403
    assert client.get(f"{LINES}/nowhere/assessments", headers=world.header("office")).status_code == 404
