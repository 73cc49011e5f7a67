"""Cells of a line and drafts for them; checks of a round's cells before they go out and after they came back."""

from pathlib import Path
from typing import Annotated

import typer

from exchange.commands.documents import document
from exchange.commands.remote import Server
from exchange.commands.round import words
from exchange.commands.round.app import CELLS, AsJson, Id, OwnLine, Reason, RoundAt, round

Name = Annotated[str, typer.Argument(help="The cell's name at the line", metavar="CELL")]


@round.command("cells", rich_help_panel=CELLS)
def cells(server: Server, id: Id, line: OwnLine = None, as_json: AsJson = False) -> None:
    """Cells of a line with their numbers; for the line itself and the custodian."""
    here = RoundAt(server, id)
    found = here.get("lines", here.own_line(line), "cells")
    words.say(found, as_json, _cells(found))


@round.command("name-cells", rich_help_panel=CELLS)
def name_cells(
    server: Server,
    id: Id,
    names: Annotated[list[str], typer.Argument(help="As they stand on the cells", metavar="CELL...")],
    line: OwnLine = None,
    as_json: AsJson = False,
) -> None:
    """Name cells of a line, by the line itself or the custodian who ships them; numbers are drawn."""
    here = RoundAt(server, id)
    found = here.post("lines", here.own_line(line), "cells", body={"names": names})
    words.say(found, as_json, _cells(found))


@round.command("replace-cell", rich_help_panel=CELLS)
def replace_cell(
    server: Server,
    id: Id,
    name: Name,
    by: Annotated[str, typer.Option(help="The name of the cell in its place")],
    reason: Reason,
    line: OwnLine = None,
    as_json: AsJson = False,
) -> None:
    """Put another cell in place of a dead one of which nothing is handed in."""
    here, body = RoundAt(server, id), {"name": name, "by": by, "reason": reason}
    found = here.post("lines", here.own_line(line), "cells", "replacements", body=body)
    words.say(found, as_json, _cells(found))


@round.command("draft", rich_help_panel=CELLS)
def draft(
    server: Server,
    id: Id,
    number: Annotated[int, typer.Argument(help="The cell's number", metavar="NUMBER", min=1)],
    line: OwnLine = None,
    as_json: AsJson = False,
) -> None:
    """Prepare a draft dataset for one of your cells, with everything filled in that is known."""
    here = RoundAt(server, id)
    made = here.post("lines", here.own_line(line), "cells", number, "draft")
    is_new = "a new draft" if made["made"] else "the draft that was there"
    said = [f"{made['dataset']} is {is_new} for the cell {made['cell']}.", f"PUT its file to {made['upload']}"]
    lacks = [f"The record lacks: {', '.join(made['missing'])}; PATCH {made['record']}"] if made["missing"] else []
    words.say(made, as_json, said + lacks)


@round.command("check", rich_help_panel=CELLS)
def check(
    server: Server,
    id: Id,
    data: Annotated[Path, typer.Argument(help="JSON or YAML: homogeneity or stability", metavar="FILE")],
    as_json: AsJson = False,
) -> None:
    """Are the cells alike, or did they stay so; judged and kept, by custodian or statistician."""
    kept = RoundAt(server, id).post("checks", body=document(data, "FILE"))
    words.say(kept, as_json, [kept["result"]["sentence"]])


@round.command("checks", rich_help_panel=CELLS)
def checks(server: Server, id: Id, as_json: AsJson = False) -> None:
    """Checks of the round's cells with their verdicts; for those who run it."""
    found = RoundAt(server, id).get("checks")
    said = [f"{words.moment(one['made_at'])}  {one['kpi']}: {one['result']['sentence']}" for one in found]
    words.say(found, as_json, said or ["No check was made."])


def _cells(found: words.Json) -> list[str]:
    rows = [
        (str(one["number"]), one["name"], f"replaced: {one['reason']}" if one["replaced_by"] else "")
        for one in sorted(found, key=lambda one: (one["number"], bool(one["replaced_by"])))
    ]
    return words.table(("number", "cell", ""), rows, "No cell is named.")
