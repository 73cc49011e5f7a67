"""The commands `exchange doi …`: register DOIs, and bring the registry to what the datasets are now."""

from typing import Annotated

import typer

from exchange import terminal
from exchange.log import configure
from schemas.identifiers import parse_reference

doi = typer.Typer(help="DOIs of datasets.", no_args_is_help=True)


@doi.command("register")
def register(dataset: Annotated[str, typer.Argument(help="PLX-… for all versions, PLX-…@2 for one")]) -> None:
    """Draft the DOI, and register it where a registry is set up; done again it goes on where it stood."""
    from exchange.publishing import dois
    from exchange.start import opened

    configure("WARNING")
    pinned = parse_reference(dataset)
    if pinned is None or pinned[2] is not None:
        raise typer.BadParameter(f"'{dataset[:40]}' is no dataset; write PLX-7Q4K-M2XD or PLX-7Q4K-M2XD@2")
    with opened(terminal.settings()) as services:
        made = dois.register_here(services, pinned[0], pinned[1])
    typer.echo(f"{made.doi} is {made.state.value} and leads to {made.url}.")


@doi.command("sync")
def sync() -> None:
    """Tell the registry of every dataset and report with a DOI as it is now; status 3 when some could not be told."""
    from exchange.publishing import dois
    from exchange.rounds import report_doi
    from exchange.start import opened

    configure("WARNING")
    with opened(terminal.settings()) as services:
        count, failed = dois.sync(services)
        of_rounds, failed_rounds = report_doi.sync(services)
    for one in (*failed, *failed_rounds):
        typer.echo(one, err=True)
    failed += failed_rounds
    typer.echo(f"{count + of_rounds} DOIs are as their datasets are; {len(failed)} datasets failed.")
    if failed:
        raise typer.Exit(3)
