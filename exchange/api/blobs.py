"""Where the folder store's signed links lead; with an S3 server they lead to that server instead."""

import re
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import FileResponse

from exchange.api.doors import Live
from exchange.api.errors import documented
from exchange.delivery.link import BYTES, disposition
from schemas.errors import Denied, NotFound
from storage.folder_store import FolderStore

router = APIRouter(tags=["files"], responses=documented(Denied, NotFound))
Text = Annotated[str, Query(min_length=1, max_length=300)]


@router.get(
    "/blobs/{key:path}",
    summary="A file by its signed link",
    response_class=FileResponse,
    responses={200: {"content": {BYTES: {}}, "description": "The file"}},
)
def blob(
    request: Request,
    services: Live,
    key: Annotated[str, Path(max_length=300)],
    expires: Annotated[int, Query(ge=0, le=2**40)],
    name: Text,
    type: Text,
    signature: Text,
) -> Response:
    """The link itself is the permission: it names the file and ends after some minutes."""
    wanted = request.headers.get("range")
    if wanted is not None and re.fullmatch(r"bytes=(\d+-\d*|-\d+)", wanted) is None:
        # A Range that is none is ignored (RFC 9110, 14.2); several at once are served whole.
        request.scope["headers"] = [pair for pair in request.scope["headers"] if pair[0] != b"range"]
    if not isinstance(services.objects, FolderStore):
        raise NotFound("There is no such file.")
    path = services.objects.open_link(key, expires, name, type, signature, services.now())
    return FileResponse(path, media_type=type, headers={"Content-Disposition": disposition(name)})
