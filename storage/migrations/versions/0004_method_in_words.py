"""A method that is none of the options of its question is kept in words, sealed."""

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
