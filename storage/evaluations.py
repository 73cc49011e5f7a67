"""Evaluations of rounds: which there are, where each one's content is kept, and which one was reported."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from storage.tables import EvaluationRow, ReportRow
from storage.taken import kept_once


@dataclass(frozen=True)
class StoredEvaluation:
    """An evaluation by its number: the object with its content, its hash, and what it was made from."""

    round: str
    number: int
    key: str
    sha256: str
    bytes: int
    inputs: dict[str, Any]  # Any: a JSON document
    made_at: datetime
    made_by: str


def keep(session: Session, evaluation: StoredEvaluation) -> None:
    """Keep an evaluation; its number taken raises as `kept_once` does."""
    with kept_once(session):
        session.add(EvaluationRow(**vars(evaluation)))


def known(session: Session, keys: Iterable[str]) -> set[str]:
    """Those of these keys that an evaluation has."""
    return set(session.scalars(select(EvaluationRow.key).where(EvaluationRow.key.in_(list(keys)))))


def newest(session: Session, round: str) -> StoredEvaluation | None:
    """The last evaluation of a round; None before the first."""
    chosen = select(EvaluationRow).where(EvaluationRow.round == round).order_by(EvaluationRow.number.desc()).limit(1)
    row = session.scalar(chosen)
    return None if row is None else _stored(row)


def find(session: Session, round: str, number: int) -> StoredEvaluation | None:
    """An evaluation by its number."""
    row = session.get(EvaluationRow, (round, number))
    return None if row is None else _stored(row)


def reported(session: Session, round: str) -> int | None:
    """The number of the evaluation that the newest report is of; None before the first."""
    found: int | None = session.scalar(select(func.max(ReportRow.evaluation)).where(ReportRow.round == round))
    return found


def _stored(row: EvaluationRow) -> StoredEvaluation:
    return StoredEvaluation(
        round=row.round,
        number=row.number,
        key=row.key,
        sha256=row.sha256,
        bytes=row.bytes,
        inputs=row.inputs,
        made_at=row.made_at,
        made_by=row.made_by,
    )
