"""Hand datasets over: rows and raw files of one organisation become another's; the hash stays unique per owner.

A raw file that other datasets of the old owner hold too is copied, for each owner has their own object: what one of
them deletes must not be lost to the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from schemas.dataset import FINAL_STATES
from schemas.errors import Conflict
from schemas.upload import UploadState
from storage import uploads
from storage.tables import DatasetRow, IngestRunRow, RawFileRow, SplitRow, UploadRow, VersionFileRow, VersionRow

_COPIED = ("sha256", "bytes", "received_at", "head_sha256", "lines_bytes", "lines_sha256")


@dataclass(frozen=True)
class SharedFile:
    """A raw file of these datasets that others of the owner's hold as well, and which."""

    id: str
    key: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Copy:
    """Where the copy of a shared file is: its id and its object's key."""

    id: str
    key: str


def shared(session: Session, datasets: Sequence[str]) -> list[SharedFile]:
    """Raw files of these datasets that other datasets hold, too."""
    held = select(VersionFileRow.raw_file).where(VersionFileRow.dataset.in_(datasets))
    chosen = (
        select(RawFileRow.id, RawFileRow.key, VersionFileRow.dataset)
        .join(VersionFileRow, VersionFileRow.raw_file == RawFileRow.id)
        .where(RawFileRow.id.in_(held), VersionFileRow.dataset.not_in(datasets))
        .distinct()
        .order_by(RawFileRow.id, VersionFileRow.dataset)
    )
    found: dict[tuple[str, str], list[str]] = {}
    for row in session.execute(chosen):
        found.setdefault((row[0], row[1]), []).append(row[2])
    return [SharedFile(id, key, tuple(others)) for (id, key), others in found.items()]


def hand_over(session: Session, datasets: Sequence[str], taker: str, copies: Mapping[str, Copy]) -> list[str]:
    """Make these datasets the taker's; returns the keys of objects that no row names, copies without use included.

    `copies` by raw file; `Conflict` while an upload is under way, or when a file has come to be shared meanwhile.
    """
    under_way = (UploadRow.dataset.in_(datasets), UploadRow.state.in_([UploadState.UPLOADING, UploadState.VERIFYING]))
    if session.scalar(select(UploadRow.id).where(*under_way).limit(1)) is not None:
        raise Conflict("A file is being uploaded; let it end, or end it, then hand the dataset over.")
    # Nobody uploads the same bytes for the taker meanwhile: the hash is unique among theirs.
    uploads.alone(session, taker)
    reading = (IngestRunRow.dataset.in_(datasets), IngestRunRow.state.not_in(FINAL_STATES))
    if session.scalar(select(IngestRunRow.id).where(*reading).limit(1)) is not None:
        raise Conflict("A file of it is being read; wait until that has ended, then hand the dataset over.")
    for row in session.scalars(select(DatasetRow).where(DatasetRow.id.in_(datasets)).with_for_update()):
        row.owner = taker
    session.execute(update(UploadRow).where(UploadRow.dataset.in_(datasets)).values(owner=taker))
    _forget_ties(session, datasets)
    held = select(VersionFileRow.raw_file).where(VersionFileRow.dataset.in_(datasets))
    elsewhere = {one.id for one in shared(session, datasets)}
    orphans = []
    files = select(RawFileRow).where(RawFileRow.id.in_(held), RawFileRow.owner != taker).order_by(RawFileRow.id)
    for file in list(session.scalars(files)):
        orphans += _hand_file(session, datasets, taker, file, file.id in elsewhere, copies.get(file.id))
    session.flush()
    return orphans


def _hand_file(
    session: Session, datasets: Sequence[str], taker: str, file: RawFileRow, is_shared: bool, copy: Copy | None
) -> list[str]:
    same = (RawFileRow.owner == taker, RawFileRow.sha256 == file.sha256)
    theirs = session.scalar(select(RawFileRow.id).where(*same))
    if theirs is None and not is_shared:
        file.owner = taker
        return []
    if theirs is None:
        if copy is None:
            raise Conflict("A raw file has come to be shared with another dataset meanwhile; try again.")
        facts = {name: getattr(file, name) for name in _COPIED}
        session.add(RawFileRow(id=copy.id, key=copy.key, owner=taker, **facts))
        session.flush()
    _repoint(session, datasets, file.id, theirs or (copy.id if copy else ""))
    unused = [copy.key] if copy is not None and theirs is not None else []
    if is_shared:
        return unused
    session.execute(delete(RawFileRow).where(RawFileRow.id == file.id))
    return [file.key, *unused]


def _repoint(session: Session, datasets: Sequence[str], file: str, to: str) -> None:
    these = (VersionFileRow.dataset.in_(datasets), VersionFileRow.raw_file == file)
    session.execute(update(VersionFileRow).where(*these).values(raw_file=to))
    session.execute(
        update(SplitRow).where(SplitRow.source.in_(datasets), SplitRow.raw_file == file).values(raw_file=to)
    )


def _forget_ties(session: Session, datasets: Sequence[str]) -> None:
    """What ties a dataset to another of its owner is the owner's affair, and ends where only one of the two goes."""
    source, made = SplitRow.source.in_(datasets), SplitRow.dataset.in_(datasets)
    session.execute(delete(SplitRow).where(or_(and_(source, ~made), and_(~source, made))))
    here, there = VersionRow.dataset.in_(datasets), VersionRow.continues_dataset.in_(datasets)
    session.execute(
        update(VersionRow)
        .where(or_(and_(here, ~there), and_(~here, there)))
        .values(continues_dataset=None, continues_version=None, continues_bytes=None)
    )
