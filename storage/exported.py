"""Filled-in lists with all that an export says of them, a page at a time: few queries, little memory."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from storage.answers import AnswerRow
from storage.cases import CaseRow, FactRow, case_id, rule_facts
from storage.filled import FilledRow, filled_id
from storage.people import UnitRow

PAGE = 50
"""Filled-in lists in a page: some twenty milliseconds in which no one else writes to SQLite."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lists: empty or None means every one. The moments are when a list was begun: from, and before."""

    checklist: str = ""
    unit: str = ""
    role: str = ""
    begun_from: datetime | None = None
    begun_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """One filled-in list with its case, its unit's name, what the rules ask of the case, and its newest answers."""

    filled: FilledRow
    case: CaseRow
    unit: str
    facts: dict[str, str]
    answers: dict[str, AnswerRow]


def page(session: Session, tenant_id: int, wanted: Wanted, after: int, size: int = PAGE) -> list[Exported]:
    """Return the next lists of a tenant after a row id, oldest first; empty: there are no more.

    Cases with protected identity are left out.
    """
    query = (
        select(FilledRow, CaseRow, UnitRow.name)
        .join(CaseRow, col(CaseRow.id) == col(FilledRow.case_id))
        .join(UnitRow, col(UnitRow.id) == col(FilledRow.unit_id))
        .where(FilledRow.tenant_id == tenant_id, col(FilledRow.id) > after, col(CaseRow.protected_identity).is_(False))
    )
    if wanted.checklist:
        query = query.where(FilledRow.checklist == wanted.checklist)
    if wanted.unit:
        query = query.where(UnitRow.name == wanted.unit)
    if wanted.role:
        query = query.where(FilledRow.role == wanted.role)
    if wanted.begun_from:
        query = query.where(FilledRow.begun_at >= wanted.begun_from)
    if wanted.begun_before:
        query = query.where(FilledRow.begun_at < wanted.begun_before)
    found = session.exec(query.order_by(col(FilledRow.id)).limit(size)).all()
    facts = _facts(session, {case_id(case) for _, case, _ in found})
    given = _answers(session, [filled_id(row) for row, _, _ in found])
    return [
        Exported(row, case, unit, rule_facts(case, row.child, facts.get(case_id(case), {})), given[filled_id(row)])
        for row, case, unit in found
    ]


def _answers(session: Session, filled: Iterable[int]) -> dict[int, dict[str, AnswerRow]]:
    by_list: dict[int, dict[str, AnswerRow]] = {row_id: {} for row_id in filled}
    newest = (
        select(func.max(col(AnswerRow.id)))
        .where(col(AnswerRow.filled_id).in_(by_list))
        .group_by(col(AnswerRow.filled_id), col(AnswerRow.item_id))
    )
    for row in session.exec(select(AnswerRow).where(col(AnswerRow.id).in_(newest))):
        by_list[row.filled_id][row.item_id] = row
    return by_list


def _facts(session: Session, cases: Iterable[int]) -> dict[int, dict[tuple[int, str], FactRow]]:
    by_case: dict[int, dict[tuple[int, str], FactRow]] = {row_id: {} for row_id in cases}
    newest = (
        select(func.max(col(FactRow.id)))
        .where(col(FactRow.case_id).in_(by_case))
        .group_by(col(FactRow.case_id), col(FactRow.child), col(FactRow.name))
    )
    for row in session.exec(select(FactRow).where(col(FactRow.id).in_(newest))):
        by_case[row.case_id][row.child, row.name] = row
    return by_case
