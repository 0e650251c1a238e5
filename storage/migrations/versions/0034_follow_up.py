"""Which round a round follows up; which findings return, and which are settled."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("review_round", sa.Column("baseline_id", sa.Integer(), nullable=True))
    op.add_column("finding", sa.Column("again", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("finding", sa.Column("settled_on", sa.Date(), nullable=True))
    op.add_column("finding", sa.Column("told_on", sa.Date(), nullable=True))


def downgrade() -> None:
    for name in ("told_on", "settled_on", "again"):
        op.drop_column("finding", name)
    op.drop_column("review_round", "baseline_id")
