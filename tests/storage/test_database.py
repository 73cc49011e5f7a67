"""Connections to PostgreSQL: what the server ended while nobody used it is replaced before anybody notices."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import psycopg
from sqlalchemy import event, text

from storage.database import Sessions, connect

_AT_ONCE = 4


def test_whoever_asks_first_after_the_server_ended_every_connection_is_answered(postgres_url: str) -> None:
    sessions = connect(postgres_url)
    try:
        before = _used_at_once(sessions)
        with psycopg.connect(postgres_url, autocommit=True) as server:
            ended = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE pid = ANY (%s)"
            assert server.execute(ended, [list(before)]).fetchone() == (_AT_ONCE,)
        after = _used_at_once(sessions)
        assert len(after) == _AT_ONCE and not after & before
    finally:
        sessions.close()


def test_a_connection_that_was_just_used_is_not_asked_whether_it_works(postgres_url: str) -> None:
    sessions = connect(postgres_url)
    said: list[str] = []
    try:
        sessions.check()
        with psycopg.connect(postgres_url, autocommit=True) as server:
            counted = "SELECT query FROM pg_stat_activity WHERE application_name = 'asked'"
            with sessions.begin() as session:
                session.execute(text("SET application_name = 'asked'"))
            event.listen(sessions.engine, "checkout", lambda *_: said.extend(row[0] for row in server.execute(counted)))
            sessions.check()
        assert said == ["COMMIT"]
    finally:
        sessions.close()


def _used_at_once(sessions: Sessions) -> set[int]:
    """The server's processes behind so many connections in use at the same time."""
    together = Barrier(_AT_ONCE)

    def use() -> int:
        with sessions.begin() as session:
            process = session.scalar(text("SELECT pg_backend_pid()"))
            together.wait(10)
        return int(process or 0)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return set(pool.map(lambda _: use(), range(_AT_ONCE)))
