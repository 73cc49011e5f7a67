"""Gamry .DTA files."""

from ingest.formats.gamry.reader import READERS

__all__ = ["READERS"]
