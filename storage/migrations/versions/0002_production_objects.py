"""Objects and genealogy of production builds, and the cell of a dataset."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002_production_objects"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "plx_object",
        sa.Column("run", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["plx_ingest_run.id"], name=op.f("fk_plx_object_run")),
        sa.PrimaryKeyConstraint("run", "kind", "name", name=op.f("pk_plx_object")),
    )
    with op.batch_alter_table("plx_object", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plx_object_kind_name"), ["kind", "name"], unique=False)

    op.create_table(
        "plx_descent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("run", sa.String(length=32), nullable=False),
        sa.Column("source_kind", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("product_kind", sa.String(length=16), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["plx_ingest_run.id"], name=op.f("fk_plx_descent_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plx_descent")),
    )
    with op.batch_alter_table("plx_descent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plx_descent_run_source_kind_source"), ["run", "source_kind", "source"])
        batch_op.create_index(batch_op.f("ix_plx_descent_run_product_kind_product"), ["run", "product_kind", "product"])

    with op.batch_alter_table("plx_dataset", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cell", sa.String(length=300), nullable=True))
        batch_op.create_index(batch_op.f("ix_plx_dataset_owner_cell"), ["owner", "cell"], unique=False)
    _fill_in_cells()


def _fill_in_cells() -> None:
    dataset = sa.table("plx_dataset", sa.column("id"), sa.column("revision"), sa.column("cell"))
    revision = sa.table("plx_revision", sa.column("dataset"), sa.column("number"), sa.column("record", sa.JSON()))
    newest = sa.and_(revision.c.dataset == dataset.c.id, revision.c.number == dataset.c.revision)
    rows = op.get_bind().execute(sa.select(dataset.c.id, revision.c.record).join(revision, newest)).all()
    for id, record in rows:
        if record.get("cell") is not None:
            op.execute(sa.update(dataset).where(dataset.c.id == id).values(cell=record["cell"]))


def downgrade() -> None:
    with op.batch_alter_table("plx_dataset", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plx_dataset_owner_cell"))
        batch_op.drop_column("cell")

    op.drop_table("plx_descent")
    op.drop_table("plx_object")
