"""Who has read data, by the audit: organisations, and the people who did."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import AuditActorRow, AuditRow, AuditTouchedRow


def readers(session: Session, dataset: str, owner: str, actions: Iterable[str]) -> dict[str, frozenset[str]]:
    """Organisations other than the owner that were let out with the dataset by these actions, each with its people.

    People are known as long as the audit can tell whose their pseudonyms are.
    """
    chosen = (
        select(AuditRow.organisation, AuditActorRow.user)
        .join(AuditTouchedRow, AuditTouchedRow.event == AuditRow.id)
        .outerjoin(AuditActorRow, AuditActorRow.pseudonym == AuditRow.actor)
        .where(
            AuditTouchedRow.dataset == dataset,
            AuditRow.allowed,
            AuditRow.action.in_(list(actions)),
            AuditRow.organisation.is_not(None),
            AuditRow.organisation != owner,
        )
        .distinct()
    )
    found: dict[str, set[str]] = defaultdict(set)
    for organisation, user in session.execute(chosen):
        if organisation is not None:
            found[organisation] |= {user} if user else set()
    return {organisation: frozenset(people) for organisation, people in sorted(found.items())}
