"""DOIs of a dataset: which there are, and registering one."""

from typing import Annotated

from fastapi import APIRouter, Body

from exchange.api.doors import Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.publishing import dois
from schemas.doi import Doi, NewDoi
from schemas.errors import Conflict, Denied, NotFound

router = APIRouter(prefix="/api/v1/datasets/{dataset}/dois", tags=["datasets"], responses=documented(Denied, NotFound))


@router.get("", summary="DOIs")
def listed(caller: Caller, services: Live, dataset: DatasetId) -> list[Doi]:
    """That for all versions first; drafts among them, which are shown to nobody else."""
    return dois.listed(services, caller, dataset)


@router.post("", summary="Register a DOI", responses=documented(Denied, NotFound, Conflict))
def register(
    caller: Caller, services: Live, dataset: DatasetId, wanted: Annotated[NewDoi, Body(examples=[{"version": 1}])]
) -> Doi:
    """For a version or for all, drafted where no registry is set up; asked again it goes on where it stood."""
    return dois.register(services, caller, dataset, wanted.version)
