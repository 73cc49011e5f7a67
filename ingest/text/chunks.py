"""A text file in chunks of whole lines, worked on by two threads and handed back in order with flat memory."""

import codecs
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

import numpy as np
import numpy.typing as npt

from schemas.errors import Unreadable

CHUNK_BYTES = 8 * 1024 * 1024
WORKERS = 2

Work = TypeVar("Work")
Done = TypeVar("Done")


@dataclass(frozen=True)
class Chunk:
    """UTF-8 bytes that end at the end of a record; `multiline` where a quoted field holds a line break."""

    text: bytes
    multiline: bool = False


def chunks(path: Path, encoding: str, skip_lines: int, size: int = CHUNK_BYTES) -> Iterator[Chunk]:
    """The file from its line `skip_lines` (0-based) to its end.

    Raises:
        Unreadable: a line or quoted field is longer than `size`, or bytes are not of this encoding.
    """
    rest = b""
    for block in _blocks(path, encoding, size):
        text = rest + block if rest else block
        if skip_lines:
            start, skip_lines = _after_lines(text, skip_lines)
            text = text[start:]
        end, multiline = _record_end(text)
        if end == 0 and len(text) >= size:
            raise Unreadable(
                f"A line or quoted field is longer than {size // 1024 // 1024} MB, so the file is no table of a test: "
                "check it for a quote that is never closed or for missing line ends."
            )
        rest = text[end:]
        if end:
            yield Chunk(text[:end] if rest else text, multiline)
    if rest:
        yield Chunk(rest, multiline=rest.count(b'"') > 0 and b"\n" in rest)


def in_order(work: Iterable[Work], do: Callable[[Work], Done]) -> Iterator[Done]:
    """What `do` makes of each, in order; at most one more than the workers are under way at a time."""
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="read") as pool:
        under_way: deque[Future[Done]] = deque()
        try:
            for one in work:
                under_way.append(pool.submit(do, one))
                del one
                if len(under_way) > WORKERS:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for waiting in under_way:
                waiting.cancel()


def line_breaks(text: bytes) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Where line breaks stand, and which of them stand inside a quoted field."""
    raw = np.frombuffer(text, np.uint8)
    breaks = np.flatnonzero(raw == ord("\n"))
    before = np.searchsorted(np.flatnonzero(raw == ord('"')), breaks)
    return breaks, before % 2 == 1


def _record_end(text: bytes) -> tuple[int, bool]:
    """Where the last complete record ends, and whether a quoted field before it holds a line break."""
    if b'"' not in text:
        return text.rfind(b"\n") + 1, False
    breaks, open_quote = line_breaks(text)
    outside = breaks[~open_quote]
    end = int(outside[-1]) + 1 if len(outside) else 0
    return end, len(outside) != int(np.searchsorted(breaks, end))


def _after_lines(text: bytes, lines: int) -> tuple[int, int]:
    """Where the text goes on after so many lines, and how many of them are still to come."""
    start = 0
    while lines and (end := text.find(b"\n", start)) >= 0:
        start, lines = end + 1, lines - 1
    return (start, 0) if not lines else (len(text), lines)


def _blocks(path: Path, encoding: str, size: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        if encoding == "utf-8":
            yield from _line_blocks(file, size)
            return
        decoder = codecs.getincrementaldecoder(encoding)()
        offset = 0
        while block := file.read(size // 2):
            try:
                yield decoder.decode(block).encode()
            except UnicodeDecodeError as error:
                raise Unreadable(
                    f"Byte {offset + error.start} is no {encoding} text although the file begins as such: "
                    "the file is damaged or was joined from two; export it again."
                ) from error
            offset += len(block)


def _line_blocks(file: BinaryIO, size: int) -> Iterator[bytes]:
    """Blocks that end at a line's end: its place is sought first, so that nothing has to be joined or cut."""
    start = 0
    while True:
        file.seek(start + size)
        file.readline(size)
        end = file.tell()
        file.seek(start)
        block = file.read(end - start)
        if not block:
            return
        yield block
        start += len(block)
