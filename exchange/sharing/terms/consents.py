"""Whose consent is missing before a dataset can be shown beyond its organisation."""

from sqlalchemy.orm import Session

from schemas.dataset import Dataset
from schemas.errors import Conflict, Trouble
from storage import catalogue, consents, derivations


def without_consent(session: Session, dataset: Dataset) -> None:
    """`Conflict` names every third party who has not consented; of somebody else's source it says no more than that."""
    sources = [one.dataset for one in derivations.sources(session, dataset.id)]
    owners = {one.id: one.owner for one in catalogue.of_ids(session, {dataset.id, *sources})}
    lacking = [one for one in consents.holders(session, owners) if not one.consented]
    if not lacking:
        return
    troubles = tuple(
        Trouble(pointer=f"/rights_holders/{one.id}", message=f"{one.organisation} has not consented: {one.basis}")
        for one in lacking
        if owners[one.dataset] == dataset.owner
    )
    names = [one.organisation for one in lacking if owners[one.dataset] == dataset.owner]
    if len(names) < len(lacking):
        names.append("third parties of a source that is not yours")
    raise Conflict(
        f"Before it is shown beyond your organisation these must consent: {', '.join(names)}.", errors=troubles
    )
