"""Custody of shipped cells: sent, received and measured on arrival, returned, disposed of; and what is on record."""

from pathlib import Path
from typing import Annotated

import typer

from exchange.commands.documents import document
from exchange.commands.remote import Server
from exchange.commands.round import words
from exchange.commands.round.app import CELLS, AsJson, Id, OwnLine, RoundAt, moment, round
from schemas.round.custody import TransportDocument

custody = typer.Typer(help="Shipped cells: what was sent, received, returned, disposed of.", no_args_is_help=True)
round.add_typer(custody, name="custody", rich_help_panel=CELLS)
Cells = Annotated[list[str], typer.Option("--cell", help="The cell by its name at the line; repeated")]
When = Annotated[str, typer.Option("--at", help="2026-03-31T14:05:00+02:00")]
Comment = Annotated[str | None, typer.Option()]
Document = Annotated[TransportDocument | None, typer.Option(help="By which the cell may travel")]
Reference = Annotated[str | None, typer.Option(help="Of the document")]
TransportClass = Annotated[str | None, typer.Option(help="UN 3480, class 9")]
Measured = Annotated[float | None, typer.Option()]


@custody.command("sent")
def sent(
    server: Server,
    id: Id,
    cell: Cells,
    at: When,
    transport_class: Annotated[str, typer.Option(help="UN 3480, class 9")],
    document: Annotated[TransportDocument, typer.Option(help="By which the cell may travel")],
    reference: Reference = None,
    comment: Comment = None,
    line: OwnLine = None,
    as_json: AsJson = False,
) -> None:
    """A cell went to the line, or from it to whoever tests it; by custodian or line."""
    papers = {"transport_class": transport_class, "document": document.value, "reference": reference}
    _enter(RoundAt(server, id), line, _entries("sent", cell, at, papers | {"comment": comment}), as_json)


@custody.command("received")
def received(
    server: Server,
    id: Id,
    cell: Annotated[str, typer.Option("--cell", help="The cell by its name at the line")],
    at: When,
    soc_percent: Annotated[float | None, typer.Option(help="State of charge on arrival, %")] = None,
    ocv_v: Annotated[float | None, typer.Option(help="Voltage without load, V")] = None,
    resistance_1khz_ohm: Annotated[
        float | None, typer.Option("--resistance-1khz-ohm", help="Resistance at 1 kHz, Ω")
    ] = None,
    mass_g: Annotated[float | None, typer.Option(help="Mass, g")] = None,
    lowest_c: Annotated[float | None, typer.Option(help="Lowest temperature on the way, °C")] = None,
    highest_c: Annotated[float | None, typer.Option(help="Highest temperature on the way, °C")] = None,
    comment: Comment = None,
    line: OwnLine = None,
    as_json: AsJson = False,
) -> None:
    """A cell has arrived: as it was then, and what the logger of its box says of the way; by the line."""
    arrived = {"soc_percent": soc_percent, "ocv_v": ocv_v, "resistance_1khz_ohm": resistance_1khz_ohm, "mass_g": mass_g}
    told = arrived | {"lowest_c": lowest_c, "highest_c": highest_c, "comment": comment}
    _enter(RoundAt(server, id), line, _entries("received", [cell], at, told), as_json)


@custody.command("returned")
def returned(
    server: Server,
    id: Id,
    cell: Cells,
    at: When,
    transport_class: TransportClass = None,
    document: Document = None,
    reference: Reference = None,
    comment: Comment = None,
    line: OwnLine = None,
    as_json: AsJson = False,
) -> None:
    """A cell went back; by line or custodian."""
    papers = {"transport_class": transport_class, "document": document and document.value, "reference": reference}
    _enter(RoundAt(server, id), line, _entries("returned", cell, at, papers | {"comment": comment}), as_json)


@custody.command("disposed")
def disposed(
    server: Server,
    id: Id,
    cell: Cells,
    at: When,
    how: Annotated[str, typer.Option(help="Discharged and recycled")],
    comment: Comment = None,
    line: OwnLine = None,
    as_json: AsJson = False,
) -> None:
    """A cell is no more; by line or custodian."""
    _enter(RoundAt(server, id), line, _entries("disposed", cell, at, {"how": how, "comment": comment}), as_json)


@custody.command("record")
def record(
    server: Server,
    id: Id,
    file: Annotated[Path, typer.Argument(help="JSON or YAML: a list of entries", metavar="FILE")],
    line: OwnLine = None,
    as_json: AsJson = False,
) -> None:
    """Many entries of one line's cells at once, all or none."""
    found = document(file, "FILE")
    entries = found.get("entries") if isinstance(found, dict) and set(found) == {"entries"} else found
    if not isinstance(entries, list) or not entries:
        meant = "a list is meant, of groups with what, cell, at and so on"
        raise typer.BadParameter(f"'{file}' has no entries: {meant}", param_hint="FILE")
    _enter(RoundAt(server, id), line, entries, as_json)


@custody.command("show")
def show(
    server: Server,
    id: Id,
    line: Annotated[str | None, typer.Option(help="One line; without it all, for the custodian")] = None,
    as_json: AsJson = False,
) -> None:
    """What is on record: of a line for its own people and the custodian, of all lines for the custodian."""
    here = RoundAt(server, id)
    found = here.get("custody") if line is None else here.get("lines", line, "custody")
    words.say(found, as_json, _recorded(found))


def _entries(what: str, cells: list[str], at: str, told: words.Json) -> list[words.Json]:
    said = {name: value for name, value in told.items() if value is not None}
    return [{"what": what, "cell": cell, "at": moment(at, "--at")} | said for cell in cells]


def _enter(here: RoundAt, line: str | None, entries: list[words.Json], as_json: bool) -> None:
    kept = here.post("lines", here.own_line(line), "custody", body={"entries": entries})
    words.say(kept, as_json, _recorded(kept))


def _recorded(found: words.Json) -> list[str]:
    rows = []
    for one in found:
        entry = one["entry"]
        told = [f"{name} {value}" for name, value in entry.items() if name not in _SHOWN and value is not None]
        when = words.moment(entry["at"])
        rows.append((one["line"], str(one["number"]), entry["cell"], entry["what"], when, one["by"], "; ".join(told)))
    head = ("line", "number", "cell", "what", "at", "by", "")
    return words.table(head, rows, "Nothing is on record.")


_SHOWN = frozenset({"what", "cell", "at"})
