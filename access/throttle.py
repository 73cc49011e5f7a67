"""How often something may be tried, by whom: limits as data, and the reckoning of a sliding window."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """At most `count` within any `seconds`."""

    name: str
    count: int
    seconds: int


_QUARTER, _HOUR, _DAY = 15 * 60, 3600, 24 * 3600

SIGN_IN_PAIR = Limit("sign-in by account and address", 5, _QUARTER)
"""Guesses at one account from one address: nobody else is kept out by them."""
SIGN_IN_DEVICE = Limit("sign-in by account and known device", 10, _QUARTER)
"""A browser that has signed in to this account before is counted by itself, whatever others do."""
SIGN_IN_ADDRESS = Limit("sign-in by address", 50, _QUARTER)
SIGN_IN_ACCOUNT = Limit("sign-in by account from unknown devices", 50, _DAY)
"""Guesses from many addresses; known devices and one-time links still come in.

An account has two names, its id and its e-mail address: together at most the 100 of SP 800-63B, 5.2.2."""
PROVIDER_ADDRESS = Limit("sign-in at a provider by address", 60, _QUARTER)
LINK_ADDRESS = Limit("one-time links by address", 20, _QUARTER)
RESET_PAIR = Limit("password reset by account and address", 3, _HOUR)
RESET_ADDRESS = Limit("password reset by address", 15, _HOUR)
RESET_ACCOUNT = Limit("password reset by account", 10, _DAY)
"""So that nobody's mailbox is filled."""
REGISTRATION_ADDRESS = Limit("registrations by address", 5, _HOUR)
REGISTRATION_ALL = Limit("registrations", 100, _HOUR)
TOKEN_USER = Limit("tokens by account", 20, _HOUR)
TOKEN_ADDRESS = Limit("tokens by address", 60, _HOUR)


def weighed(previous: int, current: int, elapsed_s: float, limit: Limit) -> float:
    """How many tries count now: those of this window, and of the one before the part that still reaches into it."""
    return current + previous * max(0.0, 1 - elapsed_s / limit.seconds)


def wait_s(previous: int, current: int, elapsed_s: float, limit: Limit) -> int:
    """Whole seconds until another try fits, tried no more meanwhile; `current` does not count the one refused."""
    if current >= limit.count:
        # Nothing fits before the next window, where this one's tries fade in turn.
        return math.ceil(limit.seconds - elapsed_s + limit.seconds * (1 - (limit.count - 1) / current))
    fits_at = limit.seconds * (1 - (limit.count - 1 - current) / previous) if previous else 0.0
    return max(1, math.ceil(fits_at - elapsed_s))
