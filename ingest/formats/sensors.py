"""Machine logs as csv: sensors over time, a row per reading or a column per tag."""

from collections.abc import Generator, Iterator

import numpy as np
import pyarrow as pa

from ingest.clocks.repeated_hour import RepeatedHour
from ingest.production import sensor_log
from ingest.production.sensor_log import SENSORS, VALUE, Log
from ingest.production.watch import Places, Watch
from ingest.reader import Head, Reading
from ingest.text import columns as planning
from ingest.text import sniff
from ingest.text.chunks import CHUNK_BYTES, chunks, in_order
from ingest.text.lines import TextReading
from ingest.text.parse import Parsed, Parser
from ingest.text.reader import batches_of
from ingest.text.signs import decimals
from ingest.text.steps import Columns
from schemas.errors import Unreadable
from schemas.ingested import Conversion, Declared


class SensorLog:
    """A `Reader`, streaming: memory does not grow with the rows."""

    name = "Sensor log"
    version = "1"

    def __init__(self, chunk_bytes: int = CHUNK_BYTES) -> None:
        self._chunk_bytes = chunk_bytes

    def recognises(self, head: Head) -> bool:
        """True where tag, time and value stand in one line, or the first line has a time and tags with units."""
        return _opened(head) is not None

    def read(self, head: Head, declared: Declared) -> Reading:
        """Open the file.

        Raises:
            Unreadable: no rows, an ambiguous decimal sign, a tag twice, times that are none or have no zone. Wrong
                cells become problems instead.
        """
        opened = _opened(head)
        if opened is None:
            raise Unreadable("The header of a sensor log (tag, time, value) was not found.")
        sources, log = sensor_log.sources(opened)
        rows = sniff.sample(head, opened)
        numbers = [one.position for one in sources if one.quantity.name.startswith(VALUE)]
        signs = decimals([[row[at] for at in numbers if at < len(row)] for row in rows], opened.delimiter)
        planned, untaken = planning.plan(sources, rows, signs, declared)
        reading = TextReading(
            batches=iter(()),
            conversions=[_conversion(column) for column in planned],
            problems=list(untaken),
            first_line=opened.line + 2,
            table=SENSORS,
        )
        parser = Parser(
            planned, sniff.width(rows, opened.headings) or len(opened.headings), opened.delimiter, signs.decimal
        )

        def parsed() -> Iterator[Parsed]:
            return in_order(chunks(head.path, opened.encoding, opened.line + 1, self._chunk_bytes), parser)

        def ahead() -> Generator[Columns, None, None]:
            yield from ({c.name: a for c, a in zip(planned, p.arrays, strict=True)} for p in parsed())

        hours = tuple(RepeatedHour(column.zone, ahead) for column in planned if column.zone)
        reading.batches = _watched(reading, log, batches_of(reading, parser, parsed(), hours))
        return reading


def _opened(head: Head) -> sniff.Opened | None:
    long = sniff.find_header(head, sensor_log.is_long)
    return long or sniff.find_header(head, sensor_log.is_wide, within=1)


def _watched(reading: TextReading, log: Log, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    watch, record = Watch(), 0
    for batch in batches:
        rows = log.rows(batch)
        watch.add(rows, _records(batch, log, record))
        record += batch.num_rows
        yield rows
    for problem in watch.problems().settle():
        row = None if problem.row is None else reading.line_of(problem.row)
        reading.problems.append(problem.model_copy(update={"row": row}))


def _records(batch: pa.RecordBatch, log: Log, first: int) -> Places:
    """From which record each row of the table came."""
    records: Places = first + np.arange(batch.num_rows)
    if not log.tags:
        return records
    columns = [batch.column(f"{VALUE} {at}").is_valid() for at in range(len(log.tags))]
    there = np.array([column.to_numpy(zero_copy_only=False) for column in columns])
    each: Places = np.repeat(records, len(log.tags))[there.T.ravel()]
    return each


def _conversion(column: planning.Column) -> Conversion:
    """The record of a column; every tag's becomes the one column of values."""
    made = column.conversion
    return made.model_copy(update={"column": VALUE}) if made.column.startswith(VALUE) else made


READERS = (SensorLog(),)
