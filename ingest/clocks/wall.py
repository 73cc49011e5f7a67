"""Wall-clock cells to Unix time: which order day and month have, and which time zone a naive clock needs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.clocks import parts as clock_parts
from ingest.clocks.daylight import never_shown
from ingest.clocks.parts import ALIKE, MONTHS, ORDERS, Parts
from schemas.quantities import QUANTITIES


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

    `order` is one of `ORDERS`, where the file itself says how its dates are written.
    """
    cells = {cell.strip() for cell in samples if cell.strip()}
    orders = [name for name, pattern in ORDERS.items() if cells and all(_reads(pattern, cell) for cell in cells)]
    if order in orders:
        orders = [order]
    if not orders:
        return f"its cells, such as “{min(cells, default='')[:40]}”, are no date and time of a known form"
    if len(orders) > 1 and _one_alike(cells):
        orders = [ALIKE]
    if len(orders) > 1:
        return f"“{min(cells)}” can be read day first and month first, and no row tells which"
    if all(re.search(r"(?:Z|[+-]\d\d:?\d\d)$", cell) and ":" in cell for cell in cells) and orders[0] == "year first":
        return Clock(orders[0], None)
    if zone is None:
        return "its times carry no time zone and none is declared"
    return Clock(orders[0], zone)


def moments(samples: Iterable[str], zone: str | None, order: str | None = None) -> Clock | str:
    """As `recognise`, of cells that have to tell when on their days: of dates alone no Unix time is made."""
    cells = [cell.strip() for cell in samples if cell.strip()]
    if cells and not any(":" in cell for cell in cells):
        return f"its cells, such as “{min(cells)[:40]}”, tell no time of day"
    return recognise(cells, zone, order)


def unix_seconds(cells: pa.Array, clock: Clock) -> pa.Array:
    """Trimmed cells as Unix seconds in float64, null where a cell is no date of this clock.

    A time that the clock shows twice is taken as its first pass, which `repeated_hour` corrects with the rows in
    order; one that it skips is NaN.
    """
    return _unix(clock_parts.by_pattern(cells, clock.order), clock)


def unix_seconds_at_once(cells: pa.Array, clock: Clock) -> pa.Array | None:
    """What `unix_seconds` makes of cells that are alike, untrimmed ones too; None where it has to be asked."""
    parts = clock_parts.at_once(cells, clock.order, clock.zone is None)
    return None if parts is None else _unix(parts, clock)


def _unix(parts: Parts, clock: Clock) -> pa.Array:
    seconds = pc.add(pc.multiply(parts.hour, 3600.0), pc.multiply(parts.minute, 60.0))
    if clock.order == ALIKE:
        alike = pc.equal(parts.day, parts.month)
        parts = replace(parts, day=pc.if_else(alike, parts.day, pa.scalar(None, pa.int64())))
    local = pc.add(pc.add(clock_parts.midnights(parts), seconds), parts.second)
    if clock.zone is None:
        return pc.subtract(local, parts.offset)
    # A cell with an offset of its own, among others without, is no time of the zone.
    return zoned(pc.if_else(pc.is_null(parts.offset), local, pa.scalar(None, pa.float64())), clock.zone)


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
    return (month.lower() in MONTHS if month.isalpha() else 1 <= int(month) <= 12) and 1 <= int(found["d"]) <= 31


def _one_alike(cells: Iterable[str]) -> bool:
    """Whether all these cells are of one date that reads the same day first and month first."""
    found = [re.match(ORDERS["day first"], cell) for cell in cells]
    dates = {(int(one["d"]), int(one["m"]), one["y"]) for one in found if one is not None}
    return len(dates) == 1 and all(day == month for day, month, _ in dates)


def _floats(values: pa.Array) -> npt.NDArray[np.float64]:
    found: npt.NDArray[np.float64] = values.to_numpy(zero_copy_only=False)
    return found
