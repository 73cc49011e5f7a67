"""Templates to fill in: no data in them, for everybody signed in."""

from typing import Literal

from fastapi import APIRouter, Response

from exchange import template
from exchange.api.doors import Caller
from exchange.api.errors import documented
from exchange.delivery import link

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
