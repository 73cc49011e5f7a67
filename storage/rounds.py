"""Rounds with their plans, people and history."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from schemas.round.plan import Amendment, EvaluationPlan
from schemas.round.round import Round, RoundRecord, RoundRole, RoundState
from schemas.round.setup import RoundEvent
from storage.tables import RoundEventRow, RoundPlanRow, RoundRoleRow, RoundRow
from storage.taken import kept_once


def add(session: Session, id: str, record: RoundRecord, by: str, now: datetime) -> None:
    """A new round, a draft; its id taken raises as `kept_once` does."""
    facts = record.model_dump(mode="json")
    with kept_once(session):
        session.add(
            RoundRow(
                id=id,
                record=facts,
                state=RoundState.DRAFT.value,
                created_at=now,
                created_by=by,
                closes_at=record.closes_at,
            )
        )


def find(session: Session, round: str, lock: bool = False) -> Round | None:
    """A round as it stands; `lock`: its row is held until commit. None when there is none."""
    row = session.get(RoundRow, round, with_for_update=lock or None, populate_existing=lock)
    return None if row is None else _round(session, row)


def every(session: Session, states: Iterable[RoundState] | None = None) -> list[Round]:
    """All rounds (in these states), the newest first."""
    chosen = select(RoundRow).order_by(RoundRow.created_at.desc(), RoundRow.id)
    if states is not None:
        chosen = chosen.where(RoundRow.state.in_([one.value for one in states]))
    return [_round(session, row) for row in session.scalars(chosen)]


def describe(session: Session, round: str, record: RoundRecord) -> None:
    """Another record in place of the one there."""
    row = session.get_one(RoundRow, round)
    row.record, row.closes_at = record.model_dump(mode="json"), record.closes_at
    session.flush()


_MOMENT = {
    RoundState.OPEN: "opened_at",
    RoundState.CLOSED: "closed_at",
    RoundState.EVALUATED: "evaluated_at",
    RoundState.COMMENTING: "reported_at",
    RoundState.PUBLISHED: "published_at",
}


def enter(session: Session, round: str, state: RoundState, now: datetime) -> None:
    """From now on the round is in this state."""
    row = session.get_one(RoundRow, round)
    row.state = state.value
    if state in _MOMENT:
        setattr(row, _MOMENT[state], now)
    session.flush()


def happened(session: Session, id: str, round: str, what: str, by: str, now: datetime, detail: str = "") -> None:
    """Write one line of the round's history; `detail` holds no value and no code."""
    session.add(RoundEventRow(id=id, round=round, at=now, by=by, what=what, detail=detail))
    session.flush()


def history(session: Session, round: str) -> tuple[RoundEvent, ...]:
    """What happened in a round, in order; by whom is left out."""
    chosen = select(RoundEventRow).where(RoundEventRow.round == round).order_by(RoundEventRow.at, RoundEventRow.id)
    return tuple(RoundEvent(at=row.at, what=row.what, detail=row.detail) for row in session.scalars(chosen))


def keep_plan(session: Session, round: str, plan: EvaluationPlan, by: str, now: datetime, reason: str = "") -> int:
    """Freeze a plan: the first, or an amendment; returns its number."""
    number = len(plans(session, round))
    facts = {"plan": plan.model_dump(mode="json"), "sha256": plan.sha256, "reason": reason}
    session.add(RoundPlanRow(round=round, number=number, **facts, at=now, by=by))
    session.flush()
    return number


def plans(session: Session, round: str) -> tuple[Amendment, ...]:
    """The frozen plan and its amendments, in order."""
    rows = session.scalars(select(RoundPlanRow).where(RoundPlanRow.round == round).order_by(RoundPlanRow.number))
    return tuple(Amendment.model_validate(row, from_attributes=True) for row in rows)


def give_role(session: Session, round: str, role: RoundRole, holder: str, by: str, now: datetime) -> None:
    """A person (or, as test house, an organisation) gets a role in the round; having it changes nothing."""
    if session.get(RoundRoleRow, (round, role.value, holder)) is None:
        session.add(RoundRoleRow(round=round, role=role.value, holder=holder, given_at=now, given_by=by))
        session.flush()


def take_role(session: Session, round: str, role: RoundRole, holder: str) -> None:
    """The role ends."""
    row = session.get(RoundRoleRow, (round, role.value, holder))
    if row is not None:
        session.delete(row)
        session.flush()


def roles_of(session: Session, round: str, user: str, organisation: str) -> frozenset[RoundRole]:
    """The roles of a person in a round, those of their organisation as test house included."""
    chosen = select(RoundRoleRow.role, RoundRoleRow.holder).where(RoundRoleRow.round == round)
    return frozenset(
        RoundRole(role)
        for role, holder in session.execute(chosen)
        if holder and holder == (organisation if role == RoundRole.TEST_HOUSE else user)
    )


def holders(session: Session, round: str) -> dict[RoundRole, tuple[str, ...]]:
    """Who has which role: users, and as test houses organisations."""
    chosen = select(RoundRoleRow).where(RoundRoleRow.round == round).order_by(RoundRoleRow.role, RoundRoleRow.holder)
    found: dict[RoundRole, tuple[str, ...]] = {}
    for row in session.scalars(chosen):
        found[RoundRole(row.role)] = (*found.get(RoundRole(row.role), ()), row.holder)
    return found


def _round(session: Session, row: RoundRow) -> Round:
    return Round(
        id=row.id,
        record=RoundRecord.model_validate(row.record),
        state=RoundState(row.state),
        plans=plans(session, row.id),
        created_at=row.created_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        evaluated_at=row.evaluated_at,
        reported_at=row.reported_at,
        published_at=row.published_at,
    )
