"""The sliding window: never more than the limit, and the wait that is told is enough."""

from hypothesis import given
from hypothesis import strategies as st

from access.throttle import Limit, wait_s, weighed

LIMIT = Limit("test", 5, 900)


def tried_at(moments: list[int], limit: Limit = LIMIT) -> list[tuple[int, int | None]]:
    """Each moment with None where the try was let through, else the seconds to wait, as the database counts."""
    counts: dict[int, int] = {}
    told: list[tuple[int, int | None]] = []
    for now in moments:
        began = now // limit.seconds * limit.seconds
        previous, current = counts.get(began - limit.seconds, 0), counts.get(began, 0)
        if weighed(previous, current, now - began, limit) + 1 > limit.count:
            told.append((now, wait_s(previous, current, now - began, limit)))
        else:
            counts[began] = current + 1
            told.append((now, None))
    return told


@given(st.lists(st.integers(0, 5000), max_size=60).map(sorted))
def test_no_window_of_the_clock_lets_more_through_than_the_limit(moments: list[int]) -> None:
    passed = [now for now, wait in tried_at(moments) if wait is None]
    assert all(sum(1 for one in passed if one // 900 == window) <= 5 for window in range(6))


@given(st.lists(st.integers(0, 5000), max_size=60).map(sorted))
def test_whoever_waits_as_long_as_told_is_let_through(moments: list[int]) -> None:
    for at, (now, wait) in enumerate(tried_at(moments)):
        if wait is not None:
            assert wait > 0
            assert tried_at([*moments[:at], now + wait])[-1][1] is None
