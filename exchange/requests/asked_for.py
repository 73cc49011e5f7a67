"""What a request says to whoever reads it: of a dataset that is hidden from them it names nothing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from access import agreements as accepted
from access.explain import LEVEL_NAMES
from access.roles import READERS
from exchange import cursors
from exchange.services import Services
from exchange.telling import notify
from schemas.access import Principal, View
from schemas.request import AccessRequest, RequestPage, ShownRequest
from storage import agreements, people


def shown(session: Session, who: Principal, now: datetime, found: Sequence[AccessRequest]) -> list[ShownRequest]:
    """These requests as the caller may see them now."""
    labels = notify.labels(session, who, now, {one.dataset for one in found})
    names = {one.id: one.name for one in people.organisations(session)} if found else {}
    persons = {user: people.user(session, user).name for user in {one.user for one in found}}
    every = agreements.every(session) if any(one.agreements for one in found) else []
    answers = []
    for one in found:
        given = agreements.acceptances(session, one.organisation) if one.agreements else []
        visible = one.dataset in labels
        facts = one.model_dump(exclude={"dataset", "level", "reason", "grant"})
        answers.append(
            ShownRequest(
                **facts,
                dataset=one.dataset if visible else None,
                title=labels.get(one.dataset),
                organisation_name=names[one.organisation],
                user_name=persons[one.user],
                level=LEVEL_NAMES[one.level],
                accepted=tuple(sorted(accepted.in_force(every, given, now) & set(one.agreements))),
                reason=one.reason if visible else "",
                grant=one.grant if visible else None,
            )
        )
    return answers


def page(
    session: Session, who: Principal, services: Services, found: Sequence[AccessRequest], limit: int
) -> RequestPage:
    """A page of requests, of which one more was fetched than is shown."""
    last = found[limit - 1] if len(found) > limit else None
    onward = cursors.sealed(services.secret, (last.created_at, last.id)) if last else None
    return RequestPage(items=tuple(shown(session, who, services.now(), found[:limit])), next=onward)


def by(one: AccessRequest, who: Principal) -> bool:
    """Whether the caller, or the organisation that they read for, has asked."""
    return one.organisation == who.organisation and (one.user == who.user or bool(who.roles & READERS))


def level(one: AccessRequest) -> str:
    """What is asked for, in words."""
    view = "" if one.view is View.FULL else f" in the {one.view.value} view"
    return f"level '{one.level.name.lower()}'{view}"
