"""The schema in the database is the one that the models describe, however a database came to it."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from access.pseudonyms import commitment
from schemas.audit import Touched
from schemas.organisation import Role
from storage import audit, tokens
from storage.database import connect
from storage.migrate import ours, upgrade
from storage.tables import Row

UPGRADES = """
import sys
from storage.migrate import upgrade
print("ready", flush=True)
sys.stdin.readline()
upgrade(sys.argv[1])
"""


def test_an_empty_database_gets_every_table_and_models_and_migrations_agree(empty_database_url: str) -> None:
    upgrade(empty_database_url)

    sessions = connect(empty_database_url)
    with sessions.engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
        differences = compare_metadata(context, Row.metadata)
    sessions.close()
    assert tables == {*Row.metadata.tables, "plx_schema_version"}
    assert [one for one in differences if "plx_schema_version" not in str(one)] == []


def test_a_second_upgrade_changes_nothing(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    sessions = connect(empty_database_url)
    with sessions.begin() as session:
        session.execute(text("INSERT INTO plx_group (id, name) VALUES ('eg5', 'Expert group 5')"))

    upgrade(empty_database_url)

    with sessions.read() as session:
        assert session.scalar(text("SELECT name FROM plx_group")) == "Expert group 5"
    sessions.close()


def test_tables_of_others_in_the_same_database_are_left_alone(empty_database_url: str) -> None:
    sessions = connect(empty_database_url)
    with sessions.begin() as session:
        session.execute(text("CREATE TABLE workflow_status (id INTEGER PRIMARY KEY)"))

    upgrade(empty_database_url)

    with sessions.engine.connect() as connection:
        assert "workflow_status" in inspect(connection).get_table_names()
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        assert "workflow_status" not in str(compare_metadata(context, Row.metadata))
    sessions.close()


def test_processes_that_upgrade_at_once_wait_for_each_other(empty_database_url: str) -> None:
    command = [sys.executable, "-c", UPGRADES, empty_database_url]
    pipe = subprocess.PIPE
    processes = [subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()

    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()

    ended = [(process.communicate(timeout=60)[1].decode()[-300:], process.returncode) for process in processes]
    assert [code for _, code in ended] == [0, 0, 0], ended


def test_a_failed_upgrade_leaves_an_empty_database(empty_database_url: str) -> None:
    sessions = connect(empty_database_url)
    with sessions.begin() as session:
        # The last table of the first step stands in its way.
        session.execute(text("CREATE TABLE plx_table (id INTEGER PRIMARY KEY)"))

    with pytest.raises(Exception, match="plx_table"):
        upgrade(empty_database_url)

    with sessions.engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["plx_table"]
    sessions.close()


def test_datasets_of_before_get_their_cell_from_their_record(empty_database_url: str) -> None:
    upgrade(empty_database_url, "0001")
    sessions = connect(empty_database_url)
    with sessions.begin() as session:
        now = "'2026-01-01 00:00:00+00:00'"
        rest = f"'north', 'ada', 'draft', 'network', {now}"
        for statement in (
            f"INSERT INTO plx_organisation VALUES ('north', 'North', 'member', '', NULL, {now})",
            f"INSERT INTO plx_user VALUES ('ada', 'north', 'Ada', 'steward', true, {now})",
            "INSERT INTO plx_dataset (id, owner, created_by, state, visibility, created_at, revision) VALUES "
            f"('d1', {rest}, 2), ('d2', {rest}, 1)",
            *(
                f"INSERT INTO plx_revision VALUES ('{dataset}', {number}, '0.1', '{{\"cell\": {cell}}}', {now}, 'ada')"
                for dataset, number, cell in (("d1", 1, '"C-0"'), ("d1", 2, '"C-1"'), ("d2", 1, "null"))
            ),
        ):
            session.connection().exec_driver_sql(statement)

    upgrade(empty_database_url)

    with sessions.read() as session:
        cells = session.execute(text("SELECT id, cell FROM plx_dataset ORDER BY id")).all()
    sessions.close()
    assert [tuple(one) for one in cells] == [("d1", "C-1"), ("d2", None)]


def test_a_persons_role_and_tokens_become_those_of_a_membership(empty_database_url: str) -> None:
    upgrade(empty_database_url, to="0004_parts_and_growth")
    sessions = connect(empty_database_url)
    with sessions.begin() as session:
        at = "2026-05-04 12:00:00+00:00"
        session.execute(
            text(
                "INSERT INTO plx_organisation (id, name, standing, country, created_at) "
                f"VALUES ('north', 'North', 'member', '', '{at}')"
            )
        )
        session.execute(
            text(
                "INSERT INTO plx_user (id, organisation, name, role, active, created_at) "
                f"VALUES ('ada', 'north', 'Ada', 'steward', true, '{at}')"
            )
        )
        session.execute(
            text(
                "INSERT INTO plx_token (id, user_id, hash, prefix, name, scopes, created_at, expires_at) "
                f"VALUES ('t1', 'ada', 'h1', 'plx_', 'old', '[\"read\"]', '{at}', '2027-05-04 12:00:00+00:00')"
            )
        )

    upgrade(empty_database_url)

    with sessions.read() as session:
        who = tokens.principal_of(session, "h1", datetime(2026, 6, 1, tzinfo=UTC))
    sessions.close()
    assert who is not None
    assert (who.user, who.organisation, who.roles) == ("ada", "north", frozenset({Role.STEWARD}))


def test_events_of_before_get_pseudonyms_and_their_owners_and_keep_what_people_typed_apart(
    empty_database_url: str,
) -> None:
    upgrade(empty_database_url, "0004")
    sessions = connect(empty_database_url)
    now, then = "'2026-01-31 23:00:00+00:00'", "'2026-02-01 00:30:00+00:00'"
    with sessions.begin() as session:
        session.execute(text(f"INSERT INTO plx_organisation VALUES ('north', 'North', 'member', '', NULL, {now})"))
        session.execute(text(f"INSERT INTO plx_user VALUES ('ada', 'north', 'Ada', 'steward', true, {now})"))
        session.execute(
            text(
                "INSERT INTO plx_dataset (id, owner, created_by, state, visibility, created_at, revision) "
                f"VALUES ('d1', 'north', 'ada', 'draft', 'network', {now}, 1)"
            )
        )
        session.connection().exec_driver_sql(
            "INSERT INTO plx_audit (allowed, reason, reference, at, actor, organisation, action, target, detail) "
            "VALUES "
            f"(true, '', '', {now}, 'ada', 'north', 'read:raw', 'd1', '{{}}'), "
            f"(true, '', '', {now}, 'ada', 'north', 'read:list', NULL, '{{\"query\": \"Eva\", \"count\": 2}}'), "
            f"(true, '', '', {then}, 'ada', 'north', 'read:compare', NULL, '{{\"datasets\": \"d1,d2\"}}'), "
            f"(true, '', '', {then}, NULL, NULL, 'operator:reprocess', NULL, '{{}}')"
        )

    upgrade(empty_database_url)

    with sessions.read() as session:
        actors = session.scalars(text("SELECT actor FROM plx_audit ORDER BY id")).all()
        ties = dict(session.execute(text("SELECT pseudonym, user_id || ' ' || month FROM plx_audit_actor")).all())  # type: ignore[arg-type]  # pairs
        kept = list(audit.events(session))
        said = session.execute(text("SELECT event_id, said, salt FROM plx_audit_person")).all()
        touched = session.execute(text("SELECT event_id, dataset, owner FROM plx_audit_touched ORDER BY 1")).all()
    sessions.close()
    assert [one and ties[one] for one in actors] == ["ada 2026-01", "ada 2026-01", "ada 2026-02", None]
    assert [(one.event_id, one.said) for one in said] == [(2, "Eva")]
    assert kept[1].detail == {"count": 2, "said": commitment(said[0].salt, "Eva")}
    assert [tuple(one) for one in touched] == [(1, "d1", "north"), (3, "d1", "north")]
    assert kept[2].touched == (Touched(dataset="d1", owner="north"),)
