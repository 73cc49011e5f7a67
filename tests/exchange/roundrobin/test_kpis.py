"""KPI building blocks: each gives its value from the rows it names, or the reason why not; never another number."""

import numpy as np
import pyarrow as pa
import pytest

from exchange.roundrobin.kpis import (
    Base,
    Basis,
    Configuration,
    Discharge,
    Occurrence,
    Source,
    Way,
    capacity_at_rate,
    coulombic_efficiency,
    cv_share,
    cycle_capacity,
    dc_resistance,
    equivalent_full_cycles,
    first_cycle_efficiency,
    mean_voltage,
    rest_voltage,
    retention,
)
from ingest.derived.running import Running
from schemas.ingested import Declared
from tests.synthetic_cell import TRAPS, Cell, Columns, cell

FULL = Configuration.FULL
NOMINAL = Base(Basis.NOMINAL, 1.0)


def tables(columns: Columns, **declared: object) -> dict[str, pa.Table]:
    running = Running(Declared.model_validate({"nominal_capacity_ah": 1.0, "cell_configuration": "full"} | declared))
    running.add(pa.RecordBatch.from_pydict(columns))
    return {name: made.table for name, made in running.finish().items()}


def checked_up(cycles: int = 3, pulse: bool = False) -> Cell:
    """Charge at 0.5 A to constant voltage, down to 0.025 A, rest, discharge at 0.5 A; each discharge is shorter."""
    made = Cell()
    for cycle in range(1, cycles + 1):
        made.step(cycle, 5000, 0.5)
        made.step(cycle, 1800, 0.5, 0.025, held=True)
        made.step(cycle, 600, 0.0)
        if pulse:
            made.step(cycle, 10, -1.0)
            made.step(cycle, 600, 0.0)
        made.step(cycle, 5700 - 100 * cycle, -0.5)
        made.step(cycle, 600, 0.0)
    return made


def wanted(made: Cell, step: int, **changed: object) -> Discharge:
    """What fits the discharge that is this step (from 0)."""
    charged, discharged = made.parts[step - 2], made.parts[step]
    fits = {"lower_v": float(discharged["voltage"][-1]), "upper_v": float(charged["voltage"].max()), "cutoff_a": 0.025}
    return Discharge(**({"c_rate": 0.5, "base": NOMINAL} | fits | changed))  # type: ignore[arg-type]  # a dict of both


def steps_of(made: Cell, trap: str = "base") -> pa.Table:
    return tables(TRAPS[trap](made.rows()))["steps"]


def test_capacity_at_a_rate_is_that_of_one_step_from_full_charge() -> None:
    made = checked_up()
    found = capacity_at_rate(steps_of(made), wanted(made, 3))
    assert found.value == pytest.approx(5600 * 0.5 / 3600, rel=1e-12) and found.unit == "A.h"
    first = sum(len(part["time"]) for part in made.parts[:3])
    assert found.rows == ((first, first + 560),)
    assert found.definition == "capacity-at-rate/1" and found.parameters["c_rate"] == 0.5


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"c_rate": 0.52}, "no step discharges at 0.52 A"),
        ({"lower_v": 2.5}, "it ends at"),
        ({"upper_v": 4.3}, "the charge before reaches"),
        ({"cutoff_a": 0.01}, "above the cut-off"),
        ({"cutoff_a": None}, "goes on at constant voltage"),
        ({"occurrence": Occurrence.MEAN, "of": 3}, "1 of 3 steps"),
        ({"base": Base(Basis.MEASURED, 1.0)}, "no KPI is named"),
    ],
)
def test_capacity_at_a_rate_is_refused_where_the_step_is_not_the_protocol_s(
    changed: dict[str, object], said: str
) -> None:
    made = checked_up()
    found = capacity_at_rate(steps_of(made), wanted(made, 3, **changed))
    assert found.value is None and said in found.reason


def test_a_pulse_between_charge_and_discharge_makes_no_capacity() -> None:
    made = checked_up(1, pulse=True)
    found = capacity_at_rate(steps_of(made), wanted(made, 5, upper_v=float(made.parts[1]["voltage"].max())))
    assert found.value is None and "pulse-discharge" in found.reason


def test_the_last_and_the_mean_of_several_capacities() -> None:
    made = Cell()
    for cycle, (charging, seconds) in enumerate(((5000, 5600), (4650, 5590)), 1):
        made.step(cycle, charging, 0.5)
        made.step(cycle, 1800, 0.5, 0.025, held=True)
        made.step(cycle, 600, 0.0)
        made.step(cycle, seconds, -0.5)
    like = wanted(made, 3)
    fits = {"c_rate": 0.5, "base": NOMINAL, "lower_v": like.lower_v, "upper_v": like.upper_v, "cutoff_a": 0.025}
    first, last = 5600 / 7200, 5590 / 7200
    for occurrence, of, truth in (("first", 1, first), ("last", 1, last), ("mean", 2, (first + last) / 2)):
        asked = Discharge(**fits, occurrence=Occurrence(occurrence), of=of)  # type: ignore[arg-type]  # mixed values
        assert capacity_at_rate(steps_of(made), asked).value == pytest.approx(truth, rel=1e-12)


def test_retention_needs_the_same_rate_source_and_temperature() -> None:
    made = checked_up()
    steps = steps_of(made, "counter begins anew in each step")
    now, before = (capacity_at_rate(steps, wanted(made, at)) for at in (13, 3))
    assert retention(now, before).value == pytest.approx(5400 / 5600, rel=1e-12)
    assert now.value is not None and before.value is not None
    counted = capacity_at_rate(steps, wanted(made, 3), Source.COUNTER)
    assert counted.value == pytest.approx(before.value, rel=1e-12)
    assert "another source" in retention(now, counted).reason
    refused = capacity_at_rate(steps, wanted(made, 3, lower_v=2.0))
    assert "reference capacity was refused" in retention(now, refused).reason


def test_first_cycle_efficiency_sums_the_files_before_and_after_degassing() -> None:
    before, after = Cell(), Cell()
    before.step(1, 3600, 0.1)
    before.step(1, 600, 0.0)
    after.charge_ah = before.charge_ah
    after.step(1, 3600, 0.2)
    after.step(1, 4500, -0.2)
    after.step(1, 600, 0.0)
    files = [tables(TRAPS["base"](one.rows()))["cycles"] for one in (before, after)]
    found = first_cycle_efficiency(files, FULL)
    assert found.value == pytest.approx(0.25 / 0.3, rel=1e-12) and len(found.rows) == 2
    assert first_cycle_efficiency(files[:1], FULL).reason == "there is no discharge in the files of formation"


def test_cycles_of_another_configuration_have_no_efficiency() -> None:
    rows, truths = cell()
    cycles = tables(TRAPS["base"](rows))["cycles"]
    assert "another cell configuration" in coulombic_efficiency(cycles, 1, Configuration.HALF_NEGATIVE).reason
    assert "symmetric" in coulombic_efficiency(cycles, 1, Configuration.SYMMETRIC).reason
    assert coulombic_efficiency(cycles, 9, FULL).reason == "there is no cycle 9"
    assert equivalent_full_cycles(cycles, 2.0).value == pytest.approx(sum(one.discharge_ah for one in truths) / 2)


def test_a_negative_half_cell_gives_back_by_charging() -> None:
    made = Cell()
    made.charge_ah = 0.5
    made.step(1, 3600, -0.1)
    made.step(1, 3240, 0.1)
    made.step(1, 600, 0.0)
    cycles = tables(TRAPS["base"](made.rows()), cell_configuration="half-negative")["cycles"]
    assert coulombic_efficiency(cycles, 1, Configuration.HALF_NEGATIVE).value == pytest.approx(0.9, rel=1e-12)
    assert "another cell configuration" in coulombic_efficiency(cycles, 1, FULL).reason


def test_a_truncated_cycle_has_no_kpi() -> None:
    rows, _ = cell()
    cut = {name: values[:-500] for name, values in TRAPS["base"](rows).items()}
    cycles = tables(cut)["cycles"]
    for found in (
        coulombic_efficiency(cycles, 3, FULL),
        cycle_capacity(cycles, 3, Way.DISCHARGE),
        mean_voltage(cycles, 3, Way.CHARGE),
        cv_share(cycles, 3),
    ):
        assert found.value is None and found.reason == "cycle 3 is truncated"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda counter, step: None, "no charge counter"),
        (lambda counter, step: counter * 1.002, "differs from the integral by 2000 ppm"),
        (lambda counter, step: np.where(step == 7, counter + 5e-4, counter), "jumps in no time"),
    ],
)
def test_a_counter_is_taken_only_where_it_can_be_trusted(spoil: object, said: str) -> None:
    rows, _ = cell()
    columns = TRAPS["counter never begins anew"](rows)
    for name in ("charging_capacity_ah", "discharging_capacity_ah"):
        spoiled = spoil(columns[name], columns["step_count"])  # type: ignore[operator]  # one of the three above
        columns = {n: v for n, v in columns.items() if n != name} | ({} if spoiled is None else {name: spoiled})
    found = cycle_capacity(tables(columns)["cycles"], 1, Way.DISCHARGE, Source.COUNTER)
    assert found.value is None and said in found.reason


def test_resistance_is_asked_for_by_direction_time_and_state_of_charge() -> None:
    rows, truths = cell()
    pulses = tables(TRAPS["base"](rows))["pulses"]
    found = dc_resistance(pulses, Way.DISCHARGE, soc=1.0, occurrence=Occurrence.MEAN)
    assert found.value == pytest.approx(truths[0].resistance_ohm, rel=1e-9) and len(found.rows) == 3
    assert "no charge pulse" not in found.reason and dc_resistance(pulses, Way.CHARGE).reason
    assert "state of charge of 0.5" in dc_resistance(pulses, Way.DISCHARGE, soc=0.5).reason
    assert "after 30 s" in dc_resistance(pulses, Way.DISCHARGE, seconds=30.0).reason
    assert "is not computed" in dc_resistance(pulses, Way.DISCHARGE, seconds=5.0).reason
    unknown = tables(TRAPS["base"](rows), nominal_capacity_ah=None)["pulses"]
    assert "not known" in dc_resistance(unknown, Way.DISCHARGE, soc=0.5).reason
    assert dc_resistance(None, Way.DISCHARGE).reason == "the file has no pulses"


def test_a_pulse_without_a_row_near_the_time_is_refused() -> None:
    rows, _ = cell()
    columns = TRAPS["base"](rows)
    columns["test_time_second"] = columns["test_time_second"].copy()
    columns["test_time_second"][np.flatnonzero(columns["step_count"] == 5)[-1]] -= 0.6
    pulses = tables(columns)["pulses"].slice(0, 1)
    found = dc_resistance(pulses, Way.DISCHARGE)
    assert found.value is None and "pulse-too-short" in found.reason


def test_voltage_after_rest_names_whether_it_still_moved() -> None:
    made = checked_up()
    rests = tables(TRAPS["base"](made.rows()))["rests"]
    found = rest_voltage(rests, Way.CHARGE, 600.0, Occurrence.FIRST)
    assert found.value == pytest.approx(float(made.parts[2]["voltage"][-1])) and found.parameters["relaxed"] is True
    assert "no rest of 3600 s" in rest_voltage(rests, Way.CHARGE, 3600.0).reason
