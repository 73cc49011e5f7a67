"""Open what the settings name: database, object store, signing secret, job queue."""

import contextlib
from collections.abc import Iterator

import structlog
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, OperationalError

from exchange import jobs, visibility
from exchange.services import Services, secret_of
from exchange.settings import Settings
from schemas.errors import ExchangeError, Misconfigured, Unavailable
from storage import migrate
from storage.database import connect
from storage.objects import ObjectStore
from storage.open_store import open_store

_log = structlog.get_logger("exchange.start")
_NOT_ALLOWED = "42501"


def open_services(settings: Settings) -> Services:
    """The world of this process; the embedded default's database is made or brought up to date first.

    `Misconfigured` names the variable that is wrong and what to do. PostgreSQL is not asked yet.
    """
    url = database_url(settings)
    sessions = connect(url)
    with writable("EXCHANGE_DATA"):
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        secret = secret_of(settings)
    if url.startswith("sqlite"):
        migrate_all(settings)
    return Services(settings, sessions, _objects(settings, secret), jobs.DbosJobs(url), secret)


@contextlib.contextmanager
def opened(settings: Settings) -> Iterator[Services]:
    """The world of one command, its database reached, closed again at its end."""
    services = open_services(settings)
    try:
        reach(settings)
        yield services
    finally:
        close_services(services)


def close_services(services: Services) -> None:
    """Return every connection."""
    if isinstance(services.jobs, jobs.DbosJobs):
        services.jobs.close()
    services.sessions.close()


def migrate_all(settings: Settings) -> None:
    """Bring our tables and the job engine's to this version's schema; run again it changes nothing.

    `Unavailable` when the database does not answer, `Misconfigured` when its user may not make tables.
    """
    url = database_url(settings)
    if url.startswith("sqlite"):
        with writable("EXCHANGE_DATA"):
            settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    reach(settings)
    try:
        migrate.upgrade(url)
        jobs.migrate(url)
        _fill(url)
    except OperationalError as failure:
        raise Unavailable(
            f"{_variable(settings)}: the database broke off, is locked by another process or cannot be written. "
            "Start again."
        ) from failure
    except DBAPIError as failure:
        if getattr(failure.orig, "sqlstate", None) != _NOT_ALLOWED:
            raise
        sentence = "EXCHANGE_DATABASE_URL: this user may not make tables; make it the owner of the database."
        raise Misconfigured(sentence) from failure


def _fill(url: str) -> None:
    sessions = connect(url)
    try:
        visibility.fill(sessions)
    finally:
        sessions.close()


def database_url(settings: Settings) -> str:
    """The database that the settings name; without one SQLite in the data folder."""
    return settings.database_url or f"sqlite:///{settings.data.resolve()}/exchange.sqlite3"


def reach(settings: Settings) -> None:
    """Ask the database once; `Unavailable` says which variable names it, what it answered and what to do."""
    url = database_url(settings)
    sessions = connect(url)
    try:
        sessions.check()
    except (Unavailable, DBAPIError) as failure:
        advice = "Start it, or correct the host, name, user and password."
        if url.startswith("sqlite"):
            advice = "Its folder must be there and writable, and the file a database of ours."
        raise Unavailable(
            f"{_variable(settings)}: the database does not answer{_reason(failure, url)}. {advice}"
        ) from failure
    finally:
        sessions.close()


def warn_of_silence(services: Services) -> None:
    """One line in the log for each of database and store that does not answer."""
    for what, place in (("database", services.sessions), ("store", services.objects)):
        try:
            place.check()
        except (ExchangeError, DBAPIError) as silent:
            reason = (
                silent.message if isinstance(silent, ExchangeError) else "It answers what no database of ours does."
            )
            _log.warning("does not answer", what=what, reason=reason)


@contextlib.contextmanager
def writable(variable: str) -> Iterator[None]:
    """What is done within writes in the folder that this variable names; `Misconfigured` where that fails."""
    try:
        yield
    except OSError as failure:
        where = f" {failure.filename}" if failure.filename else ""
        raise Misconfigured(
            f"{variable}: the folder{where} cannot be written ({failure.strerror or 'out of reach'}). "
            "Name one that this user may write."
        ) from failure


def _objects(settings: Settings, secret: bytes) -> ObjectStore:
    access_key, secret_key = settings.s3_access_key, settings.s3_secret_key
    with writable("EXCHANGE_STORE_URL" if settings.store_url else "EXCHANGE_DATA"):
        return open_store(
            settings.store_url or f"folder://{settings.data.resolve()}/objects",
            secret=secret,
            base_url=settings.base_url,
            access_key=access_key.get_secret_value() if access_key else None,
            secret_key=secret_key.get_secret_value() if secret_key else None,
        )


def _variable(settings: Settings) -> str:
    return "EXCHANGE_DATABASE_URL" if settings.database_url else "EXCHANGE_DATA"


def _reason(failure: Exception, url: str) -> str:
    """The driver's last line that is no question, unless it repeats the password."""
    cause = failure if isinstance(failure, DBAPIError) else failure.__cause__
    said = str(cause.orig) if isinstance(cause, DBAPIError) else ""
    lines = [line.strip().rstrip(".") for line in said.splitlines() if line.strip() and not line.endswith("?")]
    password = make_url(url).password
    if not lines or (password and password in said):
        return ""
    return f" ({lines[-1]})"
