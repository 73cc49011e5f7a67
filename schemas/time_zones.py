"""The time zones that there are."""

from functools import cache
from zoneinfo import available_timezones


@cache
def time_zones() -> frozenset[str]:
    """IANA names; looked up once, as the lookup walks through a folder with hundreds of files."""
    return frozenset(available_timezones())
