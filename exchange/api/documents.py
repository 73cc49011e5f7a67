"""Documents kept as evidence: how they arrive, and links to them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request

from exchange import agree
from exchange.api import tus
from exchange.api.doors import Caller, Live
from exchange.api.errors import documented
from schemas.delivery import Link
from schemas.errors import NotFound, TooLarge, WrongMediaType

router = APIRouter(prefix="/api/v1/documents", tags=["agreements"], responses=documented(NotFound))
BODY: dict[str, Any] = {  # Any: a piece of OpenAPI
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary", "minLength": 1}}},
    }
}
OpaqueId = Annotated[str, Path(min_length=1, max_length=32, pattern="^[0-9a-z]+$")]
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


async def _arrived(request: Request, services: Live) -> bytes:
    """The body, as far as one byte beyond the most that is taken."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in _FORMS:
        raise WrongMediaType(f"The body is taken as the file itself, not as '{kind}'. Send the bytes alone.")
    tus.need_plain_coding(request)
    most, content = services.settings.document_bytes, bytearray()
    async for piece in tus.arriving(request):
        content += piece
        if len(content) > most:
            raise TooLarge(f"The document has more than {most} bytes, the most that this installation takes.")
    return bytes(content)


Content = Annotated[bytes, Depends(_arrived)]


@router.post("/{document}/link", summary="A link to a document")
def link(caller: Caller, services: Live, document: OpaqueId) -> Link:
    """For stewards, signatories and admins of the organisation that added it; for the office, those of acceptances."""
    return agree.link(services, caller, document)
