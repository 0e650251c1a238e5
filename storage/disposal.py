"""Disposal (gallring) of cases: which are due, and deleting them. Their events and a tombstone remain.

The rows that belong to a case are found from the table metadata, so that a new table cannot be forgotten: every row
that refers to the case, to one of its filled-in lists, or to a row being deleted, is deleted too. Exceptions: KEPT and
CLEARED. What else names it, in a reply or message about other cases, is found by `storage.naming`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Table, delete, or_, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, col, func, select

from checklists.retention import Retention
from storage import aggregates, cases, naming, round_cases, tenants, tombstones, trail
from storage.cases import CaseRow
from storage.filled import FilledRow
from storage.naming import Naming
from storage.sealing import keys_of
from storage.tenants import TenantRow

KEPT = frozenset({"event", "event_seal", "tombstone"})
"""Tables that refer to a case by row id and are kept: who did what and when, without content."""
BY_CASE = frozenset({"filled_checklist", "counted"})
"""Tables whose rows name the case of each list that they name: its lists need not be looked for in them."""
CLEARED = frozenset({"conversation"})
"""Tables whose rows are kept with the reference set to null: a chat belongs to a person."""


@dataclass(frozen=True, slots=True)
class DueCase:
    """A case whose retention period is over. lists: the number of its filled-in checklists. known_as: to people."""

    id: int
    ref: str
    known_as: str
    closed_on: date
    due_on: date
    lists: int


def retention(tenant: TenantRow) -> Retention:
    """Return the retention periods of a municipality."""
    return Retention.model_validate(tenants.stored(tenant, "retention") or {})


def due_cases(session: Session, tenant: TenantRow, today: date) -> Sequence[DueCase]:
    """Return the cases that may be disposed of on a Swedish date, the longest closed first."""
    periods = retention(tenant)
    if periods.case_months is None:
        return []
    at_latest = today - timedelta(days=28 * periods.case_months)  # no month is shorter
    query = (
        select(CaseRow, func.count(col(FilledRow.id)))
        .join(FilledRow, col(FilledRow.case_id) == col(CaseRow.id), isouter=True)
        .where(CaseRow.tenant_id == tenant.id, col(CaseRow.closed_on) <= at_latest)
        .group_by(col(CaseRow.id))
        .order_by(col(CaseRow.closed_on), col(CaseRow.id))
    )
    found = []
    for case, lists in session.exec(query):
        due_on = periods.case_due_on(case.closed_on)
        if case.closed_on is not None and due_on is not None and due_on <= today:
            found.append(DueCase(case.id, case.ref, cases.ref_before(case), case.closed_on, due_on, lists))
    return found


def still_due(session: Session, tenant: TenantRow, ids: Iterable[int], today: date) -> Sequence[CaseRow]:
    """Return those of the cases that are still due, locked: one may have been reopened since they were listed."""
    found = []
    for row_id in ids:
        case = session.get(CaseRow, row_id)
        if case is not None:
            cases.lock(session, case)
            due_on = retention(tenant).case_due_on(case.closed_on)
            if due_on is not None and due_on <= today:
                found.append(case)
    return found


def dispose_of(
    session: Session,
    tenant: TenantRow,
    gone: Sequence[CaseRow],
    at: datetime,
    actor: str,
    *,
    leave_tombstone: bool = True,
    looked: Naming | None = None,
) -> None:
    """Delete cases with everything that belongs to them, and destroy their keys.

    Each leaves an event behind, and a tombstone. leave_tombstone: False when the tombstone exists already. looked: what
    `naming.look` returned earlier, in a transaction that nobody had to wait for.
    """
    ids = [case.id for case in gone]
    aggregates.freeze(session, tenant.id, ids)  # figures of past periods must not change
    for case in gone:
        highest = select(func.max(col(FilledRow.id))).where(FilledRow.case_id == case.id)
        if leave_tombstone:
            tombstones.put(session, tenant, case, session.exec(highest).one() or 0, at)
        trail.record(session, tenant.id, at, actor, "disposed", case_id=case.id)
    round_cases.note_gone(session, ids)
    session.flush()
    naming.forget(session, tenant.id, _known_as(session, tenant, gone), looked)
    connection = session.connection()
    for table in reversed(SQLModel.metadata.sorted_tables):
        if table.name in KEPT:
            continue
        if table.name in CLEARED:
            for column in case_columns(table):
                connection.execute(update(table).where(column.in_(ids)).values({column.name: None}))
        elif (of_them := _of(table, ids)) is not None:
            connection.execute(delete(table).where(of_them))
    for row_id in ids:
        keys_of(session).forget(tenant.id, row_id)
    session.expunge_all()


def _known_as(session: Session, tenant: TenantRow, gone: Sequence[CaseRow]) -> list[str]:
    """Return the references by which people knew cases; what names one that another case has now is about that one."""
    named = [(case, cases.ref_before(case)) for case in gone]
    return [ref for case, ref in named if ref == case.ref or cases.find(session, tenant.id, ref) is None]


def case_columns(table: Table) -> list[ColumnElement[int]]:
    """Return the columns in which a table refers to a case, with or without a foreign key."""
    return _naming(table, "cases", "case_id")


def filled_columns(table: Table) -> list[ColumnElement[int]]:
    """Return the columns in which a table refers to a filled-in list."""
    return _naming(table, "filled_checklist", "filled_id")


def _naming(table: Table, target: str, name: str) -> list[ColumnElement[int]]:
    return [
        column
        for column in table.columns
        if column.name == name
        or column.name.endswith("_" + name)
        or any(key.column.table.name == target for key in column.foreign_keys)
    ]


def _of(table: Table, ids: Sequence[int]) -> ColumnElement[bool] | None:
    """Return the condition for a table's rows of these cases; None if the table refers to no case."""
    if table.name == "cases":
        return table.c.id.in_(ids)
    lists = select_columns(col(FilledRow.id)).where(col(FilledRow.case_id).in_(ids))
    found = [column.in_(ids) for column in case_columns(table)]
    if table.name not in BY_CASE:
        found += [column.in_(lists) for column in filled_columns(table)]
    for key in table.foreign_keys:
        parent = key.column.table
        if parent.name not in {"cases", "filled_checklist", table.name} | KEPT | CLEARED:
            of_parent = _of(parent, ids)
            if of_parent is not None:
                found.append(key.parent.in_(select_columns(key.column).where(of_parent)))
    return or_(*found) if found else None
