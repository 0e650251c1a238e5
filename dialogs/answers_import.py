"""Answers from a file, as revisions by the actor `import`: nothing is dropped, nothing is taken for something else.

How a cell becomes an answer: checklists/cells.py and docs/decisions/0010.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from checklists.cells import FREE, Cells, read_cells, write_cells
from checklists.csv_in import CsvRow, read_csv
from checklists.csv_safe import as_written
from checklists.errors import UserError
from checklists.files import all_checklists, checklist_version, newest
from checklists.model import Checklist, Item
from checklists.references import normal_ref
from checklists.rights import ROLES
from checklists.rules import state
from dialogs.imports import Imported, Outcome, check_tenant, take_all
from dialogs.keep import MOST_TEXT
from storage import answers, audit, cases, filled, tenants
from storage.answers import AnswerRow
from storage.cases import CaseRow, case_id
from storage.desk import Session
from storage.filled import FilledRow, filled_id

COLUMNS = (
    "tenant_id",
    "case_ref",
    "checklist",
    "role",
    "child",
    "item",
    "answer",
    "method",
    "motivation",
    "note",
    "answered_on",
)
NEEDED = ("tenant_id", "case_ref", "checklist", "role", "item", "answer")
ACTOR = "import"
_TEXTS = ("answer", "method", "motivation", "note")
_STOCKHOLM = ZoneInfo("Europe/Stockholm")


@dataclass(slots=True)
class _List:
    """A filled-in list that rows go into. row None: it is not begun. before: what an export said of it beforehand."""

    case: CaseRow
    checklist: Checklist
    row: FilledRow | None
    stored: dict[str, AnswerRow]
    before: dict[str, Cells]


@dataclass(frozen=True, slots=True)
class _Where:
    """Which list a row goes into."""

    tenant_id: int
    case_id: int
    checklist: str
    role: str
    child: int


class _Import:
    """One file on its way in. Lists are read once and kept until the end."""

    def __init__(self, session: Session, allowed: frozenset[str], at: datetime) -> None:
        self.session, self.allowed, self.at = session, allowed, at
        self.act = uuid.uuid4().hex
        self.lists: dict[_Where, _List] = {}
        self.cases: dict[tuple[str, str], CaseRow] = {}
        self.outside: list[int] = []

    def take(self, row: CsvRow) -> Outcome:
        """Take in one row. Raises: ValueError: it is bad."""
        cells = {name: as_written(cell) for name, cell in row.cells.items()}
        case, checklist_id = self._case(cells), _checklist_id(cells["checklist"])
        role, child = _role(cells["role"], newest(checklist_id)), _child(cells["child"], newest(checklist_id), case)
        here = self._list(_Where(case.tenant_id, case_id(case), checklist_id, role, child), case)
        item = _item(here.checklist, cells["item"], role)
        texts, day = _texts(cells), _day(row)
        if read_cells(item, texts).choice == FREE:
            self.outside.append(row.line)
        return self._keep(here, role, child, item, texts, day)

    def _case(self, cells: dict[str, str]) -> CaseRow:
        check_tenant(cells["tenant_id"], self.allowed)
        at = (cells["tenant_id"], cells["case_ref"])
        if at not in self.cases:
            tenant = tenants.find(self.session, cells["tenant_id"])
            if tenant is None:
                raise ValueError("tenant_id is not in the database; import its people and cases first")
            try:
                ref = normal_ref(cells["case_ref"], tenants.setting(tenant, "case_ref_pattern"))
            except UserError:
                raise ValueError("case_ref has not the shape of a case reference") from None
            found = cases.find(self.session, tenants.key(tenant), ref)
            if found is None:
                raise ValueError("case_ref is no case here; import the cases first")
            self.cases[at] = found
        return self.cases[at]

    def _list(self, where: _Where, case: CaseRow) -> _List:
        if where not in self.lists:
            self.lists[where] = self._read(where, case)
        return self.lists[where]

    def _read(self, where: _Where, case: CaseRow) -> _List:
        """Read the newest list of no person and no round, or say that there is none yet."""
        found = [
            row
            for row in filled.of_case(self.session, where.case_id, where.checklist, where.role)
            if (row.child, row.person_id, row.round_id, row.file_part)
            == (where.child, filled.NOBODY, filled.NO_ROUND, "")
        ]
        if not found:
            return _List(case, newest(where.checklist), None, {}, {})
        row, checklist = found[-1], checklist_version(where.checklist, found[-1].version)
        stored = answers.latest(self.session, filled_id(row))
        facts = cases.rule_facts(case, where.child, cases.facts(self.session, where.case_id))
        domain = {item_id: answers.to_domain(answer) for item_id, answer in stored.items()}
        before = {
            item.id: write_cells(
                item, answers.told(self.session, row, stored[item.id]), state(checklist, item, facts, domain)
            )
            for item in checklist.items
            if item.id in stored
        }
        return _List(case, checklist, row, stored, before)

    def _keep(self, here: _List, role: str, child: int, item: Item, cells: Cells, day: date | None) -> Outcome:
        old, told = here.stored.get(item.id), read_cells(item, cells)
        if old is not None and here.row is not None and self._is_said_already(here, here.row, item, old, cells, day):
            return "unchanged"
        if here.row is not None and here.row.status == "signed":
            raise ValueError("this list is signed; change the answer in the bot, so that the chef reads it again")
        if here.row is None:
            here.row = self._begin(here, role, child)
        revision = old.revision + 1 if old else 1
        written = answers.from_told(told, day)
        row = answers.add(
            self.session, here.row, item.id, revision, written, author=None, at=self.at, act=f"import:{self.act}"
        )
        here.stored[item.id] = row
        here.before.pop(item.id, None)
        self._record(here, "answered", item.id, revision)
        return "changed" if old else "added"

    def _is_said_already(
        self, here: _List, row: FilledRow, item: Item, old: AnswerRow, cells: Cells, day: date | None
    ) -> bool:
        """Say whether the row tells what is stored, or what an export told of it: then it is no new revision."""
        if day is not None and day != (old.answered_on or old.at.astimezone(_STOCKHOLM).date()):
            return False
        told = answers.told(self.session, row, old)
        new = read_cells(item, cells)
        same = write_cells(item, new, new.choice).like(write_cells(item, told, told.choice))
        return same or (item.id in here.before and here.before[item.id].like(cells))

    def _begin(self, here: _List, role: str, child: int) -> FilledRow:
        row = FilledRow(
            tenant_id=here.case.tenant_id,
            case_id=case_id(here.case),
            unit_id=here.case.unit_id,
            checklist=here.checklist.id,
            version=here.checklist.version,
            child=child,
            role=role,
            begun_at=self.at,
        )
        here.row = filled.add(self.session, row)
        self._record(here, "list_begun")
        return row

    def _record(self, here: _List, act: str, item_id: str = "", revision: int | None = None) -> None:
        assert here.row is not None
        audit.record(
            self.session,
            here.case.tenant_id,
            self.at,
            ACTOR,
            act,
            case_id=case_id(here.case),
            filled_id=filled_id(here.row),
            item_id=item_id,
            revision=revision,
        )

    def date_lists(self) -> None:
        """Say when each list was begun: on the earliest day of its answers, where only imports wrote in it."""
        for here in self.lists.values():
            days = [row.answered_on for row in here.stored.values() if row.answered_on]
            if here.row is not None and days and not answers.a_person_wrote(self.session, filled_id(here.row)):
                here.row.begun_at = datetime.combine(min(days), time(), _STOCKHOLM)
        self.session.flush()


def import_answers(session: Session, raw: bytes, allowed: frozenset[str], at: datetime, actor: str) -> Imported:
    """Store the answers of a file as revisions; answers that are not in it stay as they are.

    allowed: the tenants that may be named; empty = any. actor: who ran it, for the trail; the answers themselves
    are the actor `import`. Rows are taken in order: of two that answer the same, the later is the newer revision.
    Flagged are the lines whose answer is outside the scale and was kept as `fritext`.
    Raises: BadCsv: with every bad row; the caller stores nothing then.
    """
    coming = _Import(session, allowed, at)
    done = take_all(read_csv(raw, COLUMNS, NEEDED), coming.take)
    coming.date_lists()
    for tenant_id in sorted({where.tenant_id for where in coming.lists}):
        audit.record(session, tenant_id, at, actor, "import", detail="answers")
    return replace(done, flagged=tuple(coming.outside))


def _checklist_id(cell: str) -> str:
    ids = sorted({checklist_id for checklist_id, _ in all_checklists()})
    if cell not in ids:
        raise ValueError(f"checklist is not one of {', '.join(ids)}")
    return cell


def _role(cell: str, checklist: Checklist) -> str:
    if cell not in ROLES:
        raise ValueError(f"role is not one of {', '.join(ROLES)}")
    if cell not in checklist.answered_by:
        raise ValueError(f"{checklist.id} is not answered by {cell}, but by {' or '.join(checklist.answered_by)}")
    return cell


def _child(cell: str, checklist: Checklist, case: CaseRow) -> int:
    if checklist.per == "case":
        if cell:
            raise ValueError(f"child is not empty; {checklist.id} is about the whole case")
        return filled.NO_CHILD
    if not (cell or "1").isascii() or not (cell or "1").isdigit() or not 1 <= int(cell or "1") <= case.children:
        raise ValueError(f"child is not a whole number from 1 to {case.children}, the children of the case")
    return int(cell or "1")


def _item(checklist: Checklist, cell: str, role: str) -> Item:
    item = checklist.by_id.get(cell)
    if item is None:
        raise ValueError(f"item is no question of {checklist.id} version {checklist.version}")
    if item not in checklist.asked(role):
        raise ValueError(f"item is not put to {role} in {checklist.id} version {checklist.version}")
    return item


def _texts(cells: dict[str, str]) -> Cells:
    if not cells["answer"]:
        raise ValueError("answer is empty; write obesvarad, or leave the row out")
    too_long = [name for name in _TEXTS if len(cells[name]) > MOST_TEXT]
    if too_long:
        raise ValueError(f"{', '.join(too_long)} is longer than {MOST_TEXT} characters")
    return Cells(*(cells[name] for name in _TEXTS))


def _day(row: CsvRow) -> date | None:
    try:
        return row.day("answered_on")
    except ValueError:
        raise ValueError("answered_on is written as 2026-12-05") from None
