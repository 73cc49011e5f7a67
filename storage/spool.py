"""A worker's scratch folder, locked for as long as its process lives, with a bound on what it keeps."""

import contextlib
import fcntl
import os
import secrets
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from schemas.errors import TooLarge, Unavailable

_PREFIX = "plx-spool-"
_LOCK = "lock"
_SPARE_BYTES = 64 * 1024**2
"""Left free for others on the same disk."""


class Spool:
    """Scratch room of one worker under `folder` (None: the system's), at most `limit` bytes at a time.

    The kernel lets go of the lock when the process ends, however it ends; so others on this machine see that it did.
    """

    def __init__(self, folder: Path | None, worker: str, limit: int) -> None:
        parent = place(folder)
        parent.mkdir(parents=True, exist_ok=True)
        self._limit, self._taken, self._turn = limit, 0, threading.Lock()
        # Locked first and named after: under its name nobody ever sees it unlocked.
        fresh = Path(tempfile.mkdtemp(prefix=".plx-new-", dir=parent))
        self._lock = os.open(fresh / _LOCK, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.folder = fresh.rename(parent / f"{_PREFIX}{worker}")

    @contextlib.contextmanager
    def room(self, needed: int) -> Iterator[Path]:
        """An empty folder with room for so many bytes, removed on leaving.

        `Unavailable` while the disk or others of this worker have taken it, `TooLarge` where it can never be had.
        """
        if needed > self._limit:
            raise TooLarge(
                f"Reading this file needs {_mib(needed)} of scratch room, a worker may use {_mib(self._limit)}. "
                "Ask your operator to raise EXCHANGE_SPOOL_BYTES."
            )
        self._take(needed)
        folder = self.folder / secrets.token_hex(8)
        try:
            folder.mkdir()
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            with self._turn:
                self._taken -= needed

    def close(self) -> None:
        """Remove the folder and let go of the lock."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)

    def _take(self, needed: int) -> None:
        with self._turn:
            free = shutil.disk_usage(self.folder).free - self._taken
            if self._taken + needed > self._limit:
                raise Unavailable(
                    f"The worker's scratch folder is taken up by other files ({_mib(self._taken)} of "
                    f"{_mib(self._limit)}); this one needs {_mib(needed)} and waits."
                )
            if free < needed + _SPARE_BYTES:
                raise Unavailable(
                    f"The worker's disk has {_mib(max(free, 0))} left; this file needs {_mib(needed)} and waits."
                )
            self._taken += needed


def ended(folder: Path | None) -> set[str]:
    """Workers of this machine that ended without removing their scratch folder."""
    return {worker for worker, spool in _spools(folder) if _let_go(spool)}


def clear(folder: Path | None) -> int:
    """Remove the scratch folders of workers of this machine that ended; returns how many."""
    left = [spool for _, spool in _spools(folder) if _let_go(spool)]
    for spool in left:
        shutil.rmtree(spool, ignore_errors=True)
    return len(left)


def place(folder: Path | None) -> Path:
    """The folder in which scratch folders stand."""
    return folder or Path(tempfile.gettempdir())


def _spools(folder: Path | None) -> list[tuple[str, Path]]:
    return [(one.name.removeprefix(_PREFIX), one) for one in place(folder).glob(f"{_PREFIX}*")]


def _let_go(spool: Path) -> bool:
    try:
        opened = os.open(spool / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False  # Another's, or being removed: its lock tells nothing.
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(opened)


def _mib(count: int) -> str:
    return f"{count / 1024**2:.0f} MiB"
