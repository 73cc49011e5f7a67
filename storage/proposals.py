"""Proposals to release."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from schemas.errors import Conflict
from schemas.proposal import Proposal, ProposalState
from storage.tables import ProposalRow


def add(session: Session, proposal: Proposal) -> None:
    """Keep a proposal."""
    session.add(ProposalRow(**proposal.model_dump()))
    session.flush()


def of(session: Session, organisation: str, state: ProposalState | None = None) -> list[Proposal]:
    """The proposals within an organisation, oldest first."""
    chosen = select(ProposalRow).where(ProposalRow.organisation == organisation)
    if state is not None:
        chosen = chosen.where(ProposalRow.state == state)
    return [_proposal(row) for row in session.scalars(chosen.order_by(ProposalRow.proposed_at, ProposalRow.id))]


def find(session: Session, proposal: str) -> Proposal | None:
    """One proposal; None when there is none."""
    row = session.get(ProposalRow, proposal)
    return None if row is None else _proposal(row)


def waiting(session: Session, dataset: str) -> Proposal | None:
    """The proposal on a dataset that is not answered yet."""
    this = (ProposalRow.dataset == dataset, ProposalRow.state == ProposalState.OPEN)
    row = session.scalar(select(ProposalRow).where(*this).limit(1))
    return None if row is None else _proposal(row)


def answer(session: Session, proposal: str, state: ProposalState, by: str, now: datetime, why: str = "") -> Proposal:
    """Answer an open proposal; `Conflict` when it was answered already."""
    row = session.get_one(ProposalRow, proposal, with_for_update=True, populate_existing=True)
    if row.state != ProposalState.OPEN:
        raise Conflict(f"The proposal {proposal} is {row.state} already.")
    row.state, row.answered_by, row.answered_at, row.answer = state, by, now, why
    session.flush()
    return _proposal(row)


def overtake(session: Session, dataset: str, by: str | None, now: datetime) -> None:
    """What is proposed of a dataset has no object any more."""
    session.execute(
        update(ProposalRow)
        .where(ProposalRow.dataset == dataset, ProposalRow.state == ProposalState.OPEN)
        .values(state=ProposalState.OVERTAKEN, answered_by=by, answered_at=now)
    )


def _proposal(row: ProposalRow) -> Proposal:
    return Proposal.model_validate(row, from_attributes=True)
