"""Coded: tables of blinded datasets, by collection and code; nothing that leaves here leads to a dataset or a cell."""

from collections.abc import Iterator

from access.views import BLINDED
from exchange.delivery import beside, compare, link, opened, unnamed, view
from exchange.delivery.choose import Pin, chosen
from exchange.delivery.opened import CYCLES, TIMESERIES, Opened, Slice
from exchange.services import Services
from schemas.access import NOBODY, Exit, Principal
from schemas.dataset import IngestRun
from schemas.delivery import Coded, Link, Series, Summary, TablePage
from schemas.errors import NotFound
from schemas.ingested import Table
from storage import runs
from storage.runs import StoredTable

Place = tuple[str, str]
"""A collection and a code in it."""


def codes(services: Services, who: Principal, collection: str) -> list[Coded]:
    """The codes that the caller may know of, in the order of the alphabet, each with the level that is open."""
    found = unnamed.coded(services, who, collection)
    return [Coded(code=code, level=level.name.lower()) for code, level in found.items()]


def tables(services: Services, who: Principal, place: Place) -> tuple[Table, ...]:
    """The tables that a code has."""
    run = _run(services, who, Exit.TABLE, place, "tables")
    there = [table.name for table in run.tables if table.name in BLINDED]
    return tuple(_blinded(services, run, place, name).table for name in there)


def page(services: Services, who: Principal, place: Place, name: str, part: Slice, limit: int) -> TablePage:
    """At most `limit` rows from `part.start`."""
    return opened.page(_open(services, who, Exit.TABLE, place, name, part), part, limit)


def series(services: Services, who: Principal, place: Place, x: str | None, part: Slice, points: int) -> Series:
    """Signals of the time series, in at most about `points` points each."""
    return opened.series(_open(services, who, Exit.SERIES, place, TIMESERIES, part), x, part, points)


def as_csv(services: Services, who: Principal, place: Place, name: str, part: Slice) -> tuple[str, Iterator[bytes]]:
    """File name and CSV bytes."""
    return opened.csv(_open(services, who, Exit.TABLE, place, name, part), part)


def as_parquet(services: Services, who: Principal, place: Place, name: str, part: Slice) -> tuple[str, Iterator[bytes]]:
    """File name and Parquet bytes."""
    return opened.parquet(services, _open(services, who, Exit.TABLE, place, name, part), part)


def table_link(services: Services, who: Principal, place: Place, name: str) -> Link:
    """A link to one blinded table."""
    run = _run(services, who, Exit.TABLE, place, f"link {name}")
    return link.link_to(services, _blinded(services, run, place, name), _stem(place))


def summary(services: Services, who: Principal, place: Place) -> Summary:
    """Capacities and efficiencies per cycle."""
    run = _run(services, who, Exit.SUMMARY, place, "")
    cycles = compare.cycles_of(services, _blinded(services, run, place, CYCLES))
    first = beside.first_efficiency(cycles)
    return Summary(reference=_reference(place), first_cycle_efficiency=first, cycles=tuple(cycles))


def _open(services: Services, who: Principal, exit: Exit, place: Place, name: str, part: Slice) -> Opened:
    run = _run(services, who, exit, place, f"{name} {part}", part.named)
    return opened.opened(services, _reference(place), _stem(place), _blinded(services, run, place, name))


def _run(services: Services, who: Principal, exit: Exit, place: Place, detail: str, said: str = "") -> IngestRun:
    """The newest released build, whoever asks; what is said where there is none names no dataset."""
    dataset = unnamed.allow_coded(services, who, exit, *place, detail=detail, said=said)
    try:
        with services.sessions.read() as session:
            return chosen(session, NOBODY, dataset, Pin())
    except NotFound:
        raise NotFound(f"{_reference(place)} has no tables.") from None


def _blinded(services: Services, run: IngestRun, place: Place, name: str) -> StoredTable:
    with services.sessions.read() as session:
        stored = runs.table(session, run.id, name)
    if stored is None or name not in BLINDED:
        there = ", ".join(table.name for table in run.tables if table.name in BLINDED) or "none"
        raise NotFound(f"{_reference(place)} has no table '{name}'; it has: {there}.")
    return view.blinded(services, run, stored)


def _reference(place: Place) -> str:
    return "/".join(place)


def _stem(place: Place) -> str:
    return "_".join(place)
