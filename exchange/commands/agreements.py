"""The commands `exchange agreements …`: list, show, publish, retire, and seed with examples."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from exchange import terminal

if TYPE_CHECKING:
    from exchange.services import Services

agreements = typer.Typer(help="Agreements: texts with versions that organisations accept.", no_args_is_help=True)
By = Annotated[str, typer.Option(help="Id of the person of the office who answers for it")]


@agreements.command("list")
def show_all(by: By) -> None:
    """Every agreement, its newest version and state."""
    from exchange import agree
    from exchange.agree import paper

    with _opened() as services:
        for one in agree.listed(services, paper.officer(services, by)):
            state = f"retired {one.retired_at:%Y-%m-%d}" if one.retired_at else f"version {one.newest().number}"
            typer.echo(f"{one.id}  {one.kind.value}  {state}{', example' if one.example else ''}  {one.title}")


@agreements.command("show")
def show(
    agreement: str, by: By, version: Annotated[int | None, typer.Option(min=1, help="Not given: the newest")] = None
) -> None:
    """A version's text, hash and terms."""
    from exchange import agree
    from exchange.agree import paper

    with _opened() as services:
        text = agree.text(services, paper.officer(services, by), agreement, version)
    typer.echo(f"{text.agreement}@{text.number}  sha256 {text.sha256}  published {text.published_at:%Y-%m-%d}\n")
    typer.echo(text.text)
    typer.echo(text.terms.model_dump_json(indent=2, exclude_defaults=True))


@agreements.command("publish")
def publish(
    file: Annotated[Path, typer.Argument(help="TOML with id, kind, title, text, terms", exists=True, dir_okay=False)],
    by: By,
) -> None:
    """Publish an agreement from a file; where its id is there, the text becomes the newest version."""
    from exchange.agree import paper

    with _opened() as services:
        text = paper.published(services, paper.officer(services, by), file)
    typer.echo(f"{text.agreement}@{text.number} is published, sha256 {text.sha256}.")


@agreements.command("retire")
def retire(agreement: str, by: By, reason: Annotated[str, typer.Option(help="Told to past recipients")]) -> None:
    """End an agreement: access that rests on it ends at once; says who is asked to confirm what."""
    from exchange import agree
    from exchange.agree import paper

    with _opened() as services:
        done = agree.retire(services, paper.officer(services, by), agreement, reason)
    typer.echo(f"{agreement} is retired; past recipients: {len(done.duties)}.")
    for one in done.duties:
        typer.echo(f"{one.organisation}  {'is asked to confirm deletion' if one.deletion else 'keeps its duties'}")


@agreements.command("seed")
def seed(by: By) -> None:
    """Publish an example of each kind, for counsel to replace; those that are there stay."""
    from exchange.agree import paper

    with _opened() as services:
        made = paper.seeded(services, paper.officer(services, by))
    typer.echo(f"Published as examples: {', '.join(made) or 'none, all are there'}.")


@contextlib.contextmanager
def _opened() -> "Iterator[Services]":
    from exchange.start import close_services, open_services, reach

    settings = terminal.settings()
    services = open_services(settings)
    try:
        reach(settings)
        yield services
    finally:
        close_services(services)
