"""Remind: tell lines of cells that are missing some days before their last moment; each of those days once."""

from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from exchange.rounds.dates import last_moment
from exchange.rounds.held import WHILE_OPEN
from exchange.rounds.told import tell_lines
from exchange.services import Services
from exchange.telling import notices
from schemas.notification import NotificationKind
from schemas.round.round import Participant, Round
from schemas.round.submission import SubmissionState
from storage import participants, round_reminders, rounds, submissions

DAYS: Final = (1, 7, 14)
"""Before a line's last moment, the nearest first."""
_DELIVERED = frozenset({SubmissionState.RECEIVED, SubmissionState.ACCEPTED})


def remind_of_cells(services: Services) -> int:
    """Everything that is due now; returns how many lines were told. Nobody but a line's own people learns of it."""
    with services.sessions.read() as session:
        some = [one.id for one in rounds.every(session, WHILE_OPEN) if _near(services, session, one)]
    count = 0
    for id in some:
        with services.sessions.begin() as session:
            one = rounds.find(session, id, lock=True)
            if one is not None and one.state in WHILE_OPEN:
                count += _remind(services, session, one)
    return count


def _near(services: Services, session: Session, round: Round) -> bool:
    """Whether something may be due: looked at every minute or so, and mostly nothing is."""
    told = round_reminders.told(session, round.id)
    return any(_due(services, round, line, told) for line in participants.of(session, round.id))


def _remind(services: Services, session: Session, round: Round) -> int:
    told, missing = round_reminders.told(session, round.id), _missing(session, round)
    count = 0
    for line in participants.of(session, round.id):
        days = _due(services, round, line, told)
        if not days or not missing.get(line.line):
            continue
        until = last_moment(round, line)
        round_reminders.tell(session, round.id, line.line, until, days, services.now())
        facts = {
            "missing": str(missing[line.line]),
            "cells": str(round.record.cells_per_line),
            "until": notices.when(until),
        }
        tell_lines(services, session, round, [line], NotificationKind.ROUND_REMINDER, facts)
        count += 1
    return count


def _due(
    services: Services, round: Round, line: Participant, told: frozenset[tuple[str, object, int]]
) -> tuple[int, ...]:
    """Days that are due and not told, all told of at once; none that lay before the round opened."""
    until, now = last_moment(round, line), services.now()
    if not line.taking_part or now >= until:
        return ()
    since = round.opened_at or round.created_at
    due = [one for one in DAYS if since < until - timedelta(days=one) <= now]
    return tuple(one for one in due if (line.line, until, one) not in told)


def _missing(session: Session, round: Round) -> dict[str, int]:
    """Cells by line for which nothing stands that came in time, those without a name included."""
    handed = {one.cell for one in submissions.of(session, round.id) if one.state in _DELIVERED and not one.late}
    delivered: dict[str, int] = {}
    for cell in participants.cells(session, round.id):
        if cell.replaced_by is None and cell.id in handed:
            delivered[cell.line] = delivered.get(cell.line, 0) + 1
    lines = participants.of(session, round.id)
    return {one.line: max(0, round.record.cells_per_line - delivered.get(one.line, 0)) for one in lines}
