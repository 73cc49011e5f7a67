"""Basytec exports: units in brackets, decimal commas, damaged degree signs."""

import pytest

from schemas.errors import Unreadable
from tests.samples import FILES, changed, read, told


def test_a_german_export_in_hours():
    table, reading = read("basytec.txt")
    assert table["test_time_second"].to_pylist() == [0, 1800, 4500]
    assert table["step_time_second"].to_pylist() == [0, 900, 1800]
    assert table["voltage_volt"].to_pylist() == [3.2, 3.55, 3.41]
    assert table["current_ampere"].to_pylist() == [0, 0.5, -0.5]
    assert table["step_id"].to_pylist() == [3, 4, 5]
    assert table["cycle_count"].to_pylist() == [0, 1, 1]
    assert table["step_type"].to_pylist() == ["Pause", "Charge", "Discharge"]
    assert table["cycle_discharging_capacity_ah"].to_pylist() == [0, 0, 0.25]
    assert table["step_net_capacity_ah"].to_pylist() == [0, 0.125, -0.25]
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, 25.2, 25.3]
    assert told(reading, "record-missing") == [(8, "record_index", None)]
    assert reading.header["2"] == "~Name of Test: formation 07"


def test_milliampere_and_kelvin_are_converted_where_they_are_printed(tmp_path):
    table, _ = read(changed(tmp_path, "basytec.txt", "T1[°C]", "T1[K]", "cp1252"))
    assert table["temperature_t1_celsius"].to_pylist() == pytest.approx([-248.05, -247.95, -247.85])
    path = changed(tmp_path, "basytec.txt", "I[A]", "I[mA]", "cp1252")
    assert read(path)[0]["current_ampere"].to_pylist() == pytest.approx([0, 0.0005, -0.0005])


def test_a_degree_sign_that_was_lost_leaves_the_temperature_readable(tmp_path):
    table, _ = read(changed(tmp_path, "basytec.txt", "T1[°C]", "T1[?C]", "cp1252"))
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, 25.2, 25.3]


@pytest.mark.parametrize(("heading", "broken", "said"), [("U[V]", "U", "prints no unit"), ("I[A]", "I[X]", "unknown")])
def test_a_current_or_voltage_without_known_unit_is_refused(tmp_path, heading, broken, said):
    with pytest.raises(Unreadable, match=said):
        read(changed(tmp_path, "basytec.txt", heading, broken, "cp1252"))


def test_a_command_is_text_and_turns_no_sign(tmp_path):
    table, _ = read(changed(tmp_path, "basytec.txt", "Charge\t3", "Pause\t3", "cp1252"))
    assert table["current_ampere"].to_pylist() == [0, 0.5, -0.5]


def test_a_row_that_is_cut_off_is_told(tmp_path):
    table, reading = read(changed(tmp_path, "basytec.txt", "\t0,0931\t1\t1\r\n", "", "cp1252"))
    assert table.num_rows == 2 and [row for row, _, _ in told(reading, "row-ragged")] == [8]


def test_values_per_mass_beside_the_measured_ones_stay_in_the_raw_file():
    table, reading = read("basytec_mass.txt")
    assert table["test_time_second"].to_pylist() == [0, 900, 2700]
    assert table["current_ampere"].to_pylist() == [0, 0.03, -0.03]
    assert table["step_net_capacity_ah"].to_pylist() == [0, 0.0075, -0.015]
    assert table["temperature_t1_celsius"].to_pylist() == [22.4, 22.5, 22.6]
    assert [one.source for one in reading.conversions if one.column == "current_ampere"] == ["I[A]"]
    [left] = [problem.message for problem in reading.problems if problem.rule == "column-unknown"]
    assert "I[A/kg], Ah[Ah/kg], Ah-Step[Ah/kg]" in left


def test_a_current_per_mass_alone_is_refused(tmp_path):
    text = (FILES / "basytec_mass.txt").read_text("cp1252").replace("\tI[A]\t", "\tX[A]\t")
    (tmp_path / "alone.txt").write_text(text, "cp1252")
    with pytest.raises(Unreadable, match="A/kg"):
        read(tmp_path / "alone.txt")


def test_a_date_and_a_time_in_columns_of_their_own_may_stand_apart_by_spaces(tmp_path):
    text = (FILES / "basytec_mass.txt").read_text("cp1252").replace("\t", " ")
    (tmp_path / "spaces.txt").write_text(text, "cp1252")
    table, _ = read(tmp_path / "spaces.txt")
    assert table["current_ampere"].to_pylist() == [0, 0.03, -0.03]
    assert table["voltage_volt"].to_pylist() == [3.05, 3.65, 3.25]


def test_columns_that_stand_apart_by_spaces_keep_a_date_and_its_time_together():
    table, reading = read("basytec_spaces.txt")
    assert table["test_time_second"].to_pylist() == [0, 1800, 4500]
    assert table["current_ampere"].to_pylist() == [0, 0.0005, -0.0005]
    assert table["step_net_capacity_ah"].to_pylist() == [0, 0.000125, -0.00025]
    assert table["unix_time_second"].to_pylist() == [1721030400, 1721032200, 1721034900]
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, 25.2, 25.3]
    assert reading.line_of(0) == 7 and reading.header["3"] == "~Name of Test: half cell 3"


def test_a_command_of_two_words_between_spaces_is_told_and_not_shifted(tmp_path):
    table, reading = read(changed(tmp_path, "basytec_spaces.txt", "Charge", "Charge fast", "cp1252"))
    assert table.num_rows == 2 and [row for row, _, _ in told(reading, "row-ragged")] == [8]


def test_the_start_in_the_preamble_dates_a_file_without_times_of_day():
    _, reading = read("basytec.txt")
    assert reading.started_at is not None and reading.started_at.isoformat() == "2024-07-15T08:00:00+00:00"
    assert read("basytec.txt", zone=None)[1].started_at is None


def test_a_column_time_beside_the_test_time_is_the_time_of_day(tmp_path):
    path = changed(tmp_path, "basytec.txt", "\tDataSet\t", "\tDataSet\tTime\t", "cp1252")
    text = path.read_bytes()
    for number in (b"\t1\t0\t3", b"\t2\t0,25", b"\t4\t0,5"):
        text = text.replace(number, number.replace(b"\t", b"\t10:00:00\t", 2).replace(b"\t10:00:00", b"", 1), 1)
    path.write_bytes(text)
    assert read(path)[0]["test_time_second"].to_pylist() == [0, 1800, 4500]


def test_currents_per_mass_are_refused(tmp_path):
    with pytest.raises(Unreadable, match="A/kg"):
        read(changed(tmp_path, "basytec.txt", "I[A]", "I[A/kg]", "cp1252"))


def test_the_csv_of_the_ageing_study():
    table, _ = read("basytec_study.csv")
    assert table["test_time_second"].to_pylist() == [86398.5, 86400.5, 86402.5]
    assert table["voltage_volt"].to_pylist() == [3.6012, 3.648, 3.552]
    assert table["current_ampere"].to_pylist() == [0, 1.5, -1.5]
    assert table["surface_temperature_celsius"].to_pylist() == [22.91, 22.95, 23.01]


def test_an_empty_cell_between_two_spaces_shifts_nothing(tmp_path):
    table, reading = read(changed(tmp_path, "basytec_spaces.txt", " 25.20 1 0", "  1 0", "cp1252"))
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, None, 25.3]
    assert table["cycle_count"].to_pylist() == [0, 1, 1] and not told(reading, "row-ragged")
    path = changed(tmp_path, "basytec_spaces.txt", " 25.20 1 0", "   25.20    1 0", "cp1252")
    assert read(path)[0]["temperature_t1_celsius"].to_pylist() == [25.1, 25.2, 25.3]


def test_the_end_of_the_test_tells_how_its_start_is_written(tmp_path):
    path = changed(tmp_path, "basytec.txt", "15.07.2024 10:00:00", "01.07.2024 10:00:00", "cp1252")
    assert read(path)[1].started_at is None
    text = path.read_bytes().replace(b"~Start", b"~End of Test: 13.07.2024 10:00:00\r\n~Start")
    path.write_bytes(text)
    assert str(read(path)[1].started_at) == "2024-07-01 08:00:00+00:00"
