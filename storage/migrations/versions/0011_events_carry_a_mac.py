"""Give events a MAC of their own, remember how far the chain had come, and refuse REPLACE in the trail.

Events from before have none: storage.trail.close_old chains them and puts a checkpoint behind them, in the same
transaction. On PostgreSQL the release being replaced can read, but record nothing: what it wrote could not be told from
forged events. SQLite's REPLACE deletes a row without asking the triggers on delete, so it is refused on insert.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

REFUSED = "the trail takes additions only"
MARKS = ("trail_end", "trail_checkpoint")
SAME = {
    "event": ("id = new.id", "mac = new.mac and mac <> ''"),
    "event_seal": ("tenant_id = new.tenant_id and place = new.place", "event_id = new.event_id"),
    "trail_head": ("tenant_id = new.tenant_id and day = new.day",),
    "trail_checkpoint": ("tenant_id = new.tenant_id",),
}
"""Each condition is checked by itself: joined by `or`, SQLite would read the whole table for every insert."""
GUARDS = (
    ("event_no_new_mac", "event", "update of mac", ""),
    ("event_needs_mac", "event", "insert", "new.mac = '' and not new.sealed"),
    ("trail_checkpoint_no_change", "trail_checkpoint", "update", ""),
    ("trail_checkpoint_no_delete", "trail_checkpoint", "delete", ""),
)


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.add_column("event", sa.Column("mac", sa.String(length=100), nullable=False, server_default=""))
    only_new = sa.text("mac <> ''")
    op.create_index("ix_event_mac", "event", ["mac"], unique=True, sqlite_where=only_new, postgresql_where=only_new)
    for name in MARKS:
        op.create_table(
            name,
            sa.Column("tenant_id", sa.Integer(), nullable=False),
            sa.Column("place", sa.Integer(), nullable=False),
            sa.Column("hash", sa.String(length=64), nullable=False),
            sa.Column("mac", sa.String(length=64), nullable=False),
            sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{name}_tenant_id")),
            sa.PrimaryKeyConstraint("tenant_id", name=op.f(f"pk_{name}")),
        )
    for name, table, act, when in GUARDS:
        start = f"create trigger {name} before {act} on {table}"
        condition = f"when ({when})" if when else ""
        if is_sqlite:
            op.execute(f"{start} {condition} begin select raise(abort, '{REFUSED}'); end")
        else:
            op.execute(f"{start} for each row {condition} execute function trail_refuses()")
    if not is_sqlite:
        op.execute(
            "create trigger trail_checkpoint_no_truncate before truncate on trail_checkpoint for each statement "
            "execute function trail_refuses()"
        )
        return
    for table, ways in SAME.items():
        is_there = " or ".join(f"exists (select 1 from {table} where {same})" for same in ways)
        op.execute(
            f"create trigger {table}_no_replace before insert on {table} when {is_there} "
            f"begin select raise(abort, '{REFUSED}'); end"
        )


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    if is_sqlite:
        for table in SAME:
            op.execute(f"drop trigger {table}_no_replace")
    for name, table, *_ in GUARDS:
        op.execute(f"drop trigger {name}" + ("" if is_sqlite else f" on {table}"))
    if not is_sqlite:
        op.execute("drop trigger trail_checkpoint_no_truncate on trail_checkpoint")
    for name in MARKS:
        op.drop_table(name)
    op.drop_index("ix_event_mac", "event")
    op.drop_column("event", "mac")
