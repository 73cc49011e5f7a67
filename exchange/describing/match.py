"""Match: which dataset each row of a sheet is about, by its id, a file's name, or kind, cell and title."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from exchange.sheets.rows import Row
from schemas.sheet import SheetProblem
from storage import naming
from storage.naming import Named

_SHOWN = 5
Key = tuple[str | None, str | None, str | None]
"""Kind, cell and title, as far as a row says them."""


def matched(session: Session, owner: str, rows: Sequence[Row]) -> tuple[list[str | None], list[SheetProblem]]:
    """The id of each row's dataset, None for a new draft; and what cannot be told, or is said twice."""
    files = naming.of_files(session, owner, {row.file for row in rows if row.file and not row.dataset})
    unnamed = [_key(row) for row in rows if not row.dataset and not row.file]
    alike = naming.of_cells(session, owner, {cell for _, cell, _ in unnamed if cell})
    alike += naming.of_titles(session, owner, {title for _, cell, title in unnamed if title and not cell})
    ids: list[str | None] = []
    problems: list[SheetProblem] = []
    by_cell: dict[str | None, list[Named]] = defaultdict(list)
    by_title: dict[str | None, list[Named]] = defaultdict(list)
    for one in alike:
        by_cell[one.cell].append(one)
        by_title[one.title].append(one)
    for row in rows:
        if row.dataset:
            ids.append(row.dataset)
            continue
        kind, cell, title = _key(row)
        if row.file:
            id, problem = _only(row, files.get(row.file, []), f"a file {row.file[:80]}", needed=True)
        elif cell is None and title is None:
            message = "nothing says which dataset this is: fill in dataset, file, cell.id or title"
            id, problem = None, row.problem("", message)
        else:
            candidates = by_cell[cell] if cell else by_title[title]
            fitting = [one for one in candidates if _fits(one, (kind, cell, title))]
            id, problem = _only(row, fitting, "this kind, cell and title", needed=False)
        ids.append(id)
        problems += [problem] if problem else []
    return ids, problems + _twice(rows, ids)


def _only(row: Row, found: Sequence[Named], what: str, needed: bool) -> tuple[str | None, SheetProblem | None]:
    """The one that is meant: the only draft, or else the only one at all."""
    drafts = [one for one in found if one.draft]
    of = drafts if len(drafts) == 1 else found
    if len(of) == 1:
        return of[0].dataset, None
    pointer = "/file" if row.file else ""
    if not of:
        message = f"no dataset of your organisation has {what}; upload it first, or name the dataset"
        return None, row.problem(pointer, message, row.file or None) if needed else None
    more = f" and {len(of) - _SHOWN} more" if len(of) > _SHOWN else ""
    names = ", ".join(one.dataset for one in of[:_SHOWN])
    message = f"{len(of)} datasets have {what}: {names}{more}; write the id of the one that is meant into `dataset`"
    return None, row.problem(pointer, message, row.file or None)


def _key(row: Row) -> Key:
    record = row.record
    cell = record.get("cell")
    said = record.get("kind"), cell.get("id") if isinstance(cell, dict) else None, record.get("title")
    kind, id, title = (one if isinstance(one, str) else None for one in said)
    return kind, id, title


def _fits(one: Named, key: Key) -> bool:
    of: tuple[Any, ...] = (one.kind, one.cell, one.title)  # Any: texts or None
    return all(said is None or said == has for said, has in zip(key, of, strict=True))


def _twice(rows: Sequence[Row], ids: Iterable[str | None]) -> list[SheetProblem]:
    """Rows that are about the dataset of a row before."""
    seen: dict[object, Row] = {}
    problems = []
    for row, id in zip(rows, ids, strict=True):
        name = id or (row.file and ("file", row.file)) or _key(row)
        first = seen.setdefault(name, row)
        if first is not row and name != (None, None, None):
            where = f"row {first.own.at.row}" if first.own.at.row else first.own.pointer
            message = f"is about the same dataset as {where}: {id or 'a new draft of this kind, cell and title'}"
            problems.append(row.problem("/dataset" if row.dataset else "", message))
    return problems
