"""Changing: the one way by which a planned change of policies is carried out; `access.changes` foretells the same."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from exchange import visibility
from exchange.services import Services
from exchange.sharing import giving, terms
from schemas import profiles
from schemas.change import Change
from schemas.dataset import DatasetState, Visibility
from schemas.errors import Conflict, Trouble
from storage import blocks, catalogue, grants, policies, stamps


def carry_out(services: Services, session: Session, changes: Sequence[Change], by: str) -> None:
    """Make these changes, of datasets whose rows are held; who may know of them is worked out anew."""
    for one in changes:
        for grant in sorted(one.revoked):
            grants.revoke(session, one.dataset, grant, by, services.now())
        for made in one.grants:
            grants.add(session, made, by)
        if one.visibility is not None:
            show(session, one.dataset, one.visibility, services.now())
        if one.embargo is not None:
            policies.set_embargo(session, one.dataset, one.embargo.until)
            stamps.touch(session, [one.dataset], services.now())
        if one.block is not None:
            blocks.add(session, one.block.block)
    touched = [one.dataset for one in changes]
    giving.keep_apart(services, session, touched)
    visibility.refresh(session, touched)


def show(session: Session, dataset: str, shown_to: Visibility, now: datetime) -> None:
    """List a released dataset to others; `Conflict` for a draft, and to the world for an incomplete record."""
    present = catalogue.lock(session, dataset)
    if present.state is not DatasetState.RELEASED:
        raise Conflict(f"Dataset {dataset} is {present.state.value}; only a released one is listed to others.")
    lacking = profiles.missing(present.metadata)
    if shown_to is Visibility.WORLD and lacking:
        troubles = tuple(Trouble(pointer=f"/metadata/{name}", message=f"{name} is needed") for name in lacking)
        raise Conflict(
            "The world is shown complete records only; this one lacks " + ", ".join(lacking), errors=troubles
        )
    if shown_to is not Visibility.ORGANISATION:
        terms.without_consent(session, present)
    catalogue.show(session, dataset, shown_to)
    if shown_to is not present.visibility:
        stamps.touch(session, [dataset], now, world=Visibility.WORLD in (shown_to, present.visibility))
