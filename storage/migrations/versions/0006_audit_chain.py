"""The audit: pseudonyms instead of users' ids, whose datasets an event touched, its chain, and no way to change it."""

import base64
import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.tables.base import Moment

revision: str = "0006_audit_chain"
down_revision: str | None = "0005_members_and_conditions"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INSERT_ONLY = ("plx_audit", "plx_audit_touched", "plx_audit_seal", "plx_audit_link")
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT_ONCE = 1000


def upgrade() -> None:
    # Added one by one: in batches SQLite would make tables anew, and lose the triggers of others.
    op.add_column("plx_audit", sa.Column("roles", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
    op.add_column("plx_audit", sa.Column("touched", sa.JSON(), server_default=sa.text("'[]'"), nullable=False))
    op.create_index(op.f("ix_plx_audit_organisation_id"), "plx_audit", ["organisation", "id"])
    op.add_column("plx_audit_person", sa.Column("said", sa.Text(), server_default="", nullable=False))
    op.add_column("plx_audit_person", sa.Column("salt", sa.String(length=64), server_default="", nullable=False))
    # No seal was ever made before this step.
    op.drop_table("plx_audit_seal")
    _create_tables()
    _rewrite()
    _forbid_changes()


def _create_tables() -> None:
    op.create_table(
        "plx_audit_touched",
        sa.Column("event_id", _NUMBER, nullable=False),
        sa.Column("dataset", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("event_id", "dataset", name=op.f("pk_plx_audit_touched")),
    )
    op.create_index(op.f("ix_plx_audit_touched_owner_event_id"), "plx_audit_touched", ["owner", "event_id"])
    op.create_index(op.f("ix_plx_audit_touched_dataset_event_id"), "plx_audit_touched", ["dataset", "event_id"])
    op.create_table(
        "plx_audit_actor",
        sa.Column("pseudonym", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", name=op.f("pk_plx_audit_actor")),
        sa.UniqueConstraint("user_id", "month", name=op.f("uq_plx_audit_actor_user_id_month")),
    )
    op.create_table(
        "plx_audit_hold",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("held_until", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["plx_user.id"], name=op.f("fk_plx_audit_hold_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_audit_hold")),
    )
    op.create_index(op.f("ix_plx_audit_hold_user_id"), "plx_audit_hold", ["user_id"])
    op.create_table(
        "plx_audit_seal",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("highest_event", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_plx_audit_seal")),
    )
    op.create_index(op.f("ix_plx_audit_seal_at"), "plx_audit_seal", ["at"])
    op.create_table(
        "plx_audit_link",
        sa.Column("event_id", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("seal", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["seal"], ["plx_audit_seal.number"], name=op.f("fk_plx_audit_link_seal")),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_plx_audit_link")),
    )
    op.create_index(op.f("ix_plx_audit_link_seal_event_id"), "plx_audit_link", ["seal", "event_id"])


_audit = sa.table(
    "plx_audit",
    sa.column("id", _NUMBER),
    sa.column("at", Moment()),
    sa.column("actor", sa.String()),
    sa.column("target", sa.String()),
    sa.column("detail", sa.JSON()),
    sa.column("touched", sa.JSON()),
)
_person = sa.table(
    "plx_audit_person", sa.column("event_id"), sa.column("address"), sa.column("said"), sa.column("salt")
)
_actor = sa.table("plx_audit_actor", *(sa.column(name) for name in ("pseudonym", "user_id", "month", "salt")))
_touched = sa.table("plx_audit_touched", *(sa.column(name) for name in ("event_id", "dataset", "owner")))
_dataset = sa.table("plx_dataset", sa.column("id"), sa.column("owner"))


def _rewrite() -> None:
    """Events of before: a pseudonym for each person and month, what people typed apart, and the datasets touched."""
    bind = op.get_bind()
    pseudonyms: dict[tuple[str, str], str] = {}
    last = 0
    while True:
        rows = bind.execute(sa.select(_audit).where(_audit.c.id > last).order_by(_audit.c.id).limit(_AT_ONCE)).all()
        if not rows:
            return
        owners = _owners(bind, {id for row in rows for id in _named(row.target, row.detail)})
        for row in rows:
            _rewrite_one(bind, row, pseudonyms, owners)
        last = rows[-1].id


def _rewrite_one(bind: sa.Connection, row: Any, pseudonyms: dict[tuple[str, str], str], owners: dict[str, str]) -> None:
    # Any: a row of this step's own select.
    detail = dict(row.detail)
    query = detail.pop("query", "")
    if query:
        salt = secrets.token_hex(16)
        detail["said"] = hashlib.sha256(f"{salt}\n{query}".encode("utf-8", "surrogatepass")).hexdigest()
        _keep_said(bind, row.id, str(query), salt)
    touched = [
        {"dataset": id, "owner": owners[id]} for id in dict.fromkeys(_named(row.target, row.detail)) if id in owners
    ]
    if touched:
        bind.execute(sa.insert(_touched), [{"event_id": row.id, **one} for one in touched])
    actor = row.actor and _pseudonym(bind, pseudonyms, row.actor, row.at)
    changed = {"actor": actor, "detail": detail, "touched": touched}
    bind.execute(sa.update(_audit).where(_audit.c.id == row.id).values(changed))


def _keep_said(bind: sa.Connection, event: int, said: str, salt: str) -> None:
    kept = sa.update(_person).where(_person.c.event_id == event).values(said=said, salt=salt)
    if bind.execute(kept).rowcount == 0:
        bind.execute(sa.insert(_person).values(event_id=event, address="", said=said, salt=salt))


def _named(target: str | None, detail: dict[str, Any]) -> list[str]:
    return [target] if target else [one for one in str(detail.get("datasets", "")).split(",") if one]


def _owners(bind: sa.Connection, datasets: set[str]) -> dict[str, str]:
    rows = bind.execute(sa.select(_dataset).where(_dataset.c.id.in_(datasets))).all() if datasets else []
    return {row.id: row.owner for row in rows}


def _pseudonym(bind: sa.Connection, known: dict[tuple[str, str], str], user: str, at: datetime) -> str:
    month = at.astimezone(UTC).strftime("%Y-%m")
    if (user, month) not in known:
        salt = secrets.token_hex(16)
        digest = hashlib.sha256("\n".join((salt, month, user)).encode()).digest()
        known[user, month] = "p" + base64.b32encode(digest).decode().lower()[:26]
        values = {"pseudonym": known[user, month], "user_id": user, "month": month, "salt": salt}
        bind.execute(sa.insert(_actor).values(values))
    return known[user, month]


def _forbid_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in INSERT_ONLY:
            for change in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
                )
        return
    op.execute(
        "CREATE FUNCTION plx_insert_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in INSERT_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION plx_insert_only()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION plx_insert_only()"
        )


def downgrade() -> None:
    for table in reversed(INSERT_ONLY):
        names = ("no_update", "no_delete") if op.get_bind().dialect.name == "sqlite" else ("insert_only", "no_truncate")
        for name in names:
            place = "" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"
            op.execute(f"DROP TRIGGER {table}_{name}{place}")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION plx_insert_only()")
    for table in ("plx_audit_link", "plx_audit_seal", "plx_audit_hold", "plx_audit_actor", "plx_audit_touched"):
        op.drop_table(table)
    op.create_table(
        "plx_audit_seal",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("first_event", sa.BigInteger(), nullable=False),
        sa.Column("last_event", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_audit_seal")),
        sa.UniqueConstraint("last_event", name=op.f("uq_plx_audit_seal_last_event")),
    )
    op.drop_column("plx_audit_person", "salt")
    op.drop_column("plx_audit_person", "said")
    op.drop_index(op.f("ix_plx_audit_organisation_id"), "plx_audit")
    op.drop_column("plx_audit", "touched")
    op.drop_column("plx_audit", "roles")
