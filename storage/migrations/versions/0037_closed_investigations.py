"""Keep the dates of a closed investigation when its case is reopened, and the report that an investigation began with.

Until now a new report replaced both, and the times counted of them disappeared from the figures.
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("first_received_on", sa.Date(), nullable=True))
    op.create_table(
        "closed_investigation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("assigned_on", sa.Date(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("planned_decision_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("first_received_on", sa.Date(), nullable=True),
        sa.Column("violence_known_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_closed_investigation_case_id", "closed_investigation", ["case_id"])


def downgrade() -> None:
    op.drop_index("ix_closed_investigation_case_id", "closed_investigation")
    op.drop_table("closed_investigation")
    op.drop_column("cases", "first_received_on")
