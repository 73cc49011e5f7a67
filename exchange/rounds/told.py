"""Tell those concerned what happens in a round, in the transaction in which it happens; no code is ever told."""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from exchange.services import Services
from exchange.telling.notify import notify
from schemas.notification import Holders, NotificationKind, Person, To
from schemas.organisation import Role
from schemas.round.round import Participant, Round, RoundRole
from storage import lines, people, rounds

SIGNING = frozenset({Role.STEWARD, Role.SIGNATORY})
HANDING_IN = frozenset({Role.STEWARD, Role.CONTRIBUTOR})


def tell_lines(
    services: Services,
    session: Session,
    round: Round,
    some: Iterable[Participant],
    kind: NotificationKind,
    facts: Mapping[str, str],
    roles: frozenset[Role] = HANDING_IN,
) -> None:
    """People of these lines' organisations, one notice for each line, with the line's name where the kind says it."""
    for one in some:
        found = lines.find(session, one.line)
        named = {"line": found.name if found else one.line} if kind in _NAMES_A_LINE else {}
        to = Holders(organisation=one.organisation, roles=roles)
        notify(services, session, to=to, kind=kind, facts=_about(round) | named | dict(facts))


def tell_running(
    services: Services, session: Session, round: Round, kind: NotificationKind, facts: Mapping[str, str]
) -> None:
    """Coordinator, statistician and custodian; test houses through their stewards."""
    to: list[To] = []
    for role, every in rounds.holders(session, round.id).items():
        if role is RoundRole.TEST_HOUSE:
            to += [Holders(organisation=one, roles=HANDING_IN) for one in every]
        else:
            to += [Person(user=one, organisation=people.user(session, one).organisation) for one in every]
    notify(services, session, to=to, kind=kind, facts=_about(round) | dict(facts))


def tell_persons(
    services: Services,
    session: Session,
    round: Round,
    users: Iterable[str],
    kind: NotificationKind,
    facts: Mapping[str, str],
) -> None:
    """These people, each for the organisation of their account."""
    to = [Person(user=one, organisation=people.user(session, one).organisation) for one in users]
    notify(services, session, to=to, kind=kind, facts=_about(round) | dict(facts))


def _about(round: Round) -> dict[str, str]:
    return {"round": round.record.title, "id": round.id}


_NAMES_A_LINE = frozenset(
    {
        NotificationKind.ROUND_INVITATION,
        NotificationKind.ROUND_OPENED,
        NotificationKind.ROUND_EXTENDED,
        NotificationKind.ROUND_DECIDED,
        NotificationKind.ROUND_REMINDER,
        NotificationKind.ROUND_UNBLINDED,
    }
)
