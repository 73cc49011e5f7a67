"""Comments and appeals of lines on the draft report of a round, and their answers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.round.report import CodedComment
from storage.tables import ParticipantRow, RoundCommentRow


@dataclass(frozen=True)
class Comment:
    """A comment as it is kept, with whose it is."""

    id: str
    round: str
    line: str
    appeal: bool
    text: str
    at: datetime
    by: str
    answer: str = ""
    answered_at: datetime | None = None


def add(session: Session, comment: Comment) -> None:
    """Keep a comment."""
    session.add(RoundCommentRow(**vars(comment)))
    session.flush()


def of(session: Session, round: str) -> tuple[CodedComment, ...]:
    """Every comment of a round under its line's code, in the order in which they came."""
    code = ParticipantRow.code
    chosen = select(RoundCommentRow, code).join(
        ParticipantRow, (ParticipantRow.round == RoundCommentRow.round) & (ParticipantRow.line == RoundCommentRow.line)
    )
    ordered = chosen.where(RoundCommentRow.round == round).order_by(RoundCommentRow.at, RoundCommentRow.id)
    return tuple(
        CodedComment(
            id=row.id,
            code=code,
            appeal=row.appeal,
            text=row.text,
            at=row.at,
            answer=row.answer,
            answered_at=row.answered_at,
        )
        for row, code in session.execute(ordered)
    )


def find(session: Session, round: str, comment: str, lock: bool = False) -> Comment | None:
    """One comment; `lock`: its row is held until commit. None when the round has none of this id."""
    row = session.get(RoundCommentRow, comment, with_for_update=lock or None, populate_existing=lock)
    if row is None or row.round != round:
        return None
    return Comment(**{name: getattr(row, name) for name in Comment.__dataclass_fields__})


def answer(session: Session, comment: str, text: str, by: str, now: datetime) -> None:
    """The comment is answered."""
    row = session.get_one(RoundCommentRow, comment)
    row.answer, row.answered_at, row.answered_by = text, now, by
    session.flush()
