"""BioLogic: text exports, and binary files extracted by a program of others in an environment of its own."""

from ingest.formats.biologic import mpr, text

READERS = (*text.READERS, *mpr.READERS)
