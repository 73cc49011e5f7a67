"""When a test started, where a file prints that once above its rows: the clock is read, or a note says why not."""

from collections.abc import Iterator, Sequence

import pyarrow as pa

from ingest import clocks
from ingest.reader import Reading
from schemas.ingested import Declared
from schemas.report import Problem, Severity

TIME = "test_time_second"


def note_start(reading: Reading, text: str, declared: Declared, beside: Sequence[str] = ()) -> None:
    """Let the reading know its first row's time: the start that `text` prints plus the row's test time.

    `beside` are other dates that the same program printed in the same header: they may tell day from month.
    An order of day and month that cannot be told is not guessed: the text stays in the header, and a note says so.
    """
    zone = declared.time_zone
    if zone is not None and not clocks.known_zone(zone):
        zone = None
    clock = clocks.recognise([text, *beside], zone) if ":" in text else "it tells no time of day"
    if isinstance(clock, str):
        reading.problems.append(_not_taken(text, clock))
        return
    start = clocks.instant(clocks.unix_seconds(pa.array([text.strip()]), clock)[0].as_py())
    if start is not None:
        reading.started_at = start
        reading.batches = _from_first_row(reading, reading.batches)


def _from_first_row(reading: Reading, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    start = reading.started_at
    for number, batch in enumerate(batches):
        if number == 0 and start is not None and TIME in batch.schema.names:
            reading.started_at = clocks.instant(start.timestamp() + (batch.column(TIME)[0].as_py() or 0.0))
        yield batch


def _not_taken(text: str, why: str) -> Problem:
    unzoned = "time zone" in why
    return Problem(
        rule="time-without-zone" if unzoned else "start-ambiguous",
        severity=Severity.NOTE,
        message=f"No start time was made of “{text}”: {why}.",
        hint="Declare the time zone of the test place in the metadata, such as Europe/Berlin." if unzoned else "",
    )
