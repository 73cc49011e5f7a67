"""Following what has DOIs, whatever it is: one by one, so that one that fails keeps no other from being followed."""

from collections.abc import Callable, Iterable

import structlog

from exchange.services import Services
from schemas.errors import ExchangeError

Follow = Callable[[Services, str], int]
"""Tells the registry of one thing as it is now; returns how many DOIs it was."""
_log = structlog.get_logger("exchange.dois")


def if_possible(services: Services, follow: Follow, of: str) -> None:
    """After a change that has happened anyway; what fails is told in the log and made good by `sync`."""
    try:
        follow(services, of)
    except ExchangeError as failure:
        _log.warning("DOI not followed", of=of, reason=str(failure))


def every(services: Services, follow: Follow, those: Iterable[str]) -> tuple[int, list[str]]:
    """Follow each; returns how many DOIs it was, and a sentence for each that failed."""
    count, failed = 0, []
    for of in those:
        try:
            count += follow(services, of)
        except ExchangeError as failure:
            failed.append(f"{of}: {failure.message}")
    return count, failed
