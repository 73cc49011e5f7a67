"""Showing one person whose one code is: asked for, agreed to by custodian and office, read, ended."""

from typing import Annotated

import typer

from exchange.commands.remote import Server
from exchange.commands.round import words
from exchange.commands.round.app import SETTING_UP, AsJson, Code, Id, Reason, RoundAt, round
from schemas.round.unblinding import AgreeingAs

unblinding = typer.Typer(help="Showing one person whose one code is.", no_args_is_help=True)
round.add_typer(unblinding, name="unblinding", rich_help_panel=SETTING_UP)
Unblinding = Annotated[str, typer.Argument(help="As list shows it", metavar="UNBLINDING")]


@unblinding.command("ask")
def ask(
    server: Server,
    id: Id,
    code: Code,
    to: Annotated[str, typer.Option(help="The user to whom it is to be shown")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Ask to show a code to one person; custodian and office are told."""
    made = RoundAt(server, id).post("unblindings", body={"code": code, "to": to, "reason": reason})
    words.say(made, as_json, _stands([made]))


@unblinding.command("list")
def every(server: Server, id: Id, as_json: AsJson = False) -> None:
    """What was asked for, and who agreed; for those who run the round and the office."""
    found = RoundAt(server, id).get("unblindings")
    words.say(found, as_json, _stands(found))


@unblinding.command("read")
def read(server: Server, id: Id, unblinding: Unblinding, as_json: AsJson = False) -> None:
    """Whose the code is, for the one person to whom it is shown; it is recorded each time."""
    found = RoundAt(server, id).get("unblindings", unblinding)
    words.say(found, as_json, [f"{found['code']}: {found['name']} ({found['line']}) of {found['organisation_name']}"])


@unblinding.command("agree")
def agree(
    server: Server,
    id: Id,
    unblinding: Unblinding,
    role: Annotated[AgreeingAs, typer.Option("--as", help="In which duty you agree")],
    as_json: AsJson = False,
) -> None:
    """Agree as custodian or as office; with the second the person may read it, and the line is told."""
    made = RoundAt(server, id).post("unblindings", unblinding, "agreements", body={"role": role.value})
    words.say(made, as_json, _stands([made]))


@unblinding.command("end")
def end(server: Server, id: Id, unblinding: Unblinding, as_json: AsJson = False) -> None:
    """End it, agreed to or not; nobody reads it from then on."""
    made = RoundAt(server, id).post("unblindings", unblinding, "end")
    words.say(made, as_json, _stands([made]))


def _stands(found: words.Json) -> list[str]:
    rows = [(one["id"], one["code"], one["to"], _state(one), one["reason"]) for one in found]
    return words.table(("id", "code", "to", "state", "reason"), rows, "Nobody has asked to be shown a code.")


def _state(one: words.Json) -> str:
    if one["ended_at"]:
        return "ended"
    if one["shown_at"]:
        return "shown"
    agreed = [role for role in ("custodian", "office") if one[f"{role}_at"]]
    return f"{agreed[0]} agreed" if agreed else "asked"
