"""Connections and transactions on SQLite (embedded) and PostgreSQL."""

import select
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Dialect, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, InvalidatePoolError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from schemas.errors import Misconfigured, Refused, Unavailable

_BUSY_TIMEOUT_S = 30
_IDLE_S = 30
"""A connection that lay idle for so long is asked whether it still works before it is used."""
_NO_SUCH_TABLE = "42P01"
_FORMS = "write postgresql://user:password@host/database or sqlite:////absolute/path.sqlite3"


class Sessions:
    """Opens transactions. `begin` may write and commits on leaving; `read` sees one state and never commits.

    Both raise `Unavailable` when the database is out of reach, its disk is full or its tables are absent, and `Refused`
    for a value that it cannot keep.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction, committed on leaving, rolled back by any exception."""
        with _named_failures(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One read-only transaction, always rolled back."""
        reading = self.engine.execution_options(plx_read=True)
        with _named_failures(), Session(reading, expire_on_commit=False) as session:
            yield session
            session.rollback()

    def check(self) -> None:
        """Raises `Unavailable` when the database does not answer."""
        with self.read() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        """Return every connection."""
        self.engine.dispose()


def connect(url: str) -> Sessions:
    """Open the database named by an SQLAlchemy URL (`sqlite:///…` or `postgresql://…`); it is not asked yet.

    `Misconfigured` for a URL that names none.
    """
    parsed = _parsed(url)
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, pool_size=10, max_overflow=20, pool_timeout=15, hide_parameters=True)
        event.listen(engine, "checkin", _laid_down)
        event.listen(engine, "checkout", _taken_up(engine.dialect))
        return Sessions(engine)
    if parsed.drivername == "sqlite":
        waiting = {"timeout": _BUSY_TIMEOUT_S, "check_same_thread": False}
        engine = create_engine(parsed, connect_args=waiting, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return Sessions(engine)
    raise Misconfigured(f"EXCHANGE_DATABASE_URL names a '{parsed.drivername}' database; {_FORMS}.")


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # Without their text: it repeats the URL with its password.
        raise Misconfigured(f"EXCHANGE_DATABASE_URL is no database URL; {_FORMS}.") from None
    if url.count("@") > 1:  # Else a part of the password would be taken for the host, and be named in errors.
        raise Misconfigured("EXCHANGE_DATABASE_URL has more than one @; write the one in the password as %40.")
    if parsed.drivername == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise Misconfigured("EXCHANGE_DATABASE_URL names no file; write sqlite:////absolute/path.sqlite3.")
    return parsed


def _laid_down(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info["idle_since"] = time.monotonic()


def _taken_up(dialect: Dialect) -> Callable[[Any, ConnectionPoolEntry, object], None]:
    """Asks whether a connection still works where there is doubt; one that does not is replaced, with all others.

    A server that ends, or that ends a connection, says so on the socket: then it has something to read, though nothing
    was asked. What a network loses is never said, so that a connection which lay idle for long is asked, too.
    """

    def listen(connection: Any, record: ConnectionPoolEntry, _: object) -> None:  # Any: the driver's own connection
        idle_s = time.monotonic() - record.info.get("idle_since", time.monotonic())
        try:
            if idle_s >= _IDLE_S or _spoken_to(connection.fileno()):
                dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as failure:
            raise InvalidatePoolError("the connection was lost") from failure

    return listen


def _spoken_to(socket: int) -> bool:
    """True where a socket has something to read, its end included."""
    waiting = select.poll()
    waiting.register(socket, select.POLLIN)
    return bool(waiting.poll(0))


def _prepare_sqlite(connection: Any, _record: object) -> None:  # Any: the driver's own connection
    connection.isolation_level = None
    _turn_to_wal(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_TIMEOUT_S * 1000}"):
        connection.execute(f"PRAGMA {pragma}")


def _turn_to_wal(connection: Any) -> None:
    """Two that open a new file at once both turn its mode, and for that SQLite does not wait by itself."""
    until = time.monotonic() + _BUSY_TIMEOUT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as busy:
            if "locked" not in str(busy) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    # A deferred transaction that turns into a write fails at once with "locked"; taking the lock first waits for it.
    reading = connection.get_execution_options().get("plx_read", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def _named_failures() -> Iterator[None]:
    try:
        yield
    except OperationalError as failure:
        raise Unavailable("The database does not answer or its disk is full; nothing was changed.") from failure
    except DataError as failure:
        raise Refused(
            "A value cannot be kept by the database; look for NUL characters or numbers out of range."
        ) from failure
    except ProgrammingError as failure:
        if getattr(failure.orig, "sqlstate", None) == _NO_SUCH_TABLE:
            raise Unavailable("The database lacks this version's tables; run `exchange migrate` once.") from failure
        raise
    except DBAPIError as failure:
        if failure.connection_invalidated:
            raise Unavailable("The connection to the database was lost; nothing was changed.") from failure
        raise
