"""Files of one test in, tables and a report out: the steps of an ingest, in their order."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa

from ingest.opened import Opened, RawFile, ReaderFailed, Refused, naming, opened, reading
from ingest.parts.join import Joined, JointReader, Part, joined
from ingest.reader import Companion, Head, Reader, Reading
from ingest.tables import SCHEMA_VERSION, Tables
from schemas.errors import Unreadable
from schemas.ingested import Choices, Declared, Ingested, Source
from schemas.production import Produced
from schemas.report import Problem, Report

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
    return ingest_files([RawFile(path, filename)], out, declared, progress)


def ingest_files(
    files: Sequence[RawFile], out: Path, declared: Declared | None = None, progress: Progress | None = None
) -> Ingested:
    """As `ingest`, for one or several files of one test in their order; several become one table with a `part`."""
    wanted = declared or Declared()
    return _ingest(files, out, wanted, progress or _silent).model_copy(update={"declared": wanted})


def _ingest(files: Sequence[RawFile], out: Path, declared: Declared, tell: Progress) -> Ingested:
    with contextlib.ExitStack() as stack:
        good: list[Opened] = []
        refused: list[Refused] = []
        for file in files:
            try:
                good.append(stack.enter_context(opened(file, declared, out)))
            except Refused as refusal:
                refused.append(refusal)
        try:
            return _unreadable(refused) if refused else _read(_test_of(good), declared, out, tell)
        except Refused as refusal:
            return _unreadable([refusal])


def _test_of(files: Sequence[Opened]) -> "_Test":
    """The files that are read, and those beside them that only say something of their cycles."""
    beside = [file for file in files if isinstance(file.reader, Companion)]
    read = [file for file in files if file not in beside]
    return _Test(read, beside) if read else _Test(files)


class _Test:
    """The opened files of a test, read as one."""

    def __init__(self, files: Sequence[Opened], beside: Sequence[Opened] = ()) -> None:
        self.files, self._beside = files, beside
        self.reader: Reader = files[0].reader if len(files) == 1 else JointReader([file.reader for file in files])
        self._whole: Joined | None = None

    def open(self) -> contextlib.AbstractContextManager[Reading]:
        """Opens the first file, or all of them."""
        if len(self.files) == 1:
            return self.files[0].reading(reading)
        self._whole = joined([Part(file.raw.filename, file.reading) for file in self.files])
        return contextlib.nullcontext(self._whole)

    @property
    def at(self) -> Opened:
        """The file that is being read."""
        return self.files[0 if self._whole is None else self._whole.part]

    @contextlib.contextmanager
    def naming(self) -> Iterator[None]:
        """What stops reading is told of the file that was being read."""
        try:
            yield
        except (Unreadable, ReaderFailed) as fault:
            with naming(self.at.file.shown, self.at.reader):
                raise fault

    def fraction(self, rows: int) -> float:
        """How much is read, by the files' sizes."""
        at, whole = self.at, self._whole
        if whole is None:
            return _fraction(at.head, rows)
        sizes = [file.head.size for file in self.files]
        before = sum(sizes[: whole.part])
        inside = _fraction(at.head, rows - whole.starts[-1]) if whole.starts else 0.0
        return min(0.99, (before + inside * at.head.size) / max(sum(sizes), 1))

    def placed(self, problems: Sequence[Problem]) -> tuple[Problem, ...]:
        """Every finding with the name of its file; of several files, what has no row is of the whole test."""
        if self._whole is not None:
            return tuple(problems)
        shown = {"file": self.at.file.shown}
        return tuple(one if one.file else one.model_copy(update=shown) for one in problems)

    def compared(self, cycles: pa.Table | None) -> Iterator[Problem]:
        """What the files beside them say against the cycle table."""
        for file in self._beside if cycles is not None else ():
            assert isinstance(file.reader, Companion)
            with naming(file.file.shown, file.reader), reading():
                found = file.reader.compare(file.head.path, cycles)
            yield from (problem.model_copy(update={"file": file.file.shown}) for problem in found)

    def sources(self, given_up: threading.Event) -> tuple[Source, ...]:
        """What was read, with hashes."""
        return tuple(file.source(given_up) for file in (*self.files, *self._beside))


def _read(test: _Test, declared: Declared, out: Path, tell: Progress) -> Ingested:
    with test.naming(), test.open() as made_of:
        return _made(test, made_of, declared, out, tell)


def _made(test: _Test, made_of: Reading, declared: Declared, out: Path, tell: Progress) -> Ingested:
    given_up = threading.Event()
    with ThreadPoolExecutor(1, thread_name_prefix="hash") as side:
        sources = side.submit(test.sources, given_up)
        made = Tables(test.reader, made_of, test.files[0].declared if len(test.files) == 1 else declared, out)
        done = 0.0
        try:
            for batch in _ahead(made_of.batches):
                made.take(batch)
                del batch  # Two batches are enough in memory.
                done = max(done, test.fraction(made.rows))
                tell("reading", done)
            tell("checking", 0.0)
            found = [*made.finish(), *test.compared(made.cycle_table)]
            report = Report(problems=test.placed(found), rows_in=made_of.rows_in, rows_out=made.rows)
            tell("writing", 0.0)
            tables = made.close(sources) if report.passed else ()
            read = sources.result()
        finally:
            given_up.set()
            made.discard_unfinished()
    tell("writing", 1.0)
    facts = {"tables": tables, "cycles": made.cycles if tables else 0, "sources": read}
    return _ingested(test.reader, made_of, report).model_copy(update=facts)


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same batches, each made on a thread of its own while the one before is worked on."""

    def following() -> pa.RecordBatch | None:
        with reading():
            return next(batches, None)

    with ThreadPoolExecutor(1, thread_name_prefix="parse") as side:
        waiting = side.submit(following)
        while (batch := waiting.result()) is not None:
            waiting = side.submit(following)
            yield batch
            del batch


def _fraction(head: Head, rows: int) -> float:
    """How much of a text file is read, from the length of its first lines; 0 where the file is not text."""
    lines = head.start.count(b"\n")
    if not lines or b"\0" in head.start:
        return 0.0
    return min(0.99, rows * len(head.start) / lines / max(head.size, 1))


def _ingested(reader: Reader | None, made_of: Reading | None, report: Report) -> Ingested:
    return Ingested(
        reader=reader.name if reader else "",
        reader_version=reader.version if reader else "",
        schema_version=SCHEMA_VERSION,
        instrument=made_of.instrument if made_of else "",
        started_at=made_of.started_at if made_of else None,
        header=dict(made_of.header) if made_of else {},
        conversions=tuple(made_of.conversions) if made_of else (),
        produced=made_of.produced if made_of and report.passed else Produced(),
        report=report,
    )


def _unreadable(refused: Sequence[Refused]) -> Ingested:
    report = Report(problems=tuple(refusal.problem for refusal in refused))
    choices: Choices | None = refused[0].choices if len(refused) == 1 else None
    return _ingested(refused[0].reader, None, report).model_copy(update={"choices": choices})


def _silent(_step: str, _fraction: float) -> None:
    pass
