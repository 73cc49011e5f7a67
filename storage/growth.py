"""Files that grew: which of an organisation's files may stand at the beginning of a longer one."""

from dataclasses import dataclass

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from schemas.dataset import Continued, DatasetState
from storage.tables import DatasetRow, RawFileRow, VersionFileRow, VersionRow

_MOST = 50


@dataclass(frozen=True)
class Shorter:
    """The newest version of a dataset, of a single file: its bytes with their hash, and those of its whole lines."""

    dataset: str
    version: int
    bytes: int
    sha256: str
    lines_bytes: int
    lines_sha256: str


def shorter(session: Session, dataset: str, filename: str, head_sha256: str, length: int) -> list[Shorter]:
    """Files of the dataset's owner that a file of this length may begin with.

    Those of the same dataset, name or first 64 KiB; never another organisation's. Of the same dataset first, then the
    longest.
    """
    owner = select(DatasetRow.owner).where(DatasetRow.id == dataset).scalar_subquery()
    alike = or_(RawFileRow.head_sha256 == head_sha256, VersionFileRow.filename == filename, DatasetRow.id == dataset)
    more = aliased(VersionFileRow)
    others = (more.dataset == VersionFileRow.dataset, more.version == VersionFileRow.version, more.position > 1)
    newest = and_(VersionFileRow.dataset == DatasetRow.id, VersionFileRow.version == DatasetRow.latest_version)
    chosen = (
        select(DatasetRow.id, VersionFileRow.version, RawFileRow)
        .join(VersionFileRow, newest)
        .join(RawFileRow, RawFileRow.id == VersionFileRow.raw_file)
        .where(RawFileRow.owner == owner, DatasetRow.owner == owner, RawFileRow.bytes < length, RawFileRow.bytes > 0)
        .where(alike, VersionFileRow.position == 1, DatasetRow.state != DatasetState.WITHDRAWN)
        .where(~exists().where(*others))
        .order_by((DatasetRow.id == dataset).desc(), RawFileRow.bytes.desc(), DatasetRow.id)
        .limit(_MOST)
    )
    return [
        Shorter(id, version, raw.bytes, raw.sha256, raw.lines_bytes or 0, raw.lines_sha256 or "")
        for id, version, raw in session.execute(chosen)
    ]


def note(session: Session, dataset: str, version: int, found: Continued) -> None:
    """Keep of a version that its file begins as another's."""
    this = (VersionRow.dataset == dataset, VersionRow.number == version)
    facts = {f"continues_{name}": value for name, value in found.model_dump().items()}
    session.execute(update(VersionRow).where(*this).values(**facts))


def continued(row: VersionRow) -> Continued | None:
    """What a version's file begins as, where that is known."""
    if row.continues_dataset is None or row.continues_version is None or row.continues_bytes is None:
        return None
    return Continued(dataset=row.continues_dataset, version=row.continues_version, bytes=row.continues_bytes)
