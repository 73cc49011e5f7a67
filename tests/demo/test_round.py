"""A whole round through the API: six lines, six makers' formats, planted effects; before closing nothing is known."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pytest

from exchange.app import create_app
from exchange.cli import main
from exchange.demo import round_story as story
from exchange.demo.network import OFFICE, PARTNER, seed
from exchange.demo.round_files import BIASED, LINES, MISSING, SPREADING, TURNING, write_round_files
from exchange.demo.round_network import COORDINATOR, STATISTICIAN, line_of, seed_round
from exchange.demo.round_record import ROUND
from exchange.demo.run import working
from exchange.serve import bound, serving
from exchange.settings import Settings
from exchange.start import close_services, open_services

Json = Any  # a JSON document of the API
CUSTODIAN = f"{OFFICE}-steward"
MATRIX = {"code", "closes_at", "cells"}
CELL = {"number", "status", "versions", "late", "checks_passed", "failed_rules"}


@dataclass
class Played:
    """The round up to the moment before closing, and afterwards: what everybody read, and what came of it."""

    address: str
    tokens: dict[str, str]
    table: story.Table
    secrets: dict[str, set[str]]
    told: list[str]
    status: Json
    leaks: list[str]
    results: Json
    own: dict[str, Json]
    folder: Path


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("round")
    with contextlib.ExitStack() as stack:
        listening = bound("127.0.0.1", 0)
        address = "http://{}:{}".format(*listening.getsockname()[:2])
        settings = Settings(data=folder / "data", base_url=address)
        services = open_services(settings)
        stack.callback(close_services, services)
        accounts = seed(services) | seed_round(services)
        stack.enter_context(working(settings, services))
        stack.enter_context(serving(create_app(services), listening))
        tokens = {id: account.token for id, account in accounts.items()} | {story.WORLD: ""}
        table = story.Table({id: story.Person(address, token) for id, token in tokens.items()})
        told: list[str] = []
        files = folder / "files"
        files.mkdir()
        story.set_up(table)
        written = write_round_files(files)
        story.hand_in(table, written, told.append)
        story.show_status(table, told.append)
        status = table.coordinator.get(f"/rounds/{ROUND}/status")
        secrets = {line.organisation: _secrets(table, line.organisation) for line in LINES}
        for one in written:
            secrets[one.line.organisation] |= {one.path.name, one.cell}
        leaks = _crawl(address, tokens, table, secrets)
        story.close(table, told.append)
        results = table.people[STATISTICIAN].get(f"/rounds/{ROUND}/results")
        story.publish(table, told.append)
        own = {one.organisation: table.steward(one).get(f"/rounds/{ROUND}/submissions") for one in LINES}
        yield Played(address, tokens, table, secrets, told, status, leaks, results, own, folder)


def test_before_closing_a_crawl_as_anybody_finds_nothing_of_the_others(played: Played) -> None:
    assert played.leaks == []


def test_the_coordinator_sees_codes_and_checks_alone(played: Played) -> None:
    assert [set(line) for line in played.status["lines"]] == [MATRIX] * len(LINES)
    assert all(set(cell) == CELL for line in played.status["lines"] for cell in line["cells"])
    by_code = {line["code"]: line["cells"] for line in played.status["lines"]}
    assert list(by_code) == sorted(by_code)
    missing = [cell["status"] for cell in by_code[played.table.codes[MISSING]]]
    assert sorted(missing) == ["accepted", "accepted", "missing"]
    assert sorted(cell["versions"] for cell in by_code[played.table.codes[TURNING]]) == [1, 1, 2]
    others = set(by_code) - {played.table.codes[MISSING]}
    assert all(cell["status"] == "accepted" for code in others for cell in by_code[code])


def test_a_cell_handed_in_for_another_is_refused_and_a_turned_sign_does_not_count(played: Played) -> None:
    told = "\n".join(played.told)
    assert "refused with 422    the record is of the cell 'EAST-RR-01'" in told
    assert "has the current's sign turned: received, and does not count" in told
    turned = [one for one in played.own[TURNING]["submissions"] if one["in_quarantine"]]
    assert [(one["number"], one["counts"]) for one in turned] == [(1, False)]
    assert "current-sign" in turned[0]["failed_rules"]


def test_the_planted_effects_are_flagged_and_only_those(played: Played) -> None:
    codes = played.table.codes
    [capacity, efficiency] = played.results["evaluation"]["kpis"]
    flags = {line["code"]: set(line["flags"]) for line in capacity["lines"]}
    assert flags.pop(codes[BIASED]) == {"biased by score", "outlier"}
    assert flags.pop(codes[SPREADING]) == {"excess spread"}
    assert set().union(*flags.values()) == set()
    assert all(not line["flags"] for line in efficiency["lines"])
    assert {line["code"]: line["n"] for line in capacity["lines"]} == {
        code: 2 if organisation == MISSING else 3 for organisation, code in codes.items()
    }
    assert (capacity["all_results"]["p"], capacity["all_results"]["results"], capacity["power"]) == (
        6,
        17,
        "indicative",
    )
    biased = next(line for line in capacity["lines"] if line["code"] == codes[BIASED])
    assert biased["per_cent"] == pytest.approx(-3.0, abs=0.2)


def test_what_a_line_reads_of_itself_is_what_is_compared(played: Played) -> None:
    [capacity, _] = played.results["evaluation"]["kpis"]
    for organisation, code in played.table.codes.items():
        counted = [one for one in played.own[organisation]["submissions"] if one["counts"]]
        values = sorted(kpi["value"] for one in counted for kpi in one["kpis"] if kpi["kpi"] == "q-c3")
        line = next(one for one in capacity["lines"] if one["code"] == code)
        assert line["mean"] == pytest.approx(sum(values) / len(values), rel=1e-4)


def test_the_commands_of_rounds_speak_to_the_server(
    played: Played, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def within(who: str, *arguments: str, status: int = 0) -> str:
        """The very function that the command calls: a start takes seconds, and one is enough."""
        monkeypatch.setattr(sys, "argv", ["exchange", "round", *arguments])
        monkeypatch.setenv("EXCHANGE_SERVER", played.address)
        monkeypatch.setenv("EXCHANGE_TOKEN", played.tokens.get(who, ""))
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        assert (ended.value.code or 0) == status, said
        return said.out + said.err

    monkeypatch.chdir(played.folder)
    assert f"{ROUND}  " in within("", "list")
    assert "version 2: accepted" in within(f"{TURNING}-steward", "own", ROUND)
    assert "biased by score" in within(STATISTICIAN, "results", ROUND)
    assert "Sign in first" in _command(played, "", "status", ROUND, status=1)


def _command(played: Played, who: str, *arguments: str, status: int = 0) -> str:
    root = str(Path(__file__).parents[2])
    given = {"EXCHANGE_SERVER": played.address, "EXCHANGE_TOKEN": played.tokens.get(who, ""), "PYTHONPATH": root}
    done = subprocess.run(
        [sys.executable, "-m", "exchange.cli", "round", *arguments],
        env={name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")} | given,
        cwd=played.folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def _secrets(table: story.Table, organisation: str) -> set[str]:
    """What nobody else may come across before closing: ids, hashes, the code, values of KPIs as JSON prints them."""
    person = table.people[f"{organisation}-steward"]
    found: set[str] = {table.codes[organisation].join('""')}
    for one in person.get(f"/rounds/{ROUND}/submissions")["submissions"]:
        found |= {one["id"], one["dataset"], *one["sha256"]}
        found |= {json.dumps(kpi["value"]) for kpi in one["kpis"] if kpi["value"] is not None}
    return found


def _crawl(address: str, tokens: dict[str, str], table: story.Table, secrets: dict[str, set[str]]) -> list[str]:
    """Every GET of the API as each caller, with ids of others; what of their secrets stood in an answer."""
    document = httpx.get(f"{address}/api/v1/openapi.json", timeout=120).json()
    callers = {
        f"{BIASED}-steward": BIASED,
        f"{MISSING}-steward": MISSING,
        COORDINATOR: "",
        STATISTICIAN: "",
        CUSTODIAN: "",
        PARTNER: "",
        story.WORLD: "",
    }
    other = table.steward(LINES[0]).get(f"/rounds/{ROUND}/submissions")["submissions"][0]
    codes = {code.join('""') for code in table.codes.values()}
    shown = codes | set(table.datasets)
    leaks = []
    for caller, own in callers.items():
        header = {"Authorization": f"Bearer {tokens[caller]}"} if tokens[caller] else {}
        hidden = {secret for of, some in secrets.items() if of != own for secret in some}
        with httpx.Client(base_url=address, headers=header, timeout=60) as client:
            for path in _paths(document, other):
                answer = client.get(path)
                seen = {one for one in hidden if one in answer.text and one not in path}
                if "/rounds" not in path:
                    seen -= codes  # Elsewhere such letters are countries.
                if (caller in (COORDINATOR, STATISTICIAN) and path.endswith("/status")) or (
                    caller == CUSTODIAN and path.endswith(("/codes", "/cells"))
                ):
                    seen -= shown
                leaks += [f"{caller} {answer.status_code} {path}: {sorted(seen)[:3]}"] if seen else []
    return leaks


def _paths(document: Json, other: Json) -> Iterator[str]:
    """Addresses of the API with ids of a line that is not the caller's, and searches for what is its own."""
    line = LINES[0].organisation
    known = {
        "dataset": [other["dataset"]],
        "datasets": [other["dataset"]],
        "round": [ROUND],
        "collection": [ROUND],
        "line": [line_of(line)],
        "id": [other["id"]],
        "organisation": [line],
        "version": ["1"],
        "build": ["1"],
        "number": ["1"],
        "table": ["cycles"],
        "form": ["json"],
        "sha256": [other["sha256"][0]],
    }
    for template, methods in document["paths"].items():
        if "get" not in methods:
            continue
        names = [one[1:-1].split(":")[0] for one in template.replace("/", " ").split() if one.startswith("{")]
        for values in product(*(known.get(name, ["x"]) for name in names)):
            path = template
            for name, value in zip(names, values, strict=True):
                path = path.replace(f"{{{name}}}", value)
            yield path
    for said in (other["cell"], other["dataset"], ROUND, "capacity"):
        yield f"/api/v1/datasets?q={said}&limit=200"
