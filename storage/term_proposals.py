"""Words of records that are no terms: one proposal for each organisation and word, and the datasets that have it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from schemas.errors import Conflict
from schemas.term_proposal import TermProposal, TermProposalState
from storage.tables import TermProposalRow, TermUseRow

Key = tuple[str, str]
"""Name of a vocabulary, and the word folded."""


def settled(session: Session, organisation: str) -> dict[Key, str]:
    """Which term each word of the organisation was answered to be."""
    chosen = select(TermProposalRow).where(
        TermProposalRow.organisation == organisation, TermProposalRow.term.is_not(None)
    )
    return {(row.vocabulary, row.folded): str(row.term) for row in session.scalars(chosen)}


def note(
    session: Session, dataset: str, organisation: str, words: Mapping[Key, str], ids: Mapping[Key, str], now: datetime
) -> None:
    """The words that the dataset's newest record has and that are no terms, in place of those it had.

    A word that the organisation has proposed already counts one dataset more; `ids` are for those that are new. A
    proposal without any dataset left is withdrawn, and open again with the next.
    """
    used = select(TermUseRow.proposal).where(TermUseRow.dataset == dataset)
    # Held before it is asked who else uses them, so that a save at the same moment is seen or waits.
    before = select(TermProposalRow.id).where(TermProposalRow.id.in_(used)).order_by(TermProposalRow.id)
    held = list(session.scalars(before.with_for_update()))
    session.execute(delete(TermUseRow).where(TermUseRow.dataset == dataset))
    for key in sorted(words):
        row = _held(session, key, organisation) or _new(session, key, organisation, ids[key], words[key], now)
        if row.state == TermProposalState.WITHDRAWN:
            row.state, row.proposed_at = TermProposalState.OPEN, now
        session.add(TermUseRow(proposal=row.id, dataset=dataset))
        session.flush()
    unused = ~exists().where(TermUseRow.proposal == TermProposalRow.id)
    session.execute(
        update(TermProposalRow)
        .where(TermProposalRow.id.in_(held), TermProposalRow.state == TermProposalState.OPEN, unused)
        .values(state=TermProposalState.WITHDRAWN)
        .execution_options(synchronize_session=False)
    )


def every(
    session: Session, organisation: str | None = None, state: TermProposalState | None = None
) -> list[TermProposal]:
    """Proposals of an organisation, or of all, oldest first."""
    chosen = select(TermProposalRow)
    if organisation is not None:
        chosen = chosen.where(TermProposalRow.organisation == organisation)
    if state is not None:
        chosen = chosen.where(TermProposalRow.state == state)
    rows = session.scalars(chosen.order_by(TermProposalRow.proposed_at, TermProposalRow.id))
    counts = _counts(session)
    return [_proposal(row, counts.get(row.id, 0)) for row in rows]


def find(session: Session, proposal: str) -> TermProposal | None:
    """One proposal; None when there is none."""
    row = session.get(TermProposalRow, proposal)
    return None if row is None else _proposal(row, _counts(session).get(row.id, 0))


def answer(
    session: Session, proposal: str, state: TermProposalState, term: str | None, by: str, now: datetime, words: str
) -> int:
    """Answer an open proposal and all that are alike: the same word, by other organisations; returns how many.

    `Conflict` when it is not open any more.
    """
    row = session.get_one(TermProposalRow, proposal, with_for_update=True, populate_existing=True)
    if row.state != TermProposalState.OPEN:
        raise Conflict(f"The proposal {proposal} is {row.state} already.")
    alike = select(TermProposalRow).where(
        TermProposalRow.vocabulary == row.vocabulary,
        TermProposalRow.folded == row.folded,
        TermProposalRow.state == TermProposalState.OPEN,
    )
    rows = list(session.scalars(alike.with_for_update()))
    for one in rows:
        one.state, one.term, one.answered_by, one.answered_at, one.answer = state, term, by, now, words
    session.flush()
    return len(rows)


def _held(session: Session, key: Key, organisation: str) -> TermProposalRow | None:
    vocabulary, folded = key
    return session.scalar(
        select(TermProposalRow)
        .where(
            TermProposalRow.vocabulary == vocabulary,
            TermProposalRow.folded == folded,
            TermProposalRow.organisation == organisation,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _new(session: Session, key: Key, organisation: str, id: str, text: str, now: datetime) -> TermProposalRow:
    """A fresh proposal, or the one that another save of the organisation made at this moment."""
    row = TermProposalRow(
        id=id,
        vocabulary=key[0],
        folded=key[1],
        text=text,
        organisation=organisation,
        state=TermProposalState.OPEN,
        proposed_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        made = _held(session, key, organisation)
        assert made is not None, "the word is taken, and not there"
        return made
    return row


def _counts(session: Session) -> dict[str, int]:
    chosen = select(TermUseRow.proposal, func.count()).group_by(TermUseRow.proposal)
    return {str(proposal): int(count) for proposal, count in session.execute(chosen)}


def _proposal(row: TermProposalRow, count: int) -> TermProposal:
    return TermProposal.model_validate(row, from_attributes=True).model_copy(update={"count": count})
