"""Reads an untrusted file in a child process with limits on memory, time and output."""

import atexit
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.limits import MIB, Limits
from ingest.opened import RawFile
from ingest.tables import SCHEMA_VERSION
from ingest.unpack import UNPACKED
from schemas.ingested import Declared, Ingested
from schemas.report import Problem, Report, Severity

__all__ = ["Limits", "RawFile", "Usage", "close", "run", "run_files", "warm"]

Progress = Callable[[str, float], None]
_LOG = logging.getLogger(__name__)
ANSWER_BYTES = 64 * MIB
"""A child that says more than this is not reporting."""
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR")
SPARING = {
    "ARROW_DEFAULT_MEMORY_POOL": "mimalloc",
    # In KiB. By itself it would reserve 1 GiB at once, and nothing be left for threads where the limit is little above.
    "MIMALLOC_ARENA_RESERVE": "65536",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": str(32 * MIB),
    "MALLOC_TRIM_THRESHOLD_": str(64 * MIB),
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "2",
}
"""Arenas and threads reserve address space, which the memory limit counts; memory kept is not cleared anew.

Arrow's buffers have an allocator of their own: among them the little that is kept of each row group would leave holes.
"""


@dataclass
class Usage:
    """What a child has used, filled in once it has ended."""

    cpu_s: float = 0.0
    resident_bytes: int = 0


def run(
    path: Path,
    filename: str,
    out: Path,
    declared: Declared | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    usage: Usage | None = None,
) -> Ingested:
    """As `ingest.pipeline.ingest`, in a child of its own; may be called from several threads at once.

    A child that was ended, by a limit or otherwise, leaves an error in the report that says by which, and no tables.
    """
    return run_files([RawFile(path, filename)], out, declared, limits, progress, usage)


def run_files(
    files: Sequence[RawFile],
    out: Path,
    declared: Declared | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
    usage: Usage | None = None,
) -> Ingested:
    """As `run`, for one or several files of one test in their order."""
    bounds = limits or Limits.for_size(sum(file.path.stat().st_size for file in files))
    request = {
        "files": [{"path": str(file.path.absolute()), "filename": file.filename} for file in files],
        "out": str(out.absolute()),
        "declared": (declared or Declared()).model_dump(mode="json"),
        "limits": vars(bounds),
    }
    end = _End()
    with closing(_SERVER.ask(json.dumps(request).encode())) as answers:
        try:
            for line in _lines(answers, time.monotonic() + bounds.wall_s):
                if "progress" in line and progress is not None:
                    progress(*line["progress"])
                end.note(line)
        except TimeoutError:
            end.limit = "wall"
    if usage is not None:
        usage.cpu_s, usage.resident_bytes = end.cpu_s, end.resident_bytes
    if end.result is not None and end.code == 0:
        return Ingested.model_validate(end.result)
    for unfinished in out.glob("*.parquet"):
        unfinished.unlink()
    for unpacked in out.glob(f"{UNPACKED}*"):
        shutil.rmtree(unpacked, ignore_errors=True)
    return Ingested(
        reader="",
        reader_version="",
        schema_version=SCHEMA_VERSION,
        report=Report(problems=(end.problem(bounds, files[0].filename if len(files) == 1 else ""),)),
    )


def warm() -> None:
    """Starts the server now, so that the first file does not wait for it."""
    _SERVER.start()


def close() -> None:
    """Ends the server and every child; the next `run` starts another."""
    _SERVER.stop()


@dataclass
class _End:
    """How a child ended, as far as its lines have told."""

    result: dict[str, Any] | None = None
    limit: str = ""
    code: int | None = None
    cpu_s: float = 0.0
    resident_bytes: int = 0

    def note(self, line: dict[str, Any]) -> None:
        self.result = line.get("result", self.result)
        self.limit = line.get("limit", self.limit)
        if "bug" in line:
            _LOG.error("the process that reads files failed: %s", line["bug"])
        if "ended" in line:
            ended = line["ended"]
            self.code, self.cpu_s, self.resident_bytes = ended["code"], ended["cpu_s"], ended["resident_bytes"]

    def problem(self, limits: Limits, filename: str) -> Problem:
        limit = self.limit or _LIMIT_OF.get(abs(self.code or 0), "")
        known = {
            "memory": f"Reading the file needs more than the {limits.memory_bytes // MIB} MB of memory it may use.",
            "output": f"The tables of the file would be larger than the {limits.output_bytes // MIB} MB they may be.",
            "cpu": f"Reading the file took more than the {limits.cpu_s:.0f} s of computing time it may take.",
            "wall": f"Reading the file took longer than the {limits.wall_s:.0f} s it may take.",
        }
        if limit in known:
            hint = "Split the test into several files, or export it as csv in the Battery Data Format."
            return Problem(
                rule=f"limit-{limit}", severity=Severity.ERROR, message=known[limit], hint=hint, file=filename
            )
        return Problem(
            rule="reading-ended",
            severity=Severity.ERROR,
            message=f"Reading the file ended before it was done ({_how(self.code)}).",
            hint="Try again; if it happens again, report it together with the file.",
            file=filename,
        )


_LIMIT_OF: dict[int, str] = {signal.SIGXCPU: "cpu", signal.SIGXFSZ: "output", signal.SIGABRT: "memory"}
"""A library that gets no memory aborts."""


def _how(code: int | None) -> str:
    if code is None:
        return "the process that reads files was stopped"
    return f"stopped by {signal.Signals(-code).name}" if code < 0 else "an error inside the platform"


class _Server:
    """The warm process that forks children, started once and again whenever it is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._requests: socket.socket | None = None
        self._owner = 0

    def ask(self, request: bytes) -> socket.socket:
        """Sends a request; the socket on which its answers come."""
        with self._lock:
            mine, theirs = socket.socketpair()
            # In a file, as a message has a limit that many files of one test could reach.
            with theirs, os.fdopen(os.memfd_create("request"), "w+b") as told:
                told.write(request)
                told.seek(0)
                handed = [told.fileno(), theirs.fileno()]
                try:
                    socket.send_fds(self._running(), [b"r"], handed)
                except (BrokenPipeError, ConnectionResetError):
                    self._stop()
                    socket.send_fds(self._running(), [b"r"], handed)
            return mine

    def start(self) -> None:
        with self._lock:
            self._running()

    def stop(self) -> None:
        with self._lock:
            self._stop()

    def _running(self) -> socket.socket:
        if self._requests is None or self._owner != os.getpid():
            self._start()
        assert self._requests is not None
        return self._requests

    def _start(self) -> None:
        # A message keeps its borders, so that two requests never run into each other.
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Nothing of the environment but what is named here: it may hold passwords.
        environment = {name: os.environ[name] for name in KEPT if name in os.environ} | SPARING
        environment["PYTHONPATH"] = os.pathsep.join(one or str(Path.cwd()) for one in sys.path)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ingest.child"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        self._requests, self._owner = mine, os.getpid()

    def _stop(self) -> None:
        if self._requests is not None:
            self._requests.close()
            self._requests = None
        if self._process is not None and self._owner == os.getpid():
            self._process.wait()
        self._process = None


_SERVER = _Server()
atexit.register(close)


def _lines(answers: socket.socket, deadline: float) -> Iterator[dict[str, Any]]:
    """Each line as it comes, until the child has ended; TimeoutError past the deadline."""
    rest = b""
    told = 0
    while True:
        answers.settimeout(max(deadline - time.monotonic(), 0.001))
        piece = answers.recv(MIB)
        told += len(piece)
        if not piece or told > ANSWER_BYTES:
            return
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield json.loads(line)
