"""Open an upload together with its first bytes: a first chunk, or a small file whole."""

from collections.abc import AsyncIterator

from anyio import to_thread

from exchange.receive.append import Pieces, take_in
from exchange.receive.checksum import Checksum
from exchange.receive.create import NewFile, create
from exchange.receive.under_way import abandon
from exchange.services import Services
from schemas.access import Principal
from schemas.errors import ExchangeError, Refused, TooLarge
from schemas.upload import Upload, UploadState
from storage.uploads import Transit


async def open_with(
    services: Services, who: Principal, file: NewFile, pieces: Pieces | None, checksum: Checksum | None
) -> Upload:
    """A new upload that has taken the first chunk, where one comes along; none is left behind when that is refused."""
    opened = await to_thread.run_sync(create, services, who, file)
    upload = opened.upload
    if upload.state is not UploadState.UPLOADING or (pieces is None and upload.length > 0):
        return upload
    return await _first(services, opened, pieces or _nothing(), checksum)


async def whole(services: Services, who: Principal, file: NewFile, pieces: Pieces) -> Upload:
    """The upload of a whole file, verified; nothing is kept when the connection breaks or the SHA-256 differs."""
    most = services.settings.plain_upload_bytes
    if file.length > most:
        raise TooLarge(f"A single request takes at most {most} bytes; send this file by resumable upload (tus).")
    # The bytes come along in any case: what is told of them must be true of them, so no short cut by the hash.
    opened = await to_thread.run_sync(create, services, who, file, False)
    upload = await _first(services, opened, pieces, None)
    if upload.state is UploadState.UPLOADING:
        await to_thread.run_sync(abandon, services, opened.upload.id)
        raise Refused(f"The body ended after {upload.offset} of {upload.length} bytes; nothing was kept.")
    return upload


async def _first(services: Services, opened: Transit, pieces: Pieces, checksum: Checksum | None) -> Upload:
    try:
        return await take_in(services, opened, pieces, checksum)
    except ExchangeError:
        await to_thread.run_sync(abandon, services, opened.upload.id)
        raise


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""
