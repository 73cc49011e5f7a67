"""BioLogic's text exports: techniques, decimal signs, impedance, and settings of any length."""

from pathlib import Path

import pyarrow as pa
import pytest

from ingest.detect import HEAD_BYTES, detect, head
from ingest.formats import READERS
from ingest.pipeline import ingest
from ingest.reader import Reading
from schemas.errors import Unreadable
from schemas.ingested import Declared
from schemas.instructions import ColumnMeaning, Instructions
from schemas.report import Severity

FILES = Path(__file__).resolve().parents[1] / "files"
MAGIC = "EC-Lab ASCII FILE\r\nNb header lines : {}                          \r\n"


def read(path: Path, zone: str | None = "Europe/Berlin") -> tuple[pa.Table, Reading]:
    seen = head(path, path.name)
    assert sum(reader.recognises(seen) for reader in READERS) == 1
    reading = detect(seen).read(seen, Declared(time_zone=zone))
    return pa.Table.from_batches(list(reading.batches)), reading


def written(folder: Path, text: str, name: str = "some.mpt") -> Path:
    path = folder / name
    path.write_bytes(text.encode("cp1252"))
    return path


def rules(reading: Reading) -> dict[str, Severity]:
    return {problem.rule: problem.severity for problem in reading.problems}


def conversions(reading: Reading) -> dict[str, tuple[str, str, float, str]]:
    return {one.column: (one.source, one.unit, one.factor, one.rule) for one in reading.conversions}


def test_galvanostatic_cycling_with_loops_and_a_mean_current():
    table, reading = read(FILES / "biologic_gcpl.mpt")
    assert table.select(["test_time_second", "voltage_volt", "step_id", "cycle_count"]).to_pydict() == {
        "test_time_second": [0.0, 10.0, 20.0, 30.0, 40.5],
        "voltage_volt": [3.2, 3.45, 3.55, 3.4, 3.3],
        "step_id": [0, 1, 1, 1, 1],
        "cycle_count": [0, 0, 0, 1, 1],
    }
    assert table["current_ampere"].to_pylist() == pytest.approx([0, 0.05, 0.05002, -0.05, -0.04998])
    assert table["net_capacity_ah"].to_pylist() == pytest.approx([0, 0.000139, 0.000278, 0.000139, 0])
    assert table["power_watt"].to_pylist() == [0.0, 0.1725, 0.1775, -0.17, -0.165]
    assert reading.header["4"] == "Galvanostatic Cycling with Potential Limitation"
    assert "Comments : Füllung B, 25 °C" in reading.header.values()
    assert reading.started_at is not None and reading.started_at.isoformat() == "2024-07-15T08:00:00.500000+00:00"
    assert rules(reading) == {"column-unknown": Severity.NOTE, "voltage-of-electrode": Severity.NOTE}


def test_the_sign_stays_as_exported_and_its_rule_is_recorded():
    _, reading = read(FILES / "biologic_gcpl.mpt")
    source, unit, factor, rule = conversions(reading)["current_ampere"]
    assert (source, unit, factor) == ("<I>/mA", "mA", 0.001)
    assert "positive is oxidation at the working electrode" in rule and "kept as exported" in rule


def test_a_mean_whose_unit_stands_inside_its_brackets_is_the_working_electrode_s():
    table, reading = read(FILES / "biologic_constant_current.mpt")
    assert table["voltage_volt"].to_pylist() == table["working_electrode_volt"].to_pylist() == [3.1, 3.3, 3.35]
    assert table["counter_electrode_volt"].to_pylist() == [0.1, 0.09, 0.08]
    assert table["current_ampere"].to_pylist() == [0, 0.02, 0.02]
    assert conversions(reading)["working_electrode_volt"][:2] == ("<Ewe/V>", "V")


def test_modulo_bat_with_decimal_commas_from_bt_lab():
    table, reading = read(FILES / "biologic_mb_comma.mpt")
    assert table["test_time_second"].to_pylist() == [0, 1.5, 3]
    assert table["step_time_second"].to_pylist() == [0, 0.5, 1]
    assert table["voltage_volt"].to_pylist() == [3.21, 3.42, 3.39]
    assert table["current_ampere"].to_pylist() == pytest.approx([0, 0.1, -0.06525])
    assert table["temperature_t1_celsius"].to_pylist() == [24.9, 25.1, 25.2]
    assert conversions(reading)["current_ampere"][0] == "I/mA"


def test_a_start_whose_day_and_month_cannot_be_told_stays_text():
    _, reading = read(FILES / "biologic_mb_comma.mpt")
    assert reading.started_at is None
    assert "Acquisition started on : 02/03/2021 14:05:31" in reading.header.values()
    assert rules(reading)["start-ambiguous"] is Severity.NOTE


def test_a_start_without_a_time_of_day_stays_text(tmp_path):
    text = (FILES / "biologic_mb_comma.mpt").read_bytes().decode("cp1252")
    _, reading = read(written(tmp_path, text.replace("02/03/2021 14:05:31", "02/23/2021")))
    assert reading.started_at is None and rules(reading)["start-ambiguous"] is Severity.NOTE
    assert any("“02/23/2021”: it tells no time of day" in problem.message for problem in reading.problems)


def test_another_date_of_the_settings_tells_day_from_month(tmp_path):
    text = (FILES / "biologic_mb_comma.mpt").read_bytes().decode("cp1252")
    later = text.replace("Acquisition started on", "Modify on : 02/28/2021 21:21\r\nAcquisition started on")
    _, reading = read(written(tmp_path, later))
    assert reading.started_at is not None and reading.started_at.isoformat() == "2021-02-03T13:05:31+00:00"


def test_a_start_without_a_declared_zone_stays_text():
    _, reading = read(FILES / "biologic_ocv.mpt", zone=None)
    assert reading.started_at is None
    assert rules(reading)["time-without-zone"] is Severity.NOTE


@pytest.mark.parametrize(
    ("printed", "instant"),
    [
        ("07/31/2024 09:00:00", "2024-07-31T07:00:00+00:00"),
        ("31/07/2024 09:00:00.250", "2024-07-31T07:00:00.250000+00:00"),
        ("31.07.2024 09:00:00", "2024-07-31T07:00:00+00:00"),
        ("2024-07-31 09:00:00", "2024-07-31T07:00:00+00:00"),
        ("07/31/2024 9:00:00 PM", "2024-07-31T19:00:00+00:00"),
    ],
)
def test_starts_are_printed_in_several_forms(printed, instant, tmp_path):
    text = (FILES / "biologic_ocv.mpt").read_bytes().decode("cp1252").replace("07/31/2024 09:00:00", printed)
    _, reading = read(written(tmp_path, text))
    assert reading.started_at is not None and reading.started_at.isoformat() == instant


def test_the_open_circuit_has_no_current_and_the_record_says_so():
    table, reading = read(FILES / "biologic_ocv.mpt")
    assert table.to_pydict() == {
        "test_time_second": [0.0, 30.0, 60.0],
        "voltage_volt": [3.651, 3.6508, 3.6507],
        "current_ampere": [0.0, 0.0, 0.0],
    }
    source, _, _, rule = conversions(reading)["current_ampere"]
    assert source == "" and "Open Circuit Voltage" in rule


def test_without_current_another_technique_has_none_where_its_mode_is_open_circuit(tmp_path):
    text = (FILES / "biologic_ocv.mpt").read_bytes().decode("cp1252").replace("Open Circuit Voltage", "Wait")
    table, reading = read(written(tmp_path, text))
    assert table["current_ampere"].to_pylist() == [0.0, 0.0, 0.0]
    assert "mode is 3" in conversions(reading)["current_ampere"][3]
    done = ingest(written(tmp_path, text.replace("3\t0\t3.0", "1\t0\t3.0"), "x.mpt"), "x.mpt", tmp_path)
    assert "value-missing" in {one.rule for one in done.report.problems}


def test_without_current_and_mode_the_file_is_refused(tmp_path):
    with pytest.raises(Unreadable, match="no column for Current / A"):
        read(written(tmp_path, "time/s\tEwe/V\r\n0\t3.5\r\n"))


def test_impedance_is_turned_from_its_negative_and_the_record_says_so():
    table, reading = read(FILES / "biologic_peis.mpt")
    assert table["frequency_hertz"].to_pylist() == [10000, 100, 0.1]
    assert table["real_impedance_ohm"].to_pylist() == [0.012, 0.02, 0.05]
    assert table["imaginary_impedance_ohm"].to_pylist() == [0.004, -0.003, -0.04]
    assert table["absolute_impedance_ohm"].to_pylist() == [0.012649, 0.020224, 0.064031]
    assert table["phase_degree"].to_pylist() == [18.435, -8.531, -38.66]
    assert table["voltage_volt"].to_pylist() == [3.7, 3.7001, 3.7002]
    assert table["current_ampere"].to_pylist() == pytest.approx([0.0005, 0.0004, 0.0003])
    assert conversions(reading)["imaginary_impedance_ohm"] == (
        "-Im(Z)/Ohm",
        "Ohm",
        -1.0,
        "negated: the file holds −Im(Z)",
    )


def sweep(loops: str = "", first: str = "10.000", last: str = "100.000", per_decade: str = "1") -> str:
    asked = {"fi": first, "unit fi": "kHz", "ff": last, "unit ff": "mHz", "Nd": per_decade, "Points": "per decade"}
    settings = "".join(f"{name:20}{value:20}\r\n" for name, value in asked.items()) + loops
    lines = settings.count("\n") + 5
    return (
        MAGIC.format(lines)
        + f"\r\nPotentio Electrochemical Impedance Spectroscopy\r\n{settings}"
        + "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t\r\n"
        + "".join(f"{10.0 ** (4 - n)}\t1.5\t0.5\r\n" for n in range(6))
    )


def test_a_spectrum_with_fewer_frequencies_than_its_settings_ask_for_is_told_with_both_counts(tmp_path):
    _, whole = read(written(tmp_path, sweep()))
    assert whole.problems == []
    _, cut = read(written(tmp_path, sweep(per_decade="5")))
    assert [one.message for one in cut.problems] == [
        "The spectrum is not whole: its settings ask for 26 frequencies and 6 are there."
    ]


def test_fewer_rows_than_the_loops_count_are_told(tmp_path):
    _, whole = read(written(tmp_path, sweep("Number of loops : 1\r\nLoop 0 from point number 0 to 5\r\n")))
    assert whole.problems == []
    _, cut = read(written(tmp_path, sweep("Number of loops : 1\r\nLoop 0 from point number 0 to 83\r\n")))
    assert [(one.rule, one.count) for one in cut.problems] == [("rows-announced", 78)]


def test_impedance_without_time_is_ingested_without_error(tmp_path):
    text = "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\r\n1.0E+003\t1.2E-002\t3.0E-003\r\n1.0E-001\t5.0E-002\t4.0E-002\r\n"
    done = ingest(written(tmp_path, text, "eis.txt"), "eis.txt", tmp_path)
    assert done.report.passed and done.report.rows_out == 2
    assert "impedance-only" in {problem.rule for problem in done.report.problems}


def test_headings_alone_are_enough():
    table, reading = read(FILES / "biologic_headings_only.txt")
    assert table.to_pydict() == {
        "test_time_second": [0.0, 60.0, 120.0],
        "voltage_volt": [3.2, 3.3, 3.1],
        "current_ampere": [0.0, 0.25, -0.25],
    }
    assert reading.problems == []


@pytest.mark.parametrize(
    ("headings", "taken"),
    [
        ("time/s\tEcell/V\tEwe/V\t<I>/mA\tI/mA", ("Ewe/V", "I/mA")),
        ("time/s\t<Ewe>/V\tEcell/V\t|I|/A\t<I>/mA", ("Ecell/V", "<I>/mA")),
        ("time/s\tEwe-Ece/V\t<Ewe>/V vs. SCE\tcontrol/mA\tI/µA", ("<Ewe>/V vs. SCE", "I/µA")),
    ],
)
def test_of_several_potentials_and_currents_the_measured_one_is_taken(headings, taken, tmp_path):
    _, reading = read(written(tmp_path, f"{headings}\r\n0\t1.5\t2.5\t3.5\t4.5\r\n"))
    recorded = conversions(reading)
    assert (recorded["voltage_volt"][0], recorded["current_ampere"][0]) == taken


@pytest.mark.parametrize("tail", ["", "\t", "\t\t\t"])
@pytest.mark.parametrize("behind", ["", "\t", "\t\t"])
def test_empty_columns_behind_the_last_do_not_matter(tail, behind, tmp_path):
    text = f"time/s\tEwe/V\tI/mA{tail}\r\n0\t3.5\t10{behind}\r\n1\t3.6\t20{behind}\r\n"
    table, reading = read(written(tmp_path, text))
    assert table["current_ampere"].to_pylist() == [0.01, 0.02]
    assert reading.problems == []


def test_two_exports_in_one_file_are_told_by_the_line_of_the_second(tmp_path):
    one = (FILES / "biologic_gcpl.mpt").read_bytes().decode("cp1252")
    path = written(tmp_path, one + one)
    first = ingest(path, path.name, tmp_path).report.problems[0]
    assert (first.rule, first.severity, first.row) == ("export-joined", Severity.ERROR, one.count("\n") + 1)
    kept = Declared(reading=Instructions(last_row=one.count("\n")))
    assert ingest(path, path.name, tmp_path, kept).report.rows_out == 5


def test_headings_behind_the_last_tab_that_have_no_cells_are_told(tmp_path):
    text = "time/s\tEwe/V\tI/mA\t\tEwe-Ece/V\r\n0\t3.5\t10\r\n1\t3.6\t20\r\n"
    table, reading = read(written(tmp_path, text))
    assert table["current_ampere"].to_pylist() == [0.01, 0.02]
    assert [(one.rule, one.column) for one in reading.problems] == [("column-left-out", "Ewe-Ece/V")]
    assert reading.line_of(0) == 2


def test_a_technique_without_rows_is_refused_with_its_line(tmp_path):
    path = written(tmp_path, MAGIC.format(3) + "mode\terror\ttime/s\tEwe/V\tI/mA\tEce/V\t")
    with pytest.raises(Unreadable, match=r"after its header \(line 3\) without a single row"):
        read(path)


def test_a_reference_electrode_may_have_a_slash(tmp_path):
    table, _ = read(written(tmp_path, "time/s\tEwe/V vs. Li/Li+\tI/mA\r\n0\t3.5\t10\r\n"))
    assert table["voltage_volt"].to_pylist() == [3.5]


@pytest.mark.parametrize("name", ["test.mps", "test.mpl"])
def test_settings_alone_are_refused_with_advice(name, tmp_path):
    path = written(tmp_path, "EC-LAB SETTING FILE\r\n\r\nNumber of linked techniques : 1\r\n", name)
    with pytest.raises(Unreadable, match=r"no measurement. Upload the \.mpr or \.mpt file"):
        detect(head(path, path.name))


@pytest.mark.parametrize("loops", [400, 4000])
def test_settings_may_be_longer_than_two_hundred_lines_and_than_the_head(loops, tmp_path):
    said = "".join(f"Loop {n} from point number {n} to {n + 1}\r\n" for n in range(loops))
    text = MAGIC.format(loops + 5) + f"\r\nChronoamperometry\r\n{said}time/s\tEwe/V\tI/mA\t\r\n0\t3.5\t10\r\n"
    path = written(tmp_path, text)
    assert (path.stat().st_size > HEAD_BYTES) is (loops > 1000)
    table, reading = read(path)
    assert table["voltage_volt"].to_pylist() == [3.5]
    assert reading.line_of(0) == loops + 6
    assert len(reading.header) <= 200


def test_a_first_time_beyond_all_dates_leaves_no_start(tmp_path):
    text = (FILES / "biologic_ocv.mpt").read_bytes().decode("cp1252").replace("3\t0\t0.0000000E+000", "3\t0\t1E+300")
    _, reading = read(written(tmp_path, text))
    assert reading.started_at is None


def test_times_exported_as_dates_become_unix_times_and_times_since_the_first():
    table, reading = read(FILES / "biologic_dates.mpt")
    assert table["test_time_second"].to_pylist() == [0.0, 10.5, 60.0]
    # 3 February: the settings say that the month stands first.
    assert table["unix_time_second"].to_pylist() == [1706947200.0, 1706947210.5, 1706947260.0]
    assert reading.started_at is not None and reading.started_at.isoformat() == "2024-02-03T08:00:00+00:00"
    assert "since the first row" in conversions(reading)["test_time_second"][3]
    assert "month first" in conversions(reading)["unix_time_second"][3]


def test_dates_without_a_declared_zone_give_a_test_time_and_a_warning():
    table, reading = read(FILES / "biologic_dates.mpt", zone=None)
    assert table["test_time_second"].to_pylist() == [0.0, 10.5, 60.0]
    assert "unix_time_second" not in table.column_names and reading.started_at is None
    assert "unix_time_second" not in conversions(reading)
    assert rules(reading)["time-without-zone"] is Severity.WARNING


def test_dates_whose_day_and_month_cannot_be_told_are_refused(tmp_path):
    text = (FILES / "biologic_dates.mpt").read_bytes().decode("cp1252").replace("Absolute MMDDYYYY", "Elapsed")
    with pytest.raises(Unreadable, match="day first and month first"):
        read(written(tmp_path, text))


def test_the_clock_may_be_set_back_in_autumn_between_two_dates(tmp_path):
    text = (FILES / "biologic_dates.mpt").read_bytes().decode("cp1252")
    for old, new in (
        ("02/03/2024 09:00:00.0000\t", "10/27/2024 02:59:50.0000\t"),
        ("02/03/2024 09:00:10.5000", "10/27/2024 02:00:00.5000"),
        ("02/03/2024 09:01:00.0000", "10/27/2024 02:00:50.0000"),
    ):
        text = text.replace(old, new)
    table, _ = read(written(tmp_path, text))
    assert table["test_time_second"].to_pylist() == [0.0, 10.5, 60.0]


def test_settings_that_only_speak_of_dates_do_not_matter(tmp_path):
    text = (FILES / "biologic_ocv.mpt").read_bytes().decode("cp1252")
    table, _ = read(written(tmp_path, text.replace("Electrode connection : standard", "   Time format : Absolute")))
    assert table["test_time_second"].to_pylist() == [0.0, 30.0, 60.0]


@pytest.mark.parametrize(
    ("configuration", "voltages", "rule"),
    [
        (None, [3.7, 3.75, 3.8], "Ewe: working electrode against the reference"),
        ("half-positive", [3.7, 3.75, 3.8], "Ewe: working electrode against the reference"),
        ("three-electrode", [3.6, 3.66, 3.72], "Ewe − Ece"),
        ("full", [3.6, 3.66, 3.72], "Ewe − Ece"),
    ],
)
def test_of_three_electrodes_the_declared_cell_decides_and_both_potentials_stay(configuration, voltages, rule):
    seen = head(FILES / "biologic_three_electrodes.mpt", "some.mpt")
    reading = detect(seen).read(seen, Declared(cell_configuration=configuration))
    table = pa.Table.from_batches(list(reading.batches))
    assert table["voltage_volt"].to_pylist() == pytest.approx(voltages, abs=1e-12)
    assert table["working_electrode_volt"].to_pylist() == [3.7, 3.75, 3.8]
    assert table["counter_electrode_volt"].to_pylist() == [0.1, 0.09, 0.08]
    assert conversions(reading)["voltage_volt"][3].startswith(rule)
    assert "(Li)" in conversions(reading)["working_electrode_volt"][3]
    assert ("voltage-of-electrode" in rules(reading)) is (configuration is None)


def test_a_working_electrode_beside_the_cell_is_told_unless_the_cell_is_declared(tmp_path):
    path = written(tmp_path, "time/s\tEwe/V\tEcell/V\tI/mA\r\n0\t3.5\t3.4\t10\r\n")
    table, reading = read(path)
    assert table["voltage_volt"].to_pylist() == [3.5] and rules(reading)["voltage-of-electrode"] is Severity.NOTE
    seen = head(path, path.name)
    reading = detect(seen).read(seen, Declared(cell_configuration="full"))
    assert [batch["voltage_volt"].to_pylist() for batch in reading.batches] == [[3.4]]
    assert "voltage-of-electrode" not in rules(reading)


def test_a_declared_column_goes_before_what_the_file_s_own_names_mean(tmp_path):
    columns = {
        "Ece/V": ColumnMeaning(quantity="voltage_volt"),
        "control/V/mA": ColumnMeaning(quantity="current_ampere"),
    }
    text = "time/s\tdq/mA.h\tEwe/V\tEce/V\tcontrol/V/mA\r\n0\t1\t3.5\t0.1\t50\r\n"
    path = written(tmp_path, text)
    seen = head(path, path.name)
    reading = detect(seen).read(seen, Declared(reading=Instructions(columns=columns)))
    assert [batch.to_pylist()[0]["voltage_volt"] for batch in reading.batches] == [0.1]
    assert conversions(reading)["current_ampere"][:2] == ("control/V/mA", "mA")


def test_potentials_of_electrodes_are_written_with_their_unit(tmp_path):
    done = ingest(FILES / "biologic_three_electrodes.mpt", "some.mpt", tmp_path)
    units = {column.name: column.unit for column in done.tables[0].columns}
    assert (units["working_electrode_volt"], units["counter_electrode_volt"]) == ("V", "V")


@pytest.mark.parametrize(
    ("configuration", "taken"),
    [(None, ("Ewe/V", "Re(Z)/Ohm")), ("full", ("Ewe-Ece/V", "Re(Zwe-ce)/Ohm"))],
)
def test_a_declared_full_cell_has_the_voltage_and_impedance_between_its_electrodes(configuration, taken, tmp_path):
    headings = "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\tRe(Zwe-ce)/Ohm\t-Im(Zwe-ce)/Ohm\ttime/s\tEwe/V\tEwe-Ece/V\tI/mA"
    path = written(tmp_path, f"{headings}\r\n1000\t1\t0.5\t2\t1.5\t0\t3.5\t3.4\t0\r\n")
    seen = head(path, path.name)
    reading = detect(seen).read(seen, Declared(cell_configuration=configuration))
    found = conversions(reading)
    assert (found["voltage_volt"][0], found["real_impedance_ohm"][0]) == taken


def test_a_current_that_is_not_there_is_made_of_the_charge_since_the_row_before():
    table, reading = read(FILES / "biologic_charge_only.txt")
    assert table["current_ampere"].to_pylist() == pytest.approx([0.0, 0.05, -0.05], rel=1e-12)
    source, unit, _, rule = conversions(reading)["current_ampere"]
    assert (source, unit) == ("dq/mA.h", "mA.h") and "3600 dq / Δt" in rule


def test_charge_that_flowed_in_no_time_leaves_the_current_empty(tmp_path):
    text = (FILES / "biologic_charge_only.txt").read_bytes().decode().replace("7.200000000000000E+001", "3.6E+001")
    done = ingest(written(tmp_path, text, "some.txt"), "some.txt", tmp_path)
    assert [(one.row, one.column) for one in done.report.problems if one.rule == "value-missing"] == [
        (4, "current_ampere")
    ]


def test_rows_of_frequency_0_have_no_impedance(tmp_path):
    text = (FILES / "biologic_peis.mpt").read_bytes().decode("cp1252").replace("1.0000000E+002", "0.0000000E+000", 1)
    table, _ = read(written(tmp_path, text))
    for name in ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm", "phase_degree"):
        assert [value is None for value in table[name].to_pylist()] == [False, True, False]
    assert table["current_ampere"].null_count == 0


def test_a_broken_degree_sign_is_still_one(tmp_path):
    path = tmp_path / "broken.txt"
    path.write_bytes("time/s\tEcell/V\tI/mA\tTemperature/�C\n0\t3.5\t10\t25.5\n".encode())
    table, _ = read(path)
    assert table["temperature_t1_celsius"].to_pylist() == [25.5]


def test_a_text_without_potential_is_refused_with_advice(tmp_path):
    with pytest.raises(Unreadable, match="time/s with Ewe/V or Ecell/V"):
        path = written(tmp_path, MAGIC.format(3) + "time/s\tI/mA\t\r\n0\t10\r\n")
        detect(head(path, path.name))


def test_lines_that_end_with_cr_alone_are_the_reason_that_is_told(tmp_path):
    path = tmp_path / "mac.mpt"
    path.write_bytes((FILES / "biologic_gcpl.mpt").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r"))
    with pytest.raises(Unreadable, match="CR alone"):
        detect(head(path, path.name))
