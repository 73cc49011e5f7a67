"""Compare: cycle summaries of datasets, and the lines side by side with mean and spread."""

from collections.abc import Iterable, Sequence
from statistics import fmean, stdev

from exchange import guard
from exchange.delivery.beside import beside, first_efficiency, measured
from exchange.delivery.choose import Pin, chosen, reference
from exchange.delivery.opened import CYCLES
from exchange.delivery.view import seen
from exchange.guard import Allowed
from exchange.services import Services
from schemas.access import Exit, Principal, View
from schemas.comparison import Comparison, CycleSpread, LineComparison, Spread
from schemas.dataset import IngestRun
from schemas.delivery import CycleSummary, Summary
from schemas.errors import Refused, Trouble
from storage import runs
from storage.query import TableReader
from storage.runs import StoredTable

NO_LINE = "(no line named)"


def summary(services: Services, who: Principal, dataset: str, pin: Pin, view: View = View.FULL) -> Summary:
    """Capacities and efficiencies per cycle of one dataset; in another view those of its columns."""
    found = guard.allow_in_view(services, who, Exit.SUMMARY, dataset, view)
    with services.sessions.read() as session:
        run = chosen(session, who, found.dataset, pin)
        stored = runs.table(session, run.id, CYCLES)
    return _summary(services, found, run, stored)


def compare(services: Services, who: Principal, datasets: Sequence[str], view: View = View.FULL) -> Comparison:
    """All of these datasets, by line; refused as a whole when one of them is not the caller's to see."""
    repeated = sorted({one for one in datasets if datasets.count(one) > 1})
    if repeated:
        trouble = Trouble(pointer="/query/dataset", message="is named more than once", value=", ".join(repeated))
        raise Refused("Each dataset counts once in a comparison.", errors=(trouble,))
    found = guard.allow_all(services, who, Exit.COMPARE, datasets, view)
    cells, definitions = [], set()
    with services.sessions.read() as session:
        runs_of_all = [chosen(session, who, one.dataset, Pin()) for one in found]
        stored = [runs.table(session, run.id, CYCLES) for run in runs_of_all]
    without = [one.dataset for one, table in zip(found, stored, strict=True) if table is None]
    if without:
        troubles = [Trouble(pointer="/query/dataset", message="has no cycles", value=one.id) for one in without]
        raise Refused("Only tests of cells are compared; a production run has no cycles.", errors=tuple(troubles))
    by_line: dict[tuple[str, str, str], list[Summary]] = {}
    for one, run, table in zip(found, runs_of_all, stored, strict=True):
        dataset, cell = one.dataset, _summary(services, one, run, table)
        cells.append(cell)
        definitions.add(run.schema_version)
        # A line's name is free text: two owners who write the same one are still two lines.
        by_line.setdefault((cell.line or NO_LINE, dataset.owner_name, dataset.owner), []).append(cell)
    lines = tuple(_line(key, by_line[key]) for key in sorted(by_line))
    named = {f"{owner}/{line}": by_line[line, owner_name, owner] for line, owner_name, owner in sorted(by_line)}
    return Comparison(
        lines=lines, cells=tuple(cells), statistics=beside(named), definition=", ".join(sorted(definitions))
    )


def _summary(services: Services, allowed: Allowed, run: IngestRun, stored: StoredTable | None) -> Summary:
    cycles = cycles_of(services, stored and seen(services, allowed, run, stored))
    record = allowed.dataset.metadata
    return Summary(
        reference=reference(run),
        cell=record.cell_id,
        line=record.line,
        first_cycle_efficiency=first_efficiency(cycles),
        cycles=tuple(cycles),
    )


def cycles_of(services: Services, stored: StoredTable | None) -> list[CycleSummary]:
    """What the table of cycles says, as far as it has the columns.

    In a view without it the cycle counts from 1, and whether one is truncated stays unknown.
    """
    if stored is None or not stored.table.rows:
        return []
    reader = TableReader(services.objects, stored.key, stored.table.bytes)
    there = [name for name in CycleSummary.model_fields if name in reader.columns()]
    rows = reader.rows(there, 0, stored.table.rows).to_pylist()
    return [
        CycleSummary.model_validate({"cycle": number, "truncated": None} | row) for number, row in enumerate(rows, 1)
    ]


def _line(key: tuple[str, str, str], cells: list[Summary]) -> LineComparison:
    name, owner_name, owner = key
    by_cycle: dict[int, list[float]] = {}
    for cell in cells:
        for one in cell.cycles:
            if measured(one) and one.discharge_capacity_ah is not None:
                by_cycle.setdefault(one.cycle, []).append(one.discharge_capacity_ah)
    return LineComparison(
        owner=owner,
        owner_name=owner_name,
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
