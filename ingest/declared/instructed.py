"""A file opened as its uploader declares that it is to be read: up to a row, with columns and a sign of the current."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from ingest.declared import cut
from ingest.declared.mapping import unapplied
from ingest.declared.signs import turned
from ingest.reader import Head, Reader, Reading
from schemas.errors import Unreadable
from schemas.ingested import Declared


@contextmanager
def opened(
    reader: Reader, head: Head, declared: Declared, guarded: Callable[[], AbstractContextManager[None]]
) -> Iterator[Reading]:
    """What the reader makes of the file, as declared; within, its batches may be taken. `guarded` surrounds reading.

    Raises:
        Unreadable: as the reader, or a declared column is none of the file's.
    """
    with cut.upto(head, declared.reading.last_row) as part:
        with guarded():
            reading = reader.read(part.head, declared)
            if refused := unapplied(reading, declared.reading.columns):
                raise Unreadable(refused)
        reading.batches = turned(cut.rows(reading.batches, reading, part), reading, declared)
        yield reading
