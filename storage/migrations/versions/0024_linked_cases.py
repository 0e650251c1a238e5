"""Link an adult's case and a child's, and keep what was assessed together in them."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None
_PAIR = ("adult_case_id", "child_case_id")


def upgrade() -> None:
    op.create_table(
        "case_link",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("tenant_id", sa.Integer(), sa.ForeignKey("tenant.id"), nullable=False),
        *(sa.Column(name, sa.Integer(), sa.ForeignKey("cases.id"), nullable=False) for name in _PAIR),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_case_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint(*_PAIR),
    )
    op.create_table(
        "joint_assessment",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("tenant_id", sa.Integer(), sa.ForeignKey("tenant.id"), nullable=False),
        *(sa.Column(name, sa.Integer(), sa.ForeignKey("cases.id"), nullable=False) for name in _PAIR),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("with_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    for table in ("case_link", "joint_assessment"):
        for name in ("tenant_id", *_PAIR):
            op.create_index(f"ix_{table}_{name}", table, [name])


def downgrade() -> None:
    op.drop_table("joint_assessment")
    op.drop_table("case_link")
