"""Metadata of many datasets: sheets, and one field on many, each with a preview."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, Query, Request

from exchange import describing
from exchange.api import tus
from exchange.api.doors import Caller, Live
from exchange.api.errors import documented
from exchange.sheets.read import MOST_BYTES
from exchange.sheets.template import MEDIA_TYPES
from schemas.errors import Conflict, Denied, NotFound, TooLarge, WrongMediaType
from schemas.sheet import ConfirmedEdit, DescribedSheet, Edited, EditPreview, FieldEdit, SheetForm, SheetPreview, Token

router = APIRouter(prefix="/api/v1/metadata", tags=["metadata"], responses=documented(Denied, NotFound))
_sheet = documented(Denied, TooLarge, WrongMediaType)
_FORMS: Final = {media_type: form for form, media_type in MEDIA_TYPES.items()} | {
    "application/x-yaml": SheetForm.YAML,
    "text/yaml": SheetForm.YAML,
}
_BYTES = {"schema": {"type": "string", "format": "binary", "minLength": 1}}
_BODY: dict[str, Any] = {  # Any: a piece of OpenAPI
    "requestBody": {
        "required": True,
        "content": {MEDIA_TYPES[form]: _BYTES for form in (SheetForm.XLSX, SheetForm.CSV, SheetForm.YAML)},
    }
}
_EDIT = {"query": {"kind": "cell-test", "state": "draft"}, "place": "test.protocol.name", "value": "RR-2026-1"}
Filename = Annotated[str, Query(max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$", description="Named in problems")]


async def _arrived(request: Request) -> tuple[bytes, SheetForm]:
    """The body, as far as one byte beyond the most that is read, and its form by the type it is sent as."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _FORMS:
        raise WrongMediaType(f"A sheet is sent as {', '.join(MEDIA_TYPES.values())}, not as '{kind[:80]}'.")
    tus.need_plain_coding(request)
    content = bytearray()
    async for piece in tus.arriving(request):
        content += piece
        if len(content) > MOST_BYTES:
            raise TooLarge(f"The sheet has more than {MOST_BYTES} bytes, the most that is read. Send it in parts.")
    return bytes(content), _FORMS[kind]


Sent = Annotated[tuple[bytes, SheetForm], Depends(_arrived)]


@router.post("/preview", summary="What a sheet would change", openapi_extra=_BODY, responses=_sheet)
def preview(caller: Caller, services: Live, sent: Sent, filename: Filename = "") -> SheetPreview:
    """Dataset by dataset, and everything that is wrong. The body is the sheet: xlsx, csv, YAML or JSON by its type."""
    return describing.preview(services, caller, *sent, filename)


@router.post(
    "/apply", summary="Apply a previewed sheet", openapi_extra=_BODY, responses=_sheet | documented(Denied, Conflict)
)
def apply(
    caller: Caller, services: Live, sent: Sent, token: Annotated[Token, Query()], filename: Filename = ""
) -> DescribedSheet:
    """The same sheet again with the token of its preview: all of it or nothing."""
    return describing.apply(services, caller, *sent, filename, token)


@router.post("/edit/preview", summary="What an edit of one field would change")
def preview_edit(caller: Caller, services: Live, wanted: Annotated[FieldEdit, Body(examples=[_EDIT])]) -> EditPreview:
    """Old and new for each dataset, what is read again, whose readers are told, and what is refused."""
    return describing.preview_edit(services, caller, wanted)


@router.post("/edit/apply", summary="Make a previewed edit", responses=documented(Denied, NotFound, Conflict))
def apply_edit(
    caller: Caller, services: Live, wanted: Annotated[ConfirmedEdit, Body(examples=[_EDIT | {"token": f"1-{0:064x}"}])]
) -> Edited:
    """All of it or nothing; refused when what the preview showed has changed meanwhile."""
    return describing.apply_edit(services, caller, wanted)
