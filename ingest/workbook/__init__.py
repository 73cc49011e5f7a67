"""Workbooks: opened once their size is known to be bounded; sheets as rows of cells, or as the table of a layout."""

from ingest.workbook.book import HEAD_ROWS, Cell, Sheet, counts_from_1904, is_workbook, rows, sheets, text

__all__ = ["HEAD_ROWS", "Cell", "Sheet", "counts_from_1904", "is_workbook", "rows", "sheets", "text"]
