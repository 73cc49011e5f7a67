"""Sweep: remove what no row names any more and nobody is about to name; nothing younger than the grace is touched."""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice

from sqlalchemy.orm import Session

from exchange import receive
from exchange.services import Services
from storage import attempts, documents, evaluations, reports, runs, signed_in, views

GRACE = timedelta(days=1)
_BATCH = 500
Known = Callable[[Session, Iterable[str]], set[str]]
_NAMED_BY: dict[str, Known] = {
    "documents/": documents.known,
    "evaluations/": evaluations.known,
    "reports/": reports.known,
}


def sweep(services: Services, grace: timedelta = GRACE) -> int:
    """Expired uploads, their objects, and whatever else no row names; returns how many."""
    _forget_sign_ins(services)
    tables = _sweep_tables(services, grace) + _sweep_views(services, grace)
    unnamed = sum(_sweep_unnamed(services, grace, prefix, known) for prefix, known in _NAMED_BY.items())
    return receive.expire(services, grace) + tables + unnamed + _sweep_unfinished(services, grace)


def _forget_sign_ins(services: Services) -> None:
    """Sessions and links as long ended as addresses are kept, and counts of attempts that no limit looks at."""
    now = services.now()
    with services.sessions.begin() as session:
        attempts.forget(session, int(now.timestamp()))
        signed_in.forget(session, now - timedelta(days=services.settings.audit_address_days))


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


def _sweep_views(services: Services, grace: timedelta) -> int:
    """What was made of tables that are gone, and what came second of two that were made at once."""
    before = services.now() - grace
    with services.sessions.begin() as session:
        gone = views.outlived(session)
    for key in gone:
        services.objects.delete(key)
    swept = len(gone)
    for keys in _batches(one.key for one in services.objects.list("views/") if one.modified < before):
        with services.sessions.read() as session:
            kept = views.in_use(session, keys)
        for key in set(keys) - kept:
            services.objects.delete(key)
        swept += len(set(keys) - kept)
    return swept


def _sweep_unnamed(services: Services, grace: timedelta, prefix: str, known: Known) -> int:
    """What was put and whose row was never written; `known` says which keys rows name."""
    swept, before = 0, services.now() - grace
    for keys in _batches(one.key for one in services.objects.list(prefix) if one.modified < before):
        with services.sessions.read() as session:
            kept = known(session, keys)
        for key in set(keys) - kept:
            services.objects.delete(key)
            swept += 1
    return swept


def _sweep_unfinished(services: Services, grace: timedelta) -> int:
    """Large objects whose writer died on the way; those of raw files belong to uploads, which may yet go on."""
    before = services.now() - grace
    left = [one for prefix in ("tables/", "tail/", "views/") for one in services.objects.unfinished(prefix)]
    dead = [one for one in left if one.begun < before]
    for one in dead:
        services.objects.abort(one.key, one.multipart)
    return len(dead)


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(keys)
    while batch := list(islice(rest, _BATCH)):
        yield batch
