"""One writer of an upload: what has arrived and is not kept yet, and how it is kept."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

from exchange.receive.checksum import Checksum, Running
from exchange.services import Services
from schemas.errors import Conflict, NotFound, TooLarge
from schemas.upload import Upload, UploadState
from storage import uploads
from storage.objects import Part, raw_key, tail_key
from storage.uploads import Reserved, Step, Transit

MIB = 1024**2
PART_BYTES = 8 * MIB
_PARTS = 9_000
"""An object store takes 10 000 parts of one object; writers that were overtaken use up some."""


AHEAD = 2
"""Parts that are written while the next one arrives: the store's answer takes longer than the bytes."""


class Incoming:
    """Holds few parts in memory. Objects are written first; then, in order, a compare-and-set moves the offset."""

    def __init__(self, services: Services, transit: Transit, tail: bytes, running: Running | None) -> None:
        self._services = services
        self._upload = transit.upload
        self._transit = transit
        self._running = running
        self._part_bytes = max(PART_BYTES, -(-transit.upload.length // _PARTS))
        self._buffer = bytearray(tail)
        self._parts: list[Part] = []
        self._writers = ThreadPoolExecutor(max_workers=AHEAD, thread_name_prefix="part")
        self._under_way: deque[tuple[Reserved, int, Future[str]]] = deque()
        self._multipart = transit.multipart
        self._tail = transit.tail
        self._kept = transit.upload.offset
        self._arrived = transit.upload.offset
        self._written = transit.upload.offset - len(tail)

    @staticmethod
    def of(services: Services, transit: Transit, checksum: Checksum | None) -> "Incoming":
        """Continue the upload where it stands; `Conflict` when another writer moves it on at this moment."""
        tail = b""
        if transit.tail is not None:
            try:
                tail = services.objects.get(transit.tail)
            except NotFound as gone:
                raise Conflict("Another connection continues this upload. Ask for its offset with HEAD.") from gone
        return Incoming(services, transit, tail, checksum.start() if checksum else None)

    def take(self, piece: bytes) -> bool:
        """Add bytes in memory; True when there are enough for a part. `TooLarge` past the announced length."""
        self._arrived += len(piece)
        if self._arrived > self._upload.length:
            raise TooLarge(f"More bytes than the announced Upload-Length of {self._upload.length} were sent.")
        if self._running is not None:
            self._running.add(piece)
        self._buffer += piece
        return len(self._buffer) >= self._part_bytes

    def spill(self) -> None:
        """Begin to write what is in memory as a part; move the offset, unless a checksum is still to be checked."""
        self._write_part()
        if len(self._under_way) > AHEAD:
            self._await_part()
            if self._running is None:
                self._advance(None, self._written)

    def keep(self) -> Upload:
        """Keep all that arrived; `ChecksumMismatch` and nothing kept when it is not what was announced."""
        if self._running is not None:
            self._running.check()
        complete = self._arrived == self._upload.length
        if self._kept == self._arrived and not (complete and self._upload.state is UploadState.UPLOADING):
            return self._upload
        if self._buffer and complete and self._multipart is not None:
            self._write_part()
        while self._under_way:
            self._await_part()
        tail = None
        if self._buffer:
            tail = tail_key(self._upload.id, self._services.new_id())
            self._services.objects.put(tail, bytes(self._buffer))
        return self._advance(tail, self._arrived)

    def close(self) -> None:
        """Let go; a part still under way after a failure is never named by a row."""
        self._writers.shutdown(wait=False, cancel_futures=True)

    def _write_part(self) -> None:
        key = raw_key(self._transit.file)
        reserved = self._reserve(key)
        data, self._buffer = bytes(self._buffer), bytearray()
        written = self._writers.submit(self._services.objects.part, key, reserved.multipart, reserved.number, data)
        self._under_way.append((reserved, len(data), written))

    def _await_part(self) -> None:
        """Wait for the oldest part under way."""
        reserved, size, written = self._under_way.popleft()
        try:
            etag = written.result()
        except NotFound as ended:
            raise Conflict("This upload was ended meanwhile.") from ended
        self._parts.append(Part(reserved.number, etag, size))
        self._written += size

    def _reserve(self, key: str) -> Reserved:
        multipart = self._multipart or self._services.objects.begin(key)
        with self._services.sessions.begin() as session:
            reserved = uploads.reserve(session, self._upload.id, self._kept, multipart)
        if reserved.multipart != multipart:
            self._services.objects.abort(key, multipart)
        self._multipart = reserved.multipart
        return reserved

    def _advance(self, tail: str | None, offset: int) -> Upload:
        now = self._services.now()
        complete = offset == self._upload.length
        # Once complete it does not expire; from now on anybody may take its verification.
        lasts = timedelta() if complete else timedelta(hours=self._services.settings.upload_expiry_h)
        state = UploadState.VERIFYING if complete else UploadState.UPLOADING
        step = Step(offset, tuple(self._parts), tail, len(self._buffer) if tail else 0, state, now + lasts)
        with self._services.sessions.begin() as session:
            uploads.advance(session, self._upload.id, self._kept, step)
            transit = uploads.find(session, self._upload.id)
        assert transit is not None
        if self._tail is not None and self._tail != tail:
            self._services.objects.delete(self._tail)
        self._tail, self._kept, self._parts, self._upload = tail, offset, [], transit.upload
        return self._upload
