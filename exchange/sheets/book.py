"""The workbook form of a sheet: a row for each dataset, defaults beside, meanings as comments, terms to choose from."""

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import xlsxwriter

from exchange.sheets.cells import EMPTY
from exchange.sheets.columns import KEYS, Column
from exchange.sheets.flat import Flat
from exchange.sheets.form import Form
from schemas.metadata import DatasetKind
from schemas.profiles import Profile
from schemas.sheet import MOST
from schemas.upgrade import SCHEMA_VERSION

_MADE: Final = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
"""The same schema makes the same bytes."""
_COLOURS: Final = {Profile.SHAREABLE: "#DCE9F5", Profile.ROUND: "#E6F2E0", Profile.OPEN: "#FFF4D6", None: "#F3F3F3"}
_READ_ME: Final = (
    "1. “Datasets”: one row for each dataset, one column for each field. Leave empty what you do not have.",
    "2. “Defaults” holds what is the same in all rows; a row that says something of its own goes before it.",
    "3. “dataset” is the id (PLX-…) of a dataset that is there. Without it, “file” finds the one that holds a file of "
    "this name, or kind, cell and title do; else the row makes a new draft.",
    "4. Blue columns are needed to share, green ones for a round, yellow ones to publish openly.",
    "5. A unit stands in the heading. If you measure in another one (mAh for Ah), change it in the heading.",
    "6. Dates and times of the spreadsheet are taken in “time_zone”; or write 2026-03-31T14:05:00+02:00.",
    "7. Lists have numbers: creators[1].name, creators[2].name, and so on; several texts in a cell are separated by "
    "semicolons. A list that you fill in replaces the one that is stored.",
    f"8. {EMPTY} in a cell empties the field; a cell with nothing in it leaves the field as it is.",
    "9. Columns may be removed and moved. Comments on the headings say what each means.",
)


def workbook_of(kind: DatasetKind, of: Sequence[Column], rows: Sequence[Flat], common: Flat) -> bytes:
    """The workbook with these rows and defaults."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False}) as book:
        facts = f"Metadata schema {SCHEMA_VERSION}"
        book.set_properties({"title": f"Metadata: {kind.value}", "comments": facts, "created": _MADE})
        _Writing(book, of).write(kind, rows, common)
    return content.getvalue()


class _Writing:
    """The workbook being written."""

    def __init__(self, book: Any, of: Sequence[Column]) -> None:  # Any: xlsxwriter has no types
        self._book, self._of = book, of
        head = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        self._heads = {needed: book.add_format(head | {"bg_color": colour}) for needed, colour in _COLOURS.items()}
        self._bold, self._wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        # A name such as 0012 must not become the number 12.
        self._text, self._any = book.add_format({"num_format": "@"}), book.add_format({})
        self._sources: dict[str, str] = {}

    def write(self, kind: DatasetKind, rows: Sequence[Flat], common: Flat) -> None:
        about, datasets = self._book.add_worksheet("Read me"), self._book.add_worksheet("Datasets")
        defaults, terms = self._book.add_worksheet("Defaults"), self._book.add_worksheet("Terms")
        about.set_column(0, 0, 110, self._wrap)
        for at, line in enumerate((f"Metadata of datasets of the kind {kind.value}", *_READ_ME)):
            about.write_string(at, 0, line, self._bold if at == 0 else self._wrap)
        self._terms(terms)
        self._datasets(datasets, rows)
        self._defaults(defaults, common)
        datasets.activate()

    def _terms(self, sheet: Any) -> None:
        """The words of every list, each in a column: what is listed in a cell itself ends at 255 letters."""
        for place, words in self._lists():
            at = len(self._sources)
            sheet.write_string(0, at, place, self._bold)
            sheet.write_column(1, at, words)
            column = xlsxwriter.utility.xl_col_to_name(at, True)
            self._sources[place] = f"=Terms!{column}$2:{column}${len(words) + 1}"
        sheet.hide()

    def _lists(self) -> Iterator[tuple[str, Sequence[str]]]:
        seen = set()
        for one in self._of:
            if (one.choices or one.terms) and one.plain not in seen:
                seen.add(one.plain)
                yield one.plain, one.choices or one.terms

    def _datasets(self, sheet: Any, rows: Sequence[Flat]) -> None:
        sheet.freeze_panes(1, len(KEYS))
        sheet.set_row(0, 48)
        for at, (key, meaning) in enumerate(KEYS.items()):
            sheet.write_string(0, at, key, self._heads[None])
            sheet.write_comment(0, at, meaning, {"x_scale": 2})
            sheet.set_column(at, at, 18, self._text)
        for at, one in enumerate(self._of, len(KEYS)):
            sheet.write_string(0, at, one.heading, self._heads[one.needed])
            sheet.write_comment(0, at, one.said(), {"x_scale": 2.5, "y_scale": 1.5})
            sheet.set_column(at, at, 16, self._form(one))
            self._choose(sheet, one, (1, at, MOST, at))
        places = [*KEYS, *(one.place for one in self._of)]
        for number, row in enumerate(rows, 1):
            for at, place in enumerate(places):
                self._cell(sheet, number, at, row.get(place))

    def _defaults(self, sheet: Any, common: Flat) -> None:
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 0, 48)
        sheet.set_column(1, 1, 32)
        sheet.set_column(2, 2, 110)
        for at, title in enumerate(("place", "value", "meaning")):
            sheet.write_string(0, at, title, self._bold)
        for row, one in enumerate(self._of, 1):
            sheet.write_string(row, 0, one.heading, self._heads[one.needed])
            sheet.write_blank(row, 1, None, self._form(one))
            self._cell(sheet, row, 1, common.get(one.place), self._form(one))
            sheet.write_string(row, 2, one.said())
            self._choose(sheet, one, (row, 1, row, 1))

    def _form(self, of: Column) -> Any:
        return self._any if of.form in (Form.NUMBER, Form.WHOLE, Form.MOMENT) else self._text

    def _cell(self, sheet: Any, row: int, at: int, value: str | float | int | None, form: Any = None) -> None:
        if isinstance(value, str):
            sheet.write_string(row, at, value, form)
        elif value is not None:
            sheet.write_number(row, at, value, form)

    def _choose(self, sheet: Any, of: Column, cells: tuple[int, int, int, int]) -> None:
        """A list to choose from; of terms others may be proposed, of choices none."""
        if of.plain in self._sources:
            sheet.data_validation(*cells, self._rule(of))
        elif of.form is Form.YES_NO:
            sheet.data_validation(*cells, {"validate": "list", "source": ["yes", "no"]})

    def _rule(self, of: Column) -> Mapping[str, object]:
        rule: dict[str, object] = {"validate": "list", "source": self._sources[of.plain]}
        if not of.choices:
            rule |= {
                "error_type": "information",
                "error_title": "Not a known term",
                "error_message": "It can be written; the nearest known term makes the dataset easier to find.",
            }
        return rule
