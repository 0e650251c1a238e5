"""Cases from a file exported by the case system: all rows or none. A cell that is not empty overwrites, with an event.

Which dates are valid together, and when a closed case opens again for a new investigation, is decided in
checklists/case_dates. `-` clears a date, makes a fact unknown and takes a worker off the case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, cached_property, partial
from typing import get_args

from actions import cases as acts
from actions import lists
from actions.basis import written
from actions.changes import NONE, Changes
from actions.facts import set_fact
from actions.origin import Origin
from actions.people import Outcome
from checklists.case_dates import read_day
from checklists.csv_in import CsvFile, CsvRow, read_rows
from checklists.errors import BadChildren, BadPeople, ChildHasAnswers, UserError
from checklists.faults import Code, Fault, Refusal, fault, of_rule
from checklists.loader import all_facts
from checklists.model import MOST_CHILDREN, CaseType
from checklists.privacy import LetThrough
from checklists.references import normal_ref
from checklists.swedish_time import day_of
from dialogs.messages.consequences import follow
from imports.common import (
    CLEARED,
    Imported,
    Kind,
    Order,
    Rows,
    Take,
    by_subject,
    cells_of,
    check_cells,
    code_in,
    take_all,
    with_every_fault,
)
from imports.units import Units
from storage import cases, people, tenants, tombstones
from storage.cases import CaseRow
from storage.desk import Session
from storage.tenants import TenantRow

DATES = ("received_on", "assigned_on", "opened_on", "planned_decision_on", "decided_on", "started_on", "closed_on")
FACTS = ("violence", "child_placed", "child_communicated", "intervention_decided")
_WHO = ("tenant_id", "case_ref", "unit", "case_type", "lead_email", "co_email")
COLUMNS = (*_WHO, *DATES, *FACTS, "children", "protected_identity")
_YES_NO = ("ja", "nej")
_YES_NO_COLUMNS = (*FACTS, "protected_identity")
_TYPES: tuple[CaseType, ...] = get_args(CaseType)
NEEDED = ("tenant_id", "case_ref")
_CLEARABLE = (*DATES, *FACTS, "lead_email", "co_email")
_NOBODY = 0


def _read(raw: bytes, at: datetime) -> CsvFile:
    return read_rows(raw, COLUMNS, NEEDED, LetThrough(day_of(at)))


def _taker(session: Session, order: Order) -> Take:
    """Return what updates cases to match rows."""
    known = _Known(session, order)

    def take(rows: Rows) -> Imported:
        known.units.new, known.ended, known.elsewhere, known.disposed = [], [], [], []
        done = take_all(rows, lambda row: _Row(session, row, known, order).take())
        ended, elsewhere = (tuple(dict.fromkeys(lines)) for lines in (known.ended, known.elsewhere))
        new_units, disposed = tuple(known.units.new), tuple(known.disposed)
        return replace(done, new_units=new_units, ended=ended, elsewhere=elsewhere, disposed=disposed)

    return take


CASES = Kind("cases", _read, lambda _session, rows: by_subject(rows, "tenant_id", "case_ref"), _taker)


class _Known:
    """Look-ups shared by the rows imported in one transaction: each is made once."""

    def __init__(self, session: Session, order: Order) -> None:
        today = day_of(order.at)
        self.units = Units(session, order)
        self.tenant = cache(lambda entra_id: tenants.ensure(session, entra_id))
        self.settings = cache(lambda entra_id: tenants.settings(self.tenant(entra_id)))
        self.ended: list[int] = []
        """Lines that give a case to somebody who holds no role today."""
        self.elsewhere: list[int] = []
        """Lines that give a case to somebody who works, but not with the cases of its unit."""
        self.disposed: list[int] = []
        """Lines about a case that was disposed of: the case system may keep it longer, and a file brings it back to
        nobody's decision."""
        self.masters = cache(lambda tenant_id: tombstones.masters(session, tenant_id))
        self.roles = cache(lambda person_id: people.roles_on(session, person_id, today))
        self.person = cache(lambda tenant_id, email: people.by_email(session, tenant_id, email))


@dataclass
class _Row:
    """One row being imported."""

    session: Session
    row: CsvRow
    known: _Known
    order: Order

    @cached_property
    def cells(self) -> dict[str, str]:
        """Return the row's cells by column."""
        return cells_of(self.row)

    def take(self) -> Outcome:
        """Store the row. Raises: Refusal: it is wrong."""
        check_cells(self.cells, self.order.allowed, _CLEARABLE)
        try:
            dates, count, case_type = self._dates(), self._count(), self._case_type()
            yes_no = {name: self._yes_no(name) for name in _YES_NO_COLUMNS}
        except Refusal as refused:
            each = (partial(self._yes_no, name) for name in _YES_NO_COLUMNS)
            raise with_every_fault(refused, self._dates, self._count, self._case_type, *each) from None
        tenant = self.known.tenant(self.cells["tenant_id"])
        origin = Origin(tenant.id, self.order.actor, self.order.at)
        ref = self._ref(self.known.settings(self.cells["tenant_id"]).case_ref_pattern)
        case, is_new = cases.find(self.session, tenant.id, ref), False
        if case is None and self._is_disposed(tenant, ref, dates):
            self.known.disposed.append(self.row.line)
            return "unchanged"
        lead_id, co_id = (self._person(tenant.id, column) for column in ("lead_email", "co_email"))
        changes = NONE
        if case is None:
            case, changes = self._opened(origin, tenant, ref)
            is_new = True
        at = (self.session, origin, case)
        if self.cells["unit"]:
            changes += acts.set_unit(*at, self.known.units.id_of(tenant, self.cells["unit"]))
        if case_type:
            changes += acts.set_type(*at, case_type)
        try:
            changes += acts.set_workers(*at, lead_id=lead_id, co_id=co_id, tells=not is_new)
            if is_new and case.case_type != cases.CHILD_CASE and count is None:
                count = 0
            resized = acts.set_children(*at, count) if count is not None else NONE
        except BadPeople as error:
            raise Refusal(of_rule(error, "co_email")) from None
        except (BadChildren, ChildHasAnswers) as error:
            raise Refusal(of_rule(error, "children")) from None
        changes += resized
        self._note_elsewhere(case, lead_id, co_id)
        if yes_no["protected_identity"]:
            changes += acts.set_protected(*at, protected=yes_no["protected_identity"] == "ja")
        changes += self._set_dates(origin, case, dates)
        changes += self._set_facts(origin, case, yes_no)
        if resized and not is_new and case.closed_on is None:
            changes += lists.begin_added(self.session, origin, written(self.session, case))
        follow(self.session, origin, changes)
        return "added" if is_new else "changed" if changes else "unchanged"

    def _is_disposed(self, tenant: TenantRow, ref: str, dates: Mapping[str, date | None]) -> bool:
        """Return whether it is a case that was disposed of, and nothing new has come in or been opened since."""
        gone = tombstones.disposed_on(self.session, tenant, ref, self.known.masters(tenant.id))
        begun = [day for name in ("received_on", "opened_on") if (day := dates.get(name)) is not None]
        return gone is not None and all(day <= gone for day in begun)

    # --- reading the cells ----------------------------------------------------------------------------------

    def _ref(self, pattern: str) -> str:
        try:
            return normal_ref(self.cells["case_ref"], pattern)
        except UserError as error:
            raise Refusal(of_rule(error, "case_ref")) from None

    def _dates(self) -> dict[str, date | None]:
        found: dict[str, date | None] = {}
        faults: list[Fault] = []
        for name in DATES:
            text = self.cells[name]
            if text == CLEARED:
                found[name] = None
            elif text:
                try:
                    found[name] = read_day(text, day_of(self.order.at))
                except UserError as error:
                    faults.append(of_rule(error, name))
        if faults:
            raise Refusal(*faults)
        return found

    def _count(self) -> int | None:
        text = self.cells["children"]
        if not text:
            return None
        count = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
        if not 0 <= count <= MOST_CHILDREN:  # the kind of case decides later whether 0 is allowed
            raise Refusal(of_rule(BadChildren(most=MOST_CHILDREN), "children"))
        return count

    def _yes_no(self, name: str) -> str:
        text = self.cells[name]
        return text if text in ("", CLEARED) else code_in(name, text, _YES_NO)

    def _person(self, tenant_id: int, column: str) -> int | None:
        if not self.cells[column]:
            return None
        if self.cells[column] == CLEARED:
            return _NOBODY
        person = self.known.person(tenant_id, self.cells[column])
        if person is None:
            wrong = Code.NOT_REGISTERED if "@" in self.cells[column] else Code.CELL_NO_ADDRESS
            raise Refusal(fault(wrong, column=column))
        if not self.known.roles(person.id):
            self.known.ended.append(self.row.line)
        return person.id

    def _case_type(self) -> CaseType | None:
        text = self.cells["case_type"]
        return code_in("case_type", text, _TYPES) if text else None

    # --- storing -----------------------------------------------------------------------------------------------------

    def _opened(self, origin: Origin, tenant: TenantRow, ref: str) -> tuple[CaseRow, Changes]:
        if not self.cells["unit"]:
            raise Refusal(fault(Code.NEW_CASE_NEEDS_UNIT))
        unit_id = self.known.units.id_of(tenant, self.cells["unit"])
        return acts.open_case(self.session, origin, ref, unit_id)

    def _note_elsewhere(self, case: CaseRow, *workers: int | None) -> None:
        """Note a worker the row names who is no case worker of the case's unit.

        It is taken all the same: the case system knows who has the case, and whoever has it may work on it.
        """
        for roles in (self.known.roles(person_id) for person_id in workers if person_id):
            here = any((one.role, one.unit_id) == ("case_worker", case.unit_id) for one in roles)
            if roles and not here:
                self.known.elsewhere.append(self.row.line)

    def _set_dates(self, origin: Origin, case: CaseRow, given: dict[str, date | None]) -> Changes:
        """Store the dates, each with its event. Raises: Refusal: some are not valid; it names them."""
        dated = acts.set_dates(self.session, origin, case, given)
        if dated.faults:
            faults = [of_rule(error, name) for name, error in dated.faults.items()]
            # Two dates in the wrong order are both refused, with the same fault: report it once.
            raise Refusal(*{str(one): one for one in faults}.values())
        return dated.changes

    def _set_facts(self, origin: Origin, case: CaseRow, values: dict[str, str]) -> Changes:
        """Store what the row says of the facts."""
        changes = NONE
        known = cases.facts(self.session, case.id)
        for name in FACTS:
            whole = all_facts()[name].per == "case"
            for child in (cases.WHOLE_CASE,) if whole else range(1, case.children + 1):
                if values[name] != CLEARED:
                    changes += set_fact(self.session, origin, case, known, child, name, values[name])
                elif (child, name) in known and known[child, name].value in cases.KNOWN:
                    changes += set_fact(self.session, origin, case, known, child, name, cases.UNKNOWN)
        return changes
