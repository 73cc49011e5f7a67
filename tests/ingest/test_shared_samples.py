"""Real exports beside the project, read and compared with what is independently known of them."""

import csv
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from ingest.detect import detect, head
from ingest.formats.biologic import mpr_process
from ingest.pipeline import ingest
from ingest.reader import Reading
from ingest.unpack import unpacked
from schemas.errors import Unreadable
from schemas.ingested import Declared
from schemas.instructions import Instructions
from schemas.report import Severity

CYCLERS = Path(__file__).resolve().parents[2] / "../shared/data/cyclers"
pytestmark = pytest.mark.skipif(not CYCLERS.is_dir(), reason="the folder of real samples is not beside the project")

READ = (
    "arbin/20160805_test001_45_cc_01.res",
    "arbin/FastCharge_000025_CH8.csv",
    "arbin/arbin_example.csv",
    "arbin/bs542_004_gr_li_50ua_50mv_1v_191020_Channel_11.xlsx",
    "basytec/sample_data_basytec.txt",
    "batteryarchive/CALCE_CX2-33_prism_LCO_25C_0-100_0.5-0.5C_d_timeseries.csv",
    "bdf/DLR__LiLNMOHydra0b__20221125__POCV__25degC__Basytec.bdf.csv",
    "bdf/SINTEF__G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv",
    "bdf/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.bdf.csv",
    "bdf/SINTEF__SLPBA842124HV__2024-10-23__Rate_25degC__Neware__Time_Bug.bdf.csv",
    "bdf/batmo_bdf.csv",
    "bdf/legacy.bdf.parquet",
    "biologic/Sample_data_biologic_CA1.txt",
    "biologic/gcpl.pr_182.1.mpt",
    "biologic/mb.issue_95.de.mpt",
    "biologic/mb.issue_95.mpt",
    "eis/peis.mpt",
    "gamry/chronoa_data.dta",
    "gamry/eispot_data.dta",
    "landt/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv",
    "maccor/PredictionDiagnostics_000151_paused.052",
    "maccor/maccor_001.txt",
    "maccor/xTESLADIAG_000038con.078",
    "neware/20260302_IFE_BTS85_2_9_8_1.ndax",
    "neware/21_10_7_85.ndax",
    "neware/SINTEF__G20M7_BTS91.nda.zip",
    "neware/TestFile.nda",
    "neware/Unit27_Example_Corrupt.ndax",
    "neware/neware_uio.csv",
    "neware/nw4-120-6-1-36.ndax",
    "novonix/sample_data_novonix.csv",
    "novonix/test_Nova_Form-CH01-01_short.csv",
    "pec/pec.csv",
)
UNSIGNED_IN_MANIFEST = {"maccor/maccor_001.txt"}
WITHOUT_TIME_IN_MANIFEST = {"neware/neware_uio.csv"}


MPR = "biologic/jdb11-1_c3_gcpl_5cycles_2V-3p8V_C-24_data_C09.mpr"


def read(name: str | Path, zone: str | None = None) -> tuple[pa.Table, Reading]:
    folder, path = Path(tempfile.gettempdir()), CYCLERS / name
    with unpacked(path, path.name, None, folder) as file:
        seen = head(file.path, file.filename)
        reading = detect(seen).read(seen, Declared(time_zone=zone))
        return pa.Table.from_batches(list(reading.batches)), reading


def manifest() -> dict[str, dict[str, str]]:
    with (CYCLERS / "MANIFEST.csv").open(newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


def numbers(table: pa.Table, name: str) -> np.ndarray:
    return table[name].to_numpy().astype(np.float64)


@pytest.mark.parametrize("name", READ)
def test_a_real_export_has_the_rows_and_ranges_that_are_known_of_it(name):
    known = manifest()[name]
    table, reading = read(name)
    assert table.num_rows == reading.rows_in == int(known["rows"])
    assert sorted(one.column for one in reading.conversions) == sorted(table.column_names)
    for column, low, high in (("voltage_volt", "v_min_V", "v_max_V"), ("current_ampere", "i_min_A", "i_max_A")):
        if name in UNSIGNED_IN_MANIFEST and column == "current_ampere":
            continue
        if not known[low]:
            continue
        found = pc.min_max(table[column]).as_py()
        assert found["min"] == pytest.approx(float(known[low]), rel=1e-6, abs=1e-6)
        assert found["max"] == pytest.approx(float(known[high]), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", READ)
def test_a_real_export_has_the_throughput_that_is_known_of_it(name):
    known = manifest()[name]
    if name in UNSIGNED_IN_MANIFEST | WITHOUT_TIME_IN_MANIFEST or not known["q_chg_Ah_trapz"] or "Time_Bug" in name:
        pytest.skip("no throughput is known of this file")
    table, _ = read(name)
    time, current = numbers(table, "test_time_second"), numbers(table, "current_ampere")
    for sign, column in ((1, "q_chg_Ah_trapz"), (-1, "q_dch_Ah_trapz")):
        charge = np.trapezoid(np.clip(sign * current, 0, None), time) / 3600
        assert charge == pytest.approx(float(known[column]), rel=0.01, abs=1e-5)


def test_maccor_with_states_and_clock_like_times_is_signed_as_the_independent_result_says():
    table, reading = read("maccor/maccor_001.txt")
    truth = pq.read_table(CYCLERS / "expected_cellpy/loader_maccor_txt.raw.parquet")
    assert table.num_rows == truth.num_rows == 6704
    for ours, theirs in (("test_time_second", "test_time"), ("current_ampere", "current"), ("voltage_volt", "voltage")):
        np.testing.assert_allclose(numbers(table, ours), numbers(truth, theirs), rtol=0, atol=1e-6)
    assert pc.min_max(table["current_ampere"]).as_py() == {"min": -10.01831, "max": 1.50233}
    assert "unix_time_second" not in table.column_names
    assert any(problem.rule == "time-without-zone" for problem in reading.problems)


def test_maccor_times_become_unix_time_once_the_zone_is_declared():
    table, reading = read("maccor/maccor_001.txt", "Europe/London")
    truth = pq.read_table(CYCLERS / "expected_cellpy/loader_maccor_txt.raw.parquet")["date_time"]
    np.testing.assert_allclose(numbers(table, "unix_time_second"), truth.cast(pa.int64()).to_numpy() / 1e6, atol=1e-6)
    assert reading.started_at is not None and reading.started_at.isoformat() == "2020-12-11T12:22:12+00:00"


def test_a_paused_maccor_test_has_332_records_and_its_missing_record_number_is_told():
    table, reading = read("maccor/PredictionDiagnostics_000151_paused.052")
    assert table.num_rows == 332
    told = [problem for problem in reading.problems if problem.rule == "record-missing"]
    assert [(problem.row, problem.count) for problem in told] == [(47, 1)]


@pytest.mark.parametrize(
    "name", ["TestFile.nda", "21_10_7_85.ndax", "Unit27_Example_Corrupt.ndax", "SINTEF__G20M7_BTS91.nda.zip"]
)
def test_neware_agrees_with_the_maker_s_own_export(name):
    table, _ = read(f"neware/{name}")
    truth = pq.read_table(CYCLERS / f"neware/expected/{name.split('.')[0]}.parquet")
    assert table.num_rows == truth.num_rows
    micro = numbers(truth, "Current(uA)")
    np.testing.assert_allclose(
        numbers(table, "voltage_volt"), numbers(truth, "Voltage(mV)") / 1e3, rtol=0, atol=1.01e-4
    )
    np.testing.assert_allclose(numbers(table, "current_ampere"), micro / 1e6, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(numbers(table, "test_time_second"), numbers(truth, "Total Time"), rtol=0, atol=1.01e-3)
    np.testing.assert_array_equal(numbers(table, "cycle_count"), numbers(truth, "Cycle Index"))
    np.testing.assert_array_equal(numbers(table, "step_count"), numbers(truth, "Step Count"))


@pytest.mark.parametrize(("name", "golden"), [("neware/neware_uio.csv", "neware_txt"), ("pec/pec.csv", "pec_csv")])
def test_a_csv_export_says_in_every_row_what_the_independent_result_says(name, golden):
    table, _ = read(name, "UTC")
    truth = pq.read_table(CYCLERS / f"expected_cellpy/loader_{golden}.raw.parquet")
    assert table.num_rows == truth.num_rows
    pairs = (("test_time_second", "test_time"), ("current_ampere", "current"), ("voltage_volt", "voltage"))
    for ours, theirs in (*pairs, ("step_time_second", "step_time"), ("step_id", "step_index")):
        np.testing.assert_allclose(numbers(table, ours), numbers(truth, theirs), rtol=0, atol=1e-6)
    clock = truth["date_time"].cast(pa.int64()).to_numpy() / 1e6
    np.testing.assert_allclose(numbers(table, "unix_time_second"), clock, rtol=0, atol=1e-3)


def test_arbin_s_database_says_in_every_row_what_the_independent_result_says():
    table, _ = read("arbin/20160805_test001_45_cc_01.res", "UTC")
    truth = pq.read_table(CYCLERS / "expected_cellpy/loader_arbin_res.raw.parquet")
    pairs = (
        *(("record_index", "data_point"), ("test_time_second", "test_time"), ("step_time_second", "step_time")),
        *(("step_id", "step_index"), ("cycle_count", "cycle_index"), ("voltage_volt", "voltage")),
        *(("current_ampere", "current"), ("internal_resistance_ohm", "internal_resistance")),
        ("schedule_charging_capacity_ah", "charge_capacity"),
        ("schedule_discharging_capacity_ah", "discharge_capacity"),
        *(("schedule_charging_energy_wh", "charge_energy"), ("schedule_discharging_energy_wh", "discharge_energy")),
    )
    for ours, theirs in pairs:
        np.testing.assert_array_equal(numbers(table, ours), numbers(truth, theirs))
    clock = truth["date_time"].cast(pa.int64()).to_numpy() / 1e6
    np.testing.assert_allclose(numbers(table, "unix_time_second"), clock, rtol=0, atol=1e-5)


def test_neware_and_landt_csv_agree_with_their_charge_and_with_their_twin():
    table, _ = read("neware/neware_uio.csv")
    time, current = numbers(table, "test_time_second"), numbers(table, "current_ampere")
    per_step = [*np.flatnonzero(np.diff(numbers(table, "step_id"))).tolist(), table.num_rows - 1]
    for sign, column in ((1, "step_charging_capacity_ah"), (-1, "step_discharging_capacity_ah")):
        charge = np.trapezoid(np.clip(sign * current, 0, None), time) / 3600
        assert charge == pytest.approx(float(numbers(table, column)[per_step].sum()), rel=0.01)
    ours, _ = read("landt/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv")
    twin, _ = read("bdf/SINTEF__LiGrR2032__2024-04-30__25degC__Landt.bdf.csv")
    for column in ("test_time_second", "voltage_volt", "current_ampere"):
        np.testing.assert_allclose(numbers(ours, column), numbers(twin, column), rtol=0, atol=1e-6)


def test_a_partly_corrupt_neware_file_is_recovered_and_that_is_said():
    _, reading = read("neware/Unit27_Example_Corrupt.ndax")
    told = [problem for problem in reading.problems if problem.rule == "partly-damaged"]
    assert told and all(p.severity is Severity.WARNING and "301 records were recovered" in p.message for p in told)


def test_neware_and_its_published_twin_say_the_same():
    ours, _ = read("neware/SINTEF__G20M7_BTS91.nda.zip")
    twin, _ = read("bdf/SINTEF__G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv")
    for column, within in (("voltage_volt", 5e-7), ("current_ampere", 5e-7), ("test_time_second", 0.011)):
        np.testing.assert_allclose(numbers(ours, column), numbers(twin, column), rtol=0, atol=within)


def test_hours_are_converted_and_the_published_discharge_positive_sign_is_not_turned_silently():
    table, reading = read("bdf/batmo_bdf.csv")
    truth = pq.read_table(CYCLERS / "expected_cellpy/loader_batmo_bdf.raw.parquet")
    np.testing.assert_allclose(numbers(table, "test_time_second"), numbers(truth, "test_time"), rtol=0, atol=1e-6)
    np.testing.assert_allclose(numbers(table, "current_ampere"), -numbers(truth, "current"), rtol=0, atol=1e-6)
    time = next(one for one in reading.conversions if one.column == "test_time_second")
    assert (time.source, time.unit, time.factor) == ("Test Time / h", "h", 3600.0)


def test_the_published_discharge_positive_file_passes_once_that_is_declared_and_equals_the_independent_result(tmp_path):
    declared = Declared(reading=Instructions(current_sign="discharge-positive"))
    assert not ingest(CYCLERS / "bdf/batmo_bdf.csv", "batmo_bdf.csv", tmp_path).report.passed
    assert ingest(CYCLERS / "bdf/batmo_bdf.csv", "batmo_bdf.csv", tmp_path, declared).report.passed
    table = pq.read_table(tmp_path / "timeseries.parquet")
    truth = pq.read_table(CYCLERS / "expected_cellpy/loader_batmo_bdf.raw.parquet")
    assert table.num_rows == truth.num_rows == 21206
    for ours, theirs in (("test_time_second", "test_time"), ("voltage_volt", "voltage"), ("current_ampere", "current")):
        np.testing.assert_allclose(numbers(table, ours), numbers(truth, theirs), rtol=0, atol=1e-12)


def test_the_maccor_file_without_units_passes_once_they_are_declared(tmp_path):
    meant = {"Current": ("current_ampere", "A"), "Voltage": ("voltage_volt", "V")}
    columns = {heading: {"quantity": name, "unit": unit} for heading, (name, unit) in meant.items()}
    declared = Declared(reading=Instructions.model_validate({"columns": columns}))
    found = ingest(CYCLERS / "maccor/sample_data_maccor.csv", "sample_data_maccor.csv", tmp_path, declared)
    table = pq.read_table(tmp_path / "timeseries.parquet")
    assert found.report.passed and table.num_rows == 15
    assert pc.min_max(table["current_ampere"]).as_py() == {"min": 0.0, "max": 28.844}
    assert pc.min_max(table["voltage_volt"]).as_py() == {"min": 3.668, "max": 3.716}


def test_biologic_with_decimal_commas_equals_its_twin_with_points():
    comma, _ = read("biologic/mb.issue_95.de.mpt")
    point, _ = read("biologic/mb.issue_95.mpt")
    assert comma.num_rows == 33 and comma.equals(point)


@pytest.mark.skipif(not mpr_process.environment().exists(), reason="the environment for .mpr files is not installed")
def test_biologic_binary_files_have_the_rows_and_ranges_that_are_known_and_the_current_of_their_charge():
    known = manifest()[MPR]
    table, reading = read(MPR, "Europe/London")
    assert table.num_rows == reading.rows_in == int(known["rows"])
    assert pc.min_max(table["voltage_volt"]).as_py() == {"min": float(known["v_min_V"]), "max": float(known["v_max_V"])}
    assert reading.started_at is not None and reading.started_at.isoformat() == "2020-10-26T12:49:58+00:00"
    # The file's own power is an independent witness of the current.
    by_power = numbers(table, "power_watt") / numbers(table, "voltage_volt")
    np.testing.assert_allclose(numbers(table, "current_ampere"), by_power, rtol=2e-7, atol=1e-15)


def test_the_charge_since_the_row_before_makes_the_mean_current_that_the_maker_exports(tmp_path):
    lines = (CYCLERS / "biologic/gcpl.pr_182.1.mpt").read_text(encoding="cp1252").split("\n")
    without = "\n".join(lines).replace("<I>/mA", "not I/mA")
    (tmp_path / "without.mpt").write_text(without, encoding="cp1252")
    made, _ = read(tmp_path / "without.mpt")
    exported, _ = read("biologic/gcpl.pr_182.1.mpt")
    np.testing.assert_allclose(
        numbers(made, "current_ampere"), numbers(exported, "current_ampere"), rtol=5e-7, atol=1e-15
    )


def test_biologic_impedance_is_capacitive_where_its_negative_is_positive():
    table, _ = read("eis/peis.mpt")
    row = {name: table[name][0].as_py() for name in table.column_names}
    assert (row["frequency_hertz"], row["real_impedance_ohm"]) == (199998.14, 10.512296)
    assert (row["imaginary_impedance_ohm"], row["phase_degree"]) == (-0.73047662, -3.9749699)
    angles = np.degrees(np.arctan2(numbers(table, "imaginary_impedance_ohm"), numbers(table, "real_impedance_ohm")))
    np.testing.assert_allclose(angles, numbers(table, "phase_degree"), rtol=0, atol=1e-4)


def test_gamry_with_small_currents_and_with_decimal_commas():
    point, _ = read("gamry/chronoa_data.dta")
    comma, _ = read("gamry/chronoa_de_data.dta")
    assert pc.min_max(point["current_ampere"]).as_py() == {"min": -2.34197e-08, "max": 1.40441e-08}
    # The twins differ in their first row only.
    assert comma.num_rows == 10 and comma.slice(1).equals(point.slice(1))
    assert (comma["voltage_volt"][0].as_py(), comma["current_ampere"][0].as_py()) == (-0.0005, -2e-08)


def test_gamry_impedance_agrees_with_its_modulus_and_phase():
    table, _ = read("gamry/eispot_data.dta")
    z = numbers(table, "real_impedance_ohm") + 1j * numbers(table, "imaginary_impedance_ohm")
    np.testing.assert_allclose(np.abs(z), numbers(table, "absolute_impedance_ohm"), rtol=1e-5)
    np.testing.assert_allclose(np.degrees(np.angle(z)), numbers(table, "phase_degree"), rtol=1e-3)
    assert table["frequency_hertz"].to_pylist() == [10000, 5000, 1000, 500.1, 100, 50, 10, 5, 1, 0.5]


def test_impedance_that_is_whole_passes_every_check(tmp_path):
    report = ingest(CYCLERS / "eis/peis.mpt", "peis.mpt", tmp_path).report
    assert report.passed and report.problems and all(p.severity is Severity.NOTE for p in report.problems)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gamry/eispot_data.dta", "settings ask for 51 frequencies and 10 are there"),
        ("gamry/chronoa_data.dta", "announces 5258 rows and holds 10"),
        ("gamry/chronoa_de_data.dta", "announces 5258 rows and holds 10"),
    ],
)
def test_files_that_were_cut_are_read_and_warned_of_with_both_counts(name, said, tmp_path):
    report = ingest(CYCLERS / name, Path(name).name, tmp_path).report
    warned = [problem.message for problem in report.problems if problem.severity is not Severity.NOTE]
    assert report.passed and len(warned) == 1 and said in warned[0]


def test_cycle_counts_of_two_pi_are_an_error_on_every_row():
    _, reading = read("bdf/SINTEF__G20M7-202512-Gru6mV__20251228__C30__25degC__Neware.bdf.csv")
    told = [problem for problem in reading.problems if problem.column == "cycle_count"]
    assert sum(problem.count for problem in told) == 17587
    assert (told[0].row, told[0].value, told[0].severity) == (2, "6.283185307179586", Severity.ERROR)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("maccor/sample_data_maccor.csv", "“Current” prints no unit"),
        ("production/BattINFO_example.xlsx", "no sheet of this workbook"),
    ],
)
def test_a_file_without_reader_or_unit_is_refused_with_advice(name, said):
    with pytest.raises(Unreadable, match=said) as refusal:
        read(name)
    assert "xport" in str(refusal.value) or "onvert" in str(refusal.value) or "Save" in str(refusal.value)


def test_every_shared_input_is_covered_by_one_of_these_tests():
    inputs = {name for name, row in manifest().items() if row["role"] == "input"}
    refused = test_a_file_without_reader_or_unit_is_refused_with_advice.pytestmark[0].args[1]
    named = {*READ, MPR} | {name for name, _ in refused}
    families = {
        name
        for name in inputs - named
        if name.split("/")[0]
        in {
            "arbin",
            "basytec",
            "batteryarchive",
            "bdf",
            "biologic",
            "eis",
            "landt",
            "maccor",
            "neware",
            "novonix",
            "pec",
        }
    }
    assert not families
