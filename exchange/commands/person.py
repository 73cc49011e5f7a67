"""The commands `exchange person …`: what is kept about a person, its erasure, and what holds it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from exchange import terminal
from exchange.log import configure

person = typer.Typer(help="What is kept about a person, and its erasure.", no_args_is_help=True)


@person.command("export")
def export(
    user: str, out: Annotated[Path | None, typer.Option(help="File; none: standard output", dir_okay=False)] = None
) -> None:
    """Everything that is kept about a person, as JSON."""
    from exchange.auditing.erase import everything
    from exchange.start import opened

    configure("WARNING")
    with opened(terminal.settings()) as services:
        text = json.dumps(everything(services, user), indent=2, ensure_ascii=False)
    if out is None:
        typer.echo(text)
        return
    try:
        out.touch(mode=0o600)
        out.write_text(text + "\n", encoding="utf-8")
    except OSError as wrong:
        raise typer.BadParameter(f"'{out}' cannot be written: {wrong.strerror}", param_hint="--out") from None
    typer.echo(f"{out} holds what is kept about {user}.")


@person.command("erase")
def erase(user: str, yes: Annotated[bool, typer.Option("--yes", help="Do not ask")] = False) -> None:
    """End the account and erase the person; says what must remain and why. It cannot be undone."""
    from exchange.auditing.erase import erase
    from exchange.start import opened

    configure("WARNING")
    if not yes:
        typer.confirm(f"Erase {user}? This cannot be undone.", abort=True)
    with opened(terminal.settings()) as services:
        done = erase(services, user)
    typer.echo(f"{user} is erased; tokens revoked: {done.tokens}.")
    for table, count in sorted(done.went.items()):
        typer.echo(f"  erased: {count} of {table}")
    typer.echo(f"  erased: address and words of {done.audit_events} events, and {done.audit_ties} ties to pseudonyms")
    for table, count in sorted(done.renamed.items()):
        typer.echo(f"  stays under the id {done.called}: {count} of {table}")
    typer.echo("What remains, and why:")
    for sentence in done.remains:
        typer.echo(f"  - {sentence}")


@person.command("hold")
def hold(
    user: str,
    reason: Annotated[str, typer.Option(help="Why; it stays on record")],
    days: Annotated[int, typer.Option(min=1, max=3650)] = 90,
) -> None:
    """Keep what the audit knows of a person for so many days, such as while a complaint is looked into."""
    from exchange.auditing.retain import hold
    from exchange.start import opened

    configure("WARNING")
    with opened(terminal.settings()) as services:
        made = hold(services, user, reason, days)
    typer.echo(f"What the audit knows of {user} is kept until {made.until.date().isoformat()}.")


@person.command("release")
def release(user: str) -> None:
    """End every hold on a person at once."""
    from exchange.auditing.retain import release
    from exchange.start import opened

    configure("WARNING")
    with opened(terminal.settings()) as services:
        ended = release(services, user)
    typer.echo(f"Holds on {user} that were ended: {ended}.")
