"""Dates and times of a template: Excel's own, and text with or without an offset, to instants in UTC."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pyarrow as pa

from ingest import clocks

_OFFSET = re.compile(r":\d{1,2}(?:[.,]\d+)?\s*(?:Z|[+-]\d\d:?\d\d)$")
_DATE_ONLY = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})")


@dataclass(frozen=True)
class Fault:
    """Why no instant was made of a cell; `rule` as in the report, `hint` what to do."""

    rule: str
    message: str
    hint: str


@dataclass(frozen=True)
class Moments:
    """Instants by the text of their cells, or why there is none; cells of a clock's repeated hour are named."""

    zone: str | None
    found: dict[str, datetime | Fault]

    def of(self, cell: object) -> datetime | Fault:
        """The instant of one of the cells that these were made of."""
        return self.found[_text(cell)]

    def twice(self, cell: object) -> bool:
        """True where the local time is one that the clock showed twice; the first is taken."""
        moment = self.found[_text(cell)]
        if self.zone is None or isinstance(moment, Fault) or _OFFSET.search(_text(cell)):
            return False
        local = moment.astimezone(ZoneInfo(self.zone)).replace(fold=0)
        return local.utcoffset() != local.replace(fold=1).utcoffset()


def moments(cells: Iterable[object], zone: str | None) -> Moments:
    """All dates and times of one file; what one cell leaves open (day or month first) the others may tell."""
    texts = {_text(cell): cell for cell in cells}
    found: dict[str, datetime | Fault] = {}
    open_ones: dict[tuple[bool, bool], list[str]] = {}
    for text, cell in texts.items():
        fault = _fault(text, cell, zone)
        if fault is not None:
            found[text] = fault
        else:
            key = (bool(_OFFSET.search(text)), re.match(r"\d{4}", text) is not None)
            open_ones.setdefault(key, []).append(text)
    for (offset, _), alike in open_ones.items():
        found |= _read(alike, None if offset else zone, offset)
    return Moments(zone, found)


def _fault(text: str, cell: object, zone: str | None) -> Fault | None:
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return _date_only(text)
    if isinstance(cell, datetime):
        return None if zone is not None else _no_zone(text)
    if isinstance(cell, time) or not isinstance(cell, str):
        return _no_date(text)
    if _DATE_ONLY.fullmatch(text):
        return _date_only(text)
    if isinstance(clocks.recognise([text], "UTC"), str) and "no date and time" in str(clocks.recognise([text], "UTC")):
        return _no_date(text)
    return None if zone is not None or _OFFSET.search(text) else _no_zone(text)


def _read(texts: list[str], zone: str | None, offset: bool) -> dict[str, datetime | Fault]:
    clock = clocks.recognise(texts, zone or "UTC")
    if isinstance(clock, str):
        hint = "Write the date as 2026-03-31T14:05+02:00."
        return dict.fromkeys(texts, Fault("time-ambiguous", f"The time cannot be told: {clock}.", hint))
    seconds = clocks.unix_seconds(pa.array(texts), clocks.Clock(clock.order, None if offset else zone)).to_pylist()
    return {text: _instant(text, unix, zone) for text, unix in zip(texts, seconds, strict=True)}


def _instant(text: str, unix: float | None, zone: str | None) -> datetime | Fault:
    if unix is None:
        return Fault("cell-unreadable", f"“{text[:40]}” is no day of the calendar.", "Correct the date.")
    if unix != unix:
        message = f"“{text[:40]}” is a local time that the clocks of {zone} skipped."
        return Fault("clock-skipped-hour", message, "Write the time with its offset, such as 2026-03-29T03:30+02:00.")
    return clocks.instant(unix) or Fault("cell-unreadable", f"“{text[:40]}” is out of reach.", "Correct the date.")


def _no_zone(text: str) -> Fault:
    return Fault(
        "time-without-zone",
        f"“{text[:40]}” carries no time zone and none is declared.",
        "Declare the time zone on the sheet “Production run” or in the metadata, such as Europe/Berlin.",
    )


def _date_only(text: str) -> Fault:
    message = f"“{text[:40]}” is a day without a clock time, so that no instant was made of it."
    return Fault("time-without-clock", message, "Add the time of day, such as 2026-03-31 14:05.")


def _no_date(text: str) -> Fault:
    return Fault("cell-unreadable", f"“{text[:40]}” is no date and time.", "Write it as 2026-03-31T14:05+02:00.")


def _text(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat() if cell.tzinfo else f"{cell:%Y-%m-%d %H:%M:%S.%f}"
    return str(cell).strip()
