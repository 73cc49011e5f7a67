"""Results of cells under codes: the input of an evaluation, and the level that the statistics take."""

from collections.abc import Sequence
from dataclasses import dataclass

from exchange.roundrobin.level import Level, level_of_results
from exchange.roundrobin.refusals import Duplicated
from exchange.roundrobin.stated import CellUncertainty, u_of_mean
from schemas.round.evaluation import LeftOut


@dataclass(frozen=True)
class CellResult:
    """One KPI of one cell of a line, in `unit`; without a value `reason` says why, in words without anything own.

    `uncertainty` is what the line states of the value, if it does; `batch` the line's own name of the batch the cell is
    from. Where cells go round, `item` is one name for the same cell at all lines, `order` its station on the way.
    """

    code: str
    cell: int
    value: float | None
    unit: str
    definition: str
    reason: str = ""
    uncertainty: CellUncertainty | None = None
    batch: str = ""
    item: str = ""
    order: float | None = None


@dataclass(frozen=True)
class Handed:
    """What is there of one KPI: `codes` take part with an accepted cell.

    Each cell of a line has one result at most; `Duplicated` names the one that has two.
    """

    codes: tuple[str, ...]
    results: tuple[CellResult, ...]
    left_out: tuple[LeftOut, ...] = ()

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


def stated_by_lines(results: Sequence[CellResult]) -> dict[str, float]:
    """u of the mean by line, of lines that state an uncertainty for each of these results that has a value."""
    stated: dict[str, list[CellUncertainty | None]] = {}
    for one in results:
        if one.value is not None:
            stated.setdefault(one.code, []).append(one.uncertainty)
    whole = {code: [one for one in each if one is not None] for code, each in stated.items()}
    return {code: u_of_mean(each) for code, each in whole.items() if len(each) == len(stated[code])}


def level_of_cells(results: Sequence[CellResult], unit: str) -> Level:
    """The level of these results, lines in the order of codes; cells without a value are its missing ones."""
    grouped: dict[str, list[float | None]] = {code: [] for code in sorted({one.code for one in results})}
    for one in sorted(results, key=lambda one: (one.code, one.cell)):
        grouped[one.code].append(one.value)
    return level_of_results(grouped, unit)
