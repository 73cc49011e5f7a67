"""What the checks cost against parsing alone: `python -m tests.benchmarks.validation --rows 2000000`.

Both in CPU seconds: parsing is pyarrow's csv parser with every column decoded and dropped; the checks are every call
of the validator over the batches of the same file. The limit is 0.12.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from ingest.cycles import Segmenter
from ingest.detect import detect, head
from ingest.validate import Validator
from schemas.ingested import Declared
from tests.benchmarks.ingest import NOMINAL_AH, generate

LIMIT = 0.12
DECLARED = Declared(
    nominal_capacity_ah=NOMINAL_AH,
    lower_voltage_v=2.9,
    upper_voltage_v=4.25,
    cell_configuration="full",
    chemistry="NMC622",
)


def main() -> None:
    """Prints the median of each and their ratio."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--rows", type=int, default=2_000_000)
    arguments.add_argument("--repeat", type=int, default=3)
    chosen = arguments.parse_args()
    folder = Path(tempfile.gettempdir()) / "ingest-benchmark"
    folder.mkdir(exist_ok=True)
    path = generate(chosen.rows, folder)
    parse = statistics.median(_parse(path) for _ in range(chosen.repeat))
    check = statistics.median(_check(path) for _ in range(chosen.repeat))
    print(f"{chosen.rows} rows: parse {parse:.3f} s, checks {check:.3f} s, ratio {check / parse:.3f} (limit {LIMIT})")


def _parse(path: Path) -> float:
    started = time.process_time()
    for batch in pa.csv.open_csv(path, read_options=pa.csv.ReadOptions(block_size=4 * 1024**2)):
        del batch
    return time.process_time() - started


def _check(path: Path) -> float:
    seen = head(path, path.name)
    reading = detect(seen).read(seen, DECLARED)
    validator, segmenter = Validator(DECLARED, reading), Segmenter("full", DECLARED)
    used = 0.0
    for batch in reading.batches:
        started = time.thread_time()
        validator.add(batch)
        used += time.thread_time() - started
        segmenter.add(batch)
    cycles = segmenter.finish()
    started = time.thread_time()
    found = validator.finish(cycles)
    used += time.thread_time() - started
    if {problem.rule for problem in found} - {"cycle-truncated"}:
        raise SystemExit(f"the benchmark's file did not pass: {found}")
    return used


if __name__ == "__main__":
    main()
