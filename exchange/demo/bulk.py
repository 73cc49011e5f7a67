"""One long test as a Battery Data Format csv of any length: a measured cycle repeated, ageing and with noise."""

from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv as pc

from exchange.demo.cell import Cell
from exchange.demo.cycler import Record, round_robin, run
from schemas.quantities import QUANTITIES

_CHUNK_ROWS = 500_000
_START_UNIX_S = 1_767_225_600
_FADE_PER_CYCLE = 1e-5


def write_bdf_csv(path: Path, rows: int, seed: int = 20260101) -> None:
    """Write `rows` records, one a second, of a cell cycled at C/3; the same arguments give the same bytes.

    Time in hundredths of a second, voltage in 0.1 mV, current in 0.1 mA, as cyclers print them.
    """
    template = _Template(_one_cycle(seed))
    noise = np.random.Generator(np.random.PCG64(seed))
    options = pc.WriteOptions(quoting_header="none", quoting_style="none")
    with path.open("wb") as sink, pc.CSVWriter(sink, template.schema, write_options=options) as writer:
        for start in range(0, rows, _CHUNK_ROWS):
            writer.write_table(template.rows(np.arange(start, min(start + _CHUNK_ROWS, rows)), noise))


class _Template:
    """One cycle as integer arrays, from which any row of the long test follows."""

    def __init__(self, records: list[Record]) -> None:
        began, first_step = records[0].time_s - 1, records[0].executed
        self._time = np.array([round((record.time_s - began) * 100) for record in records])
        self._step = np.array([record.executed - first_step for record in records])
        self._current = np.array([round(record.current_a * 10_000) for record in records])
        self._voltage = np.array([round(record.voltage_v * 10_000) for record in records])
        names = (
            "test_time_second",
            "voltage_volt",
            "current_ampere",
            "unix_time_second",
            "cycle_count",
            "step_count",
        )
        kinds = [pa.float64()] * 4 + [pa.int64()] * 2
        self.schema = pa.schema([(QUANTITIES[name].label, kind) for name, kind in zip(names, kinds, strict=True)])

    def rows(self, index: npt.NDArray[np.int64], noise: np.random.Generator) -> pa.Table:
        """The rows of these 0-based numbers."""
        cycle, within = np.divmod(index, len(self._time))
        time = cycle * int(self._time[-1]) + self._time[within]
        ageing = 1 - _FADE_PER_CYCLE * np.minimum(cycle, 20_000)
        columns = (
            time / 100,
            (self._voltage[within] + noise.integers(-1, 2, len(index))) / 10_000,
            np.rint(self._current[within] * ageing) / 10_000,
            (_START_UNIX_S * 100 + time) / 100,
            cycle + 1,
            cycle * int(self._step[-1] + 1) + self._step[within] + 1,
        )
        return pa.table([pa.array(column) for column in columns], schema=self.schema)


def _one_cycle(seed: int) -> list[Record]:
    """The second cycle of a simulated test, one record a second: the first is formation."""
    done = run(Cell(capacity_ah=5.02), round_robin(5.0, cycles=2, record_s=1.0), Random(seed))
    return [record for record in done.records if record.cycle == 2]
