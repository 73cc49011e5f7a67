"""Where a page of a list ends, as an opaque signed text: it tells nothing and cannot be made up."""

import base64
import hashlib
import hmac
import json
from datetime import datetime

from schemas.errors import Refused, Trouble

_MAC_BYTES = 16


def sealed(secret: bytes, position: tuple[datetime, str]) -> str:
    """The cursor behind a position."""
    return signed(secret, "cursor", [position[0].isoformat(), position[1]])


def opened(secret: bytes, cursor: str) -> tuple[datetime, str]:
    """The position a cursor stands for; `Refused` when this installation did not make it."""
    found = read(secret, "cursor", cursor)
    if found is None:
        trouble = Trouble(
            pointer="/query/cursor", message="is not a cursor of this list", hint="take it from the page before"
        )
        raise Refused("The cursor is not one that this server gave out; start again without it.", errors=(trouble,))
    when, last = found
    return datetime.fromisoformat(str(when)), str(last)


def signed(secret: bytes, use: str, content: list[str | None]) -> str:
    """Texts as one opaque text that nobody else can make, for one use alone."""
    told = json.dumps(content).encode()
    return base64.urlsafe_b64encode(_mac(secret, use, told) + told).decode().rstrip("=")


def read(secret: bytes, use: str, text: str) -> list[str | None] | None:
    """What was signed for this use; None when this installation did not make it."""
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    mac, told = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not told or not hmac.compare_digest(mac, _mac(secret, use, told)):
        return None
    found: list[str | None] = json.loads(told)
    return found


def _mac(secret: bytes, use: str, told: bytes) -> bytes:
    return hmac.new(secret, f"{use}:".encode() + told, hashlib.sha256).digest()[:_MAC_BYTES]
