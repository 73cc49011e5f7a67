"""Transfer: an owner's steward offers a dataset to another organisation, whose steward accepts or declines."""

from sqlalchemy.orm import Session

from exchange import guard
from exchange.services import Services
from exchange.sharing import handing
from exchange.telling import notify
from schemas.access import Principal, Right
from schemas.errors import Conflict, NotFound, Refused, Trouble
from schemas.notification import Holders, NotificationKind
from schemas.organisation import OrganisationState, Role, Standing
from schemas.transfer import NewTransfer, Transfer, TransferState
from storage import catalogue, people, transfers


def offer(services: Services, who: Principal, dataset: str, wanted: NewTransfer) -> Transfer:
    """An offer, which changes nothing until it is accepted; `Conflict` while another one stands."""
    guard.require(services, who, Right.TRANSFER, dataset, detail=f"offer to {wanted.taker}")
    with services.sessions.begin() as session:
        present = guard.hold(session, dataset)
        taker = next((one for one in people.organisations(session) if one.id == wanted.taker), None)
        fit = taker is not None and taker.standing is not Standing.PARTNER
        if taker is None or not fit or taker.state is not OrganisationState.ADMITTED or taker.id == present.owner:
            message = "is no other admitted member of the network"
            trouble = Trouble(pointer="/taker", message=message, value=wanted.taker)
            raise Refused("The dataset cannot be offered to them.", errors=(trouble,))
        standing = transfers.offered(session, dataset)
        if standing is not None:
            raise Conflict(f"The dataset is offered to {standing.taker} already ({standing.id}); withdraw that first.")
        made = Transfer(
            **wanted.model_dump(),
            id=services.new_id(),
            dataset=dataset,
            giver=present.owner,
            state=TransferState.OFFERED,
            offered_at=services.now(),
            offered_by=who.user,
        )
        transfers.add(session, made)
        facts = {"organisation": present.owner_name, "offer": made.id, "reason": made.reason}
        _tell(services, session, made.taker, NotificationKind.DATASET_OFFERED, dataset, facts)
    return made


def offers(services: Services, who: Principal) -> list[Transfer]:
    """Offers by and to the caller's organisation, answered ones included."""
    guard.require_general(services, who, Right.TRANSFER, detail="list")
    with services.sessions.read() as session:
        return transfers.of(session, who.organisation)


def accept(services: Services, who: Principal, transfer: str) -> Transfer:
    """The dataset is the caller's organisation's from now on; the old owner keeps nothing but what it is granted."""
    found = _answerable(services, who, transfer, "accept", by_giver=False)
    with handing.copies(services, [found.dataset]) as copied, services.sessions.begin() as session:
        answered = transfers.answer(session, transfer, TransferState.ACCEPTED, who.user, services.now())
        present = guard.hold(session, found.dataset)
        if present.owner != found.giver:
            raise Conflict("The dataset has changed hands meanwhile; this offer is void.")
        orphans = handing.hand_over(
            services, session, [found.dataset], found.taker, who.user, keep_grants=found.keep_grants, copied=copied
        )
        names = {one.id: one.name for one in people.organisations(session)}
        facts = {"before": names[found.giver], "owner": names[found.taker], "reason": found.reason}
        for one in (found.giver, found.taker):
            _tell(services, session, one, NotificationKind.OWNER_CHANGED, found.dataset, facts)
    for key in orphans:
        services.objects.delete(key)
    return answered


def decline(services: Services, who: Principal, transfer: str) -> Transfer:
    """The dataset stays where it is."""
    _answerable(services, who, transfer, "decline", by_giver=False)
    with services.sessions.begin() as session:
        return transfers.answer(session, transfer, TransferState.DECLINED, who.user, services.now())


def withdraw(services: Services, who: Principal, transfer: str) -> None:
    """Take one's own offer back."""
    _answerable(services, who, transfer, "withdraw offer", by_giver=True)
    with services.sessions.begin() as session:
        transfers.answer(session, transfer, TransferState.WITHDRAWN, who.user, services.now())


def _answerable(services: Services, who: Principal, transfer: str, answer: str, *, by_giver: bool) -> Transfer:
    with services.sessions.read() as session:
        found = transfers.find(session, transfer)
        mine = found is not None and who.organisation == (found.giver if by_giver else found.taker)
        target = found.dataset if found is not None and mine else None
        present = catalogue.find(session, target) if target else None
    touched = () if present is None else (present,)
    guard.require_general(services, who, Right.TRANSFER, target, f"{answer} {transfer}", touched=touched)
    if found is None or not mine:
        raise NotFound(f"There is no offer {transfer} that you may answer.")
    if found.state is not TransferState.OFFERED:
        raise Conflict(f"The offer {transfer} is {found.state.value} already.")
    return found


def _tell(
    services: Services, session: Session, organisation: str, kind: NotificationKind, dataset: str, facts: dict[str, str]
) -> None:
    to = Holders(organisation=organisation, roles=frozenset({Role.STEWARD}))
    notify.notify(services, session, to=to, kind=kind, about=dataset, facts=facts)
