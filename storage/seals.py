"""Seals of rounds: what they bind, to whom they do not close, which datasets they meet."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from schemas.sealing import NewSeal
from storage.tables import DatasetRow, RawFileRow, SealPartyRow, SealRow, VersionFileRow


def add(session: Session, id: str, seal: NewSeal, now: datetime) -> None:
    """Keep a seal with its parties."""
    facts = seal.model_dump(include={"round", "submitter", "sha256", "cell"})
    session.add(SealRow(id=id, **facts, sealed_at=now))
    session.flush()
    session.add_all(SealPartyRow(seal=id, organisation=one) for one in sorted(seal.parties))
    session.flush()


def of_round(session: Session, round: str) -> list[str]:
    """Ids of a round's seals in force."""
    chosen = select(SealRow.id).where(SealRow.round == round, SealRow.opened_at.is_(None))
    return list(session.scalars(chosen.order_by(SealRow.id)))


def binds(session: Session, round: str, submitter: str) -> frozenset[str]:
    """Every SHA-256 and every cell that a submitter's seals in this round bind, those in force."""
    chosen = select(SealRow.sha256, SealRow.cell).where(
        SealRow.round == round, SealRow.submitter == submitter, SealRow.opened_at.is_(None)
    )
    return frozenset(one for row in session.execute(chosen) for one in row if one is not None)


def meets_own() -> ColumnElement[bool]:
    """Whether a dataset of the query meets a seal in force to which its own owner is a party."""
    of_owner = select(SealRow.id).join(
        SealPartyRow, and_(SealPartyRow.seal == SealRow.id, SealPartyRow.organisation == DatasetRow.owner)
    )
    in_force = of_owner.where(SealRow.opened_at.is_(None)).correlate(DatasetRow)
    by_bytes = (
        in_force.join(RawFileRow, RawFileRow.sha256 == SealRow.sha256)
        .join(VersionFileRow, VersionFileRow.raw_file == RawFileRow.id)
        .where(VersionFileRow.dataset == DatasetRow.id)
    )
    return or_(in_force.where(SealRow.cell == DatasetRow.cell).exists(), by_bytes.exists())


def opened(session: Session, round: str) -> bool:
    """True when seals of the round were opened."""
    chosen = select(SealRow.id).where(SealRow.round == round, SealRow.opened_at.is_not(None)).limit(1)
    return session.scalar(chosen) is not None


def open(session: Session, ids: Sequence[str], now: datetime) -> None:
    """End these seals."""
    session.execute(update(SealRow).where(SealRow.id.in_(ids)).values(opened_at=now))


def touched(session: Session, ids: Sequence[str]) -> list[str]:
    """Datasets that meet one of these seals: by bytes of any version, or by their cell at one of the parties."""
    by_bytes = (
        select(VersionFileRow.dataset)
        .join(RawFileRow, RawFileRow.id == VersionFileRow.raw_file)
        .join(SealRow, SealRow.sha256 == RawFileRow.sha256)
        .where(SealRow.id.in_(ids))
    )
    by_cell = (
        select(DatasetRow.id)
        .join(SealRow, SealRow.cell == DatasetRow.cell)
        .join(SealPartyRow, and_(SealPartyRow.seal == SealRow.id, SealPartyRow.organisation == DatasetRow.owner))
        .where(SealRow.id.in_(ids))
    )
    return sorted({*session.scalars(by_bytes), *session.scalars(by_cell)})
