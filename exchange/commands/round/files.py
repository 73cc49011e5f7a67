"""Files of reports: taken as they are, by streaming, compared with the hash that their list names."""

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from exchange.commands.remote import Server
from exchange.commands.round import words
from exchange.commands.round.app import REPORTING, AsJson, Id, OwnLine, RoundAt, round

Into = Annotated[Path, typer.Option(help="Folder; it is made where it is not there")]


class Wanted(StrEnum):
    """What is made of a round for its readers."""

    REPORT = "report"
    LETTER = "letter"
    SHEET = "sheet"
    CERTIFICATE = "certificate"
    SUMMARY = "summary"


class FileForm(StrEnum):
    """In which form a file is."""

    HTML = "html"
    PDF = "pdf"
    CSV = "csv"
    PARQUET = "parquet"
    SVG = "svg"


What = Annotated[
    Wanted, typer.Argument(help="report (with figures and tables), your letter, sheet, certificate; summary")
]
Edition = Annotated[str | None, typer.Option(help="1-published, …; the newest if left out")]


@round.command("files", rich_help_panel=REPORTING)
def files(server: Server, id: Id, what: What, line: OwnLine = None, as_json: AsJson = False) -> None:
    """Which files there are, of every edition, with their hashes."""
    here = RoundAt(server, id)
    found = _files(here, what, _place(here, what, line))
    rows = [
        (one["edition"] + (", superseded" if one["superseded"] else ""), one["name"], str(one["bytes"]), one["sha256"])
        for one in found
    ]
    words.say(found, as_json, words.table(("edition", "file", "bytes", "sha256"), rows, _none(what)))


@round.command("download", rich_help_panel=REPORTING)
def download(
    server: Server,
    id: Id,
    what: What,
    form: Annotated[list[FileForm] | None, typer.Option("--format", help="Repeated; all if left out")] = None,
    into: Into = Path(),
    edition: Edition = None,
    line: OwnLine = None,
    as_json: AsJson = False,
) -> None:
    """Take files of an edition into a folder; what is there already with the same content stays."""
    here = RoundAt(server, id)
    at = _place(here, what, line)
    there = _files(here, what, at)
    of = edition or next((one["edition"] for one in there), "")
    chosen = [one for one in there if one["edition"] == of]
    if not chosen:
        editions = ", ".join(dict.fromkeys(one["edition"] for one in there))
        said = f"there is no edition '{of}'; there are: {editions}" if there else _none(what)
        raise typer.BadParameter(said, param_hint="--edition" if there else "WHAT")
    taken = [one for one in chosen if form is None or one["name"].rpartition(".")[2] in form]
    if not taken:
        has = sorted({one["name"].rpartition(".")[2] for one in chosen})
        raise typer.BadParameter(f"the {what.value} is there as {', '.join(has)} alone", param_hint="--format")
    to = folder(into)
    kept = [one | {"path": str(_kept(here, at, one, to / f"{id}-{of}-{one['name']}"))} for one in taken]
    words.say(kept, as_json, [one["path"] for one in kept])


def folder(into: Path) -> Path:
    """The folder, made where it is not there; else the command ends with status 2."""
    try:
        into.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise typer.BadParameter(f"'{into}' is no folder: {wrong.strerror}", param_hint="--into") from None
    return into


def _kept(here: RoundAt, at: tuple[str, ...], one: words.Json, to: Path) -> Path:
    """The file at its path with the content that the list names."""
    if to.exists():
        if to.is_file() and _sha256(to) == one["sha256"]:
            return to
        raise typer.BadParameter(f"'{to}' is there with other content; move it, or choose another", param_hint="--into")
    if here.save(*at, one["edition"], one["name"], to=to) != one["sha256"]:
        to.unlink()
        typer.echo(f"'{one['name']}' did not come whole; take it again.", err=True)
        raise typer.Exit(1)
    return to


def _place(here: RoundAt, what: Wanted, line: str | None) -> tuple[str, ...]:
    if what is Wanted.REPORT:
        return ("report",)
    if what is Wanted.SUMMARY:
        return ("summary", "files")
    return ("lines", here.own_line(line), "report")


def _files(here: RoundAt, what: Wanted, at: tuple[str, ...]) -> list[words.Json]:
    """Those of the product that are asked for; a line's letter, sheet and certificate stand in one list."""
    every = here.get(*at)["files"]
    of_line = what in (Wanted.LETTER, Wanted.SHEET, Wanted.CERTIFICATE)
    return [one for one in every if not of_line or one["name"].startswith(f"{what.value}.")]


def _none(what: Wanted) -> str:
    when = "once the report is published" if what in (Wanted.CERTIFICATE, Wanted.SUMMARY) else "with the draft report"
    return f"there is no {what.value}; it is made {when}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
