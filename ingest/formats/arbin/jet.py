"""Tables of a Jet database (Microsoft Access), as Arbin's .res is one: numbers decoded a whole column at a time.

The library access-parser finds the tables and their columns; rows are decoded here, as it takes 0.1 ms for each.
Sources: the Jet page layout as described by the projects mdbtools and Jackcess.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.errors import Unreadable

Values = npt.NDArray[Any]
Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]

_DELETED, _MOVED, _OFFSET = 0x8000, 0x4000, 0x1FFF
_BOOLEAN = 1
_TYPES = {2: "u1", 3: "<i2", 4: "<i4", 6: "<f4", 7: "<f8", 8: "<f8"}
"""Kinds of column whose values are numbers of fixed length; 8 is a date, in days."""


@dataclass(frozen=True)
class Table:
    """The columns of numbers, null where a row has none (`missing`), and how many rows the database says there are."""

    columns: Mapping[str, Values]
    missing: Mapping[str, npt.NDArray[np.bool_]]
    rows: int
    said: int

    def array(self, name: str, rows: Places) -> pa.Array:
        """A column's values in these rows, null where one has none."""
        return pa.array(self.columns[name][rows], mask=self.missing[name][rows])


def at_keys(wanted: Values, keys: Values, values: npt.NDArray[np.float64]) -> pa.Array:
    """The value that stands at each wanted key, null where none does: one table's values in another's rows."""
    order = np.argsort(keys, kind="stable")
    keys, values = keys[order], values[order]
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return pa.array(values[place], mask=keys[place] != wanted)


@dataclass(frozen=True)
class _Rows:
    """Where each row of a table begins and ends in its pages' bytes, and how many columns it has."""

    pages: Bytes
    start: Places
    end: Places
    fields: Places
    prefix: int

    def missing(self, column: int) -> npt.NDArray[np.bool_]:
        """Rows without a value in this column: its bit is 0, or the row is older than the column."""
        mask = (self.fields + 7) // 8
        at = np.minimum(self.end - mask + column // 8, self.end - 1)
        absent: npt.NDArray[np.bool_] = (self.fields <= column) | (self.pages[at] >> (column % 8) & 1 == 0)
        return absent

    def values(self, offset: int, kind: str) -> Values:
        """Numbers at this offset of the rows' fixed part."""
        size = np.dtype(kind).itemsize
        at = np.minimum(self.start + self.prefix + offset, len(self.pages) - size)
        found: Values = self.pages[at[:, None] + np.arange(size)].view(kind)[:, 0]
        return found


class Database:
    """An opened database.

    Raises:
        Unreadable: it is damaged, cut off, or of a kind that is not known.
    """

    def __init__(self, path: Path) -> None:
        # Imported here so that only a child that reads such a file pays for it.
        from access_parser import AccessParser

        with _opening():
            self._parser: Any = AccessParser(str(path))
            # The library keeps the whole file a second time.
            self._parser.db_data = self._parser._all_pages = None
        self.tables = frozenset(self._parser.catalog)

    def numbers(self, name: str) -> Table:
        """The columns of numbers of a table, in the order of its pages, which need not be that of its rows.

        Raises:
            Unreadable: the table is damaged.
        """
        with _opening():
            table = self._parser.get_table(name)
            rows = self._rows(table)
            columns: dict[str, Values] = {}
            missing: dict[str, npt.NDArray[np.bool_]] = {}
            for column in table.columns.values():
                if not column.column_flags.fixed_length:
                    continue
                absent = rows.missing(column.column_id)
                if column.type == _BOOLEAN:
                    columns[column.col_name_str] = ~absent
                    missing[column.col_name_str] = np.zeros(len(absent), dtype=bool)
                elif column.type in _TYPES:
                    columns[column.col_name_str] = rows.values(column.fixed_offset, _TYPES[column.type])
                    missing[column.col_name_str] = absent
            return Table(columns, missing, len(rows.start), int(table.table_header.number_of_rows))

    def texts(self, name: str) -> list[dict[str, object]]:
        """The rows of a small table with all their columns.

        Raises:
            Unreadable: the table is damaged.
        """
        with _opening():
            columns: Mapping[str, list[object]] = self._parser.parse_table(name)
            rows = max((len(values) for values in columns.values() if isinstance(values, list)), default=0)
            whole = {key: values for key, values in columns.items() if len(values) == rows}
            return [{key: values[at] for key, values in whole.items()} for at in range(rows)]

    def _rows(self, table: Any) -> _Rows:
        newer = self._parser.version > 3
        size = self._parser.page_size
        pages = np.frombuffer(b"".join(table.table.linked_pages), np.uint8)
        counted, listed, prefix = (12, 14, 2) if newer else (8, 10, 1)
        if not len(pages):
            nowhere = np.zeros(0, dtype=np.int64)
            return _Rows(pages, nowhere, nowhere, nowhere, prefix)
        by_page = pages[: len(pages) // size * size].reshape(-1, size)
        counts = by_page[:, counted : counted + 2].copy().view("<u2")[:, 0].astype(np.int64)
        most = int(min(counts.max(initial=0), (size - listed) // 2))
        listing = by_page[:, listed : listed + 2 * max(most, 1)].copy()
        offsets = listing.view("<u2")[:, :most].astype(np.int64)
        begin = offsets & _OFFSET
        # Rows stand in a page from its end on, so that each ends where the one before begins.
        end = np.concatenate((np.full((len(begin), 1), size), begin), axis=1)[:, :most]
        there = (np.arange(most) < counts[:, None]) & (offsets & (_DELETED | _MOVED) == 0)
        there &= (begin >= listed) & (end > begin + prefix) & (end <= size)
        page = np.arange(len(by_page))[:, None] * size
        start, stop = (page + begin)[there], (page + end)[there]
        fields = pages[start].astype(np.int64)
        if newer:
            fields += pages[start + 1].astype(np.int64) << 8
        return _Rows(pages, start, stop, fields, prefix)


@contextmanager
def _opening() -> Iterator[None]:
    """The library's ways to fail become one refusal, and what it logs stays out of ours."""
    logger = logging.getLogger("access_parser")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    except Unreadable:
        raise
    except Exception as fault:
        # A damaged file makes the library fail in any way.
        raise Unreadable(
            "The database cannot be read: it may be damaged or cut off. Copy it again from the tester's computer, or "
            "export the channel as csv from MITS Pro."
        ) from fault
    finally:
        logger.setLevel(before)
