"""Who looked: for owners, and for the network's auditor."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query

from exchange.api.doors import Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.auditing import look
from schemas.audit import AccessPage, AuditPage, AuditQuery, PersonBehind, Reason
from schemas.errors import Denied, NotFound
from schemas.identifiers import DATASET_PATTERN
from schemas.policy import MomentInput

router = APIRouter(prefix="/api/v1", tags=["audit"], responses=documented(Denied))
_one = documented(Denied, NotFound)
_WORD = r"^[^\x00]*$"

Cursor = Annotated[str | None, Query(max_length=300, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=500)]
Outside = Annotated[bool, Query(description="Leave out the own organisation")]
Word = Annotated[str | None, Query(max_length=64, pattern=_WORD)]


@router.get("/datasets/{dataset}/accesses", summary="Who looked at a dataset", responses=_one)
def of_dataset(
    caller: Caller,
    services: Live,
    dataset: DatasetId,
    outside: Outside = False,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> AccessPage:
    """For the owner's steward: organisation and roles, never the person; refused attempts included."""
    return look.accesses(services, caller, dataset, outside, cursor, limit)


@router.get("/accesses", summary="Who looked at one's own datasets")
def of_organisation(
    caller: Caller, services: Live, outside: Outside = False, cursor: Cursor = None, limit: Limit = 100
) -> AccessPage:
    """The same for every dataset of the caller's organisation."""
    return look.accesses(services, caller, None, outside, cursor, limit)


@router.get("/audit", summary="Events of the network")
def events(
    caller: Caller,
    services: Live,
    since: Annotated[MomentInput | None, Query(examples=["2027-03-01T00:00:00Z"])] = None,
    until: Annotated[MomentInput | None, Query(description="Not included")] = None,
    organisation: Word = None,
    dataset: Annotated[str | None, Query(max_length=13, pattern=DATASET_PATTERN)] = None,
    action: Word = None,
    actor: Word = None,
    allowed: bool | None = None,
    reference: Word = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> AuditPage:
    """For the network's auditor: actors are pseudonyms."""
    sought = AuditQuery(
        since=since,
        until=until,
        organisation=organisation,
        dataset=dataset,
        action=action,
        actor=actor,
        allowed=allowed,
        reference=reference,
    )
    return look.events(services, caller, sought, cursor, limit)


@router.post("/audit/{event}/person", summary="The person behind an event", responses=_one)
def person(
    caller: Caller,
    services: Live,
    event: Annotated[int, Path(ge=1, le=2**53)],
    wanted: Annotated[Reason, Body(examples=[{"reason": "Complaint of North Line of 3 May 2027"}])],
) -> PersonBehind:
    """For the network's auditor, with a reason that stays on record; the owner is not told who it is."""
    return look.person(services, caller, event, wanted.reason)
