"""One raw file opened: unpacked where it was packed, its reader found, and what went wrong told with its name."""

import contextlib
import errno
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from ingest import detect
from ingest.declared import instructed
from ingest.reader import Head, Reader, Reading
from ingest.unpack import File, unpacked
from schemas.errors import SeveralCells, Unreadable
from schemas.ingested import Choices, Declared, Source
from schemas.report import Problem, Severity

Reads = AbstractContextManager[Reading]
HASH_BYTES = 1024 * 1024
NOT_THE_FILES_FAULT = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENOMEM, errno.EMFILE})


@dataclass(frozen=True)
class RawFile:
    """A file of a test where its bytes are, under the name it was uploaded with."""

    path: Path
    filename: str


@dataclass(frozen=True)
class Opened:
    """A raw file with the reader that recognised it, and what is declared for it."""

    raw: RawFile
    file: File
    head: Head
    reader: Reader
    declared: Declared

    def reading(self, guarded: Callable[[], AbstractContextManager[None]] = nullcontext) -> Reads:
        """Reads it from its beginning, as declared; `guarded` surrounds opening it."""
        return instructed.opened(self.reader, self.head, self.declared, guarded)

    def source(self, given_up: threading.Event) -> Source:
        """The record of what was read; hashing ends early once it is given up."""
        return Source(
            file=self.raw.filename,
            sha256=_sha256(self.raw.path, given_up),
            reader=self.reader.name,
            reader_version=self.reader.version,
            member="/".join((*self.file.within[1:], self.file.filename)) if self.file.within else "",
        )


class Refused(Exception):
    """A file that cannot be read: the finding that says why, by which reader, and what could be picked instead."""

    def __init__(self, problem: Problem, reader: Reader | None = None, choices: Choices | None = None) -> None:
        super().__init__(problem.message)
        self.problem, self.reader, self.choices = problem, reader, choices


@contextlib.contextmanager
def opened(raw: RawFile, declared: Declared, room: Path) -> Iterator[Opened]:
    """The file, unpacked below `room` where it is an archive.

    Raises:
        Refused: it cannot be unpacked, or no reader recognises it.
    """
    wanted = declared.model_copy(update={"reading": declared.reading.of(raw.filename)})
    with contextlib.ExitStack() as stack:
        with naming(raw.filename), reading():
            file = stack.enter_context(unpacked(raw.path, raw.filename, wanted.reading.member, room))
        with naming(file.shown), reading():
            head = detect.head(file.path, file.filename)
            reader = detect.detect(head, columns=wanted.reading.columns)
        yield Opened(raw, file, head, reader, wanted)


@contextlib.contextmanager
def naming(filename: str, reader: Reader | None = None) -> Iterator[None]:
    """What `reading` lets through of a file's faults becomes `Refused` with the file's name."""
    try:
        yield
    except SeveralCells as several:
        picked = Choices(by=several.by, names=several.choices)
        raise Refused(_problem("several-cells", several, filename), reader, picked) from several
    except Unreadable as refusal:
        raise Refused(_problem("unreadable", refusal, filename), reader) from refusal
    except ReaderFailed as failed:
        raise Refused(_broken(reader, failed.cause, filename), reader) from failed.cause


class ReaderFailed(Exception):
    """A reader stopped in a way it does not name: parsers of third parties raise anything."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Around code of readers: only `Unreadable`, `ReaderFailed` and what is not the file's fault come through."""
    try:
        yield
    except Unreadable as refusal:
        # Without memory a library takes a good file for a damaged one.
        if isinstance(refusal.__cause__, MemoryError):
            raise refusal.__cause__ from None
        raise
    except (MemoryError, ReaderFailed):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in NOT_THE_FILES_FAULT:
            raise
        raise ReaderFailed(error) from error


def _sha256(path: Path, given_up: threading.Event) -> str:
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while not given_up.is_set() and (piece := file.read(HASH_BYTES)):
            digest.update(piece)
    return digest.hexdigest()


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
