"""Index the lists that one person answers alone, so that the sweep finds them without reading the many others."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    own = sa.text("checklist <> 'decision_basis'")
    op.create_index("ix_filled_own", "filled_checklist", ["tenant_id"], sqlite_where=own, postgresql_where=own)


def downgrade() -> None:
    op.drop_index("ix_filled_own", table_name="filled_checklist")
