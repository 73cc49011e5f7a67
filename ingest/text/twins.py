"""Two columns of a file for one quantity, under two of its names: one is taken if they say the same."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.findings import error
from ingest.text.headers import Source
from ingest.text.steps import Columns
from schemas.report import Problem, Severity

WITHIN = 1e-6
"""Share of the distance to the first value, or of the value itself up to 1000, by which equal values may differ."""
_FLOOR = 1e-9


def key(quantity: str, number: int) -> str:
    """Under which name the twin of a column goes until it is compared."""
    return f"{quantity}, {number}"


class Twins:
    """Compares further columns of quantities with those that are taken, and drops them, as a `Step`."""

    def __init__(self, taken: Sequence[Source], twins: Mapping[str, Source]) -> None:
        by_name = {source.quantity.name: source for source in taken}
        self._pairs = {name: _Pair(by_name[twin.quantity.name], twin) for name, twin in twins.items()}

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]:
        """Look at the next rows, in canonical units; only the columns that are taken are left."""
        for name, pair in self._pairs.items():
            pair.look(columns[pair.taken.quantity.name], columns[name], first)
        return {name: values for name, values in columns.items() if name not in self._pairs}

    def finish(self) -> list[Problem]:
        """A note for each pair that is equal and an error for each that is not."""
        return [pair.problem() for pair in self._pairs.values()]


class _Pair:
    def __init__(self, taken: Source, twin: Source) -> None:
        self.taken, self._twin = taken, twin
        self._origin: float | None = None
        self._apart = 0
        self._where = -1
        self._values = ("", "")

    def look(self, taken: pa.Array, twin: pa.Array, first: int) -> None:
        apart = _apart_text(taken, twin) if pa.types.is_string(taken.type) else self._apart_numbers(taken, twin)
        places = np.flatnonzero(apart)
        if len(places) and not self._apart:
            at = int(places[0])
            self._where, self._values = first + at, (str(taken[at].as_py()), str(twin[at].as_py()))
        self._apart += len(places)

    def problem(self) -> Problem:
        both = f"The columns “{self.taken.heading}” and “{self._twin.heading}” both hold {self.taken.quantity.label}"
        if not self._apart:
            return Problem(
                rule="column-twice",
                severity=Severity.NOTE,
                message=f"{both} and say the same: the first is taken.",
                column=self.taken.heading,
            )
        return error(
            "column-twice",
            f"{both} and differ in {self._apart} rows, first {self._values[0]} and {self._values[1]} in the "
            "canonical unit.",
            "Remove one of them or name it otherwise; or declare which column holds the quantity.",
            row=self._where,
            column=self.taken.heading,
            value=self._values[0],
            count=self._apart,
        )

    def _apart_numbers(self, taken: pa.Array, twin: pa.Array) -> npt.NDArray[np.bool_]:
        ours, theirs = (values.cast(pa.float64()).to_numpy(zero_copy_only=False) for values in (taken, twin))
        known = ours[np.isfinite(ours)]
        if self._origin is None and len(known):
            self._origin = float(known[0])
        distance = np.maximum(np.abs(ours - (self._origin or 0.0)), np.minimum(np.abs(ours), 1000.0))
        # A twin without a value contradicts nothing.
        apart: npt.NDArray[np.bool_] = ~np.isnan(theirs) & ~(np.abs(ours - theirs) <= WITHIN * distance + _FLOOR)
        return apart


def _apart_text(taken: pa.Array, twin: pa.Array) -> npt.NDArray[np.bool_]:
    apart: npt.NDArray[np.bool_] = pc.and_(pc.is_valid(twin), pc.fill_null(pc.not_equal(taken, twin), True)).to_numpy(
        zero_copy_only=False
    )
    return apart
