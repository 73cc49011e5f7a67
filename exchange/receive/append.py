"""Take bytes of an upload as they come: parts of the object as soon as one is full, the rest as a small tail."""

from collections.abc import AsyncIterator
from contextlib import suppress

import anyio
from anyio import CancelScope, to_thread

from exchange.receive import finish
from exchange.receive.checksum import Checksum
from exchange.receive.incoming import Incoming
from exchange.receive.under_way import locate
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import ChecksumMismatch, Conflict
from schemas.upload import Upload, UploadState
from storage.uploads import Transit

IDLE_S = 60.0
"""A connection that says nothing for so long counts as broken; what it brought is kept."""

Pieces = AsyncIterator[bytes]


async def append(
    services: Services, who: Principal, upload: str, offset: int, pieces: Pieces, checksum: Checksum | None = None
) -> Upload:
    """Take the bytes that stand at `offset`, and verify the file with its last one.

    `pieces` ends early when the connection breaks: all that arrived is kept. With a checksum the chunk is kept whole
    or not at all. Raises `Conflict` for a wrong offset or when another writer moved the upload on meanwhile,
    `TooLarge` past the announced length, `ChecksumMismatch` for the chunk or, at the end, for the file.
    """
    transit = await to_thread.run_sync(_at, services, who, upload, offset)
    return await take_in(services, transit, pieces, checksum)


async def take_in(services: Services, transit: Transit, pieces: Pieces, checksum: Checksum | None) -> Upload:
    """The same for an upload that was just located or opened."""
    incoming = await to_thread.run_sync(Incoming.of, services, transit, checksum)
    try:
        try:
            await _take(incoming, pieces)
        except anyio.get_cancelled_exc_class():
            with CancelScope(shield=True):
                await to_thread.run_sync(incoming.keep)
            raise
        found = await to_thread.run_sync(incoming.keep)
    finally:
        incoming.close()
    if found.state is UploadState.VERIFYING:
        found = await to_thread.run_sync(finish.finish_soon, services, found)
    if found.state is UploadState.REJECTED:
        raise ChecksumMismatch(found.reason)
    return found


def _at(services: Services, who: Principal, upload: str, offset: int) -> Transit:
    transit = locate(services, who, upload)
    present = transit.upload.offset
    if offset != present:
        raise Conflict(f"This upload stands at {present}, not at {offset}. Continue from there.")
    return transit


async def _take(incoming: Incoming, pieces: Pieces) -> None:
    async for piece in _while_alive(pieces):
        if incoming.take(piece):
            await to_thread.run_sync(incoming.spill)


async def _while_alive(pieces: Pieces) -> Pieces:
    while True:
        piece = None
        with anyio.move_on_after(IDLE_S), suppress(StopAsyncIteration):
            piece = await anext(pieces)
        if piece is None:
            return
        yield piece
