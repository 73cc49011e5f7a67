"""Drafts that were split off a file."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import SplitRow


def split_off(session: Session, source: str, raw_file: str, by: str) -> dict[str, str]:
    """The draft that each choice of a dataset's file has become, by choice."""
    mine = (SplitRow.source == source, SplitRow.raw_file == raw_file, SplitRow.by == by)
    return {row.choice: row.dataset for row in session.scalars(select(SplitRow).where(*mine))}


def note_split(session: Session, source: str, raw_file: str, by: str, choice: str, dataset: str) -> None:
    """Keep which draft a choice has become."""
    session.add(SplitRow(source=source, raw_file=raw_file, by=by, choice=choice, dataset=dataset))
    session.flush()
