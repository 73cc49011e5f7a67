"""Uploads under way: every change is a compare-and-set, so that any server may take the next chunk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, Update, delete, func, select, true, update
from sqlalchemy.orm import Session

from schemas.errors import Conflict, NotFound
from schemas.upload import Upload, UploadState
from storage.intake import Attached
from storage.objects import Part
from storage.tables import IngestRunRow, OrganisationRow, RawFileRow, UploadPartRow, UploadRow

_MOST_PARTS = 10_000
"""An object store takes no more parts of one object (Amazon S3, multipart upload limits)."""

_OPEN = (UploadState.UPLOADING, UploadState.VERIFYING)
_BEFORE = {UploadState.TERMINATED: UploadState.UPLOADING, UploadState.REJECTED: UploadState.VERIFYING}
_ENDED = (UploadState.TERMINATED, UploadState.REJECTED)


@dataclass(frozen=True)
class Transit:
    """An upload and where its bytes are: complete parts of `multipart`, in order, then the object `tail`."""

    upload: Upload
    owner: str
    by: str
    file: str
    multipart: str | None = None
    parts: tuple[Part, ...] = ()
    tail: str | None = None


@dataclass(frozen=True)
class Reserved:
    """A part number that no other writer of this upload has, and the multipart object to write it to."""

    number: int
    multipart: str


@dataclass(frozen=True)
class Step:
    """How far an upload has come: parts that are new, the tail that replaces the one before, the state, its end."""

    offset: int
    parts: Sequence[Part]
    tail: str | None
    tail_bytes: int
    state: UploadState
    expires_at: datetime


def alone(session: Session, owner: str) -> None:
    """Let no other upload of this organisation be opened or received until commit: quota and hash are theirs alone."""
    # Without the key: rows that merely refer to the organisation can still be written meanwhile.
    chosen = select(OrganisationRow.id).where(OrganisationRow.id == owner).with_for_update(key_share=True)
    session.execute(chosen)


def open(session: Session, transit: Transit) -> None:
    """Enter a new upload, no byte of which has arrived."""
    facts = transit.upload.model_dump(exclude={"sha256"})
    session.add(
        UploadRow(
            **facts,
            owner=transit.owner,
            created_by=transit.by,
            file=transit.file,
            declared_sha256=transit.upload.sha256,
        )
    )
    session.flush()


def find(session: Session, upload: str) -> Transit | None:
    """An upload and where its bytes are; None when there is none."""
    row = session.get(UploadRow, upload, populate_existing=True)
    if row is None:
        return None
    chosen = select(UploadPartRow).where(UploadPartRow.upload == upload, UploadPartRow.etag != "")
    parts = session.scalars(chosen.order_by(UploadPartRow.number))
    return Transit(
        upload=_upload(row),
        owner=row.owner,
        by=row.created_by,
        file=row.file,
        multipart=row.multipart,
        parts=tuple(Part(part.number, part.etag, part.bytes) for part in parts),
        tail=row.tail,
    )


def run_state(session: Session, run: str) -> tuple[str, str]:
    """State of the ingest run that an upload started, and why where it failed."""
    row = session.get(IngestRunRow, run)
    if row is None:
        raise NotFound(f"There is no run {run}.")
    return row.state, row.reason


def bytes_open(session: Session, owner: str) -> int:
    """Bytes that the open uploads of an organisation announced, for its quota."""
    chosen = select(func.sum(UploadRow.length)).where(UploadRow.owner == owner, UploadRow.state.in_(_OPEN))
    return int(session.scalar(chosen) or 0)


def reserve(session: Session, upload: str, offset: int, multipart: str) -> Reserved:
    """The next part number, while the upload stands at `offset`; `Conflict` when it does not.

    `multipart` is what the caller has begun or knows; the upload's own is returned when it has another.
    """
    row = session.get(UploadRow, upload, with_for_update=True, populate_existing=True)
    if row is None or row.state != UploadState.UPLOADING or row.offset != offset:
        raise _overtaken(upload)
    row.multipart = row.multipart or multipart
    last = session.scalar(select(func.max(UploadPartRow.number)).where(UploadPartRow.upload == upload))
    number = (last or 0) + 1
    if number > _MOST_PARTS:
        raise Conflict("This upload was cut into too many pieces. Delete it and open a new one.")
    # Without an etag it is a reservation: a writer that is overtaken leaves it so, and its bytes are never used.
    session.add(UploadPartRow(upload=upload, number=number, etag="", bytes=0))
    return Reserved(number, row.multipart)


def advance(session: Session, upload: str, offset: int, step: Step) -> None:
    """Move the upload on from `offset`; `Conflict` when another writer did so before or it has ended."""
    moved = update(UploadRow).where(UploadRow.offset == offset, UploadRow.state == UploadState.UPLOADING)
    values = {"tail": step.tail, "tail_bytes": step.tail_bytes, "state": step.state, "expires_at": step.expires_at}
    if not _changed(session, moved.where(UploadRow.id == upload).values(offset=step.offset, **values)):
        raise _overtaken(upload)
    for part in step.parts:
        written = update(UploadPartRow).where(UploadPartRow.upload == upload, UploadPartRow.number == part.number)
        session.execute(written.values(etag=part.etag, bytes=part.bytes))


def take_verification(session: Session, upload: str, now: datetime, until: datetime) -> bool:
    """Be the one who verifies an upload until then; False while another is, or when it is not in verification."""
    return _hold(session, upload, UploadRow.expires_at <= now, until)


def keep_verification(session: Session, upload: str, until: datetime) -> bool:
    """Go on verifying until then; False when another has finished meanwhile."""
    return _hold(session, upload, true(), until)


def unverified(session: Session, now: datetime) -> list[str]:
    """Uploads in verification that nobody works on: their hold has ended."""
    chosen = select(UploadRow.id).where(UploadRow.state == UploadState.VERIFYING, UploadRow.expires_at <= now)
    return list(session.scalars(chosen.order_by(UploadRow.created_at)))


def receive(session: Session, upload: str, sha256: str, now: datetime) -> bool:
    """A verified upload becomes received; False when another verifier was first or it is not in verification."""
    chosen = update(UploadRow).where(UploadRow.id == upload, UploadRow.state == UploadState.VERIFYING)
    values = {"state": UploadState.RECEIVED, "sha256": sha256, "expires_at": now, "tail": None, "tail_bytes": 0}
    return _changed(session, chosen.values(**values))


def became(session: Session, upload: str, attached: Attached, held: bool) -> None:
    """Note which version and run a received upload became; `held`: the organisation had these bytes before."""
    values = {"version": attached.version, "run": attached.run, "attached": held}
    session.execute(update(UploadRow).where(UploadRow.id == upload).values(**values))


def end(session: Session, upload: str, to: UploadState, reason: str, expired_at: datetime | None = None) -> bool:
    """End an upload without a file: an open one is terminated, a verified one rejected; False when it is neither."""
    chosen = update(UploadRow).where(UploadRow.id == upload, UploadRow.state == _BEFORE[to])
    if expired_at is not None:
        chosen = chosen.where(UploadRow.expires_at <= expired_at)
    return _changed(session, chosen.values(state=to, reason=reason, tail=None, tail_bytes=0))


def expired(session: Session, now: datetime) -> list[str]:
    """Open uploads past their end."""
    chosen = select(UploadRow.id).where(UploadRow.state == UploadState.UPLOADING, UploadRow.expires_at <= now)
    return list(session.scalars(chosen))


def forget(session: Session, before: datetime) -> int:
    """Remove uploads that ended without a file before then, and the parts of all that are over; returns how many."""
    over = select(UploadRow.id).where(UploadRow.state.not_in(_OPEN))
    session.execute(delete(UploadPartRow).where(UploadPartRow.upload.in_(over)))
    gone = delete(UploadRow).where(UploadRow.state.in_(_ENDED), UploadRow.expires_at < before)
    result = session.execute(gone)
    assert isinstance(result, CursorResult)
    return result.rowcount


def files_in_use(session: Session, files: Iterable[str]) -> set[str]:
    """Those of the files that are held or still arriving."""
    wanted = list(files)
    arriving = select(UploadRow.file).where(UploadRow.file.in_(wanted), UploadRow.state.in_(_OPEN))
    held = select(RawFileRow.id).where(RawFileRow.id.in_(wanted))
    return set(session.scalars(arriving)) | set(session.scalars(held))


def tails_in_use(session: Session, tails: Iterable[str]) -> set[str]:
    """Those of the keys that an open upload has as its tail."""
    used = session.scalars(select(UploadRow.tail).where(UploadRow.tail.in_(list(tails))))
    return {tail for tail in used if tail is not None}


def multiparts_in_use(session: Session, multiparts: Iterable[str]) -> set[str]:
    """Those of the multipart ids that an open upload writes to."""
    chosen = select(UploadRow.multipart).where(UploadRow.multipart.in_(list(multiparts)), UploadRow.state.in_(_OPEN))
    return {multipart for multipart in session.scalars(chosen) if multipart is not None}


def _hold(session: Session, upload: str, free: ColumnElement[bool], until: datetime) -> bool:
    # An upload in verification has no expiry: the column holds until when its verifier may be taken for alive.
    chosen = update(UploadRow).where(UploadRow.id == upload, UploadRow.state == UploadState.VERIFYING, free)
    return _changed(session, chosen.values(expires_at=until))


def _changed(session: Session, change: Update) -> bool:
    result = session.execute(change.execution_options(synchronize_session=False))
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _overtaken(upload: str) -> Conflict:
    return Conflict(f"Upload {upload} has meanwhile moved on or ended. Ask for its offset with HEAD, then continue.")


def _upload(row: UploadRow) -> Upload:
    return Upload(
        id=row.id,
        dataset=row.dataset,
        filename=row.filename,
        length=row.length,
        offset=row.offset,
        state=UploadState(row.state),
        sha256=row.sha256 or row.declared_sha256,
        reason=row.reason,
        created_at=row.created_at,
        expires_at=row.expires_at,
        version=row.version,
        run=row.run,
        attached=row.attached,
    )
