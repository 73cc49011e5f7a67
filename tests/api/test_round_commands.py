"""`exchange round …` at a running server: what people do in a round, and one sentence for each wrong input."""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog
import typer
from click.testing import Result
from typer.testing import CliRunner

from exchange.commands.round import round
from exchange.identify import issue_token
from exchange.rounds import evaluate
from exchange.serve import bound, serving
from exchange.services import Services
from storage import people
from tests import handed_in
from tests.api.test_every_route import doors
from tests.apps import create_app
from tests.closed_rounds import CODES, closed_round, planted, q
from tests.desk import Desk, desk
from tests.worlds import ALL

Run = Callable[..., Result]
ROUTES = {
    "GET": "list",
    "POST": "found",
    "GET /{round}": "show",
    "PUT /{round}": "describe",
    "PUT /{round}/people": "people",
    "POST /{round}/conflicts": "declare",
    "GET /{round}/history": "history",
    "GET /{round}/lines": "lines",
    "POST /{round}/lines": "invite",
    "POST /{round}/lines/{line}/join": "join",
    "POST /{round}/lines/{line}/waiver": "waive",
    "POST /{round}/lines/{line}/withdrawal": "withdraw",
    "GET /{round}/lines/{line}/cells": "cells",
    "POST /{round}/lines/{line}/cells": "name-cells",
    "POST /{round}/lines/{line}/cells/replacements": "replace-cell",
    "POST /{round}/lines/{line}/cells/{number}/draft": "draft",
    "GET /{round}/codes": "codes",
    "POST /{round}/open": "open",
    "POST /{round}/extensions": "extend",
    "POST /{round}/amendments": "amend",
    "POST /{round}/close": "close",
    "POST /{round}/cancel": "cancel",
    "POST /{round}/checks": "check",
    "GET /{round}/checks": "checks",
    "POST /{round}/lines/{line}/custody": "custody record",
    "GET /{round}/lines/{line}/custody": "custody show",
    "GET /{round}/custody": "custody show",
    "POST /{round}/submissions": "hand-in",
    "GET /{round}/submissions": "own",
    "GET /{round}/submissions/{id}": "receipt",
    "POST /{round}/submissions/{id}/withdraw": "take-back",
    "POST /{round}/attempts": "try",
    "GET /{round}/status": "status",
    "POST /{round}/decisions": "decide",
    "POST /{round}/evaluation": "evaluate",
    "GET /{round}/results": "results",
    "GET /{round}/results/{table}/{form}": "table",
    "GET /{round}/summary": "summary",
    "GET /{round}/lines/{line}/results": "own-results",
    "GET /{round}/exclusions": "exclusions",
    "POST /{round}/exclusions": "leave-out",
    "POST /{round}/exclusions/{exclusion}/end": "count-again",
    "POST /{round}/report": "report",
    "GET /{round}/report": "files",
    "GET /{round}/report/{edition}/{name}": "download",
    "GET /{round}/lines/{line}/report": "files",
    "GET /{round}/lines/{line}/report/{edition}/{name}": "download",
    "GET /{round}/summary/files": "files",
    "GET /{round}/summary/files/{edition}/{name}": "download",
    "GET /{round}/comments": "comments",
    "POST /{round}/comments": "comment",
    "POST /{round}/comments/{comment}/answer": "answer",
    "POST /{round}/publication": "publish",
    "POST /{round}/corrections": "correct",
    "GET /{round}/dois": "dois",
    "POST /{round}/dois": "register-doi",
    "POST /{round}/unblindings": "unblinding ask",
    "GET /{round}/unblindings": "unblinding list",
    "GET /{round}/unblindings/{id}": "unblinding read",
    "POST /{round}/unblindings/{id}/agreements": "unblinding agree",
    "POST /{round}/unblindings/{id}/end": "unblinding end",
}
SHORTHANDS = {f"custody {one}" for one in ("sent", "received", "returned", "disposed")}


def commands(group: typer.Typer, before: str = "") -> dict[str, set[str]]:
    """Names of all commands with their options."""
    found: dict[str, set[str]] = {}
    for name, one in typer.main.get_command(group).commands.items():  # type: ignore[attr-defined]  # a group
        if hasattr(one, "commands"):
            inner = next(each.typer_instance for each in group.registered_groups if each.name == name)
            assert inner is not None
            found |= commands(inner, f"{before}{name} ")
        else:
            found[before + name] = {option for each in one.params for option in each.opts}
    return found


@contextmanager
def at_a_server(services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    # The server logs to the same streams, which are the commands' alone here.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    runner = CliRunner()

    def run(user: str, *words: str) -> Result:
        token = issue_token(services, user, "test", ALL) if user else ""
        monkeypatch.setenv("EXCHANGE_TOKEN", token)
        done = runner.invoke(round, words, env={"EXCHANGE_SERVER": address, "COLUMNS": "300"})
        assert done.exit_code in (0, 1, 2, 3) and "Traceback" not in done.output, done
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    with serving(create_app(services), bound("127.0.0.1", 0)) as address:
        yield run


def test_whatever_the_doors_of_rounds_do_a_command_does_and_answers_as_json(services: Services) -> None:
    prefix = "/api/v1/rounds"
    every = {(method, path.removeprefix(prefix)) for method, path in doors(services) if path.startswith(prefix)}
    assert {f"{method} {path}".strip() for method, path in every} == set(ROUTES)
    there = commands(round)
    assert set(there) == set(ROUTES.values()) | SHORTHANDS
    assert [name for name, options in there.items() if "--json" not in options] == []


def test_a_line_hands_in_and_follows_its_cells(at: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    budget, entries = tmp_path / "budget.yaml", tmp_path / "entries.json"
    budget.write_text("- {kpi: q9, channel: 3-7, gain: 3e-4, offset: 0.0002, hours: 10}\n")
    with at_a_server(at.services, monkeypatch) as run:
        handed_in.opened(at)
        dataset, cell = handed_in.measured(at), handed_in.named("north", 1)
        of = (handed_in.ROUND, "--cell", cell, "--dataset", dataset)

        # Wrong inputs: one sentence each, and nothing is handed in.
        told = run("north", "try", handed_in.ROUND, "--cell", "Northcell-9", "--dataset", dataset)
        assert told.exit_code == 3 and "'Northcell-9' is no cell of this line in the round" in told.output
        for more, said in (
            (("--version", "7"), "7"),
            (("--line", "west-1"), "Not permitted: Your organisation has no such line in this round."),
            (("--uncertainty", "q9=1"), "'q9' is no KPI of the round's plan"),
            (("--uncertainty", "q1=inf"), "'q1=inf' is no uncertainty: write the KPI and its U, like q-c10=0.5"),
            (("--budget", str(budget)), "/budgets/0/kpi q9: 'q9' is no KPI of the round's plan"),
            (("--dataset", "PLX-7Q4K"), "'PLX-7Q4K' is no dataset; write PLX-7Q4K-M2XD"),
        ):
            wrong = run("north", "hand-in", *of, *more)
            assert wrong.exit_code in (1, 2) and said in wrong.output, (more, wrong.output)
        assert run("north", "own", handed_in.ROUND).output == "Nothing is handed in.\n"
        assert run("north", "show", "No round").exit_code == 2
        unknown = run("north", "show", "nix")
        assert (unknown.exit_code, unknown.output) == (1, "Not found: There is no round nix that you may see.\n")

        # Tried, handed in, listed, shown to the coordinator under its code alone.
        assert run("north", "try", *of).output.startswith("It would be taken as accepted.\n")
        receipt = json.loads(run("north", "hand-in", *of, "--uncertainty", "q1=0.02", "--json").output)
        assert receipt["line"] == "north-1" and receipt["uncertainties"][0]["expanded"] == 0.02
        shown = run("north", "receipt", handed_in.ROUND, receipt["id"]).output
        assert all(one in shown for one in (receipt["id"], "(QX)", *receipt["sha256"], "U = 0.02 A.h, k = 2"))
        matrix = run("partner", "status", handed_in.ROUND).output.splitlines()
        head, *rows = (line.split() for line in matrix)
        assert head == ["line", "cell", "1", "cell", "2", "cell", "3", "until"]
        assert [row[:4] for row in rows] == [
            ["BM", "missing", "missing", "missing"],
            ["KD", "missing", "missing", "missing"],
            ["QX", "accepted", "missing", "missing"],
        ]
        refused = run("partner", "decide", handed_in.ROUND, "QX", "2", "--reject", "--reason", "No file")
        assert refused.exit_code == 1 and "Nothing stands for cell 2 of QX" in refused.output
        assert "is withdrawn" in run("north", "take-back", handed_in.ROUND, receipt["id"]).output

        # Cells on their way, one by one and many at once.
        when = ("--cell", cell, "--at", "2026-05-01T09:00:00+02:00")
        papers = ("--transport-class", "UN 3480, class 9", "--document", "un-38.3-summary")
        assert run("office", "custody", "sent", handed_in.ROUND, "--line", "north-1", *when, *papers).exit_code == 0
        arrived = ("--soc-percent", "30", "--ocv-v", "3.6", "--resistance-1khz-ohm", "0.0021", "--mass-g", "98.4")
        warm = ("--lowest-c", "4", "--highest-c", "27")
        assert run("north", "custody", "received", handed_in.ROUND, *when, *arrived, *warm).exit_code == 0
        entries.write_text(json.dumps([{"what": "disposed", "cell": cell, "at": "2026-05-03T09:00:00Z", "how": "x"}]))
        assert run("north", "custody", "record", handed_in.ROUND, str(entries)).exit_code == 0
        rows = [line.split("  ") for line in run("office", "custody", "show", handed_in.ROUND).output.splitlines()]
        assert [row[2:4] for row in rows[1:]] != [] and len(rows) == 4
        assert "2026-05-01 07:00 UTC" in run("north", "custody", "show", handed_in.ROUND, "--line", "north-1").output
        for more, said in (
            ((*when, "--soc-percent", "130"), "/body/entries/0/received/soc_percent 130"),
            (("--cell", cell, "--at", "2026-05-01"), "'2026-05-01' is no moment with an offset from UTC"),
            (("--cell", "X", "--at", "2026-05-01T00:00:00Z"), "is no cell of this line; its cells are"),
        ):
            wrong = run("north", "custody", "received", handed_in.ROUND, *more)
            assert wrong.exit_code in (1, 2) and said in wrong.output, wrong.output
            assert "at least 1 item" not in wrong.output
        nobody = run("office", "custody", "received", handed_in.ROUND, *when)
        assert nobody.exit_code == 2 and "your organisation has no line in it" in nobody.output
        others = run("north", "custody", "show", handed_in.ROUND)
        assert others.exit_code == 1 and "a line reads what is recorded of its own" in others.output


def test_reports_are_taken_into_a_folder_commented_on_and_answered(
    services: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    of = closed_round(services, q(planted(5, cells=3, seed=5))).id
    with services.sessions.read() as session:
        who = people.acting(session, "counts", "network")
    assert who is not None
    evaluate.evaluate(services, who.model_copy(update={"scopes": ALL}), of)
    into = ("--into", str(tmp_path / "new"))
    with desk(services) as at, at_a_server(at.services, monkeypatch) as run:
        early = run("line-2", "download", of, "certificate")
        assert early.exit_code == 2 and "it is made once the report is published" in early.output
        assert run("counts", "report", of).exit_code == 0
        own = json.loads(run("line-2", "download", of, "letter", "--format", "html", *into, "--json").output)
        assert [one["name"] for one in own] == ["letter.html"] and CODES[1] in Path(own[0]["path"]).read_text("utf-8")
        taken = json.loads(run("line-2", "download", of, "report", "--format", "csv", *into, "--json").output)
        assert {Path(one["path"]).suffix for one in taken} == {".csv"} and len(taken) >= 9
        for one in taken:
            assert hashlib.sha256(Path(one["path"]).read_bytes()).hexdigest() == one["sha256"]
        assert sorted(one.name for one in (tmp_path / "new").iterdir() if one.suffix == ".part") == []

        # Again changes nothing; a file that was changed is not written over.
        assert run("line-2", "download", of, "letter", "--format", "html", *into).exit_code == 0
        Path(own[0]["path"]).write_text("mine")
        kept = run("line-2", "download", of, "letter", "--format", "html", *into)
        assert kept.exit_code == 2 and "is there with other content" in kept.output
        assert Path(own[0]["path"]).read_text() == "mine"
        for words, said in (
            (("letter", "--format", "csv"), "the letter is there as html, pdf alone"),
            (("letter", "--edition", "9-draft"), "there is no edition '9-draft'; there are: 1-draft"),
            (("letter", "--line", "line-3"), "Not permitted: Your organisation has no such line in this round."),
            (("nix",), "nix"),
        ):
            wrong = run("line-2", "download", of, *words)
            assert wrong.exit_code in (1, 2) and said in wrong.output, wrong.output
        table = run("line-2", "table", of, "results", "--format", "parquet", *into).output.strip()
        assert Path(table).read_bytes()[:4] == b"PAR1"
        no_table = run("line-2", "table", of, "nix", *into)
        assert no_table.exit_code == 1 and "they have: results, cells" in no_table.output

        appeal = json.loads(run("line-2", "comment", of, "Cell 3 was warm.", "--appeal", "--json").output)
        at.clock.wait(days=15)
        waits = run("ran", "publish", of)
        assert waits.exit_code == 1 and "One appeal is not answered yet" in waits.output
        assert run("counts", "answer", of, appeal["id"], "It was not.").exit_code == 0
        said = run("line-3", "comments", of).output
        assert CODES[1] in said and "answered: It was not." in said and "line-2" not in said
        assert f"{CODES[1]} *" in run("line-2", "results", of).output
        again = run("ran", "correct", of, "--reason", "Cells were exchanged")
        assert again.exit_code == 1 and "Conflict with the present state" in again.output
