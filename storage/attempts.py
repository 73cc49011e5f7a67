"""Attempts counted in spans of time, for every server together."""

from sqlalchemy import case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from storage.tables import AttemptRow


def count(session: Session, key: str, began: int, seconds: int) -> tuple[int, int]:
    """Count one more in the span that began then; returns how many there were in the span before, and in this one.

    Whoever counts under the same key at the same moment waits for this transaction.
    """
    dialect = session.get_bind().dialect.name
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    row = insert(AttemptRow).values(key=key, began=began, ends=began + 2 * seconds, tries=1)
    added = row.on_conflict_do_update(
        index_elements=[AttemptRow.key, AttemptRow.began], set_={"tries": AttemptRow.tries + 1}
    ).returning(AttemptRow.tries)
    current = session.scalars(added).one()
    before = (AttemptRow.key == key, AttemptRow.began == began - seconds)
    previous = session.scalar(select(AttemptRow.tries).where(*before))
    return previous or 0, current - 1


def forgive(session: Session, key: str, began: int) -> None:
    """Take one back."""
    fewer = case((AttemptRow.tries > 0, AttemptRow.tries - 1), else_=0)
    session.execute(update(AttemptRow).where(AttemptRow.key == key, AttemptRow.began == began).values(tries=fewer))


def forget(session: Session, now_s: int) -> None:
    """Remove the counts that no limit looks at any more."""
    session.execute(delete(AttemptRow).where(AttemptRow.ends < now_s))
