"""How two builds of the same file differ: rows, ranges of columns, values per cycle, findings."""

from pydantic import BaseModel

Bounds = tuple[float | None, float | None]
"""Least and greatest value; null where there is none."""


class RangeChange(BaseModel, frozen=True):
    """A column whose least or greatest value, or number of empty cells, is another."""

    column: str
    before: Bounds
    after: Bounds
    empty_before: int = 0
    empty_after: int = 0


class TableChange(BaseModel, frozen=True):
    """A table that is not the same to the byte; `rows` and `columns` that it lacked or lacks are null or listed."""

    table: str
    rows_before: int | None
    rows_after: int | None
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()
    ranges: tuple[RangeChange, ...] = ()

    def lines(self) -> list[str]:
        """The change for people."""
        said = [f"  {self.table}: rows {_or_none(self.rows_before)} → {_or_none(self.rows_after)}"]
        for word, names in (("new", self.columns_added), ("gone", self.columns_removed)):
            said += [f"    columns {word}: {', '.join(names)}"] if names else []
        for one in self.ranges:
            empty = f", empty {one.empty_before} → {one.empty_after}" if one.empty_before != one.empty_after else ""
            said.append(f"    {one.column}: {_between(one.before)} → {_between(one.after)}{empty}")
        return said


class CycleChange(BaseModel, frozen=True):
    """A value of the cycle table that changed: in how many cycles, and in which one most (relative to before)."""

    name: str
    cycles: int
    cycle: int
    before: float | None
    after: float | None
    relative: float | None

    def __str__(self) -> str:
        part = "" if self.relative is None else f" ({self.relative:.3g} of it)"
        return (
            f"{self.name} differs in {self.cycles}, most in cycle {self.cycle}: "
            f"{_or_none(self.before)} → {_or_none(self.after)}{part}"
        )


class Difference(BaseModel, frozen=True):
    """What another build of the same bytes changed; `after` is empty where it was tried without being kept."""

    dataset: str
    version: int
    before: str
    after: str = ""
    reader_before: str
    reader_after: str
    schema_before: str
    schema_after: str
    state_before: str
    state_after: str
    tables: tuple[TableChange, ...] = ()
    cycles: tuple[CycleChange, ...] = ()
    findings_gone: tuple[str, ...] = ()
    findings_new: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether values, findings and state are equal; reader and schema may have other names."""
        changed = self.tables or self.cycles or self.findings_gone or self.findings_new
        return not changed and self.state_before == self.state_after

    @property
    def worse(self) -> bool:
        """Whether a file that was ready no longer is."""
        return self.state_before == "ready" != self.state_after

    def lines(self) -> list[str]:
        """The difference for people, one change a line."""
        head = f"{self.before} → {self.after or 'dry run'}: {self.reader_before} → {self.reader_after}"
        if self.same:
            return [f"{head}: no change"]
        return [
            f"{head}: {self.state_before} → {self.state_after}",
            *(line for change in self.tables for line in change.lines()),
            *(f"  cycles: {one}" for one in self.cycles),
            *(f"  finding gone: {one}" for one in self.findings_gone),
            *(f"  finding new: {one}" for one in self.findings_new),
        ]


def _or_none(value: float | None) -> str:
    return "none" if value is None else f"{value:.12g}"


def _between(bounds: Bounds) -> str:
    low, high = bounds
    return "no values" if low is None else f"{_or_none(low)} … {_or_none(high)}"
