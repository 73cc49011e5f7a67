"""What a file says it holds against what it holds: rows of its tables, frequencies of its spectrum."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from ingest.reader import Reading
from schemas.report import Problem, Severity

FREQUENCY = "frequency_hertz"


@dataclass(frozen=True)
class Announced:
    """So many rows in all, and so many frequencies in each spectrum; None where the file does not say."""

    rows: int | None = None
    frequencies: int | None = None


def points(first_hz: float, last_hz: float, per_decade: float) -> int | None:
    """How many frequencies a logarithmic sweep has, both ends among them; None where it is none."""
    if not (first_hz > 0 and last_hz > 0 and per_decade > 0):
        return None
    return round(abs(math.log10(first_hz / last_hz)) * per_decade) + 1


def watch(reading: Reading, announced: Announced) -> None:
    """Let the reading say, once its rows are read, where fewer are there than announced."""
    if announced != Announced():
        reading.batches = _counted(reading, reading.batches, announced)


def _counted(reading: Reading, batches: Iterator[pa.RecordBatch], announced: Announced) -> Iterator[pa.RecordBatch]:
    rows = spectrum = 0
    measured = False
    for batch in batches:
        rows += batch.num_rows
        if FREQUENCY in batch.schema.names:
            measured = True
            frequency = batch.column(batch.schema.get_field_index(FREQUENCY))
            spectrum += pc.sum(pc.greater(frequency, 0.0)).as_py() or 0
        yield batch
    if announced.rows is not None and rows < announced.rows:
        reading.problems.append(_fewer_rows(announced.rows, rows))
    # An export may round the number of its frequencies another way.
    if measured and announced.frequencies is not None and spectrum < announced.frequencies - 1:
        reading.problems.append(_truncated(announced.frequencies, spectrum))


def _fewer_rows(announced: int, rows: int) -> Problem:
    return Problem(
        rule="rows-announced",
        severity=Severity.WARNING,
        message=f"The file announces {announced} rows and holds {rows}.",
        hint="It was cut, or the test was stopped or exported in part: export it again if rows are missing.",
        value=str(rows),
        count=announced - rows,
    )


def _truncated(announced: int, measured: int) -> Problem:
    return Problem(
        rule="impedance-truncated",
        severity=Severity.WARNING,
        message=f"The spectrum is not whole: its settings ask for {announced} frequencies and {measured} are there.",
        hint="The measurement was stopped or the file was cut: measure or export it again if they matter.",
        column=FREQUENCY,
        value=str(measured),
        count=announced - measured,
    )
