"""Rows, columns and series come out of a Parquet object exactly, with few requests and few bytes."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import NotFound, Refused
from storage.extremes import ROW, thinned
from storage.objects import ObjectStore
from storage.query import TableReader
from storage.ranges import merged

KEY = "tables/run/attempt/timeseries.parquet"
ROWS, GROUP = 1_000_000, 150_000
MB = 1_000_000


@dataclass
class Counted:
    """A real store, of which only reading in ranges is used, and how much of it."""

    store: ObjectStore
    lengths: list[int] = field(default_factory=list)

    def get(self, key: str, offset: int = 0, length: int | None = None) -> bytes:
        content = self.store.get(key, offset, length)
        self.lengths.append(len(content))
        return content


@pytest.fixture(scope="module")
def table() -> pa.Table:
    """A long test with noise, a gap, a spike and a text column."""
    random = np.random.default_rng(7)
    row = np.arange(ROWS)
    voltage = np.round(3.6 + 0.5 * np.sin(row / 3000) + random.normal(0, 0.001, ROWS), 4)
    voltage[777_777] = 9.9
    temperature = np.round(25 + random.normal(0, 0.1, ROWS), 2)
    temperature[200_000:400_000] = np.nan
    return pa.table(
        {
            "test_time_second": row * 0.5,
            "voltage_volt": voltage,
            "current_ampere": np.round(2 * np.sign(np.sin(row / 3000)) + random.normal(0, 0.001, ROWS), 4),
            "cycle_count": row // 20_000,
            "temperature_t1_celsius": pa.array(temperature, from_pandas=True),
            "filler": random.random(ROWS),
            "step_type": pa.array(np.where(row % 40_000 < 20_000, "charge", "discharge")),
        }
    )


@pytest.fixture(scope="module")
def file(table: pa.Table, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("query") / "timeseries.parquet"
    pq.write_table(table, path, row_group_size=GROUP, compression="zstd")
    return path


@pytest.fixture
def reader(object_store: ObjectStore, file: Path) -> TableReader:
    object_store.put(KEY, file)
    return TableReader(object_store, KEY, file.stat().st_size)


def test_rows_are_those_of_the_table(reader: TableReader, table: pa.Table) -> None:
    assert reader.num_rows == ROWS
    assert reader.columns() == table.column_names
    for start, stop in [(0, 1), (10, 20), (GROUP - 5, GROUP + 5), (140_000, 460_000), (ROWS - 3, ROWS), (0, ROWS)]:
        assert reader.rows(None, start, stop).equals(table.slice(start, stop - start))


def test_columns_come_in_the_order_asked_for(reader: TableReader, table: pa.Table) -> None:
    wanted = ["step_type", "voltage_volt", "cycle_count"]

    rows = reader.rows(wanted, 5, 25)

    assert rows.equals(table.select(wanted).slice(5, 20))


def test_a_range_is_cut_to_the_table(reader: TableReader, table: pa.Table) -> None:
    assert reader.rows(["cycle_count"], ROWS - 2, ROWS + 50).equals(table.select(["cycle_count"]).slice(ROWS - 2))
    for start, stop in [(ROWS, ROWS + 5), (7, 7), (9, 3), (-5, 0)]:
        empty = reader.rows(["cycle_count", "step_type"], start, stop)
        assert (len(empty), empty.column_names) == (0, ["cycle_count", "step_type"])


def test_a_table_without_rows_has_its_columns(object_store: ObjectStore, tmp_path: Path, table: pa.Table) -> None:
    pq.write_table(table.slice(0, 0), tmp_path / "empty.parquet")
    object_store.put(KEY, tmp_path / "empty.parquet")
    reader = TableReader(object_store, KEY, (tmp_path / "empty.parquet").stat().st_size)

    assert reader.rows(None, 0, 10).schema.names == table.column_names
    [batch] = reader.batches(None, 0, 10)
    assert batch.num_rows == 0 and batch.schema.names == table.column_names
    assert {name: len(values) for name, values in reader.series("cycle_count", ["filler"], 0, 10, 5).items()} == {
        "cycle_count": 0,
        "filler": 0,
    }


def test_batches_make_up_the_rows(reader: TableReader, table: pa.Table) -> None:
    batches = list(reader.batches(["voltage_volt", "step_type"], 100_000, 700_000))

    assert len(batches) > 1
    assert pa.Table.from_batches(batches).equals(
        table.select(["voltage_volt", "step_type"]).slice(100_000, 600_000).combine_chunks()
    )


@pytest.mark.parametrize(
    "ask",
    [
        lambda reader: reader.rows(["voltage_vlt"], 0, 1),
        lambda reader: reader.batches(["voltage_vlt"], 0, 1),
        lambda reader: reader.series("test_time_second", ["voltage_vlt"], 0, 1, 10),
    ],
)
def test_an_unknown_column_is_refused_with_the_nearest_name(
    reader: TableReader, ask: Callable[[TableReader], object]
) -> None:
    with pytest.raises(Refused) as refusal:
        ask(reader)

    assert refusal.value.errors[0].value == "voltage_vlt"
    assert refusal.value.errors[0].hint == "Did you mean voltage_volt?"


def test_an_object_that_is_gone_is_not_found(object_store: ObjectStore) -> None:
    with pytest.raises(NotFound):
        TableReader(object_store, KEY, 1000).rows(None, 0, 1)


def test_one_cycle_takes_few_requests_and_bytes(object_store: ObjectStore, file: Path, table: pa.Table) -> None:
    object_store.put(KEY, file)
    store = Counted(object_store)
    reader = TableReader(store, KEY, file.stat().st_size)  # type: ignore[arg-type]  # reads in ranges alone
    wanted = ["test_time_second", "current_ampere", "temperature_t1_celsius", "step_type"]

    rows = reader.rows(wanted, GROUP - 10_000, GROUP + 10_000)

    assert rows.equals(table.select(wanted).slice(GROUP - 10_000, 20_000))
    # The end of the file and four ranges; a footer longer than that end would be the sixth.
    assert len(store.lengths) <= 5
    # Two row groups, since the cycle lies across their border.
    assert sum(store.lengths) <= 2 * 3 * MB

    store.lengths.clear()
    TableReader(store, KEY, file.stat().st_size).rows(wanted, 20_000, 40_000)  # type: ignore[arg-type]  # as above
    assert len(store.lengths) <= 6
    assert sum(store.lengths) <= 3 * MB


def test_a_series_keeps_the_extremes_of_every_signal(reader: TableReader, table: pa.Table) -> None:
    signals = ["voltage_volt", "current_ampere"]

    series = reader.series("test_time_second", signals, 100_000, 900_000, 2_000)

    part = table.slice(100_000, 800_000)
    assert list(series) == ["test_time_second", *signals]
    assert {len(values) for values in series.values()} == {len(series["test_time_second"])}
    assert 1_000 < len(series["test_time_second"]) <= 2_000
    assert (np.diff(series["test_time_second"]) > 0).all()
    assert series["test_time_second"][0] == 50_000.0
    assert series["test_time_second"][-1] == part["test_time_second"][-1].as_py()
    for name in signals:
        assert series[name].max() == part[name].to_numpy().max()
        assert series[name].min() == part[name].to_numpy().min()
    at = (series["test_time_second"] * 2).astype(int)
    for name in signals:
        np.testing.assert_array_equal(series[name], table[name].to_numpy()[at])


def test_a_gap_in_a_signal_stays_a_gap(reader: TableReader) -> None:
    series = reader.series("test_time_second", ["temperature_t1_celsius"], 0, ROWS, 200)

    unknown = np.isnan(series["temperature_t1_celsius"])
    inside = (series["test_time_second"] > 105_000) & (series["test_time_second"] < 195_000)
    assert inside.any()
    assert unknown[inside].all()
    assert not unknown[series["test_time_second"] > 205_000].any()


def test_few_rows_are_all_shown(reader: TableReader, table: pa.Table) -> None:
    series = reader.series("test_time_second", ["voltage_volt"], 10, 110, 1000)

    np.testing.assert_array_equal(series["voltage_volt"], table["voltage_volt"].to_numpy()[10:110])


def test_a_series_of_text_is_refused(reader: TableReader) -> None:
    with pytest.raises(Refused) as refusal:
        reader.series("test_time_second", ["step_type"], 0, 10, 10)

    assert refusal.value.errors[0].value == "step_type"


VALUES = st.one_of(st.floats(-100, 100), st.just(float("nan")), st.just(float("inf")))


@given(values=st.lists(VALUES, min_size=3, max_size=200), cuts=st.lists(st.integers(1, 199)), points=st.integers(3, 40))
def test_extremes_do_not_depend_on_how_the_rows_were_cut(values: list[float], cuts: list[int], points: int) -> None:
    signal = np.array(values)
    row = np.arange(len(signal))
    edges = sorted({0, len(signal), *(cut for cut in cuts if cut < len(signal))})
    batches = [
        {"y": signal[first:end], "x": row[first:end], ROW: row[first:end]} for first, end in itertools.pairwise(edges)
    ]

    thin = thinned(batches, ["y"], len(signal), points)

    assert len(thin["x"]) <= max(points, 4)
    assert (thin["x"][0], thin["x"][-1]) == (0, len(signal) - 1)
    np.testing.assert_array_equal(thin["y"], signal[thin["x"].astype(int)])
    width = -(-len(signal) // max(1, (points - 2) // 2))
    for first in range(0, len(signal), width):
        bucket = signal[first : first + width]
        inside = thin["y"][(thin["x"] >= first) & (thin["x"] < first + width)]
        if not np.isnan(bucket).all():
            assert np.nanmax(inside) == np.nanmax(bucket)
            assert np.nanmin(inside) == np.nanmin(bucket)


@given(st.lists(st.tuples(st.integers(0, 10_000_000), st.integers(1, 500_000))), st.integers(1, 6))
def test_merged_ranges_cover_all_that_was_asked_for(wanted: list[tuple[int, int]], most: int) -> None:
    ranges = [(first, first + length) for first, length in wanted]

    found = merged(ranges, most)

    assert len(found) <= most
    assert all(any(first <= one[0] and one[1] <= end for first, end in found) for one in ranges)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(found))
