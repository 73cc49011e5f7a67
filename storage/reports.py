"""Files of reports of rounds: which there are, for whom, and where each is kept; none is changed or removed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import ReportRow


@dataclass(frozen=True)
class StoredFile:
    """A file: of which evaluation, stage and product, and, of a letter, for which line."""

    id: str
    round: str
    evaluation: int
    stage: str
    product: str
    line: str | None
    name: str
    key: str
    sha256: str
    bytes: int
    media_type: str
    made_at: datetime


def keep(session: Session, files: Iterable[StoredFile]) -> None:
    """Keep files of an edition."""
    session.add_all([ReportRow(**vars(one)) for one in files])
    session.flush()


def of(session: Session, round: str, product: str, line: str | None = None) -> list[StoredFile]:
    """The files of a product (of one line's, where one is named), the newest edition first, then by name."""
    chosen = select(ReportRow).where(ReportRow.round == round, ReportRow.product == product, ReportRow.line == line)
    ordered = chosen.order_by(ReportRow.made_at.desc(), ReportRow.evaluation.desc(), ReportRow.name)
    return [_stored(row) for row in session.scalars(ordered)]


def known(session: Session, keys: Iterable[str]) -> set[str]:
    """Of these keys those that a file has."""
    return set(session.scalars(select(ReportRow.key).where(ReportRow.key.in_(list(keys)))))


def _stored(row: ReportRow) -> StoredFile:
    return StoredFile(**{name: getattr(row, name) for name in StoredFile.__dataclass_fields__})
