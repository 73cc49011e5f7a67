"""Make a file of an upload whose bytes have all arrived: assemble, read back, verify, attach, start its run."""

import threading
import time
from datetime import timedelta

import structlog

from exchange import visibility
from exchange.receive.beginnings import Beginnings
from exchange.receive.under_way import free
from exchange.services import Services
from schemas.errors import Conflict, NotFound, Unavailable
from schemas.upload import Upload, UploadState
from storage import growth, intake, uploads
from storage.growth import Shorter
from storage.intake import HeldFile
from storage.objects import raw_key
from storage.uploads import Transit

MIB = 1024**2
AT_ONCE_BYTES = 256 * MIB
"""Up to this size the sender waits for the verification; longer ones go on behind the answer."""
VERIFIER_S = 30
"""A verifier that gave no sign of life for so long counts as dead."""
_SIGN_OF_LIFE_S = 8.0
_log = structlog.get_logger("exchange.receive")


def finish_soon(services: Services, upload: Upload) -> Upload:
    """Finish now, or behind the caller's back when it is long; what fails for now is taken up by `finish_pending`."""
    if upload.length > AT_ONCE_BYTES:
        threading.Thread(
            target=_finish_or_leave, args=(services, upload), name=f"verify {upload.id}", daemon=True
        ).start()
        return upload
    return _finish_or_leave(services, upload)


def finish_pending(services: Services) -> int:
    """Finish uploads whose verifier died or was cut off from the store; returns how many are finished now."""
    with services.sessions.read() as session:
        waiting = [uploads.find(session, id) for id in uploads.unverified(session, services.now())]
    left = (_finish_or_leave(services, transit.upload) for transit in waiting if transit is not None)
    return sum(upload.state is not UploadState.VERIFYING for upload in left)


def finish(services: Services, upload: str) -> Upload:
    """The upload, received or rejected; unchanged while another verifies it. May run many times and anywhere."""
    now = services.now()
    with services.sessions.begin() as session:
        taken = uploads.take_verification(session, upload, now, now + timedelta(seconds=VERIFIER_S))
        transit = uploads.find(session, upload)
    if transit is None:
        raise NotFound(f"There is no upload {upload}.")
    if not taken:
        return transit.upload
    _assemble(services, transit)
    read = _read_back(services, transit)
    sha256 = read.finish()
    trouble = _trouble(transit.upload, sha256, read.count)
    if trouble:
        return _reject(services, transit, trouble)
    try:
        return _receive(services, transit, sha256, read)
    except Conflict as closed:
        return _reject(services, transit, closed.message)


def _finish_or_leave(services: Services, upload: Upload) -> Upload:
    try:
        return finish(services, upload.id)
    except (Unavailable, NotFound) as failure:
        # Its bytes are safe and acknowledged; NotFound: another verifier ended first and tidied up.
        _log.warning("verification postponed", upload=upload.id, reason=failure.message)
        with services.sessions.read() as session:
            present = uploads.find(session, upload.id)
        return present.upload if present else upload


def _assemble(services: Services, transit: Transit) -> None:
    key = raw_key(transit.file)
    if transit.parts and transit.multipart is not None:
        services.objects.complete(key, transit.multipart, transit.parts)
    else:
        # The tail was chosen by compare-and-set, so that every verifier writes the same bytes.
        services.objects.put(key, services.objects.get(transit.tail) if transit.tail else b"")


def _read_back(services: Services, transit: Transit) -> Beginnings:
    upload = transit.upload

    def shorter(head_sha256: str) -> list[Shorter]:
        with services.sessions.read() as session:
            return growth.shorter(session, upload.dataset, upload.filename, head_sha256, upload.length)

    read, signed = Beginnings(shorter), time.monotonic()
    for piece in services.objects.stream(raw_key(transit.file)):
        read.add(piece)
        if time.monotonic() - signed > _SIGN_OF_LIFE_S:
            until = services.now() + timedelta(seconds=VERIFIER_S)
            with services.sessions.begin() as session:
                uploads.keep_verification(session, upload.id, until)
            signed = time.monotonic()
    return read


def _trouble(upload: Upload, sha256: str, count: int) -> str:
    if count != upload.length:
        return f"The store returned {count} of {upload.length} bytes. Send the file again."
    if upload.sha256 is not None and upload.sha256 != sha256:
        return (
            f"The bytes that arrived have SHA-256 {sha256}, declared was {upload.sha256}. Nothing was kept; "
            "make sure that the file is no longer being written, then send it again."
        )
    return ""


def _reject(services: Services, transit: Transit, reason: str) -> Upload:
    id = transit.upload.id
    with services.sessions.begin() as session:
        ended = uploads.end(session, id, UploadState.REJECTED, reason)
        present = uploads.find(session, id)
    assert present is not None
    if ended:
        services.objects.delete(raw_key(transit.file))
        free(services, transit)
    return present.upload


def _receive(services: Services, transit: Transit, sha256: str, read: Beginnings) -> Upload:
    upload, now = transit.upload, services.now()
    own = HeldFile(transit.file, raw_key(transit.file), sha256, upload.length, read.marks)
    with services.sessions.begin() as session:
        uploads.alone(session, transit.owner)
        if received := uploads.receive(session, upload.id, sha256, now):
            held = intake.hold(session, transit.owner, own, now)
            attached = intake.attach(session, upload.dataset, held, upload.filename, transit.by, now, services.new_id)
            visibility.refresh(session, [upload.dataset])
            uploads.became(session, upload.id, attached, held=held.id != own.id)
            if attached.fresh:
                services.jobs.enqueue(session, attached.run)
                if read.continued is not None:
                    growth.note(session, upload.dataset, attached.version, read.continued)
        present = uploads.find(session, upload.id)
    assert present is not None
    if received:
        free(services, transit)
        if present.upload.attached:
            services.objects.delete(own.key)
    return present.upload
