"""Answer: a steward sees what is asked of the organisation's datasets, and approves or declines."""

from pydantic import ValidationError
from sqlalchemy.orm import Session

from access.explain import LEVEL_NAMES
from exchange import cursors, guard, visibility
from exchange.problems import troubles
from exchange.requests import asked_for
from exchange.services import Services
from exchange.sharing import giving
from exchange.telling import notices, notify
from schemas.access import GranteeKind, Principal, Right
from schemas.dataset import Dataset
from schemas.errors import Conflict, Denied, NotFound, Refused
from schemas.notification import NotificationKind, Person
from schemas.organisation import OrganisationState
from schemas.policy import NewGrant
from schemas.request import AccessRequest, Approval, Closing, RequestPage, RequestState, ShownRequest
from storage import catalogue, people, requests


def received(
    services: Services, who: Principal, state: RequestState | None, cursor: str | None, limit: int
) -> RequestPage:
    """What others ask of the datasets of the caller's organisation, newest first."""
    guard.require_general(services, who, Right.ANSWER)
    return _page(services, who, None, state, cursor, limit)


def on_dataset(
    services: Services, who: Principal, dataset: str, state: RequestState | None, cursor: str | None, limit: int
) -> RequestPage:
    """What others ask of one dataset, newest first."""
    guard.require(services, who, Right.ANSWER, dataset, detail="see requests")
    return _page(services, who, dataset, state, cursor, limit)


def one(services: Services, who: Principal, id: str) -> ShownRequest:
    """A request, for whoever asked and for the stewards who answer."""
    with services.sessions.read() as session:
        found = requests.find(session, id)
    if found is not None and asked_for.by(found, who):
        guard.listing(services, who)
        guard.listed(services, who, f"request {id}", 1)
    else:
        found, _ = _to_answer(services, who, id, "see")
    with services.sessions.read() as session:
        return asked_for.shown(session, who, services.now(), [found])[0]


def approve(services: Services, who: Principal, id: str, given: Approval) -> ShownRequest:
    """Give what was asked for, or what the steward chooses instead, as a grant that names the request."""
    _to_answer(services, who, id, "approve")
    with services.sessions.begin() as session:
        asked = _waiting(session, id)
        owned = guard.hold(session, asked.dataset)
        who_asked = people.acting(session, asked.user, asked.organisation)
        if who_asked is None or who_asked.state is not OrganisationState.ADMITTED:
            raise Conflict(f"Whoever sent request {id} takes no part in the network any more; it ends by itself.")
        grant = giving.give(services, session, owned, _grant(asked, given), who.user, request=id)
        ended = requests.close(
            session,
            id,
            Closing(state=RequestState.APPROVED, at=services.now(), by=who.user, reason=given.reason, grant=grant.id),
        )
        visibility.refresh(session, [asked.dataset])
        level = asked_for.level(asked.model_copy(update={"level": grant.level, "view": grant.view}))
        facts = {"owner": owned.owner_name, "level": level, "until": notices.when(grant.expires_at)}
        _tell(services, session, asked, NotificationKind.REQUEST_APPROVED, facts | {"reason": given.reason})
        return asked_for.shown(session, who, services.now(), [ended])[0]


def decline(services: Services, who: Principal, id: str, reason: str) -> ShownRequest:
    """Give nothing, and say why."""
    _to_answer(services, who, id, "decline")
    with services.sessions.begin() as session:
        asked = _waiting(session, id)
        owned = catalogue.lock(session, asked.dataset)
        how = Closing(state=RequestState.DECLINED, at=services.now(), by=who.user, reason=reason)
        ended = requests.close(session, id, how)
        facts = {"owner": owned.owner_name, "level": asked_for.level(asked), "reason": reason}
        _tell(services, session, asked, NotificationKind.REQUEST_DECLINED, facts)
        return asked_for.shown(session, who, services.now(), [ended])[0]


def _to_answer(services: Services, who: Principal, id: str, what: str) -> tuple[AccessRequest, Dataset]:
    """The request, when the caller may answer it. To third parties it does not exist, even where the dataset does."""
    with services.sessions.read() as session:
        found = requests.find(session, id)
        owner = None if found is None else catalogue.of(session, [found.dataset])[0].owner
    try:
        dataset = guard.require(
            services, who, Right.ANSWER, found.dataset if found else id, detail=f"{what} request {id}"
        )
    except (NotFound, Denied):
        if found is not None and who.organisation in (found.organisation, owner) and who.organisation:
            raise
        raise NotFound(f"There is no request {id} that you may see.") from None
    assert found is not None  # The guard knows no dataset of this id.
    return found, dataset


def _waiting(session: Session, id: str) -> AccessRequest:
    found = requests.find(session, id)
    assert found is not None  # Requests are never deleted.
    if found.state is not RequestState.SENT:
        raise Conflict(f"Request {id} is {found.state.value}; only one that waits is answered.")
    return found


def _grant(asked: AccessRequest, given: Approval) -> NewGrant:
    facts = given.model_dump(exclude={"without_end", "only_asker", "level", "view", "expires_at", "conditions"})
    try:
        return NewGrant(
            **facts,
            grantee_kind=GranteeKind.USER if given.only_asker else GranteeKind.ORGANISATION,
            grantee=asked.user if given.only_asker else asked.organisation,
            level=given.level or LEVEL_NAMES[asked.level],
            view=given.view or asked.view,
            conditions=given.conditions,
            expires_at=None if given.without_end else given.expires_at or asked.until,
        )
    except ValidationError as wrong:
        # What was asked for and what is given can contradict each other only here, where they meet.
        raise Refused("This cannot be given.", errors=troubles(wrong, NewGrant)) from wrong


def _page(
    services: Services, who: Principal, dataset: str | None, state: RequestState | None, cursor: str | None, limit: int
) -> RequestPage:
    after = cursors.opened(services.secret, cursor) if cursor else None
    with services.sessions.read() as session:
        found = requests.received(session, who.organisation, dataset, state, after, limit + 1)
        return asked_for.page(session, who, services, found, limit)


def _tell(
    services: Services, session: Session, asked: AccessRequest, kind: NotificationKind, facts: dict[str, str]
) -> None:
    to = Person(user=asked.user, organisation=asked.organisation)
    notify.notify(services, session, to=to, kind=kind, about=asked.dataset, facts=facts)
