"""Attacks on the codes of a round: from everything that is published nobody learns which line goes by which code."""

import io
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest

from access import codes
from exchange.rounds.offered import DEVIATES, TWICE
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services
from schemas.production import ObjectKind
from schemas.protocol import Conformance
from schemas.round.conformance import Keeping, KeptTo
from schemas.round.round import RoundState
from schemas.round.submission import SubmissionState
from storage import conformance, participants, submissions
from tests.closed_rounds import CODES, NOW, PLAN, ClosedRound, closed_round, planted
from tests.desk import Desk, desk

LINES = 7
TABLES = ("results", "cells", "statistics", "screening", "exclusions", "curves", "yields", "conformance", "late")
VALUES = dict(zip(sorted(CODES[:LINES]), planted(LINES, seed=5), strict=True))
REASON = {"reason": "The cell was tested at 35 °C, as its line has said."}
Published = dict[str, bytes]
TARGETS = [
    {"step": "coating", "parameter": "dry_loading", "target": 12.5, "unit": "mg/cm²", "plus": 0.3, "critical": True},
    {"step": "end-of-line", "parameter": "cell_mass", "target": 40.0, "unit": "g", "plus": 1.0},
]


@pytest.fixture
def services(sqlite_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    settings = Settings(data=tmp_path_factory.mktemp("w"), database_url=sqlite_url, _env_file=None)  # type: ignore[call-arg]  # no .env here
    made = open_services(settings)
    yield made
    close_services(made)


def world(at: Desk, seed: int, id: str = "rr-2026") -> ClosedRound:
    """A round in which codes have the same values always; the seed draws whose they are, and who hands in when."""
    drawn = sorted(VALUES)
    random.Random(seed).shuffle(drawn)
    given = [{"q-c10": [*VALUES[code][:3], None]} for code in drawn]
    plan = PLAN | {"curves": [{"label": "Discharge", "cycle": 2}]}
    protocol = {"name": "EG5 capacity check", "version": "1.0", "targets": TARGETS}
    of = closed_round(at.services, given, plan, id=id, codes=drawn, kind="manufacturing", protocol=protocol)
    made(at, of)
    late, odd = of.lines[drawn.index(CODES[3])], of.lines[drawn.index(CODES[2])]
    of.hand_in(late, 2, {"q-c10": 148.4}, SubmissionState.RECEIVED, late=True)
    of.hand_in(odd, 1, {"q-c10": VALUES[CODES[2]][0]}, failed=("clock-skipped-hour", DEVIATES, TWICE))
    with at.services.sessions.begin() as session:
        participants.withdraw(session, id, of.lines[0], of.lines[0], NOW + timedelta(hours=7), "funding ended")
    return of


def made(at: Desk, of: ClosedRound) -> None:
    """How each cell's production stands to the protocol: the same for a code always, with names that are the line's."""
    with at.services.sessions.begin() as session:
        for (line, cell), handed in of.submissions.items():
            away = CODES.index(of.code(line)) % 3 == cell % 3
            one = Conformance(
                step="coating",
                parameter="dry_loading",
                critical=True,
                object=f"ROLL-{line}-{cell}",
                object_kind=ObjectKind.ROLL,
                actual=47.11,
                within=not away,
            )
            kept = KeptTo(keeping=(Keeping.OUTSIDE if away else Keeping.WITHIN, Keeping.WITHIN), found=(one,))
            conformance.keep(session, handed[-1], kept, NOW)


def published(at: Desk, of: ClosedRound) -> Published:
    """Everything that leaves the round, by its address, as its coordinator and the world read it."""
    base, exclusion = f"/rounds/{of.id}", {"kpi": "q-c10", "code": CODES[5], "cell": 1} | REASON
    at.done("ran", "POST", f"{base}/evaluation")
    at.done("counts", "POST", f"{base}/exclusions", exclusion)
    at.done("ran", "POST", f"{base}/evaluation")
    of.enter(RoundState.PUBLISHED)
    paths = ["/results", *(f"/results/{table}/{form}" for table in TABLES for form in ("csv", "parquet"))]
    found = {path: at.ask("ran", "GET", base + path).content for path in paths}
    return found | {"/summary": at.ask("", "GET", f"{base}/summary").content}


def test_whose_code_is_whose_changes_no_byte_of_what_is_published(services: Services) -> None:
    """Two worlds that differ in who stands behind each code, and so in every name, id, hash, order and time."""
    with desk(services) as at:
        first, second = world(at, 1), world(at, 2, "rr-2027")
        assert [first.code(line) for line in first.lines] != [second.code(line) for line in second.lines]
        one, other = published(at, first), published(at, second)
    assert set(one) == set(other) and len(one) == 20
    for path, content in one.items():
        assert content.replace(b"rr-2026", b"rr-2027") == other[path], path


def test_nothing_of_a_line_a_dataset_or_a_moment_stands_in_what_is_published(services: Services) -> None:
    with desk(services) as at:
        of = world(at, 3)
        found = published(at, of)
        secrets = _secrets(of)
    for path, content in found.items():
        text = _text(path, content)
        for secret in secrets:
            assert secret.lower() not in text.lower(), f"{path} holds {secret}"
        moments = set(re.findall(r"\d\d:\d\d:\d\d", text))
        assert moments <= {"12:00:00"}, "there are no moments but those of who runs the round"
        if path.endswith("parquet"):
            assert set(pq.read_metadata(io.BytesIO(content)).metadata or {}) <= {b"ARROW:schema"}
    deviations = json.loads(found["/results"])["evaluation"]["deviations"]
    assert deviations == [f"{CODES[2]}, cell 1: accepted with {DEVIATES}, findings of the checks"]
    loading, mass = json.loads(found["/results"])["evaluation"]["conformance"]
    assert {frozenset(one) for one in loading["lines"]} == {frozenset({"code", "within", "outside", "missing"})}
    assert any(one["outside"] for one in loading["lines"]) and mass["lines"] == [], "a mass tells whose cell it is"
    told = json.loads(found["/summary"])
    assert not any(code in json.dumps(told) for code in VALUES) and "reason" not in json.dumps(told)
    assert "conformance" not in json.dumps(told)


def test_everything_stands_in_the_order_of_codes(services: Services) -> None:
    with desk(services) as at:
        found = published(at, world(at, 4))
    for kpi in json.loads(found["/results"])["evaluation"]["kpis"]:
        of_lines = [one["code"] for one in kpi["lines"]]
        assert of_lines == sorted(of_lines) and len(of_lines) == LINES
        assert all([one["cell"] for one in line["points"]] == [1, 2, 3, 4] for line in kpi["lines"])
    for path in (one for one in found if one.endswith("parquet")):
        table = pq.read_table(io.BytesIO(found[path]))
        if "line" in table.column_names and not path.startswith("/results/screening"):
            keys = [name for name in _KEYS if name in table.column_names]
            rows = [tuple(row[name] for name in keys) for row in table.to_pylist()]
            assert rows == sorted(rows), path


def test_a_participant_gains_nothing_but_which_code_is_its_own(services: Services) -> None:
    with desk(services) as at:
        of = world(at, 5)
        base = f"/rounds/{of.id}"
        found = json.loads(published(at, of)["/results"])
        for line in of.lines[1:]:
            seen: dict[str, Any] = at.done(line, "GET", f"{base}/results")
            assert (seen["evaluation"], seen["own"]) == (found["evaluation"], [of.code(line)])
            other = of.lines[0]
            for path in (f"/lines/{other}/results", "/codes", "/history"):
                assert at.ask(line, "GET", base + path).status_code == 403
        mine = at.done(of.lines[1], "GET", f"{base}/lines/{of.lines[1]}/results")
        assert {one["line"]["code"] for one in mine["lines"]} == {of.code(of.lines[1])}
        assert not any(of.code(line) in json.dumps(mine) for line in of.lines[2:])
        history = json.dumps(at.done("ran", "GET", f"{base}/history"))
        assert not any(word in history for line in of.lines for word in (line, of.code(line)))


def test_codes_are_drawn_without_regard_to_who_was_invited_or_joined_first(services: Services) -> None:
    """Of six lines coded anew 600 times each stands first, by the alphabet, about as often as any other."""
    first: Counter[int] = Counter()
    after: Counter[int] = Counter()
    for _ in range(600):
        drawn: list[str] = []
        for _ in range(6):
            drawn.append(codes.drawn(services.new_id(), set(drawn)))
        order = sorted(range(6), key=lambda place: drawn[place])
        first[order[0]] += 1
        after[(order.index(0) - order.index(1)) > 0] += 1
    chi2 = sum((first[place] - 100) ** 2 / 100 for place in range(6))
    assert chi2 < 26, "five degrees of freedom: once in ten thousand runs"
    assert abs(after[True] - 300) < 100


_KEYS = ("kpi", "line", "curve", "axis", "cell", "number")


def _secrets(of: ClosedRound) -> set[str]:
    """Every name, id, hash and file's fact that stands behind a code."""
    with of.services.sessions.read() as session:
        handed = submissions.of(session, of.id)
        cells = participants.cells(session, of.id)
    found = {
        "Institute line",
        "Hall line",
        "Steward",
        "SN-",
        "Secret of",
        "4711",
        "funding",
        "has no cycle",
        "clock-",
        "ROLL",
        *of.lines,
    }
    for one in handed:
        found |= {one.id, one.dataset, one.run, one.cell, *one.sha256, f"{one.received_at:%H:%M:%S}"}
    return found | {one.name for one in cells}


def _text(path: str, content: bytes) -> str:
    """The bytes, and of a Parquet file what is compressed in it, too."""
    text = content.decode("latin-1")
    if path.endswith("parquet"):
        text += str(pq.read_table(io.BytesIO(content)).to_pylist())
    return text
