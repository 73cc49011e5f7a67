"""One file in, tables and a report out: the steps of an ingest, in their order."""

import contextlib
import errno
import hashlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from ingest import detect, instructed
from ingest.reader import Head, Reader, Reading
from ingest.tables import SCHEMA_VERSION, Tables
from schemas.errors import SeveralCells, Unreadable
from schemas.ingested import Choices, Declared, Ingested
from schemas.production import Produced
from schemas.report import Problem, Report, Severity

HASH_BYTES = 1024 * 1024
NOT_THE_FILES_FAULT = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOMEM, errno.EMFILE})

Progress = Callable[[str, float], None]


def ingest(
    path: Path, filename: str, out: Path, declared: Declared | None = None, progress: Progress | None = None
) -> Ingested:
    """Reads one file into `timeseries.parquet`, `cycles.parquet` and others in the folder `out`.

    Never raises for what a file contains: a file that cannot be read, or that a check finds wrong, comes back with
    an error in its report and without tables.

    Raises:
        MemoryError, OSError: memory, disk or a limit on them is used up.
    """
    wanted = declared or Declared()
    found = _ingest(path, filename, out, wanted, progress or _silent)
    return found.model_copy(update={"declared": wanted})


def _ingest(path: Path, filename: str, out: Path, wanted: Declared, tell: Progress) -> Ingested:
    reader: Reader | None = None
    try:
        head = detect.head(path, filename)
        with _reading():
            reader = detect.detect(head, columns=wanted.reading.columns)
        return _read(_Source(head, reader, wanted), out, tell)
    except SeveralCells as several:
        found = _unreadable(reader, [_problem("several-cells", several, filename)])
        return found.model_copy(update={"choices": Choices(by=several.by, names=several.choices)})
    except Unreadable as refusal:
        return _unreadable(reader, [_problem("unreadable", refusal, filename)])
    except _ReaderFailed as failed:
        return _unreadable(reader, [_broken(reader, failed.cause, filename)])


class _ReaderFailed(Exception):
    """A reader stopped in a way it does not name: parsers of third parties raise anything."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


@dataclass(frozen=True)
class _Source:
    head: Head
    reader: Reader
    declared: Declared


def _read(source: _Source, out: Path, tell: Progress) -> Ingested:
    with instructed.opened(source.reader, source.head, source.declared, _reading) as reading:
        return _made(source, reading, out, tell)


def _made(source: _Source, reading: Reading, out: Path, tell: Progress) -> Ingested:
    with ThreadPoolExecutor(1, thread_name_prefix="hash") as side:
        given_up = threading.Event()
        raw_hash = side.submit(_sha256, source.head.path, given_up)
        made = Tables(source.reader, reading, source.declared, out)
        try:
            for batch in _ahead(reading.batches):
                made.take(batch)
                del batch  # Two batches are enough in memory.
                tell("reading", _fraction(source.head, made.rows))
            tell("checking", 0.0)
            report = Report(problems=_placed(made.finish(), source), rows_in=reading.rows_in, rows_out=made.rows)
            tell("writing", 0.0)
            tables = made.close(raw_hash) if report.passed else ()
        finally:
            given_up.set()
            made.discard_unfinished()
    tell("writing", 1.0)
    return _ingested(source.reader, reading, report).model_copy(
        update={"tables": tables, "cycles": made.cycles if tables else 0}
    )


def _placed(problems: list[Problem], source: _Source) -> tuple[Problem, ...]:
    """Every finding with the name of its file, the uploaded one where the reader named none inside it."""
    return tuple(one if one.file else one.model_copy(update={"file": source.head.filename}) for one in problems)


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same batches, each made on a thread of its own while the one before is worked on."""
    with ThreadPoolExecutor(1, thread_name_prefix="parse") as side:
        waiting = side.submit(_next, batches)
        while (batch := waiting.result()) is not None:
            waiting = side.submit(_next, batches)
            yield batch
            del batch


def _next(batches: Iterator[pa.RecordBatch]) -> pa.RecordBatch | None:
    with _reading():
        return next(batches, None)


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except Unreadable as refusal:
        # Without memory a library takes a good file for a damaged one.
        if isinstance(refusal.__cause__, MemoryError):
            raise refusal.__cause__ from None
        raise
    except MemoryError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NOT_THE_FILES_FAULT:
            raise
        raise _ReaderFailed(error) from error


def _fraction(head: Head, rows: int) -> float:
    """How much of a text file is read, from the length of its first lines; 0 where the file is not text."""
    lines = head.start.count(b"\n")
    if not lines or b"\0" in head.start:
        return 0.0
    return min(0.99, rows * len(head.start) / lines / max(head.size, 1))


def _sha256(path: Path, given_up: threading.Event) -> str:
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while not given_up.is_set() and (piece := file.read(HASH_BYTES)):
            digest.update(piece)
    return digest.hexdigest()


def _ingested(reader: Reader | None, reading: Reading | None, report: Report) -> Ingested:
    return Ingested(
        reader=reader.name if reader else "",
        reader_version=reader.version if reader else "",
        schema_version=SCHEMA_VERSION,
        instrument=reading.instrument if reading else "",
        started_at=reading.started_at if reading else None,
        header=dict(reading.header) if reading else {},
        conversions=tuple(reading.conversions) if reading else (),
        produced=reading.produced if reading and report.passed else Produced(),
        report=report,
    )


def _unreadable(reader: Reader | None, problems: list[Problem]) -> Ingested:
    return _ingested(reader, None, Report(problems=tuple(problems)))


def _problem(rule: str, refusal: Unreadable, filename: str) -> Problem:
    first = refusal.errors[0] if refusal.errors else None
    return Problem(
        rule=rule,
        severity=Severity.ERROR,
        message=refusal.message,
        hint=first.hint if first else "",
        value=first.value if first else None,
        file=filename,
    )


def _broken(reader: Reader | None, error: Exception, filename: str) -> Problem:
    kind = reader.name if reader else "any known format"
    # Messages of third parties may hold paths, so that only the kind of error is told.
    return Problem(
        rule="reader-failed",
        severity=Severity.ERROR,
        message=f"The file could not be read as {kind}: reading stopped with {type(error).__name__}.",
        hint="Export the file again; if that does not help, report it together with the file.",
        file=filename,
    )


def _silent(_step: str, _fraction: float) -> None:
    pass
