"""Count all clocks by one set of rules: add the start of the intervention and the day of an extension's decision.

Existing cases are counted again: `counted.rules` holds the version of the rules a case was counted by (0: the old
ones), and the projector takes those that are behind. Queueing them in `changed` would not be enough, because the
release being replaced also projects, by its own rules, until it stops. The frozen figures of disposed cases cannot be
counted again and are renamed here; a violence case among them stays under the 14 days it was counted by.
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
    # Negative numbers of days come from dates in the wrong order; running clocks of disposed cases mean nothing.
    op.execute("delete from tally where frozen and item = '' and code = 'prelim' and value < 0")
    op.execute("delete from tally where frozen and item = '' and code in ('prelim_running', 'months4_running')")
    for old, condition, new in RENAMED:
        op.execute(
            f"update tally set code = '{new}' where frozen and item = '' and checklist = '' and code = '{old}'"
            f" and {condition}"
        )


def _date_extensions(connection: sa.Connection) -> None:
    """Set the decision day of existing extensions to the Swedish day they were recorded."""
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
