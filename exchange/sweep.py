"""Sweep: remove what no row names any more and nobody is about to name; nothing younger than the grace is touched."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

from exchange import receive
from exchange.services import Services
from storage import attempts, documents, reports, runs, signed_in, views

GRACE = timedelta(days=1)
_BATCH = 500


def sweep(services: Services, grace: timedelta = GRACE) -> int:
    """Expired uploads, their objects, tables, views, documents and reports that no row names; returns how many."""
    _forget_sign_ins(services)
    tables = _sweep_tables(services, grace) + _sweep_views(services, grace)
    others = _sweep_unfinished(services, grace) + _sweep_documents(services, grace) + _sweep_reports(services, grace)
    return receive.expire(services, grace) + tables + others


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


def _sweep_documents(services: Services, grace: timedelta) -> int:
    """Documents whose rows were never written."""
    swept, before = 0, services.now() - grace
    for keys in _batches(one.key for one in services.objects.list("documents/") if one.modified < before):
        with services.sessions.read() as session:
            kept = documents.known(session, keys)
        for key in set(keys) - kept:
            services.objects.delete(key)
            swept += 1
    return swept


def _sweep_reports(services: Services, grace: timedelta) -> int:
    """Files of reports whose rows were never written."""
    swept, before = 0, services.now() - grace
    for keys in _batches(one.key for one in services.objects.list("reports/") if one.modified < before):
        with services.sessions.read() as session:
            kept = reports.known(session, keys)
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
