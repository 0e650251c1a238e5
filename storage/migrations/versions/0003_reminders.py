"""Add sent reminders, snoozes and daily sweeps, and a rank to the outbox.

Columns are added without constraints, because SQLite would have to rebuild tables that others refer to.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("cases", sa.Column("earlier_closed_on", sa.Date(), nullable=True))
    op.create_index("ix_outbox_next", "outbox", ["state", "rank", "id"])
    op.create_index(op.f("ix_cases_received_on"), "cases", ["received_on"])
    op.create_table(
        "told",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=10), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("bundle", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_told_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_told_person_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_told_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told")),
        sa.UniqueConstraint("person_id", "rule", "case_id", "mark", name=op.f("uq_told_person_id_rule_case_id_mark")),
    )
    op.create_index(op.f("ix_told_bundle"), "told", ["bundle"])
    op.create_index(op.f("ix_told_case_id"), "told", ["case_id"])
    op.create_index(op.f("ix_told_day"), "told", ["day"])
    op.create_table(
        "snooze",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("bundle", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_snooze_person_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_snooze_tenant_id")),
        sa.PrimaryKeyConstraint("person_id", "bundle", name=op.f("pk_snooze")),
    )
    op.create_table(
        "sweep",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reached", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_sweep_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "day", name=op.f("pk_sweep")),
    )


def downgrade() -> None:
    op.drop_table("sweep")
    op.drop_table("snooze")
    op.drop_table("told")
    op.drop_index(op.f("ix_cases_received_on"), "cases")
    op.drop_index("ix_outbox_next", "outbox")
    op.drop_column("cases", "earlier_closed_on")
    op.drop_column("outbox", "rank")
