"""View: the object that a view of a table is read from, made anew of what is allowed, on demand, and kept."""

import hashlib
import hmac
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa

from access.views import BLINDED, ROW, TIME, selection
from exchange.delivery import rebuild
from exchange.delivery.choose import reference
from exchange.delivery.opened import TIMESERIES
from exchange.guard import Allowed
from exchange.services import Services
from ingest.parquet import Described, TableWriter
from schemas.access import View
from schemas.dataset import IngestRun
from schemas.errors import NotFound
from schemas.ingested import Table
from storage import runs, spool, views
from storage.objects import view_key
from storage.query import TableReader
from storage.runs import StoredTable
from storage.views import Wanted


def seen(services: Services, allowed: Allowed, run: IngestRun, stored: StoredTable) -> StoredTable:
    """The object that the caller reads a table from: its own, or the one with the columns that are open to them."""
    if allowed.view is View.FULL:
        return stored
    return of_columns(services, run, stored, allowed.columns)


def stem(run: IngestRun, in_view: View) -> str:
    """How names of files begin that hold a build's tables."""
    return f"{run.dataset}_v{run.version}_b{run.build}" + ("" if in_view is View.FULL else f"_{in_view.value}")


def table_of(run: IngestRun, table: StoredTable | None, name: str) -> StoredTable:
    """The table; `NotFound` says which ones there are."""
    if table is None:
        there = ", ".join(one.name for one in run.tables) or "none"
        raise NotFound(f"{reference(run)} has no table '{name}'; it has: {there}.")
    return table


def of_columns(services: Services, run: IngestRun, stored: StoredTable, allowed: frozenset[str]) -> StoredTable:
    """The table with the allowed columns alone; `NotFound` when it has none of them."""
    there = [column.name for column in stored.table.columns]
    kept = selection(stored.table.name, there, allowed)
    if not kept:
        names = ", ".join(sorted(allowed)) or "none"
        raise NotFound(f"The table '{stored.table.name}' has none of the columns that are open to you: {names}.")
    reader = TableReader(services.objects, stored.key, stored.table.bytes)
    needed = [name for name in kept if name != ROW]
    described = {column.name: Described(column.unit, column.iri) for column in stored.table.columns}
    return _kept(
        services,
        Wanted(run.id, stored.table.name, View.COLUMNS, kept, rebuild.VERSION),
        lambda: rebuild.numbered(reader.batches(needed, 0, stored.table.rows), kept),
        described,
    )


def blinded(services: Services, run: IngestRun, stored: StoredTable) -> StoredTable:
    """The table without anything that tells whose it is; `NotFound` where there is no such form of it."""
    name = stored.table.name
    if name not in BLINDED:
        raise NotFound(f"The table '{name}' has no blinded form.")
    described = {column.name: Described(column.unit, column.iri) for column in stored.table.columns}
    return _kept(
        services,
        Wanted(run.id, name, View.BLINDED, BLINDED[name], rebuild.VERSION),
        lambda: _blinded(services, run, stored),
        described,
    )


def kept(services: Services, wanted: Wanted, write: Callable[[Path], Table]) -> StoredTable:
    """The object of this name: the one that is kept, else what `write` puts at a path, kept from now on.

    Objects first, rows second: of two that are made at once the first row counts, the other object is swept.
    """
    with services.sessions.read() as session:
        found = views.find(session, wanted)
    if found is not None:
        return found
    meant = "\n".join((wanted.run, wanted.table, wanted.view.value, wanted.columns_hash))
    key, made = put(services, meant, wanted.table, write)
    with services.sessions.begin() as session:
        return views.keep(session, wanted, key, made, services.now())


def put(services: Services, meant: str, table: str, write: Callable[[Path], Table]) -> tuple[str, Table]:
    """Put what `write` makes into the store; its key tells nothing of what is meant, and no two are alike."""
    name = hmac.new(services.secret, f"view\n{meant}".encode(), hashlib.sha256).hexdigest()[:40]
    key = view_key(name, services.new_id())
    parent = spool.place(services.settings.spool)
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix="plx-view-") as folder:
        path = Path(folder) / f"{table}.parquet"
        made = write(path)
        services.objects.put(key, path)
    return key, made


def written(path: Path, table: str, batches: Iterable[pa.RecordBatch], described: Mapping[str, Described]) -> Table:
    """A Parquet file of these batches, with nothing in its footer but what its columns are."""
    writer = TableWriter(path, table, described)
    for batch in batches:
        writer.write(batch)
    return writer.close({})


def _kept(
    services: Services,
    wanted: Wanted,
    batches: Callable[[], Iterable[pa.RecordBatch]],
    described: dict[str, Described],
) -> StoredTable:
    return kept(services, wanted, lambda path: written(path, wanted.table, batches(), described))


def _blinded(services: Services, run: IngestRun, stored: StoredTable) -> Iterator[pa.RecordBatch]:
    reader = TableReader(services.objects, stored.key, stored.table.bytes)
    name, rows = stored.table.name, stored.table.rows
    there = [one for one in BLINDED[name] if one in reader.columns()]
    return rebuild.blinded(reader.batches(there, 0, rows), name, _begin_s(services, run))


def _begin_s(services: Services, run: IngestRun) -> float:
    """The first test time of the time series, from which the blinded tables count."""
    with services.sessions.read() as session:
        series = runs.table(session, run.id, TIMESERIES)
    if series is None:
        return 0.0
    ranges = TableReader(services.objects, series.key, series.table.bytes).ranges()
    first = ranges[TIME].bounds[0] if TIME in ranges else None
    return first or 0.0
