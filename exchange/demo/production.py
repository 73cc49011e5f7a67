"""The demonstration's production run: a line tells how its cells were made, and a roll leads to their tests."""

import csv
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from exchange.demo.client import Person
from ingest.production.filled_csv import COLUMNS

RUN, ROLL, SLURRY = "RUN-2026-014", "R-2026-014-P", "S-2026-014-P"
Say = Callable[[str], None]


def trace(person: Person, line: str, cells: Sequence[str], say: Say) -> None:
    """Upload a run that made these cells, then go from its roll to their tests and from a test back to the slurry."""
    record = {"title": f"Production run {RUN}", "kind": "production-run", "line": line, "time_zone": "UTC"}
    dataset = str(person.post("/datasets", record)["id"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{RUN}.csv"
        _write(path, cells)
        person.upload(dataset, path, path.name)
        build = person.wait(dataset)
    if build["state"] != "ready":
        raise RuntimeError(f"the production run is {build['state']}")
    found = person.get("/objects/tests", kind="roll", name=ROLL)
    if {one["cell"] for one in found["tests"]} != set(cells):
        raise RuntimeError("the roll does not lead to the tests of its cells")
    test = found["tests"][0]
    made = person.get(f"/datasets/{test['dataset']}/production")
    loading = next(one for one in made["values"] if one["parameter"] == "dry_loading")
    say(f"\n5. {line} tells how its cells were made, from the platform's template ({dataset}).\n")
    say(f"   the roll {ROLL} went into {len(found['cells'])} cells; their tests: {_names(found['tests'])}")
    say(
        f"   and back: {test['cell']} has {made['total']} recorded values, among them a dry loading of "
        f"{loading['value']} {loading['unit']} on the roll {loading['object']}"
    )


def _names(tests: Sequence[dict[str, str]]) -> str:
    return ", ".join(one["dataset"] for one in tests)


def _write(path: Path, cells: Sequence[str]) -> None:
    """The long form of the template: slurry, roll, and a stack for each cell."""
    rows = [
        (SLURRY, "mixing", "Electrode polarity", "positive", "", "2026-01-05T07:30:00Z"),
        (SLURRY, "mixing", "Made from lot", "NMC622-0815; PVDF-117; CB-23", "", ""),
        (SLURRY, "mixing", "Solids content", 62.5, "wt-%", "2026-01-05T09:00:00Z"),
        (SLURRY, "mixing", "Viscosity", 4200, "mPa·s", "2026-01-05T09:10:00Z"),
        (ROLL, "coating", "Electrode polarity", "positive", "", "2026-01-05T10:00:00Z"),
        (ROLL, "coating", "Made from batch", SLURRY, "", ""),
        (ROLL, "coating", "Dry loading, side A", 186.4, "g/m²", "2026-01-05T11:00:00Z"),
        (ROLL, "coating", "Dry loading, side B", 187.1, "g/m²", "2026-01-05T13:00:00Z"),
        (ROLL, "calendering", "Electrode polarity", "positive", "", "2026-01-06T08:00:00Z"),
        (ROLL, "calendering", "Line load", 310, "N/mm", "2026-01-06T08:00:00Z"),
    ]
    for at, cell in enumerate(cells):
        rows.append((cell, "stacking", "Made from roll", ROLL, "", ""))
        rows.append((cell, "stacking", "Layers", 21, "", f"2026-01-08T08:{at % 60:02d}:00Z"))
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, COLUMNS)
        lines.writeheader()
        for name, step, parameter, value, unit, time in rows:
            said = {"run": RUN, "object": name, "step": step, "parameter": parameter, "value": value}
            lines.writerow(said | {"unit": unit, "time": time})
