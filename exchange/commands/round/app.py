"""The group `exchange round`, and what its commands share."""

import re
from datetime import datetime
from typing import Annotated

import typer

from exchange.commands.remote import Remote

round = typer.Typer(help="Round robins, at a running server; the token is EXCHANGE_TOKEN.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(help="The round, such as rr-2026", metavar="ROUND")]
AsJson = Annotated[bool, typer.Option("--json", help="The server's own document")]
Line = Annotated[str, typer.Option(help="The line's id")]
OwnLine = Annotated[str | None, typer.Option("--line", help="Your line; needed where you have several in the round")]
Reason = Annotated[str, typer.Option(help="Why; it is kept, and told to whom it concerns")]
CellName = Annotated[str, typer.Option("--cell", help="The cell by its name at the line")]
Code = Annotated[str, typer.Argument(help="The line's code, such as QX", metavar="CODE")]
Correction = Annotated[
    bool, typer.Option("--correction", help="The report is published, and this begins to correct it")
]
PANELS = SETTING_UP, CELLS, HANDING_IN, JUDGING, REPORTING = (
    "Setting up and running",
    "Cells",
    "Handing in",
    "Results",
    "Reports",
)

_ROUND = r"[a-z0-9][a-z0-9-]{0,31}"


class RoundAt(Remote):
    """One round at a server."""

    def __init__(self, server: str, id: str) -> None:
        if not re.fullmatch(_ROUND, id):
            raise typer.BadParameter(f"'{id[:40]}' is no id of a round; write it like rr-2026", param_hint="ROUND")
        super().__init__(server, "rounds", id)
        self.id = id

    def own_line(self, line: str | None) -> str:
        """The line that is named, or the only one that the caller's organisation has in the round."""
        if line is not None:
            return line
        own = [one["line"] for one in self.get()["own"]]
        if len(own) != 1:
            which = f"has several lines in it: {', '.join(own)}" if own else "has no line in it"
            raise typer.BadParameter(f"your organisation {which}; name the one that is meant", param_hint="--line")
        return str(own[0])


def moment(said: str, hint: str) -> str:
    """A moment with its offset from UTC, as it was said; else the command ends with status 2."""
    try:
        if datetime.fromisoformat(said).tzinfo is not None:
            return said
    except ValueError:
        pass
    meant = "write it like 2026-03-31T14:05:00+02:00"
    raise typer.BadParameter(f"'{said}' is no moment with an offset from UTC; {meant}", param_hint=hint)
