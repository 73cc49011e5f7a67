"""Agreements: texts, acceptances with their evidence, and what binds past recipients."""

from typing import Annotated

from fastapi import APIRouter, Body, Path

from exchange import agree
from exchange.api import tus
from exchange.api.documents import BODY, Content, OpaqueId
from exchange.api.doors import Anyone, Caller, Live
from exchange.api.errors import documented
from schemas.agreement import (
    Accept,
    Acceptance,
    Agreement,
    AgreementShown,
    AgreementText,
    Confirm,
    Document,
    Duty,
    NewAgreement,
    NewText,
    Reasoned,
    Require,
    Retired,
    Standing,
)
from schemas.errors import Conflict, Denied, NotFound, TooLarge, WrongMediaType

router = APIRouter(prefix="/api/v1/agreements", tags=["agreements"], responses=documented())
_one = documented(NotFound)
_change = documented(Denied, NotFound, Conflict)

AgreementId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$", max_length=32, examples=["terms-of-use"])]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
_NEW = {
    "id": "north-west-dea",
    "kind": "data-exchange-internal",
    "title": "Data exchange between members",
    "on_new_version": "grace",
    "grace_days": 90,
    "text": "The parties exchange data …",
    "terms": {"purposes": ["research"], "onward_sharing": "forbidden", "deletion_days": 30},
}
_ACCEPT = {"version": 1, "sha256": "0" * 64, "function": "Head of the institute", "basis": "Statutes, § 26"}


@router.get("", summary="Agreements")
def every(caller: Anyone, services: Live) -> list[AgreementShown]:
    """Those meant for the caller, retired ones included, and how their organisation stands to each."""
    return agree.listed(services, caller)


@router.post("", status_code=201, summary="Publish an agreement", responses=documented(Denied, Conflict))
def publish(caller: Caller, services: Live, new: Annotated[NewAgreement, Body(examples=[_NEW])]) -> AgreementText:
    """With its first version; by the network's office."""
    return agree.publish(services, caller, new)


@router.get("/{agreement}", summary="One agreement", responses=_one)
def one(caller: Anyone, services: Live, agreement: AgreementId) -> AgreementShown:
    """Its versions with their hashes, and how the caller's organisation stands to it."""
    return agree.shown(services, caller, agreement)


@router.get("/{agreement}/versions/{number}", summary="A version's text and terms", responses=_one)
def text(caller: Anyone, services: Live, agreement: AgreementId, number: Number) -> AgreementText:
    """Every version stays readable, those of retired agreements too."""
    return agree.text(services, caller, agreement, number)


@router.post("/{agreement}/versions", status_code=201, summary="Publish a new version", responses=_change)
def renew(
    caller: Caller,
    services: Live,
    agreement: AgreementId,
    new: Annotated[NewText, Body(examples=[{"text": "1. The parties …"}])],
) -> AgreementText:
    """Older acceptances are kept, kept for days of grace, or void, as the agreement's rule says."""
    return agree.renew(services, caller, agreement, new)


@router.put("/{agreement}/requirement", summary="Ask it of everybody who takes part", responses=_change)
def require(
    caller: Caller,
    services: Live,
    agreement: AgreementId,
    wanted: Annotated[Require, Body(examples=[{"required_from": "2027-01-01T00:00:00Z"}])],
) -> Agreement:
    """From that moment an organisation that has not accepted it reads its own data alone."""
    return agree.require(services, caller, agreement, wanted.required_from)


@router.post("/{agreement}/retire", summary="Retire an agreement", responses=_change)
def retire(
    caller: Caller,
    services: Live,
    agreement: AgreementId,
    why: Annotated[Reasoned, Body(examples=[{"reason": "A new agreement takes its place"}])],
) -> Retired:
    """Access that rests on it ends at once; past recipients are handed what still binds them."""
    return agree.retire(services, caller, agreement, why.reason)


@router.get("/{agreement}/register", summary="Who accepted it", responses=documented(Denied, NotFound))
def register(caller: Caller, services: Live, agreement: AgreementId) -> list[Standing]:
    """How every organisation stands that ever accepted it; for the network's office."""
    return agree.register(services, caller, agreement)


@router.get("/{agreement}/acceptances", summary="What one's organisation accepted", responses=_one)
def history(caller: Caller, services: Live, agreement: AgreementId) -> list[Acceptance]:
    """All of it, withdrawn acceptances included, with the evidence."""
    return agree.history(services, caller, agreement)


@router.post("/{agreement}/acceptances", status_code=201, summary="Accept for one's organisation", responses=_change)
def accept(
    caller: Caller, services: Live, agreement: AgreementId, given: Annotated[Accept, Body(examples=[_ACCEPT])]
) -> Acceptance:
    """By a signatory; the version and hash must be those of the newest text. Name and moment are kept with it."""
    return agree.accept(services, caller, agreement, given)


@router.post("/{agreement}/acceptances/{acceptance}/withdraw", summary="Withdraw an acceptance", responses=_change)
def withdraw(
    caller: Caller,
    services: Live,
    agreement: AgreementId,
    acceptance: OpaqueId,
    why: Annotated[Reasoned, Body(examples=[{"reason": "The organisation leaves the project"}])],
) -> Acceptance:
    """Access that rests on it ends at once; the acceptance stays on record."""
    return agree.withdraw(services, caller, agreement, acceptance, why.reason)


@router.put(
    "/{agreement}/acceptances/{acceptance}/documents/{filename}",
    status_code=201,
    summary="Add a countersigned document",
    responses=documented(Denied, NotFound, TooLarge, WrongMediaType),
    openapi_extra=BODY,
)
def attach(
    caller: Caller,
    services: Live,
    agreement: AgreementId,
    acceptance: OpaqueId,
    filename: tus.Filename,
    content: Content,
) -> Document:
    """The body is the file."""
    return agree.attach(services, caller, agreement, acceptance, filename, content)


@router.get("/{agreement}/duties", summary="What binds past recipients", responses=_one)
def duties(caller: Caller, services: Live, agreement: AgreementId) -> list[Duty]:
    """Of the caller's organisation; the network's office sees those of all."""
    return agree.duties(services, caller, agreement)


@router.post("/{agreement}/duties/{duty}/confirm", summary="Confirm what was asked", responses=_change)
def confirm(
    caller: Caller,
    services: Live,
    agreement: AgreementId,
    duty: OpaqueId,
    given: Annotated[Confirm, Body(examples=[{"statement": "All copies were deleted."}])],
) -> Duty:
    """By a signatory of the past recipient, such as that every copy was deleted."""
    return agree.confirm(services, caller, agreement, duty, given.statement)
