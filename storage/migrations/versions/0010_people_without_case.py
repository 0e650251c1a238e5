"""Store Entra's object ids in lower case, refuse an empty one, and join rows that were one person under one id.

What belongs to a joined row goes to the row whose chat is known, else to the older one. The row itself stays, without
id, address and roles, because the trail names it. `app.py migrate` says which were joined.
"""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from checklists.identity import entra_id

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ITS_OWN = ("draft", "snooze")
"""Tables whose rows are left alone: drafts are sealed for their author, and a snoozed message was made for one row."""
WITHOUT_KEY = (("filled_checklist", "person_id"), ("role", "stands_in_for_id"))
ONE_EACH = ("told", "filled_checklist")
"""Tables in which both people may have the same row already: the joined one's is then left alone."""
EMPTY = "object_id is empty"


def upgrade() -> None:
    op.add_column("person", sa.Column("joined_into_id", sa.Integer(), nullable=True))
    connection = op.get_bind()
    connection.execute(sa.text("update person set object_id = null where trim(object_id) = ''"))
    same = defaultdict(list)
    bound = "select id, tenant_id, object_id from person where object_id is not null order by id"
    for row_id, tenant_id, object_id in connection.execute(sa.text(bound)).all():
        same[tenant_id, entra_id(object_id)].append(row_id)
    for (_, object_id), rows in same.items():
        stays = max(rows, key=lambda row: (_has_chat(connection, row), -row))
        for row in rows:
            if row != stays:
                _join(connection, row, stays)
        connection.execute(
            sa.text("update person set object_id = :to where id = :row and object_id <> :to"),
            {"to": object_id, "row": stays},
        )
    _refuse_empty(connection)


def _has_chat(connection: sa.Connection, row: int) -> bool:
    found = connection.execute(sa.text("select 1 from conversation where person_id = :row limit 1"), {"row": row})
    return found.first() is not None


def _join(connection: sa.Connection, row: int, stays: int) -> None:
    both = {"row": row, "stays": stays}
    # A role both hold is the one entered last, as when a line of a file replaces an earlier one.
    older = """delete from role where id in (select min(id) from role where person_id in (:row, :stays)
        group by unit_id, role having count(*) > 1)"""
    connection.execute(sa.text(older), both)
    for table, column in _references(connection):
        change = f"update {table} set {column} = :stays where {column} = :row"
        if table not in ONE_EACH:
            connection.execute(sa.text(change), both)
            continue
        ids = connection.execute(sa.text(f"select id from {table} where {column} = :row"), both).scalars().all()
        for one in ids:
            try:
                with connection.begin_nested():
                    connection.execute(sa.text(f"{change} and id = :one"), {**both, "one": one})
            except sa.exc.IntegrityError:
                continue
    connection.execute(sa.text("update cases set co_id = null where co_id = lead_id and lead_id = :stays"), both)
    email = connection.execute(sa.text("select email from person where id = :row"), both).scalar()
    gone = "update person set object_id = null, email = null, joined_into_id = :stays where id = :row"
    connection.execute(sa.text(gone), both)
    # Rows joined into this one before, for a third way of writing the id.
    connection.execute(sa.text("update person set joined_into_id = :stays where joined_into_id = :row"), both)
    connection.execute(
        sa.text("update person set email = coalesce(email, :email) where id = :stays"), {**both, "email": email}
    )


def _references(connection: sa.Connection) -> list[tuple[str, str]]:
    """Return every table and column that names a person."""
    looking = sa.inspect(connection)
    found = [
        (table, key["constrained_columns"][0])
        for table in sorted(looking.get_table_names())
        for key in looking.get_foreign_keys(table)
        if key["referred_table"] == "person" and table not in ITS_OWN
    ]
    return [*found, *WITHOUT_KEY]


def _refuse_empty(connection: sa.Connection) -> None:
    if connection.dialect.name != "sqlite":
        op.create_check_constraint("ck_person_object_id", "person", "trim(object_id) <> ''")
        return
    # To add a constraint, SQLite would have to rebuild the table, and every table that refers to it.
    for name, when in (("insert", "insert"), ("update", "update of object_id")):
        op.execute(
            f"create trigger person_object_id_{name} before {when} on person when trim(new.object_id) = '' "
            f"begin select raise(abort, '{EMPTY}'); end"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("drop trigger person_object_id_insert")
        op.execute("drop trigger person_object_id_update")
    else:
        op.drop_constraint("ck_person_object_id", "person", type_="check")
    op.drop_column("person", "joined_into_id")
