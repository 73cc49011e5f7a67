"""The commands `exchange audit …`: seal, verify and export what was done."""

import contextlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TextIO

import typer

from exchange import terminal
from exchange.log import configure
from schemas.audit import Verdict

audit = typer.Typer(help="The audit: its chain, and copies of it for others.", no_args_is_help=True)

_MOMENT = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


@audit.command("seal")
def seal() -> None:
    """Seal what no seal covers yet, and print the newest seal's hash: kept elsewhere, it is an anchor."""
    from exchange.auditing.seal import seal
    from exchange.start import opened

    configure("WARNING")
    with opened(terminal.settings()) as services:
        newest = seal(services, whole=True)
    typer.echo("There is no event yet." if newest is None else f"{newest.hash}  seal {newest.number}")


@audit.command("verify")
def verify(
    file: Annotated[
        Path | None, typer.Argument(help="An export; none: the database", exists=True, dir_okay=False)
    ] = None,
    anchor: Annotated[str | None, typer.Option(help="Hash of an earlier seal, kept elsewhere")] = None,
) -> None:
    """Compute the chain again. Status 3 when an event is changed, missing or inserted, or the anchor is not in it."""
    configure("WARNING")
    if anchor is not None and (len(anchor) != 64 or set(anchor) - set("0123456789abcdef")):
        raise typer.BadParameter("an anchor is 64 hexadecimal digits, as `exchange audit seal` prints it")
    if file is None:
        from exchange.auditing.seal import verify
        from exchange.start import opened

        with opened(terminal.settings()) as services:
            verdict = verify(services, anchor)
    else:
        from access.exported import verify_exported

        with file.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
            start, verdict = verify_exported(lines, anchor)
        if set(start) != {"0"}:
            typer.echo(f"The file goes on from a seal with the hash {start}.")
    _tell(verdict, anchor)


@audit.command("export")
def export(
    since: Annotated[datetime | None, typer.Option(formats=_MOMENT, help="UTC; included")] = None,
    until: Annotated[datetime | None, typer.Option(formats=_MOMENT, help="UTC; not included")] = None,
    out: Annotated[Path | None, typer.Option(help="File; none: standard output", dir_okay=False)] = None,
) -> None:
    """Events with their chain as JSON Lines, in whole batches, for whoever shall be able to verify them."""
    from exchange.auditing.seal import export
    from exchange.start import opened

    configure("WARNING")
    first, last = (None if one is None else one.replace(tzinfo=UTC) for one in (since, until))
    with opened(terminal.settings()) as services, _writing(out) as target:
        for line in export(services, first, last):
            target.write(f"{line}\n")


def _tell(verdict: Verdict, anchor: str | None) -> None:
    if not verdict.sound:
        typer.echo(f"NOT as it was sealed: {verdict.finding}")
        typer.echo(f"Before that, {verdict.events} events under {verdict.seals} seals are as they were sealed.")
        raise typer.Exit(3)
    typer.echo(f"{verdict.events} events under {verdict.seals} seals are as they were sealed.")
    if verdict.seals:
        typer.echo(f"Head: {verdict.head}")
    if verdict.anchored is not None:
        typer.echo(f"The anchor is the hash of seal {verdict.anchored}.")
    elif anchor is None:
        typer.echo("Without an anchor this does not show whether the whole chain was made anew; see docs on the audit.")
    if verdict.unsealed:
        oldest = "" if verdict.oldest_unsealed is None else f", the oldest of {verdict.oldest_unsealed.isoformat()}"
        typer.echo(f"{verdict.unsealed} events have no seal yet{oldest}; nothing is said of them.")


@contextlib.contextmanager
def _writing(out: Path | None) -> Iterator[TextIO]:
    if out is None:
        yield sys.stdout
        return
    try:
        file = out.open("w", encoding="utf-8", newline="\n")
    except OSError as wrong:
        raise typer.BadParameter(f"'{out}' cannot be written: {wrong.strerror}", param_hint="--out") from None
    with file:
        yield file
