"""Reading a csv into checked tables against only parsing it: `python -m tests.benchmarks.ingest --rows 1000000`.

The limit is pyarrow's csv parser alone, two threads, every column decoded and dropped, in a process of its own that
is warm. Ours is the whole way through the sandbox: read, convert, check, segment, write and hash two Parquet tables.
Both alternate in one run; figures are limit / ours, so that 1.00 means as fast as parsing alone.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from ingest import sandbox
from schemas.ingested import Declared

CYCLE_ROWS = 36_000
BLOCK_CYCLES = 10
NOMINAL_AH = 3.0
_PARSE = """
import json, resource, sys, time
import pyarrow as pa, pyarrow.csv as csv
pa.set_cpu_count(2)
def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), usage.ru_utime + usage.ru_stime
for path in sys.stdin:
    options = csv.ReadOptions(block_size=int(sys.argv[1]), use_threads=True)
    started, cpu = used()
    rows = sum(batch.num_rows for batch in csv.open_csv(path.strip(), read_options=options))
    ended, cpu_ended = used()
    print(json.dumps({"wall_s": ended - started, "cpu_s": cpu_ended - cpu, "rows": rows}), flush=True)
"""


def generate(rows: int, folder: Path) -> Path:
    """A Battery Data Format csv of one cell that is cycled; the same bytes for the same number of rows."""
    path = folder / f"cycling_{rows}_2.bdf.csv"
    if path.exists():
        return path
    partial = path.with_suffix(".part")
    with partial.open("wb") as file:
        for start in range(0, rows, CYCLE_ROWS * BLOCK_CYCLES):
            table = _rows(np.arange(start, min(rows, start + CYCLE_ROWS * BLOCK_CYCLES)))
            options = pa.csv.WriteOptions(include_header=start == 0, quoting_style="none")
            pa.csv.write_csv(table, file, options)
    partial.rename(path)
    return path


def _rows(record: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> pa.Table:
    """One cycle: 16 000 s charge at 0.6 A, 3 000 s constant voltage, rest, 15 600 s discharge, rest."""
    cycle, second = record // CYCLE_ROWS, record % CYCLE_ROWS
    edges = np.array([0, 16_000, 19_000, 20_000, 35_600])
    step = np.searchsorted(edges, second, side="right") - 1
    within = second - edges[step]
    fall = np.exp(-within / 900.0)
    current = np.choose(step, [0.6, 0.6 * fall, 0.0, -0.69 + 0.0 * fall, 0.0])
    state = np.choose(
        step,
        [
            within * 0.9 / 16_000,
            0.9 + 0.1 * (1 - fall),
            1.0 + 0.0 * fall,
            1.0 - within / 15_600,
            0.0 * fall,
        ],
    )
    noise = np.sin(record * 12.9898) * 43758.5453
    noise -= np.floor(noise)
    voltage = 3.0 + 1.1 * state + 0.1 * state**3 + 0.05 * current + 2e-4 * noise
    voltage = np.where(step == 1, 4.2 + 1e-4 * noise, voltage)
    return pa.table(
        {
            "test_time_second": record.astype(np.float64),
            "voltage_volt": np.round(voltage, 6),
            "current_ampere": np.round(current + (step != 2) * (step != 4) * 1e-5 * noise, 8),
            "unix_time_second": 1_700_000_000.25 + record,
            "cycle_count": cycle + 1,
            "step_count": cycle * 5 + step + 1,
            "ambient_temperature_celsius": np.round(25.0 + noise, 3),
        }
    )


def main() -> None:
    """Prints the ratios, and the child's peak memory."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--repeat", type=int, default=3)
    arguments.add_argument("--block-mib", type=int, default=4, help="block size of the bare parser")
    chosen = arguments.parse_args()
    folder = Path(tempfile.gettempdir()) / "ingest-benchmark"
    folder.mkdir(exist_ok=True)
    path = generate(chosen.rows, folder)
    print(f"{chosen.rows} rows, {path.stat().st_size / 1e6:.0f} MB")
    parse = subprocess.Popen(
        [sys.executable, "-c", _PARSE, str(chosen.block_mib * 1024**2)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    warm_up = generate(50_000, folder)
    _limit(parse, warm_up), _ours(warm_up)
    limits, ours = [], []
    for _ in range(chosen.repeat):
        limits.append(_limit(parse, path))
        ours.append(_ours(path))
        print(f"  parse {_times(limits[-1])}   ingest {_times(ours[-1])}, {ours[-1]['resident_mb']:.0f} MB resident")
    for what in ("wall_s", "cpu_s"):
        limit, own = (statistics.median(one[what] for one in runs) for runs in (limits, ours))
        print(f"{what[:-2]:>5}: limit / ours = {limit / own:.2f}")
    parse.kill()
    parse.wait()
    sandbox.close()


def _limit(parse: "subprocess.Popen[str]", path: Path) -> dict[str, float]:
    assert parse.stdin is not None and parse.stdout is not None
    parse.stdin.write(f"{path}\n")
    parse.stdin.flush()
    found: dict[str, float] = json.loads(parse.stdout.readline())
    return found


def _ours(path: Path) -> dict[str, float]:
    usage = sandbox.Usage()
    with tempfile.TemporaryDirectory() as out:
        started, cpu = time.perf_counter(), time.process_time()
        found = sandbox.run(path, path.name, Path(out), Declared(nominal_capacity_ah=NOMINAL_AH), usage=usage)
        wall, own_cpu = time.perf_counter() - started, time.process_time() - cpu
        if not found.tables:
            raise SystemExit(f"the benchmark's file did not pass: {found.report.problems}")
    return {"wall_s": wall, "cpu_s": usage.cpu_s + own_cpu, "resident_mb": usage.resident_bytes / 1024**2}


def _times(one: dict[str, float]) -> str:
    return f"{one['wall_s']:.2f} s wall {one['cpu_s']:.2f} s CPU"


if __name__ == "__main__":
    main()
