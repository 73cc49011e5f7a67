"""The audit's chain as it is kept: which events have no seal yet, the seals, and the hash after each event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, select, text
from sqlalchemy.orm import Session

from schemas.audit import KeptEvent, Seal
from storage.audit import kept
from storage.tables import AuditActorRow, AuditLinkRow, AuditRow, AuditSealRow, AuditTouchedRow

_ONE_SEALER = 724514


@dataclass(frozen=True)
class Linked:
    """An event under a seal with the hash after it; `event` is None where it is gone. `touched` as owners see it."""

    number: int
    hash: str
    event: KeptEvent | None
    touched: frozenset[tuple[str, str]]


def alone(session: Session) -> None:
    """Wait until no other transaction seals; SQLite lets one write at a time anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_SEALER})


def head(session: Session) -> Seal | None:
    """The newest seal."""
    row = session.scalars(select(AuditSealRow).order_by(AuditSealRow.number.desc()).limit(1)).first()
    return None if row is None else _seal(row)


def settled(session: Session, before: datetime) -> int:
    """The highest number of an event that was sealed before then; 0 when none was."""
    sealed = select(func.max(AuditSealRow.highest)).where(AuditSealRow.at < before)
    return session.scalar(sealed) or 0


def unsealed(session: Session, beyond: int, limit: int) -> list[KeptEvent]:
    """Events without a seal whose number is beyond this one, in order, at most `limit`."""
    chosen = select(AuditRow).where(AuditRow.id > beyond, _uncovered()).order_by(AuditRow.id).limit(limit)
    return [kept(row) for row in session.scalars(chosen)]


def tail(session: Session) -> tuple[int, datetime | None]:
    """How many events have no seal, and when the oldest of them was."""
    count, oldest = session.execute(select(func.count(), func.min(AuditRow.at)).where(_uncovered())).one()
    return count, oldest


def add(session: Session, seal: Seal, hashes: Sequence[tuple[int, str]]) -> None:
    """Keep a seal and the hash after each event that it covers."""
    before = session.scalar(select(func.max(AuditSealRow.highest))) or 0
    highest = max([before, *(event for event, _ in hashes)])
    session.execute(insert(AuditSealRow), [{**seal.model_dump(), "highest": highest}])
    links = [{"event": event, "seal": seal.number, "hash": hash} for event, hash in hashes]
    session.execute(insert(AuditLinkRow), links)


def seals(session: Session, first: int, last: int, limit: int) -> list[Seal]:
    """Seals in order, from one number to another, at most `limit`."""
    numbers = AuditSealRow.number >= first, AuditSealRow.number <= last
    chosen = select(AuditSealRow).where(*numbers).order_by(AuditSealRow.number).limit(limit)
    return [_seal(row) for row in session.scalars(chosen)]


def linked(session: Session, seal: int) -> list[Linked]:
    """The events under a seal, in the order in which they were sealed."""
    chosen = (
        select(AuditLinkRow, AuditRow)
        .outerjoin(AuditRow, AuditRow.id == AuditLinkRow.event)
        .where(AuditLinkRow.seal == seal)
        .order_by(AuditLinkRow.event)
    )
    under = select(AuditLinkRow.event).where(AuditLinkRow.seal == seal)
    touched: dict[int, set[tuple[str, str]]] = {}
    for row in session.scalars(select(AuditTouchedRow).where(AuditTouchedRow.event.in_(under))):
        touched.setdefault(row.event, set()).add((row.dataset, row.owner))
    return [
        Linked(link.event, link.hash, None if row is None else kept(row), frozenset(touched.get(link.event, ())))
        for link, row in session.execute(chosen)
    ]


def covering(session: Session, since: datetime | None, until: datetime | None) -> tuple[int, int] | None:
    """The first and last seal over events of this time; None when there is none."""
    chosen = select(func.min(AuditLinkRow.seal), func.max(AuditLinkRow.seal))
    chosen = chosen.join(AuditRow, AuditRow.id == AuditLinkRow.event)
    if since is not None:
        chosen = chosen.where(AuditRow.at >= since)
    if until is not None:
        chosen = chosen.where(AuditRow.at < until)
    first, last = session.execute(chosen).one()
    return None if first is None else (first, last)


def stray_links(session: Session) -> int:
    """How many events are said to stand under seals that there are not."""
    stray = select(func.count()).select_from(AuditLinkRow)
    return session.scalar(stray.where(AuditLinkRow.seal.not_in(select(AuditSealRow.number)))) or 0


def actors(session: Session, after: str, limit: int) -> list[tuple[str, str, str, str]]:
    """Pseudonym, user, month and salt of persons not yet forgotten, in order from after a pseudonym."""
    row = AuditActorRow
    chosen = select(row.pseudonym, row.user, row.month, row.salt).where(row.pseudonym > after)
    found = session.execute(chosen.order_by(row.pseudonym).limit(limit))
    return [(pseudonym, user, month, salt) for pseudonym, user, month, salt in found]


def _uncovered() -> ColumnElement[bool]:
    return ~select(AuditLinkRow.event).where(AuditLinkRow.event == AuditRow.id).exists()


def _seal(row: AuditSealRow) -> Seal:
    return Seal(number=row.number, at=row.at, events=row.events, previous=row.previous, hash=row.hash)
