"""Encode: the letters by which a dataset goes in the blinded view of a collection, given with its first such grant."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from access.codes import drawn
from exchange.services import Services
from schemas.errors import Conflict, Trouble
from schemas.policy import NewGrant
from storage import codes, collections


def code_troubles(session: Session, dataset: str, wanted: NewGrant) -> Iterator[Trouble]:
    """What is wrong with the collection and the code that a grant names."""
    if not wanted.collection:
        return
    if not collections.exists(session, wanted.collection):
        message = "there is no collection with this id"
        yield Trouble(pointer="/collection", message=message, value=wanted.collection)
        return
    given = codes.of(session, wanted.collection)
    present = next((code for code, one in given.items() if one == dataset), None)
    if wanted.code and present is not None and present != wanted.code:
        message = "the dataset goes by another code in this collection"
        yield Trouble(pointer="/code", message=message, value=wanted.code, hint=f"it is {present}, or leave it out")
    elif wanted.code and present is None and wanted.code in given:
        message, hint = "is taken in this collection", "leave it out, and a random one is given"
        yield Trouble(pointer="/code", message=message, value=wanted.code, hint=hint)


def code_for(services: Services, session: Session, dataset: str, wanted: NewGrant) -> str:
    """The dataset's code in the grant's collection: the one it has, else the wanted one, else random letters.

    `Conflict` when the wanted one is another dataset's.
    """
    if not wanted.collection:
        return ""
    given = codes.held(session, wanted.collection)
    present = next((code for code, one in given.items() if one == dataset), None)
    if present is not None:
        return present
    code = wanted.code or drawn(services.new_id(), given)
    if code in given:
        raise Conflict(
            f"The code {code} is taken in the collection {wanted.collection}; leave it out for a random one."
        )
    codes.keep(session, wanted.collection, code, dataset, services.now())
    return code
