"""Measures of a round, whether a measure helped, and what was said at a workshop."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("measure") as table:
        table.add_column(sa.Column("round_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("followed_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("helped", sa.Boolean(), nullable=True))
        table.create_foreign_key("measure_round_id", "review_round", ["round_id"], ["id"])
    op.create_table(
        "workshop_note",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("tenant_id", sa.Integer(), sa.ForeignKey("tenant.id"), nullable=False),
        sa.Column("round_id", sa.Integer(), sa.ForeignKey("review_round.id"), nullable=False, index=True),
        sa.Column("prompt", sa.String(4), nullable=False),
        sa.Column("nonce", sa.String(40), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.Integer(), sa.ForeignKey("person.id"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("round_id", "prompt"),
    )


def downgrade() -> None:
    op.drop_table("workshop_note")
    with op.batch_alter_table("measure") as table:
        table.drop_column("helped")
        table.drop_column("followed_at")
        table.drop_column("round_id")
