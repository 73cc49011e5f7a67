"""The demonstration's round: six lines hand in sealed, EG5 closes, compares, reports; all through the running API."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exchange.demo.client import Json, Person
from exchange.demo.network import OFFICE, Account
from exchange.demo.round_files import CELLS, LINES, RoundFile, RoundLine, cell_name, write_round_files
from exchange.demo.round_network import COORDINATOR, STATISTICIAN, line_of
from exchange.demo.round_record import ROUND, RULES, round_record, test_record

Say = Callable[[str], None]
WORLD = "the world"
_SIGNED = {"function": "Director", "basis": "Statutes, § 26"}
_PATH = f"/rounds/{ROUND}"
_OFFICE = f"{OFFICE}-steward"


@dataclass
class Table:
    """Everybody around the table: people by account, and what the lines know of their own cells."""

    people: dict[str, Person]
    codes: dict[str, str] = field(default_factory=dict)
    datasets: dict[str, str] = field(default_factory=dict)

    def steward(self, line: RoundLine) -> Person:
        return self.people[f"{line.organisation}-steward"]

    @property
    def coordinator(self) -> Person:
        return self.people[COORDINATOR]


def tell_round(base_url: str, accounts: dict[str, Account], folder: Path, say: Say) -> None:
    """Run the round; raises when something that must succeed or must be refused does not."""
    people = {id: Person(base_url, account.token) for id, account in accounts.items()}
    table = Table(people | {WORLD: Person(base_url)})
    try:
        folder.mkdir()
        say("\n6. EG5 runs a round: six lines, cyclers of six makers, three sister cells each.\n")
        set_up(table)
        hand_in(table, write_round_files(folder), say)
        show_status(table, say)
        close(table, say)
        show_results(table, say)
        publish(table, say)
    finally:
        for person in table.people.values():
            person.close()


def set_up(table: Table) -> None:
    """The office founds the round, EG5 invites, every line joins and names its cells, the round is opened."""
    table.people[_OFFICE].post("/agreements", RULES)
    text = table.people[_OFFICE].get(f"/agreements/{RULES['id']}")["versions"][-1]
    table.people[_OFFICE].post("/rounds", round_record())
    table.coordinator.post(f"{_PATH}/lines", {"lines": [line_of(one.organisation) for one in LINES]})
    for line in LINES:
        where = f"{_PATH}/lines/{line_of(line.organisation)}"
        signatory = table.people[f"{line.organisation}-signatory"]
        read = {"version": text["number"], "sha256": text["sha256"]}
        signatory.post(f"/agreements/{RULES['id']}/acceptances", read | _SIGNED)
        signatory.post(f"{where}/join", _SIGNED)
        names = [cell_name(line, number) for number in range(1, CELLS + 1)]
        table.steward(line).post(f"{where}/cells", {"names": names})
    table.coordinator.post(f"{_PATH}/open")
    for line in LINES:
        [own] = table.steward(line).get(_PATH)["own"]
        table.codes[line.organisation] = own["code"]


def hand_in(table: Table, files: Sequence[RoundFile], say: Say) -> None:
    """Every file becomes a dataset and is handed in; one in the place of another cell is refused."""
    for file in files:
        if file.cell not in table.datasets:
            made = table.steward(file.line).post("/datasets", test_record(file))
            table.datasets[file.cell] = str(made["id"])
        table.steward(file.line).upload(table.datasets[file.cell], file.path, file.path.name)
        build = table.steward(file.line).wait(table.datasets[file.cell])
        if build["state"] != ("quarantined" if file.turned else "ready"):
            raise RuntimeError(f"{file.path.name} is {build['state']}")
        receipt = table.steward(file.line).post(f"{_PATH}/submissions", _submission(file, table))
        if file.turned:
            say(f"   {file.path.name} has the current's sign turned: received, and does not count ({receipt['state']})")
    swapped = next(one for one in files if one.number == 1 and one.line.organisation == "demo-east")
    body = _submission(swapped, table) | {"cell": cell_name(swapped.line, 2)}
    status, problem = table.steward(swapped.line).attempt(f"{_PATH}/submissions", "POST", body)
    if status < 400:
        raise RuntimeError("a test of one cell was taken for another")
    say(f"   refused with {status}    {(problem['errors'] or [{'message': problem['detail']}])[0]['message']}")


def _submission(file: RoundFile, table: Table) -> Json:
    return {"line": line_of(file.line.organisation), "cell": file.cell, "dataset": table.datasets[file.cell]}


def show_status(table: Table, say: Say) -> None:
    """What is seen while the round is sealed, and what is refused."""
    say("\n   What the coordinator sees while the round is sealed: codes and checks, no value.\n")
    for line in table.coordinator.get(f"{_PATH}/status")["lines"]:
        cells = "  ".join(
            f"{cell['number']}: {cell['status']}" + (f" (version {cell['versions']})" if cell["versions"] > 1 else "")
            for cell in line["cells"]
        )
        say(f"   {line['code']:<6}{cells}")
    for who in (COORDINATOR, "demo-north-steward"):
        status, problem = table.people[who].attempt(f"{_PATH}/results")
        if status != 403:
            raise RuntimeError(f"{who} got {status} for results of a sealed round")
    say(f"   refused with 403    {problem['detail']}")


def close(table: Table, say: Say) -> None:
    """The coordinator closes, the statistician evaluates."""
    table.coordinator.post(f"{_PATH}/close", {"reason": "Every line has said that nothing more comes"})
    table.people[STATISTICIAN].post(f"{_PATH}/evaluation")
    say("\n   Closed, and evaluated by the plan that was frozen at opening.\n")


def show_results(table: Table, say: Say) -> None:
    """The statistician reads all lines under codes."""
    found = table.people[STATISTICIAN].get(f"{_PATH}/results")["evaluation"]
    for kpi in found["kpis"]:
        whole = kpi["all_results"]
        say(
            f"   {kpi['label']} in {kpi['unit']}: x* {_number(whole['assigned'])}, "
            f"s_r {_number(whole['s_r']['value'])}, s_R {_number(whole['s_R']['value'])} "
            f"({whole['p']} lines, {whole['results']} cells, {kpi['power']})"
        )
        say(f"   {'code':<6}{'n':>3}{'mean':>11}{'s':>10}{'z':>9}{'h':>8}{'k':>8}  flags")
        for line in kpi["lines"]:
            z = line["z"] if line["z"] is not None else line["z_prime"]
            say(
                f"   {line['code']:<6}{line['n']:>3}{_number(line['mean']):>11}{_number(line['s']):>10}{_number(z):>9}"
                f"{_number(line['h']):>8}{_number(line['k']):>8}  {', '.join(line['flags'])}"
            )
        say("")


def publish(table: Table, say: Say) -> None:
    """The draft report is made and published; the world reads the summary."""
    table.people[STATISTICIAN].post(f"{_PATH}/report")
    table.coordinator.post(f"{_PATH}/publication")
    summary = table.people[WORLD].get(f"{_PATH}/summary")
    for kpi in summary["kpis"]:
        say(
            f"   Public summary: {kpi['label']} {_number(kpi['consensus'])} ± {_number(kpi['u'])} {kpi['unit']},"
            f" s_R {_number(kpi['s_R'])}"
        )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.5g}"
