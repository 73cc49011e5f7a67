"""A file that is read in ranges from an object store: few requests, few bytes, never the whole object."""

import io
from collections.abc import Iterable
from itertools import pairwise

from storage.objects import ObjectStore

_WHOLE = 128 << 10
"""A file no longer than this is read at once."""
_TAIL = (64 << 10, 1 << 20)
"""Of a longer one a four-hundredth is read first, for its footer: at least what Arrow asks for, and at most so much."""
_GAP = 64 << 10
"""Bytes between two ranges that are read along rather than asked for separately."""

Range = tuple[int, int]
"""First byte and the byte behind the last."""


class RangeFile(io.RawIOBase):
    """A readable, seekable object of `size` bytes; what `fetch` brought is read from memory."""

    def __init__(self, store: ObjectStore, key: str, size: int) -> None:
        self._store = store
        self._key = key
        self._size = size
        self._position = 0
        least, most = _TAIL
        tail = 0 if size <= _WHOLE else size - min(max(size // 400, least), most)
        self._tail = (tail, store.get(key, tail, size - tail))
        self._pieces: list[tuple[int, bytes]] = []

    @property
    def held(self) -> bytes | None:
        """All of it, where it is no longer than what is read first."""
        at, content = self._tail
        return content if at == 0 else None

    def fetch(self, ranges: Iterable[Range], requests: int) -> None:
        """Bring ranges into memory by at most so many requests, instead of those brought before."""
        wanted = merged((one for one in ranges if one[0] < self._tail[0]), requests)
        self._pieces = [(first, self._store.get(self._key, first, end - first)) for first, end in wanted]

    def read(self, size: int = -1, /) -> bytes:
        return bytes(self.read_buffer(size))

    def read_buffer(self, size: int = -1, /) -> memoryview:
        """As `read`, without a copy of what is in memory; pyarrow takes this where a file has it."""
        end = self._size if size < 0 else min(self._size, self._position + size)
        first, self._position = self._position, max(end, self._position)
        if end <= first:
            return memoryview(b"")
        for at, piece in (*self._pieces, self._tail):
            if at <= first and end <= at + len(piece):
                return memoryview(piece)[first - at : end - at]
        return memoryview(self._store.get(self._key, first, end - first))

    def readinto(self, buffer: object, /) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # any writable buffer
        content = self.read(len(view))
        view[: len(content)] = content
        return len(content)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = origin + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


def merged(ranges: Iterable[Range], most: int) -> list[Range]:
    """Ranges joined over small gaps, and over the smallest ones until at most `most` are left; ordered."""
    found = sorted(ranges)
    gaps = sorted(after[0] - before[1] for before, after in pairwise(found))
    bridged = max(_GAP, gaps[-most] if len(found) > most else 0)
    joined: list[Range] = []
    for first, end in found:
        if joined and first - joined[-1][1] <= bridged:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((first, end))
    return joined
