"""SQLite before 3.42 answers NULL to `unixepoch('subsec')`, which the job engine asks for on Python 3.12 and later."""

import sqlite3
import time

from sqlalchemy import Engine, event

_KNOWS_SUBSEC = (3, 42)


def teach_subsec() -> None:
    """Let every SQLite connection of this process answer it; call once, before any database is opened."""
    if sqlite3.sqlite_version_info < _KNOWS_SUBSEC and not event.contains(Engine, "connect", _teach):
        event.listen(Engine, "connect", _teach)


def _teach(connection: object, _record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("unixepoch", 1, _unixepoch)


def _unixepoch(asked: str) -> float | int:
    now = time.time()
    return round(now, 3) if asked == "subsec" else int(now)
