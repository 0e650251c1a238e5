"""Remember the weight of the day a typed message ended in, to detect two messages that make a personal number."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversation", sa.Column("day_weight", sa.SmallInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("conversation", "day_weight")
