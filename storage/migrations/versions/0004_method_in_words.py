"""Add a sealed text for a method that is not among the options of its question."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("answer", sa.Column("method", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("answer", "method")
