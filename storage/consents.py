"""Third parties with rights in datasets, and their consents."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from schemas.agreement import Document
from schemas.errors import NotFound
from schemas.rights_holder import Consent, NewConsent, RightsHolder
from storage import documents
from storage.tables import ConsentRow, RightsHolderRow


def enter(session: Session, holder: RightsHolder, by: str) -> None:
    """A third party with rights, who has not consented yet."""
    facts = holder.model_dump(exclude={"consents"})
    session.add(RightsHolderRow(**facts, consent="", consented_at=None, created_by=by))
    session.flush()


def holders(session: Session, datasets: Iterable[str]) -> list[RightsHolder]:
    """Third parties of these datasets with all their consents, ended ones included, oldest first."""
    chosen = select(RightsHolderRow).where(RightsHolderRow.dataset.in_(list(datasets)))
    rows = list(session.scalars(chosen.order_by(RightsHolderRow.created_at, RightsHolderRow.id)))
    given: dict[str, list[ConsentRow]] = defaultdict(list)
    these = select(ConsentRow).where(ConsentRow.holder.in_([row.id for row in rows]))
    for one in session.scalars(these.order_by(ConsentRow.recorded_at, ConsentRow.id)):
        given[one.holder].append(one)
    kept: dict[str, list[Document]] = defaultdict(list)
    for document in documents.about(session, [one.id for several in given.values() for one in several]):
        kept[document.about].append(document)
    return [_holder(row, [_consent(one, kept[one.id]) for one in given[row.id]]) for row in rows]


def holder(session: Session, dataset: str, id: str) -> RightsHolder:
    """One of a dataset's third parties; `NotFound` when there is none of this id."""
    found = next((one for one in holders(session, [dataset]) if one.id == id), None)
    if found is None:
        raise NotFound(f"Dataset {dataset} has no rights holder {id}.")
    return found


def record(session: Session, holder: str, consent: str, given: NewConsent, by: str, now: datetime) -> None:
    """A third party has consented."""
    session.add(
        ConsentRow(**given.model_dump(), id=consent, holder=holder, recorded_at=now, recorded_by=by, withdrawn_at=None)
    )
    _stand(session, holder, given.words, now)


def withdraw(session: Session, holder: str, by: str, reason: str, now: datetime) -> None:
    """Every consent of a third party ends; its evidence stays."""
    these = update(ConsentRow).where(ConsentRow.holder == holder, ConsentRow.withdrawn_at.is_(None))
    session.execute(these.values(withdrawn_at=now, withdrawn_by=by, reason=reason))
    _stand(session, holder, "", None)


def end(session: Session, holder: str, by: str, reason: str, now: datetime) -> None:
    """A third party has rights no more; its entry stays."""
    these = update(RightsHolderRow).where(RightsHolderRow.id == holder)
    session.execute(these.values(ended_at=now, ended_by=by, end_reason=reason))


def _stand(session: Session, holder: str, words: str, at: datetime | None) -> None:
    """What the access rule looks at."""
    these = update(RightsHolderRow).where(RightsHolderRow.id == holder)
    session.execute(these.values(consent=words, consented_at=at))


def _holder(row: RightsHolderRow, consents: list[Consent]) -> RightsHolder:
    facts = {name: getattr(row, name) for name in RightsHolder.model_fields if name != "consents"}
    return RightsHolder(**facts, consents=tuple(consents))


def _consent(row: ConsentRow, kept: list[Document]) -> Consent:
    facts = {name: getattr(row, name) for name in Consent.model_fields if name != "documents"}
    return Consent(**facts, documents=tuple(kept))
