"""Bring a database to this version's schema; the steps stand in `storage/migrations/versions`."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from storage.database import connect


def upgrade(url: str) -> None:
    """From empty, or from any earlier version, to the newest; done already, it changes nothing."""
    sessions = connect(url)
    try:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with sessions.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        sessions.close()
