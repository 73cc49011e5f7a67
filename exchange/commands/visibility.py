"""The commands `exchange visibility …`: is what search reads still what the access rule says?"""

from typing import Annotated

import typer

from exchange import terminal

visibility = typer.Typer(help="What search reads, against the access rule.", no_args_is_help=True)


@visibility.command("check")
def check(
    repair: Annotated[bool, typer.Option("--repair", help="Work out anew what differs")] = False,
) -> None:
    """Compare all of it with the rule; status 3 when something differed and was not put right."""
    from exchange import visibility as verb
    from exchange.start import close_services, open_services

    services = open_services(terminal.settings())
    try:
        if repair:
            typer.echo(f"{verb.rebuild(services.sessions)} datasets differed from the rule and were put right.")
            return
        wrong = verb.check(services.sessions)
    finally:
        close_services(services)
    for dataset in wrong:
        typer.echo(dataset)
    typer.echo(f"{len(wrong)} datasets differ from the rule.", err=True)
    if wrong:
        raise typer.Exit(3)
