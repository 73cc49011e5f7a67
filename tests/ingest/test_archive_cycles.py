"""The Battery Archive's cycle data beside the cycle table that is made of the time series."""

from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from ingest.archive_cycles import Published, differences, published
from ingest.derived.summary import SCHEMA
from ingest.opened import RawFile
from ingest.pipeline import ingest_files
from schemas.errors import Unreadable
from schemas.rules import RULES
from tests.ingest.test_validate import cell
from tests.samples import FILES

HEADINGS = "Cycle_Index,Test_Time (s),Min_Current (A),Max_Current (A),Min_Voltage (V),Max_Voltage (V)"
CAPACITIES = "Charge_Capacity (Ah),Discharge_Capacity (Ah),Charge_Energy (Wh),Discharge_Energy (Wh)"


def ours(*capacities: tuple[float, float], first: int = 1, truncated: tuple[int, ...] = ()) -> pa.Table:
    rows = [
        {"cycle": at, "charge_capacity_ah": charge, "discharge_capacity_ah": discharge, "truncated": at in truncated}
        for at, (charge, discharge) in enumerate(capacities, first)
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def test_the_published_capacities_are_read_with_their_unit(tmp_path):
    path = tmp_path / "cell_cycle_data.csv"
    path.write_text(f"{HEADINGS},{CAPACITIES}\n1.0,9,-1,1,3,4,1.1,1.0,4,3\n\n2.0,19,-1,1,3,4,,nan,4,3\n")
    assert published(path) == (Published(1, 1.1, 1.0), Published(2, None, None))
    path.write_text(path.read_text().replace("Charge_Capacity (Ah)", "Charge_Capacity (mAh)", 1))
    assert published(path)[0].charge == pytest.approx(0.0011)
    assert published(FILES / "batteryarchive_cycle_data.csv") == (Published(1, 0.004, 0.0),)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Charge_Capacity (Ah)", "Charge_Capacity (mAh/g)", "prints no unit of charge"),
        ("Discharge_Capacity (Ah)", "Q", "no column dischargecapacity"),
        (",1.1,", ",1.1x,", "“1.1x” in line 2 of the cycle data, column “Charge_Capacity \\(Ah\\)”, is no number"),
    ],
)
def test_a_file_that_is_no_cycle_data_says_why(tmp_path: Path, old, new, said):
    path = tmp_path / "cell_cycle_data.csv"
    path.write_text(f"{HEADINGS},{CAPACITIES}\n1.0,9,-1,1,3,4,1.1,1.0,4,3\n".replace(old, new, 1))
    with pytest.raises(Unreadable, match=said):
        published(path)


def test_capacities_within_half_a_percent_are_no_finding():
    assert differences(ours((1.1, 1.0), (1.05, 0.99)), [Published(1, 1.105, 1.0), Published(2, 1.05, 0.9851)]) == []
    assert differences(ours((1.1, 1.0), (1.05, 0.99)), [Published(1, 1.1, 1.0), Published(2, 1.05, 0.9849)])


def test_the_first_cycles_that_differ_are_named():
    others = [Published(at, 1.1, 1.0 if at < 4 else 0.9) for at in range(1, 12)]
    (found,) = differences(ours(*[(1.1, 1.0)] * 11), others)
    assert found.rule in RULES and found.count == 8
    assert "8 cycles of 11 have another capacity" in found.message
    assert "cycle 4 discharge 0.9 Ah there and 1 Ah here" in found.message
    assert "cycle 8 discharge" in found.message and "and 3 more capacities" in found.message
    assert "cycle 9" not in found.message


def test_truncated_cycles_are_not_compared_and_a_numbering_shifted_by_one_is_followed():
    table = ours((0.2, 0.5), (1.1, 1.0), (1.2, 0.9), (0.1, 0.0), first=0, truncated=(0, 3))
    assert differences(table, [Published(0, 9, 9), Published(1, 1.1, 1.0), Published(2, 1.2, 0.9)]) == []
    assert differences(table, [Published(1, 9, 9), Published(2, 1.1, 1.0), Published(3, 1.2, 0.9)]) == []
    (found,) = differences(table, [Published(2, 1.1, 1.0), Published(3, 1.2, 0.8), Published(4, 0.1, 0.0)])
    assert "1 cycles of 2 (the archive's number -1)" in found.message


def test_no_common_cycle_is_a_finding():
    (found,) = differences(ours((1.1, 1.0), truncated=(1,)), [Published(1, 1.1, 1.0)])
    assert "No cycle of the archive's cycle data" in found.message


def test_a_pair_in_one_test_is_compared_and_the_time_series_alone_makes_its_tables(tmp_path: Path):
    columns = cell(cycles=3)
    series = pa.table(
        {
            "Date_Time": ["2024-07-15 10:00:00"] * len(columns["test_time_second"]),
            "Test_Time (s)": columns["test_time_second"],
            "Cycle_Index": columns["cycle_count"],
            "Current (A)": columns["current_ampere"],
            "Voltage (V)": columns["voltage_volt"],
            "Environment_Temperature (C)": [25.0] * len(columns["test_time_second"]),
        }
    )
    pa.csv.write_csv(series, tmp_path / "x_timeseries.csv")
    alone = ingest_files([RawFile(tmp_path / "x_timeseries.csv", "x_timeseries.csv")], tmp_path)
    capacities = pq.read_table(tmp_path / "cycles.parquet").select(
        ("cycle", "charge_capacity_ah", "discharge_capacity_ah")
    )
    for factor, rules in ((1.0, set()), (1.2, {"archive-cycles-differ"})):
        lines = (
            f"{row['cycle']},9,-1,1,3,4,{row['charge_capacity_ah']},{factor * row['discharge_capacity_ah']},0,0\n"
            for row in capacities.to_pylist()
        )
        (tmp_path / "x_cycle_data.csv").write_text(f"{HEADINGS},{CAPACITIES}\n" + "".join(lines))
        names = ("x_cycle_data.csv", "x_timeseries.csv")
        found = ingest_files([RawFile(tmp_path / name, name) for name in names], tmp_path)
        assert found.report.passed and found.reader == alone.reader == "Battery Archive csv"
        assert {one.rule for one in found.report.problems} - {one.rule for one in alone.report.problems} == rules
        assert [one.file for one in found.report.problems if one.rule in rules] == ["x_cycle_data.csv"] * len(rules)
        assert [one.file for one in found.sources] == ["x_timeseries.csv", "x_cycle_data.csv"]
        assert [table.name for table in found.tables] == [table.name for table in alone.tables]
