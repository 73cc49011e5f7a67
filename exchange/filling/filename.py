"""What the name of a file says: lines and laboratories write cell, channel and temperature into it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

_CELL: Final = re.compile(r"^(?=.*\d)[A-Z]{1,4}\d{0,3}-[A-Z]{0,3}\d{1,6}$")
_CHANNEL: Final = re.compile(r"^ch(?:annel)?[ -]?(\d{1,3}(?:-\d{1,3})?)$", re.IGNORECASE)
_TEMPERATURE: Final = re.compile(r"^(-?\d{1,3})(?:degC|°C|grdC)$", re.IGNORECASE)
_KINDS: Final = {
    "formation": "formation",
    "eis": "eis",
    "peis": "eis",
    "hppc": "hppc",
    "gitt": "gitt",
    "ici": "ici",
    "dcir": "dcir",
    "rpt": "rpt",
    "cycling": "cycling",
    "quasiocv": "quasi-ocv",
    "qocv": "quasi-ocv",
    "rate": "rate-capability",
}


@dataclass(frozen=True)
class Named:
    """A value that a part of a file's name gives for a place of the record."""

    place: str
    value: Any  # Any: JSON
    part: str


def read(filename: str, lines: Sequence[str] = ()) -> Iterator[Named]:
    """What each part gives, the first for a place; `lines` are the names of the organisation's pilot lines."""
    stem = PurePath(filename).name.split(".")[0]
    found: dict[str, Named] = {}
    for part in re.split(r"[_\s]+", stem):
        for one in _of(part):
            found.setdefault(one.place, one)
    plain = _plain(stem)
    named = [line for line in lines if _plain(line) and _plain(line) in plain]
    if len(named) == 1:
        found["line"] = Named("line", named[0], named[0])
    yield from found.values()


def _of(part: str) -> Iterator[Named]:
    if _CELL.match(part):
        yield Named("cell.id", part, part)
    if match := _CHANNEL.match(part):
        yield Named("test.instrument.channel", match[1], part)
    if match := _TEMPERATURE.match(part):
        yield Named("test.chamber.set_temperature_c", float(match[1]), part)
    if (kind := _KINDS.get(part.lower().replace("-", ""))) is not None:
        yield Named("test.kind", kind, part)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
