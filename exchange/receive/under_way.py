"""Find an upload for the one who opened it; tell where it stands; end it."""

from contextlib import suppress
from datetime import datetime

from exchange import guard
from exchange.services import Services
from schemas.access import Principal, Right
from schemas.dataset import RunState
from schemas.errors import Conflict, Gone, NotFound, Unavailable
from schemas.upload import Upload, UploadState
from storage import uploads
from storage.objects import raw_key
from storage.uploads import Transit


class Progress(Upload, frozen=True):
    """An upload with the state of the ingest run it started."""

    run_state: RunState | None = None
    run_reason: str = ""


def locate(services: Services, who: Principal, upload: str) -> Transit:
    """The upload, for whoever opened it and may still add files; `Gone` when it ended without a file."""
    transit = _own(services, who, upload)
    found = transit.upload
    if found.state in {UploadState.REJECTED, UploadState.TERMINATED}:
        raise Gone(f"This upload was {found.state.value}. {found.reason}".strip())
    if found.state is UploadState.UPLOADING and found.expires_at <= services.now():
        raise Gone(f"This upload expired at {found.expires_at.isoformat()}. Open a new one.")
    return transit


def progress(services: Services, who: Principal, upload: str) -> Progress:
    """Where the upload stands, ended ones included, and what became of its run."""
    found = _own(services, who, upload).upload
    if found.run is None:
        return Progress(**found.model_dump())
    with services.sessions.read() as session:
        state, reason = uploads.run_state(session, found.run)
    return Progress(**found.model_dump(), run_state=RunState(state), run_reason=reason)


def terminate(services: Services, who: Principal, upload: str) -> None:
    """End an upload and free what arrived; a received file stays."""
    transit = locate(services, who, upload)
    if not end(services, transit.upload.id, "Ended by its sender."):
        raise Conflict("All bytes of this upload have arrived, so it can no longer be ended.")


def abandon(services: Services, upload: str) -> None:
    """End an upload whose only request failed; one that is complete goes on."""
    end(services, upload, "Its only request broke off.")


def end(services: Services, upload: str, reason: str, expired_at: datetime | None = None) -> bool:
    """End an open upload (only if past its expiry at that moment) and free what arrived; False when it is not open."""
    with services.sessions.begin() as session:
        present = uploads.find(session, upload)
        ended = uploads.end(session, upload, UploadState.TERMINATED, reason, expired_at)
    if ended and present is not None:
        free(services, present)
    return ended


def free(services: Services, transit: Transit) -> None:
    """Give up the objects of an upload that is over; what cannot be reached now is swept later."""
    with suppress(Unavailable):
        if transit.multipart is not None:
            services.objects.abort(raw_key(transit.file), transit.multipart)
        if transit.tail is not None:
            services.objects.delete(transit.tail)


def _own(services: Services, who: Principal, upload: str) -> Transit:
    with services.sessions.read() as session:
        transit = uploads.find(session, upload)
    if transit is None or (transit.owner, transit.by) != (who.organisation, who.user):
        # No dataset has an upload's id: this puts the refusal on record, the same for a foreign and an unknown one.
        with suppress(NotFound):
            guard.require(services, who, Right.ADD_FILES, upload)
        raise NotFound(f"There is no upload {upload} of yours.")
    guard.require(services, who, Right.ADD_FILES, transit.upload.dataset)
    return transit
