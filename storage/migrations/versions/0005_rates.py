"""Add the figures: the projection queue, the contribution of each case, and the counts that reports read."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "changed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("filled_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changed")),
    )
    op.create_table(
        "tally",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("grain", sa.String(length=1), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("checklist", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("item", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("value", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("frozen", sa.Boolean(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id",
            "grain",
            "day",
            "unit_id",
            "checklist",
            "version",
            "role",
            "item",
            "code",
            "value",
            "frozen",
            name=op.f("pk_tally"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "counted",
        sa.Column("case_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("filled_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("checklist", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("begun", sa.Date(), nullable=True),
        sa.Column("letters", sa.String(length=300), nullable=False),
        sa.Column("marks", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "filled_id", name=op.f("pk_counted")),
    )
    op.create_index("ix_counted_tenant_id", "counted", ["tenant_id"])
    # Queue every existing case, to be counted at the first projection.
    op.execute("insert into changed (case_id, filled_id) select id, 0 from cases")


def downgrade() -> None:
    op.drop_index("ix_counted_tenant_id", "counted")
    op.drop_table("counted")
    op.drop_table("tally")
    op.drop_table("changed")
