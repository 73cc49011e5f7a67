"""Pilot lines side by side: what each cell reached, mean and spread per line."""

from pydantic import BaseModel, Field

from schemas.delivery import Summary
from schemas.round.evaluation import Aggregates, Judged


class Spread(BaseModel, frozen=True):
    """Mean and sample standard deviation (n - 1 in the denominator; null for fewer than two values)."""

    n: int
    mean: float | None
    s: float | None


class CycleSpread(Spread, frozen=True):
    """The spread of one cycle's values."""

    cycle: int


class LineComparison(BaseModel, frozen=True):
    """One line of one owner: its cells' discharge capacity per cycle in Ah, first-cycle efficiency as a fraction."""

    owner: str
    owner_name: str
    line: str
    cells: int
    discharge_capacity_ah: tuple[CycleSpread, ...]
    first_cycle_efficiency: Spread


class Beside(BaseModel, frozen=True):
    """One quantity of the lines beside each other, by the statistics of round robins; `code` is owner and line here.

    Nobody has agreed on cells, protocol or plan: below five lines nobody is judged, and `refused` says what one line
    alone does not allow.
    """

    quantity: str
    unit: str
    cycle: int | None = None
    power: str
    all_results: Aggregates
    judged: Judged
    refused: str = ""
    definitions: tuple[str, ...] = ()


class Comparison(BaseModel, frozen=True):
    """The chosen datasets, cell by cell and line by line, and the lines beside each other."""

    lines: tuple[LineComparison, ...]
    cells: tuple[Summary, ...]
    statistics: tuple[Beside, ...] = ()
    definition: str = Field(description="Version of the cycle definition, the same for all")
