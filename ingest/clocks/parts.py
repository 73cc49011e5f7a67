"""Dates and times of day in cells as numbers: by pattern, or many cells at once where they differ in digits alone."""

import re
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.text.digits import Alike, matching

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = (
    r"(?:(?:[ T]|, )\s*(?P<H>\d{1,2}):(?P<M>\d{1,2})(?::(?P<S>\d{1,2}(?:[.,]\d+)?))?\s*(?P<p>[AaPp][Mm])?"
    r"(?P<z>Z|[+-]\d\d:?\d\d)?)?$"
)
ORDERS = {
    "year first": r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME,
    "month first": r"^(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4}|\d{2})" + _TIME,
    "day first": r"^(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4}|\d{2})" + _TIME,
    "month by name": r"^(?P<d>\d{1,2})[- ](?P<m>[A-Za-z]{3})[a-z]*[- ](?P<y>\d{4}|\d{2})" + _TIME,
}
ALIKE = "day and month alike"
"""The order of dates such as 05/05/2021, which any other date would leave open."""
PATTERNS = {**ORDERS, ALIKE: ORDERS["day first"]}
Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Parts:
    """What cells say: whole years, months, days; hours, minutes, seconds and the offset in seconds as float64.

    The offset is null where none is printed.
    """

    year: pa.Array
    month: pa.Array
    day: pa.Array
    hour: pa.Array
    minute: pa.Array
    second: pa.Array
    offset: pa.Array


def by_pattern(cells: pa.Array, order: str) -> Parts:
    """Trimmed cells in their parts; all are null where a cell does not match the pattern of this order."""
    found = pc.extract_regex(cells, PATTERNS[order])
    month = pc.utf8_lower(pc.struct_field(found, "m"))
    named = pc.index_in(month, pa.array(MONTHS))
    digits = pc.if_else(pc.match_substring_regex(month, r"^\d+$"), month, pa.scalar(None, pa.string()))
    year = pc.struct_field(found, "y").cast(pa.int64())
    hour = _number(found, "H")
    half = pc.utf8_lower(pc.struct_field(found, "p"))
    hour = pc.if_else(pc.is_in(half, pa.array(["am", "pm"])), _mod(hour, 12.0), hour)
    return Parts(
        year=pc.if_else(pc.less(year, 100), pc.add(year, 2000), year),
        month=pc.coalesce(digits.cast(pa.int64()), pc.add(named.cast(pa.int64()), 1)),
        day=pc.struct_field(found, "d").cast(pa.int64()),
        hour=pc.if_else(pc.equal(half, "pm"), pc.add(hour, 12.0), hour),
        minute=_number(found, "M"),
        second=_number(found, "S"),
        offset=_offsets(found),
    )


def at_once(cells: pa.Array, order: str, offset: bool) -> Parts | None:
    """The same of cells that are alike, untrimmed ones too, and print an offset or do not.

    None where the pattern has to be asked.
    """
    kinds = matching(cells, PATTERNS[order][1:-1])
    if kinds is None:
        return None
    dates = np.empty((3, len(cells)), dtype=np.int64)
    times = np.empty((4, len(cells)))
    for kind, found in kinds:
        month, time = _month(kind, found), _time(kind, found)
        if month is None or time is None or bool(found["z"]) is not offset:
            return None
        year = kind.number(*found.span("y"))
        dates[:, kind.rows] = np.where(year < 100, year + 2000, year), month, kind.number(*found.span("d"))
        times[:, kind.rows] = time
    parts = Parts(*(pa.array(part) for part in (*dates, *times)))
    return parts if offset else replace(parts, offset=pa.nulls(len(cells), pa.float64()))


def midnights(parts: Parts) -> pa.Array:
    """Seconds from the Unix epoch to the day's midnight, null where there is no such day."""
    valid = pc.and_(pc.is_valid(parts.day), pc.and_(pc.greater(parts.month, 0), pc.less(parts.month, 13)))
    first, day = (_ints(parts.year) - 1970) * 12 + _ints(parts.month) - 1, _ints(parts.day)
    # Days follow each other in a file: each is looked up once.
    changes = np.flatnonzero((np.diff(first) != 0) | (np.diff(day) != 0)) + 1
    runs = np.concatenate(([0], changes))[: len(day)]
    months = first[runs]
    midnight = months.astype("datetime64[M]").astype("datetime64[D]") + (day[runs] - 1)
    # 31 April would run over into May: the month must still be the same.
    same = midnight.astype("datetime64[M]").astype(np.int64) == months
    seconds = np.where(same, midnight.astype(np.int64).astype(np.float64) * 86400.0, np.nan)
    repeated = np.repeat(seconds, np.diff(np.append(runs, len(day))))
    known = pc.and_(pc.fill_null(valid, False), pa.array(~np.isnan(repeated)))
    return pc.if_else(known, pa.array(repeated), pa.scalar(None, pa.float64()))


def _month(kind: Alike, found: re.Match[str]) -> Ints | None:
    """Months by number or name; None for a name that is none."""
    name = found["m"].lower()
    if not name.isalpha():
        return kind.number(*found.span("m"))
    return np.full(len(kind.rows), MONTHS.index(name) + 1) if name in MONTHS else None


def _time(kind: Alike, found: re.Match[str]) -> tuple[Reals, Reals, Reals, Reals] | None:
    """Hours, minutes, seconds and offsets, 0 where they are not printed; None for seconds of too many digits."""
    none = np.zeros(len(kind.rows))
    hour, minute = (kind.number(*found.span(name)).astype(np.float64) if found[name] else none for name in "HM")
    comma = "," if "," in (found["S"] or "") else "."
    second = kind.decimal(*found.span("S"), comma) if found["S"] else none
    if found["p"]:
        hour = hour % 12.0 + (12.0 if found["p"].lower() == "pm" else 0.0)
    return None if second is None else (hour, minute, second, _offset(kind, found) if found["z"] else none)


def _offset(kind: Alike, found: re.Match[str]) -> Reals:
    start, end = found.span("z")
    if found["z"] == "Z":
        return np.zeros(len(kind.rows))
    seconds: Reals = kind.number(start + 1, start + 3) * 3600.0 + kind.number(end - 2, end) * 60.0
    return -seconds if found["z"][0] == "-" else seconds


def _number(found: pa.Array, name: str) -> pa.Array:
    part = pc.replace_substring(pc.struct_field(found, name), ",", ".")
    return pc.if_else(pc.equal(part, ""), "0", part).cast(pa.float64())


def _mod(values: pa.Array, by: float) -> pa.Array:
    return pc.subtract(values, pc.multiply(pc.floor(pc.divide(values, by)), by))


def _ints(values: pa.Array) -> Ints:
    filled: Ints = pc.fill_null(values, 1).to_numpy(zero_copy_only=False)
    return filled


def _offsets(found: pa.Array) -> pa.Array:
    zone = pc.replace_substring(pc.struct_field(found, "z"), ":", "")
    zone = pc.if_else(pc.equal(zone, "Z"), "+0000", zone)
    zone = pc.if_else(pc.equal(zone, ""), pa.scalar(None, pa.string()), zone)
    hours = pc.utf8_slice_codeunits(zone, 1, 3).cast(pa.float64())
    minutes = pc.utf8_slice_codeunits(zone, 3, 5).cast(pa.float64())
    sign = pc.if_else(pc.starts_with(zone, "-"), -1.0, 1.0)
    return pc.multiply(sign, pc.add(pc.multiply(hours, 3600.0), pc.multiply(minutes, 60.0)))
