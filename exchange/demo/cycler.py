"""A cycler's channel that runs a program on a cell and logs what it sees."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from exchange.demo.cell import Cell, Circuit

SUBSTEP_S = 5.0
FIRST_RECORD_S = 0.1
VOLTAGE_NOISE_V = 5e-5
CURRENT_NOISE = 2e-5


class Mode(StrEnum):
    """What the cycler does in a step."""

    REST = "rest"
    CC_CHARGE = "constant-current charge"
    CV_CHARGE = "constant-voltage charge"
    CC_DISCHARGE = "constant-current discharge"


@dataclass(frozen=True)
class Step:
    """One step of a program: its number there, its current in A (charge positive), and what ends it.

    `until_v` ends a constant current, `until_a` a constant voltage (which is held at `until_v`), `until_s` a rest.
    """

    number: int
    mode: Mode
    current_a: float = 0.0
    until_v: float = 0.0
    until_a: float = 0.0
    until_s: float = 0.0
    record_s: float = 30.0


@dataclass(frozen=True)
class Record:
    """One row as a cycler logs it: s since start and since the step's start, A (charge positive), V, Ah, Wh.

    `step_ah` and `step_wh` count from the step's start, never negative. `cycle` counts from 1, `step` is the
    program's number, `executed` counts the steps run so far from 1. `last` marks the last record of a step.
    """

    time_s: float
    step_time_s: float
    cycle: int
    step: int
    executed: int
    mode: Mode
    current_a: float
    voltage_v: float
    step_ah: float
    step_wh: float
    last: bool


@dataclass(frozen=True)
class Cycled:
    """What one cycle truly moved, in Ah, before noise and rounding."""

    charge_ah: float
    discharge_ah: float


@dataclass(frozen=True)
class Run:
    """A finished test: its rows, and the truth behind them for every cycle."""

    records: tuple[Record, ...]
    cycles: tuple[Cycled, ...]


Program = tuple[tuple[Step, ...], ...]
"""The steps of every cycle."""


def round_robin(nominal_capacity_ah: float, cycles: int = 8, record_s: float = 30.0) -> Program:
    """A formation cycle at C/10, then C/3: constant current, constant voltage to C/20, between 2.5 V and 4.2 V."""
    formation = _cycle(1, nominal_capacity_ah, 1 / 10, 2 * record_s)
    ageing = _cycle(len(formation) + 1, nominal_capacity_ah, 1 / 3, record_s)
    return (formation, *(ageing for _ in range(cycles - 1)))


def run(cell: Cell, program: Program, noise: Random) -> Run:
    """Run the program on the fresh cell; `noise` is that of the cycler's readings."""
    channel = _Channel(Circuit(cell), noise)
    records: list[Record] = []
    cycles: list[Cycled] = []
    for number, steps in enumerate(program, start=1):
        channel.begin_cycle(number)
        moved = dict.fromkeys(Mode, 0.0)
        for step in steps:
            records.extend(channel.run(step))
            moved[step.mode] += channel.step_ah
        cycles.append(Cycled(moved[Mode.CC_CHARGE] + moved[Mode.CV_CHARGE], moved[Mode.CC_DISCHARGE]))
    return Run(tuple(records), tuple(cycles))


def _cycle(first: int, nominal_capacity_ah: float, rate: float, record_s: float) -> tuple[Step, ...]:
    current_a, cutoff_a, pause_s = rate * nominal_capacity_ah, nominal_capacity_ah / 20, 600.0
    return (
        Step(first, Mode.CC_CHARGE, current_a, until_v=4.2, record_s=record_s),
        Step(first + 1, Mode.CV_CHARGE, current_a, until_v=4.2, until_a=cutoff_a, record_s=record_s / 2),
        Step(first + 2, Mode.REST, until_s=pause_s, record_s=record_s),
        Step(first + 3, Mode.CC_DISCHARGE, -current_a, until_v=2.5, record_s=record_s),
        Step(first + 4, Mode.REST, until_s=pause_s, record_s=record_s),
    )


class _Channel:
    """The clock and the counters of one channel; times are whole hundredths of a second."""

    def __init__(self, circuit: Circuit, noise: Random) -> None:
        self._circuit, self._noise = circuit, noise
        self._time_s = 0.0
        self._cycle = self._executed = 0
        self.step_ah = self._step_wh = 0.0

    def begin_cycle(self, number: int) -> None:
        self._cycle = number
        self._circuit.begin_cycle(number)

    def run(self, step: Step) -> Iterator[Record]:
        """Run one step to its end; a record soon after its start, then at every interval, and at its end."""
        self._executed += 1
        self.step_ah = self._step_wh = 0.0
        elapsed_s, due_s, current_a, ended = 0.0, FIRST_RECORD_S, step.current_a, False
        while not ended:
            volts = self._circuit.voltage(current_a)
            seconds, ended = self._until(step, elapsed_s, min(due_s - elapsed_s, SUBSTEP_S))
            current_a = self._advance(step, current_a, seconds, volts)
            elapsed_s = round(elapsed_s + seconds, 2)
            ended = ended or (step.mode is Mode.CV_CHARGE and current_a <= step.until_a)
            if ended or elapsed_s >= due_s:
                yield self._record(step, elapsed_s, current_a, ended)
                due_s = step.record_s * (elapsed_s // step.record_s + 1)
        self._time_s = round(self._time_s + elapsed_s, 2)

    def _until(self, step: Step, elapsed_s: float, seconds: float) -> tuple[float, bool]:
        """How far to go next, at most `seconds`, and whether the step ends there."""
        if step.mode is Mode.REST:
            return (seconds, False) if elapsed_s + seconds < step.until_s else (step.until_s - elapsed_s, True)
        if step.mode is Mode.CV_CHARGE:
            return seconds, False
        tried = self._circuit.copy()
        tried.carry(step.current_a, seconds)
        before, after = self._circuit.voltage(step.current_a), tried.voltage(step.current_a)
        if (after - step.until_v) * step.current_a < 0:
            return seconds, False
        share = (step.until_v - before) / (after - before) if after != before else 1.0
        return max(math.ceil(share * seconds * 100) / 100, 0.01), True

    def _advance(self, step: Step, current_a: float, seconds: float, volts: float) -> float:
        """Let the time pass and count; the current in A at the end."""
        ending_a = current_a
        if step.mode is Mode.CV_CHARGE:
            ending_a = self._circuit.hold(step.until_v, current_a, seconds)
        else:
            self._circuit.carry(current_a, seconds)
        hours = seconds / 3600
        self.step_ah += abs(current_a + ending_a) / 2 * hours
        self._step_wh += abs(current_a * volts + ending_a * self._circuit.voltage(ending_a)) / 2 * hours
        return ending_a

    def _record(self, step: Step, elapsed_s: float, current_a: float, last: bool) -> Record:
        return Record(
            time_s=round(self._time_s + elapsed_s, 2),
            step_time_s=elapsed_s,
            cycle=self._cycle,
            step=step.number,
            executed=self._executed,
            mode=step.mode,
            current_a=current_a * (1 + CURRENT_NOISE * self._spread()),
            voltage_v=self._circuit.voltage(current_a) + VOLTAGE_NOISE_V * self._spread(),
            step_ah=self.step_ah,
            step_wh=self._step_wh,
            last=last,
        )

    def _spread(self) -> float:
        return self._noise.random() + self._noise.random() - 1
