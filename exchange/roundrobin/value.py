"""What a KPI function gives: a value with its unit, definition and rows, or the reason why there is none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import pyarrow as pa

Row = Mapping[str, object]
Span = tuple[int, int]
"""First and last row of the time series, both included."""
NONE: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True)
class Kpi:
    """One KPI of one cell: `value` in `unit` (UCUM), or None and a `reason`; never another number.

    `definition` names the KPI and the version of its definition; `parameters` are the choices it was computed with,
    and two KPIs are comparable only where these agree.
    """

    definition: str
    unit: str
    value: float | None
    rows: tuple[Span, ...] = ()
    reason: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Definition:
    """A KPI's name with the version of its definition, and its unit."""

    name: str
    unit: str

    def value(self, number: float, rows: tuple[Span, ...], parameters: Mapping[str, object] = NONE) -> Kpi:
        """The KPI, computed."""
        return Kpi(self.name, self.unit, number, rows, parameters=parameters)

    def refuse(self, reason: str, rows: tuple[Span, ...] = (), parameters: Mapping[str, object] = NONE) -> Kpi:
        """No KPI, and why not."""
        return Kpi(self.name, self.unit, None, rows, reason, parameters)


def rows_of(table: pa.Table, columns: Iterable[str] = ()) -> list[Row]:
    """The rows of a derived table; of these columns, as far as it has them, where some are named."""
    wanted = [name for name in columns if name in table.column_names]
    rows: list[Row] = (table.select(wanted) if wanted else table).to_pylist()
    return rows


def span(row: Row) -> Span:
    """The rows of the time series that a row of a derived table stands for."""
    return int(number(row, "start_row") or 0), int(number(row, "end_row") or 0)


def number(row: Row, column: str) -> float | None:
    """A number of a row, None where it is empty or the table has no such column."""
    value = row.get(column)
    return float(value) if isinstance(value, int | float) else None
