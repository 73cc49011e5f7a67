"""Is the current's sign right: at constant current the voltage rises while a cell is charged and falls while not."""

from dataclasses import dataclass

import numpy as np

from ingest.checks.view import Reals, View
from ingest.integrate import differences
from schemas.ingested import Declared
from schemas.report import Problem, Severity

CONSTANT = 0.01
DEAD_BAND = 1e-4
ROWS_MIN = 10
MOVED_V = 0.005
"""A run whose voltage moved less says nothing."""
EVIDENCE_V = 0.1
ONE_WAY_V = 0.3
"""With current in one direction only, more has to be seen."""
CLEAR = 10.0


@dataclass
class _Run:
    """The open run of rows at one constant current."""

    voltage: float = np.nan
    current: float = 0.0
    rows: int = 0


class Direction:
    """Rule `current-sign`. Says nothing where the evidence is not clear, nor for symmetric cells."""

    def __init__(self, declared: Declared) -> None:
        self._skip = declared.cell_configuration == "symmetric"
        self._open = _Run()
        self._last_voltage = self._last_current = np.nan
        self._peak = 0.0
        self._least = 0.0
        self._against = {1: 0.0, -1: 0.0}
        self._agreed = {1: 0.0, -1: 0.0}

    def look(self, view: View) -> None:
        current, voltage = view.column("current_ampere"), view.column("voltage_volt")
        if self._skip or current is None or voltage is None or not view.rows:
            return
        size = np.abs(current)
        self._peak = max(self._peak, float(np.fmax.reduce(size)))
        self._least = min(self._least, float(np.fmin.reduce(current)))
        change = np.abs(differences(current, self._last_current))
        begins = np.flatnonzero(~((change <= CONSTANT * size) & (size > DEAD_BAND * self._peak)))
        if len(begins):
            self._end_open(voltage, int(begins[0]))
            rows = np.diff(begins)
            moved = voltage[begins[1:] - 1] - voltage[begins[:-1]]
            self._judge(current[begins[:-1]], np.where(rows >= ROWS_MIN, moved, 0.0))
            last = begins[-1]
            self._open = _Run(float(voltage[last]), float(current[last]), view.rows - int(last))
        else:
            self._open.rows += view.rows
        self._last_current, self._last_voltage = float(current[-1]), float(voltage[-1])

    def problems(self) -> list[Problem]:
        self._end_open(np.empty(0), 0)
        against, agreed = sum(self._against.values()), sum(self._agreed.values())
        one_way = self._least >= -DEAD_BAND * self._peak
        if one_way and min(self._against[1], self._agreed[1]) > ONE_WAY_V:
            return [_unsigned(self._against[1])]
        both = not one_way and against > EVIDENCE_V and min(self._against.values()) > EVIDENCE_V / 5
        if (both or against > ONE_WAY_V) and against > CLEAR * agreed:
            return [_reversed(against, agreed)]
        return []

    def _end_open(self, voltage: Reals, rows: int) -> None:
        """The open run took in this many rows of the batch and is over."""
        run = self._open
        end = float(voltage[rows - 1]) if rows else self._last_voltage
        if run.rows + rows >= ROWS_MIN:
            self._judge(np.array([run.current]), np.array([end - run.voltage]))
        self._open = _Run()

    def _judge(self, current: Reals, moved: Reals) -> None:
        evidence = np.where(np.abs(moved) >= MOVED_V, moved * np.sign(current), 0.0)
        for sign in (1, -1):
            seen = evidence[np.sign(current) == sign]
            self._agreed[sign] += float(seen[seen > 0].sum())
            self._against[sign] -= float(seen[seen < 0].sum())


def _reversed(against: float, agreed: float) -> Problem:
    return Problem(
        rule="current-sign",
        severity=Severity.ERROR,
        message=(
            "The current has the wrong sign: at constant current the voltage falls while it is positive and rises "
            f"while it is negative ({against:.2f} V in all, against {agreed:.2f} V the right way)."
        ),
        hint="Export with the charging current positive, or declare that this file counts discharging as positive.",
        column="current_ampere",
    )


def _unsigned(against: float) -> Problem:
    return Problem(
        rule="current-sign",
        severity=Severity.ERROR,
        message=(
            "The current has no sign: it is never negative, although the voltage falls at constant current "
            f"({against:.2f} V in all)."
        ),
        hint="Export the current with its sign, or with the column that says charge or discharge.",
        column="current_ampere",
    )
