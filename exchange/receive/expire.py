"""End uploads past their expiry, and sweep objects that no row names any more."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from exchange.receive.under_way import end
from exchange.services import Services
from storage import uploads

GRACE = timedelta(days=1)
"""An object without a row may be one whose row is about to be written: it is left alone for so long."""
_REMEMBERED = timedelta(days=30)
_BATCH = 500
T = TypeVar("T")


def expire(services: Services, grace: timedelta = GRACE) -> int:
    """End open uploads past their expiry and remove orphaned objects of uploads; returns how many of both."""
    now = services.now()
    with services.sessions.read() as session:
        found = uploads.expired(session, now)
    reason = "It expired before its last byte arrived. Open a new one."
    ended = sum(end(services, upload, reason, now) for upload in found)
    with services.sessions.begin() as session:
        uploads.forget(session, now - _REMEMBERED)
    before = now - grace
    return ended + _sweep_tails(services, before) + _sweep_multiparts(services, before) + _sweep_raw(services, before)


def _sweep_tails(services: Services, before: datetime) -> int:
    swept = 0
    for keys in _batches(one.key for one in services.objects.list("tail/") if one.modified < before):
        with services.sessions.read() as session:
            orphans = set(keys) - uploads.tails_in_use(session, keys)
        for key in orphans:
            services.objects.delete(key)
        swept += len(orphans)
    return swept


def _sweep_multiparts(services: Services, before: datetime) -> int:
    swept = 0
    for begun in _batches(one for one in services.objects.unfinished("raw/") if one.begun < before):
        with services.sessions.read() as session:
            used = uploads.multiparts_in_use(session, [one.multipart for one in begun])
        orphans = [one for one in begun if one.multipart not in used]
        for one in orphans:
            services.objects.abort(one.key, one.multipart)
        swept += len(orphans)
    return swept


def _sweep_raw(services: Services, before: datetime) -> int:
    swept = 0
    for keys in _batches(one.key for one in services.objects.list("raw/") if one.modified < before):
        files = {key.removeprefix("raw/"): key for key in keys}
        with services.sessions.read() as session:
            used = uploads.files_in_use(session, files)
        for file in files.keys() - used:
            services.objects.delete(files[file])
        swept += len(files.keys() - used)
    return swept


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch
