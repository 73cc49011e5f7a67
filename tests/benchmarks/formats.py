"""Makers' text exports and Neware's binary one against only parsing them: `python -m tests.benchmarks.formats`.

Text: the limit is pyarrow's csv parser alone on the same file (two threads, every column decoded), beside it stands
what most people do, pandas' `read_csv` and `to_parquet`. Binary: the limit is the library fastnda alone. Ours is the
whole way through the sandbox. All alternate in one run; figures are limit / ours by wall clock.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import fastnda
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from ingest import sandbox
from schemas.ingested import Declared
from tests.benchmarks.ingest import CYCLE_ROWS, NOMINAL_AH, _rows

SAMPLE = Path(__file__).resolve().parents[2] / "../shared/data/cyclers/neware/20260302_IFE_BTS85_2_9_8_1.ndax"
DECLARED = Declared(nominal_capacity_ah=NOMINAL_AH, time_zone="UTC", cell_configuration="full")
BLOCK = 4 * 1024**2


@dataclass(frozen=True)
class Layout:
    """A maker's export: lines above the header, the header, the delimiter, and a row's text."""

    name: str
    above: tuple[str, ...]
    header: str
    delimiter: str
    row: Callable[["Row"], str]


@dataclass(frozen=True)
class Row:
    """One record: s, V, A, its cycle and step, s since the step began."""

    number: int
    time: int
    volt: float
    amp: float
    cycle: int
    step: int
    within: int

    @property
    def state(self) -> str:
        return "C" if self.amp > 1e-4 else "D" if self.amp < -1e-4 else "R"

    @property
    def clock(self) -> str:
        return time.strftime("%m/%d/%Y %H:%M:%S", time.gmtime(1_700_000_000 + self.time))


def _span(seconds: int) -> str:
    return f"{seconds // 86400}d {seconds // 3600 % 24:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.00"


def _hours(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.000"


LAYOUTS = (
    Layout(
        "Arbin csv",
        (),
        "Data_Point,Test_Time(s),Date_Time,Step_Time(s),Step_Index,Cycle_Index,Current(A),Voltage(V)",
        ",",
        lambda r: f"{r.number},{r.time}.0000,{r.clock},{r.within}.0000,{r.step},{r.cycle},{r.amp:.7f},{r.volt:.6f}",
    ),
    Layout(
        "Maccor text",
        ("Today's Date\t04/05/2026\tDate of Test:\t04/01/2026\t Filename:\tC1\tProcedure:\tP1",),
        "Rec#\tCyc#\tStep\tTestTime\tStepTime\tAmps\tVolts\tState\tES\tDPt Time",
        "\t",
        lambda r: (
            f"{r.number}\t{r.cycle}\t{r.step}\t{_span(r.time)}\t{_span(r.within)}\t{abs(r.amp):.5f}\t{r.volt:.5f}"
            f"\t{r.state}\t1\t{r.clock}"
        ),
    ),
    Layout(
        "BioLogic text",
        ("EC-Lab ASCII FILE", "Nb header lines : 4", "Galvanostatic Cycling with Potential Limitation"),
        "mode\tNs\ttime/s\tEwe/V\tI/mA\tcycle number",
        "\t",
        lambda r: (
            f"1\t{r.step}\t{r.time}.000000000000000E+000\t{r.volt:.7E}\t{r.amp * 1000:.7E}\t{r.cycle}.0000000E+000"
        ),
    ),
    Layout(
        "Neware csv (flat)",
        (),
        "DataPoint,Cycle Index,Step Index,Step Type,Time(h:min:s.ms),Total Time(h:min:s.ms),Current(A),Voltage(V)",
        ",",
        lambda r: (
            f"{r.number},{r.cycle},{r.step},{_NEWARE[r.state]},{_hours(r.within)},{_hours(r.time)},{r.amp:.5f},"
            f"{r.volt:.5f}"
        ),
    ),
)
_NEWARE = {"C": "CC Chg", "D": "CC DChg", "R": "Rest"}


def _records(rows: int) -> Iterator[Row]:
    import numpy as np

    table = _rows(np.arange(rows))
    columns = [table[name].to_pylist() for name in ("voltage_volt", "current_ampere", "cycle_count", "step_count")]
    began, last = 0, 0
    for at, (volt, amp, cycle, step) in enumerate(zip(*columns, strict=True)):
        if step != last:
            began, last = at, step
        yield Row(at + 1, at, volt, amp, cycle, (step - 1) % 5 + 1, at - began)


def _write(layout: Layout, rows: int, folder: Path) -> Path:
    path = folder / f"{layout.name.replace(' ', '_')}.{'csv' if layout.delimiter == ',' else 'txt'}"
    with path.open("w") as file:
        file.writelines(f"{line}\n" for line in (*layout.above, layout.header))
        file.writelines(f"{layout.row(record)}\n" for record in _records(rows))
    return path


def _parse(layout: Layout, path: Path) -> None:
    options = pa.csv.ReadOptions(block_size=BLOCK, use_threads=True, skip_rows=len(layout.above))
    split = pa.csv.ParseOptions(delimiter=layout.delimiter)
    for _ in pa.csv.open_csv(path, read_options=options, parse_options=split):
        pass


def _pandas(layout: Layout, path: Path, out: Path) -> None:
    frame = pd.read_csv(path, sep=layout.delimiter, skiprows=len(layout.above))
    frame.to_parquet(out)


def _ours(path: Path, out: Path) -> None:
    found = sandbox.run(path, path.name, out, DECLARED)
    if not found.tables:
        raise SystemExit(f"{path.name} did not pass: {found.report.problems}")


def _timed(do: Callable[[], None]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def text_formats(rows: int, repeat: int, folder: Path) -> None:
    """One line for each layout."""
    out = folder / "out"
    out.mkdir()
    print(f"{rows} rows; limit = pyarrow parsing alone")
    for layout in LAYOUTS:
        path = _write(layout, rows, folder)
        times: dict[str, list[float]] = {"limit": [], "ours": [], "pandas": []}
        for _ in range(repeat):
            times["limit"].append(_timed(lambda layout=layout, path=path: _parse(layout, path)))  # type: ignore[misc]  # bound early
            times["ours"].append(_timed(lambda path=path: _ours(path, out)))  # type: ignore[misc]  # bound early
            times["pandas"].append(
                _timed(lambda layout=layout, path=path: _pandas(layout, path, folder / "pandas.parquet"))  # type: ignore[misc]  # bound early
            )
        limit, ours, panda = (statistics.median(times[name]) for name in ("limit", "ours", "pandas"))
        size = (out / "timeseries.parquet").stat().st_size / (folder / "pandas.parquet").stat().st_size
        print(
            f"  {layout.name:20} limit {limit:5.2f} s  ours {ours:5.2f} s  pandas {panda:5.2f} s   "
            f"limit / ours {limit / ours:4.2f}   pandas / ours {panda / ours:4.2f}   size / pandas' snappy {size:4.2f}"
        )
        path.unlink()


def binary(repeat: int, folder: Path) -> None:
    """Neware's .ndax against the library alone."""
    if not SAMPLE.exists():
        print("Neware .ndax: the real sample is not beside the project")
        return
    out = folder / "binary"
    out.mkdir()
    warnings.simplefilter("ignore")
    times: dict[str, list[float]] = {"warm": [], "cold": [], "ours": []}
    cold = [sys.executable, "-c", f"import fastnda; fastnda.read({str(SAMPLE)!r})"]
    for _ in range(repeat):
        times["warm"].append(_timed(lambda: fastnda.read(SAMPLE)))
        times["cold"].append(_timed(lambda: subprocess.run(cold, check=True, capture_output=True)))
        times["ours"].append(_timed(lambda: _ours_binary(out)))
    warm, alone, own = (statistics.median(times[name]) for name in ("warm", "cold", "ours"))
    print(
        f"Neware .ndax, 252951 rows: fastnda alone {warm:.2f} s in a warm process, {alone:.2f} s in its own; ours "
        f"{own:.2f} s in a child of its own: {own / warm:.2f} and {own / alone:.2f} times"
    )


def _ours_binary(out: Path) -> None:
    found = sandbox.run(SAMPLE, SAMPLE.name, out, Declared(time_zone="UTC"))
    if not found.tables:
        raise SystemExit(f"the sample did not pass: {found.report.problems}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--rows", type=int, default=1_000_000)
    arguments.add_argument("--repeat", type=int, default=3)
    given = arguments.parse_args()
    if given.rows < CYCLE_ROWS:
        arguments.error(f"--rows must be at least {CYCLE_ROWS}, one cycle")
    pa.set_cpu_count(2)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sandbox.warm()
        text_formats(given.rows, given.repeat, folder)
        binary(given.repeat, folder)
    sandbox.close()
    print(f"peak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
