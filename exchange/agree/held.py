"""One agreement within a transaction, for whoever may know of it."""

from sqlalchemy.orm import Session

from access.agreements import may_read
from schemas.access import Principal
from schemas.agreement import Agreement
from schemas.errors import Conflict, NotFound
from schemas.organisation import NetworkRole
from storage import agreements


def readable(agreement: Agreement, who: Principal) -> bool:
    """True for the world, a party or the office, as the text is meant for them."""
    return may_read(agreement, who.organisation, who.standing) or NetworkRole.OFFICE in who.network_roles


def found(session: Session, who: Principal, agreement: str, lock: bool = False) -> Agreement:
    """An agreement that the caller may read; `NotFound` else, whether or not there is one."""
    one = agreements.find(session, agreement, lock)
    if one is None or not readable(one, who):
        raise NotFound(f"There is no agreement {agreement[:40]} that you may read.")
    return one


def standing(session: Session, who: Principal, agreement: str) -> Agreement:
    """The same, its row held until commit; `Conflict` when it is retired."""
    one = found(session, who, agreement, lock=True)
    if one.retired_at is not None:
        raise Conflict(
            f"The agreement {agreement} was retired on {one.retired_at:%Y-%m-%d}; nothing rests on it any more."
        )
    return one
