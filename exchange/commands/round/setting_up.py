"""Setting up and running a round, by office, coordinator and signatories: founded, joined, opened, closed."""

from pathlib import Path
from typing import Annotated

import typer

from exchange.commands.documents import document
from exchange.commands.remote import Remote, Server
from exchange.commands.round import words
from exchange.commands.round.app import SETTING_UP, AsJson, Code, Id, Line, Reason, RoundAt, moment, round

Record = Annotated[Path, typer.Argument(help="JSON or YAML", metavar="FILE")]
Function = Annotated[str, typer.Option(help="In which function you sign: Head of the institute")]
Basis = Annotated[str, typer.Option(help="On which authority: Statutes, § 26")]


@round.command("list", rich_help_panel=SETTING_UP)
def every(server: Server, as_json: AsJson = False) -> None:
    """The rounds that you may know of."""
    found = Remote(server).get("rounds")
    rows = [(one["notice"]["id"], one["notice"]["state"], one["notice"]["title"]) for one in found]
    words.say(found, as_json, words.table(("round", "state", "title"), rows, "There is no round that you may know of."))


@round.command("show", rich_help_panel=SETTING_UP)
def show(server: Server, id: Id, as_json: AsJson = False) -> None:
    """One round as you may see it: record, plan, dates, your own lines with their codes."""
    found = RoundAt(server, id).get()
    words.say(found, as_json, _shown(found))


@round.command("found", rich_help_panel=SETTING_UP)
def found(server: Server, record: Record, as_json: AsJson = False) -> None:
    """Found a round, by the network's office."""
    made = Remote(server).post("rounds", body=document(record, "FILE"))
    words.say(made, as_json, [f"{made['notice']['id']} is a draft."])


@round.command("describe", rich_help_panel=SETTING_UP)
def describe(server: Server, id: Id, record: Record, as_json: AsJson = False) -> None:
    """Put another record, with KPIs and plan, in place of the one there; by the coordinator of a draft."""
    made = RoundAt(server, id).put(body=document(record, "FILE"))
    words.say(made, as_json, [f"{id} is described."])


@round.command("people", rich_help_panel=SETTING_UP)
def people(
    server: Server,
    id: Id,
    coordinator: Annotated[str, typer.Option(help="A user")],
    custodian: Annotated[str | None, typer.Option(help="A user; the office's if left out")] = None,
    statistician: Annotated[str | None, typer.Option(help="A user")] = None,
    test_house: Annotated[list[str] | None, typer.Option(help="An organisation; repeated")] = None,
    as_json: AsJson = False,
) -> None:
    """Choose who runs it, all at once in place of those there; by the network's office."""
    named = {"coordinator": coordinator, "custodian": custodian, "statistician": statistician}
    made = RoundAt(server, id).put("people", body=named | {"test_houses": test_house or []})
    words.say(made, as_json, [f"{role}: {', '.join(holders)}" for role, holders in made["people"].items()])


@round.command("declare", rich_help_panel=SETTING_UP)
def declare(
    server: Server, id: Id, statement: Annotated[str, typer.Argument(help="What is printed")], as_json: AsJson = False
) -> None:
    """Declare a conflict of interest, by its coordinator; the report prints it."""
    made = RoundAt(server, id).post("conflicts", body={"statement": statement})
    words.say(made, as_json, ["It is declared."])


@round.command("history", rich_help_panel=SETTING_UP)
def history(server: Server, id: Id, as_json: AsJson = False) -> None:
    """What happened and when, without people, lines and codes; for those who run the round."""
    found = RoundAt(server, id).get("history")
    rows = [(words.moment(one["at"]), one["what"], one["detail"]) for one in found]
    words.say(found, as_json, words.table(("when", "what", ""), rows))


@round.command("lines", rich_help_panel=SETTING_UP)
def lines(server: Server, id: Id, as_json: AsJson = False) -> None:
    """Who is invited, and in a draft who has joined, by name; for coordinator, custodian and office."""
    found = RoundAt(server, id).get("lines")
    words.say(found, as_json, _invited(found))


@round.command("invite", rich_help_panel=SETTING_UP)
def invite(
    server: Server, id: Id, line: Annotated[list[str], typer.Argument(help="Lines' ids")], as_json: AsJson = False
) -> None:
    """Invite lines of admitted members, all or none; by the coordinator before opening."""
    found = RoundAt(server, id).post("lines", body={"lines": line})
    words.say(found, as_json, _invited(found))


@round.command("join", rich_help_panel=SETTING_UP)
def join(server: Server, id: Id, line: Line, function: Function, basis: Basis, as_json: AsJson = False) -> None:
    """Join for a line that is invited, by a signatory."""
    made = RoundAt(server, id).post("lines", line, "join", body={"function": function, "basis": basis})
    words.say(made, as_json, [f"{line} takes part in {id}."])


@round.command("waive", rich_help_panel=SETTING_UP)
def waive(server: Server, id: Id, line: Line, function: Function, basis: Basis, as_json: AsJson = False) -> None:
    """Waive that the line goes by a code, by a signatory before opening."""
    made = RoundAt(server, id).post("lines", line, "waiver", body={"function": function, "basis": basis})
    words.say(made, as_json, [f"{line} may be named in {id}, if every line waives."])


@round.command("withdraw", rich_help_panel=SETTING_UP)
def withdraw(server: Server, id: Id, line: Line, reason: Reason, as_json: AsJson = False) -> None:
    """Withdraw a line; a coded result that is there stays."""
    made = RoundAt(server, id).post("lines", line, "withdrawal", body={"reason": reason})
    words.say(made, as_json, [f"{line} has withdrawn from {id}."])


@round.command("codes", rich_help_panel=SETTING_UP)
def codes(server: Server, id: Id, as_json: AsJson = False) -> None:
    """Whose code is whose; for the custodian alone."""
    found = RoundAt(server, id).get("codes")
    rows = [(one["code"], one["line"], one["organisation"], _standing(one)) for one in found]
    words.say(found, as_json, words.table(("code", "line", "organisation", "standing"), rows))


@round.command("open", rich_help_panel=SETTING_UP)
def open_(server: Server, id: Id, as_json: AsJson = False) -> None:
    """Freeze the plan, draw the codes, and let lines hand in; by its coordinator."""
    opened = RoundAt(server, id).post("open")
    words.say(opened, as_json, [f"{id} is open for {opened['lines']} lines.", *opened["warnings"]])


@round.command("extend", rich_help_panel=SETTING_UP)
def extend(
    server: Server,
    id: Id,
    code: Code,
    until: Annotated[str, typer.Option(help="2026-03-31T14:05:00+02:00")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Give one line, by its code, a later last moment; by its coordinator."""
    body = {"code": code, "closes_at": moment(until, "--until"), "reason": reason}
    words.say(RoundAt(server, id).post("extensions", body=body), as_json, [f"{code} may hand in until {until}."])


@round.command("amend", rich_help_panel=SETTING_UP)
def amend(server: Server, id: Id, plan: Record, reason: Reason, as_json: AsJson = False) -> None:
    """Put another plan in place of the one in force, by its coordinator before evaluation; the report prints it."""
    made = RoundAt(server, id).post("amendments", body={"plan": document(plan, "FILE"), "reason": reason})
    words.say(made, as_json, [f"Amendment {made['plans'][-1]['number']} of {id} is in force."])


@round.command("close", rich_help_panel=SETTING_UP)
def close(
    server: Server,
    id: Id,
    reason: Annotated[str | None, typer.Option(help="Where it is early")] = None,
    as_json: AsJson = False,
) -> None:
    """Close it, by its coordinator: nothing more counts from then on."""
    closed = RoundAt(server, id).post("close", body={"reason": reason} if reason is not None else {})
    words.say(closed, as_json, [f"{id} is closed."])


@round.command("cancel", rich_help_panel=SETTING_UP)
def cancel(server: Server, id: Id, reason: Reason, as_json: AsJson = False) -> None:
    """Cancel a round that is not published, by coordinator or office."""
    words.say(RoundAt(server, id).post("cancel", body={"reason": reason}), as_json, [f"{id} is cancelled."])


def _shown(found: words.Json) -> list[str]:
    notice, record = found["notice"], found["record"]
    said = [f"{notice['id']}: {notice['title']}", f"{notice['kind']} round, {notice['state']}"]
    if record:
        protocol = record["protocol"]
        said += [
            f"{protocol['name']}, version {protocol['version']}; {record['cells_per_line']} cells of each line; "
            f"{record['identity']}",
            f"Hand in until {words.moment(record['closes_at'])}; {record['comment_days']} days for comments",
        ]
        plan = found["plans"][-1]["plan"] if found["plans"] else record["plan"]
        kpis = [(one["kpi"]["id"], one["kpi"]["label"], words.number(one["sigma_pt"])) for one in plan["kpis"]]
        said += words.table(("kpi", "label", "sigma_pt"), kpis)
    said += [f"Your roles: {', '.join(found['roles'])}"] if found["roles"] else []
    said += [f"{role}: {', '.join(holders)}" for role, holders in found["people"].items()]
    rows = [
        (one["line"], one["code"] or words.NONE, words.moment(one["closes_at"]), _standing(one)) for one in found["own"]
    ]
    return said + words.table(("your line", "code", "hand in until", "standing"), rows)


def _invited(found: words.Json) -> list[str]:
    rows = [(one["line"], one["name"], one["organisation"], _standing(one)) for one in found]
    return words.table(("line", "name", "organisation", "standing"), rows, "No line is invited.")


def _standing(one: words.Json) -> str:
    for state in ("withdrawn", "joined", "invited"):
        if one.get(f"{state}_at"):
            return state
    return words.NONE
