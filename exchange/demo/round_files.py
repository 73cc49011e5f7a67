"""The files of the demonstration's round: six lines with cyclers of six makers, and what is wrong at some of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from exchange.demo.cell import Cell
from exchange.demo.cycler import round_robin, run
from exchange.demo.layouts import Test, arbin_csv, maccor_text
from exchange.demo.more_layouts import basytec_text, biologic_mpt, novonix_csv
from exchange.demo.neware import neware_ndax

NOMINAL_AH = 5.0
CELLS = 3
CYCLES = 3
BIAS = -0.03
"""Relative error of capacity at the biased line, as of a current that is read too low."""
SPREAD = (-0.025, 0.0, 0.025)
"""Relative deviations of the three cells at the line with excess spread."""
_ORDINARY = ((0.0012, -0.0008, 0.0004), (-0.0010, 0.0011, -0.0002), (0.0006, -0.0012, 0.0009))
"""Cells elsewhere differ by a tenth of a per cent; lines by as much again."""
_OF_LINE = (0.0008, -0.0006, 0.0, 0.0005, -0.0011, 0.0004)
_STARTED = datetime(2026, 2, 16, 8, 0)


@dataclass(frozen=True)
class RoundLine:
    """A line of the round: its place in the network, the maker of its cycler, and the layout of its exports."""

    organisation: str
    maker: str
    model: str
    ending: str
    layout: Callable[[Test], bytes]
    time_zone: str


LINES = (
    RoundLine("demo-north", "Arbin", "LBT21084", "csv", arbin_csv, "Europe/Berlin"),
    RoundLine("demo-west", "Maccor", "Series 4000", "txt", maccor_text, "Europe/Paris"),
    RoundLine("demo-south", "Neware", "BTS-4000", "ndax", neware_ndax, "Europe/Madrid"),
    RoundLine("demo-east", "Basytec", "CTS", "txt", basytec_text, "Europe/Warsaw"),
    RoundLine("demo-alps", "Novonix", "UHPC", "csv", novonix_csv, "Europe/Vienna"),
    RoundLine("demo-isle", "BioLogic", "BCS-815", "mpt", biologic_mpt, "Europe/Dublin"),
)
BIASED, SPREADING, SWAPPING, TURNING, MISSING = (one.organisation for one in LINES[1:])


@dataclass(frozen=True)
class RoundFile:
    """One export of one cell; `turned`: the current was written with the sign of another convention."""

    line: RoundLine
    cell: str
    number: int
    path: Path
    turned: bool = False


def write_round_files(folder: Path, seed: int = 20260202) -> list[RoundFile]:
    """Every file that the lines have, the turned one before its correction; one cell of a line is never measured."""
    files: list[RoundFile] = []
    for at, line in enumerate(LINES):
        for number in range(1, CELLS + 1):
            if line.organisation == MISSING and number == CELLS:
                continue
            test = _test(at, number, seed)
            if line.organisation == TURNING and number == 2:
                files.append(_written(folder, line, number, _turned(test), turned=True))
            files.append(_written(folder, line, number, test))
    return files


def cell_name(line: RoundLine, number: int) -> str:
    """What the line calls its cell of the round."""
    return f"{line.organisation.removeprefix('demo-').upper()}-RR-{number:02d}"


def _test(at: int, number: int, seed: int) -> Test:
    line = LINES[at]
    fate = Random(f"{seed}/{line.organisation}/{number}")
    off = _OF_LINE[at] + _ORDINARY[at % len(_ORDINARY)][number - 1]
    if line.organisation == BIASED:
        off += BIAS
    if line.organisation == SPREADING:
        off += SPREAD[number - 1]
    ordinary = _OF_LINE[at] / 2 + _ORDINARY[at % len(_ORDINARY)][number - 1] / 4
    cell = Cell(capacity_ah=5.02 * (1 + off), formation_efficiency=0.88 * (1 + ordinary))
    done = run(cell, round_robin(NOMINAL_AH, cycles=CYCLES, record_s=60.0), fate)
    started = _STARTED.replace(tzinfo=ZoneInfo(line.time_zone)) + timedelta(minutes=11 * number + 3 * at)
    return Test(cell_name(line, number), "Round robin capacity check", number, started, done.records)


def _turned(test: Test) -> Test:
    return replace(test, records=tuple(replace(one, current_a=-one.current_a) for one in test.records))


def _written(folder: Path, line: RoundLine, number: int, test: Test, turned: bool = False) -> RoundFile:
    path = folder / f"{test.cell}{'_v0' if turned else ''}.{line.ending}"
    path.write_bytes(line.layout(test))
    return RoundFile(line, test.cell, number, path, turned)
