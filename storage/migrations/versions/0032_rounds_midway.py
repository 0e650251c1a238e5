"""Keep how a round was drawn, even if its cases, references or units change afterwards."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("review_round", sa.Column("under_way", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("review_round_case", sa.Column("stratum", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("review_round_case", sa.Column("key", sa.String(64), nullable=False, server_default=""))
    op.create_table(
        "review_round_gone",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("tenant_id", sa.Integer(), sa.ForeignKey("tenant.id"), nullable=False),
        sa.Column("round_id", sa.Integer(), sa.ForeignKey("review_round.id"), nullable=False),
        sa.Column("unit_id", sa.Integer(), sa.ForeignKey("unit.id"), nullable=False),
        sa.Column("stratum", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.Column("twice", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_review_round_gone_round_id", "review_round_gone", ["round_id"])


def downgrade() -> None:
    op.drop_table("review_round_gone")
    op.drop_column("review_round_case", "key")
    op.drop_column("review_round_case", "stratum")
    op.drop_column("review_round", "under_way")
