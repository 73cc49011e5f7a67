"""The audit cannot be changed, and where somebody who owns the database changes it all the same, it is found."""

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from access.exported import verify_exported
from exchange.auditing.retain import forget
from exchange.auditing.seal import LATE, export, seal, verify
from exchange.record import ALLOWED, Told, record
from exchange.services import Services
from exchange.settings import Settings
from schemas.access import Principal
from schemas.organisation import Role
from storage.database import connect
from storage.folder_store import FolderStore

ADA = Principal(
    user="ada", name="Ada", organisation="north", organisation_name="North", roles=frozenset({Role.STEWARD})
)


class NoJobs:
    """Nothing is ingested here."""

    def enqueue(self, session: Session, run: str, attempt: int = 0) -> None:
        pass


def world(url: str, tmp_path: Path) -> Services:
    settings = Settings(data=tmp_path, _env_file=None)  # type: ignore[call-arg]  # no .env here
    return Services(settings, connect(url), FolderStore(tmp_path, b"s", "http://127.0.0.1"), NoJobs(), b"s")


@pytest.fixture
def services(database_url: str, tmp_path: Path) -> Iterator[Services]:
    made = world(database_url, tmp_path)
    yield made
    made.sessions.close()


@pytest.fixture
def on_postgres(postgres_url: str, tmp_path: Path) -> Iterator[Services]:
    made = world(postgres_url, tmp_path)
    yield made
    made.sessions.close()


def tell(services: Services, count: int = 1, action: str = "read:table") -> None:
    for number in range(count):
        with services.sessions.begin() as session:
            record(services, session, ADA, Told(action, None, ALLOWED, {"count": number}))


def forge(services: Services, *statements: str) -> None:
    """What the owner of the database can do: take the triggers away and write what they like."""
    tables = ("plx_audit", "plx_audit_touched", "plx_audit_seal", "plx_audit_link")
    with services.sessions.begin() as session:
        if session.get_bind().dialect.name == "sqlite":
            before = [f"DROP TRIGGER {table}_no_{change}" for table in tables for change in ("update", "delete")]
        else:
            before = [f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in tables]
        for statement in (*before, *statements):
            session.execute(text(statement))


def test_every_event_is_covered_once_and_the_chain_is_sound(services: Services) -> None:
    assert seal(services) is None
    tell(services, 25)
    assert verify(services).unsealed == 25

    newest = seal(services, batch=10)

    assert newest is not None and newest.number == 3
    found = verify(services)
    assert found.sound and (found.events, found.seals, found.unsealed) == (25, 3, 0)
    assert found.head == newest.hash
    assert seal(services) == newest, "nothing new, no new seal"
    tell(services)
    assert verify(services).unsealed == 1
    seal(services)
    assert verify(services).unsealed == 0
    assert verify(services, anchor=newest.hash).anchored == 3
    assert not verify(services, anchor="0" * 63 + "1").sound


@pytest.mark.parametrize("table", ["plx_audit", "plx_audit_seal", "plx_audit_link", "plx_audit_touched"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_itself_refuses_to_change_the_audit(services: Services, table: str, statement: str) -> None:
    tell(services)
    seal(services)
    with services.sessions.begin() as session:
        session.execute(text("INSERT INTO plx_audit_touched VALUES (1, 'd', 'o')"))
        if statement.startswith("TRUNCATE") and session.get_bind().dialect.name == "sqlite":
            pytest.skip("SQLite has no TRUNCATE")
    column = {"plx_audit_seal": "number", "plx_audit": "id"}.get(table, "event_id")
    with pytest.raises(DBAPIError, match="insert-only"), services.sessions.begin() as session:
        session.execute(text(statement.format(table, column, column)))


@pytest.mark.parametrize(
    ("forgery", "finding"),
    [
        ("UPDATE plx_audit SET allowed = false WHERE id = 14", "Event 14 was changed"),
        ("UPDATE plx_audit SET detail = '{\"count\": 7}' WHERE id = 3", "Event 3 was changed"),
        ("DELETE FROM plx_audit WHERE id = 8", "Event 8 is missing"),
        ("UPDATE plx_audit_seal SET previous = hash WHERE number = 2", "Seal 2 was changed"),
        ("UPDATE plx_audit_seal SET events = 9 WHERE number = 2", "Before event|was inserted"),
        ("UPDATE plx_audit_link SET seal = 3 WHERE event_id = 15", "event is missing"),
        ("UPDATE plx_audit_actor SET user_id = 'eva'", "The pseudonym"),
        ("INSERT INTO plx_audit_touched VALUES (5, 'PLX-7Q4K-M2XD', 'west')", "Owners are shown event 5"),
    ],
)
def test_what_is_changed_past_the_triggers_is_named(services: Services, forgery: str, finding: str) -> None:
    tell(services, 30)
    seal(services, batch=10)
    forge(services, forgery)
    assert re.search(finding, verify(services).finding), verify(services).finding


def test_an_event_taken_out_with_its_link_is_found(services: Services) -> None:
    tell(services, 30)
    seal(services, batch=10)
    forge(services, "DELETE FROM plx_audit_link WHERE event_id = 15", "DELETE FROM plx_audit WHERE id = 15")
    assert verify(services).finding.startswith("Before event 16 an event is missing")


def test_whole_batches_cut_off_at_the_end_are_found_by_the_anchor_alone(services: Services) -> None:
    tell(services, 30)
    newest = seal(services, batch=10)
    assert newest is not None
    forge(
        services,
        "DELETE FROM plx_audit_link WHERE seal = 3",
        "DELETE FROM plx_audit_seal WHERE number = 3",
        "DELETE FROM plx_audit WHERE id > 20",
    )
    assert verify(services).sound
    assert "anchor" in verify(services, anchor=newest.hash).finding


def test_an_event_committed_after_those_with_higher_numbers_were_sealed_is_sealed_all_the_same(
    on_postgres: Services,
) -> None:
    services = on_postgres
    tell(services)
    with services.sessions.begin() as slow:
        record(services, slow, ADA, Told("read:raw", None, ALLOWED))
        slow.flush()
        tell(services, 3)
        assert seal(services) is not None
        assert verify(services).events == 4
    assert verify(services).unsealed == 1, "it is seen as soon as it is committed"

    seal(services)

    found = verify(services)
    assert found.sound and (found.events, found.seals, found.unsealed) == (5, 2, 0)


def test_an_event_that_is_later_than_is_looked_for_is_found_by_the_whole_look(on_postgres: Services) -> None:
    services = on_postgres
    tell(services)
    with services.sessions.begin() as slow:
        record(services, slow, ADA, Told("read:raw", None, ALLOWED))
        slow.flush()
        tell(services, 3)
        seal(services)
    later = replace(services, now=lambda: services.now() + LATE + timedelta(minutes=1))
    seal(later)
    assert verify(services).unsealed == 1
    seal(later, whole=True)
    found = verify(services)
    assert found.sound and (found.events, found.unsealed) == (5, 0)


def test_sealers_and_events_at_once_leave_nothing_out_and_seal_nothing_twice(services: Services) -> None:
    failed: list[BaseException] = []

    def run(do: object) -> None:
        try:
            for _ in range(15):
                do()  # type: ignore[operator]  # a function of no argument
        except BaseException as wrong:
            failed.append(wrong)

    work = [lambda: tell(services), lambda: tell(services), lambda: seal(services, batch=4), lambda: seal(services)]
    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    seal(services)
    found = verify(services)
    assert found.sound and (found.events, found.unsealed) == (30, 0)


def test_an_event_rolled_back_leaves_a_gap_that_nobody_minds(services: Services) -> None:
    tell(services, 2)
    with pytest.raises(RuntimeError), services.sessions.begin() as session:
        record(services, session, ADA, Told("read:raw", None, ALLOWED))
        session.flush()
        raise RuntimeError
    tell(services, 2)
    seal(services)
    found = verify(services)
    assert found.sound and found.events == 4


def test_an_export_holds_whole_batches_of_the_time_asked_for_and_verifies_alone(services: Services) -> None:
    start = services.now()
    for day in range(3):
        tell(replace(services, now=lambda day=day: start + timedelta(days=day)), 4)  # type: ignore[misc]
        seal(services)
    whole = list(export(services))
    begun, verdict = verify_exported(whole)
    assert verdict.sound and (verdict.events, verdict.seals) == (12, 3)
    assert (begun, verdict.head) == ("0" * 64, verify(services).head)

    middle = list(export(services, start + timedelta(hours=12), start + timedelta(hours=36)))
    begun, part = verify_exported(middle)
    assert part.sound and (part.events, part.seals) == (4, 1) and begun != "0" * 64
    assert '"ada"' not in "".join(whole)
    middle[1] = middle[1].replace("true", "false")
    assert "Event 5 was changed" in verify_exported(middle)[1].finding


def test_two_who_act_first_in_a_month_at_once_get_one_pseudonym(on_postgres: Services) -> None:
    services = on_postgres
    ready = threading.Barrier(2)

    def act() -> None:
        with services.sessions.begin() as session:
            ready.wait()
            record(services, session, ADA, Told("read:raw", None, ALLOWED))

    threads = [threading.Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with services.sessions.read() as session:
        actors = session.execute(text("SELECT actor FROM plx_audit")).scalars().all()
        assert len(actors) == 2 and len(set(actors)) == 1
        assert session.scalar(text("SELECT count(*) FROM plx_audit_actor")) == 1


def sample(language: str) -> str:
    page = (Path(__file__).parents[2] / "docs/operators/audit.md").read_text()
    return page.split(f"```{language}\n")[1].split("```")[0]


def test_the_lines_for_outsiders_in_the_documentation_verify_an_export(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(services, 3)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "january.jsonl").write_text("".join(f"{line}\n" for line in export(services)))
    exec(sample("python"), {})
    assert capsys.readouterr().out.strip() == verify(services).head
    altered = (tmp_path / "january.jsonl").read_text().replace('"count":1', '"count":2')
    (tmp_path / "january.jsonl").write_text(altered)
    with pytest.raises(AssertionError):
        exec(sample("python"), {})


def test_the_applications_user_of_the_documentation_records_and_seals_and_can_change_nothing(
    on_postgres: Services, postgres_url: str, tmp_path: Path
) -> None:
    with on_postgres.sessions.begin() as session:
        session.execute(text("CREATE ROLE exchange_app LOGIN PASSWORD 'app'"))
        for statement in sample("sql").split(";"):
            if statement.strip():
                session.execute(text(statement))
    address = make_url(postgres_url).set(username="exchange_app", password="app")
    application = world(address.render_as_string(hide_password=False), tmp_path)
    try:
        tell(application, 3)
        seal(application)
        assert verify(application).sound
        assert forget(replace(application, now=lambda: application.now() + timedelta(days=2000))).ties == 1
        for forbidden in (
            "UPDATE plx_audit SET allowed = false",
            "DELETE FROM plx_audit_seal",
            "TRUNCATE plx_audit_link",
            "ALTER TABLE plx_audit DISABLE TRIGGER ALL",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(DBAPIError, match=r"denied|owner"), application.sessions.begin() as session:
                session.execute(text(forbidden))
    finally:
        application.sessions.close()
        with on_postgres.sessions.begin() as session:
            session.execute(text("DROP OWNED BY exchange_app"))
            session.execute(text("DROP ROLE exchange_app"))
