"""The demonstration itself: upload, ingest, release, share, refuse, compare, all through the running API."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pyarrow.parquet as pq

from exchange.demo import production
from exchange.demo.client import Json, Person
from exchange.demo.network import GROUP, LINES, PARTNER, Account
from schemas.record.leaves import placed

Say = Callable[[str], None]
_SHOWN = 3


@dataclass(frozen=True)
class Export:
    """One file to tell the story with: whose line it is from, and what is known of it."""

    line: str
    path: Path
    filename: str
    metadata: Json = field(default_factory=dict)


@dataclass
class Told:
    """What came of one file."""

    export: Export
    dataset: str
    build: Json


def tell(base_url: str, accounts: dict[str, Account], exports: Sequence[Export], say: Say) -> None:
    """Run the story; raises when something that must succeed or must be refused does not."""
    people = {id: Person(base_url, account.token) for id, account in accounts.items()}
    try:
        told = _upload(people, exports, say)
        ready = [one for one in told if one.build["state"] == "ready"]
        if not ready:
            say("\nNo file could be read; each report above says why.")
            return
        ready = _release(people, ready, say)
        tests = [one for one in ready if _has(one, "timeseries")]
        if tests:
            _partner(people, tests, say)
            _compare(people, tests, say)
            _trace(people, tests, say)
    finally:
        for person in people.values():
            person.close()


def _upload(people: dict[str, Person], exports: Sequence[Export], say: Say) -> list[Told]:
    say("1. The lines upload their exports through the API; each is kept, read, checked and converted.\n")
    drafts: list[tuple[Export, str]] = []
    for export in exports:
        person = people[export.line]
        dataset = str(person.post("/datasets", export.metadata)["id"])
        person.upload(dataset, export.path, export.filename)
        drafts.append((export, dataset))
    say(f"   {'dataset':<14}{'line':<24}{'file':<34}{'bytes':>10}  {'state':<12}{'rows':>9}{'cycles':>7}  sha-256")
    told = []
    for export, dataset in drafts:
        build = people[export.line].wait(dataset)
        told.append(Told(export, dataset, build))
        _say_file(people[export.line], told[-1], say)
    return told


def _say_file(person: Person, one: Told, say: Say) -> None:
    content = one.export.path.read_bytes()
    version = person.attempt(f"/datasets/{one.dataset}/versions")[1]
    kept = version[0]["files"][0]["sha256"]  # type: ignore[index]  # a list of versions
    if kept != hashlib.sha256(content).hexdigest():
        raise RuntimeError(f"{one.export.filename}: the platform holds other bytes than were sent")
    rows = next((table["rows"] for table in one.build["tables"] if table["name"] == "timeseries"), 0)
    say(
        f"   {one.dataset:<14}{LINES[one.export.line][1]:<24}{one.export.filename[:32]:<34}{len(content):>10}  "
        f"{one.build['state']:<12}{rows:>9}{one.build['cycles']:>7}  {kept[:16]}…"
    )
    if one.build["state"] != "ready":
        report = person.get(f"/datasets/{one.dataset}/report")["report"]
        errors = [problem for problem in report["problems"] if problem["severity"] == "error"]
        for problem in errors[:_SHOWN]:
            row = f" (line {problem['row']})" if problem.get("row") else ""
            say(f"      {problem['rule']}{row}: {problem['message']} {problem['hint']}")
        if len(errors) > _SHOWN:
            say(f"      … and {len(errors) - _SHOWN} more findings in its report")


def _release(people: dict[str, Person], ready: list[Told], say: Say) -> list[Told]:
    released = []
    for one in ready:
        person = people[one.export.line]
        person.patch(f"/datasets/{one.dataset}/metadata", _completed(person, one))
        one.build = person.wait(one.dataset)  # Read again where the record says something new of the file.
        if one.build["state"] != "ready":
            say(f"   {one.export.filename} does not fit its record and stays a draft:")
            _say_file(person, one, say)
            continue
        person.post(f"/datasets/{one.dataset}/release", {"visibility": "network"})
        summary = {"grantee_kind": "group", "grantee": GROUP, "level": "summary"}
        person.post(f"/datasets/{one.dataset}/grants", summary)
        released.append(one)
    if not released:
        raise RuntimeError("none of the files could be released")
    shared = next((one for one in released if _has(one, "timeseries")), released[0])
    tables = {"grantee": PARTNER, "level": "tables", "expires_at": "2099-12-31T23:59:59Z"}
    people[shared.export.line].post(f"/datasets/{shared.dataset}/grants", tables)
    say(
        f"\n2. {len(released)} datasets are released: listed to the network, their summaries granted to EG5; "
        f"the tables of {shared.dataset} are granted to the partner."
    )
    return released


def _completed(person: Person, one: Told) -> Json:
    """What a foreign export's metadata still lack, filled in from the file so that it can be released."""
    lacking = person.get(f"/datasets/{one.dataset}")["missing"]
    cycles = person.get(f"/datasets/{one.dataset}/summary")["cycles"]
    halves = ("charge_capacity_ah", "discharge_capacity_ah")
    capacity = max((cycle[half] or 0.0 for cycle in cycles for half in halves), default=0.0)
    fill = {
        "title": f"{one.export.filename} (own export)",
        "kind": "cell-test",
        "line": LINES[one.export.line][1],
        "cell.id": one.export.path.stem[:100],
        "cell.configuration": "full",
        "cell.nominal_capacity_ah": round(capacity, 6) or 1.0,
        "test.lower_voltage_v": 0.0,
        "test.upper_voltage_v": 5.0,
        "test.protocol.name": "not stated",
        "test.instrument.name": one.build["instrument"] or one.build["reader"],
        "time_zone": "UTC",
        "creators": [{"name": "Demonstration"}],
        "agreement": "Demonstration only",
    }
    if not _has(one, "timeseries"):
        fill = {name: fill[name] for name in ("title", "line", "creators", "agreement")} | {"kind": "production-run"}
    asked = {place for one in lacking for place in one.split(" or ")}
    return placed({place: value for place, value in fill.items() if place in asked})


def _partner(people: dict[str, Person], ready: list[Told], say: Say) -> None:
    partner, shared = people[PARTNER], ready[0]
    say("\n3. The partner gets what is permitted, and is refused what is not.\n")
    listed = partner.get("/datasets", limit=200)["items"]
    say(f"   sees in the list    {len(listed)} datasets, {sum(one['level'] == 'tables' for one in listed)} with tables")
    link = partner.post(f"/datasets/{shared.dataset}/tables/timeseries/link")
    content = partner.download(link["url"])
    if hashlib.sha256(content).hexdigest() != link["sha256"]:
        raise RuntimeError("the partner received other bytes than the table's hash says")
    table = pq.read_table(BytesIO(content))
    say(
        f"   reads by link       {link['filename']}: {table.num_rows} rows, sha-256 {link['sha256'][:16]}… as announced"
    )
    raw = people[shared.export.line].attempt(f"/datasets/{shared.dataset}/versions")[1]
    file = raw[0]["files"][0]["id"]  # type: ignore[index]  # a list of versions
    _refused(partner, f"/datasets/{shared.dataset}/raw/{file}", 403, say)
    if len(ready) > 1:
        _refused(partner, f"/datasets/{ready[-1].dataset}/tables/timeseries", 403, say)
    secret = people[shared.export.line].post("/datasets", {"title": "A draft that nobody else may know of"})["id"]
    _refused(partner, f"/datasets/{secret}", 404, say)


def _trace(people: dict[str, Person], tests: list[Told], say: Say) -> None:
    """One line's production run; a cell that has two tests is made once."""
    line = tests[0].export.line
    person = people[line]
    of_line = [
        person.get(f"/datasets/{one.dataset}")["metadata"]["cell"]["id"] for one in tests if one.export.line == line
    ]
    production.trace(person, LINES[line][1], list(dict.fromkeys(of_line)), say)


def _has(one: Told, table: str) -> bool:
    return any(made["name"] == table for made in one.build["tables"])


def _refused(partner: Person, path: str, expected: int, say: Say) -> None:
    status, problem = partner.attempt(path)
    if status != expected:
        raise RuntimeError(f"the partner got {status} for {path}, not {expected}")
    say(f"   refused with {status}    {problem['detail']}")


def _compare(people: dict[str, Person], ready: list[Told], say: Say) -> None:
    datasets = [one.dataset for one in ready]
    found = people[next(iter(LINES))].get("/comparison", dataset=datasets)
    say("\n4. EG5 compares the lines: discharge capacity per cycle in Ah, mean ± s (n), from the same definition.\n")
    cycles = sorted({one["cycle"] for line in found["lines"] for one in line["discharge_capacity_ah"]})[:12]
    say("   cycle  " + "".join(f"{line['line'][:27]:<29}" for line in found["lines"]))
    for cycle in cycles:
        cells = [
            next((one for one in line["discharge_capacity_ah"] if one["cycle"] == cycle), None)
            for line in found["lines"]
        ]
        say(f"   {cycle:>5}  " + "".join(f"{_spread(cell):<29}" for cell in cells))
    say("\n   first-cycle efficiency (fraction)")
    for line in found["lines"]:
        say(f"   {line['line']:<29}{_spread(line['first_cycle_efficiency'])}")


def _spread(found: Json | None) -> str:
    if found is None or found["mean"] is None:
        return "–"
    spread = "" if found["s"] is None else f" ± {found['s']:.5f}"
    return f"{found['mean']:.5f}{spread} ({found['n']})"
