"""Results of cells under codes: the input of an evaluation, and the level that the statistics take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exchange.roundrobin.level import Level, level_of_results
from exchange.roundrobin.refusals import Duplicated
from schemas.round.evaluation import LeftOut


@dataclass(frozen=True)
class CellResult:
    """One KPI of one cell of a line, in `unit`; without a value `reason` says why, in words without anything own."""

    code: str
    cell: int
    value: float | None
    unit: str
    definition: str
    reason: str = ""


@dataclass(frozen=True)
class Handed:
    """What is there of one KPI: `codes` take part with an accepted cell, `stated` are expanded uncertainties (k = 2).

    Each cell of a line has one result at most; `Duplicated` names the one that has two.
    """

    codes: tuple[str, ...]
    results: tuple[CellResult, ...]
    left_out: tuple[LeftOut, ...] = ()
    stated: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        seen: set[tuple[str, int]] = set()
        for one in self.results:
            if (one.code, one.cell) in seen:
                raise Duplicated(f"Line {one.code} has two results for its cell {one.cell}; the newest alone counts.")
            seen.add((one.code, one.cell))

    @property
    def kept(self) -> tuple[CellResult, ...]:
        """Without what was left out."""
        return tuple(one for one in self.results if not self.excluded(one))

    def excluded(self, result: CellResult) -> bool:
        """Whether somebody left out this result, or its line."""
        return any(one.code == result.code and one.cell in (None, result.cell) for one in self.left_out)


def level_of_cells(results: Sequence[CellResult], unit: str) -> Level:
    """The level of these results, lines in the order of codes; cells without a value are its missing ones."""
    grouped: dict[str, list[float | None]] = {code: [] for code in sorted({one.code for one in results})}
    for one in sorted(results, key=lambda one: (one.code, one.cell)):
        grouped[one.code].append(one.value)
    return level_of_results(grouped, unit)
