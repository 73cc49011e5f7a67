"""Propose: a contributor asks for a release; a steward approves, which releases, or declines with a reason."""

from exchange import guard
from exchange.services import Services
from exchange.sharing import release
from exchange.telling import notify
from schemas.access import Principal, Right
from schemas.dataset import Dataset, Release
from schemas.errors import Conflict, NotFound
from schemas.notification import Holders, NotificationKind
from schemas.organisation import Role
from schemas.proposal import NewProposal, Proposal, ProposalState
from storage import proposals


def propose(services: Services, who: Principal, dataset: str, wanted: NewProposal) -> Proposal:
    """A proposal for the stewards; `Conflict` while one on the same dataset waits."""
    guard.require(services, who, Right.PROPOSE, dataset)
    with services.sessions.begin() as session:
        present = guard.hold(session, dataset)
        waiting = proposals.waiting(session, dataset)
        if waiting is not None:
            raise Conflict(f"A release of {dataset} is proposed already ({waiting.id}); a steward answers it.")
        if present.latest_version is None or (wanted.version or 1) > present.latest_version:
            raise Conflict(f"Dataset {dataset} has no such version; its newest is {present.latest_version}.")
        made = Proposal(
            **wanted.model_dump(),
            id=services.new_id(),
            dataset=dataset,
            organisation=present.owner,
            state=ProposalState.OPEN,
            proposed_at=services.now(),
            proposed_by=who.user,
        )
        proposals.add(session, made)
        to = Holders(organisation=present.owner, roles=frozenset({Role.STEWARD}))
        facts = {"person": who.user, "text": wanted.note}
        notify.notify(services, session, to=to, kind=NotificationKind.RELEASE_PROPOSED, about=dataset, facts=facts)
    return made


def proposed(services: Services, who: Principal, state: ProposalState | None = None) -> list[Proposal]:
    """The proposals within the caller's organisation, oldest first."""
    guard.require_general(services, who, Right.PROPOSE, detail="list")
    with services.sessions.read() as session:
        return proposals.of(session, who.organisation, state)


def approve(services: Services, who: Principal, proposal: str, wanted: Release) -> Dataset:
    """Release what was proposed, as the steward says; the version is the proposed one unless another is named."""
    one = _within(services, who, proposal, "approve")
    with services.sessions.begin() as session:
        proposals.answer(session, proposal, ProposalState.APPROVED, who.user, services.now())
        asked = wanted if wanted.version else wanted.model_copy(update={"version": one.version})
        return release.released(services, session, who, one.dataset, asked)


def decline(services: Services, who: Principal, proposal: str, reason: str) -> Proposal:
    """Say no, and why."""
    _within(services, who, proposal, "decline")
    with services.sessions.begin() as session:
        return proposals.answer(session, proposal, ProposalState.DECLINED, who.user, services.now(), reason)


def _within(services: Services, who: Principal, proposal: str, answer: str) -> Proposal:
    """The proposal, when the caller may answer it."""
    with services.sessions.read() as session:
        found = proposals.find(session, proposal)
    if found is None or found.organisation != who.organisation:
        guard.require_general(services, who, Right.RELEASE, detail=f"{answer} {proposal}")
        raise NotFound(f"Your organisation has no proposal {proposal}.")
    guard.require(services, who, Right.RELEASE, found.dataset, detail=f"{answer} {proposal}")
    return found
