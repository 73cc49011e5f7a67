"""Deliver: rows, series, CSV and Parquet out of a build's tables, each behind the guard and in the view asked for."""

from collections.abc import Iterator

from access.views import OF_CYCLES, selection
from exchange import guard
from exchange.delivery import opened
from exchange.delivery.choose import Pin, chosen, reference
from exchange.delivery.opened import CYCLES, TIMESERIES, Opened, Slice
from exchange.delivery.view import seen, stem, table_of
from exchange.services import Services
from schemas.access import Exit, Principal, View
from schemas.delivery import Series, TablePage
from schemas.ingested import Table
from storage import runs
from storage.runs import StoredTable

__all__ = ["CYCLES", "TIMESERIES", "Slice", "as_csv", "as_parquet", "page", "series", "tables"]


def tables(services: Services, who: Principal, dataset: str, pin: Pin, in_view: View = View.FULL) -> tuple[Table, ...]:
    """The tables of a build; in the view of chosen columns those that have any, each as it is seen there."""
    found = guard.allow_in_view(services, who, Exit.TABLE, dataset, in_view, detail="tables")
    with services.sessions.read() as session:
        run = chosen(session, who, found.dataset, pin)
        stored = [one for one in (runs.table(session, run.id, table.name) for table in run.tables) if one is not None]
    if in_view is View.FULL:
        return run.tables
    named = [one for one in stored if selection(one.table.name, _names(one), found.columns)]
    return tuple(seen(services, found, run, one).table for one in named)


def page(services: Services, who: Principal, dataset: str, pin: Pin, name: str, part: Slice, limit: int) -> TablePage:
    """At most `limit` rows from `part.start` of the selection."""
    return opened.page(_open(services, who, Exit.TABLE, dataset, pin, name, part), part, limit)


def series(
    services: Services,
    who: Principal,
    dataset: str,
    pin: Pin,
    x: str | None,
    part: Slice,
    points: int,
    name: str = TIMESERIES,
) -> Series:
    """Signals `part.columns` over `x`, in at most about `points` points each with every extreme kept."""
    return opened.series(_open(services, who, Exit.SERIES, dataset, pin, name, part), x, part, points)


def as_csv(
    services: Services, who: Principal, dataset: str, pin: Pin, name: str, part: Slice
) -> tuple[str, Iterator[bytes]]:
    """File name and CSV bytes of the selection."""
    return opened.csv(_open(services, who, Exit.TABLE, dataset, pin, name, part), part)


def as_parquet(
    services: Services, who: Principal, dataset: str, pin: Pin, name: str, part: Slice
) -> tuple[str, Iterator[bytes]]:
    """File name and Parquet bytes of the selection."""
    return opened.parquet(services, _open(services, who, Exit.TABLE, dataset, pin, name, part), part)


def _open(services: Services, who: Principal, exit: Exit, dataset: str, pin: Pin, name: str, part: Slice) -> Opened:
    found = guard.allow_in_view(services, who, exit, dataset, part.view, f"{name} {pin} {part}", part.named)
    if part.cycle is not None and part.view is not View.FULL and not found.columns >= OF_CYCLES:
        raise opened.no_cycles_in_view(part.cycle)
    with services.sessions.read() as session:
        run = chosen(session, who, found.dataset, pin)
        stored = table_of(run, runs.table(session, run.id, name), name)
        cycles = None if part.cycle is None else table_of(run, runs.table(session, run.id, CYCLES), CYCLES)
    shown = seen(services, found, run, stored)
    cycles = None if cycles is None else seen(services, found, run, cycles)
    return opened.opened(services, reference(run), stem(run, part.view), shown, cycles, part.cycle)


def _names(stored: StoredTable) -> list[str]:
    return [column.name for column in stored.table.columns]
