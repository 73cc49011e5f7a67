"""How a derived table is declared: each column with its type, unit and IRI, and the version of its definition."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.parquet import Derived, Described

Values = NDArray[np.float64] | Sequence[str | None] | Sequence[bool | None]
MOST_ROWS = 200_000
"""A derived table with more rows than this is left out, as it would not be small."""


@dataclass(frozen=True)
class Sort:
    """Type, unit (UCUM) and IRI of a column."""

    type: pa.DataType
    unit: str = ""
    iri: str = ""


def real(unit: str, iri: str = "") -> Sort:
    """A column of float64."""
    return Sort(pa.float64(), unit, iri)


COUNT = Sort(pa.int64(), "1")
TEXT = Sort(pa.string())
FLAG = Sort(pa.bool_())


def made(columns: Mapping[str, Sort], values: Mapping[str, Values], rows: int, definition: str) -> Derived:
    """The table: NaN becomes null, a column without values is null throughout, `definition` stands in every row."""
    whole: dict[str, Values] = {**values, "definition": [definition] * rows}
    arrays = [_array(kind.type, whole.get(name), rows) for name, kind in columns.items()]
    schema = pa.schema([pa.field(name, kind.type) for name, kind in columns.items()])
    described = {name: Described(kind.unit, kind.iri) for name, kind in columns.items()}
    return Derived(pa.Table.from_arrays(arrays, schema=schema), described)


def _array(kind: pa.DataType, values: Values | None, rows: int) -> pa.Array:
    if values is None:
        return pa.nulls(rows, kind)
    if not isinstance(values, np.ndarray):
        return pa.array(values, kind)
    unknown = ~np.isfinite(values)
    if pa.types.is_integer(kind):
        return pa.array(np.where(unknown, 0, values).astype(np.int64), kind, mask=unknown)
    return pa.array(np.asarray(values, np.float64), kind, mask=unknown)


def number_at(rows: NDArray[np.float64], starts: NDArray[np.float64], numbers: NDArray[np.float64]) -> Values:
    """The number of the cycle or step in which each row lies; NaN before the first."""
    at = np.searchsorted(starts, rows, side="right") - 1
    return np.where(at >= 0, numbers[at] if len(numbers) else np.nan, np.nan)
