"""Small Jet 4 databases for tests, written page by page: tables of numbers and texts, rows in any order of pages."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

PAGE = 4096
NUMBERS = {"u1": 2, "<i2": 3, "<i4": 4, "<f4": 6, "<f8": 7}
TEXT = 10
Columns = Mapping[str, str]
Row = Sequence[object]


def jet(path: Path, tables: Mapping[str, tuple[Columns, Sequence[Row]]], rows_in_page: int = 3, said: int = 0) -> Path:
    """A database with these tables: the kind of each column (a number's type, or "text"), and its rows.

    `said` is added to the number of rows that each table's definition gives.
    """
    catalog = {"Id": "<i4", "Type": "<i2", "Flags": "<i4", "Name": "text"}
    pages: list[bytes] = [_header(), b"\0" * PAGE, b""]
    listed: list[Row] = [(2, 1, -0x80000000, "MSysObjects")]
    for name, (columns, rows) in tables.items():
        listed.append((len(pages), 1, 0, name))
        pages += _table(columns, rows, len(pages), rows_in_page, said)
    pages[2], *rest = _table(catalog, listed, 2, 50, 0)
    path.write_bytes(b"".join([*pages, *rest]))
    return path


def _header() -> bytes:
    return (b"\0\1\0\0Standard Jet DB\0" + struct.pack("<I", 1)).ljust(PAGE, b"\0")


def _table(columns: Columns, rows: Sequence[Row], page: int, rows_in_page: int, said: int) -> list[bytes]:
    """The definition, which stands on this page, and the pages of its rows behind it."""
    parts = [rows[at : at + rows_in_page] for at in range(0, len(rows), rows_in_page)]
    return [_definition(columns, len(rows) + said), *(_rows(columns, part, page) for part in parts)]


def _definition(columns: Columns, rows: int) -> bytes:
    texts = sum(kind == "text" for kind in columns.values())
    head = struct.pack(
        "<IIIIIIIIBHHHIIII", 0, 0, rows, 0, 0, 0, 0, 0, 0x4E, len(columns), texts, len(columns), 0, 0, 0, 0
    )
    described, names, offset, text = b"", b"", 0, 0
    for number, (name, kind) in enumerate(columns.items()):
        fixed = kind != "text"
        size = struct.calcsize(_code(kind)) if fixed else 100
        described += struct.pack("<BIHHH", NUMBERS.get(kind, TEXT), 0, number, text, number) + b"\0" * 4
        described += bytes([1 if fixed else 0, 0]) + struct.pack("<IHH", 0, offset if fixed else 0, size)
        names += struct.pack("<H", 2 * len(name)) + name.encode("utf-16-le")
        offset, text = offset + size * fixed, text + (not fixed)
    return (b"\2\1" + b"\0\0" + struct.pack("<I", 0) + head + described + names).ljust(PAGE, b"\0")


def _rows(columns: Columns, rows: Sequence[Row], owner: int) -> bytes:
    body, offsets = b"", []
    for row in rows:
        body = _row(columns, row) + body
        offsets.append(PAGE - len(body))
    head = b"\1\1" + struct.pack("<HIIH", 0, owner, 0, len(rows)) + struct.pack(f"<{len(offsets)}H", *offsets)
    return head + b"\0" * (PAGE - len(head) - len(body)) + body


def _row(columns: Columns, row: Row) -> bytes:
    fixed, texts, mask = b"", [], 0
    for number, (kind, value) in enumerate(zip(columns.values(), row, strict=True)):
        mask |= (value is not None) << number
        if kind == "text":
            texts.append(str(value or "").encode("utf-16-le"))
        else:
            fixed += struct.pack(_code(kind), value or 0)
    out = struct.pack("<H", len(columns)) + fixed
    if texts:
        starts = [len(out) + sum(len(one) for one in texts[:at]) for at in range(len(texts) + 1)]
        out += b"".join(texts) + struct.pack(f"<{len(starts)}H", *reversed(starts)) + struct.pack("<H", len(texts))
    return out + mask.to_bytes((len(columns) + 7) // 8, "little")


def _code(kind: str) -> str:
    return {"u1": "<B", "<i2": "<h", "<i4": "<i", "<f4": "<f", "<f8": "<d"}[kind]
