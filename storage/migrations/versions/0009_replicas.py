"""Record which processes are running, and which one leased a row of the outbox; count sends, not leases, as attempts.

Rows leased by the release being replaced have no `leased_by`: their leases run out by time alone, as before.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "replica",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.add_column("outbox", sa.Column("leased_by", sa.String(40), nullable=True))
    op.add_column("outbox", sa.Column("sends", sa.Integer(), nullable=False, server_default="0"))
    op.execute("update outbox set sends = attempts")


def downgrade() -> None:
    op.drop_column("outbox", "sends")
    op.drop_column("outbox", "leased_by")
    op.drop_table("replica")
