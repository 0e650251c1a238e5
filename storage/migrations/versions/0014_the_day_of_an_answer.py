"""The day asked for together with an answer, such as the day a protection assessment was made."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("answer", sa.Column("day", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("answer", "day")
