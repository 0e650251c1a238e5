"""Let a unit be merged or closed, keep which cases the sweep left out, and what of the trail is checked each month."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("unit", sa.Column("merged_into_id", sa.Integer(), nullable=True))
    op.add_column("unit", sa.Column("closed_on", sa.Date(), nullable=True))
    op.create_table(
        "skipped_case",
        sa.Column("case_id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("tenant_id", sa.Integer(), sa.ForeignKey("tenant.id"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("what", sa.String(60), nullable=False),
    )
    op.create_table(
        "log_check",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("tenant_id", sa.Integer(), sa.ForeignKey("tenant.id"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), sa.ForeignKey("event.id"), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), sa.ForeignKey("person.id"), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("tenant_id", "month", "unit_id", "event_id"),
    )


def downgrade() -> None:
    op.drop_table("log_check")
    op.drop_table("skipped_case")
    op.drop_column("unit", "closed_on")
    op.drop_column("unit", "merged_into_id")
