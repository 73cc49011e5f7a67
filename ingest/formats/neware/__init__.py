"""Neware: binary files, and exports as csv and workbook."""

from ingest.formats.neware import binary, text

READERS = (*binary.READERS, *text.READERS)
