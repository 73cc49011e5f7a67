"""What goes into a data sheet, and the sheet's parts as they fill up, each value with where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from exchange.fair.passport_model import CARBON, GENERAL, MATERIAL, PERFORMANCE
from schemas.delivery import CycleSummary
from schemas.passport import Provenance, Value
from schemas.record.cell import Cell
from schemas.record.making import MaterialDescribed
from schemas.trace import ProductionValue

TECHNICAL: Final = "batteryTechicalProperties"
CONDITION: Final = "batteryCondition"


@dataclass(frozen=True)
class CellTested:
    """A test that the reader may see: its build, limits in V, cycles, the first pulse's resistance at 10 s in ohm."""

    source: str
    at: datetime
    lower_v: float | None = None
    upper_v: float | None = None
    cycles: tuple[CycleSummary, ...] = ()
    resistance_ohm: float | None = None


@dataclass(frozen=True)
class Facts:
    """What the reader may see of a cell, or of the cells of a lot; tests in the order of time.

    `ror` and `country` are the owner's, None where the maker is another. `materials` are registered ones by id,
    `produced` what production runs recorded of the cell itself.
    """

    id: str
    iri: str
    name: str | None
    lot: bool
    maker: str | None
    cell: Cell
    made_at: datetime | None = None
    ror: str | None = None
    country: str | None = None
    materials: Mapping[str, MaterialDescribed] = field(default_factory=dict)
    tests: tuple[CellTested, ...] = ()
    produced: tuple[ProductionValue, ...] = ()


class Filled:
    """The parts as they fill up; what is None is not known and stays out."""

    def __init__(self, iri: str) -> None:
        self.iri = iri
        self.parts: dict[str, dict[str, Any]] = {
            GENERAL: {},
            MATERIAL: {},
            PERFORMANCE: {TECHNICAL: {}, CONDITION: {}},
            CARBON: {},
        }
        self.provenance: list[Provenance] = []

    def put(self, part: str, path: str, value: Value | None, how: str, source: str = "", unit: str = "") -> bool:
        """Enter a value at a path such as `/postalAddress/addressCountry`; numbers on the way count in a list."""
        if value is None:
            return False
        at: Any = self.parts[part]
        names = path.strip("/").split("/")
        for name, behind in pairwise(names):
            made: Any = [] if behind.isdigit() else {}
            if name.isdigit():
                if int(name) == len(at):
                    at.append(made)
                at = at[int(name)]
            else:
                at = at.setdefault(name, made)
        at[names[-1]] = value
        said = Provenance(part=part, path=path, source=source or self.iri, how=how, unit=unit)
        self.provenance.append(said)
        return True
