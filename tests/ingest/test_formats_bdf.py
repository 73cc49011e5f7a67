"""The Battery Data Format: one quantity under several names, units that are printed, and columns with types."""

import datetime as dt
import decimal
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.pipeline import ingest
from schemas.errors import Unreadable
from schemas.ingested import Declared, Ingested
from schemas.instructions import Instructions
from schemas.report import Severity
from tests.samples import read

BASE = {"test_time_second": [0.0, 10.0, 20.0], "voltage_volt": [3.7, 3.71, 3.72], "current_ampere": [0.0, 0.5, 0.5]}


def made(folder: Path, content: str | bytes, name: str, zone: str | None = None, **reading: object) -> Ingested:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    declared = Declared(time_zone=zone, reading=Instructions.model_validate(reading))
    return ingest(path, name, folder, declared)


def rows(folder: Path) -> dict[str, list[object]]:
    found: dict[str, list[object]] = pq.read_table(folder / "timeseries.parquet").to_pydict()
    return found


def told(found: Ingested, rule: str) -> list[str]:
    return [problem.message for problem in found.report.problems if problem.rule == rule]


def parquet(columns: dict[str, object], metadata: dict[str, dict[str, str]] | None = None) -> bytes:
    table = pa.table(
        {name: values if isinstance(values, pa.Array) else pa.array(values) for name, values in columns.items()}
    )
    fields = [field.with_metadata((metadata or {}).get(field.name)) for field in table.schema]
    out = io.BytesIO()
    pq.write_table(table.cast(pa.schema(fields)), out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("heading", "factor"),
    [("Test Time / min", 60.0), ("Test Time / ms", 0.001), ("Test Time / h", 3600.0), ("test_time_millisecond", 0.001)],
)
def test_labels_and_names_mix_and_each_unit_that_is_printed_counts(tmp_path, heading, factor):
    made(tmp_path, f"{heading},voltage_volt,Current / mA\n0,3.7,0\n1000,3.71,500\n", "cell.bdf.csv")
    assert rows(tmp_path)["test_time_second"] == [0.0, 1000 * factor]
    assert rows(tmp_path)["current_ampere"] == [0.0, 0.5]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_two_names_of_a_quantity_that_say_the_same_are_one_column(tmp_path, kind):
    columns = BASE | {"test_time_millisecond": [0, 10000, 20000], "Voltage / mV": [3700.0, None, 3720.0]}
    content = parquet(columns) if kind == "parquet" else csv(columns)
    found = made(tmp_path, content, f"cell.{kind}")
    assert found.report.passed, found.report
    assert rows(tmp_path) == BASE
    assert told(found, "column-twice") == [
        "The columns “test_time_second” and “test_time_millisecond” both hold Test Time / s and say the same: "
        "the first is taken.",
        "The columns “voltage_volt” and “Voltage / mV” both hold Voltage / V and say the same: the first is taken.",
    ]
    assert [one.column for one in found.conversions] == list(BASE)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_two_names_of_a_quantity_that_differ_are_an_error_at_the_first_row(tmp_path, kind):
    columns = BASE | {"Voltage / mV": [3700.0, 3710.5, 3720.0]}
    content = parquet(columns) if kind == "parquet" else csv(columns)
    found = made(tmp_path, content, f"cell.{kind}")
    (problem,) = [one for one in found.report.problems if one.rule == "column-twice"]
    assert (problem.severity, problem.row, problem.count) == (Severity.ERROR, 3 if kind == "csv" else 2, 1)
    assert "differ in 1 rows, first 3.71 and 3.7105" in problem.message
    picked = made(tmp_path, content, f"cell.{kind}", columns={"Voltage / mV": {"quantity": "voltage_volt"}})
    assert picked.report.passed and rows(tmp_path)["voltage_volt"] == [3.7, 3.7105, 3.72]


def csv(columns: dict[str, list[float | None]]) -> str:
    cells = ([f"{values[at] if values[at] is not None else ''}" for values in columns.values()] for at in range(3))
    lines = [",".join(row) for row in cells]
    return ",".join(columns) + "\n" + "\n".join(lines) + "\n"


def test_a_long_clock_is_compared_by_its_seconds_and_not_by_its_size(tmp_path):
    columns = BASE | {
        "unix_time_second": [1.7e9, 1.7e9 + 10, 1.7e9 + 20],
        "Unix Time / ms": [1.7e12, 1.7e12, 1.7e12 + 2e4],
    }
    assert not made(tmp_path, csv(columns), "cell.csv").report.passed
    columns["Unix Time / ms"] = [1.7e12, 1.7e12 + 1e4, 1.7e12 + 2e4]
    assert made(tmp_path, csv(columns), "cell.csv").report.passed


def test_every_type_of_number_is_a_number(tmp_path):
    columns = {
        "test_time_second": pa.array([0, 10_000, 20_000], pa.duration("ms")),
        "voltage_volt": pa.array([3.5, 3.75, None], pa.float16()),
        "current_ampere": pa.array([decimal.Decimal("0.00"), decimal.Decimal("0.50"), decimal.Decimal("0.25")]),
        "cycle_count": pa.array([1.0, 1.0, 2.0], pa.float32()),
        "step_id": pa.array(["1", "1", "2"]).dictionary_encode(),
        "step_type": pa.array(["rest", "charge", "charge"]).dictionary_encode(),
        "power_watt": pa.array(["0", "1.875", "n/a"]),
        "record_index": pa.array([1, 2, 3], pa.uint64()),
    }
    found = made(tmp_path, parquet(columns), "cell.parquet")
    errors = [(p.rule, p.column) for p in found.report.problems if p.severity is Severity.ERROR]
    assert errors == [("cell-empty", "voltage_volt"), ("value-missing", "voltage_volt")]
    columns["voltage_volt"] = pa.array([3.5, 3.75, 3.75], pa.float16())
    found = made(tmp_path, parquet(columns), "cell.parquet")
    assert found.report.passed, found.report
    assert rows(tmp_path) == {
        "test_time_second": [0.0, 10.0, 20.0],
        "voltage_volt": [3.5, 3.75, 3.75],
        "current_ampere": [0.0, 0.5, 0.25],
        "cycle_count": [1, 1, 2],
        "step_id": [1, 1, 2],
        "step_type": ["rest", "charge", "charge"],
        "power_watt": [0.0, 1.875, None],
        "record_index": [1, 2, 3],
    }
    time = found.conversions[0]
    assert (time.rule, time.unit, time.factor) == ("time span to seconds", "duration[ms]", 0.001)


def test_points_in_time_become_unix_time_and_local_ones_need_a_zone(tmp_path):
    aware = pa.array([dt.datetime(2024, 7, 15, 10, 0, s, 500_000, dt.UTC) for s in range(3)], pa.timestamp("ms", "UTC"))
    found = made(tmp_path, parquet(BASE | {"unix_time_second": aware}), "cell.parquet")
    assert rows(tmp_path)["unix_time_second"] == [1721037600.5, 1721037601.5, 1721037602.5]
    assert found.started_at == dt.datetime(2024, 7, 15, 10, 0, 0, 500_000, dt.UTC)
    local = pa.array([dt.datetime(2024, 7, 15, 12, 0, s) for s in range(3)], pa.timestamp("us"))
    found = made(tmp_path, parquet(BASE | {"unix_time_second": local}), "cell.parquet")
    assert told(found, "time-without-zone") and "unix_time_second" not in rows(tmp_path)
    found = made(tmp_path, parquet(BASE | {"unix_time_second": local}), "cell.parquet", "Europe/Berlin")
    assert rows(tmp_path)["unix_time_second"] == [1721037600.0, 1721037601.0, 1721037602.0]
    assert rows(tmp_path)["clock_text"][0] == "2024-07-15 12:00:00.000000"
    assert [one.column for one in found.conversions] == [*BASE, "unix_time_second", "clock_text"]


def test_local_times_in_the_repeated_hour_follow_the_test_time(tmp_path):
    local = [dt.datetime(2025, 10, 26, *clock) for clock in ((2, 59, 55), (2, 0, 5), (2, 0, 15))]
    columns = BASE | {"unix_time_second": pa.array(local, pa.timestamp("us"))}
    found = made(tmp_path, parquet(columns), "cell.parquet", "Europe/Berlin")
    assert rows(tmp_path)["unix_time_second"] == [1761440395.0, 1761440405.0, 1761440415.0]
    assert "1 were read as the first pass and 2 as the second" in told(found, "clock-repeated-hour")[0]


def test_nested_columns_are_refused_where_they_are_needed_and_left_where_they_are_not(tmp_path):
    nested = pa.array([[1.0], [2.0], [3.0]])
    struct = pa.array([{"a": 1.0}] * 3)
    found = made(tmp_path, parquet(BASE | {"note": nested, "extra": struct}), "cell.parquet")
    assert found.report.passed and "note, extra" in told(found, "column-unknown")[0]
    wrong = BASE | {"voltage_volt": nested, "current_ampere": struct, "power_watt": pa.array([b"1"] * 3)}
    (message,) = told(made(tmp_path, parquet(wrong), "cell.parquet"), "unreadable")
    for name in ("voltage_volt", "current_ampere", "power_watt"):
        assert f"“{name}” is of the type" in message


def test_a_unit_in_a_field_s_metadata_counts_where_the_name_has_none(tmp_path):
    columns = {"Test Time": [0.0, 10.0, 20.0], "Voltage": [3700.0, 3710.0, 3720.0], "current_ampere": [0.0, 0.5, 0.5]}
    metadata = {"Test Time": {"unit": "s"}, "Voltage": {"unit": "mV"}, "current_ampere": {"unit": "A", "iri": "x"}}
    found = made(tmp_path, parquet(columns, metadata), "cell.parquet")
    assert found.report.passed, found.report
    assert rows(tmp_path) == BASE
    (message,) = told(made(tmp_path, parquet(columns), "cell.parquet"), "unreadable")
    assert "“Voltage” prints no unit" in message and "“Test Time” prints no unit" in message


def test_a_name_and_its_metadata_that_contradict_each_other_are_refused(tmp_path):
    metadata = {"voltage_volt": {"unit": "mV"}}
    (message,) = told(made(tmp_path, parquet(BASE, metadata), "cell.parquet"), "unreadable")
    assert "“voltage_volt” says V and its metadata say mV" in message
    columns = {"voltage_volt": {"quantity": "voltage_volt", "unit": "mV"}}
    assert made(tmp_path, parquet(BASE, metadata), "cell.parquet", columns=columns).conversions[1].factor == 0.001


def test_our_own_table_is_read_again_as_it_was(tmp_path):
    made(tmp_path, parquet(BASE | {"step_type": ["a", "b", "c"]}), "cell.parquet")
    once = (tmp_path / "timeseries.parquet").read_bytes()
    before = rows(tmp_path)
    assert made(tmp_path, once, "again.parquet").report.passed and rows(tmp_path) == before


def test_a_parquet_file_is_read_up_to_the_declared_row(tmp_path):
    columns = BASE | {"cycle_count": [1.0, 1.0, 6.28]}
    assert not made(tmp_path, parquet(columns), "cell.parquet").report.passed
    found = made(tmp_path, parquet(columns), "cell.parquet", last_row=2)
    assert found.report.passed and "1 records behind it were left out" in told(found, "cut")[0]


def test_columns_without_a_term_are_named_in_a_note(tmp_path):
    text = json.dumps({"@context": "x"}).replace('"', '""')
    content = (
        f'Test Time / s,Voltage / V,Current / A,Thickness / mm,metadata\n0.0,4.2,0.0,,"{text}"\n10,3.7,0.0,5.01,\n'
    )
    found = made(tmp_path, content, "cell.bdf.csv")
    assert found.report.passed and "Thickness / mm, metadata" in told(found, "column-unknown")[0]


def test_a_required_column_that_stands_there_twice_by_the_same_name_is_refused(tmp_path):
    path = tmp_path / "cell.csv"
    path.write_text("test_time_second,voltage_volt,current_ampere,voltage_volt\n0,3.7,0,3.7\n")
    with pytest.raises(Unreadable, match="“voltage_volt” and “voltage_volt” both hold"):
        read(path)


def test_comments_and_blank_lines_may_stand_above_the_header(tmp_path):
    path = tmp_path / "cell.csv"
    path.write_text('# {"@context": "x"}\n\n' + csv(BASE))
    table, reading = read(path)
    assert table.to_pydict() == BASE and reading.line_of(0) == 4
    path.write_text("Operator,A\n" + csv(BASE))
    with pytest.raises(Unreadable, match="No reader recognises"):
        read(path)


def test_dates_in_a_column_of_unix_times_are_clock_times(tmp_path):
    path = tmp_path / "cell.csv"
    path.write_text("Unix Time / s,test_time_second,voltage_volt,current_ampere\n2024-07-15 12:00:00,0,3.7,0\n")
    table, reading = read(path)
    assert table["unix_time_second"].to_pylist() == [1721037600.0]
    assert table["clock_text"].to_pylist() == ["2024-07-15 12:00:00"]
    assert "wall clock" in reading.conversions[0].rule and reading.problems == []


def test_a_damaged_name_of_a_column_is_told_as_damage(tmp_path):
    whole = parquet({"test_time_second": [0.0, 1.0], "voltage_volt": [3.2, 3.3], "current_ampere": [1.0, 1.0]})
    assert whole.count(b"current_ampere") > 1
    found = made(tmp_path, whole.replace(b"current_ampere", b"cu\xcerent_ampere"), "cell.bdf.parquet")
    assert ["damaged or cut off" in one for one in told(found, "unreadable")] == [True]


@pytest.mark.parametrize(
    "headings",
    [
        "frequency_hertz,real_impedance_ohm,imaginary_impedance_ohm",
        "Frequency / kHz,Real Impedance / mOhm,Imaginary Impedance / mOhm",
    ],
)
def test_impedance_alone_is_recognised_by_its_names(tmp_path, headings):
    path = tmp_path / "spectrum.bdf.csv"
    path.write_text(f"{headings}\n1,20,-1.5\n0.1,25,-2\n")
    table, reading = read(path)
    factor = {one.column: one.factor for one in reading.conversions}
    assert table["frequency_hertz"].to_pylist() == [1 * factor["frequency_hertz"], 0.1 * factor["frequency_hertz"]]
    assert table["imaginary_impedance_ohm"].to_pylist() == pytest.approx(
        [-1.5 * factor["real_impedance_ohm"], -2 * factor["real_impedance_ohm"]]
    )
    assert reading.problems == []
