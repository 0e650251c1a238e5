"""Measures, and the findings of the register."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None


def _of(name: str, table: str, *, null: bool = False, index: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey(f"{table}.id"), nullable=null, index=index)


def _moment(name: str, *, null: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null)


def upgrade() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("tenant_id", "tenant", index=True),
        sa.Column("nonce", sa.String(40), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        _of("made_by", "person"),
        _moment("made_at"),
    )
    op.create_table(
        "measure",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of("tenant_id", "tenant", index=True),
        sa.Column("nonce", sa.String(40), nullable=False),
        sa.Column("what", sa.LargeBinary(), nullable=False),
        _of("unit_id", "unit"),
        _of("owner_id", "person", index=True),
        _of("case_id", "cases", null=True, index=True),
        _of("filled_id", "filled_checklist", null=True),
        sa.Column("checklist", sa.String(60), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(60), nullable=False),
        sa.Column("code", sa.String(10), nullable=False),
        _of("finding_id", "finding", null=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        _of("made_by", "person"),
        _moment("made_at"),
        _moment("done_at", null=True),
        _moment("checked_at", null=True),
        _of("checked_by", "person", null=True),
        sa.Column("told_on", sa.Date(), nullable=True),
    )


def downgrade() -> None:
    op.drop_table("measure")
    op.drop_table("finding")
