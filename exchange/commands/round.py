"""The commands `exchange round …`: what a line, a coordinator and a statistician do most, at a running server."""

import json
import re
from pathlib import Path
from typing import Annotated

import typer

from exchange.commands.remote import Json, Remote, Server

round = typer.Typer(help="Round robins, at a running server; the token is EXCHANGE_TOKEN.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(help="The round, such as rr-2026", metavar="ROUND")]
AsJson = Annotated[bool, typer.Option("--json", help="The server's own document")]
Line = Annotated[str, typer.Option(help="Your line")]
CellName = Annotated[str, typer.Option("--cell", help="The cell by its name at your line")]
Dataset = Annotated[str, typer.Option(help="PLX-…")]
Version = Annotated[int | None, typer.Option(help="Of the dataset; the newest if left out")]

Stated = Annotated[
    list[str] | None,
    typer.Option("--uncertainty", help="U of a KPI of this cell in its unit: q-c10=0.5, or q-c10=0.5,k=3; repeated"),
]


@round.command("list")
def every(server: Server, as_json: AsJson = False) -> None:
    """The rounds that you may know of."""
    found = Remote(server).get("/rounds")
    _say(
        found,
        as_json,
        [f"{one['notice']['id']:<24}{one['notice']['state']:<14}{one['notice']['title']}" for one in found],
    )


@round.command("show")
def show(server: Server, id: Id) -> None:
    """One round as you may see it: record, plan, dates, your own lines with their codes."""
    typer.echo(json.dumps(Remote(server).get(f"/rounds/{id}"), indent=2, ensure_ascii=False))


@round.command("found")
def found(server: Server, record: Annotated[Path, typer.Argument(help="JSON", exists=True, dir_okay=False)]) -> None:
    """Found a round, by the network's office."""
    made = Remote(server).post("/rounds", _read(record))
    typer.echo(f"{made['notice']['id']} is a draft.")


@round.command("open")
def open_(server: Server, id: Id) -> None:
    """Freeze the plan, draw the codes, and let lines hand in; by its coordinator."""
    opened = Remote(server).post(f"/rounds/{id}/open")
    typer.echo(f"{id} is open.")
    for warning in opened.get("warnings", ()):
        typer.echo(warning)


@round.command("try")
def attempt(
    server: Server,
    id: Id,
    line: Line,
    cell: CellName,
    dataset: Dataset,
    version: Version = None,
    uncertainty: Stated = None,
) -> None:
    """Check a dataset as when it is handed in, with your own KPIs; nothing counts. Status 3: it would not be taken."""
    told = Remote(server).post(f"/rounds/{id}/attempts", _wanted(line, cell, dataset, version, uncertainty))
    for problem in told["problems"]:
        typer.echo(f"  {problem['message']}")
    for kpi in told["kpis"]:
        typer.echo(_kpi(kpi))
    if not told["would_be_taken"]:
        raise typer.Exit(3)


@round.command("hand-in")
def hand_in(
    server: Server,
    id: Id,
    line: Line,
    cell: CellName,
    dataset: Dataset,
    version: Version = None,
    uncertainty: Stated = None,
) -> None:
    """Hand a dataset in for one of your cells, sealed; the receipt is printed as JSON."""
    receipt = Remote(server).post(f"/rounds/{id}/submissions", _wanted(line, cell, dataset, version, uncertainty))
    typer.echo(json.dumps(receipt, indent=2, ensure_ascii=False))


@round.command("own")
def own(server: Server, id: Id, as_json: AsJson = False) -> None:
    """What your organisation has handed in, what came of it, and your own KPIs."""
    found = Remote(server).get(f"/rounds/{id}/submissions")
    lines: list[str] = []
    for one in found["submissions"]:
        late = ", late" if one["late"] else ""
        of = f"{one['dataset']}@{one['version']}"
        lines.append(f"{one['line']} {one['cell']} version {one['number']}: {one['state']}{late}, {of}")
        lines += [_kpi(kpi) for kpi in one["kpis"]]
        lines += [_said(of) for of in one["uncertainties"]]
    _say(found, as_json, lines)


@round.command("status")
def status(server: Server, id: Id, as_json: AsJson = False) -> None:
    """What has arrived, under codes; for coordinator and statistician."""
    found = Remote(server).get(f"/rounds/{id}/status")
    lines = [
        f"{line['code']:<8}" + "  ".join(f"{cell['number']}: {cell['status']}" for cell in line["cells"])
        for line in found["lines"]
    ]
    _say(found, as_json, lines)


@round.command("close")
def close(server: Server, id: Id, reason: Annotated[str | None, typer.Option(help="Where it is early")] = None) -> None:
    """Close it, by its coordinator: nothing more counts from then on."""
    Remote(server).post(f"/rounds/{id}/close", {"reason": reason} if reason else {})
    typer.echo(f"{id} is closed.")


@round.command("evaluate")
def evaluate(server: Server, id: Id) -> None:
    """Compute everything of the plan from what counts; by statistician or coordinator."""
    made = Remote(server).post(f"/rounds/{id}/evaluation")
    typer.echo(f"Evaluation {made['number']} of {id}: {made['p']} lines, {made['cells']} cells.")


@round.command("results")
def results(server: Server, id: Id, as_json: AsJson = False) -> None:
    """All lines under codes, once you may read them."""
    found = Remote(server).get(f"/rounds/{id}/results")["evaluation"]
    lines: list[str] = []
    for kpi in found["kpis"]:
        whole = kpi["all_results"]
        lines.append(
            f"{kpi['label']} in {kpi['unit']}: x* {_number(whole['assigned'])}, s_r {_number(whole['s_r']['value'])}, "
            f"s_R {_number(whole['s_R']['value'])} ({whole['p']} lines)"
        )
        for one in kpi["lines"]:
            row = f"{one['code']:<8}{one['n']:>3}{_number(one['mean']):>12}{_number(one['s']):>12}"
            lines.append(f"  {row}  {', '.join(one['flags'])}")
    _say(found, as_json, lines)


def _wanted(line: str, cell: str, dataset: str, version: int | None, uncertainty: list[str] | None) -> Json:
    stated = [_stated(one) for one in uncertainty or ()]
    more = ({"version": version} if version else {}) | ({"uncertainties": stated} if stated else {})
    return {"line": line, "cell": cell, "dataset": dataset} | more


def _stated(said: str) -> Json:
    """`q-c10=0.5` or `q-c10=0.5,k=3`."""
    found = re.fullmatch(r"([^=,]+)=([^=,]+)(?:,k=([^=,]+))?", said)
    try:
        if found is None:
            raise ValueError
        kpi, expanded, k = found.groups()
        return {"kpi": kpi, "expanded": float(expanded)} | ({"k": float(k)} if k else {})
    except ValueError:
        meant = "write the KPI and its U, like q-c10=0.5 or q-c10=0.5,k=3"
        raise typer.BadParameter(f"'{said}' is no uncertainty: {meant}", param_hint="--uncertainty") from None


def _kpi(kpi: Json) -> str:
    value = f"{_number(kpi['value'])} {kpi['unit']}" if kpi["value"] is not None else f"not given: {kpi['reason']}"
    return f"  {kpi['kpi']:<16}{value}"


def _said(of: Json) -> str:
    return f"  {of['kpi']:<16}U = {_number(of['expanded'])} {of['unit']}, k = {of['k']:g}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.6g}"


def _say(found: Json, as_json: bool, lines: list[str]) -> None:
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False) if as_json else "\n".join(lines))


def _read(path: Path) -> Json:
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as wrong:
        raise typer.BadParameter(f"{path} is no JSON: {wrong}") from None
