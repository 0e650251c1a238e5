"""Answers from a file, as revisions by the actor `import`: nothing is dropped or reinterpreted.

How a cell becomes an answer: checklists/cells.py and docs/decisions/0008.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from actions import lists
from actions.answers import give
from actions.basis import Sheet
from actions.changes import Change, Changes, record
from actions.origin import Origin, of_file
from actions.people import Outcome
from checklists.cells import COLUMNS, DETAILS, FREE, Cells, kept, read_cells, write_cells
from checklists.csv_in import CsvFile, CsvRow, read_rows
from checklists.errors import UserError
from checklists.faults import Code, Refusal, fault, of_rule
from checklists.lifecycle import WRITER, State
from checklists.loader import checklist_version, newest
from checklists.model import OPEN, Checklist, Item, ListId, Role, Written
from checklists.privacy import LetThrough
from checklists.references import normal_ref
from checklists.swedish_time import day_of
from dialogs.messages.consequences import follow
from imports import answer_rows
from imports.common import CLEARED, Imported, Kind, Order, Rows, Take, by_subject, cells_of, check_tenant, take_all
from storage import answers, cases, filled, tenants
from storage.answers import AnswerRow
from storage.cases import CaseRow
from storage.desk import Session
from storage.filled import FilledRow

EXPORTED = ("unit", "version", "occasion", "question", "revision")
"""Columns that only an export has."""
_CLEARABLE = ("method", "option", "motivation", "place", "note", "on")
NEEDED = ("tenant_id", "case_ref", "checklist", "role", "item", "answer")


@dataclass(frozen=True, slots=True)
class _Said:
    """A stored answer as an export writes it. day: on which it was answered. about: the day it is about."""

    item_id: str
    cells: Cells
    day: date | None
    about: date | None


@dataclass(slots=True)
class _List:
    """A filled-in list that rows go into.

    sheet: None until the list is begun. with_chef: whether the lists of its occasion were sent. before: its answers as
    an export would have written them before the import. elsewhere: the answers in the other lists of its kind, which
    belong to a person, a round or an earlier occasion.
    """

    case: CaseRow
    checklist: Checklist
    occasion: int
    with_chef: bool
    sheet: Sheet | None
    before: dict[str, Cells]
    elsewhere: Sequence[_Said]


@dataclass(frozen=True, slots=True)
class _Where:
    """Which list a row goes into."""

    tenant_id: int
    case_id: int
    checklist: ListId
    role: Role
    child: int
    file_part: str


class _Import:
    """Rows about one case being imported. Its lists are read once and kept until the end."""

    def __init__(self, session: Session, order: Order) -> None:
        self.session, self.allowed, self.at = session, order.allowed, order.at
        self.origins: dict[int, Origin] = {}
        self.changes: dict[int, Changes] = {}
        self.lists: dict[_Where, _List] = {}
        self.cases: dict[tuple[str, str], CaseRow] = {}
        self.begun: dict[int, Sequence[FilledRow]] = {}
        self.outside: list[int] = []
        self.waiting: list[int] = []
        self.protected: list[int] = []
        self.unsaid: list[int] = []

    def take(self, row: CsvRow) -> Outcome:
        """Import one row. Raises: Refusal: it is wrong."""
        cleared = frozenset(name for name in _CLEARABLE if row.cells[name] == CLEARED)
        cells = cells_of(row) | dict.fromkeys(cleared, "")
        if row.cells["answer"] == CLEARED:  # kept as text it would count as an answer
            cells["answer"] = OPEN
        case, checklist = self._case(cells), newest(answer_rows.checklist_id_of(cells["checklist"]))
        role = answer_rows.role_of(cells["role"], checklist)
        child = answer_rows.child_of(cells["child"], checklist, case)
        part = answer_rows.part_of(cells["akt_part"], checklist)
        where = _Where(case.tenant_id, case.id, checklist.id, role, child, part)
        here = self._list(where, case)
        item = answer_rows.item_of(here.checklist, cells["item"], role)
        cells |= answer_rows.with_details(cells, item)
        on = answer_rows.day_of(cells["on"], day_of(self.at), "on")
        texts, day = answer_rows.texts_of(cells), answer_rows.day_of(cells["answered_on"], day_of(self.at))
        told = replace(read_cells(item, texts), answered_on=day, day=on)
        if told.choice == FREE:
            self.outside.append(row.line)
        if texts.motivation and told.motivation_kind not in ("text", "reference"):
            self.unsaid.append(row.line)
        outcome = self._keep(here, where, item, texts, told, cleared)
        if case.protected_identity and outcome != "unchanged" and _has_words(told):
            self.protected.append(row.line)
        if here.sheet is not None and here.sheet.applied.applies[item.id] == "waits":
            self.waiting.append(row.line)
        return outcome

    def _case(self, cells: dict[str, str]) -> CaseRow:
        check_tenant(cells["tenant_id"], self.allowed)
        at = (cells["tenant_id"], cells["case_ref"])
        if at not in self.cases:
            tenant = tenants.find(self.session, cells["tenant_id"])
            if tenant is None:
                raise Refusal(fault(Code.TENANT_UNKNOWN))
            try:
                ref = normal_ref(cells["case_ref"], tenants.setting(tenant, "case_ref_pattern"))
            except UserError as error:
                raise Refusal(of_rule(error, "case_ref")) from None
            found = cases.find(self.session, tenant.id, ref)
            if found is None:
                raise Refusal(fault(Code.NO_SUCH_CASE))
            cases.lock(self.session, found)  # so that nobody sends or signs it meanwhile
            self.cases[at] = found
        return self.cases[at]

    def _list(self, where: _Where, case: CaseRow) -> _List:
        if where not in self.lists:
            self.lists[where] = self._read(where, case)
        return self.lists[where]

    def _read(self, where: _Where, case: CaseRow) -> _List:
        """Read the newest list that belongs to no person and no round, if there is one."""
        found = [
            row
            for row in filled.of_case(self.session, where.case_id, where.checklist, where.role)
            if (row.person_id, row.round_id, row.file_part) == (filled.NOBODY, filled.NO_ROUND, where.file_part)
        ]
        if not found:
            return _List(case, newest(where.checklist), 1, False, None, {}, self._elsewhere(where, case))
        # The lists of all children of an occasion belong together: one version, sent and signed together.
        occasion, checklist = found[-1].occasion, checklist_version(where.checklist, found[-1].version)
        together = {row.child: row for row in found if row.occasion == occasion}
        with_chef = any(row.status != State.BEGUN for row in together.values())
        row = together.get(where.child)
        elsewhere = self._elsewhere(where, case, row)
        if row is None:
            return _List(case, checklist, occasion, with_chef, None, {}, elsewhere)
        sheet = self._sheet(case, checklist, row)
        before = {said.item_id: said.cells for said in self._as_exported(sheet)}
        return _List(case, checklist, occasion, with_chef, sheet, before, elsewhere)

    def _elsewhere(self, where: _Where, case: CaseRow, into: FilledRow | None = None) -> list[_Said]:
        """Read the answers in the lists of the same kind that rows do not go into.

        into: the list they do go into, if it is begun.
        """
        if case.id not in self.begun:  # what this file begins is not in it, and need not be
            self.begun[case.id] = filled.of_case_all(self.session, case.id)
        kind = (where.checklist, where.role, where.child, where.file_part)
        return [
            said
            for row in self.begun[case.id]
            if (row.checklist, row.role, row.child, row.file_part) == kind and (into is None or row.id != into.id)
            for said in self._as_exported(self._sheet(case, checklist_version(row.checklist, row.version), row))
        ]

    def _as_exported(self, sheet: Sheet) -> Iterator[_Said]:
        items = sheet.checklist.by_id
        for item_id, row in sheet.rows.items():
            if item_id in items:
                told = answers.for_export(self.session, sheet.filled, row)
                cells = write_cells(items[item_id], told, sheet.applied.state(item_id))
                yield _Said(item_id, cells, answers.day_of(row), row.day)

    def _sheet(self, case: CaseRow, checklist: Checklist, row: FilledRow) -> Sheet:
        facts = cases.rule_facts(case, row.child, cases.facts(self.session, case.id))
        return Sheet(case, row, checklist, facts, answers.latest(self.session, row.id))

    def _keep(
        self, here: _List, where: _Where, item: Item, cells: Cells, told: Written, cleared: frozenset[str]
    ) -> Outcome:
        origin = self._origin(where.tenant_id)
        if any(
            (said.item_id, said.day, said.about) == (item.id, told.answered_on, told.day) and said.cells.like(cells)
            for said in here.elsewhere
        ):
            return "unchanged"  # an export said it of another list; stored here as well it would count twice
        if here.sheet is None:
            if here.with_chef:
                raise Refusal(fault(Code.LISTS_SENT))
            row, begun = lists.begin_one(
                *(self.session, origin, here.case, here.checklist, where.role, where.child, here.occasion),
                file_part=where.file_part,
            )
            here.sheet = self._sheet(here.case, here.checklist, row)
            self._note(where, begun)
        old = here.sheet.rows.get(item.id)
        if old is not None and item.id in here.before:  # stored before this file; its own rows stand for themselves
            stored = answers.for_export(self.session, here.sheet.filled, old)
            told = kept(told, replace(stored, answered_on=old.answered_on, day=old.day), cleared)
        is_same_day = (old is not None and told.day == old.day) or (told.day is None and "on" not in cleared)
        if old is not None and is_same_day and self._is_said_already(here, here.sheet, item, old, cells, told):
            return "unchanged"
        if here.with_chef and where.role == WRITER and here.case.closed_on is not None:
            raise Refusal(fault(Code.CASE_CLOSED))  # it would void a signature, and nobody could read it again
        self._note(where, give(self.session, origin, here.sheet, item.id, told))
        here.before.pop(item.id, None)
        return "changed" if old is not None else "added"

    def _origin(self, tenant_id: int) -> Origin:
        if tenant_id not in self.origins:
            self.origins[tenant_id] = of_file(tenant_id, self.at)
        return self.origins[tenant_id]

    def _note(self, where: _Where, changes: Changes) -> None:
        self.changes[where.tenant_id] = self.changes.get(where.tenant_id, ()) + changes

    def _is_said_already(
        self, here: _List, sheet: Sheet, item: Item, old: AnswerRow, cells: Cells, new: Written
    ) -> bool:
        """Return whether the row says what is stored, or what an export of it said: then it makes no new revision.

        new: what its cells say, with what they leave as it was.
        """
        if new.answered_on is not None and new.answered_on != answers.day_of(old):
            return False
        told = answers.for_export(self.session, sheet.filled, old)
        if set(new.option.split(",")) == set(told.option.split(",")):
            new = replace(new, option=told.option)  # the same options in another order are the same answer
        same = write_cells(item, new, new.choice).like(write_cells(item, told, told.choice))
        return same or (item.id in here.before and here.before[item.id].like(cells))

    def date_lists(self) -> None:
        """Date the beginning of each list to the earliest day of its answers, where all came from imports."""
        for here in self.lists.values():
            if here.sheet is None:
                continue
            days = [row.answered_on for row in here.sheet.rows.values() if row.answered_on]
            if days and not answers.a_person_wrote(self.session, here.sheet.filled.id):
                lists.backdate(self.session, here.sheet, min(days))

    def tell(self) -> None:
        """Notify others of the changes they must hear about at once."""
        for tenant_id, changes in self.changes.items():
            follow(self.session, self._origin(tenant_id), changes)


def _has_words(told: Written) -> bool:
    """Return whether an answer holds free text; the place in the case file is none."""
    return bool(told.choice == FREE or told.method or told.motivation or told.note)


def _taker(session: Session, order: Order) -> Take:
    """Return what stores answers as revisions by the actor `import`; answers that are not in the rows stay as they are.

    Of two rows that answer the same question, the later is the newer revision. flagged: the lines whose answer is
    outside the scale and was kept as `fritext`. waiting: those whose answer depends on a fact of the case that is not
    known: it counts, but nobody can tell whether the question applied. protected: those that hold free text about
    people with protected identity; it is kept, for nothing of a file is dropped. unsaid: those whose motivation says
    nothing, and is therefore none.
    """

    def take(rows: Rows) -> Imported:
        coming = _Import(session, order)
        done = take_all(rows, coming.take)
        coming.date_lists()
        coming.tell()
        return replace(
            done,
            flagged=tuple(coming.outside),
            waiting=tuple(coming.waiting),
            protected=tuple(coming.protected),
            unsaid=tuple(coming.unsaid),
        )

    return take


def _read_rows(raw: bytes, at: datetime) -> CsvFile:
    return read_rows(raw, (*COLUMNS, *DETAILS), NEEDED, LetThrough(day_of(at)), EXPORTED)


def _announce(session: Session, rows: Rows, order: Order) -> None:
    """Record who ran the import, in the trail of each tenant it is about."""
    for entra_id in dict.fromkeys(row.cells["tenant_id"] for row in rows):
        origin = Origin(tenants.known(session, entra_id).id, order.actor, order.at)
        record(session, origin, Change("import", detail="answers"))


def _together(_session: Session, rows: Rows) -> list[list[CsvRow]]:
    return by_subject(rows, "tenant_id", "case_ref")


ANSWERS = Kind("answers", _read_rows, _together, _taker, _announce)
