"""Join two rows of the register that are one person: what one had becomes the other's. The row itself stays, because
the trail names it."""

from collections.abc import Iterator

from sqlalchemy import Column, Table, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col

from storage.cases import CaseRow
from storage.people import PersonRow

_ITS_OWN = frozenset({"draft", "snooze", "role"})
"""Tables whose rows are left alone: drafts are sealed for their author; `actions.role_days` joins the roles."""
_WITHOUT_KEY = (("filled_checklist", "person_id"), ("role", "stands_in_for_id"))
_ONE_EACH = frozenset({"told", "filled_checklist"})
"""Tables in which `stays` may have the same row already: that of `gone` is then left alone."""


def join(session: Session, gone: PersonRow, stays: PersonRow) -> None:
    """Give `stays` all that `gone` had except roles: cases, chats, readings, signatures, and what it lacks itself."""
    session.flush()
    for table, column in _references():
        _hand_over(session, table, column, gone.id, stays.id)
    twice = update(CaseRow).where(col(CaseRow.lead_id) == stays.id, col(CaseRow.co_id) == stays.id)
    session.exec(twice.values(co_id=None))
    object_id, email = gone.object_id, gone.email
    gone.object_id, gone.email, gone.joined_into_id = None, None, stays.id
    session.flush()  # both are unique: they must be free before they are reused
    stays.object_id, stays.email = stays.object_id or object_id, stays.email or email
    session.exec(update(PersonRow).where(col(PersonRow.joined_into_id) == gone.id).values(joined_into_id=stays.id))
    session.flush()
    session.expunge_all()


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
