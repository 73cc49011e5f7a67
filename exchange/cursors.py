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
    content = json.dumps([position[0].isoformat(), position[1]]).encode()
    return base64.urlsafe_b64encode(_mac(secret, content) + content).decode().rstrip("=")


def opened(secret: bytes, cursor: str) -> tuple[datetime, str]:
    """The position a cursor stands for; `Refused` when this installation did not make it."""
    try:
        raw = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    mac, content = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not content or not hmac.compare_digest(mac, _mac(secret, content)):
        trouble = Trouble(
            pointer="/query/cursor", message="is not a cursor of this list", hint="take it from the page before"
        )
        raise Refused("The cursor is not one that this server gave out; start again without it.", errors=(trouble,))
    when, last = json.loads(content)
    return datetime.fromisoformat(when), last


def _mac(secret: bytes, content: bytes) -> bytes:
    return hmac.new(secret, b"cursor:" + content, hashlib.sha256).digest()[:_MAC_BYTES]
