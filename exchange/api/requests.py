"""Around every request: its reference, one log line, and a safe answer when something of ours breaks."""

import ipaddress
import re
import time
from collections.abc import Sequence
from urllib.parse import unquote

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exchange.api.errors import answer, problem
from exchange.asked import Asked, asked
from exchange.settings import Network
from schemas.errors import Refused
from schemas.identifiers import new_id

_log = structlog.get_logger("exchange.api")
_SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_UNLESS_SAID = (
    (b"cache-control", b"no-store"),
    (
        b"content-security-policy",
        b"default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
    ),
)
"""What is no page is run by no browser: not a file, not a picture, not JSON. A page says its own policy."""
_ENCRYPTED = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


_TOKEN = re.compile(r"plx_[A-Za-z0-9_-]{20,}")
_IN_ADDRESS = (
    "A token must not stand in an address: addresses are kept in histories and logs. Take this one as known to others, "
    "revoke it, make a new one, and send it in the header Authorization."
)
_LONGEST_BODY = 1024 * 1024


def _takes_files(scope: Scope) -> bool:
    """Uploads check who sends them, and how much, before they take a byte; other bodies are read first."""
    path = scope["path"]
    return bool(path.startswith("/api/v1/uploads") or (scope["method"] == "PUT" and "/files/" in path))


class _Limited:
    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._bytes = 0

    async def receive(self) -> Message:
        """The next piece, as long as all of them together are not too long."""
        message = await self._receive()
        self._bytes += len(message.get("body", b""))
        if self._bytes > _LONGEST_BODY:
            detail = f"A request here has at most {_LONGEST_BODY} bytes; files go to the upload addresses."
            raise HTTPException(413, detail, headers={"Connection": "close"})
        return message


class EveryRequest:
    """ASGI middleware; the path is logged without its query, which may carry a signature."""

    def __init__(self, app: ASGIApp, trusted: Sequence[Network] = (), encrypted: bool = False) -> None:
        self.app, self._trusted = app, trusted
        self._always = (*_SAFE, _ENCRYPTED) if encrypted else _SAFE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path = _TOKEN.sub("plx_…", scope["path"])
        request = Asked(reference=new_id()[:12], address=_address(scope, self._trusted))
        token = asked.set(request)
        receive = receive if _takes_files(scope) else _Limited(receive).receive
        began, status = time.perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                said = {name.lower() for name, _ in message["headers"]}
                added = [(b"x-reference", request.reference.encode()), *self._always]
                added += [one for one in _UNLESS_SAID if one[0] not in said]
                message["headers"] = [*message["headers"], *added]
            await send(message)

        try:
            if _TOKEN.search(unquote(f"{scope['path']}?{scope['query_string'].decode('latin-1')}")):
                await answer(Refused(_IN_ADDRESS))(scope, receive, sending)
                return
            await self.app(scope, receive, sending)
        except Exception:
            _log.exception("failed", reference=request.reference, method=scope["method"], path=path)
            if status:
                raise
            detail = f"Something on our side broke. Tell your operator this reference: {request.reference}."
            await problem(500, "internal", "Internal error", detail)(scope, receive, sending)
        finally:
            took_ms = round((time.perf_counter() - began) * 1000, 1)
            facts = {"method": scope["method"], "path": path, "status": status, "ms": took_ms}
            _log.info("answered", reference=request.reference, **facts)
            asked.reset(token)


def _address(scope: Scope, trusted: Sequence[Network]) -> str:
    """The caller's address: what connected, or, where that is a trusted proxy, whom it says it speaks for.

    Read from the end, where the nearest proxy writes: what stands before the first that is not trusted, anybody could
    have written there.
    """
    client = scope.get("client")
    address = str(client[0]) if client else ""
    told = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").decode("latin-1")
    for hop in [one.strip() for one in reversed(told.split(",")) if one.strip()]:
        if not _among(address, trusted):
            break
        try:
            address = str(ipaddress.ip_address(hop))
        except ValueError:
            break
    return address


def _among(address: str, networks: Sequence[Network]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks)
