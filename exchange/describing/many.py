"""Describe many datasets from a sheet: a preview of all that changes or is wrong, and then all of it or nothing."""

import hashlib
from collections.abc import Sequence

from pydantic import ValidationError
from sqlalchemy.orm import Session

from exchange import describe, guard
from exchange.describing import plan as planning
from exchange.describing import tokens
from exchange.describing.match import matched
from exchange.describing.plan import Planned
from exchange.problems import troubles
from exchange.services import Services
from exchange.sheets.read import Sheet, read
from exchange.sheets.rows import Row
from schemas.access import Principal, Right
from schemas.errors import Refused
from schemas.identifiers import parse_reference
from schemas.metadata import Metadata
from schemas.sheet import DescribedSheet, SheetForm, SheetPreview, SheetProblem
from storage import catalogue

_SHOWN = 100
Chosen = tuple[Row, str | None]
"""A row and the dataset that it is about; None: a new draft."""


def preview(services: Services, who: Principal, content: bytes, form: SheetForm, filename: str) -> SheetPreview:
    """What the sheet would change, and everything that is wrong with it; nothing is changed."""
    sheet, chosen, problems = _read(services, who, content, form, filename, "sheet preview")
    plan, wrong = _foreseen(services, who, chosen)
    found = _once(sheet, [*problems, *wrong], filename)
    with services.sessions.read() as session:
        shown = planning.told(session, plan)
    token = None if found else tokens.signed(services, who, _wanted(content, form), plan)
    unchanged = sum(1 for one in plan if one.dataset and not one.changes)
    return SheetPreview(token=token, datasets=shown, unchanged=unchanged, problems=found)


def apply(
    services: Services, who: Principal, content: bytes, form: SheetForm, filename: str, token: str
) -> DescribedSheet:
    """What was previewed, in one transaction.

    Raises:
        Conflict: what the preview rested on has changed meanwhile.
        Refused: something is wrong with the sheet; nothing of it is applied.
    """
    sheet, chosen, problems = _read(services, who, content, form, filename, "sheet")
    _, wrong = _foreseen(services, who, chosen)
    found = _once(sheet, [*problems, *wrong], filename)
    if found:
        errors = tuple(one.told() for one in found[:_SHOWN])
        raise Refused(f"The sheet has {len(found)} problems; nothing of it is applied.", errors=errors)
    with services.sessions.begin() as session:
        plan = [one for _, one in _planned(session, chosen, locked=True)[0]]
        tokens.check(services, who, _wanted(content, form), plan, token)
        made = planning.carry_out(services, session, who, plan)
    changed = [one.dataset.id for one in plan if one.dataset and one.changes]
    unchanged = len(plan) - len(changed) - len(made)
    return DescribedSheet(datasets=(*changed, *made), created=made, unchanged=unchanged)


def _read(
    services: Services, who: Principal, content: bytes, form: SheetForm, filename: str, step: str
) -> tuple[Sheet, list[Chosen], list[SheetProblem]]:
    """The rows that the caller may describe, each with its dataset (None: a new draft), and what is wrong so far.

    Of a dataset that is not theirs nothing is read beyond the guard's answer.
    """
    detail = f"{step}: {form.value}"
    guard.may_at_all(services, who, Right.DESCRIBE, detail)
    sheet = read(content, form, filename)
    with services.sessions.read() as session:
        ids, problems = matched(session, who.organisation, sheet.rows)
    named = {id for id in ids if id is not None and parse_reference(id) is not None}
    refused, wrong = _allowed(services, who, sheet.rows, ids, detail)
    own = named - refused
    chosen = [(row, id) for row, id in zip(sheet.rows, ids, strict=True) if id is None or id in own]
    return sheet, chosen, [*problems, *wrong]


def _foreseen(services: Services, who: Principal, chosen: Sequence[Chosen]) -> tuple[list[Planned], list[SheetProblem]]:
    """The records as they would be, with all that is wrong with them, objects that they would name included."""
    with services.sessions.read() as session:
        plan, problems = _planned(session, chosen, locked=False)
    for row, one in plan:
        problems += [
            row.problem(each.pointer, each.message, each.value, each.hint)
            for each in planning.unnameable(services, who, one)
        ]
    return [one for _, one in plan], problems


def _allowed(
    services: Services, who: Principal, rows: Sequence[Row], ids: Sequence[str | None], detail: str
) -> tuple[set[str], list[SheetProblem]]:
    """The datasets named by rows that are refused, each on record; `Denied` where drafts may not be made."""
    named = sorted({id for id in ids if id is not None and parse_reference(id) is not None})
    refused = guard.require_each(services, who, Right.DESCRIBE, named, detail)
    if refused and len(refused) == len(ids):
        raise refused[named[0]]
    if any(id is None for id in ids):
        guard.require_general(services, who, Right.CREATE, detail=detail)
    return set(refused), [
        row.problem("/dataset", refused[id].message, id) for row, id in zip(rows, ids, strict=True) if id in refused
    ]


def _planned(
    session: Session, chosen: Sequence[Chosen], *, locked: bool
) -> tuple[list[tuple[Row, Planned]], list[SheetProblem]]:
    """The record that each row would make, and what of them cannot be."""
    named = {id for _, id in chosen if id is not None}
    present = {one.id: one for one in (catalogue.lock_all if locked else catalogue.of)(session, named)}
    plan, problems = [], []
    for row, id in chosen:
        dataset = present[id] if id is not None else None
        try:
            one = planning.planned(dataset, row.record, row.own.at.row)
        except ValidationError as wrong:
            found = troubles(wrong, Metadata)
            problems += [row.problem(each.pointer, each.message, each.value, each.hint) for each in found]
            continue
        lacking = describe.emptied(dataset, one.record) if dataset else ""
        problems += [row.problem("", lacking, id)] if lacking else []
        plan.append((row, one))
    return plan, problems


def _once(sheet: Sheet, more: Sequence[SheetProblem], filename: str) -> tuple[SheetProblem, ...]:
    """Every problem once, in the order of the sheet; the name of the file with each."""
    every = [*sheet.problems, *(one.model_copy(update={"file": filename}) for one in more)]
    once = {(one.sheet, one.row, one.column, one.pointer, one.message): one for one in every}
    return tuple(sorted(once.values(), key=lambda one: (one.sheet or "", one.row or 0)))


def _wanted(content: bytes, form: SheetForm) -> list[str]:
    return [form.value, hashlib.sha256(content).hexdigest()]
