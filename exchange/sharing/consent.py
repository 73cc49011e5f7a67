"""Consent: third parties with rights in a dataset, entered by its steward, and what they consent to."""

from exchange import agree, guard, visibility
from exchange.services import Services
from schemas.access import Principal, Right
from schemas.agreement import Document
from schemas.errors import Conflict, NotFound
from schemas.rights_holder import NewConsent, NewRightsHolder, RightsHolder
from storage import consents, stamps


def holders(services: Services, who: Principal, dataset: str) -> list[RightsHolder]:
    """Third parties with rights, ended ones included, with every consent that was recorded."""
    guard.require(services, who, Right.RELEASE, dataset, detail="rights holders")
    with services.sessions.read() as session:
        return consents.holders(session, [dataset])


def enter(services: Services, who: Principal, dataset: str, new: NewRightsHolder) -> RightsHolder:
    """A third party with rights: from now on nothing of the dataset is open to others until they have consented."""
    guard.require(services, who, Right.RELEASE, dataset, detail="enter a rights holder", said=new.organisation)
    holder = RightsHolder(**new.model_dump(), id=services.new_id(), dataset=dataset, created_at=services.now())
    with services.sessions.begin() as session:
        guard.hold(session, dataset)
        consents.enter(session, holder, who.user)
        stamps.touch(session, [dataset], services.now())
        visibility.refresh(session, [dataset])
    return holder


def consent(services: Services, who: Principal, dataset: str, holder: str, given: NewConsent) -> RightsHolder:
    """Record a consent with its evidence; `Conflict` when one stands, or the rights have ended."""
    guard.require(services, who, Right.RELEASE, dataset, detail=f"consent of {holder}", said=given.given_by)
    with services.sessions.begin() as session:
        guard.hold(session, dataset)
        present = consents.holder(session, dataset, holder)
        if present.consented:
            raise Conflict(
                f"{present.organisation} has consented, or has no rights any more; nothing is to be recorded."
            )
        consents.record(session, holder, services.new_id(), given, who.user, services.now())
        stamps.touch(session, [dataset], services.now())
        visibility.refresh(session, [dataset])
        return consents.holder(session, dataset, holder)


def withdraw(services: Services, who: Principal, dataset: str, holder: str, reason: str) -> RightsHolder:
    """A consent was withdrawn: nothing of the dataset is open to others from this moment."""
    guard.require(services, who, Right.BLOCK, dataset, detail=f"consent of {holder} withdrawn", said=reason)
    with services.sessions.begin() as session:
        guard.hold(session, dataset)
        present = consents.holder(session, dataset, holder)
        if present.ended_at is not None or not present.consented:
            raise Conflict(f"No consent of {present.organisation} stands that could be withdrawn.")
        consents.withdraw(session, holder, who.user, reason, services.now())
        stamps.touch(session, [dataset], services.now())
        visibility.refresh(session, [dataset])
        return consents.holder(session, dataset, holder)


def end(services: Services, who: Principal, dataset: str, holder: str, reason: str) -> RightsHolder:
    """A third party has rights no more, or was entered by mistake; the entry stays, with the reason."""
    guard.require(services, who, Right.RELEASE, dataset, detail=f"rights of {holder} ended", said=reason)
    with services.sessions.begin() as session:
        guard.hold(session, dataset)
        if consents.holder(session, dataset, holder).ended_at is not None:
            raise Conflict("These rights have ended already.")
        consents.end(session, holder, who.user, reason, services.now())
        stamps.touch(session, [dataset], services.now())
        visibility.refresh(session, [dataset])
        return consents.holder(session, dataset, holder)


def attach(services: Services, who: Principal, dataset: str, consent: str, filename: str, content: bytes) -> Document:
    """Add a file to a consent, such as the letter in which it was given."""
    guard.require(services, who, Right.RELEASE, dataset, detail=f"document for consent {consent}", said=filename)
    with services.sessions.read() as session:
        known = {given.id for one in consents.holders(session, [dataset]) for given in one.consents}
    if consent not in known:
        raise NotFound(f"Dataset {dataset} has no consent {consent}.")
    return agree.documents.keep(services, who, consent, filename, content)
