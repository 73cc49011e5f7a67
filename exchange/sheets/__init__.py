"""Sheets of metadata: many records in one file, as a workbook, csv, YAML or JSON, written and read by the schema."""
