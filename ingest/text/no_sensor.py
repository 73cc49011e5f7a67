"""Temperatures of channels to which no sensor is connected."""

import pyarrow as pa
import pyarrow.compute as pc

from ingest.text.steps import Columns
from schemas.report import Problem

ABSOLUTE_ZERO = -273.15


class NoSensor:
    """Instruments write a temperature below absolute zero where no sensor is connected: Gamry −328, Novonix −9999."""

    def __init__(self, column: str = "temperature_t1_celsius") -> None:
        self._column = column

    def apply(self, columns: Columns, first: int) -> dict[str, pa.Array]:
        """Empty what no sensor can have measured."""
        out = dict(columns)
        if (values := columns.get(self._column)) is not None:
            out[self._column] = pc.if_else(pc.less(values, ABSOLUTE_ZERO), pa.scalar(None, pa.float64()), values)
        return out

    def finish(self) -> list[Problem]:
        """Nothing to say: the field's rule does."""
        return []
