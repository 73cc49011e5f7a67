"""Difference: what another build of the same bytes changed, from footers and cycle tables, not from every row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isclose
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from access.scopes import home
from exchange import guard
from exchange.delivery.choose import Pin, chosen, reference
from exchange.delivery.deliver import CYCLES
from exchange.services import Services
from schemas.access import Exit, Principal
from schemas.dataset import IngestRun, RunState
from schemas.difference import Bounds, CycleChange, Difference, RangeChange, TableChange
from schemas.ingested import Ingested, Table
from schemas.report import Problem, Report
from storage import runs
from storage.query import ColumnRange, TableReader, ranges
from storage.runs import StoredTable

SAME = 1e-12
"""Values that differ by less than this part are the same: sums may be made in another order."""


@dataclass(frozen=True)
class Measured:
    """A build as far as it is compared: the tables' rows and ranges, the cycle table, the findings."""

    reader: str
    schema_version: str
    state: str
    tables: Mapping[str, Table]
    ranges: Mapping[str, Mapping[str, ColumnRange]]
    cycles: pa.Table | None
    report: Report


def between(
    services: Services, who: Principal, dataset: str, version: int | None, build: int, other: int
) -> Difference:
    """What build `other` changed against `build`; both are the caller's to read, or `NotFound` says which is not."""
    found = guard.allow(services, who, Exit.TABLE, dataset, detail=f"difference {version} {build} {other}")
    own = found.owner == home(who)
    with services.sessions.read() as session:
        pair = [chosen(session, who, found, Pin(version, one), ready=not own) for one in (build, other)]
    before, after = (of_build(services, run) for run in pair)
    return difference(pair[0], before, after, reference(pair[1]))


def of_build(services: Services, run: IngestRun) -> Measured:
    """A stored build."""
    with services.sessions.read() as session:
        stored = {table.name: runs.table(session, run.id, table.name) for table in run.tables}
        report = runs.report_of(session, run.id) or Report()
    readers = {name: _reader(services, one) for name, one in stored.items() if one is not None}
    return Measured(
        reader=f"{run.reader} {run.reader_version}".strip(),
        schema_version=run.schema_version,
        state=run.state.value,
        tables={table.name: table for table in run.tables},
        ranges={name: reader.ranges() for name, reader in readers.items()},
        cycles=readers[CYCLES].rows(None, 0, readers[CYCLES].num_rows) if CYCLES in readers else None,
        report=report,
    )


def of_folder(ingested: Ingested, folder: Path) -> Measured:
    """What was read into a folder and is not kept."""
    return Measured(
        reader=f"{ingested.reader} {ingested.reader_version}".strip(),
        schema_version=ingested.schema_version,
        state=(RunState.READY if ingested.report.passed else RunState.QUARANTINED).value,
        tables={table.name: table for table in ingested.tables},
        ranges={table.name: ranges(pq.read_metadata(folder / table.file)) for table in ingested.tables},
        cycles=next((pq.read_table(folder / table.file) for table in ingested.tables if table.name == CYCLES), None),
        report=ingested.report,
    )


def difference(run: IngestRun, before: Measured, after: Measured, after_reference: str = "") -> Difference:
    """Everything that changed from one to the other, `run` being the earlier one."""
    gone, new = _findings(before.report.problems, after.report.problems)
    return Difference(
        dataset=run.dataset,
        version=run.version,
        before=reference(run),
        after=after_reference,
        reader_before=before.reader,
        reader_after=after.reader,
        schema_before=before.schema_version,
        schema_after=after.schema_version,
        state_before=before.state,
        state_after=after.state,
        tables=tuple(
            change
            for name in sorted(before.tables.keys() | after.tables.keys(), reverse=True)
            if (change := _table(name, before, after)) is not None
        ),
        cycles=_cycles(before.cycles, after.cycles),
        findings_gone=gone,
        findings_new=new,
    )


def _reader(services: Services, stored: StoredTable) -> TableReader:
    return TableReader(services.objects, stored.key, stored.table.bytes)


def _table(name: str, before: Measured, after: Measured) -> TableChange | None:
    old, new = before.tables.get(name), after.tables.get(name)
    then, now = before.ranges.get(name, {}), after.ranges.get(name, {})
    change = TableChange(
        table=name,
        rows_before=old.rows if old else None,
        rows_after=new.rows if new else None,
        columns_added=tuple(column for column in now if column not in then),
        columns_removed=tuple(column for column in then if column not in now),
        ranges=tuple(
            RangeChange(column=column, before=a.bounds, after=b.bounds, empty_before=a.empty, empty_after=b.empty)
            for column, a in then.items()
            if (b := now.get(column)) is not None and not (_equal(a.bounds, b.bounds) and a.empty == b.empty)
        ),
    )
    # The footer names the reader's version: equal rows may be other bytes.
    unchanged = change.rows_before == change.rows_after and not (change.columns_added or change.columns_removed)
    return None if unchanged and not change.ranges else change


def _equal(one: Bounds, other: Bounds) -> bool:
    return all(_same(a, b) for a, b in zip(one, other, strict=True))


def _same(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return isclose(one, other, rel_tol=SAME) or (one != one and other != other)
    return one == other


def _cycles(before: pa.Table | None, after: pa.Table | None) -> tuple[CycleChange, ...]:
    """For each value that both tables have: the cycle in which it changed most."""
    if before is None or after is None:
        return ()
    names = [name for name in before.column_names if name in after.column_names and name not in ("cycle", "definition")]
    old, new = _by_cycle(before), _by_cycle(after)
    return tuple(change for name in names if (change := _most_changed(name, old, new)) is not None)


def _by_cycle(table: pa.Table) -> dict[int, Mapping[str, object]]:
    return {row["cycle"]: row for row in table.to_pylist()}


def _most_changed(
    name: str, before: Mapping[int, Mapping[str, object]], after: Mapping[int, Mapping[str, object]]
) -> CycleChange | None:
    changed: list[tuple[float, CycleChange]] = []
    for cycle in sorted(before.keys() | after.keys()):
        old, new = before.get(cycle, {}).get(name), after.get(cycle, {}).get(name)
        if _same(old, new):
            continue
        a, b = _number(old), _number(new)
        relative = abs(b - a) / abs(a) if a and b is not None else None
        one = CycleChange(name=name, cycles=0, cycle=cycle, before=a, after=b, relative=relative)
        changed.append((float("inf") if relative is None else relative, one))
    if not changed:
        return None
    return max(changed, key=lambda pair: pair[0])[1].model_copy(update={"cycles": len(changed)})


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _findings(before: Sequence[Problem], after: Sequence[Problem]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    old, new = {_said(problem) for problem in before}, {_said(problem) for problem in after}
    return tuple(sorted(old - new)), tuple(sorted(new - old))


def _said(problem: Problem) -> str:
    place = "".join(f" {word} {value}" for word, value in (("row", problem.row), ("column", problem.column)) if value)
    return f"{problem.severity.value} {problem.rule}{place}"
