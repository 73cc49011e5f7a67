"""The process that reads untrusted files: a warm server that forks one limited child for each test.

Started by `ingest.sandbox` with a socket as standard input. A request is a message of two file descriptors: a file in
memory that holds it as JSON, and a socket of its own; on that socket the child writes progress and result, one JSON
object a line, and the server adds how the child ended. A closed socket ends the child, a closed standard input ends
everything.
"""

import contextlib
import ctypes
import errno
import json
import os
import selectors
import signal
import socket
import traceback
import warnings
from pathlib import Path

import pandas  # noqa: F401  pyarrow imports it at the first conversion: once here instead of in every child
from pydantic import BaseModel

from ingest.limits import Limits, impose
from ingest.opened import RawFile
from ingest.pipeline import ingest_files
from schemas.ingested import Declared

BUG_CHARACTERS = 8000
_PR_SET_PDEATHSIG = 1


class Request(BaseModel, frozen=True):
    """Which files of one test to read, in order, where to write, and within which limits."""

    files: tuple[RawFile, ...]
    out: Path
    declared: Declared
    limits: Limits


def serve() -> None:
    """Takes requests from standard input until it is closed."""
    requests = socket.socket(fileno=os.dup(0))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = _Server(requests)
    while server.turn():
        pass
    server.end()


class _Server:
    """Children by their process id, each with the socket of whoever asked."""

    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests
        self._children: dict[int, socket.socket] = {}
        self._woken, self._wake = os.pipe()
        for end in (self._woken, self._wake):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake)
        self._selector = selectors.DefaultSelector()
        self._selector.register(requests, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)

    def turn(self) -> bool:
        """Handles what has happened; False once nobody can ask any more."""
        for key, _ in self._selector.select():
            if key.fileobj is self._requests:
                message, descriptors, _, _ = socket.recv_fds(self._requests, 1, 2)
                if not message:
                    return False
                request, answers = descriptors
                self._start(request, socket.socket(fileno=answers))
                os.close(request)
            elif key.fileobj == self._woken:
                os.read(self._woken, 4096)
                self._reap()
            elif key.data in self._children:
                # Whoever asks never writes: readable means that they are gone or have given up.
                self._selector.unregister(key.fileobj)
                os.kill(key.data, signal.SIGKILL)
        return True

    def end(self) -> None:
        """Kills all children."""
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)

    def _start(self, request: int, answers: socket.socket) -> None:
        server = os.getpid()
        with warnings.catch_warnings():
            # The only other thread is an allocator's, which is prepared for forks.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid:
            self._children[pid] = answers
            self._selector.register(answers, selectors.EVENT_READ, pid)
            return
        code = 1
        try:
            _die_with(server)
            _fall_silent()
            self._forget()
            with os.fdopen(request, "rb", closefd=False) as told:
                _work(Request.model_validate_json(told.read()), answers)
            code = 0
        except BaseException:
            with contextlib.suppress(OSError):
                answers.sendall(_line(bug=traceback.format_exc()[-BUG_CHARACTERS:]))
        finally:
            os._exit(code)

    def _forget(self) -> None:
        """In the child: closes what belongs to the server and to other children."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._selector.close()
        for other in (self._requests, *self._children.values()):
            other.close()
        for end in (0, self._woken, self._wake):
            os.close(end)

    def _reap(self) -> None:
        while self._children:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if not pid:
                return
            answers = self._children.pop(pid)
            with contextlib.suppress(KeyError):
                self._selector.unregister(answers)
            ended = {
                "code": os.waitstatus_to_exitcode(status),
                "cpu_s": usage.ru_utime + usage.ru_stime,
                "resident_bytes": usage.ru_maxrss * 1024,
            }
            with contextlib.suppress(OSError):
                answers.settimeout(1.0)
                answers.sendall(_line(ended=ended))
            answers.close()


def _work(request: Request, answers: socket.socket) -> None:
    def progress(step: str, fraction: float) -> None:
        answers.sendall(_line(progress=[step, fraction]))

    impose(request.limits)
    try:
        found = ingest_files(request.files, request.out, request.declared, progress)
    except MemoryError:
        answers.sendall(_line(limit="memory"))
    except OSError as error:
        if error.errno not in (errno.EFBIG, errno.ENOMEM):
            raise
        answers.sendall(_line(limit="output" if error.errno == errno.EFBIG else "memory"))
    else:
        answers.sendall(_line(result=found.model_dump(mode="json")))


def _line(**content: object) -> bytes:
    return json.dumps(content).encode() + b"\n"


def _fall_silent() -> None:
    """What libraries print about a file must not fill the log."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _die_with(server: int) -> None:
    """The kernel kills this process when the server is gone."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != server:
        os._exit(1)


if __name__ == "__main__":
    serve()
