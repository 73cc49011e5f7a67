"""Changes of vocabularies: insert-only, numbered within each vocabulary."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.term import TermChange
from storage.tables import TermChangeRow
from storage.taken import kept_once


def changes(session: Session, vocabularies: Collection[str] | None = None) -> dict[str, list[TermChange]]:
    """The changes of these vocabularies, or of all, each vocabulary's in order."""
    chosen = select(TermChangeRow).order_by(TermChangeRow.vocabulary, TermChangeRow.number)
    if vocabularies is not None:
        chosen = chosen.where(TermChangeRow.vocabulary.in_(sorted(vocabularies)))
    found: dict[str, list[TermChange]] = {}
    for row in session.scalars(chosen):
        found.setdefault(row.vocabulary, []).append(TermChange.model_validate(row, from_attributes=True))
    return found


def add(session: Session, change: TermChange) -> None:
    """Keep a change; `Conflict` when another one came in at the same moment."""
    with kept_once(session):
        session.add(TermChangeRow(**change.model_dump()))
