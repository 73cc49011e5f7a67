"""The cycle summary as a pass over a stored table, against decoding its columns: `python -m tests.benchmarks.cycles`.

The limit is reading time, voltage, current and step of a stored time series batch by batch, on one thread and dropped;
ours decodes the same batches and segments them, once on one thread and once with the next batch decoded beside it, as
a pass with two cores is made. All alternate in one run; figures are ours / limit, so that 1.00 would be no work at all.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from ingest.cycles import Segmenter
from ingest.derived.running import Running
from ingest.parquet import TableWriter
from schemas.ingested import Declared
from tests.benchmarks.ingest import NOMINAL_AH, generate

COLUMNS = ["test_time_second", "voltage_volt", "current_ampere", "step_count"]
BATCH_ROWS = 131_072


def stored(rows: int, folder: Path) -> Path:
    """The benchmark's cycling as the platform stores it."""
    path = folder / f"cycling_{rows}.parquet"
    if not path.exists():
        writer = TableWriter(path.with_suffix(".part"), "timeseries")
        for batch in pyarrow.csv.open_csv(generate(rows, folder)):
            writer.write(batch)
        writer.close({})
        path.with_suffix(".part").rename(path)
    return path


def main() -> None:
    """Prints the ratio to the decode limit by wall clock and by CPU, for the summary alone and for all tables."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--rows", type=int, default=10_000_000)
    arguments.add_argument("--repeat", type=int, default=5)
    chosen = arguments.parse_args()
    folder = Path(tempfile.gettempdir()) / "ingest-benchmark"
    folder.mkdir(exist_ok=True)
    path = stored(chosen.rows, folder)
    passes = {"decode": _decode, "cycles": _cycles, "cycles, decoding beside": _cycles_beside, "all tables": _all}
    for one in passes.values():
        one(path)
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in passes}
    for _ in range(chosen.repeat):
        for name, one in passes.items():
            wall, cpu = time.perf_counter(), time.process_time()
            one(path)
            taken[name].append((time.perf_counter() - wall, time.process_time() - cpu))
    limit = _medians(taken["decode"])
    for name, runs in taken.items():
        wall, cpu = _medians(runs)
        said = f"wall {wall:.3f} s ({wall / limit[0]:.2f} of decoding)   CPU {cpu:.3f} s ({cpu / limit[1]:.2f})"
        print(f"{name:>23}: {said}")


def _medians(runs: list[tuple[float, float]]) -> tuple[float, float]:
    wall, cpu = (statistics.median(values) for values in zip(*runs, strict=True))
    return wall, cpu


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    return pq.ParquetFile(path).iter_batches(BATCH_ROWS, columns=COLUMNS, use_threads=False)


def _decode(path: Path) -> None:
    for _ in _batches(path):
        pass


def _cycles(path: Path) -> None:
    _segmented(_batches(path))


def _cycles_beside(path: Path) -> None:
    _segmented(_ahead(_batches(path)))


def _segmented(batches: Iterable[pa.RecordBatch]) -> None:
    segmenter = Segmenter(None, Declared(nominal_capacity_ah=NOMINAL_AH))
    for batch in batches:
        segmenter.add(batch)
    segmenter.finish()


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same, one batch made in advance."""
    with ThreadPoolExecutor(1) as beside:
        following = beside.submit(next, batches, None)
        while (batch := following.result()) is not None:
            following = beside.submit(next, batches, None)
            yield batch


def _all(path: Path) -> None:
    running = Running(Declared(nominal_capacity_ah=NOMINAL_AH))
    for batch in _batches(path):
        running.add(batch)
    running.finish()


if __name__ == "__main__":
    main()
