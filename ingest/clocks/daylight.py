"""Changes of a time zone's clock: the hour that it shows twice, and the one that it skips."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

_DAY_S = 86400
_YEARS = (2000, 2100)
_PLAUSIBLE_S = (9e8, 4.2e9)


@dataclass(frozen=True)
class Change:
    """A change of a zone's offset at the Unix second `at`, by `shift` to the new `offset`, in seconds.

    A clock that is put back (`shift` below 0) shows `-shift` seconds twice, one put forward skips `shift` seconds.
    """

    at: int
    shift: int
    offset: int


def changes(zone: str, low: float, high: float) -> list[Change]:
    """A zone's changes that touch the Unix seconds `low` to `high`, within the years 2000 to 2100."""
    low, high = (float(np.clip(at, *_PLAUSIBLE_S)) for at in (low, high))
    first, last = datetime.fromtimestamp(low, UTC).year, datetime.fromtimestamp(high + _DAY_S, UTC).year
    years = range(max(first, _YEARS[0]), min(last, _YEARS[1]) + 1)
    return [change for year in years for change in _of_year(zone, year) if low <= change.at <= high + abs(change.shift)]


def never_shown(local: Reals, unix: Reals, zone: str) -> Flags:
    """Which local seconds a zone's clock skipped, where `unix` holds such as the instant of the change."""
    out = np.zeros(len(unix), dtype=np.bool_)
    if not np.isfinite(unix).any():
        return out
    for change in changes(zone, float(np.fmin.reduce(unix)), float(np.fmax.reduce(unix))):
        if change.shift > 0:
            out |= (unix == change.at) & (local != change.at + change.offset)
    return out


@lru_cache(maxsize=256)
def _of_year(zone: str, year: int) -> tuple[Change, ...]:
    """Found by comparing the offset day by day, as the time zone database does not list its changes."""
    place = ZoneInfo(zone)
    start, end = (int(datetime(one, 1, 1, tzinfo=UTC).timestamp()) for one in (year, year + 1))
    found = []
    before = _offset(place, start)
    for day in range(start, end, _DAY_S):
        after = _offset(place, day + _DAY_S)
        if after != before:
            found.append(Change(_instant(place, day, before), after - before, after))
        before = after
    return tuple(found)


def _instant(place: ZoneInfo, day: int, before: int) -> int:
    low, high = day, day + _DAY_S
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(place, middle) == before else (low, middle)
    return high


def _offset(place: ZoneInfo, at: int) -> int:
    offset = datetime.fromtimestamp(at, place).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0
