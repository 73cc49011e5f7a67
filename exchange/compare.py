"""Compare: cycle summaries of datasets, and the lines side by side with mean and spread."""

from collections.abc import Iterable, Sequence
from statistics import fmean, stdev

from exchange import guard
from exchange.choose import Pin, chosen, reference
from exchange.deliver import CYCLES
from exchange.services import Services
from schemas.access import Exit, Principal
from schemas.comparison import Comparison, CycleSpread, LineComparison, Spread
from schemas.dataset import Dataset, IngestRun
from schemas.delivery import CycleSummary, Summary
from schemas.errors import Refused, Trouble
from storage import runs
from storage.query import TableReader
from storage.runs import StoredTable

NO_LINE = "(no line named)"


def summary(services: Services, who: Principal, dataset: str, pin: Pin) -> Summary:
    """Capacities and efficiencies per cycle of one dataset."""
    found = guard.allow(services, who, Exit.SUMMARY, dataset)
    with services.sessions.read() as session:
        run = chosen(session, who, found, pin)
        stored = runs.table(session, run.id, CYCLES)
    return _summary(services, found, run, stored)


def compare(services: Services, who: Principal, datasets: Sequence[str]) -> Comparison:
    """All of these datasets, by line; refused as a whole when one of them is not the caller's to see."""
    repeated = sorted({one for one in datasets if datasets.count(one) > 1})
    if repeated:
        trouble = Trouble(pointer="/query/dataset", message="is named more than once", value=", ".join(repeated))
        raise Refused("Each dataset counts once in a comparison.", errors=(trouble,))
    found = guard.allow_all(services, who, Exit.COMPARE, datasets)
    cells, definitions = [], set()
    with services.sessions.read() as session:
        runs_of_all = [chosen(session, who, dataset, Pin()) for dataset in found]
        stored = [runs.table(session, run.id, CYCLES) for run in runs_of_all]
    for dataset, run, table in zip(found, runs_of_all, stored, strict=True):
        cells.append(_summary(services, dataset, run, table))
        definitions.add(run.schema_version)
    by_line: dict[str, list[Summary]] = {}
    for cell in cells:
        by_line.setdefault(cell.line or NO_LINE, []).append(cell)
    lines = tuple(_line(name, by_line[name]) for name in sorted(by_line))
    return Comparison(lines=lines, cells=tuple(cells), definition=", ".join(sorted(definitions)))


def _summary(services: Services, dataset: Dataset, run: IngestRun, stored: StoredTable | None) -> Summary:
    cycles: list[CycleSummary] = []
    if stored is not None and stored.table.rows:
        reader = TableReader(services.objects, stored.key, stored.table.bytes)
        there = [name for name in CycleSummary.model_fields if name in reader.columns()]
        rows = reader.rows(there, 0, stored.table.rows).to_pylist()
        cycles = [CycleSummary.model_validate(row) for row in rows]
    first = next((one.coulombic_efficiency for one in cycles if one.cycle == 1), None)
    record = dataset.metadata
    return Summary(
        reference=reference(run), cell=record.cell, line=record.line, first_cycle_efficiency=first, cycles=tuple(cycles)
    )


def _line(name: str, cells: list[Summary]) -> LineComparison:
    by_cycle: dict[int, list[float]] = {}
    for cell in cells:
        for one in cell.cycles:
            if one.discharge_capacity_ah is not None:
                by_cycle.setdefault(one.cycle, []).append(one.discharge_capacity_ah)
    return LineComparison(
        line=name,
        cells=len(cells),
        discharge_capacity_ah=tuple(
            CycleSpread(cycle=cycle, **_spread(by_cycle[cycle]).model_dump()) for cycle in sorted(by_cycle)
        ),
        first_cycle_efficiency=_spread(
            cell.first_cycle_efficiency for cell in cells if cell.first_cycle_efficiency is not None
        ),
    )


def _spread(values: Iterable[float]) -> Spread:
    """Mean and sample standard deviation as in ISO 5725-2:2019, 7.4 (n - 1 in the denominator)."""
    known = list(values)
    return Spread(n=len(known), mean=fmean(known) if known else None, s=stdev(known) if len(known) > 1 else None)
