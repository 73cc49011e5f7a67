"""A round's table of KPIs from stored values against computing it from raw: `python -m tests.benchmarks.kpis`.

11 lines × 20 cells × 10 KPIs. Stored: the values that were kept at hand-in are read from the database, put into levels
per KPI, and precision and Mandel's h and k are computed. From raw: the time series of each cell is read from Parquet,
cut into cycles and steps anew, the KPIs are computed, and the same statistics. Both alternate in one run; beside the
time by the wall stands that of the processor, which other work on the machine changes less.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from exchange import roundrobin
from exchange.roundrobin.chosen import CellFacts, Tables, computed
from exchange.roundrobin.efficiency import Configuration
from exchange.roundrobin.value import Kpi
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services
from ingest.derived.running import Running
from schemas.ingested import Declared
from schemas.metadata import Metadata
from schemas.organisation import Line, Organisation, Role, Standing, User
from schemas.round.plan import EvaluationPlan
from schemas.round.round import Cell, RoundRecord
from schemas.round.submission import KpiValue, Submission, SubmissionState
from storage import catalogue, participants, people, rounds, submissions
from tests.benchmarks.cycles import BATCH_ROWS, COLUMNS, stored
from tests.benchmarks.ingest import NOMINAL_AH

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LINES, CELLS = 11, 20
TARGET_MS, TARGET_RATIO = 100.0, 25.0
ROUND = "rr"
PLAN = EvaluationPlan.model_validate(
    {
        "kpis": [
            {"kpi": {"label": one["id"], "digits": 4, **one}, "sigma_from": "own-spread"}
            for one in (
                {"id": "q1", "kind": "cycle-capacity", "cycle": 1, "normalisation": "active-mass"},
                {"id": "q2", "kind": "cycle-capacity", "cycle": 2, "normalisation": "area"},
                {"id": "rate", "kind": "capacity-at-rate", "c_rate": 0.23, "lower_v": 2.966, "upper_v": 4.2}
                | {"cutoff_a": 0.025, "normalisation": "active-mass"},
                {"id": "first", "kind": "first-cycle-efficiency"},
                {"id": "ce", "kind": "coulombic-efficiency", "cycle": 2},
                {"id": "e", "kind": "cycle-energy", "cycle": 1, "normalisation": "cell-mass"},
                {"id": "ee", "kind": "energy-efficiency", "cycle": 2},
                {"id": "v", "kind": "mean-voltage", "cycle": 1},
                {"id": "cv", "kind": "cv-share", "cycle": 1},
                {"id": "efc", "kind": "equivalent-full-cycles"},
            )
        ]
    }
)
FACTS = CellFacts(
    Configuration.FULL, nominal_capacity_ah=NOMINAL_AH, active_mass_g=18.0, coated_area_cm2=900.0, mass_g=48.0
)
Taken = tuple[float, float]
"""Seconds by the wall and of the processor."""
Values = dict[str, dict[str, list[float | None]]]
"""By KPI, by line."""


def main() -> None:
    """Prints the median of both, and the ratio."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--rows", type=int, default=100_000, help="of each cell's time series")
    arguments.add_argument("--repeat", type=int, default=3)
    chosen = arguments.parse_args()
    raw_folder = Path(tempfile.gettempdir()) / "ingest-benchmark"
    raw_folder.mkdir(exist_ok=True)
    raw = stored(chosen.rows, raw_folder)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), _env_file=None)  # type: ignore[call-arg]  # no .env here
        services = open_services(settings)
        ids = fill(services, of_raw(raw))
        from_stored(services, ids)
        quick: list[Taken] = []
        slow: list[Taken] = []
        for _ in range(chosen.repeat):
            quick += [_taken(lambda: from_stored(services, ids)) for _ in range(10)]
            slow.append(_taken(lambda: from_raw(raw)))
        close_services(services)
    print(f"{LINES} lines x {CELLS} cells x {len(PLAN.kpis)} KPIs, {chosen.rows} rows of raw each")
    for at, clock in enumerate(("wall", "CPU")):
        stored_ms, raw_ms = (1000.0 * statistics.median(one[at] for one in every) for every in (quick, slow))
        said = f"stored {stored_ms:7.1f} ms (aim {TARGET_MS:g})   from raw {raw_ms:8.1f} ms"
        print(f"{clock:>4}: {said}, {raw_ms / stored_ms:.0f} times as long (aim {TARGET_RATIO:g})")


def from_stored(services: Services, ids: Mapping[str, list[str]]) -> int:
    """The table from what was kept at hand-in; how many KPIs have statistics."""
    every = [one for of_line in ids.values() for one in of_line]
    with services.sessions.read() as session:
        kept = submissions.values(session, every, 0)
    table: Values = {one.kpi.id: {line: [] for line in ids} for one in PLAN.kpis}
    for line, of_line in ids.items():
        for one in of_line:
            for value in kept[one]:
                table[value.kpi][line].append(value.value)
    return _statistics(table)


def from_raw(raw: Path) -> int:
    """The same from each cell's time series."""
    draw = Random(6)
    table: Values = {one.kpi.id: {} for one in PLAN.kpis}
    for line in range(LINES):
        for _ in range(CELLS):
            for id, value in _spread(of_raw(raw), draw, line).items():
                table[id].setdefault(f"line-{line}", []).append(value)
    return _statistics(table)


def of_raw(raw: Path) -> dict[str, Kpi]:
    """The KPIs of one cell from its time series."""
    running = Running(Declared(nominal_capacity_ah=NOMINAL_AH, cell_configuration="full"))
    for batch in pq.ParquetFile(raw).iter_batches(BATCH_ROWS, columns=COLUMNS):
        running.add(batch)
    made: dict[str, pa.Table] = {name: one.table for name, one in running.finish().items()}
    return computed(
        PLAN.in_order(), Tables(made["cycles"], made["steps"], made.get("pulses"), made.get("rests")), FACTS
    )


def _spread(kpis: Mapping[str, Kpi], draw: Random, line: int) -> dict[str, float | None]:
    """The file is the same for all: cells and lines differ by a little noise."""
    factor = 1.0 + 0.002 * line + 0.005 * draw.gauss(0.0, 1.0)
    return {id: None if one.value is None else factor * one.value for id, one in kpis.items()}


def _statistics(table: Values) -> int:
    done = 0
    for one in PLAN.kpis:
        level = roundrobin.level_of_results(table[one.kpi.id], one.kpi.unit)
        roundrobin.precision(level)
        done += len(roundrobin.mandel(level).h) > 0
    return done


def fill(services: Services, kpis: Mapping[str, Kpi]) -> dict[str, list[str]]:
    """A round with a submission for each cell, whose KPIs are kept; ids of submissions by line."""
    _people(services)
    draw, ids = Random(6), dict[str, list[str]]()
    record = RoundRecord.model_validate(
        {
            "title": "Benchmark",
            "protocol": {"name": "Benchmark", "version": "1"},
            "cells_per_line": CELLS,
            "closes_at": NOW,
            "plan": PLAN,
        }
    )
    with services.sessions.begin() as session:
        rounds.add(session, ROUND, record, "line-0", NOW)
        for line in range(LINES):
            name = f"line-{line}"
            participants.invite(session, ROUND, (name, name), chr(65 + line) * 2, "line-0", NOW)
            for number in range(1, CELLS + 1):
                dataset, cell = services.new_dataset_id(), services.new_id()
                catalogue.create(session, dataset, name, name, Metadata(), NOW)
                participants.add_cell(
                    session, Cell(id=cell, round=ROUND, line=name, number=number, name=f"{number}"), NOW
                )
                given = _submission(services, name, cell, dataset)
                submissions.add(session, given)
                values = _spread(kpis, draw, line)
                submissions.keep_values(session, given.id, 0, _kept(kpis, values), NOW)
                ids.setdefault(name, []).append(given.id)
    return ids


def _kept(kpis: Mapping[str, Kpi], values: Mapping[str, float | None]) -> Iterable[KpiValue]:
    for id, one in kpis.items():
        facts = {"definition": one.definition, "unit": one.unit, "reason": one.reason, "rows": one.rows}
        yield KpiValue.model_validate({"kpi": id, "value": values[id], "parameters": dict(one.parameters), **facts})


def _submission(services: Services, line: str, cell: str, dataset: str) -> Submission:
    return Submission(
        id=services.new_id(),
        round=ROUND,
        line=line,
        organisation=line,
        cell=cell,
        number=1,
        dataset=dataset,
        version=1,
        run=services.new_id(),
        build=1,
        sha256=("0" * 64,),
        received_at=NOW,
        received_by=line,
        late=False,
        state=SubmissionState.ACCEPTED,
    )


def _people(services: Services) -> None:
    with services.sessions.begin() as session:
        for line in range(LINES):
            name = f"line-{line}"
            people.add_organisation(session, Organisation(id=name, name=name, standing=Standing.MEMBER), NOW)
            people.add_line(session, Line(id=name, organisation=name, name=name, time_zone="UTC"))
            people.add_user(session, User(id=name, organisation=name, name=name), {Role.STEWARD}, NOW)


def _taken(does: Callable[[], int]) -> Taken:
    wall, cpu = time.perf_counter(), time.process_time()
    if does() != len(PLAN.kpis):
        raise SystemExit("a KPI has no statistics")
    return time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    main()
