"""Keep what is asked for when one case is to be deleted on the committee's decision, until another person confirms."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No foreign key to the case: the release before this one disposes of cases and does not know the table.
    op.create_table(
        "deletion",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("tenant_id", sa.Integer(), sa.ForeignKey("tenant.id"), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(30), nullable=False),
        sa.Column("asked_by", sa.String(100), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", sa.String(100), nullable=True),
        sa.UniqueConstraint("tenant_id", "case_id"),
    )


def downgrade() -> None:
    op.drop_table("deletion")
