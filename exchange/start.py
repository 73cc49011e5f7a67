"""Open what the settings name: database, object store, signing secret, job queue."""

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from exchange import jobs
from exchange.services import Services, secret_of
from exchange.settings import Settings
from schemas.errors import Misconfigured, Unavailable
from storage import migrate
from storage.database import connect
from storage.open_store import open_store


def open_services(settings: Settings) -> Services:
    """The world of this process; the embedded default's database is made or brought up to date first.

    `Misconfigured` names the variable that is wrong and what to do.
    """
    url = _known(database_url(settings))
    try:
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        secret = secret_of(settings)
    except OSError as refusal:
        reason = refusal.strerror or "out of reach"
        raise Misconfigured(f"EXCHANGE_DATA: the folder {settings.data} cannot be written ({reason}).") from refusal
    if url.startswith("sqlite"):
        migrate_all(settings)
    access_key, secret_key = settings.s3_access_key, settings.s3_secret_key
    objects = open_store(
        settings.store_url or f"folder://{settings.data.resolve()}/objects",
        secret=secret,
        base_url=settings.base_url,
        access_key=access_key.get_secret_value() if access_key else None,
        secret_key=secret_key.get_secret_value() if secret_key else None,
    )
    return Services(settings, connect(url), objects, jobs.DbosJobs(url), secret)


def close_services(services: Services) -> None:
    """Return every connection."""
    if isinstance(services.jobs, jobs.DbosJobs):
        services.jobs.close()
    services.sessions.close()


def migrate_all(settings: Settings) -> None:
    """Bring our tables and the job engine's to this version's schema; run again it changes nothing.

    `Unavailable` when the database does not answer.
    """
    url = _known(database_url(settings))
    if url.startswith("sqlite"):
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        migrate.upgrade(url)
        jobs.migrate(url)
    except OperationalError as failure:
        raise Unavailable(
            "EXCHANGE_DATABASE_URL: the database does not answer, cannot be opened, or is locked by another process."
        ) from failure


def database_url(settings: Settings) -> str:
    """The database that the settings name; without one SQLite in the data folder."""
    return settings.database_url or f"sqlite:///{settings.data.resolve()}/exchange.sqlite3"


def _known(url: str) -> str:
    """The URL, when it names a database that is supported; else a sentence without the URL, which holds a password."""
    try:
        kind = make_url(url).get_backend_name()
    except ArgumentError as wrong:
        sentence = "EXCHANGE_DATABASE_URL is no database URL; write it like postgresql://user:password@host/database."
        raise Misconfigured(sentence) from wrong
    if kind not in ("sqlite", "postgresql"):
        raise Misconfigured(f"EXCHANGE_DATABASE_URL names a '{kind}' database; supported are postgresql and sqlite.")
    return url
