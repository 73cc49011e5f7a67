"""The report of a round: made, commented on, answered, published, corrected."""

from typing import Annotated

import typer

from exchange.commands.remote import Server
from exchange.commands.round import words
from exchange.commands.round.app import REPORTING, AsJson, Id, OwnLine, Reason, RoundAt, round

Text = Annotated[str, typer.Argument(help="What is said", metavar="TEXT")]


@round.command("report", rich_help_panel=REPORTING)
def report(server: Server, id: Id, as_json: AsJson = False) -> None:
    """Make the draft report of the newest evaluation; the time for comments begins."""
    words.say(RoundAt(server, id).post("report"), as_json, [f"The draft report of {id} is made."])


@round.command("comments", rich_help_panel=REPORTING)
def comments(server: Server, id: Id, as_json: AsJson = False) -> None:
    """What lines say on the draft, under codes, with answers."""
    found = RoundAt(server, id).get("comments")
    lines: list[str] = []
    for one in found:
        lines.append(
            f"{one['id']}  {words.moment(one['at'])}  {one['code']}, {'appeal' if one['appeal'] else 'comment'}:"
        )
        lines.append(f"  {one['text']}")
        lines.append(f"  answered: {one['answer']}" if one["answered_at"] else "  not answered yet")
    words.say(found, as_json, lines or ["Nobody has commented."])


@round.command("comment", rich_help_panel=REPORTING)
def comment(
    server: Server,
    id: Id,
    text: Text,
    appeal: Annotated[bool, typer.Option("--appeal", help="It is answered before the report is published")] = False,
    line: OwnLine = None,
    as_json: AsJson = False,
) -> None:
    """Comment on the draft, or appeal; all who take part read it under your line's code."""
    here = RoundAt(server, id)
    made = here.post("comments", body={"line": here.own_line(line), "text": text, "appeal": appeal})
    words.say(made, as_json, [f"{'Appeal' if appeal else 'Comment'} {made['id']} stands under {made['code']}."])


@round.command("answer", rich_help_panel=REPORTING)
def answer(
    server: Server,
    id: Id,
    comment: Annotated[str, typer.Argument(help="As comments shows it", metavar="COMMENT")],
    text: Text,
    as_json: AsJson = False,
) -> None:
    """Answer a comment or an appeal, once; by coordinator or statistician."""
    made = RoundAt(server, id).post("comments", comment, "answer", body={"text": text})
    words.say(made, as_json, [f"{made['code']} is answered."])


@round.command("publish", rich_help_panel=REPORTING)
def publish(server: Server, id: Id, as_json: AsJson = False) -> None:
    """Publish the report after the time for comments; the seals end."""
    words.say(RoundAt(server, id).post("publication"), as_json, [f"The report of {id} is published."])


@round.command("correct", rich_help_panel=REPORTING)
def correct(server: Server, id: Id, reason: Reason, as_json: AsJson = False) -> None:
    """Put the report of a newer evaluation in place of the published one; everybody is told why."""
    made = RoundAt(server, id).post("corrections", body={"reason": reason})
    words.say(made, as_json, [f"The report of {id} is corrected."])


@round.command("register-doi", rich_help_panel=REPORTING)
def register_doi(
    server: Server,
    id: Id,
    version: Annotated[int | None, typer.Option(help="Of the summary; for all of them if left out", min=1)] = None,
    as_json: AsJson = False,
) -> None:
    """Register a DOI of the public summary, by the network's office; asked again it goes on where it stood."""
    made = RoundAt(server, id).post("dois", body={"version": version})
    words.say(made, as_json, [f"{made['doi']} is {made['state']} and leads to {made['url']}."])


@round.command("dois", rich_help_panel=REPORTING)
def dois(server: Server, id: Id, as_json: AsJson = False) -> None:
    """DOIs of the public summary, drafts among them; for the network's office."""
    found = RoundAt(server, id).get("dois")
    rows = [(one["doi"], str(one["version"] or "all"), one["state"], one["url"]) for one in found]
    words.say(found, as_json, words.table(("doi", "version", "state", "leads to"), rows, "There is no DOI."))
