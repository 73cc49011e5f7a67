"""Arbin: exports as csv and workbook, and its result database."""

from ingest.formats.arbin import res, text

READERS = (*text.READERS, *res.READERS)
