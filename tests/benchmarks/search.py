"""A search page for callers who may see all datasets, half of them, or three: `python -m tests.benchmarks.search`.

Fills a database with so many datasets (`--datasets`, default 100 000), on SQLite and PostgreSQL, and turns pages as the
API does: scope, page, policies of what is shown, audit. Printed are the 95th percentiles in milliseconds, of the whole
and of the page's query alone, and the ratio of the latter to reading as many rows from the index without any rule.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Literal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from exchange import find, reach
from exchange.services import Services
from exchange.settings import Settings
from exchange.start import close_services, open_services
from schemas.access import Level, Principal, TokenScope
from schemas.metadata import Metadata
from schemas.organisation import Group, Organisation, Role, Standing, User
from schemas.policy import Audience
from storage import people, visibility
from storage.tables import VisibleRow
from tests import servers

BEGUN = datetime(2024, 1, 1, tzinfo=UTC)
PAGE = 50
TARGET_MS = 20.0
CALLERS = ("all", "half", "three")


def main() -> None:
    """Prints one line per database and caller."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--datasets", type=int, default=100_000)
    arguments.add_argument("--pages", type=int, default=200)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        _measure("SQLite", None, Path(folder) / "sqlite", chosen.datasets, chosen.pages)
        with servers.postgres() as server, servers.fresh_database(server) as url:
            _measure("PostgreSQL", url, Path(folder) / "postgresql", chosen.datasets, chosen.pages)


def _measure(name: str, url: str | None, folder: Path, datasets: int, pages: int) -> None:
    settings = Settings(data=folder, database_url=url, _env_file=None)  # type: ignore[call-arg]  # no .env here
    if url is not None:
        from exchange.start import migrate_all

        migrate_all(settings)
    services = open_services(settings)
    fill(services, datasets)
    read = p95(_reads(services, datasets, pages))
    for caller in CALLERS:
        who = _who(services, caller)
        whole, query = p95(_turns(services, who, pages)), p95(_queries(services, who, datasets, pages))
        met = "met" if whole < TARGET_MS else "missed"
        print(
            f"{name}, {datasets} datasets, sees {caller}: page {whole:.1f} ms (target {TARGET_MS:.0f}: {met}), "
            f"its query {query:.2f} ms, {query / read:.1f} times an unfiltered index read ({read:.2f} ms)",
            flush=True,
        )
    close_services(services)


def fill(services: Services, datasets: int) -> None:
    """Datasets of one owner, all granted to a group, every second to an organisation, three to another."""
    with services.sessions.begin() as session:
        _network(session)
        meant: list[tuple[Literal["owner", "group", "organisation"], str, str]] = [
            ("owner", "owner", "1 = 1"),
            ("group", "g-all", "1 = 1"),
            ("organisation", "half", "at % 2 = 1"),
            ("organisation", "three", f"at IN (0, {datasets // 2}, {datasets - 1})"),
        ]
        numbers = [visibility.number_of(session, Audience(kind=kind, id=id)) for kind, id, _ in meant]
        facts = {"last": datasets - 1, "record": Metadata(title="Rate test").model_dump_json()}
        for statement in _statements(session.get_bind().dialect.name, meant, numbers):
            session.execute(text(statement), facts if ":record" in statement else {"last": facts["last"]})
    with services.sessions.begin() as session:
        session.execute(text("ANALYZE"))


def _statements(dialect: str, meant: Sequence[tuple[str, str, str]], numbers: Sequence[int]) -> Iterator[str]:
    """Rows are made inside the database: a million of them would take their time from here."""
    every = "WITH RECURSIVE n(at) AS (SELECT 0 UNION ALL SELECT at + 1 FROM n WHERE at < :last)"
    begun = int(BEGUN.timestamp())
    if dialect == "sqlite":
        id, moment = (
            "printf('D%09d', at)",
            f"strftime('%Y-%m-%d %H:%M:%S', {begun} + at * 60, 'unixepoch') || '.000000'",
        )
        record = ":record"
    else:
        id, moment = "'D' || lpad(CAST(at AS text), 9, '0')", f"to_timestamp({begun} + CAST(at AS bigint) * 60)"
        record = "CAST(:record AS JSON)"
    yield f"""
        INSERT INTO plx_dataset
            (id, owner, created_by, state, visibility, created_at, released_at, revision, title, kind, raw_only)
        {every} SELECT {id}, 'owner', 'owner', 'released', 'organisation', {moment}, {moment}, 1,
            'Rate test ' || at, 'cell-test', false FROM n
    """
    yield f"""
        INSERT INTO plx_revision (dataset, number, schema_version, record, created_at, created_by)
        {every} SELECT {id}, 1, '0.1', {record}, {moment}, 'owner' FROM n
    """
    for (kind, grantee, which), number in zip(meant, numbers, strict=True):
        if kind != "owner":
            yield f"""
                INSERT INTO plx_grant
                    (id, dataset, grantee_kind, grantee, level, view, created_at, created_by)
                {every} SELECT 'G' || at || '-{grantee}', {id}, '{kind}', '{grantee}', {int(Level.TABLES)}, 'full',
                    {moment}, 'owner' FROM n WHERE {which}
            """
        yield f"""
            INSERT INTO plx_visible (audience, created_at, dataset, number)
            {every} SELECT {number}, {moment}, {id}, 0 FROM n WHERE {which}
        """


def _network(session: Session) -> None:
    for id in ("owner", *CALLERS):
        people.add_organisation(session, Organisation(id=id, name=id, standing=Standing.MEMBER), BEGUN)
        people.add_user(session, User(id=id, organisation=id, name=id), {Role.VIEWER}, BEGUN)
    people.add_group(session, Group(id="g-all", name="Who sees all", organisations=("all",)))


def _who(services: Services, caller: str) -> Principal:
    with services.sessions.read() as session:
        who = people.acting(session, caller, caller)
    assert who is not None
    return who.model_copy(update={"scopes": frozenset({TokenScope.READ})})


def _turns(services: Services, who: Principal, pages: int) -> Iterator[Callable[[], object]]:
    cursor: list[str | None] = [None]

    def turn() -> None:
        page = find.search(services, who, find.Query(), cursor[0], PAGE)
        assert page.items
        cursor[0] = page.next

    for _ in range(pages):
        yield turn


def _queries(services: Services, who: Principal, datasets: int, pages: int) -> Iterator[Callable[[], object]]:
    for after in _places(datasets, pages):
        with services.sessions.read() as session:
            within = reach.searching(session, who, services.now())

            def query(within: object = within, after: object = after, session: Session = session) -> object:
                return visibility.page(session, within, [], after, PAGE + 1)  # type: ignore[arg-type]  # bound above

            yield query


def _reads(services: Services, datasets: int, pages: int) -> Iterator[Callable[[], object]]:
    """As many rows in the same order from the same index, without asking who may know of them."""
    newest = (VisibleRow.created_at.desc(), VisibleRow.dataset.desc())
    for when, _ in _places(datasets, pages):
        chosen = select(VisibleRow.created_at, VisibleRow.dataset).where(VisibleRow.audience == 1)
        chosen = chosen.where(VisibleRow.created_at <= when).order_by(*newest).limit(PAGE + 1)
        with services.sessions.read() as session:
            yield lambda session=session, chosen=chosen: session.execute(chosen).all()  # type: ignore[misc]  # bound


def _places(datasets: int, pages: int) -> Iterator[tuple[datetime, str]]:
    chance = Random(7)
    for _ in range(pages):
        at = chance.randrange(datasets)
        yield BEGUN + timedelta(seconds=at * 60 + 60), f"D{at:09d}"


def p95(calls: Iterator[Callable[[], object]]) -> float:
    """The 95th percentile of how long these take, in milliseconds; the first few warm up."""
    took = []
    for number, call in enumerate(calls):
        started = time.perf_counter()
        call()
        if number >= 5:
            took.append((time.perf_counter() - started) * 1000)
    return statistics.quantiles(took, n=20)[-1]


if __name__ == "__main__":
    main()
