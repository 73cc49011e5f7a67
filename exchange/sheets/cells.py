"""What a cell of a sheet says, by the form of its column: a value as the record takes it, or what is wrong with it."""

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from exchange.sheets.form import Form
from ingest import workbook

EMPTY: Final = "(empty)"
"""A cell that empties the field; one with nothing in it says nothing."""
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_COMMA: Final = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+")
_WITH_UNIT: Final = re.compile(r"([+-]?\d+([.,]\d+)?)\s*([^\d\s.,].*)")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_YES_NO: Final = {"yes": True, "no": False, "true": True, "false": False}


@dataclass(frozen=True)
class Wrong:
    """Why a cell says nothing that can be taken."""

    message: str
    hint: str = ""


class NotSaid:
    """Stands for a cell that says nothing."""


NOT_SAID: Final = NotSaid()


def value(cell: workbook.Cell, form: Form, zone: str | None) -> object:
    """What the cell says: a value, None where it empties the field, `NOT_SAID`, or what is `Wrong`.

    `zone` is the IANA name by which clock times without offset are taken.
    """
    if isinstance(cell, str) and not cell.strip():
        return NOT_SAID
    if isinstance(cell, str) and cell.strip() == EMPTY:
        return None
    return _OF_FORM[form](cell, zone)


def _text(cell: workbook.Cell, zone: str | None) -> object:
    return cell.strip() if isinstance(cell, str) else workbook.text(cell)


def _number(cell: workbook.Cell, zone: str | None) -> object:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    if not isinstance(cell, str):
        return Wrong("is no number; the spreadsheet may have turned one into a date", "Format the cell as a number.")
    typed = cell.strip()
    if _NUMBER.fullmatch(typed):
        return float(typed)
    if _COMMA.fullmatch(typed):
        return Wrong(f"is written with a decimal comma, where {_pointed(typed)} is meant", "Write a decimal point.")
    with_unit = _WITH_UNIT.fullmatch(typed)
    if with_unit:
        return Wrong(
            f"holds a number and '{with_unit[3][:20]}' in one cell",
            "Write the number alone; its unit stands in the heading, in square brackets.",
        )
    return Wrong("is no number", "Write it with digits and a decimal point.")


def _pointed(typed: str) -> str:
    return typed.replace(".", "").replace(",", ".")


def _whole(cell: workbook.Cell, zone: str | None) -> object:
    found = _number(cell, zone)
    if isinstance(found, float) and found.is_integer() and abs(found) < 2**53:
        return int(found)
    return Wrong("is no whole number") if isinstance(found, float) else found


def _yes_no(cell: workbook.Cell, zone: str | None) -> object:
    if isinstance(cell, bool):
        return cell
    found = _YES_NO.get(str(cell).strip().casefold())
    return Wrong("is neither yes nor no", "Write yes or no.") if found is None else found


def _moment(cell: workbook.Cell, zone: str | None) -> object:
    if isinstance(cell, dt.datetime):
        return _placed(cell, zone)
    if isinstance(cell, dt.date) or (isinstance(cell, str) and _DAY.fullmatch(cell.strip())):
        return Wrong("is a day without a clock time", "Write it like 2026-03-31T14:05:00+02:00.")
    if isinstance(cell, str):
        try:
            found = dt.datetime.fromisoformat(cell.strip())
        except ValueError:
            return Wrong("is no date and time", "Write it like 2026-03-31T14:05:00+02:00.")
        return cell.strip() if found.tzinfo is not None else _placed(found, zone)
    return Wrong("is no date and time", "Format the cell as date and time, or write 2026-03-31T14:05:00+02:00.")


def _placed(clock: dt.datetime, zone: str | None) -> object:
    """The instant of a local clock time; none where the clocks showed it twice or never."""
    if zone is None:
        hint = "Fill in time_zone, such as Europe/Berlin, in the row or the defaults, or write the offset."
        return Wrong("is a clock time without offset, and neither row nor defaults say a time zone", hint)
    local = clock.replace(tzinfo=ZoneInfo(zone), fold=0)
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        back = local.astimezone(dt.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        which = "twice" if back == clock else "never"
        return Wrong(f"is a time that the clocks of {zone} showed {which}", "Write it with its offset from UTC.")
    return local.isoformat()


def _texts(cell: workbook.Cell, zone: str | None) -> object:
    typed = _text(cell, zone)
    if isinstance(typed, str) and typed.startswith("["):
        return _json(typed, zone)
    return [part.strip() for part in str(typed).split(";") if part.strip()]


def _json(cell: workbook.Cell, zone: str | None) -> object:
    try:
        return json.loads(str(cell))
    except (ValueError, RecursionError):
        return Wrong("is no JSON", "Write it as in the JSON form of a record.")


_OF_FORM: Final[dict[Form, Callable[[workbook.Cell, str | None], object]]] = {
    Form.TEXT: _text,
    Form.NUMBER: _number,
    Form.WHOLE: _whole,
    Form.YES_NO: _yes_no,
    Form.MOMENT: _moment,
    Form.TEXTS: _texts,
    Form.JSON: _json,
}
