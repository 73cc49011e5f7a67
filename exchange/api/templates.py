"""Templates to fill in: no data in them, for everybody signed in."""

from typing import Literal

from fastapi import APIRouter, Response

from exchange import template
from exchange.api.doors import Caller
from exchange.api.errors import documented
from exchange.delivery import link
from exchange.sheets.template import MEDIA_TYPES
from exchange.sheets.template import template as of_metadata
from schemas.metadata import DatasetKind
from schemas.sheet import SheetForm

router = APIRouter(prefix="/api/v1/templates", tags=["templates"], responses=documented())
_FILES: dict[str, dict[str, str]] = {template.XLSX: {}, template.CSV: {}}


@router.get(
    "/production.{form}",
    summary="Template for production data",
    response_class=Response,
    responses={200: {"content": _FILES, "description": "The file"}},
)
def production(_caller: Caller, form: Literal["xlsx", "csv"]) -> Response:
    """A workbook with a sheet per process step, or one long csv; made from the present vocabulary."""
    xlsx = form == "xlsx"
    content = template.production_xlsx() if xlsx else template.production_csv()
    media_type = template.XLSX if xlsx else "text/csv; charset=utf-8"
    headers = {"Content-Disposition": link.disposition(f"production.{form}")}
    return Response(content, media_type=media_type, headers=headers)


@router.get(
    "/metadata.{form}",
    summary="Template for metadata of many datasets",
    response_class=Response,
    responses={200: {"content": {one: {} for one in MEDIA_TYPES.values()}, "description": "The file"}},
)
def metadata(_caller: Caller, form: SheetForm, kind: DatasetKind) -> Response:
    """A row for each dataset and what is the same for all, with meaning, unit and terms; made from the schema."""
    headers = {"Content-Disposition": link.disposition(f"metadata-{kind.value}.{form.value}")}
    return Response(of_metadata(kind, form), media_type=MEDIA_TYPES[form], headers=headers)
