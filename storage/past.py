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


def readers_of(session: Session, target: str, actions: Iterable[str]) -> set[tuple[str, str]]:
    """Organisation and person of everybody signed in who was let out with something that is no dataset."""
    chosen = (
        select(AuditRow.organisation, AuditActorRow.user)
        .join(AuditActorRow, AuditActorRow.pseudonym == AuditRow.actor)
        .where(AuditRow.target == target, AuditRow.allowed, AuditRow.action.in_(list(actions)))
        .where(AuditRow.organisation.is_not(None))
        .distinct()
    )
    return {(organisation, user) for organisation, user in session.execute(chosen) if organisation and user}
