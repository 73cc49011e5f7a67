"""The model cell behaves as a cell: what is put in comes out, less what its losses take."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from exchange.demo.cell import OPEN_CIRCUIT_V, Cell, Circuit, open_circuit
from exchange.demo.cycler import CURRENT_NOISE, VOLTAGE_NOISE_V, Mode, Run, round_robin, run

CELL = Cell(capacity_ah=5.0, formation_efficiency=0.87, fade_per_cycle=0.001)


@pytest.fixture(scope="module")
def done() -> Run:
    return run(CELL, round_robin(5.0), Random(7))


def test_open_circuit_voltage_rises_with_charge_through_every_point_of_the_table() -> None:
    assert all(low < high for low, high in pairwise(OPEN_CIRCUIT_V))
    for index, volts in enumerate(OPEN_CIRCUIT_V):
        assert open_circuit(index / 40)[0] == pytest.approx(volts, abs=1e-12)


def test_a_current_first_meets_the_ohmic_resistance_and_later_the_pair_as_well() -> None:
    circuit = Circuit(replace(CELL, state_of_charge=0.5))
    rested = circuit.voltage(0.0)
    assert circuit.voltage(2.0) - rested == pytest.approx(2.0 * CELL.ohmic_ohm)
    for _ in range(200):
        circuit.carry(2.0, 2.0)
        circuit.carry(-2.0, 0.0)
    pair = circuit.voltage(0.0) - open_circuit(circuit._state_of_charge)[0]
    assert pair == pytest.approx(2.0 * CELL.transfer_ohm, rel=1e-3)


def test_the_first_cycle_returns_the_fraction_that_formation_leaves(done: Run) -> None:
    first = done.cycles[0]
    assert first.discharge_ah / first.charge_ah == pytest.approx(CELL.formation_efficiency, abs=5e-4)


def test_later_cycles_return_nearly_all_and_fade_slowly(done: Run) -> None:
    for cycle in done.cycles[2:]:
        assert cycle.discharge_ah / cycle.charge_ah == pytest.approx(CELL.coulombic_efficiency, abs=5e-5)
    for before, after in pairwise(done.cycles[1:]):
        assert after.discharge_ah / before.discharge_ah == pytest.approx(1 - CELL.fade_per_cycle, abs=2e-4)


def test_steps_end_at_the_limits_of_the_program(done: Run) -> None:
    for record in (record for record in done.records if record.last):
        if record.mode is Mode.CC_CHARGE:
            assert record.voltage_v == pytest.approx(4.2, abs=2e-4)
        elif record.mode is Mode.CC_DISCHARGE:
            assert record.voltage_v == pytest.approx(2.5, abs=2e-4)
        elif record.mode is Mode.CV_CHARGE:
            assert 0.22 < record.current_a <= 0.25 * (1 + CURRENT_NOISE)
        else:
            assert (record.step_time_s, record.current_a) == (600.0, 0.0)


def test_a_constant_voltage_is_held_while_the_current_falls(done: Run) -> None:
    held = [record for record in done.records if record.mode is Mode.CV_CHARGE and record.cycle == 4]
    assert len(held) > 10
    # Past a corner of the tabulated curve the held voltage is off by microvolts for one substep.
    assert all(abs(record.voltage_v - 4.2) < VOLTAGE_NOISE_V + 2e-5 for record in held)
    assert all(later.current_a < earlier.current_a for earlier, later in pairwise(held))


def test_integrating_the_rows_gives_the_charge_the_model_moved(done: Run) -> None:
    moved: dict[tuple[int, bool], float] = {}
    for earlier, later in pairwise(done.records):
        amps = (earlier.current_a + later.current_a) / 2
        key = later.cycle, amps > 0
        moved[key] = moved.get(key, 0.0) + abs(amps) * (later.time_s - earlier.time_s) / 3600
    for number, truth in enumerate(done.cycles, start=1):
        assert moved[number, True] == pytest.approx(truth.charge_ah, rel=1e-4)
        assert moved[number, False] == pytest.approx(truth.discharge_ah, rel=1e-4)


def test_time_always_advances_and_each_step_starts_its_own_clock(done: Run) -> None:
    for earlier, later in pairwise(done.records):
        assert later.time_s > earlier.time_s
        assert later.executed - earlier.executed == int(earlier.last)
        if earlier.last:
            assert later.step_time_s == pytest.approx(0.1)
