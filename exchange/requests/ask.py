"""Ask: request access to somebody else's dataset, see what one has asked for, and take it back."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy.orm import Session

from access import policy
from access.exits import VIEWS_OF_LEVEL
from access.roles import READERS
from exchange import cursors, guard, reach
from exchange.requests import asked_for
from exchange.services import Services
from exchange.telling import notify
from schemas.access import Level, Principal, Right
from schemas.dataset import DatasetState
from schemas.errors import Conflict, Refused, Trouble
from schemas.notification import Holders, NotificationKind
from schemas.organisation import Role
from schemas.request import AccessRequest, Closing, NewRequest, RequestPage, RequestState, ShownRequest
from storage import agreements, catalogue, policies, requests

_STEWARD = frozenset({Role.STEWARD})


def ask(services: Services, who: Principal, dataset: str, wanted: NewRequest) -> ShownRequest:
    """Ask a dataset's stewards for a level in a view; `Conflict` names the request of one's organisation that waits."""
    found = guard.require_to_ask(services, who, dataset, f"{wanted.level} in the {wanted.view.value} view")
    if found.owner == who.organisation:
        raise Conflict(f"Dataset {dataset} is your own organisation's; you need no request.")
    now = services.now()
    with services.sessions.begin() as session:
        present = catalogue.lock(session, dataset)
        if present.state is DatasetState.WITHDRAWN:
            raise Conflict(f"Dataset {dataset} was withdrawn; there is nothing to ask for any more.")
        _needed(services, session, who, dataset, wanted)
        one = AccessRequest(
            **wanted.model_dump(exclude={"level"}),
            id=services.new_id(),
            dataset=dataset,
            organisation=who.organisation,
            user=who.user,
            level=Level[wanted.level.upper()],
            state=RequestState.SENT,
            created_at=now,
            expires_at=now + timedelta(days=services.settings.request_expiry_days),
        )
        requests.add(session, one)
        facts = {
            "person": who.user,
            "organisation": who.organisation_name,
            "level": asked_for.level(one),
            "purpose": one.purpose.value,
            "request": one.id,
            "text": one.text,
        }
        to = Holders(organisation=present.owner, roles=_STEWARD)
        notify.notify(services, session, to=to, kind=NotificationKind.REQUEST_RECEIVED, about=dataset, facts=facts)
        return asked_for.shown(session, who, now, [one])[0]


def sent(services: Services, who: Principal, state: RequestState | None, cursor: str | None, limit: int) -> RequestPage:
    """What the caller's organisation has asked for; whoever does not read for it sees their own alone."""
    guard.listing(services, who)
    after = cursors.opened(services.secret, cursor) if cursor else None
    user = None if who.roles & READERS else who.user
    with services.sessions.read() as session:
        found = requests.sent(session, who.organisation, user, state, after, limit + 1)
        page = asked_for.page(session, who, services, found, limit)
    guard.listed(services, who, "requests sent", len(page.items))
    return page


def withdraw(services: Services, who: Principal, id: str) -> ShownRequest:
    """Take back a request of one's organisation that waits; its stewards are told."""
    with services.sessions.read() as session:
        one = requests.find(session, id)
    if one is None or not asked_for.by(one, who):
        raise guard.unknown(services, who, Right.REQUEST, id, f"There is no request {id} that you may see.")
    guard.require_general(services, who, Right.REQUEST)
    with services.sessions.begin() as session:
        ended = requests.close(session, id, Closing(state=RequestState.WITHDRAWN, at=services.now(), by=who.user))
        to = Holders(organisation=catalogue.lock(session, one.dataset).owner, roles=_STEWARD)
        facts = {"organisation": who.organisation_name, "level": asked_for.level(one)}
        kind = NotificationKind.REQUEST_WITHDRAWN
        notify.notify(services, session, to=to, kind=kind, about=one.dataset, facts=facts)
        return asked_for.shown(session, who, services.now(), [ended])[0]


def _needed(services: Services, session: Session, who: Principal, dataset: str, wanted: NewRequest) -> None:
    """`Refused` for what cannot be given, `Conflict` for what one has, or has asked for."""
    troubles = tuple(_troubles(services, session, wanted))
    if troubles:
        raise Refused("The request has problems.", errors=troubles)
    waiting = requests.open_one(session, dataset, who.organisation)
    if waiting is not None:
        raise Conflict(f"Your organisation's request {waiting.id} on {dataset} waits for an answer; withdraw it first.")
    within = reach.asking(session, who.model_copy(update={"purpose": wanted.purpose}), services.now())
    on = policies.find(session, dataset)
    level = Level[wanted.level.upper()]
    if on is not None and policy.decide(on, within, level, wanted.view).allowed:
        raise Conflict(f"You have level '{wanted.level}' of {dataset} in the {wanted.view.value} view already.")


def _troubles(services: Services, session: Session, wanted: NewRequest) -> Iterator[Trouble]:
    if wanted.view not in VIEWS_OF_LEVEL[Level[wanted.level.upper()]]:
        yield Trouble(pointer="/view", message=f"the level '{wanted.level}' is shown in full alone", value=wanted.view)
    if wanted.until is not None and wanted.until <= services.now():
        yield Trouble(pointer="/until", message="is in the past", value=wanted.until.isoformat())
    for at, one in enumerate(wanted.agreements):
        if not agreements.open_to_rest_on(session, one):
            message = "there is no agreement in force with this id"
            yield Trouble(pointer=f"/agreements/{at}", message=message, value=one)
