"""Every clock counted by one rule: when an intervention began, when an extension was decided, and old figures renamed.

What is counted of living cases is counted anew: `counted.rules` says by which rules it was (0: by those of before),
and whoever folds takes those that are behind. Noting them in `changed` would not do: the release being replaced folds
too, by its own rules, until it stops. What disposed cases added cannot be counted anew and gets its new name here; a
violence case among them stays with the 14 days it was counted under.
"""

import sqlalchemy as sa
from alembic import op

from storage.times import swedish_day

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

RENAMED = (
    ("prelim", "value <= 14", "14d_within"),
    ("prelim", "value > 14", "14d_late"),
    ("months4_in", "value >= 0", "4m_within"),
    ("months4_late", "value >= 0", "4m_late"),
    ("assigned", "value >= 0", "opened_to_assigned"),
)


def upgrade() -> None:
    op.add_column("cases", sa.Column("started_on", sa.Date(), nullable=True))
    op.add_column("extension", sa.Column("decided_on", sa.Date(), nullable=True))
    op.add_column("answer", sa.Column("follow_up", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("counted", sa.Column("rules", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_counted_rules", "counted", ["rules"])
    _date_extensions(op.get_bind())
    # A negative number of days came of dates in the wrong order, and running clocks of what is gone mean nothing.
    op.execute("delete from tally where frozen and item = '' and code = 'prelim' and value < 0")
    op.execute("delete from tally where frozen and item = '' and code in ('prelim_running', 'months4_running')")
    for old, condition, new in RENAMED:
        op.execute(
            f"update tally set code = '{new}' where frozen and item = '' and checklist = '' and code = '{old}'"
            f" and {condition}"
        )


def _date_extensions(connection: sa.Connection) -> None:
    """Let an extension of before be decided on the Swedish day it was written down."""
    rows = connection.execute(sa.text("select id, at from extension")).all()
    days = [{"row": row_id, "day": swedish_day(at).isoformat()} for row_id, at in rows]
    if days:
        connection.execute(sa.text("update extension set decided_on = :day where id = :row"), days)


def downgrade() -> None:
    for old, condition, new in RENAMED:
        op.execute(
            f"update tally set code = '{old}' where frozen and item = '' and checklist = '' and code = '{new}'"
            f" and {condition}"
        )
    op.execute("insert into changed (case_id, filled_id) select id, 0 from cases")
    op.drop_index("ix_counted_rules", "counted")
    op.drop_column("counted", "rules")
    op.drop_column("answer", "follow_up")
    op.drop_column("extension", "decided_on")
    op.drop_column("cases", "started_on")
