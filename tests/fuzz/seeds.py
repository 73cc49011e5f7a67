"""What is mutated: a cell of known physics in each maker's layout, and the small samples of every format."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from exchange.demo.cell import Cell
from exchange.demo.cycler import round_robin, run
from exchange.demo.layouts import Test, arbin_csv, bdf_csv, bdf_parquet, maccor_text
from exchange.demo.neware import neware_ndax
from schemas.ingested import Declared

FILES = Path(__file__).resolve().parents[1] / "files"
NOMINAL_AH = 5.0
CELL = Declared(
    time_zone="Europe/Berlin",
    nominal_capacity_ah=NOMINAL_AH,
    lower_voltage_v=2.5,
    upper_voltage_v=4.2,
    cell_configuration="full",
)


@dataclass(frozen=True)
class Seed:
    """A good file, the name it is uploaded with, and what its record says."""

    filename: str
    content: bytes
    declared: Declared
    physics: bool
    """Whether it is a whole test, so that the checks have something to go by."""

    @property
    def text(self) -> bool:
        return b"\0" not in self.content[:4096]


def seeds() -> list[Seed]:
    """Whole tests first."""
    return [*_whole(), *_small()]


def _whole() -> list[Seed]:
    done = run(Cell(capacity_ah=5.02), round_robin(NOMINAL_AH, cycles=3, record_s=300.0), Random(1))
    test = Test("F-26-001", "fuzz", 1, datetime(2026, 1, 19, 8, 0, tzinfo=ZoneInfo("Europe/Berlin")), done.records)
    layouts = {
        "whole_arbin.csv": arbin_csv,
        "whole_maccor.txt": maccor_text,
        "whole_bdf.csv": bdf_csv,
        "whole_bdf.parquet": bdf_parquet,
        "whole_ndax": neware_ndax,
    }
    return [Seed(name, layout(test), CELL, physics=True) for name, layout in layouts.items()]


def _small() -> list[Seed]:
    zone = Declared(time_zone="Europe/Berlin")
    return [Seed(path.name, path.read_bytes(), zone, physics=False) for path in sorted(FILES.iterdir())]
