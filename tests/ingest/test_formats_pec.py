"""PEC exports: capacity and energy under one name, millivolts, one cell a file."""

import pyarrow as pa
import pytest

from ingest.detect import detect, head
from schemas.errors import SeveralCells, Unreadable
from schemas.ingested import Declared
from schemas.instructions import Instructions
from tests.samples import FILES, changed, read, told


def test_capacity_and_energy_are_told_by_their_units():
    table, reading = read("pec.csv")
    assert table["cycle_charging_capacity_ah"].to_pylist() == pytest.approx([0, 0.000139, 0])
    assert table["cycle_discharging_capacity_ah"].to_pylist() == pytest.approx([0, 0, 0.004168])
    assert table["cycle_charging_energy_wh"].to_pylist() == pytest.approx([0, 0.000493, 0])
    assert table["cycle_discharging_energy_wh"].to_pylist() == pytest.approx([0, 0, 0.0142])
    assert not told(reading, "column-left-out")


def test_millivolts_milliamperes_and_cycles_counted_from_zero():
    table, reading = read("pec.csv")
    assert table["test_time_second"].to_pylist() == [1, 31.183, 61.183]
    assert table["step_time_second"].to_pylist() == [1, 1, 30]
    assert table["voltage_volt"].to_pylist() == pytest.approx([3.2, 3.5505, 3.41])
    assert table["current_ampere"].to_pylist() == pytest.approx([0, 0.5002, -0.5002])
    assert table["cycle_count"].to_pylist() == [0, 0, 1]
    assert table["step_id"].to_pylist() == [0, 1, 2]
    assert table["ambient_temperature_celsius"].to_pylist() == [25.1, None, 25.2]
    assert table["surface_temperature_celsius"].to_pylist() == [24.9, None, 25]
    assert table["dc_internal_resistance_ohm"].to_pylist() == [None, 0.0125, 0.0125]
    assert table["unix_time_second"].to_pylist() == [1721030401, 1721030431, 1721030461]
    assert reading.header["3"] == "Number Of Cells:,1" and reading.line_of(0) == 10


def test_a_later_export_with_hours_written_out_and_energies_of_their_own():
    table, _ = read("pec_hours.csv")
    assert table["test_time_second"].to_pylist() == [86399.002, 86429.002, 86459.002]
    assert table["step_time_second"].to_pylist() == [1800, 900, 450]
    assert table["voltage_volt"].to_pylist() == [3.2, 3.5505, 3.41]
    assert table["current_ampere"].to_pylist() == [0, 0.5002, -0.5002]
    assert table["cycle_charging_capacity_ah"].to_pylist() == pytest.approx([0, 0.004168, 0])
    assert table["cycle_charging_energy_wh"].to_pylist() == pytest.approx([0, 0.0148, 0])
    assert table["cycle_discharging_energy_wh"].to_pylist() == pytest.approx([0, 0, 0.0142])
    assert table["temperature_t1_celsius"].to_pylist() == [None, 19.26, 19.27]
    assert table["step_type"].to_pylist() == ["Idle", "Charge", "Discharge"]


@pytest.fixture
def two_cells(tmp_path):
    return changed(tmp_path, "pec.csv", "207,1,SBT1,001,1,,1", "207,2,SBT1,001,1,,1")


def test_a_file_of_several_cells_names_them_and_asks_for_one(two_cells):
    with pytest.raises(SeveralCells, match="several cells") as refused:
        read(two_cells)
    assert (refused.value.by, refused.value.choices) == ("channel", ("1", "2"))


def test_the_cell_that_is_picked_is_read_with_its_own_lines(two_cells):
    seen = head(two_cells, two_cells.name)
    reading = detect(seen).read(seen, Declared(reading=Instructions(channel="1")))
    table = pa.Table.from_batches(list(reading.batches))
    assert table["step_id"].to_pylist() == [0, 2]
    assert [reading.line_of(0), reading.line_of(1)] == [10, 12] and reading.rows_in == 2


def test_a_cell_that_is_not_in_the_file_is_not_picked(two_cells):
    seen = head(two_cells, two_cells.name)
    with pytest.raises(SeveralCells):
        detect(seen).read(seen, Declared(reading=Instructions(channel="3")))


def test_another_cell_in_the_midst_of_a_long_file_is_found(tmp_path):
    lines = (tmp_path / "long.csv"), (FILES / "pec.csv").read_text().splitlines()
    path, (*preamble, first, _, _) = lines[0], lines[1]
    rows = [first] * 30_000
    rows[7_000] = first.replace("207,1,", "207,9,")
    path.write_text("\n".join([*preamble, *rows]) + "\n")
    with pytest.raises(SeveralCells) as refused:
        read(path)
    assert refused.value.choices == ("1", "9")


@pytest.mark.parametrize(("heading", "broken"), [("Voltage (mV)", "Voltage"), ("Total Time (Seconds)", "Total Time")])
def test_a_required_heading_without_unit_is_refused(tmp_path, heading, broken):
    with pytest.raises(Unreadable, match="unit"):
        read(changed(tmp_path, "pec.csv", heading, broken))


def test_an_energy_in_an_unknown_unit_is_not_taken_for_a_capacity(tmp_path):
    table, reading = read(changed(tmp_path, "pec.csv", "Charge Capacity (mWh)", "Charge Capacity (J)"))
    assert "cycle_charging_energy_wh" not in table.column_names
    assert table["cycle_charging_capacity_ah"].to_pylist() == pytest.approx([0, 0.000139, 0])
    assert any("Charge Capacity (J)" in problem.message for problem in reading.problems)
