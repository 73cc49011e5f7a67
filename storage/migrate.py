"""Bring a database to this version's schema; the steps stand in `storage/migrations/versions`."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.database import connect

VERSION_TABLE = "plx_schema_version"
_FOLDER = str(Path(__file__).parent / "migrations")


def upgrade(url: str, to: str = "head") -> None:
    """From empty, or from any earlier version, to the newest; done already, it changes nothing."""
    sessions = connect(url)
    try:
        config = Config()
        config.set_main_option("script_location", _FOLDER.replace("%", "%%"))
        with sessions.engine.begin() as connection:
            if to == "head" and _stands(connection) == _newest():
                return
            config.attributes["connection"] = connection
            command.upgrade(config, to)
    finally:
        sessions.close()


def _stands(connection: Connection) -> tuple[str, ...]:
    """The step that the database stands at; empty where it has none of our tables."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_heads()


@cache
def _newest() -> tuple[str, ...]:
    """The last step, read once for a process: every step is a file to be executed."""
    return tuple(ScriptDirectory(_FOLDER).get_heads())


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a thing in the database is ours: the job engine keeps its tables in the same database."""
    return kind != "table" or (name is not None and name.startswith("plx_"))
