"""Organisations and their way through the network; a change of state is one row of history."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from schemas.errors import NotFound
from schemas.member import ShownOrganisation
from schemas.organisation import Organisation, OrganisationChange, OrganisationState, Standing
from storage.tables import LineRow, OrganisationChangeRow, OrganisationRow
from storage.taken import kept_once


def every(session: Session) -> list[ShownOrganisation]:
    """All organisations with how many lines each has, by name."""
    counted = select(LineRow.organisation, func.count()).group_by(LineRow.organisation)
    lines = {row[0]: row[1] for row in session.execute(counted)}
    rows = session.scalars(select(OrganisationRow).order_by(OrganisationRow.name))
    return [ShownOrganisation(**_organisation(row).model_dump(), lines=lines.get(row.id, 0)) for row in rows]


def add(session: Session, organisation: Organisation, now: datetime, reason: str, by: str | None = None) -> None:
    """Enter an organisation; its history begins."""
    with kept_once(session):
        session.add(OrganisationRow(**organisation.model_dump(), created_at=now))
    come_into(session, organisation.id, organisation.state, reason, by, now)


def find(session: Session, organisation: str) -> Organisation | None:
    """One organisation; None when there is none."""
    row = session.get(OrganisationRow, organisation)
    return None if row is None else _organisation(row)


def lock(session: Session, organisation: str) -> Organisation:
    """One organisation, its row held until commit; `NotFound` when there is none."""
    row = session.scalar(select(OrganisationRow).where(OrganisationRow.id == organisation).with_for_update())
    if row is None:
        raise NotFound(f"There is no organisation {organisation}.")
    session.refresh(row)
    return _organisation(row)


def taken(session: Session, id: str, name: str) -> Organisation | None:
    """An organisation that already has this id or this name."""
    row = session.scalar(select(OrganisationRow).where(or_(OrganisationRow.id == id, OrganisationRow.name == name)))
    return None if row is None else _organisation(row)


def correct(session: Session, organisation: str, facts: Mapping[str, str | None]) -> None:
    """Change name, standing, country, ROR id or contact."""
    row = session.get_one(OrganisationRow, organisation)
    with kept_once(session):
        for name, value in facts.items():
            setattr(row, name, value)


def come_into(
    session: Session, organisation: str, state: OrganisationState, reason: str, by: str | None, now: datetime
) -> None:
    """The organisation is in this state from now on."""
    session.get_one(OrganisationRow, organisation).state = state
    session.add(OrganisationChangeRow(organisation=organisation, state=state, reason=reason, at=now, by=by))
    session.flush()


def history(session: Session, organisation: str) -> list[OrganisationChange]:
    """Every state that it was in, oldest first, with reasons and persons."""
    chosen = select(OrganisationChangeRow).where(OrganisationChangeRow.organisation == organisation)
    rows = session.scalars(chosen.order_by(OrganisationChangeRow.id))
    return [
        OrganisationChange(state=OrganisationState(row.state), at=row.at, reason=row.reason, by=row.by) for row in rows
    ]


def offices(session: Session) -> int:
    """How many admitted organisations run the network; those counted are held until commit."""
    chosen = select(OrganisationRow.id).where(
        OrganisationRow.standing == Standing.OFFICE, OrganisationRow.state == OrganisationState.ADMITTED
    )
    return len(session.scalars(chosen.with_for_update()).all())


def _organisation(row: OrganisationRow) -> Organisation:
    return Organisation.model_validate(row, from_attributes=True)
