"""Third parties with rights in a dataset, and their consents."""

from typing import Annotated

from fastapi import APIRouter, Body

from exchange.api import tus
from exchange.api.documents import BODY, Content, OpaqueId
from exchange.api.doors import Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.sharing import consent
from schemas.agreement import Document, Reasoned
from schemas.errors import Conflict, Denied, NotFound, TooLarge, WrongMediaType
from schemas.rights_holder import NewConsent, NewRightsHolder, RightsHolder

router = APIRouter(
    prefix="/api/v1/datasets/{dataset}/rights-holders",
    tags=["sharing"],
    responses=documented(Denied, NotFound, Conflict),
)
_HOLDER = {"organisation": "Electrolytes Ltd", "basis": "Material transfer agreement of 2026-02-01", "restriction": ""}
_CONSENT = {"given_by": "Dr. Ada Example, Head of Research", "given_on": "2027-03-01", "words": "We agree to it."}


@router.get("", summary="Third parties with rights")
def every(caller: Caller, services: Live, dataset: DatasetId) -> list[RightsHolder]:
    """Ended ones included, with every consent that was recorded; for the owner's stewards."""
    return consent.holders(services, caller, dataset)


@router.post("", status_code=201, summary="Enter a third party")
def enter(
    caller: Caller, services: Live, dataset: DatasetId, new: Annotated[NewRightsHolder, Body(examples=[_HOLDER])]
) -> RightsHolder:
    """Nothing of the dataset is open to others until each has consented."""
    return consent.enter(services, caller, dataset, new)


@router.post("/{holder}/consent", status_code=201, summary="Record a consent")
def give(
    caller: Caller,
    services: Live,
    dataset: DatasetId,
    holder: OpaqueId,
    given: Annotated[NewConsent, Body(examples=[_CONSENT])],
) -> RightsHolder:
    """By whom it was given, when, and in which words."""
    return consent.consent(services, caller, dataset, holder, given)


@router.post("/{holder}/consent/withdraw", summary="Record that a consent was withdrawn")
def withdraw(
    caller: Caller,
    services: Live,
    dataset: DatasetId,
    holder: OpaqueId,
    why: Annotated[Reasoned, Body(examples=[{"reason": "By letter of 4 May 2027"}])],
) -> RightsHolder:
    """The dataset is closed to others at once; the consent stays on record."""
    return consent.withdraw(services, caller, dataset, holder, why.reason)


@router.post("/{holder}/end", summary="A third party has rights no more")
def end(
    caller: Caller,
    services: Live,
    dataset: DatasetId,
    holder: OpaqueId,
    why: Annotated[Reasoned, Body(examples=[{"reason": "The material was paid for"}])],
) -> RightsHolder:
    """The entry stays, with the reason."""
    return consent.end(services, caller, dataset, holder, why.reason)


@router.put(
    "/consents/{given}/documents/{filename}",
    status_code=201,
    summary="Add a document to a consent",
    responses=documented(Denied, NotFound, TooLarge, WrongMediaType),
    openapi_extra=BODY,
)
def attach(
    caller: Caller, services: Live, dataset: DatasetId, given: OpaqueId, filename: tus.Filename, content: Content
) -> Document:
    """The body is the file."""
    return consent.attach(services, caller, dataset, given, filename, content)
