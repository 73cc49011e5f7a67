"""Gamry's .DTA files: curves that go on, impedance, decimal commas, and tables that are left out."""

import re
from pathlib import Path

import pyarrow as pa
import pytest

from ingest.detect import detect, head
from ingest.formats import READERS
from ingest.pipeline import ingest
from ingest.reader import Reading
from schemas.errors import Unreadable
from schemas.ingested import Declared
from schemas.report import Severity

FILES = Path(__file__).resolve().parents[1] / "files"


def read(path: Path) -> tuple[pa.Table, Reading]:
    seen = head(path, path.name)
    assert sum(reader.recognises(seen) for reader in READERS) == 1
    reading = detect(seen).read(seen, Declared(time_zone="Europe/Berlin"))
    return pa.Table.from_batches(list(reading.batches)), reading


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    text = (FILES / name).read_text()
    assert old in text
    path = folder / name
    path.write_text(text.replace(old, new, 1))
    return path


def test_curves_with_the_same_columns_are_one_test_and_the_open_circuit_is_left_out():
    table, reading = read(FILES / "gamry_chronop.dta")
    assert table.to_pydict() == {
        "record_index": [0, 1, 0],
        "test_time_second": [0.1, 10.1, 20.1],
        "voltage_volt": [3.401, 3.452, 3.38],
        "current_ampere": [0.05, 0.05001, -0.05],
        "temperature_t1_celsius": [25.1, 25.2, 25.3],
    }
    left = [problem for problem in reading.problems if problem.rule == "table-left-out"]
    assert [(one.severity, "OCVCURVE" in one.message) for one in left] == [(Severity.NOTE, True)]


def test_rows_keep_the_line_of_the_file():
    _, reading = read(FILES / "gamry_chronop.dta")
    lines = (FILES / "gamry_chronop.dta").read_text().split("\n")
    assert [lines[reading.line_of(record) - 1].split("\t")[2] for record in range(3)] == ["0.1", "10.1", "20.1"]


def test_a_wrong_cell_is_told_with_the_line_of_the_file(tmp_path):
    path = changed(tmp_path, "gamry_chronop.dta", "3.45200E+000", "overload")
    _, reading = read(path)
    wrong = [problem for problem in reading.problems if problem.rule == "cell-unreadable"]
    lines = path.read_text().split("\n")
    assert [(one.value, "overload" in lines[(one.row or 0) - 1]) for one in wrong] == [("overload", True)]


def test_settings_stay_readable_and_date_and_time_make_the_start():
    _, reading = read(FILES / "gamry_chronop.dta")
    assert reading.header["2"] == "TAG\tCHRONOP" and not any("OCVCURVE" in line for line in reading.header.values())
    assert reading.started_at is not None and reading.started_at.isoformat() == "2024-07-15T12:05:31.100000+00:00"


def test_decimal_commas():
    table, reading = read(FILES / "gamry_comma.dta")
    assert table["test_time_second"].to_pylist() == [0.0, 30.0001]
    assert table["voltage_volt"].to_pylist() == [3.401, 3.452]
    assert table["current_ampere"].to_pylist() == [0.05, -0.05001]
    assert reading.started_at is None and "start-ambiguous" in {problem.rule for problem in reading.problems}


def test_impedance_is_negative_where_capacitive_as_the_file_has_it():
    table, reading = read(FILES / "gamry_eispot.dta")
    assert table["frequency_hertz"].to_pylist() == [1000, 1]
    assert table["real_impedance_ohm"].to_pylist() == [0.012, 0.05]
    assert table["imaginary_impedance_ohm"].to_pylist() == [0.004, -0.04]
    assert table["phase_degree"].to_pylist() == [18.435, -38.66]
    assert table["voltage_volt"].to_pylist() == [3.7, 3.7001]
    assert table["current_ampere"].to_pylist() == [0.00015, 0.00014]
    assert {one.column: one.factor for one in reading.conversions}["imaginary_impedance_ohm"] == 1.0


def test_impedance_is_ingested_without_error(tmp_path):
    done = ingest(FILES / "gamry_eispot.dta", "gamry_eispot.dta", tmp_path)
    assert done.report.passed and done.report.rows_out == 2


def test_a_long_open_circuit_before_the_impedance_is_passed_over(tmp_path):
    rows = "".join(f"\t{n}\t{n / 2}\t3.3\t0\t0\n" for n in range(5000))
    ocv = f"OCVCURVE\tTABLE\t5000\n\tPt\tT\tVf\tVm\tAch\n\t#\ts\tV vs. Ref.\tV\tV\n{rows}"
    path = tmp_path / "long.dta"
    text = (FILES / "gamry_eispot.dta").read_bytes().decode("cp1252").replace("\r\n", "\n")
    path.write_bytes(text.replace("ZCURVE", f"{ocv}ZCURVE").encode("cp1252"))
    table, reading = read(path)
    assert table["frequency_hertz"].to_pylist() == [1000, 1]
    assert reading.line_of(0) == text[: text.index("ZCURVE")].count("\n") + 5003 + 4


def test_blanks_between_the_cells_of_an_edited_file_part_them(tmp_path):
    table, _ = read(changed(tmp_path, "gamry_chronop.dta", "\t1\t10.1\t3.45200E+000", "  1 10.1 3.45200E+000"))
    assert table["voltage_volt"].to_pylist() == [3.401, 3.452, 3.38]


def test_another_current_convention_is_a_warning_and_turns_nothing(tmp_path):
    table, reading = read(changed(tmp_path, "gamry_chronop.dta", "CONVENTION\tIQUANT\t1", "CONVENTION\tIQUANT\t0"))
    assert table["current_ampere"].to_pylist() == [0.05, 0.05001, -0.05]
    told = [problem for problem in reading.problems if problem.rule == "current-convention"]
    assert [(one.severity, one.value) for one in told] == [(Severity.WARNING, "0")]


def test_a_file_without_a_curve_is_refused_by_name(tmp_path):
    text = (FILES / "gamry_chronop.dta").read_text()
    path = tmp_path / "ocv.dta"
    path.write_text(text[: text.index("CURVE1")])
    with pytest.raises(Unreadable, match="its tables are OCVCURVE"):
        read(path)


def test_an_open_circuit_has_no_current_and_a_sensor_that_is_not_there_no_temperature():
    table, reading = read(FILES / "gamry_corpot.dta")
    assert table.to_pydict() == {
        "record_index": [0, 1],
        "test_time_second": [5.0, 10.0],
        "voltage_volt": [3.401, 3.4],
        "temperature_t1_celsius": [25.0, None],
        "current_ampere": [0.0, 0.0],
    }
    recorded = {one.column: one.rule for one in reading.conversions}
    assert "Open Circuit Potential" in recorded["current_ampere"] and "no sensor" in recorded["temperature_t1_celsius"]


def test_a_table_with_fewer_rows_than_it_announces_is_told_with_both_counts(tmp_path):
    _, whole = read(FILES / "gamry_corpot.dta")
    _, cut = read(changed(tmp_path, "gamry_corpot.dta", "TABLE\t2", "TABLE\t5258"))
    assert "rows-announced" not in {one.rule for one in whole.problems}
    assert [one.message for one in cut.problems if one.rule == "rows-announced"] == [
        "The file announces 5258 rows and holds 2."
    ]


@pytest.mark.parametrize(("per_decade", "told"), [("10", ["51"]), ("0.4", [])])
def test_a_spectrum_with_fewer_frequencies_than_asked_for_is_told(per_decade, told, tmp_path):
    asked = {"FREQINIT": "1.0E+005", "FREQFINAL": "1.0E+000", "PTSPERDEC": per_decade}
    sweep = "".join(f"{name}\tQUANT\t{value}\tSweep\n" for name, value in asked.items())
    path = tmp_path / "some.dta"
    text = (FILES / "gamry_eispot.dta").read_bytes().decode("cp1252").replace("\r\n", "\n")
    path.write_bytes(text.replace("ZCURVE", f"{sweep}ZCURVE").encode("cp1252"))
    _, reading = read(path)
    found = [one for one in reading.problems if one.rule == "impedance-truncated"]
    assert [re.findall(r"\d+", one.message)[0] for one in found] == told
    assert all(one.severity is Severity.WARNING and one.value == "2" for one in found)


def test_an_aborted_experiment_is_told(tmp_path):
    path = tmp_path / "some.dta"
    path.write_text((FILES / "gamry_chronop.dta").read_text() + "EXPERIMENTABORTED\tTOGGLE\tT\tExperiment Aborted\n")
    table, reading = read(path)
    assert table.num_rows == 3
    assert reading.header["behind: EXPERIMENTABORTED"] == "TOGGLE\tT\tExperiment Aborted"
    assert [one.severity for one in reading.problems if one.rule == "experiment-aborted"] == [Severity.WARNING]


def test_times_that_begin_anew_with_a_curve_are_an_error(tmp_path):
    path = changed(tmp_path, "gamry_chronop.dta", "\t20.1\t", "\t0.1\t")
    report = ingest(path, path.name, tmp_path).report
    assert not report.passed and "time-goes-back" in {one.rule for one in report.problems}


def test_a_summary_of_cycles_asks_for_the_curves_beside_it(tmp_path):
    text = (FILES / "gamry_corpot.dta").read_text().replace("CORPOT", "PWR800_CYCLICCHARGEDISCHARGE")
    path = tmp_path / "some.dta"
    path.write_text(text.replace("CURVE\tTABLE", "CAPACITYCURVE\tTABLE"))
    with pytest.raises(Unreadable, match="single charges and discharges"):
        read(path)


def test_a_current_density_is_refused(tmp_path):
    with pytest.raises(Unreadable, match="unknown unit “A/cm2”"):
        read(changed(tmp_path, "gamry_comma.dta", "V vs. Ref.\tA\t", "V vs. Ref.\tA/cm2\t"))
