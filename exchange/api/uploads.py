"""Uploads: resumable by tus 1.0, or a small file in a single request."""

from typing import Any

from fastapi import APIRouter, Request, Response

from exchange import receive
from exchange.api import tus
from exchange.api.doors import Caller, DatasetId, Live
from exchange.api.errors import Responses, documented
from exchange.receive import Checksum, NewFile, Progress
from exchange.receive.checksum import ALGORITHMS
from schemas.errors import (
    ChecksumMismatch,
    Conflict,
    Denied,
    Gone,
    NotFound,
    Refused,
    TooLarge,
    WrongMediaType,
    WrongProtocolVersion,
)
from schemas.upload import Upload

_UPLOAD = documented(Denied, NotFound, Gone, WrongProtocolVersion)
_CHUNK = documented(Denied, NotFound, Gone, WrongProtocolVersion, Conflict, TooLarge, WrongMediaType, ChecksumMismatch)
_WHOLE = documented(Denied, NotFound, Conflict, TooLarge, WrongMediaType, ChecksumMismatch)
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")

router = APIRouter(prefix="/api/v1", tags=["uploads"])
_tus = APIRouter(route_class=tus.TusRoute)


def _answers(status: int, description: str, *headers: str) -> Responses:
    shown = {name: {"schema": {"type": "string"}} for name in ("Tus-Resumable", *headers)}
    return {status: {"description": description, "headers": shown}}


def _body(media_type: str, required: bool) -> dict[str, Any]:  # Any: a piece of OpenAPI
    content = {media_type: {"schema": {"type": "string", "format": "binary"}}}
    return {"requestBody": {"required": required, "content": content}}


@_tus.options("/uploads", status_code=204, summary="What this server's uploads can do (tus)")
def options(services: Live, response: Response) -> None:
    """Protocol version, extensions, largest file and checksum algorithms, as headers."""
    response.headers["Tus-Extension"] = tus.EXTENSIONS
    response.headers["Tus-Max-Size"] = str(services.settings.max_file_bytes)
    response.headers["Tus-Checksum-Algorithm"] = ",".join(ALGORITHMS)


@_tus.post(
    "/uploads",
    status_code=201,
    summary="Open an upload (tus)",
    responses=_CHUNK | _answers(201, "Opened", "Location", "Upload-Offset", "Upload-Expires"),
    openapi_extra=_body(tus.MEDIA_TYPE, required=False),
)
async def create(
    caller: Caller,
    services: Live,
    request: Request,
    response: Response,
    version: tus.Version,
    length: tus.Length,
    metadata: tus.Metadata,
    checksum: tus.ChunkChecksum = None,
) -> Upload:
    """A first chunk may come along as the body. Bytes the organisation already holds need not be sent again."""
    tus.speak(version)
    named = tus.parse(metadata)
    file = NewFile(named["dataset"], named["filename"], length, named.get("sha256"))
    first = Checksum.of_header(checksum) if checksum else None
    upload = await receive.open_with(services, caller, file, tus.first_chunk(request), first)
    response.headers.update({"Location": f"{tus.AT}/{upload.id}"} | tus.headers(upload))
    return upload


@_tus.head(
    "/uploads/{id}",
    summary="How much has arrived? (tus)",
    responses=_UPLOAD | _answers(200, "Where to continue", "Upload-Offset", "Upload-Length", "Upload-Expires"),
    response_class=Response,
)
def offset(caller: Caller, services: Live, id: tus.UploadId, version: tus.Version) -> Response:
    """Every byte up to Upload-Offset is kept, whatever happened to the connection."""
    tus.speak(version)
    found = receive.locate(services, caller, id).upload
    told = {"Upload-Length": str(found.length), "Upload-Metadata": tus.metadata(found)}
    return Response(headers=tus.headers(found) | told)


@_tus.patch(
    "/uploads/{id}",
    status_code=204,
    summary="Send a chunk (tus)",
    responses=_CHUNK | _answers(204, "Kept", "Upload-Offset", "Upload-Expires"),
    openapi_extra=_body(tus.MEDIA_TYPE, required=True),
    response_class=Response,
)
async def append(
    caller: Caller,
    services: Live,
    request: Request,
    id: tus.UploadId,
    version: tus.Version,
    at: tus.Offset,
    checksum: tus.ChunkChecksum = None,
) -> Response:
    """The last byte makes the file: it is read back, verified and becomes the dataset's newest version."""
    tus.speak(version)
    tus.need_chunk(request)
    announced = Checksum.of_header(checksum) if checksum else None
    found = await receive.append(services, caller, id, at, tus.arriving(request), announced)
    return Response(status_code=204, headers=tus.headers(found))


@_tus.delete(
    "/uploads/{id}",
    status_code=204,
    summary="End an upload (tus)",
    responses=_UPLOAD | documented(Conflict) | _answers(204, "Ended"),
)
def terminate(caller: Caller, services: Live, id: tus.UploadId, version: tus.Version) -> None:
    """What arrived is removed; an upload whose last byte arrived cannot be ended."""
    tus.speak(version)
    receive.terminate(services, caller, id)


router.include_router(_tus)


@router.get("/uploads/{id}", summary="One upload", responses=documented(Denied, NotFound))
def progress(caller: Caller, services: Live, id: tus.UploadId) -> Progress:
    """Where it stands, which version it became, and the state of its ingest run."""
    return receive.progress(services, caller, id)


@router.put(
    "/datasets/{dataset}/files/{filename}",
    status_code=201,
    summary="Upload a small file in a single request",
    responses=_WHOLE,
    openapi_extra=_body("application/octet-stream", required=True),
)
async def put(
    caller: Caller,
    services: Live,
    request: Request,
    response: Response,
    dataset: DatasetId,
    filename: tus.Filename,
) -> Upload:
    """The body is the file. `Repr-Digest: sha-256=:…:` (RFC 9530), where sent, is checked."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in _FORMS:
        raise WrongMediaType(f"The body is taken as the file itself, not as '{kind}'. Send the bytes alone.")
    tus.need_plain_coding(request)
    length = request.headers.get("content-length")
    if length is None or not length.isdecimal() or len(length) > 16:
        raise Refused("Say how many bytes will come, by the header Content-Length.")
    file = NewFile(dataset, filename, int(length), tus.declared_sha256(request))
    upload = await receive.whole(services, caller, file, tus.arriving(request))
    response.headers["Location"] = f"{tus.AT}/{upload.id}"
    return upload
