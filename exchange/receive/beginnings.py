"""While a file is read back: its hash, the hashes of its beginnings, and which shorter file it begins as."""

import hashlib
from collections.abc import Callable

from schemas.dataset import Continued
from storage.growth import Shorter
from storage.intake import Marks

HEAD_BYTES = 65_536
CUT_LINE_BYTES = 65_536
"""A last line that was cut off when the shorter file was exported is no longer than this."""
LookUp = Callable[[str], list[Shorter]]


class Beginnings:
    """Takes the bytes of a file once, in order; `look_up` is asked once, with the hash of the first 64 KiB."""

    def __init__(self, look_up: LookUp) -> None:
        self._look_up = look_up
        self._digest, self._lines = hashlib.sha256(), hashlib.sha256()
        self._head: bytearray | None = bytearray()
        self._head_sha256 = ""
        self._text = True
        self._shorter: list[Shorter] = []
        self._cuts: list[int] = []
        self._at: dict[int, str] = {}
        self._lines_bytes = 0
        self.count = 0

    def add(self, piece: bytes) -> None:
        """The next bytes."""
        if self._head is None:
            self._advance(piece)
            return
        self._head += piece
        if len(self._head) >= HEAD_BYTES:
            self._begin()

    def finish(self) -> str:
        """The SHA-256 of the whole."""
        if self._head is not None:
            self._begin()
        return self._digest.hexdigest()

    @property
    def marks(self) -> Marks:
        """By what longer files will be recognised; whole lines are kept of texts alone."""
        if not self._text or not self._lines_bytes:
            return Marks(self._head_sha256)
        return Marks(self._head_sha256, self._lines_bytes, self._lines.hexdigest())

    @property
    def continued(self) -> Continued | None:
        """The first of the shorter files whose bytes, or whole lines, stand at the beginning; else None."""
        for one in self._shorter:
            if self._at.get(one.bytes) == one.sha256:
                return Continued(dataset=one.dataset, version=one.version, bytes=one.bytes)
            cut = one.bytes - one.lines_bytes <= CUT_LINE_BYTES
            if one.lines_bytes and cut and self._at.get(one.lines_bytes) == one.lines_sha256:
                return Continued(dataset=one.dataset, version=one.version, bytes=one.lines_bytes)
        return None

    def _begin(self) -> None:
        head, self._head = bytes(self._head or b""), None
        self._head_sha256 = hashlib.sha256(head[:HEAD_BYTES]).hexdigest()
        self._text = b"\0" not in head
        self._shorter = self._look_up(self._head_sha256)
        lengths = {length for one in self._shorter for length in (one.bytes, one.lines_bytes) if length}
        self._cuts = sorted(lengths, reverse=True)
        self._advance(head)

    def _advance(self, piece: bytes) -> None:
        while self._cuts and self._cuts[-1] <= self.count + len(piece):
            length = self._cuts.pop()
            here = length - self.count
            self._take(piece[:here])
            piece = piece[here:]
            self._at[length] = self._digest.hexdigest()
        self._take(piece)

    def _take(self, piece: bytes) -> None:
        self.count += len(piece)
        end = piece.rfind(b"\n") + 1
        if end and self._text:
            self._digest.update(piece[:end])
            self._lines, self._lines_bytes = self._digest.copy(), self.count - len(piece) + end
            piece = piece[end:]
        self._digest.update(piece)
