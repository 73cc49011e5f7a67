"""Sweep: remove what no row names any more and nobody is about to name; nothing younger than the grace is touched."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

from exchange import receive
from exchange.services import Services
from storage import runs

GRACE = timedelta(days=1)
_BATCH = 500


def sweep(services: Services, grace: timedelta = GRACE) -> int:
    """Expired uploads, their objects, and tables of attempts that came to nothing; returns how many of all."""
    return receive.expire(services, grace) + _sweep_tables(services, grace) + _sweep_unfinished(services, grace)


def _sweep_tables(services: Services, grace: timedelta) -> int:
    """Tables of a run that has not ended are left alone: its next attempt may yet name those of the last."""
    swept, before = 0, services.now() - grace
    for keys in _batches(one.key for one in services.objects.list("tables/") if one.modified < before):
        of_run = {key: key.split("/")[1] for key in keys}
        with services.sessions.read() as session:
            kept = runs.tables_in_use(session, keys)
            busy = runs.under_way(session, set(of_run.values()))
        orphans = [key for key in keys if key not in kept and of_run[key] not in busy]
        for key in orphans:
            services.objects.delete(key)
        swept += len(orphans)
    return swept


def _sweep_unfinished(services: Services, grace: timedelta) -> int:
    """Large objects whose writer died on the way; those of raw files belong to uploads, which may yet go on."""
    before = services.now() - grace
    left = [one for prefix in ("tables/", "tail/") for one in services.objects.unfinished(prefix)]
    dead = [one for one in left if one.begun < before]
    for one in dead:
        services.objects.abort(one.key, one.multipart)
    return len(dead)


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(keys)
    while batch := list(islice(rest, _BATCH)):
        yield batch
