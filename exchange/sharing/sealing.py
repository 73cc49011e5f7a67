"""Seal: close a submission to all but its parties until its round opens, by its bytes and by its cell.

For the verbs of rounds, which have asked the guard and own the transaction.
"""

from sqlalchemy.orm import Session

from exchange import visibility
from exchange.services import Services
from schemas.access import GranteeKind
from schemas.errors import Conflict, Refused, Trouble
from schemas.sealing import NewSeal
from storage import people, seals, stamps


def seal(services: Services, session: Session, wanted: NewSeal) -> str:
    """The id of a new seal: it closes every dataset and version that holds the bytes, or the cell at a party.

    What is uploaded or described later falls under it too. `Conflict` when the round has opened already.
    """
    unknown = [one for one in sorted(wanted.parties) if not people.grantee_exists(session, _ORGANISATION, one)]
    if unknown:
        troubles = tuple(Trouble(pointer="/parties", message="is no organisation", value=one) for one in unknown)
        raise Refused("The parties of a seal are organisations.", errors=troubles)
    if seals.opened(session, wanted.round):
        raise Conflict(f"The round {wanted.round} has opened; nothing is sealed in it any more.")
    id = services.new_id()
    seals.add(session, id, wanted, services.now())
    visibility.refresh(session, seals.touched(session, [id]))
    return id


def open_round(services: Services, session: Session, round: str) -> list[str]:
    """End every seal of a round; returns the datasets that they had closed, to whom policies now speak again."""
    ids = seals.of_round(session, round)
    touched = seals.touched(session, ids)
    seals.open(session, ids, services.now())
    stamps.touch(session, touched, services.now())
    visibility.refresh(session, touched)
    return touched


_ORGANISATION = GranteeKind.ORGANISATION
