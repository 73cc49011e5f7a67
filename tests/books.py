"""Workbooks for tests, written from rows of Python values."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

Rows = Sequence[Sequence[object]]
FORMATS = {dt.datetime: "yyyy-mm-dd hh:mm:ss.000", dt.timedelta: "[h]:mm:ss.000", dt.time: "hh:mm:ss"}


def book(path: Path, sheets: Mapping[str, Rows], hidden: Sequence[str] = (), date_1904: bool = False) -> Path:
    """A workbook with these sheets; dates and time spans carry the format that shows them as such."""
    with xlsxwriter.Workbook(str(path), {"date_1904": date_1904}) as out:
        formats = {kind: out.add_format({"num_format": text}) for kind, text in FORMATS.items()}
        for name, rows in sheets.items():
            sheet = out.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if type(cell) in formats:
                        sheet.write_datetime(at, column, cell, formats[type(cell)])
                    elif isinstance(cell, str) and cell.startswith("="):
                        sheet.write_formula(at, column, cell, None, "#N/A")
                    elif isinstance(cell, str):
                        sheet.write_string(at, column, cell)
                    elif cell is not None:
                        sheet.write(at, column, cell)
    return path
