"""Health, version and the caller themselves."""

from importlib.metadata import version

from fastapi import APIRouter, Response

from exchange import find
from exchange.api.doors import Caller, Live
from exchange.api.errors import documented
from ingest.tables import SCHEMA_VERSION as TABLE_SCHEMA
from schemas.delivery import Directory, Health, Me, SoftwareVersion
from schemas.errors import Unavailable
from schemas.upgrade import SCHEMA_VERSION

public = APIRouter(prefix="/api/v1", tags=["system"])
router = APIRouter(prefix="/api/v1", tags=["system"], responses=documented())


@public.get("/health", summary="Can this instance work?", responses={503: {"model": Health}})
def health(services: Live, response: Response) -> Health:
    """Asks the database and the object store; 503 when one does not answer."""
    found = {"database": "ok", "store": "ok"}
    for name, place in (("database", services.sessions), ("store", services.objects)):
        try:
            place.check()
        except Unavailable:
            found[name] = "does not answer"
    good = all(state == "ok" for state in found.values())
    if not good:
        response.status_code = 503
        response.headers["Retry-After"] = str(Unavailable.retry_after_s)
    return Health(status="ok" if good else "unavailable", **found)


@public.get("/version", summary="Which software answers")
def software() -> SoftwareVersion:
    """Versions of the software and of its schemas."""
    return SoftwareVersion(
        version=version("pilot-line-exchange"), metadata_schema=SCHEMA_VERSION, table_schema=TABLE_SCHEMA
    )


@router.get("/me", summary="Who am I?")
def me(caller: Caller, services: Live) -> Me:
    """The caller, their organisation, role, groups and lines, and what the token may do."""
    return find.me(services, caller)


@router.get("/directory", summary="Whom can I share with?")
def directory(caller: Caller, services: Live) -> Directory:
    """Organisations and groups of the network, with the ids that grants use."""
    return find.directory(services, caller)
