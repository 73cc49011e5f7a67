"""Was the voltage measured at all: some exports write 0 in every row."""

import numpy as np

from ingest.checks.view import View
from schemas.report import Problem, Severity

ROWS_MIN = 10


class DeadVoltage:
    """Rule `voltage-zero`: the voltage is exactly 0 in every row of a test in which current flows.

    EC-Lab 11.5 does so in text exports of constant-current techniques; no measured voltage is exactly 0 throughout.
    """

    def __init__(self) -> None:
        self._rows = 0
        self._alive = self._loaded = False

    def look(self, view: View) -> None:
        voltage, current = view.column("voltage_volt"), view.column("current_ampere")
        if voltage is None or current is None or self._alive:
            return
        self._rows += view.rows
        self._alive = bool(np.any(voltage != 0.0))
        self._loaded = self._loaded or bool(np.any(current != 0.0))

    def problems(self) -> list[Problem]:
        if self._alive or not self._loaded or self._rows < ROWS_MIN:
            return []
        return [
            Problem(
                rule="voltage-zero",
                severity=Severity.ERROR,
                message=f"The voltage is exactly 0 in all {self._rows} rows, although current flows.",
                hint="The export lost it: upload the instrument's own file (such as .mpr), or export another voltage.",
                column="voltage_volt",
                value="0",
                count=self._rows,
            )
        ]
