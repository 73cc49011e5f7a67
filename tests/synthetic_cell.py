"""A cell whose KPIs are known in closed form, and its rows with the traps of real exports."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Columns = dict[str, NDArray[np.float64]]
EVERY_S = 10.0
OHM, SLOW_OHM = 0.05, 0.002
EMPTY_V, SLOPE_V = 3.2, 0.7


@dataclass(frozen=True)
class Truth:
    """One cycle: Ah, Wh, V and ohm."""

    charge_ah: float
    discharge_ah: float
    charge_wh: float
    discharge_wh: float
    cc_share: float
    resistance_ohm: float

    @property
    def efficiency(self) -> float:
        return self.discharge_ah / self.charge_ah


class Cell:
    """V = 3.2 V + 0.7 V/Ah · Q + R·I; every current is linear in time within a step, so that the trapezoid is exact."""

    def __init__(self) -> None:
        self.time_s = 0.0
        self.charge_ah = 0.0
        self.parts: list[Columns] = []

    def step(self, cycle: int, seconds: float, start_a: float, end_a: float | None = None, held: bool = False) -> None:
        """One step with a row every 10 s; the last row of a step and the first of the next share their time."""
        last = start_a if end_a is None else end_a
        time = np.arange(0.0, seconds + 0.5 * EVERY_S, EVERY_S)
        current = start_a + (last - start_a) * time / seconds
        moved = (start_a * time + (last - start_a) * time**2 / (2 * seconds)) / 3600.0
        voltage = EMPTY_V + SLOPE_V * (self.charge_ah + moved) + OHM * current
        if held:
            voltage = np.full(len(time), voltage[0])
        number = len(self.parts) + 1.0
        columns = {"time": self.time_s + time, "current": current, "voltage": voltage, "moved": moved}
        self.parts.append(
            columns | {"cycle": np.full(len(time), float(cycle)), "step": np.full(len(time), number), "within": time}
        )
        self.time_s += seconds
        self.charge_ah += moved[-1]

    def rows(self) -> Columns:
        """All rows."""
        return {name: np.concatenate([part[name] for part in self.parts]) for name in self.parts[0]}


def cell(rates: tuple[float, ...] = (0.1, 0.25, 0.5)) -> tuple[Columns, list[Truth]]:
    """Per rate (A) one cycle: rest, constant current, constant voltage down to a twentieth, rest, a 1 A pulse of 10 s,
    rest, discharge."""
    made, truths = Cell(), []
    for cycle, amps in enumerate(rates, 1):
        made.step(cycle, 600, 0.0)
        charging_s = 0.8 / amps * 3600
        before = made.charge_ah
        made.step(cycle, charging_s, amps)
        driven = made.charge_ah - before
        made.step(cycle, 1800, amps, amps / 20, held=True)
        made.step(cycle, 1200, 0.0)
        made.step(cycle, 10, -1.0)
        made.step(cycle, 600, 0.0)
        made.step(cycle, (0.7 + 0.02 * cycle) / amps * 3600 // 10 * 10, -amps)
        truths.append(_truth(made, driven))
    made.step(len(rates), 600, 0.0)
    return made.rows(), truths


def _truth(made: Cell, driven: float) -> Truth:
    steps = made.parts[-7:]
    moved = [part["moved"][-1] for part in steps]
    energy = [_energy(part) for part in steps]
    into, out = sum(one for one in moved if one > 0), -sum(one for one in moved if one < 0)
    pulse, rest = steps[4], steps[3]
    return Truth(
        charge_ah=into,
        discharge_ah=out,
        charge_wh=sum(one for one in energy if one > 0),
        discharge_wh=-sum(one for one in energy if one < 0),
        cc_share=driven / into,
        resistance_ohm=(pulse["voltage"][-1] - rest["voltage"][-1]) / -1.0,
    )


def _energy(part: Columns) -> float:
    """∫ I V dt in Wh: exact, as V is linear in Q at constant current, and constant at constant voltage."""
    if part["voltage"][0] == part["voltage"][-1]:
        return float(part["moved"][-1] * part["voltage"][0])
    return float(part["moved"][-1] * (part["voltage"][0] + part["voltage"][-1]) / 2)


def _base(rows: Columns) -> Columns:
    return {
        "test_time_second": rows["time"],
        "current_ampere": rows["current"],
        "voltage_volt": rows["voltage"],
        "cycle_count": rows["cycle"].astype(np.int64),
        "step_count": rows["step"].astype(np.int64),
    }


def _reset(rows: Columns) -> Columns:
    return _base(rows) | {"step_cumulative_capacity_ah": np.abs(rows["moved"])}


def _cumulative(rows: Columns) -> Columns:
    into, out = np.maximum(rows["moved"], 0.0), np.maximum(-rows["moved"], 0.0)
    ends = np.flatnonzero(np.diff(rows["step"], append=-1.0))
    lengths = np.diff(np.concatenate(([-1], ends)))
    counted = {}
    for name, moved in (("charging_capacity_ah", into), ("discharging_capacity_ah", out)):
        before = np.concatenate(([0.0], np.cumsum(moved[ends])[:-1]))
        counted[name] = moved + np.repeat(before, lengths)
    return _base(rows) | counted


def _counts_at_discharge(rows: Columns) -> Columns:
    columns = _base(rows)
    columns["cycle_count"] = columns["cycle_count"] + (np.mod(rows["step"] - 1, 7) >= 4)
    return columns


def _hours(rows: Columns) -> Columns:
    columns = _base(rows)
    time, current = columns.pop("test_time_second"), columns.pop("current_ampere")
    return {"Test Time / h": time / 3600.0, "Current / mA": current * 1000.0} | columns


def _flipped(rows: Columns) -> Columns:
    return _base(rows) | {"current_ampere": -rows["current"]}


def _bare(rows: Columns) -> Columns:
    columns = _base(rows)
    return {name: columns[name] for name in ("test_time_second", "current_ampere", "voltage_volt")}


def _step_times(rows: Columns) -> Columns:
    return _base(rows) | {"step_time_second": rows["within"]}


TRAPS: dict[str, Callable[[Columns], Columns]] = {
    "base": _base,
    "counter begins anew in each step": _reset,
    "counter never begins anew": _cumulative,
    "cycle counter counts at the discharge": _counts_at_discharge,
    "hours and milliampere": _hours,
    "sign turned": _flipped,
    "no counters at all": _bare,
    "step times": _step_times,
}
