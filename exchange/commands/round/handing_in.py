"""Handing in: try, hand in with stated uncertainties, receipts; and for coordinator and statistician what arrived."""

from pathlib import Path
from typing import Annotated

import typer

from exchange.commands.remote import Server
from exchange.commands.round import words
from exchange.commands.round.app import HANDING_IN, AsJson, CellName, Code, Id, OwnLine, Reason, RoundAt, round
from exchange.commands.round.stated import stated
from schemas.identifiers import parse_reference

Dataset = Annotated[str, typer.Option(help="PLX-…")]
Version = Annotated[int | None, typer.Option(help="Of the dataset; the newest if left out", min=1)]
Submission = Annotated[str, typer.Argument(help="As the receipt names it", metavar="SUBMISSION")]
Uncertainty = Annotated[
    list[str] | None,
    typer.Option(help="U of a KPI of this cell in its unit: q-c10=0.5, or q-c10=0.5,k=3; repeated"),
]
Budget = Annotated[
    Path | None, typer.Option(help="JSON or YAML: a list of budgets, or the groups budgets and uncertainties")
]


@round.command("try", rich_help_panel=HANDING_IN)
def attempt(
    server: Server,
    id: Id,
    cell: CellName,
    dataset: Dataset,
    line: OwnLine = None,
    version: Version = None,
    uncertainty: Uncertainty = None,
    budget: Budget = None,
    as_json: AsJson = False,
) -> None:
    """Check a dataset as when it is handed in, with your own KPIs; nothing counts. Status 3: it would not be taken."""
    here, said = RoundAt(server, id), stated(uncertainty, budget)
    told = here.post("attempts", body=_wanted(here.own_line(line), cell, dataset, version) | said)
    words.say(told, as_json, _tried(told))
    if not told["would_be_taken"]:
        raise typer.Exit(3)


@round.command("hand-in", rich_help_panel=HANDING_IN)
def hand_in(
    server: Server,
    id: Id,
    cell: CellName,
    dataset: Dataset,
    line: OwnLine = None,
    version: Version = None,
    uncertainty: Uncertainty = None,
    budget: Budget = None,
    as_json: AsJson = False,
) -> None:
    """Hand a dataset in for one of your cells, sealed; the receipt is printed."""
    here, said = RoundAt(server, id), stated(uncertainty, budget)
    receipt = here.post("submissions", body=_wanted(here.own_line(line), cell, dataset, version) | said)
    words.say(receipt, as_json, words.receipt(receipt))


@round.command("own", rich_help_panel=HANDING_IN)
def own(server: Server, id: Id, as_json: AsJson = False) -> None:
    """What your organisation has handed in, what came of it, and your own KPIs."""
    found = RoundAt(server, id).get("submissions")
    lines = [line for one in found["submissions"] for line in _of_own(one)]
    words.say(found, as_json, lines or ["Nothing is handed in."])


@round.command("receipt", rich_help_panel=HANDING_IN)
def receipt(server: Server, id: Id, submission: Submission, as_json: AsJson = False) -> None:
    """The receipt of one of your own submissions, and what came of it."""
    one = RoundAt(server, id).get("submissions", submission)
    words.say(one, as_json, [*words.receipt(one), *_came(one)])


@round.command("take-back", rich_help_panel=HANDING_IN)
def take_back(server: Server, id: Id, submission: Submission, as_json: AsJson = False) -> None:
    """Take one of your own submissions back while the round is open; the seal stays."""
    one = RoundAt(server, id).post("submissions", submission, "withdraw")
    words.say(one, as_json, [f"{one['line']}, cell {one['cell']}: version {one['number']} is withdrawn."])


@round.command("status", rich_help_panel=HANDING_IN)
def status(server: Server, id: Id, as_json: AsJson = False) -> None:
    """What has arrived, line by cell under codes; for coordinator and statistician."""
    found = RoundAt(server, id).get("status")
    words.say(found, as_json, _matrix(found["lines"]))


@round.command("decide", rich_help_panel=HANDING_IN)
def decide(
    server: Server,
    id: Id,
    code: Code,
    cell: Annotated[int, typer.Argument(help="Its number in the matrix", metavar="CELL", min=1)],
    accept: Annotated[bool, typer.Option("--accept/--reject", help="Whether it counts", show_default=False)],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Accept or reject what was handed in, blind; by coordinator or statistician."""
    body = {"code": code, "cell": cell, "accepted": accept, "reason": reason}
    found = RoundAt(server, id).post("decisions", body=body)
    words.say(found, as_json, [f"{code}, cell {cell}: {found['status'] if accept else 'rejected'}."])


def _wanted(line: str, cell: str, dataset: str, version: int | None) -> words.Json:
    pinned = parse_reference(dataset)
    if pinned is None or pinned[1:] != (None, None):
        said = f"'{dataset[:40]}' is no dataset; write PLX-7Q4K-M2XD, and name a version by --version"
        raise typer.BadParameter(said, param_hint="--dataset")
    return {"line": line, "cell": cell, "dataset": dataset} | ({"version": version} if version else {})


def _tried(told: words.Json) -> list[str]:
    if not told["would_be_taken"]:
        return ["It would not be taken:", *(f"  {_problem(one)}" for one in told["problems"])]
    late = ", late: it would never count" if told["late"] else ""
    return [f"It would be taken as {told['state']}{late}.", *_came(told)]


def _problem(one: words.Json) -> str:
    return " ".join(part for part in (one["message"], one["hint"]) if part)


def _of_own(one: words.Json) -> list[str]:
    late = ", late" if one["late"] else ""
    of = f"{one['dataset']}@{one['version']}"
    head = f"{one['line']} {one['cell']} version {one['number']}: {one['state']}{late}, {of}, receipt {one['id']}"
    return [head, *_came(one), *(words.uncertainty(of) for of in one["uncertainties"])]


def _came(one: words.Json) -> list[str]:
    """What stands against it, what was decided, the KPIs, and what of the production was off the protocol."""
    said = ["  in quarantine: it does not count"] if one["in_quarantine"] else []
    said += [f"  to be judged: {', '.join(one['failed_rules'])}"] if one["failed_rules"] else []
    said += [f"  {one['decided_reason']}"] if one.get("decided_reason") else []
    off = one["off_protocol"] if "off_protocol" in one else [of for of in one["conformance"] if not of["within"]]
    return said + [words.kpi(kpi) for kpi in one["kpis"]] + [words.off_protocol(of) for of in off]


def _matrix(lines: words.Json) -> list[str]:
    numbers = sorted({cell["number"] for line in lines for cell in line["cells"]})
    rows = []
    below: list[str] = []
    for line in lines:
        of = {cell["number"]: cell for cell in line["cells"]}
        shown = [_cell(of[number]) if number in of else "" for number in numbers]
        rows.append((line["code"], *shown, words.moment(line["closes_at"])))
        below += [
            f"  {line['code']} {number}: {said}" for number in numbers if number in of and (said := _more(of[number]))
        ]
    head = ("line", *(f"cell {number}" for number in numbers), "until")
    return words.table(head, rows, "No line takes part.") + (["", *below] if below else [])


def _cell(cell: words.Json) -> str:
    return f"{cell['status']} *" if _more(cell) else str(cell["status"])


def _more(cell: words.Json) -> str:
    """What stands below the matrix of a cell that has a star in it."""
    said = [", ".join(cell["failed_rules"])] if cell["failed_rules"] else []
    said += [f"{cell['versions']} versions"] if cell["versions"] > 1 else []
    said += [f"{cell['late']} late"] if cell["late"] else []
    return "; ".join(said)
