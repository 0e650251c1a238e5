"""Join two rows of the register that are one person: what one had becomes the other's. The row itself stays, because
the trail names it."""

from collections.abc import Iterator

from sqlalchemy import Column, Table, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col
from sqlmodel import select as select_rows

from storage.cases import CaseRow
from storage.people import PersonRow, RoleRow

_ITS_OWN = frozenset({"draft", "snooze", "role"})
"""Tables that name a person and stay: drafts are sealed for their author. Roles are joined one by one."""
_WITHOUT_KEY = (("filled_checklist", "person_id"), ("role", "stands_in_for_id"))
_ONE_EACH = frozenset({"told", "filled_checklist"})
"""Tables in which both may have the same row already: the second one stays where it is."""


def join(session: Session, gone: PersonRow, stays: PersonRow) -> None:
    """Give `stays` everything that `gone` had: roles, cases, chats, readings, signatures, and what it lacks itself."""
    _join_roles(session, gone, stays)
    session.flush()
    for table, column in _references():
        _hand_over(session, table, column, gone.id, stays.id)
    twice = update(CaseRow).where(col(CaseRow.lead_id) == stays.id, col(CaseRow.co_id) == stays.id)
    session.exec(twice.values(co_id=None))
    object_id, email = gone.object_id, gone.email
    gone.object_id, gone.email, gone.joined_into_id = None, None, stays.id
    session.flush()  # both are unique: they are free before they are taken
    stays.object_id, stays.email = stays.object_id or object_id, stays.email or email
    session.exec(update(PersonRow).where(col(PersonRow.joined_into_id) == gone.id).values(joined_into_id=stays.id))
    session.flush()
    session.expunge_all()


def _join_roles(session: Session, gone: PersonRow, stays: PersonRow) -> None:
    """Move the roles; of one that both hold, the longer time is kept."""
    held = {(row.unit_id, row.role): row for row in _roles(session, stays)}
    for row in _roles(session, gone):
        own = held.get((row.unit_id, row.role))
        if own is None:
            row.person_id = stays.id
            continue
        own.valid_from = min(own.valid_from, row.valid_from) if own.valid_from and row.valid_from else None
        own.valid_to = max(own.valid_to, row.valid_to) if own.valid_to and row.valid_to else None
        session.delete(row)


def _roles(session: Session, person: PersonRow) -> list[RoleRow]:
    return list(session.exec(select_rows(RoleRow).where(RoleRow.person_id == person.id).order_by(col(RoleRow.id))))


def _references() -> Iterator[tuple[Table, Column[int]]]:
    """Yield every table and column that names a person."""
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in _ITS_OWN:
            for key in table.foreign_keys:
                if key.column.table.name == "person":
                    yield table, key.parent
    for name, column in _WITHOUT_KEY:
        table = SQLModel.metadata.tables[name]
        yield table, table.columns[column]


def _hand_over(session: Session, table: Table, column: Column[int], gone: int, stays: int) -> None:
    connection = session.connection()
    change = update(table).where(column == gone).values({column.name: stays})
    if table.name not in _ONE_EACH:
        connection.execute(change)
        return
    for row_id in connection.execute(select(table.c.id).where(column == gone)).scalars().all():
        try:
            with connection.begin_nested():
                connection.execute(change.where(table.c.id == row_id))
        except IntegrityError:
            continue
