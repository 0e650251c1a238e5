"""Make the trail append-only, and add the daily signed heads.

The database itself refuses to change or delete an event, except for setting its `sealed` flag. Whoever may alter the
schema can remove this protection; the chain, and a head stored elsewhere, reveal what they then change.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

CONTENT = "id, tenant_id, at, actor, act, case_id, filled_id, item_id, revision, detail"
REFUSED = "the trail takes additions only"
GUARDS = (
    ("event_no_change", "event", f"update of {CONTENT}", ""),
    ("event_stays_sealed", "event", "update of sealed", "old.sealed"),
    ("event_no_delete", "event", "delete", ""),
    ("event_seal_no_change", "event_seal", "update", ""),
    ("event_seal_no_delete", "event_seal", "delete", ""),
    ("trail_head_no_change", "trail_head", "update", ""),
    ("trail_head_no_delete", "trail_head", "delete", ""),
)


def upgrade() -> None:
    op.create_table(
        "trail_head",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("master_id", sa.String(length=40), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_trail_head_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "day", name=op.f("pk_trail_head")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for name, table, act, when in GUARDS:
            condition = f"when {when}" if when else ""
            op.execute(
                f"create trigger {name} before {act} on {table} {condition} begin select raise(abort, '{REFUSED}'); end"
            )
        return
    op.execute(
        "create function trail_refuses() returns trigger language plpgsql as "
        f"$$ begin raise exception '{REFUSED}'; end $$"
    )
    for name, table, act, when in GUARDS:
        condition = f"when ({when})" if when else ""
        op.execute(
            f"create trigger {name} before {act} on {table} for each row {condition} execute function trail_refuses()"
        )
    for table in ("event", "event_seal", "trail_head"):
        op.execute(
            f"create trigger {table}_no_truncate before truncate on {table} for each statement "
            "execute function trail_refuses()"
        )


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, _, _ in GUARDS:
        op.execute(f"drop trigger {name}" + ("" if is_sqlite else f" on {table}"))
    if not is_sqlite:
        for table in ("event", "event_seal", "trail_head"):
            op.execute(f"drop trigger {table}_no_truncate on {table}")
        op.execute("drop function trail_refuses()")
    op.drop_table("trail_head")
