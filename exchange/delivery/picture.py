"""Picture: the one fixed picture of a build that level `summary` opens, drawn here, the same for every caller."""

import hashlib
from pathlib import Path

import numpy as np

from access.views import TIME
from exchange import guard
from exchange.delivery import drawing, view
from exchange.delivery.beside import measured
from exchange.delivery.choose import Pin, chosen
from exchange.delivery.compare import cycles_of
from exchange.delivery.drawing import POINTS, Panel, Points
from exchange.delivery.opened import CYCLES, TIMESERIES
from exchange.services import Services
from schemas.access import Exit, Principal, View
from schemas.ingested import Table
from storage import runs
from storage.query import TableReader
from storage.runs import StoredTable
from storage.views import Wanted

_LABEL = "Voltage and current over time, discharge capacity per cycle"
_SIGNALS = {"voltage_volt": "Voltage / V", "current_ampere": "Current / A"}
_HOUR_S = 3600.0


def picture(services: Services, who: Principal, dataset: str, pin: Pin) -> bytes:
    """SVG of voltage and current over time and of discharge capacity per cycle, at most `POINTS` points each."""
    found = guard.allow(services, who, Exit.PICTURE, dataset, detail=f"{pin}")
    with services.sessions.read() as session:
        run = chosen(session, who, found, pin)
        series, cycles = (runs.table(session, run.id, name) for name in (TIMESERIES, CYCLES))

    def write(path: Path) -> Table:
        panels = [*_signals(services, series), *_capacities(services, cycles)]
        content = drawing.drawn(panels, _LABEL).encode()
        path.write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        return Table(name="picture", file=path.name, rows=0, bytes=len(content), sha256=sha256, columns=())

    wanted = Wanted(run.id, "picture", View.FULL, (), drawing.VERSION)
    return services.objects.get(view.kept(services, wanted, write).key)


def _signals(services: Services, stored: StoredTable | None) -> list[Panel]:
    if stored is None or not stored.table.rows:
        return []
    reader = TableReader(services.objects, stored.key, stored.table.bytes)
    there = [name for name in _SIGNALS if {name, TIME} <= set(reader.columns())]
    return [Panel(_SIGNALS[name], "Time / h", _thinned(reader, name, stored.table.rows)) for name in there]


def _thinned(reader: TableReader, signal: str, rows: int) -> Points:
    """One signal over hours; each bucket of rows keeps its least and greatest value."""
    found = reader.series(TIME, [signal], 0, rows, POINTS)
    hours, values = (np.asarray(found[name], dtype=np.float64) for name in (TIME, signal))
    return _at_most(list(zip((hours / _HOUR_S).tolist(), values.tolist(), strict=True)))


def _capacities(services: Services, stored: StoredTable | None) -> list[Panel]:
    known = [
        (float(one.cycle), one.discharge_capacity_ah)
        for one in cycles_of(services, stored)
        if measured(one) and one.discharge_capacity_ah is not None
    ]
    return [Panel("Discharge capacity / Ah", "Cycle", _at_most(known), dots=True)] if known else []


def _at_most(points: list[tuple[float, float]]) -> Points:
    """So many of the points, evenly taken."""
    if len(points) <= POINTS:
        return points
    return [points[at] for at in np.linspace(0, len(points) - 1, POINTS).round().astype(int).tolist()]
