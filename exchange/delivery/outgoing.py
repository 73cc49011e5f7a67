"""Outgoing: a file that is sent away while it is written; nothing of it can be read again or gone back to."""

import io
from collections.abc import Iterator


class Outgoing(io.RawIOBase):
    """Takes what a writer of files writes, and gives it on in pieces."""

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._position = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def write(self, data: object) -> int:
        content = bytes(data)  # type: ignore[call-overload]  # any buffer
        self._waiting.append(content)
        self._position += len(content)
        return len(content)

    def taken(self) -> bytes:
        """What was written since the last call."""
        content = b"".join(self._waiting)
        self._waiting.clear()
        return content

    def pieces(self) -> Iterator[bytes]:
        """The same as a piece, or none where nothing was written."""
        content = self.taken()
        if content:
            yield content
