"""The duties of the year, and the units that have a yearly wheel of rounds of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def _of(name: str, table: str, *, null: bool = False, index: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{table}.id"), nullable=null, index=index)


def upgrade() -> None:
    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("tenant_id", "tenant", index=True),
        _of("unit_id", "unit"),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("every", sa.Integer(), nullable=False),
        _of("made_by", "person"),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        _of("done_by", "person", null=True),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
    )
    op.create_table(
        "unit_wheel",
        sa.Column("unit_id", sa.Integer(), sa.ForeignKey("unit.id"), primary_key=True),
        _of("tenant_id", "tenant", index=True),
        sa.Column("months", sa.String(40), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
    )


def downgrade() -> None:
    op.drop_table("unit_wheel")
    op.drop_table("duty")
