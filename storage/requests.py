"""Requests for access, and the warnings before grants end."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from schemas.access import Level, View
from schemas.conditions import Purpose
from schemas.dataset import DatasetState
from schemas.errors import Conflict
from schemas.organisation import OrganisationState
from schemas.request import AccessRequest, Closing, RequestState
from storage.tables import AccessRequestRow, DatasetRow, OrganisationRow

Position = tuple[datetime, str]
"""Where a page ends: created_at and id of its last request."""


def add(session: Session, one: AccessRequest) -> None:
    """Keep a request."""
    facts = one.model_dump() | {"agreements": list(one.agreements), "level": int(one.level)}
    session.add(AccessRequestRow(**facts))
    session.flush()


def find(session: Session, id: str) -> AccessRequest | None:
    """One request; None when there is none."""
    row = session.get(AccessRequestRow, id)
    return None if row is None else _request(row)


def open_one(session: Session, dataset: str, organisation: str) -> AccessRequest | None:
    """The request of an organisation on a dataset that waits for an answer."""
    chosen = select(AccessRequestRow).where(
        AccessRequestRow.dataset == dataset,
        AccessRequestRow.organisation == organisation,
        AccessRequestRow.state == RequestState.SENT,
    )
    row = session.scalars(chosen).first()
    return None if row is None else _request(row)


def sent(
    session: Session,
    organisation: str,
    user: str | None,
    state: RequestState | None,
    after: Position | None,
    limit: int,
) -> list[AccessRequest]:
    """What an organisation, or one of its people, has asked for, newest first."""
    mine: list[ColumnElement[bool]] = [AccessRequestRow.organisation == organisation]
    if user is not None:
        mine.append(AccessRequestRow.user == user)
    return _page(session, mine, state, after, limit)


def received(
    session: Session,
    owner: str,
    dataset: str | None,
    state: RequestState | None,
    after: Position | None,
    limit: int,
) -> list[AccessRequest]:
    """What others have asked of an organisation's datasets, or of one of them, newest first."""
    owned = select(DatasetRow.id).where(DatasetRow.owner == owner)
    mine: list[ColumnElement[bool]] = [AccessRequestRow.dataset.in_(owned)]
    if dataset is not None:
        mine.append(AccessRequestRow.dataset == dataset)
    return _page(session, mine, state, after, limit)


def close(session: Session, id: str, how: Closing) -> AccessRequest:
    """End a request that waits; `Conflict` when it does not wait any more."""
    values = {
        "state": how.state,
        "ended_at": how.at,
        "ended_by": how.by,
        "reason": how.reason,
        "grant": how.grant,
    }
    waits = (AccessRequestRow.id == id, AccessRequestRow.state == RequestState.SENT)
    done = session.execute(update(AccessRequestRow).where(*waits).values(**values).returning(AccessRequestRow.id))
    if done.first() is None:
        raise Conflict(f"Request {id} does not wait for an answer any more.")
    session.expire_all()
    return _request(session.get_one(AccessRequestRow, id))


def ended(session: Session, now: datetime, limit: int) -> list[tuple[AccessRequest, str]]:
    """Requests that wait in vain, each with why: past their time, of organisations out of the network, or of datasets
    that were withdrawn."""
    chosen = (
        select(AccessRequestRow, OrganisationRow.state, DatasetRow.state)
        .join(OrganisationRow, OrganisationRow.id == AccessRequestRow.organisation)
        .join(DatasetRow, DatasetRow.id == AccessRequestRow.dataset)
        .where(
            AccessRequestRow.state == RequestState.SENT,
            or_(
                AccessRequestRow.expires_at <= now,
                OrganisationRow.state != OrganisationState.ADMITTED,
                DatasetRow.state == DatasetState.WITHDRAWN,
            ),
        )
        .order_by(AccessRequestRow.expires_at, AccessRequestRow.id)
        .limit(limit)
    )
    found: list[tuple[AccessRequest, str]] = []
    for row, organisation, dataset in session.execute(chosen):
        why = "It was not answered in time."
        if organisation != OrganisationState.ADMITTED:
            why = f"Your organisation is {organisation}."
        elif dataset == DatasetState.WITHDRAWN:
            why = "The dataset was withdrawn."
        found.append((_request(row), why))
    return found


def to_remind(session: Session, before: datetime, limit: int) -> list[AccessRequest]:
    """Requests that wait since before then and whose stewards were not reminded; from now on they are."""
    chosen = (
        select(AccessRequestRow)
        .where(
            AccessRequestRow.state == RequestState.SENT,
            AccessRequestRow.reminded_at.is_(None),
            AccessRequestRow.created_at <= before,
        )
        .order_by(AccessRequestRow.created_at, AccessRequestRow.id)
        .limit(limit)
    )
    return [_request(row) for row in session.scalars(chosen)]


def reminded(session: Session, ids: Iterable[str], now: datetime) -> None:
    """That the stewards were reminded of these."""
    session.execute(update(AccessRequestRow).where(AccessRequestRow.id.in_(list(ids))).values(reminded_at=now))


def _page(
    session: Session,
    mine: list[ColumnElement[bool]],
    state: RequestState | None,
    after: Position | None,
    limit: int,
) -> list[AccessRequest]:
    chosen = select(AccessRequestRow).where(*mine)
    if state is not None:
        chosen = chosen.where(AccessRequestRow.state == state)
    if after is not None:
        when, last = after
        same = and_(AccessRequestRow.created_at == when, AccessRequestRow.id < last)
        chosen = chosen.where(or_(AccessRequestRow.created_at < when, same))
    order = (AccessRequestRow.created_at.desc(), AccessRequestRow.id.desc())
    return [_request(row) for row in session.scalars(chosen.order_by(*order).limit(limit))]


def _request(row: AccessRequestRow) -> AccessRequest:
    return AccessRequest(
        id=row.id,
        dataset=row.dataset,
        organisation=row.organisation,
        user=row.user,
        level=Level(row.level),
        view=View(row.view),
        purpose=Purpose(row.purpose),
        text=row.text,
        until=row.until,
        agreements=tuple(row.agreements),
        state=RequestState(row.state),
        created_at=row.created_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        reason=row.reason,
        grant=row.grant,
    )
