"""A manufacturing round played whole: six lines build cells, one house tests them, and the protocol was kept or not."""

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from exchange.reporting.html import html
from exchange.reporting.participants import participants_report
from exchange.roundrobin.yields import line_yield
from exchange.rounds import editions, evaluate
from exchange.settings import Settings
from exchange.start import close_services, open_services
from schemas.metadata import Metadata
from schemas.organisation import Line, Organisation, Role, Standing, User
from schemas.round.evaluation import Evaluation
from schemas.round.report import Stage
from storage import evaluations, people, reports
from storage.tables import SubmissionConformanceRow
from tests.built import built
from tests.closed_rounds import closed_round, planted, q
from tests.desk import Desk, desk
from tests.handed_in import PROTOCOL, described
from tests.production import Sheets, workbook
from tests.received import bdf_csv
from tests.reports import edition
from tests.rounds import COORDINATOR, SIX, STATISTICIAN, Opened, joined_round, open_it
from tests.worlds import network

Json = Any  # a JSON document of the API
HOUSE = "house"
OUTSIDE, SILENT, LARGE = "coast", "east", "west"
"""The line that coats the roll of a cell too thick, the one that does not say how fast it coated one, and the one whose
cells have more layers than the others'."""
TARGETS = [
    *({"step": "coating", "parameter": "dry_loading", "electrode": "positive", "target": 12.5, "unit": "mg/cm²"},),
    *({"step": "coating", "parameter": "web_speed", "electrode": "positive", "target": 1.0, "unit": "m/min"},),
    *({"step": "stacking", "parameter": "layers", "target": 10, "unit": "1"},),
]
TOLERANCES: list[Json] = [
    {"minus": 0.3, "plus": 0.3, "critical": True},
    {"minus": 0.2, "plus": 0.2},
    {"minus": 0, "plus": 0},
]
LOADING = {
    "kind": "production-parameter",
    "id": "loading",
    "label": "Loading of the positive electrode",
    "step": "coating",
    "parameter": "dry_loading",
    "electrode": "positive",
}
CAPACITY = {"kind": "cycle-capacity", "id": "q", "label": "Capacity", "cycle": 1, "normalisation": "active-mass"}
PLAN = {
    "kpis": [
        {"kpi": CAPACITY, "sigma_pt": 2.0},
        {"kpi": LOADING, "sigma_pt": 0.2},
        {"kpi": {"kind": "yield", "id": "yield", "label": "Yield"}, "sigma_from": "own-spread"},
    ]
}
BUILT, PASSED = 20, {one: 20 - place for place, one in enumerate(SIX)}
GRAMS = (3.31, 3.33)


def runs_of(line: str, folder: Path) -> bytes:
    """What a line recorded: a roll of each electrode for each cell."""
    heads = ["Roll id", "Electrode polarity", "Dry loading, side A [mg/cm²]", "Web speed [m/min]"]
    rolls, stacks = [], []
    for number in (1, 2):
        loading = 12.44 + 0.03 * number + 0.01 * SIX.index(line) + (0.6 if line == OUTSIDE and number > 1 else 0.0)
        speed = "" if (line, number) == (SILENT, 2) else 1.1
        rolls += [[f"{line}-P{number}", "positive", loading, speed], [f"{line}-N{number}", "negative", 7.2, 1.0]]
        layers = 14 if line == LARGE else 10
        stacks.append([f"{line}-c{number}", f"{line}-P{number}; {line}-N{number}", layers])
    sheets: Sheets = {
        "Production run": [["Production run", f"RUN-{line}"], ["Cell format", "pouch"], ["Time zone", "UTC"]],
        "Coating": [heads, *rolls],
        "Stacking": [["Cell id", "Made from roll", "Layers"], *stacks],
    }
    return workbook(folder / f"{line}.xlsx", sheets).read_bytes()


@dataclass
class Played:
    """What came of it, and what everybody read on the way."""

    at: Desk
    one: Opened
    folder: Path
    taken_back: int = 0
    shown: list[int] = field(default_factory=list)
    tried: dict[str, Json] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)
    tests: dict[str, list[str]] = field(default_factory=dict)
    receipts: list[Json] = field(default_factory=list)
    before: dict[str, int] = field(default_factory=dict)
    drafted: Json = None
    reports: dict[str, str] = field(default_factory=dict)

    def code(self, member: str) -> str:
        return self.one.codes[f"{member}-1"]

    def page(self, who: str, path: str) -> str:
        answer = self.at.ask(who, "GET", f"{self.one.path}{path}")
        assert answer.status_code == 200, answer.text
        return answer.text


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("makers")
    shutil.copyfile(sqlite_template, folder / "test.db")
    url = f"sqlite:///{folder / 'test.db'}"
    settings = Settings(data=folder / "data", database_url=url, _env_file=None)  # type: ignore[call-arg]  # no .env here
    services = open_services(settings)
    network(services)
    with desk(services) as at:
        found = Played(at, set_up(at), folder)
        build(found)
        measure(found)
        compare(found)
        publish_and_correct(found)
        yield found
    close_services(services)


def set_up(at: Desk) -> Opened:
    """Six lines have joined; a member without a line in the round is its test house."""
    now = at.services.now()
    with at.services.sessions.begin() as session:
        people.add_organisation(session, Organisation(id=HOUSE, name="Test House", standing=Standing.MEMBER), now)
        people.add_line(session, Line(id="house-1", organisation=HOUSE, name="house 1", time_zone="UTC"))
        people.add_user(session, User(id=HOUSE, organisation=HOUSE, name="Tester"), {Role.STEWARD}, now)
    targets = [target | tolerance for target, tolerance in zip(TARGETS, TOLERANCES, strict=True)]
    facts = {"kind": "manufacturing", "testing": "one-house", "plan": PLAN, "cells_per_line": 2, "comment_days": 0}
    joined_round(at, "rr-2026", protocol=PROTOCOL | {"targets": targets}, **facts)
    runs_it = {"coordinator": COORDINATOR, "statistician": HOUSE, "test_houses": [HOUSE]}
    at.done("office", "PUT", "/rounds/rr-2026/people", runs_it)
    refused = at.ask(COORDINATOR, "POST", "/rounds/rr-2026/open")
    assert refused.status_code == 409 and "tests the cells and so knows whose a value is" in refused.text
    at.done("office", "PUT", "/rounds/rr-2026/people", runs_it | {"statistician": STATISTICIAN})
    return open_it(at, "rr-2026")


def build(found: Played) -> None:
    """Each line describes and uploads its run; one hands it in for its cells, too, before they are tested."""
    for line in SIX:
        said = {
            "run": f"RUN-{line}",
            "steps": [{"step": "coating"}],
            "cells_built": BUILT,
            "cells_passed": PASSED[line],
        }
        about = described(line, kind="production-run", test=None, cell=None, production=said, protocol=PROTOCOL)
        content = runs_of(line, found.folder)
        record = Metadata.model_validate(about)
        found.runs[line] = built(found.at.services, line, content, "run.xlsx", record)
    for cell in found.one.cells["north-1"]:
        wanted = {"line": "north-1", "cell": cell, "dataset": found.runs["north"]}
        found.receipts.append(found.at.done("north-contributor", "POST", f"{found.one.path}/submissions", wanted))


def measure(found: Played) -> None:
    """The house measures every cell, and hands it in for the line that made it."""
    at, path = found.at, f"{found.one.path}/submissions"
    for place, line in enumerate(SIX):
        for number, cell in enumerate(sorted(found.one.cells[f"{line}-1"])):
            grams = GRAMS[number] + 0.01 * place
            spec = {"positive": {"active_mass_g": grams}}
            about = described(HOUSE, **{"cell.id": cell, "cell.specification": spec})
            content = bdf_csv(150, 10 * place + number, hour=36)
            dataset = built(at.services, HOUSE, content, "a.csv", Metadata.model_validate(about), shown_to=None)
            found.tests.setdefault(line, []).append(dataset)
            wanted = {"line": f"{line}-1", "cell": cell, "dataset": dataset}
            found.receipts.append(at.done(HOUSE, "POST", path, wanted))
    tries = path.replace("submissions", "attempts")
    silent = {"line": f"{SILENT}-1", "cell": f"{SILENT}-c2"}
    own = built(
        at.services,
        SILENT,
        bdf_csv(150, 99, hour=36),
        "a.csv",
        Metadata.model_validate(described(SILENT)),
        shown_to=None,
    )
    found.tried["house"] = at.done(HOUSE, "POST", tries, silent | {"dataset": found.tests[SILENT][1]})
    found.tried["line"] = at.done(SILENT, "POST", tries, silent | {"dataset": own})
    about = Metadata.model_validate({"kind": "production-run", "time_zone": "UTC"})
    runs = built(at.services, HOUSE, runs_of(SILENT, found.folder), "run.xlsx", about, shown_to=None)
    found.tried["run"] = at.done(HOUSE, "POST", tries, silent | {"dataset": runs})
    shown = found.tests["north"][1]
    at.done(HOUSE, "POST", f"/datasets/{shown}/release", {"visibility": "organisation", "template": "none"})
    for grantee in ("north", "west"):
        at.done(HOUSE, "POST", f"/datasets/{shown}/grants", {"grantee": grantee, "level": "raw"})
    found.shown = [at.ask(one, "GET", f"/datasets/{shown}").status_code for one in ("north", "west")]
    found.taken_back = at.ask("coast", "POST", f"{path}/{found.receipts[-1]['id']}/withdraw").status_code


def compare(found: Played) -> None:
    at, path = found.at, found.one.path
    pages = ("/results", "/results/conformance/csv")
    for who in ("south", HOUSE, COORDINATOR, STATISTICIAN):
        found.before |= {f"{who} {page}": at.ask(who, "GET", path + page).status_code for page in pages}
    at.done(COORDINATOR, "POST", f"{path}/close", {})
    with at.services.sessions.begin() as session:
        # As if it had been handed in before conformance was kept.
        gone = SubmissionConformanceRow.submission == found.receipts[-1]["id"]
        session.execute(delete(SubmissionConformanceRow).where(gone))
    at.done(COORDINATOR, "POST", f"{path}/evaluation")
    at.done(STATISTICIAN, "POST", f"{path}/report")
    found.drafted = at.done("south", "GET", f"{path}/results")
    at.done(OUTSIDE, "POST", f"/datasets/{found.runs[OUTSIDE]}/withdraw", {})
    found.reports["report"] = found.page("south", "/report/1-draft/report.html")
    for line in SIX:
        found.reports[line] = found.page(line, f"/lines/{line}-1/report/1-draft/letter.html")


def publish_and_correct(found: Played) -> None:
    at, path = found.at, found.one.path
    at.done(COORDINATOR, "POST", f"{path}/publication")
    found.reports["summary"] = found.page("", "/summary/files/1-published/summary.html")
    left_out = {"kpi": "q", "code": found.code("south"), "cell": 1, "reason": "Its channel had lost contact."}
    at.done(STATISTICIAN, "POST", f"{path}/exclusions?correction=true", left_out)
    at.done(STATISTICIAN, "POST", f"{path}/evaluation?correction=true")
    at.done(COORDINATOR, "POST", f"{path}/corrections", {"reason": "A channel had lost contact."})
    found.reports["corrected"] = found.page("south", "/report/2-corrected/report.html")


def rows(played: Played, target: int) -> dict[str, tuple[int, int, int]]:
    """Cells within, outside and missing, by the line behind the code."""
    of = {code: line.removesuffix("-1") for line, code in played.one.codes.items()}
    found = played.drafted["evaluation"]["conformance"][target]["lines"]
    return {of[one["code"]]: (one["within"], one["outside"], one["missing"]) for one in found}


def test_before_closing_nobody_reads_anything_of_it(played: Played) -> None:
    assert set(played.before.values()) == {403}


def test_maker_tester_and_submitter_are_told_what_is_theirs(played: Played) -> None:
    at, path = played.at, played.one.path
    run, *tests = played.receipts[0], *played.receipts[2:]
    assert run["code"] == played.code("north") and played.runs["north"] in run["notes"][0]
    assert {(one["code"], *one["notes"]) for one in tests} == {("",)}, "a test house learns no code and no run"
    for what in ("/codes", "/submissions", "/results", "/report", "/lines/north-1/results"):
        assert at.ask(HOUSE, "GET", path + what).status_code == 403
    own = at.done("north", "GET", f"{path}/submissions")["submissions"]
    assert [one["counts"] for one in own] == [False, True] * 2, "what is tested takes the place of what was made"
    assert {one["dataset"] for one in own if one["counts"]} == set(played.tests["north"])
    assert all(kpi["value"] is not None for one in own if one["counts"] for kpi in one["kpis"])
    assert at.ask("north", "GET", f"/datasets/{played.tests['north'][0]}").status_code == 404, "the house's own"
    assert played.shown == [200, 404], "before the end the house can show it to the line that made the cell alone"
    assert at.ask(HOUSE, "GET", f"/datasets/{played.runs['north']}").status_code == 404, "the line's own"


def test_what_a_house_tries_shows_it_nothing_of_how_the_cell_was_made(played: Played) -> None:
    house, line, run = (played.tried[one] for one in ("house", "line", "run"))
    assert house["would_be_taken"] and [one["kpi"] for one in house["kpis"]] == ["q"] and not house["conformance"]
    assert not line["would_be_taken"] and "what the test house measured stands" in str(line["problems"])
    assert [one["within"] for one in line["conformance"]] == [True, None, True], "a line reads its own"
    assert "handed in by the line that made the cell" in str(run["problems"])
    assert played.taken_back == 404, "what a house measured is not the line's to take back"


def test_each_line_is_counted_by_target_under_its_code(played: Played) -> None:
    kept = dict.fromkeys(SIX, (2, 0, 0))
    assert rows(played, 0) == kept | {OUTSIDE: (1, 1, 0)}
    assert rows(played, 1) == kept | {SILENT: (1, 0, 1)}
    assert rows(played, 2) == {}, "the number of layers tells whose cell it is"
    table = list(csv.DictReader(io.StringIO(played.page("south", "/results/conformance/csv"))))
    assert [(one["line"], one["number"]) for one in table] == sorted((one["line"], one["number"]) for one in table)
    assert len(table) == 12 and {one["critical"] for one in table if one["number"] == "1"} == {"True"}
    report = played.reports["report"]
    assert f"◆ {played.code(OUTSIDE)} 1 of 2" in report and f"▲ {played.code(SILENT)} 1 of 2" in report
    assert "12.5 (12.2 to 12.8)\u00a0mg/cm²" in report and "Not counted under codes: Stacking: Layers" in report


def test_nothing_under_codes_tells_whose_they_are(played: Played) -> None:
    told = json.dumps(played.drafted["evaluation"]) + played.reports["report"] + played.reports["corrected"]
    secrets = {*played.runs.values(), *(one for each in played.tests.values() for one in each), "RUN-", HOUSE + " 1"}
    secrets |= {name for each in played.one.cells.values() for name in each} | {f"{one}-P" for one in SIX}
    assert not [one for one in (*secrets, *SIX) if re.search(rf"\b{re.escape(one)}", told)]
    assert "14" not in json.dumps(played.drafted["evaluation"]["conformance"])


def test_a_letter_has_the_lines_own_deviations_with_their_values(played: Played) -> None:
    outside, silent, large = (played.reports[one] for one in (OUTSIDE, SILENT, LARGE))
    for said in ("roll coast-P2", "13.15\u00a0mg/cm²", "0.65\u00a0mg/cm²", "◆ Outside, critical"):
        assert said in outside, said
    assert "coast-P1" not in outside and "Look at the settings of the step" in outside
    assert "roll east-P2" in silent and "▲ Not reported" in silent and "Outside" not in silent
    assert large.count("▲ Outside") == 2 and "14" in large
    assert "is reported of your cells, and within its tolerance" in played.reports["centre"]
    of = played.at.done(OUTSIDE, "GET", f"{played.one.path}/lines/{OUTSIDE}-1/results")["own"]["cells"]
    assert sorted(one["actual"] for cell in of for one in cell["conformance"][:1]) == pytest.approx([12.52, 13.15])


def test_spread_is_that_of_production_and_yield_a_share_without_h_and_k(played: Played) -> None:
    capacity, loading, share = played.drafted["evaluation"]["kpis"]
    assert {one["spread_name"] for one in (capacity, loading)} == {"spread of production"}
    report = played.reports["report"]
    assert "Mandel&#x27;s k, spread of production" in report and "repeatability" not in report
    assert "confounded" not in report and "and a test house tests them" in report
    assert [(one["h"], one["k"], one["s"], one["score"]) for one in share["lines"]] == [(None, None, None, "")] * 6
    assert re.search(r"yield-[hk]", report) is None and "Wilson" in report
    yields = {one["code"]: one for one in played.drafted["evaluation"]["yields"]}
    for line in SIX:
        one, by = yields[played.code(line)], line_yield(PASSED[line], BUILT)
        assert (one["built"], one["passed"], one["analysed"]) == (BUILT, PASSED[line], 2)
        assert one["share"] == {"value": by.share, "low": by.interval.low, "high": by.interval.high}
    odd = {one["code"] for one in loading["lines"] if one["mandel_k"] == "outlier"}
    assert odd == {played.code(OUTSIDE)}, "one of its two rolls was coated thicker"


def test_the_public_summary_has_nothing_of_it(played: Played) -> None:
    told = json.dumps(played.at.done("", "GET", f"{played.one.path}/summary")) + played.reports["summary"]
    assert "onformance" not in told and "Yield" not in told and "spread of production within a line" in told
    assert not [code for code in played.one.codes.values() if re.search(rf"\b{code}\b", told)]


def test_a_correction_counts_production_as_before_whatever_became_of_the_runs(played: Played) -> None:
    found = played.at.done("south", "GET", f"{played.one.path}/results")
    again, first = found["evaluation"], played.drafted["evaluation"]
    assert (again["number"], found["up_to_date"], again["conformance"]) == (2, True, first["conformance"])
    assert again["kpis"][0]["left_out"] and again["kpis"][0] != first["kpis"][0]
    assert "A channel had lost contact." in played.reports["corrected"]
    with played.at.services.sessions.read() as session:
        kept = reports.of(session, played.one.id, editions.SOURCE)[0]
        last = evaluations.newest(session, played.one.id)
    assert last is not None
    source = editions.source_of(played.at.services, kept, evaluate.read(played.at.services, last))
    assert html(participants_report(source.evaluation, source.edition)) == played.reports["corrected"]
    assert all(len(cell.conformance) == 3 for one in source.letters for cell in one.cells)


def test_where_each_line_tests_its_own_the_report_says_that_both_are_confounded(played: Played) -> None:
    at = played.at
    closed_round(at.services, q(planted(6)), id="rr-each", kind="manufacturing")
    closed_round(at.services, q(planted(6)), id="rr-sisters")
    each, sisters = (
        Evaluation.model_validate(at.done("ran", "POST", f"/rounds/{one}/evaluation"))
        for one in ("rr-each", "rr-sisters")
    )
    report = html(participants_report(each, edition(Stage.DRAFT)))
    assert "The effects of making and of testing are confounded" in report and "and tests its own" in report
    assert {one.spread_name for one in each.kpis} == {"spread of production"} and each.yields and not each.conformance
    assert {one.spread_name for one in sisters.kpis} == {"within-line s (cells + repeatability)"}
    assert "confounded" not in html(participants_report(sisters, edition(Stage.DRAFT))) and not sisters.yields


def test_of_fewer_than_five_organisations_nothing_is_counted(played: Played) -> None:
    protocol = PROTOCOL | {"targets": [TARGETS[1] | TOLERANCES[1]]}
    many, few = (
        closed_round(played.at.services, q(planted(lines)), id=f"rr-{lines}", kind="manufacturing", protocol=protocol)
        for lines in (5, 4)
    )
    [of_many] = played.at.done("ran", "POST", f"/rounds/{many.id}/evaluation")["conformance"]
    assert of_many["lines"] == [] and "Fewer than 5 organisations have reported it" in of_many["withheld"]
    assert played.at.done("ran", "POST", f"/rounds/{few.id}/evaluation")["conformance"] == []
