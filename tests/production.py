"""Filled-in templates for tests: a small run from slurry to cell, as the template's sheets and as csv."""

from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from ingest.pipeline import ingest
from schemas.ingested import Declared, Ingested

Sheets = dict[str, list[list[Any]]]


def run(zone: str | None = "Europe/Berlin", **changes: list[list[Any]]) -> Sheets:
    """Sheets by name, the first row of each its headings; `changes` replace or add sheets (`_` for a blank)."""
    sheets: Sheets = {
        "Production run": [["Production run", "RUN-7"], ["Cell format", "pouch"], ["Time zone", zone or ""]],
        "Mixing": [
            ["Batch id", "Made from lot", "Electrode polarity", "Start", "Solids content [wt-%]"],
            ["SL-1", "NMC-77; PVDF-3", "positive", datetime(2026, 3, 2, 8, 0), 62.5],
            ["SL-2", "GR-12", "anode", datetime(2026, 3, 2, 10, 0), 48.0],
        ],
        "Coating": [
            ["Roll id", "Made from batch", "Electrode polarity", "Dry loading, side A [mg/cm²]", "Machine", "Method"],
            ["R-1", "SL-1", "positive", 12.5, "Coater 1", "punch and weigh"],
            ["R-2", "SL-2", "negative", 7.25, "Coater 1", "punch and weigh"],
        ],
        "Stacking": [
            ["Cell id", "Made from roll", "Layers", "Start"],
            ["C-1", "R-1; R-2", 10, "2026-03-04T09:00+01:00"],
            ["C-2", "R-1; R-2", 10, "2026-03-04T09:30+01:00"],
        ],
    }
    return sheets | {name.replace("_", " "): rows for name, rows in changes.items()}


def workbook(path: Path, sheets: Sheets) -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    return path


def read(path: Path, declared: Declared | None = None) -> Ingested:
    out = path.parent / f"{path.stem}-tables"
    out.mkdir(exist_ok=True)
    return ingest(path, path.name, out, declared)


def table(path: Path, name: str = "parameters") -> list[dict[str, Any]]:
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.read_table(path.parent / f"{path.stem}-tables" / f"{name}.parquet").to_pylist()
    return rows
