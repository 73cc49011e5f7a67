"""Each text format: a small file with its expected table, and how each column came to be."""

from pathlib import Path

import pyarrow as pa
import pytest

from ingest.detect import detect, head
from ingest.formats import READERS
from ingest.reader import Reading
from schemas.ingested import Declared
from schemas.quantities import QUANTITIES, Kind
from schemas.report import Severity

FILES = Path(__file__).resolve().parents[1] / "files"
SAMPLES = (
    *(
        "bdf.csv",
        "bdf_labels.csv",
        "bdf_deprecated.csv",
        "arbin.csv",
        "arbin.xlsx",
        "arbin.xls",
        "maccor.txt",
        "maccor_european.csv",
    ),
    *("neware_flat.csv", "neware_nested.csv", "novonix.csv", "novonix_quoted.csv", "basytec.txt"),
    *("basytec_spaces.txt", "basytec_study.csv", "digatron_german.csv", "digatron_manager.csv", "pec_hours.csv"),
    *("maccor_mims.txt", "maccor_mims.csv", "maccor_minutes.001", "maccor_milli.csv"),
    *("digatron.csv", "digatron_unsigned.csv", "landt.csv", "landt_flat.csv", "landt_chinese.csv"),
    *("neware_nested_chinese.csv", "pec.csv"),
    "batteryarchive_timeseries.csv",
    *("biologic_gcpl.mpt", "biologic_mb_comma.mpt", "biologic_ocv.mpt", "biologic_peis.mpt"),
    *("biologic_headings_only.txt", "gamry_chronop.dta", "gamry_comma.dta", "gamry_eispot.dta"),
)


def read(name: str, zone: str | None = "Europe/Berlin") -> tuple[pa.Table, Reading]:
    seen = head(FILES / name, name)
    reading = detect(seen).read(seen, Declared(time_zone=zone))
    return pa.Table.from_batches(list(reading.batches)), reading


@pytest.mark.parametrize("name", SAMPLES)
def test_exactly_one_reader_recognises_a_sample(name):
    assert sum(reader.recognises(head(FILES / name, name)) for reader in READERS) == 1


@pytest.mark.parametrize("name", SAMPLES)
def test_columns_are_terms_in_their_types_and_each_has_a_conversion(name):
    table, reading = read(name)
    types = {Kind.REAL: pa.float64(), Kind.COUNT: pa.int64(), Kind.TEXT: pa.string()}
    assert {field.name: field.type for field in table.schema} == {
        name: types[QUANTITIES[name].kind] if name != "clock_text" else pa.string() for name in table.column_names
    }
    assert [conversion.column for conversion in reading.conversions] == table.column_names
    assert all(problem.severity is not Severity.ERROR for problem in reading.problems)


def test_bdf_with_machine_names():
    table, reading = read("bdf.csv")
    assert table.slice(2, 1).to_pylist() == [
        {
            "test_time_second": 20.0,
            "voltage_volt": 3.55,
            "current_ampere": 0.5,
            "cycle_count": 0,
            "step_count": 2,
            "step_type": "CC_CHG",
            "ambient_temperature_celsius": 25.0,
            "unix_time_second": 1700000020.0,
        }
    ]
    assert reading.started_at is not None and reading.started_at.timestamp() == 1700000000.0
    assert reading.problems == []


def test_bdf_with_labels_takes_the_unit_that_is_printed():
    table, reading = read("bdf_labels.csv")
    assert table["test_time_second"].to_pylist() == [0, 1800, 3600]
    assert table["voltage_volt"].to_pylist() == pytest.approx([3.2, 3.55, 3.4])
    assert table["current_ampere"].to_pylist() == pytest.approx([0, 0.5, -0.5])
    assert table["ambient_temperature_celsius"].to_pylist() == pytest.approx([25, 25, 26])
    assert table["step_record_index"].to_pylist() == [1, 2, 1]
    assert ["Operator" in problem.message for problem in reading.problems] == [True]
    assert {c.column: (c.source, c.unit, c.factor) for c in reading.conversions}["test_time_second"] == (
        "Test Time / h",
        "h",
        3600.0,
    )


def test_bdf_with_deprecated_and_alias_names_goes_to_their_successors():
    table, reading = read("bdf_deprecated.csv")
    assert table.to_pydict() == {
        "test_time_second": [0.0, 1.5],
        "voltage_volt": [3.2, 3.5],
        "current_ampere": [0.0, 0.5],
        "cycle_count": [3, 3],
        "unix_time_second": [1700000000.0, 1700000001.5],
    }
    assert reading.conversions[0].rule == "deprecated name of test_time_second"


def test_arbin_with_units_in_its_headings():
    table, reading = read("arbin.csv")
    assert table["record_index"].to_pylist() == [1, 2, 3, 5]
    assert table["step_id"].to_pylist() == [1, 2, 2, 4]
    assert table["current_ampere"].to_pylist() == [0, 0.5, 0.5, -0.5]
    assert table["schedule_charging_capacity_ah"].to_pylist() == [0, 0.00001, 0.0014, 0.0014]
    assert table["temperature_t1_celsius"].to_pylist() == [25.1, 25.2, 25.2, 25.3]
    assert table["unix_time_second"].to_pylist()[0] == 1721030400.0
    assert [(p.row, p.count) for p in reading.problems if p.rule == "record-missing"] == [(5, 1)]


def test_maccor_with_states_days_and_thousands_separators():
    table, reading = read("maccor.txt")
    assert table.to_pydict() == {
        "record_index": [1, 2, 1000],
        "cycle_count": [0, 0, 0],
        "step_id": [1, 2, 3],
        "test_time_second": [0.0, 90.88, 86490.5],
        "step_time_second": [0.0, 5.05, 82800.0],
        "step_cumulative_capacity_ah": [0.0, 0.0006, 1.25],
        "step_cumulative_energy_wh": [0.0, 0.00203, 4.5],
        "current_ampere": [0.0, -0.50011, 1.50233],
        "voltage_volt": [3.4625, 3.41115, 3.95],
        "step_type": ["R", "D", "C"],
        "unix_time_second": [1607900292.0, 1607900382.0, 1607986782.0],
        "clock_text": ["12/13/2020 23:58:12", "12/13/2020 23:59:42", "12/14/2020 23:59:42"],
        "ac_internal_resistance_ohm": [None, None, None],
    }
    assert "formation_01" in reading.header["2"]
    assert "thousands separators removed" in reading.conversions[0].rule


def test_maccor_from_a_european_tester_with_decimal_commas_and_minutes():
    table, reading = read("maccor_european.csv")
    assert table["test_time_second"].to_pylist() == [0, 30, 60]
    assert table["current_ampere"].to_pylist() == pytest.approx([0, 1.2505, -1.2505])
    assert table["voltage_volt"].to_pylist() == [3.6681, 3.7092, 3.6012]
    assert table["temperature_t1_celsius"].to_pylist() == [22.2591, 22.3, 22.31]
    assert table["unix_time_second"].to_pylist() == [1721030400.0, 1721030430.0, 1721030460.0]
    assert reading.header["1"] == "Datum;15.07.2024;Prüfling;Zelle 7 – Fülltest"


def test_without_a_declared_zone_local_times_stay_in_the_raw_file():
    for name in ("arbin.csv", "maccor.txt", "maccor_european.csv"):
        table, reading = read(name, zone=None)
        assert "unix_time_second" not in table.column_names and reading.started_at is None
        assert [p.severity for p in reading.problems if p.rule == "time-without-zone"] == [Severity.NOTE]
