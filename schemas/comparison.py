"""Pilot lines side by side: what each cell reached, mean and spread per line."""

from pydantic import BaseModel, Field

from schemas.delivery import Summary


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


class Comparison(BaseModel, frozen=True):
    """The chosen datasets, cell by cell and line by line."""

    lines: tuple[LineComparison, ...]
    cells: tuple[Summary, ...]
    definition: str = Field(description="Version of the cycle definition, the same for all")
