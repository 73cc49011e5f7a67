"""Revisions of a dataset's record, and what differs between two of its versions."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from exchange.api.doors import Anyone, DatasetId, Live
from exchange.api.errors import documented
from exchange.publishing import history
from schemas.errors import Denied, NotFound
from schemas.history import RecordRevision, Revision, VersionDifference

router = APIRouter(prefix="/api/v1/datasets/{dataset}", tags=["datasets"], responses=documented(Denied, NotFound))
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="Number of the revision")]


@router.get("/revisions", summary="Revisions of the record")
def revisions(caller: Anyone, services: Live, dataset: DatasetId) -> list[Revision]:
    """Oldest first: when, for which organisation, and which places changed, as far as the caller may see them."""
    return history.listed(services, caller, dataset)


@router.get("/revisions/{number}", summary="One revision")
def revision(
    caller: Anyone,
    services: Live,
    dataset: DatasetId,
    number: Number,
    since: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="Compare with this revision")] = None,
) -> RecordRevision:
    """The record as it was, in the present schema; the owner gets it as it was written as well."""
    return history.one(services, caller, dataset, number, since)


@router.get("/difference", summary="What differs between two versions")
def difference(
    caller: Anyone,
    services: Live,
    dataset: DatasetId,
    before: Annotated[int, Query(alias="from", ge=1, le=2**31 - 1, description="The earlier version")],
    after: Annotated[int, Query(alias="to", ge=1, le=2**31 - 1, description="The later version")],
) -> VersionDifference:
    """Files by hash, tables by rows and columns, places of the record; null is what is closed to the caller."""
    return history.difference(services, caller, dataset, before, after)
