"""Read a sheet of metadata: rows of records, checked by the schema, or everything that is wrong at once."""

import csv
import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from exchange.problems import troubles
from exchange.sheets import grid, trees
from exchange.sheets.grid import Grid
from exchange.sheets.rows import Row, filled
from ingest import workbook
from ingest.limits import MIB
from schemas.errors import Refused, TooLarge, Unreadable
from schemas.identifiers import parse_reference
from schemas.metadata import Metadata
from schemas.sheet import MOST, SheetForm, SheetProblem

MOST_BYTES: Final = 8 * MIB
_MOST_UNPACKED: Final = 128 * MIB
DATASETS: Final = "Datasets"
DEFAULTS: Final = "Defaults"


@dataclass(frozen=True)
class Sheet:
    """What a file says, dataset by dataset, and all that is wrong with it."""

    rows: tuple[Row, ...]
    problems: tuple[SheetProblem, ...]


def read(content: bytes, form: SheetForm, filename: str) -> Sheet:
    """The rows of a sheet.

    Raises:
        Refused: it is no file of this form, or holds no datasets.
        TooLarge: it has more bytes, or more datasets, than are described at once.
    """
    if len(content) > MOST_BYTES:
        raise TooLarge(f"The sheet has {len(content)} bytes; at most {MOST_BYTES} are read. Send it in parts.")
    found, problems = _rows(content, form)
    rows = [row for row in found if row.own.record or row.dataset or row.file]
    if not rows and not problems:
        raise Refused("The sheet holds no datasets: fill in a row for each of them.")
    if len(rows) > MOST:
        raise TooLarge(f"The sheet describes {len(rows)} datasets; at most {MOST} are described at once.")
    problems = [*problems, *(one for row in rows for one in _wrong(row))]
    once = {(one.sheet, one.row, one.column, one.pointer, one.message): one for one in problems}
    return Sheet(tuple(rows), tuple(one.model_copy(update={"file": filename}) for one in once.values()))


def _rows(content: bytes, form: SheetForm) -> tuple[list[Row], list[SheetProblem]]:
    if form is SheetForm.XLSX:
        return grid.read(*_of_workbook(content))
    text = _text(content)
    if form is SheetForm.CSV:
        return grid.read(_of_csv(text), None)
    try:
        return trees.read(trees.of_yaml(text) if form is SheetForm.YAML else trees.of_json(text))
    except RecursionError:
        raise Refused("The sheet is nested too deeply to be one of metadata.") from None


def _wrong(row: Row) -> list[SheetProblem]:
    """What the schema says of a row by itself; what is stored already is not known here."""
    found = []
    if row.dataset and ("@" in row.dataset or parse_reference(row.dataset) is None):
        found.append(row.problem("/dataset", "is no id of a dataset", row.dataset, "Ids look like PLX-7Q4K-M2XD."))
    try:
        Metadata.model_validate(filled(row.record))
    except ValidationError as wrong:
        found += [row.problem(one.pointer, one.message, one.value, one.hint) for one in troubles(wrong, Metadata)]
    return found


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise Refused(f"The sheet is no text in UTF-8: byte {wrong.start} does not fit. Save it as UTF-8.") from wrong


def _of_csv(text: str) -> Grid:
    first = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(MIB)
    try:
        rows: tuple[grid.Cells, ...] = tuple(
            [*row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        )
    except csv.Error as wrong:
        raise Refused(f"The sheet is no csv: {wrong}.") from wrong
    return Grid(None, rows)


def _of_workbook(content: bytes) -> tuple[Grid, Grid | None]:
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        path = Path(file.name)
        try:
            return _sheets(path)
        except Unreadable as wrong:
            raise Refused(wrong.message) from wrong


def _sheets(path: Path) -> tuple[Grid, Grid | None]:
    if not zipfile.is_zipfile(path):
        raise Refused("The sheet is no workbook (.xlsx).")
    with zipfile.ZipFile(path) as archive:
        unpacked = sum(one.file_size for one in archive.infolist())
    if unpacked > _MOST_UNPACKED:
        raise Refused(f"The workbook unpacks to {unpacked // MIB} MB, more than a sheet of metadata holds.")
    names = [one.name for one in workbook.sheets(path) if not one.hidden]
    named = {name.casefold(): name for name in names}
    main = named.get(DATASETS.casefold()) or (names[0] if len(names) == 1 else None)
    if main is None:
        raise Refused(f"The workbook has no sheet “{DATASETS}”; it has {', '.join(names) or 'none'}.")
    other = named.get(DEFAULTS.casefold())
    return _grid(path, main), _grid(path, other) if other and other != main else None


def _grid(path: Path, name: str) -> Grid:
    return Grid(name, tuple(workbook.rows(path, name)))
