"""Wall-clock cells to Unix time: which order day and month have, and which time zone a naive clock needs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.daylight import never_shown
from schemas.quantities import QUANTITIES

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = (
    r"(?:(?:[ T]|, )\s*(?P<H>\d{1,2}):(?P<M>\d{1,2})(?::(?P<S>\d{1,2}(?:[.,]\d+)?))?\s*(?P<p>[AaPp][Mm])?"
    r"(?P<z>Z|[+-]\d\d:?\d\d)?)?$"
)
_PATTERNS = {
    "year first": r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME,
    "month first": r"^(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4}|\d{2})" + _TIME,
    "day first": r"^(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4}|\d{2})" + _TIME,
    "month by name": r"^(?P<d>\d{1,2})[- ](?P<m>[A-Za-z]{3})[a-z]*[- ](?P<y>\d{4}|\d{2})" + _TIME,
}


@dataclass(frozen=True)
class Clock:
    """How wall-clock cells are read; `zone` is None where the cells print their own offset."""

    order: str
    zone: str | None

    @property
    def rule(self) -> str:
        """The rule as it stands in the record of conversions."""
        return f"wall clock, {self.order}, " + (f"local time of {self.zone}" if self.zone else "offset in each cell")


def recognise(samples: Iterable[str], zone: str | None, order: str | None = None) -> Clock | str:
    """The one way to read all these cells, or a sentence why no Unix time can be made of them.

    `order` is one of the orders below, where the file itself says how its dates are written.
    """
    cells = {cell.strip() for cell in samples if cell.strip()}
    orders = [name for name, pattern in _PATTERNS.items() if cells and all(_reads(pattern, cell) for cell in cells)]
    if order in orders:
        orders = [order]
    if not orders:
        return f"its cells, such as “{min(cells, default='')[:40]}”, are no date and time of a known form"
    if len(orders) > 1:
        return f"“{min(cells)}” can be read day first and month first, and no row tells which"
    if all(re.search(r"(?:Z|[+-]\d\d:?\d\d)$", cell) and ":" in cell for cell in cells) and orders[0] == "year first":
        return Clock(orders[0], None)
    if zone is None:
        return "its times carry no time zone and none is declared"
    return Clock(orders[0], zone)


def unix_seconds(cells: pa.Array, clock: Clock) -> pa.Array:
    """Trimmed cells as Unix seconds in float64, null where a cell is no date of this clock.

    A time that the clock shows twice is taken as its first pass, which `ingest.repeated_hour` corrects with the rows in
    order; one that it skips is NaN.
    """
    parts = pc.extract_regex(cells, _PATTERNS[clock.order])
    days = _days(parts)
    hour = _number(parts, "H", 0.0)
    half = pc.utf8_lower(pc.struct_field(parts, "p"))
    hour = pc.if_else(pc.is_in(half, pa.array(["am", "pm"])), _mod(hour, 12.0), hour)
    hour = pc.if_else(pc.equal(half, "pm"), pc.add(hour, 12.0), hour)
    seconds = pc.add(pc.multiply(hour, 3600.0), pc.multiply(_number(parts, "M", 0.0), 60.0))
    local = pc.add(pc.add(days, seconds), _number(parts, "S", 0.0))
    if clock.zone is None:
        return pc.subtract(local, _offsets(parts))
    return zoned(local, clock.zone)


def zoned(local: pa.Array, zone: str) -> pa.Array:
    """Seconds that the clocks of a zone show, counted as if they were UTC, as Unix seconds; see `unix_seconds`."""
    micros = pc.round(pc.multiply(local, 1e6)).cast(pa.int64()).cast(pa.timestamp("us"))
    aware = pc.assume_timezone(micros, zone, ambiguous="earliest", nonexistent="latest")
    unix = pc.divide(aware.cast(pa.int64()).cast(pa.float64(), safe=False), 1e6)
    skipped = never_shown(_floats(local), _floats(unix), zone)
    return pc.if_else(pa.array(skipped), np.nan, unix) if skipped.any() else unix


def instant(unix_s: float | None) -> datetime | None:
    """The time of a plausible Unix time; None for one outside the vocabulary's range."""
    term = QUANTITIES["unix_time_second"]
    if unix_s is None or term.low is None or term.high is None or not term.low <= unix_s <= term.high:
        return None
    return datetime.fromtimestamp(unix_s, UTC)


def known_zone(name: str) -> bool:
    """True for an IANA time zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _reads(pattern: str, cell: str) -> bool:
    found = re.match(pattern, cell)
    if found is None:
        return False
    month = found["m"]
    return (month.lower() in _MONTHS if month.isalpha() else 1 <= int(month) <= 12) and 1 <= int(found["d"]) <= 31


def _number(parts: pa.Array, name: str, absent: float) -> pa.Array:
    part = pc.replace_substring(pc.struct_field(parts, name), ",", ".")
    return pc.if_else(pc.equal(part, ""), str(absent), part).cast(pa.float64())


def _mod(values: pa.Array, by: float) -> pa.Array:
    return pc.subtract(values, pc.multiply(pc.floor(pc.divide(values, by)), by))


def _days(parts: pa.Array) -> pa.Array:
    """Seconds from the Unix epoch to the day's midnight, null where there is no such day."""
    month = pc.utf8_lower(pc.struct_field(parts, "m"))
    named = pc.index_in(month, pa.array(_MONTHS))
    digits = pc.if_else(pc.match_substring_regex(month, r"^\d+$"), month, pa.scalar(None, pa.string()))
    months = pc.coalesce(digits.cast(pa.int64()), pc.add(named.cast(pa.int64()), 1))
    year = pc.struct_field(parts, "y").cast(pa.int64())
    year = pc.if_else(pc.less(year, 100), pc.add(year, 2000), year)
    day = pc.struct_field(parts, "d").cast(pa.int64())
    valid = pc.fill_null(pc.and_(pc.is_valid(day), pc.and_(pc.greater(months, 0), pc.less(months, 13))), False)
    first = (_ints(year) - 1970) * 12 + _ints(months) - 1
    midnight = first.astype("datetime64[M]").astype("datetime64[D]") + (_ints(day) - 1)
    # 31 April would run over into May: the month must still be the same.
    same = midnight.astype("datetime64[M]").astype(np.int64) == first
    seconds = pa.array(midnight.astype(np.int64).astype(np.float64) * 86400.0)
    return pc.if_else(pc.and_(valid, pa.array(same)), seconds, pa.scalar(None, pa.float64()))


def _floats(values: pa.Array) -> npt.NDArray[np.float64]:
    found: npt.NDArray[np.float64] = values.to_numpy(zero_copy_only=False)
    return found


def _ints(values: pa.Array) -> npt.NDArray[np.int64]:
    filled: npt.NDArray[np.int64] = pc.fill_null(values, 1).to_numpy(zero_copy_only=False)
    return filled


def _offsets(parts: pa.Array) -> pa.Array:
    zone = pc.replace_substring(pc.struct_field(parts, "z"), ":", "")
    zone = pc.if_else(pc.equal(zone, "Z"), "+0000", zone)
    hours = pc.utf8_slice_codeunits(zone, 1, 3).cast(pa.float64())
    minutes = pc.utf8_slice_codeunits(zone, 3, 5).cast(pa.float64())
    sign = pc.if_else(pc.starts_with(zone, "-"), -1.0, 1.0)
    return pc.multiply(sign, pc.add(pc.multiply(hours, 3600.0), pc.multiply(minutes, 60.0)))
