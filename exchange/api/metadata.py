"""The metadata schema, what a record lacks, what is wrong with one, and what could be filled in."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path
from fastapi.responses import HTMLResponse, JSONResponse

from exchange.api.doors import Caller, DatasetId, Live
from exchange.api.errors import documented
from exchange.api.pages import page
from exchange.fair import record_page
from exchange.fair.record_schema import json_schema
from exchange.filling import check as checking
from exchange.filling import suggest
from schemas.errors import Denied, NotFound
from schemas.suggestion import Checked, Missing, Suggestions, ToCheck
from schemas.upgrade import SCHEMA_VERSION

router = APIRouter(prefix="/api/v1", tags=["metadata"], responses=documented(Denied))
public = APIRouter(prefix="/api/v1/schemas/metadata", tags=["metadata"])
pages = APIRouter(prefix="/metadata", tags=["pages"], default_response_class=HTMLResponse, include_in_schema=False)
Version = Annotated[str, Path(pattern=r"^[0-9]{1,4}\.[0-9]{1,4}$", max_length=9, examples=[SCHEMA_VERSION])]
Json = dict[str, Any]  # Any: a JSON document
_EXAMPLE = {"record": {"title": "Cell test", "cell": {"nominal_capacity_ah": {"value": 2500, "unit": "mV"}}}}
_one = documented(Denied, NotFound)


class JsonSchema(JSONResponse):
    """A JSON Schema."""

    media_type = "application/schema+json"


@public.get("", summary="The metadata schema", response_class=JsonSchema)
def present() -> Json:
    """JSON Schema (2020-12) of the record in the present version, each field with class, unit, term, vocabulary."""
    return json_schema()


@public.get("/{version}", summary="One version", response_class=JsonSchema, responses=documented(NotFound))
def one(version: Version) -> Json:
    """Records of earlier versions are taken and converted; their schema is the present one's."""
    if version != SCHEMA_VERSION:
        raise NotFound(f"There is no metadata schema {version} here; there is {SCHEMA_VERSION}.")
    return json_schema()


@pages.get("", summary="The metadata record")
def shown() -> HTMLResponse:
    """Every field with meaning, unit, example, class, and for what it is needed."""
    return page(record_page.TITLE, f'<main><p><a href="/">Start</a></p>{record_page.html()}</main>')


@router.post("/metadata/check", summary="Check a record")
def check(caller: Caller, services: Live, sent: Annotated[ToCheck, Body(examples=[_EXAMPLE])]) -> Checked:
    """All that is wrong with a record and what it lacks for each profile; nothing is stored."""
    return checking.check(services, caller, sent.record)


@router.get("/datasets/{dataset}/missing", summary="What its record lacks", responses=_one)
def missing(caller: Caller, services: Live, dataset: DatasetId) -> Missing:
    """For each profile, all at once; for those who may describe the dataset."""
    return checking.missing(services, caller, dataset)


@router.get("/datasets/{dataset}/suggestions", summary="What could be filled in", responses=_one)
def suggestions(caller: Caller, services: Live, dataset: DatasetId) -> Suggestions:
    """Values for empty fields with their sources; sent with PATCH they are taken, by themselves never."""
    return suggest.suggestions(services, caller, dataset)
