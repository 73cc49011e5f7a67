"""The demonstration's exports: three lines build cells of one design, each line exports from its own cycler."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from exchange.demo.cell import Cell
from exchange.demo.cycler import Run, round_robin, run
from exchange.demo.layouts import Test, arbin_csv, maccor_text
from exchange.demo.neware import neware_ndax

NOMINAL_CAPACITY_AH = 5.0
PROTOCOL = "Round robin 2026: formation C/10, then C/3"
CELLS_PER_LINE = 3
_STARTED = datetime(2026, 1, 19, 8, 0)

LINE_SPREAD = {"capacity_ah": 0.015, "formation_efficiency": 0.008, "ohmic_ohm": 0.08, "fade_per_cycle": 0.15}
"""Relative standard deviation between lines; cells of one line differ by a quarter of it."""
CELL_SHARE = 1 / 4


@dataclass(frozen=True)
class Export:
    """One file of one cell with the metadata its line would fill in, and the cell and run that it came from."""

    line: str
    cell: str
    path: Path
    filename: str
    metadata: dict[str, Any]  # Any: a JSON record, as `schemas.metadata.Metadata` takes it.
    model: Cell
    run: Run


@dataclass(frozen=True)
class _Line:
    """A pilot line, its cycler and the layout of its exports."""

    key: str
    name: str
    short: str
    time_zone: str
    instrument: str
    ending: str
    layout: Callable[[Test], bytes]


LINES = (
    _Line("line-1", "Nordlicht pilot line", "NBI", "Europe/Berlin", "Arbin LBT21084", "csv", arbin_csv),
    _Line("line-2", "Atlantique pilot line", "ATL", "Europe/Paris", "Maccor Series 4000", "txt", maccor_text),
    _Line("line-3", "Mediterrània pilot line", "MED", "Europe/Madrid", "Neware BTS-4000", "ndax", neware_ndax),
)


def write_exports(folder: Path, seed: int = 20260101) -> list[Export]:
    """Three files of each of three lines, written to `folder`; the same seed gives the same bytes everywhere."""
    design = Cell(capacity_ah=5.02)
    exports: list[Export] = []
    for line in LINES:
        typical = _varied(design, Random(f"{seed}/{line.short}"), 1.0)
        for number in range(1, CELLS_PER_LINE + 1):
            fate = Random(f"{seed}/{line.short}/{number}")
            model = _varied(typical, fate, CELL_SHARE)
            exports.append(_export(folder, line, number, model, fate))
    return exports


def _export(folder: Path, line: _Line, number: int, model: Cell, noise: Random) -> Export:
    done = run(model, round_robin(NOMINAL_CAPACITY_AH), noise)
    cell = f"{line.short}-26-{number:03d}"
    started_at = _STARTED.replace(tzinfo=ZoneInfo(line.time_zone)) + timedelta(minutes=7 * number)
    content = line.layout(Test(cell, PROTOCOL, number, started_at, done.records))
    path = folder / f"{cell}_RR2026.{line.ending}"
    path.write_bytes(content)
    return Export(line.key, cell, path, path.name, _metadata(line, cell), model, done)


def _metadata(line: _Line, cell: str) -> dict[str, Any]:  # Any: a JSON record
    return {
        "title": f"Round robin 2026, cell {cell}",
        "kind": "round-robin-test",
        "line": line.name,
        "cell": {"id": cell, "configuration": "full", "nominal_capacity_ah": NOMINAL_CAPACITY_AH},
        "test": {
            "lower_voltage_v": 2.5,
            "upper_voltage_v": 4.2,
            "protocol": {"name": PROTOCOL},
            "instrument": {"name": line.instrument},
        },
        "time_zone": line.time_zone,
        "creators": [{"name": f"Test laboratory of the {line.name}"}],
        "agreement": "Round robin agreement 2026 (demonstration)",
    }


def _varied(cell: Cell, fate: Random, share: float) -> Cell:
    """The cell with each property drawn anew around its present value."""
    drawn = {name: getattr(cell, name) * (1 + share * sigma * _normal(fate)) for name, sigma in LINE_SPREAD.items()}
    return replace(cell, **drawn)


def _normal(fate: Random) -> float:
    """About standard normal: twelve uniform numbers have variance 1, and need no logarithm that differs by machine."""
    return math.fsum(fate.random() for _ in range(12)) - 6
