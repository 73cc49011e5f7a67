"""Were voltage and temperature measured at all: some exports write 0 in every row."""

import numpy as np

from ingest.checks.temperature import AMBIENT, SURFACE
from ingest.checks.view import View
from schemas.ingested import Declared
from schemas.report import Problem, Severity

ROWS_MIN = 10
SMALL_V = 0.01
"""Volts that were taken for mV stay below; a half-cell may end there, but does not begin there."""


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


class SmallVoltage:
    """Rule `voltage-small`: no voltage of a test under current reaches 10 mV, as where V were taken for mV."""

    def __init__(self, declared: Declared) -> None:
        # Between two equal electrodes lies no more than what drives the current.
        self._expected = declared.cell_configuration == "symmetric"
        self._rows = 0
        self._largest = self._current = 0.0

    def look(self, view: View) -> None:
        voltage, current = view.column("voltage_volt"), view.column("current_ampere")
        if voltage is None or current is None or self._expected or not view.rows:
            return
        self._rows += view.rows
        self._largest = max(self._largest, float(np.fmax.reduce(np.abs(voltage))))
        self._current = max(self._current, float(np.fmax.reduce(np.abs(current))))

    def problems(self) -> list[Problem]:
        if not 0.0 < self._largest < SMALL_V or not self._current > 0.0 or self._rows < ROWS_MIN:
            return []
        return [
            Problem(
                rule="voltage-small",
                severity=Severity.WARNING,
                message=f"The largest voltage of the test is {self._largest:.4g} V, although current flows.",
                hint="Check the unit in the voltage's heading (V or mV), or declare the cell configuration symmetric.",
                column="voltage_volt",
                value=f"{self._largest:.9g}",
                count=self._rows,
            )
        ]


class DeadTemperature:
    """Rule `temperature-zero`: a temperature is exactly 0 °C in every row, as where no sensor is connected."""

    def __init__(self) -> None:
        self._rows = 0
        self._alive: dict[str, bool] = {}

    def look(self, view: View) -> None:
        self._rows += view.rows
        for name in (AMBIENT, *SURFACE):
            values = None if self._alive.get(name) else view.column(name)
            if values is not None:
                self._alive[name] = bool(np.any(values != 0.0))

    def problems(self) -> list[Problem]:
        dead = [name for name, alive in self._alive.items() if not alive] if self._rows >= ROWS_MIN else []
        return [
            Problem(
                rule="temperature-zero",
                severity=Severity.WARNING,
                message=f"{name} is exactly 0 °C in all {self._rows} rows: probably no sensor was connected.",
                hint="Leave the column out of the export, or accept this if the cell was in melting ice indeed.",
                column=name,
                value="0",
                count=self._rows,
            )
            for name in dead
        ]
