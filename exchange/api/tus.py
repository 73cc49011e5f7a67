"""The headers of the resumable upload protocol tus 1.0.0 (https://tus.io/protocols/resumable-upload)."""

import base64
import binascii
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from email.utils import format_datetime
from typing import Annotated

from fastapi import Header, Path, Request
from fastapi.routing import APIRoute
from pydantic.json_schema import SkipJsonSchema
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from exchange.receive.checksum import ALGORITHMS
from schemas.errors import Refused, Trouble, WrongMediaType, WrongProtocolVersion
from schemas.upload import Upload, UploadState

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,termination,checksum"
MEDIA_TYPE = "application/offset+octet-stream"
AT = "/api/v1/uploads"
_LONGEST = 2**53

_BASE64 = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_NEEDED = tuple(f"{name} {_BASE64}" for name in ("filename", "dataset"))
_REST = f"(?:,[a-z0-9_]+(?: {_BASE64})?)*"
_DIGESTS = "sha1 [A-Za-z0-9+/]{27}=|sha256 [A-Za-z0-9+/]{43}=|md5 [A-Za-z0-9+/]{22}=="

Version = Annotated[
    str, Header(alias="Tus-Resumable", pattern=r"^\d+\.\d+\.\d+$", json_schema_extra={"enum": [VERSION]})
]
Length = Annotated[int, Header(alias="Upload-Length", ge=0, le=_LONGEST, description="Bytes of the whole file")]
Offset = Annotated[int, Header(alias="Upload-Offset", ge=0, le=_LONGEST, description="Where this chunk begins")]
# Patterns below are for the document alone: a refusal in words says more than "should match".
Metadata = Annotated[
    str,
    Header(
        alias="Upload-Metadata",
        max_length=4096,
        description="`filename`, `dataset` and, if known, `sha256` of the file; each value in base64",
        examples=["filename Y2VsbF8wMS5jc3Y=,dataset UExYLTdRNEstTTJYRA=="],
        json_schema_extra={
            "pattern": f"^(?:{_NEEDED[0]},{_NEEDED[1]}{_REST}|{_NEEDED[1]},{_NEEDED[0]}{_REST})$",
        },
    ),
]
ChunkChecksum = Annotated[
    str | SkipJsonSchema[None],
    Header(
        alias="Upload-Checksum",
        description=f"{' · '.join(ALGORITHMS)}, a space, the chunk's digest in base64",
        examples=["sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="],
        json_schema_extra={"pattern": f"^(?:{_DIGESTS})$"},
    ),
]
_NOT = r"/\\\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069"
Filename = Annotated[
    str,
    Path(
        min_length=1,
        max_length=255,
        description="Base name, without control characters",
        examples=["cell_01.csv"],
        json_schema_extra={"pattern": rf"^[^{_NOT}]*[^{_NOT}\s.][^{_NOT}]*$"},
    ),
]
UploadId = Annotated[str, Path(pattern="^[0-9a-z]{1,32}$", description="Upload id", max_length=32)]


class TusRoute(APIRoute):
    """A route of which every answer, refusals included, says which protocol version the server speaks."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Tus-Resumable"] = headers["Tus-Version"] = VERSION
            await send(message)

        await super().handle(scope, receive, sending)


def speak(version: str) -> None:
    """`WrongProtocolVersion` unless the client speaks ours."""
    if version != VERSION:
        raise WrongProtocolVersion(f"This server speaks tus {VERSION}; the request says '{version[:20]}'.")


def need_chunk(request: Request) -> None:
    """`WrongMediaType` unless the body is a chunk of bytes as they are."""
    found = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if found != MEDIA_TYPE:
        raise WrongMediaType(f"A chunk is sent as Content-Type '{MEDIA_TYPE}', not as '{found[:80]}'.")
    need_plain_coding(request)


def need_plain_coding(request: Request) -> None:
    """`WrongMediaType` when the body is compressed for the way: what is kept must be the file's own bytes."""
    coding = request.headers.get("content-encoding", "identity")
    if coding.strip().lower() != "identity":
        raise WrongMediaType(f"Send the file's own bytes, without Content-Encoding '{coding[:40]}'.")


async def arriving(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes; ends early when the connection breaks."""
    with suppress(ClientDisconnect):
        async for piece in request.stream():
            yield piece


def first_chunk(request: Request) -> AsyncIterator[bytes] | None:
    """The chunk that comes along with a creation; None when there is no body."""
    if request.headers.get("content-length", "0") == "0" and "transfer-encoding" not in request.headers:
        return None
    need_chunk(request)
    return arriving(request)


def parse(metadata: str) -> dict[str, str]:
    """Names and values of Upload-Metadata; `Refused` says what is wrong with it."""
    found: dict[str, str] = {}
    for pair in metadata.split(","):
        name, _, encoded = pair.strip().partition(" ")
        if not name or name in found:
            raise _bad(f"/{name}", "is empty or there twice", pair)
        try:
            # Bytes that are no UTF-8 become lone surrogates, which no check of a value lets pass.
            found[name] = base64.b64decode(encoded, validate=True).decode("utf-8", "surrogateescape")
        except (binascii.Error, ValueError) as wrong:
            raise _bad(f"/{name}", "is not base64", pair) from wrong
    for name in ("filename", "dataset"):
        if name not in found:
            raise _bad(f"/{name}", "is missing", metadata)
    return found


def headers(upload: Upload) -> dict[str, str]:
    """What tus answers say of an upload."""
    answer = {"Upload-Offset": str(upload.offset), "Cache-Control": "no-store"}
    if upload.state is UploadState.UPLOADING:
        answer["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    return answer


def metadata(upload: Upload) -> str:
    """Upload-Metadata of an upload, as its sender wrote it."""
    values = {"filename": upload.filename, "dataset": upload.dataset}
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


def declared_sha256(request: Request) -> str | None:
    """The SHA-256, as hexadecimal digits, that Repr-Digest or Content-Digest declare (RFC 9530)."""
    for name in ("repr-digest", "content-digest"):
        match = re.search(r"(?:^|,)\s*sha-256=:([^:]*):", request.headers.get(name, ""))
        if match is None:
            continue
        try:
            digest = base64.b64decode(match[1], validate=True)
        except (binascii.Error, ValueError) as wrong:
            raise Refused(f"The sha-256 of {name} is not base64 between colons (RFC 9530).") from wrong
        return digest.hex()
    return None


def _bad(pointer: str, message: str, value: str) -> Refused:
    trouble = Trouble(pointer=pointer, message=message, value=value[:200], hint="name, space, base64; pairs by comma")
    return Refused(f"Upload-Metadata: {pointer.removeprefix('/')[:60] or 'a name'} {message}.", errors=(trouble,))
