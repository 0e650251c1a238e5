"""Answers from a file, as revisions by the actor `import`: nothing is dropped, nothing is taken for something else.

How a cell becomes an answer: checklists/cells.py and docs/decisions/0010.
"""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime

from actions import void as changes
from actions.cause import from_file
from checklists.cells import COLUMNS, FREE, Cells, read_cells, write_cells
from checklists.csv_in import CsvRow, read_csv
from checklists.csv_safe import as_written
from checklists.errors import UserError
from checklists.files import checklist_version, newest
from checklists.model import Checklist, Item
from checklists.references import normal_ref
from checklists.rules import state
from checklists.swedish_time import midnight
from imports import answer_rows
from imports.common import Imported, Outcome, check_tenant, take_all
from storage import answers, cases, filled, tenants, trail
from storage.answers import AnswerRow
from storage.cases import CaseRow
from storage.desk import Session
from storage.filled import FilledRow

NEEDED = ("tenant_id", "case_ref", "checklist", "role", "item", "answer")
ACTOR = "import"


@dataclass(slots=True)
class _List:
    """A filled-in list that rows go into. row None: it is not begun. before: what an export said of it beforehand."""

    case: CaseRow
    checklist: Checklist
    occasion: int
    with_chef: bool
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
        case, checklist = self._case(cells), newest(answer_rows.checklist_id_of(cells["checklist"]))
        role = answer_rows.role_of(cells["role"], checklist)
        child = answer_rows.child_of(cells["child"], checklist, case)
        here = self._list(_Where(case.tenant_id, case.id, checklist.id, role, child), case)
        item = answer_rows.item_of(here.checklist, cells["item"], role)
        texts, day = answer_rows.texts_of(cells), answer_rows.day_of(row)
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
            found = cases.find(self.session, tenant.id, ref)
            if found is None:
                raise ValueError("case_ref is no case here; import the cases first")
            cases.lock(self.session, found)  # nobody sends or signs it meanwhile
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
            if (row.person_id, row.round_id, row.file_part) == (filled.NOBODY, filled.NO_ROUND, "")
        ]
        if not found:
            return _List(case, newest(where.checklist), 1, False, None, {}, {})
        # The lists of all children of an occasion belong together: one version, sent and signed at once.
        occasion, checklist = found[-1].occasion, checklist_version(where.checklist, found[-1].version)
        together = {row.child: row for row in found if row.occasion == occasion}
        with_chef = any(row.status != "open" for row in together.values())
        row = together.get(where.child)
        if row is None:
            return _List(case, checklist, occasion, with_chef, None, {}, {})
        stored = answers.latest(self.session, row.id)
        facts = cases.rule_facts(case, where.child, cases.facts(self.session, where.case_id))
        domain = {item_id: answers.to_domain(answer) for item_id, answer in stored.items()}
        before = {
            item.id: write_cells(
                item, answers.told(self.session, row, stored[item.id]), state(checklist, item, facts, domain)
            )
            for item in checklist.items
            if item.id in stored
        }
        return _List(case, checklist, occasion, with_chef, row, stored, before)

    def _keep(self, here: _List, role: str, child: int, item: Item, cells: Cells, day: date | None) -> Outcome:
        old, told = here.stored.get(item.id), read_cells(item, cells)
        if old is not None and here.row is not None and self._is_said_already(here, here.row, item, old, cells, day):
            return "unchanged"
        if here.row is None:
            if here.with_chef:
                raise ValueError("the chef has had the lists of this case; begin this child's list in the bot")
            here.row = self._begin(here, role, child)
        revision = old.revision + 1 if old else 1
        written = replace(told, answered_on=day)
        row = answers.add(
            self.session, here.row, item.id, revision, written, author=None, at=self.at, act=f"import:{self.act}"
        )
        here.stored[item.id] = row
        here.before.pop(item.id, None)
        self._record(here, "answered", item.id, revision)
        self.session.flush()
        cause = from_file(self.session, here.case.tenant_id, self.at, ACTOR)
        changes.answer_changed(cause, here.case, here.row, item.id)
        return "changed" if old else "added"

    def _is_said_already(
        self, here: _List, row: FilledRow, item: Item, old: AnswerRow, cells: Cells, day: date | None
    ) -> bool:
        """Say whether the row tells what is stored, or what an export told of it: then it is no new revision."""
        if day is not None and day != answers.day_of(old):
            return False
        told = answers.told(self.session, row, old)
        new = read_cells(item, cells)
        same = write_cells(item, new, new.choice).like(write_cells(item, told, told.choice))
        return same or (item.id in here.before and here.before[item.id].like(cells))

    def _begin(self, here: _List, role: str, child: int) -> FilledRow:
        row = FilledRow(
            tenant_id=here.case.tenant_id,
            case_id=here.case.id,
            unit_id=here.case.unit_id,
            checklist=here.checklist.id,
            version=here.checklist.version,
            occasion=here.occasion,
            child=child,
            role=role,
            begun_at=self.at,
        )
        here.row = filled.add(self.session, row)
        self._record(here, "list_begun")
        return row

    def _record(self, here: _List, act: str, item_id: str = "", revision: int | None = None) -> None:
        assert here.row is not None
        trail.record(
            self.session,
            here.case.tenant_id,
            self.at,
            ACTOR,
            act,
            case_id=here.case.id,
            filled_id=here.row.id,
            item_id=item_id,
            revision=revision,
        )

    def date_lists(self) -> None:
        """Say when each list was begun: on the earliest day of its answers, where only imports wrote in it."""
        for here in self.lists.values():
            days = [row.answered_on for row in here.stored.values() if row.answered_on]
            if here.row is not None and days and not answers.a_person_wrote(self.session, here.row.id):
                here.row.begun_at = midnight(min(days))
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
        trail.record(session, tenant_id, at, actor, "import", detail="answers")
    return replace(done, flagged=tuple(coming.outside))
