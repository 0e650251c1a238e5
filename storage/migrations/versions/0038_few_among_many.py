"""Note who last used a phone. Index the lists of a round, those a person answers alone, and the open cases of a unit.

Asking for the first two read every list there is, and for the last every case the unit ever had.
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_OWN = sa.text("checklist <> 'decision_basis'")
_OPEN = sa.text("closed_on is null")


def upgrade() -> None:
    op.add_column("conversation", sa.Column("on_phone", sa.Boolean(), server_default=sa.false(), nullable=False))
    _index(["tenant_id", "round_id", "person_id"])
    op.create_index("ix_cases_open", "cases", ["unit_id"], sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    op.drop_index("ix_cases_open", "cases")
    _index(["tenant_id"])
    op.drop_column("conversation", "on_phone")


def _index(columns: list[str]) -> None:
    op.drop_index("ix_filled_own", "filled_checklist")
    op.create_index("ix_filled_own", "filled_checklist", columns, sqlite_where=_OWN, postgresql_where=_OWN)
