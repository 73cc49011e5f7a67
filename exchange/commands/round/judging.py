"""Results of a round: evaluated, read under codes, left out for a reason; a line's own; the public summary."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from exchange.commands.remote import Server
from exchange.commands.round import words
from exchange.commands.round.app import JUDGING, AsJson, Code, Correction, Id, OwnLine, Reason, RoundAt, round
from exchange.commands.round.files import Into, folder

Kpi = Annotated[str, typer.Option(help="Id of a KPI of the plan")]


class TableForm(StrEnum):
    """As what a table is written."""

    CSV = "csv"
    PARQUET = "parquet"


@round.command("evaluate", rich_help_panel=JUDGING)
def evaluate(server: Server, id: Id, correction: Correction = False, as_json: AsJson = False) -> None:
    """Compute everything of the plan from what counts; by statistician or coordinator."""
    made = RoundAt(server, id).post("evaluation", correction=correction)
    words.say(made, as_json, [f"Evaluation {made['number']} of {id}: {made['p']} lines, {made['cells']} cells."])


@round.command("results", rich_help_panel=JUDGING)
def results(server: Server, id: Id, as_json: AsJson = False) -> None:
    """All lines under codes, once you may read them; your own codes have a star."""
    found = RoundAt(server, id).get("results")
    lines = [line for kpi in found["evaluation"]["kpis"] for line in [*_of_kpi(kpi, found["own"]), ""]]
    lines += [line for target in found["evaluation"]["conformance"] for line in [*_of_target(target), ""]]
    stale = [] if found["up_to_date"] else ["What counts has changed since: evaluate again."]
    words.say(found, as_json, lines[:-1] + stale)


@round.command("table", rich_help_panel=JUDGING)
def table(
    server: Server,
    id: Id,
    name: Annotated[str, typer.Argument(help="results, cells, statistics, screening, exclusions, curves, …")],
    form: Annotated[TableForm, typer.Option("--format")] = TableForm.CSV,
    into: Into = Path(),
    as_json: AsJson = False,
) -> None:
    """One table of the results under codes as a file, in all its rows."""
    to = folder(into) / f"{id}_{name}.{form.value}"
    sha256 = RoundAt(server, id).save("results", name, form.value, to=to)
    words.say([{"path": str(to), "sha256": sha256, "bytes": to.stat().st_size}], as_json, [str(to)])


@round.command("own-results", rich_help_panel=JUDGING)
def own_results(server: Server, id: Id, line: OwnLine = None, as_json: AsJson = False) -> None:
    """Every value of your line in all digits, its scores of earlier rounds, and itself among the others."""
    here = RoundAt(server, id)
    found = here.get("lines", here.own_line(line), "results")
    words.say(found, as_json, _own(found))


@round.command("summary", rich_help_panel=JUDGING)
def summary(server: Server, id: Id, as_json: AsJson = False) -> None:
    """The public summary, for everybody once it is published."""
    found = RoundAt(server, id).get("summary")
    rows = [
        (
            one["kpi"],
            one["unit"],
            str(one["p"]),
            *(words.number(one[name]) for name in ("consensus", "u", "s_r", "s_R")),
        )
        for one in found["kpis"]
    ]
    head = ("kpi", "unit", "lines", "x*", "u", "s_r", "s_R")
    words.say(found, as_json, [found["title"], *words.table(head, rows, "No KPI has results of enough lines.")])


@round.command("exclusions", rich_help_panel=JUDGING)
def exclusions(server: Server, id: Id, as_json: AsJson = False) -> None:
    """All that ever was left out, with reason and date; for readers of results."""
    found = RoundAt(server, id).get("exclusions")
    rows = [
        (one["id"], one["kpi"], one["code"], str(one["cell"] or "all"), _until(one), one["by"], one["reason"])
        for one in found
    ]
    head = ("id", "kpi", "code", "cell", "when", "by", "reason")
    words.say(found, as_json, words.table(head, rows, "Nothing is left out."))


@round.command("leave-out", rich_help_panel=JUDGING)
def leave_out(
    server: Server,
    id: Id,
    code: Code,
    kpi: Kpi,
    reason: Reason,
    cell: Annotated[int | None, typer.Option(help="Its number; without it the whole line", min=1)] = None,
    correction: Correction = False,
    as_json: AsJson = False,
) -> None:
    """Leave out results of a line for one KPI, from the next evaluation on; by coordinator or statistician."""
    body = {"code": code, "kpi": kpi, "reason": reason} | ({"cell": cell} if cell else {})
    made = RoundAt(server, id).post("exclusions", body=body, correction=correction)
    words.say(made, as_json, [f"Exclusion {made['id']}: {code} is left out of {kpi}; evaluate again."])


@round.command("count-again", rich_help_panel=JUDGING)
def count_again(
    server: Server,
    id: Id,
    exclusion: Annotated[str, typer.Argument(help="As exclusions shows it", metavar="EXCLUSION")],
    correction: Correction = False,
    as_json: AsJson = False,
) -> None:
    """Let what was left out count again, from the next evaluation on."""
    made = RoundAt(server, id).post("exclusions", exclusion, "end", correction=correction)
    words.say(made, as_json, [f"{made['code']} counts again for {made['kpi']}; evaluate again."])


def _of_kpi(kpi: words.Json, own: list[str]) -> list[str]:
    whole = kpi["kept_results"] or kpi["all_results"]
    head = f"{kpi['label']} in {kpi['unit']}"
    if kpi["refused"]:
        return [f"{head}: {kpi['refused']}"]
    rows = [
        (
            f"{one['code']} *" if one["code"] in own else one["code"],
            str(one["n"]),
            *(words.number(one[name]) for name in ("mean", "s")),
            words.number(one["z"] if one["z"] is not None else one["z_prime"]),
            *(words.number(one[name]) for name in ("h", "k")),
            ", ".join(one["flags"]),
        )
        for one in kpi["lines"]
    ]
    said = (
        f"{head}: x* {words.number(whole['assigned'])}, s_r {words.number(whole['s_r']['value'])}, "
        f"s_R {words.number(whole['s_R']['value'])} ({whole['p']} lines)"
    )
    return [said, *words.table(("line", "n", "mean", "s", "z or z′", "h", "k", "flags"), rows), *kpi["notes"]]


def _own(found: words.Json) -> list[str]:
    own = found["own"]
    lines = [f"{own['line']}, code {own['code'] or words.NONE}"]
    for cell in own["cells"]:
        state = f"{cell['state']}{', late' if cell['late'] else ''}" if cell["dataset"] else "nothing handed in"
        lines += [f"cell {cell['number']} ({cell['name']}): {state}", *map(words.kpi, cell["values"])]
    rows = [
        (one["kpi"], words.number(one["line"]["mean"]), _score(one["line"]), ", ".join(one["line"]["flags"]))
        for one in found["lines"]
    ]
    lines += words.table(("kpi", "mean", "z or z′", "flags"), rows)
    rows = [(one["kpi"], one["round"], words.moment(one["closed_at"]), _score(one)) for one in own["earlier"]]
    lines += words.table(("kpi", "earlier round", "closed", "z or z′"), rows)
    return lines + ([found["why"]] if found["why"] else [])


def _score(one: words.Json) -> str:
    return words.number(one["z"] if one["z"] is not None else one["z_prime"])


def _until(one: words.Json) -> str:
    return words.moment(one["at"]) + (f" until {words.moment(one['ended_at'])}" if one["ended_at"] else "")


def _of_target(of: words.Json) -> list[str]:
    rows = [(one["code"], str(one["within"]), str(one["outside"]), str(one["missing"])) for one in of["lines"]]
    head = f"{of['label']}{', critical' if of['critical'] else ''}"
    return [head, *words.table(("line", "within", "outside", "missing"), rows, of["withheld"])]
