"""Filled-in lists with everything an export needs, paginated."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, get_type_hints

from pydantic.fields import FieldInfo
from sqlalchemy import Executable, select, type_coerce
from sqlalchemy.types import NullType
from sqlmodel import Session, col

from checklists.model import AnyRole, CaseType, Role
from storage.answers import AnswerRow, Stored
from storage.cases import STANDS, CaseRow, FactRow, rule_values
from storage.filled import FilledRow
from storage.held import UNREAD, Check, NotHeld, column
from storage.people import UnitRow
from storage.sealing import prefetch_keys

PAGE = 200
"""Filled-in lists per page: enough for few queries, few enough for little memory."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A filter on filled-in lists; an empty or None field matches all. begun_from is inclusive, begun_before is not."""

    checklist: str = ""
    unit: str = ""
    role: AnyRole = ""
    begun_from: datetime | None = None
    begun_before: datetime | None = None


class ListOf(NamedTuple):
    """A filled-in list with details of its case, and the name of its unit."""

    id: int
    tenant_id: int
    case_id: int
    checklist: str
    version: int
    occasion: int
    child: int
    role: Role
    file_part: str
    ref: str
    case_type: CaseType
    children: int
    unit: str


_KINDS = get_type_hints(ListOf)
_HELD = Check([column(name, FieldInfo(annotation=kind), None, None, is_id=False) for name, kind in _KINDS.items()])


@dataclass(frozen=True, slots=True)
class Exported:
    """One filled-in list, with the facts the rules need and its newest answers by item."""

    filled: ListOf
    facts: dict[str, str]
    answers: dict[str, Stored]

    def check(self) -> None:
        """Raises: NotHeld: a value of the list or of its case is invalid, or one of an answer cannot be read."""
        if not _HELD.fits(self.filled):
            columns = [ListOf._fields[at] for at in _HELD.misfits(self.filled)]
            raise NotHeld("filled_checklist", str(self.filled.id), columns)
        for row in self.answers.values():
            if UNREAD in row:
                raise NotHeld("answer", "?", [name for name in Stored._fields if getattr(row, name) is UNREAD])


# Columns rather than ORM objects, which would take most of the time of an export.
_OF_LIST: list[Any] = [getattr(FilledRow, name) for name in ListOf._fields[:9]]
_OF_CASE: list[Any] = [CaseRow.ref, CaseRow.case_type, CaseRow.children, UnitRow.name]
_OF_FACT: list[Any] = [FactRow.case_id, FactRow.child, FactRow.name, FactRow.value]
_OF_ANSWER = [type_coerce(getattr(AnswerRow, name), NullType) for name in Stored._fields]
_LISTS = (
    select(*_OF_LIST, *_OF_CASE)
    .join(CaseRow, col(CaseRow.id) == col(FilledRow.case_id))
    .join(UnitRow, col(UnitRow.id) == col(FilledRow.unit_id))
    .where(col(CaseRow.protected_identity).is_(False), STANDS)
    .order_by(col(FilledRow.id))
)
_FACTS = select(*_OF_FACT).order_by(*_OF_FACT[:3], col(FactRow.revision))
_ANSWERS = select(*_OF_ANSWER).order_by(col(AnswerRow.filled_id), col(AnswerRow.item_id), col(AnswerRow.revision))


def page(session: Session, tenant_id: int, wanted: Wanted, after: int, size: int = PAGE) -> list[Exported]:
    """Return a tenant's next lists after a row id, oldest first; [] when there are no more.

    Cases with protected identity are excluded.
    """
    query = _LISTS.where(col(FilledRow.tenant_id) == tenant_id, col(FilledRow.id) > after).limit(size)
    if wanted.checklist:
        query = query.where(col(FilledRow.checklist) == wanted.checklist)
    if wanted.unit:
        query = query.where(col(UnitRow.name) == wanted.unit)
    if wanted.role:
        query = query.where(col(FilledRow.role) == wanted.role)
    if wanted.begun_from:
        query = query.where(col(FilledRow.begun_at) >= wanted.begun_from)
    if wanted.begun_before:
        query = query.where(col(FilledRow.begun_at) < wanted.begun_before)
    lists = [ListOf._make(row) for row in _rows(session, query)]
    facts = _facts(session, [one.case_id for one in lists])
    given = _answers(session, [one.id for one in lists])
    prefetch_keys(session, tenant_id, (one.case_id for one in lists))
    return [Exported(one, _known(one, facts[one.case_id]), given[one.id]) for one in lists]


def _known(one: ListOf, facts: dict[tuple[int, str], str]) -> dict[str, str]:
    return rule_values(one.case_type, one.children, one.child, facts)


def _answers(session: Session, lists: Sequence[int]) -> dict[int, dict[str, Stored]]:
    by_list: dict[int, dict[str, Stored]] = {row_id: {} for row_id in lists}
    query = _ANSWERS.where(col(AnswerRow.filled_id).in_(lists))
    for row in map(Stored._make, _rows(session, query)):
        by_list[row.filled_id][row.item_id] = row  # the newest revision comes last
    return by_list


def _facts(session: Session, cases: Sequence[int]) -> defaultdict[int, dict[tuple[int, str], str]]:
    by_case: defaultdict[int, dict[tuple[int, str], str]] = defaultdict(dict)
    query = _FACTS.where(col(FactRow.case_id).in_(set(cases)))
    for case, child, name, value in _rows(session, query):
        by_case[case][child, name] = value  # the newest revision comes last
    return by_case


def _rows(session: Session, query: Executable) -> Sequence[Any]:
    """Return raw driver rows: wrapping them in SQLAlchemy's Row takes a tenth of the time of an export."""
    with session.connection().execute(query) as found:
        return found.cursor.fetchall() if found.cursor else ()
