"""The Battery Data Format, as csv and as Parquet."""

from ingest.formats.bdf import parquet, text

READERS = (*text.READERS, *parquet.READERS)
