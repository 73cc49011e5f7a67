"""Mean V-Q curves of a round from stored tables, against pandas reading them: `python -m tests.benchmarks.curves`.

Eleven lines hand in 20 cells each, every file of `--rows` rows as the platform stores it (one written per line, linked
for its cells). Ours finds the step in each file's table of steps, reads the row groups and columns it spans, makes the
normalised curve, puts all on one axis and takes mean and s of each line; a few cells at a time, as a round is
evaluated. The limit is pandas reading every file whole and dropping it; beside it stands pandas reading the three
columns only. All 220 are read by each in turn, `--repeat` times in one run; figures are medians, limit / ours, so that
10 is ten times as fast. All files lie in the system's cache.
"""

import argparse
import gc
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from exchange import roundrobin
from exchange.roundrobin.charge import Way
from exchange.roundrobin.trace import CURRENT, STEP_COLUMNS, TIME, VOLTAGE
from exchange.rounds.curves import READERS
from ingest.derived.running import Running
from ingest.parquet import TableWriter
from schemas.ingested import Declared
from storage.folder_store import FolderStore
from storage.query import TableReader
from tests.benchmarks.cycles import stored
from tests.benchmarks.ingest import NOMINAL_AH

LINES = 11
TABLES = ("steps.parquet", "timeseries.parquet")
WANTED = roundrobin.WantedStep(Way.DISCHARGE, current_a=0.69)
AXIS = roundrobin.even_axis(0.0, 1.0, 201)


def main() -> None:
    """Prints seconds of each way and the ratios."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--files", type=int, default=220)
    arguments.add_argument("--repeat", type=int, default=3)
    chosen = arguments.parse_args()
    root = Path(tempfile.gettempdir()) / "ingest-benchmark" / f"curves_{chosen.rows}"
    # Where the folder store keeps its objects.
    folder = root / "objects"
    keys = [round_of(chosen.rows, line, max(1, chosen.files // LINES), folder) for line in range(LINES)]
    # The platform has them in its database.
    sizes = {f"{key}/{name}": (folder / key / name).stat().st_size for each in keys for key in each for name in TABLES}
    store = FolderStore(root, b"a secret of the benchmark", "http://localhost")
    took: dict[str, Taken] = defaultdict(Taken)
    pool = ThreadPoolExecutor(READERS)
    curves: dict[str, dict[str, roundrobin.Curve]] = {}

    def ours(line: int) -> None:
        found = pool.map(lambda key: curve(store, sizes, key), keys[line])
        curves[f"L{line}"] = dict(zip(keys[line], found, strict=True))

    def whole(line: int) -> None:
        for key in keys[line]:
            pd.read_parquet(folder / key / "timeseries.parquet")

    def columns(line: int) -> None:
        for key in keys[line]:
            pd.read_parquet(folder / key / "timeseries.parquet", columns=[TIME, CURRENT, VOLTAGE])

    ways: dict[str, Callable[[int], None]] = {"ours": ours, "pandas": whole, "pandas, 3 columns": columns}
    for way in ways.values():
        way(0)
    roundrobin.line_bands(roundrobin.on_axis(curves, AXIS))
    for _ in range(chosen.repeat):
        for name, way in ways.items():
            # What the way before left is cleared away at nobody's cost.
            gc.collect()
            with took[name]:
                for line in range(LINES):
                    way(line)
                if name == "ours":
                    bands = roundrobin.line_bands(roundrobin.on_axis(curves, AXIS))
    print(
        f"{sum(map(len, keys))} files of {chosen.rows} rows; {int(bands.whole.sum())} of {len(AXIS)} places are whole"
    )
    ours_wall, ours_cpu = took["ours"].medians()
    for name, one in took.items():
        wall, cpu = one.medians()
        ratios = f"{wall / ours_wall:.1f} of ours, CPU {cpu / ours_cpu:.1f} of ours"
        print(f"{name:>18}: wall {wall:.2f} s, CPU {cpu:.2f} s: {ratios}")


class Taken:
    """Seconds by the clock and of the processor of each of its uses."""

    def __init__(self) -> None:
        self._uses: list[tuple[float, float]] = []

    def __enter__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        wall, cpu = self._began
        self._uses.append((time.perf_counter() - wall, time.process_time() - cpu))

    def medians(self) -> tuple[float, float]:
        """By the clock, of the processor."""
        wall, cpu = zip(*self._uses, strict=True)
        return statistics.median(wall), statistics.median(cpu)


def curve(store: FolderStore, sizes: Mapping[str, int], key: str) -> roundrobin.Curve:
    """The normalised V-Q curve of one build, through the object store as in the platform."""
    table, reader = (TableReader(store, f"{key}/{name}", sizes[f"{key}/{name}"]) for name in TABLES)
    found = roundrobin.curve_of(reader, table.rows(STEP_COLUMNS, 0, table.num_rows), WANTED)
    return roundrobin.normalised(found, float(found.x[-1]), "A.h", "own step")


def round_of(rows: int, line: int, cells: int, folder: Path) -> list[str]:
    """Keys of the builds of a line: one is written, the others are links to it."""
    first = folder / f"L{line}-0"
    if not (first / "steps.parquet").exists():
        first.mkdir(parents=True, exist_ok=True)
        write(stored(rows, folder.parents[1]), line, first)
    for cell in range(1, cells):
        other = folder / f"L{line}-{cell}"
        other.mkdir(exist_ok=True)
        for path in first.iterdir():
            if not (other / path.name).exists():
                os.link(path, other / path.name)
    return [f"L{line}-{cell}" for cell in range(cells)]


def write(path: Path, line: int, folder: Path) -> None:
    """The benchmark's cycling with a voltage of the line's own, as the platform stores it."""
    running, writer = (
        Running(Declared(nominal_capacity_ah=NOMINAL_AH)),
        TableWriter(folder / "timeseries.parquet", "timeseries"),
    )
    for batch in pq.ParquetFile(path).iter_batches(131_072):
        place = batch.schema.get_field_index(VOLTAGE)
        moved = np.round(batch.column(place).to_numpy() * (1.0 + 0.0005 * line), 6)
        own = batch.set_column(place, batch.schema.field(place), pa.array(moved))
        running.add(own)
        writer.write(own)
    writer.close({})
    steps = running.finish()["steps"]
    table = TableWriter(folder / "steps.parquet", "steps", steps.described)
    for batch in steps.table.to_batches():
        table.write(batch)
    table.close({})


if __name__ == "__main__":
    main()
