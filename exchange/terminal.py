"""What every command shares: its settings, and how a refusal is told."""

import sys

import typer
from pydantic import ValidationError

from exchange.settings import Settings
from schemas.errors import ExchangeError


def settings() -> Settings:
    """From the environment; what is wrong with them is told, and the command ends with status 2."""
    try:
        return Settings()
    except ValidationError as wrong:
        # The values may be secrets: only places and sentences are shown.
        for one in wrong.errors(include_input=False, include_url=False):
            typer.echo(
                f"EXCHANGE_{'_'.join(map(str, one['loc'])).upper()}: {one['msg'].removeprefix('Value error, ')}",
                err=True,
            )
        raise typer.Exit(2) from None


def tell(refusal: ExchangeError) -> None:
    """One sentence on standard error, and one for each trouble."""
    sys.stderr.write(f"{refusal.title}: {refusal.message}\n")
    for trouble in refusal.errors:
        sys.stderr.write(f"  {trouble.pointer}: {trouble.message} {trouble.hint}\n")
