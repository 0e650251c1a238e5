"""Cases from a file, as the case system knows them: all rows or none. A cell that is not empty overwrites, as an event.

Which dates may stand together, and when a closed case opens again for a new investigation, is for
checklists/case_dates to say. A date that is `-` is emptied.
"""

from dataclasses import dataclass
from datetime import date, datetime

from checklists.case_dates import read_day, settle
from checklists.csv_in import CsvRow, read_csv
from checklists.errors import DateInFuture, DateOutOfRange, DatesOutOfOrder, UserError
from checklists.files import all_facts
from checklists.references import normal_ref
from dialogs import changes
from dialogs.cause import from_file
from dialogs.imports import Imported, Outcome, check_cells, take_all
from dialogs.open_case import MOST_CHILDREN
from storage import audit, cases, filled, people, tenants
from storage.cases import CaseRow, FactRow, case_id
from storage.desk import Session
from storage.times import swedish_day

DATES = ("received_on", "assigned_on", "opened_on", "planned_decision_on", "decided_on", "started_on", "closed_on")
FACTS = ("violence", "child_placed", "child_communicated", "intervention_decided")
_WHO = ("tenant_id", "case_ref", "unit", "case_type", "lead_email", "co_email")
COLUMNS = (*_WHO, *DATES, *FACTS, "children", "protected_identity")
CLEARED = "-"
NEEDED = ("tenant_id", "case_ref")
_ACTS = {"closed_on": "reopened", "earlier_closed_on": "reopened"}
"""The events of the dates that are not called after their column."""
_CASE_TYPES = ("barn", "vuxen")
_PER_CHILD_LIST = "decision_basis"


def import_cases(session: Session, raw: bytes, allowed: frozenset[str], at: datetime, actor: str) -> Imported:
    """Bring the cases in line with a file's rows; cases not in it stay.

    allowed: the tenants that may be named; empty = any. Raises: BadCsv: with every bad row; nothing is stored then.
    """
    rows = read_csv(raw, COLUMNS, NEEDED)
    return take_all(rows, lambda row: _Row(session, row, allowed, at, actor).take())


@dataclass
class _Row:
    """One row being taken in."""

    session: Session
    row: CsvRow
    allowed: frozenset[str]
    at: datetime
    actor: str
    tenant_id: int = 0
    changed: bool = False

    @property
    def cells(self) -> dict[str, str]:
        """Return the row's cells by column."""
        return self.row.cells

    def take(self) -> Outcome:
        """Store the row. Raises: ValueError: what is wrong with it."""
        check_cells(self.cells, self.allowed)
        dates, count = self._dates(), self._count()
        yes_no = {name: self._yes_no(name) for name in (*FACTS, "protected_identity")}
        if self.cells["case_type"] not in ("", *_CASE_TYPES):
            raise ValueError("case_type is neither barn nor vuxen")
        tenant = tenants.ensure(self.session, self.cells["tenant_id"])
        self.tenant_id = tenants.key(tenant)
        ref = self._ref(tenants.setting(tenant, "case_ref_pattern"))
        lead, co = self._person("lead_email"), self._person("co_email")
        case = cases.find(self.session, self.tenant_id, ref)
        is_new = case is None
        if case is None:
            case = self._opened(ref)
        self._check(case, lead, co, count)
        unit = people.unit(self.session, self.tenant_id, self.cells["unit"]).id if self.cells["unit"] else None
        self._set(case, "unit_id", unit, "unit_set")
        self._set(case, "case_type", self.cells["case_type"] or None, "case_type_set")
        self._set(case, "lead_id", lead, "lead_set")
        self._set(case, "co_id", co, "co_worker_set")
        children = case.children
        self._set(case, "children", count, "children_set")
        protected = yes_no["protected_identity"]
        self._set(case, "protected_identity", protected == "ja" if protected else None, "protected_identity_set")
        self._set_dates(case, dates)
        facts_changed = self._set_facts(case, yes_no)
        self.session.flush()
        if facts_changed or (count is not None and count != children):
            changes.case_changed(from_file(self.session, self.tenant_id, self.at, self.actor), case)
        return "added" if is_new else "changed" if self.changed else "unchanged"

    # --- reading the cells ----------------------------------------------------------------------------------

    def _ref(self, pattern: str) -> str:
        try:
            return normal_ref(self.cells["case_ref"], pattern)
        except UserError:
            raise ValueError("case_ref is empty or has not the shape this tenant uses") from None

    def _dates(self) -> dict[str, date | None]:
        found: dict[str, date | None] = {}
        for name in DATES:
            text = self.cells[name]
            if text == CLEARED:
                found[name] = None
            elif text:
                try:
                    found[name] = read_day(text, swedish_day(self.at))
                except UserError as error:
                    raise ValueError(_fault(name, error)) from None
        return found

    def _count(self) -> int | None:
        text = self.cells["children"]
        if not text:
            return None
        count = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
        if not 1 <= count <= MOST_CHILDREN:
            raise ValueError(f"children is not a whole number from 1 to {MOST_CHILDREN}")
        return count

    def _yes_no(self, name: str) -> str:
        text = self.cells[name].casefold()
        if text not in ("", "ja", "nej"):
            raise ValueError(f"{name} is neither ja, nej nor empty")
        return text

    def _person(self, column: str) -> int | None:
        if not self.cells[column]:
            return None
        person = people.by_email(self.session, self.tenant_id, self.cells[column])
        if person is None:
            raise ValueError(f"{column} is not in the people register; import people first")
        return people.person_id(person)

    # --- storing --------------------------------------------------------------------------------------------

    def _opened(self, ref: str) -> CaseRow:
        if not self.cells["unit"]:
            raise ValueError("unit is empty; a new case needs one")
        unit = people.unit(self.session, self.tenant_id, self.cells["unit"]).id
        assert unit is not None
        case = cases.add(self.session, CaseRow(tenant_id=self.tenant_id, ref=ref, unit_id=unit))
        self._record(case, "case_opened")
        return case

    def _check(self, case: CaseRow, lead: int | None, co: int | None, count: int | None) -> None:
        """Refuse what each cell allows and the case does not. Raises: ValueError."""
        lead, co = lead or case.lead_id, co or case.co_id
        if lead is not None and lead == co:
            raise ValueError("lead_email and co_email name the same person")
        begun = filled.of_case(self.session, case_id(case), _PER_CHILD_LIST, "case_worker")
        if count is not None and any(row.child > count for row in begun):
            raise ValueError("children is lower than the number of lists already begun")

    def _set(self, case: CaseRow, name: str, value: int | str | bool | date | None, act: str) -> None:
        """Overwrite one column, if there is something new to write; with its event."""
        if value is None or getattr(case, name) == value:
            return
        setattr(case, name, value)
        detail = ("ja" if value else "nej") if isinstance(value, bool) else str(value)
        self._record(case, act, detail=detail)

    def _set_dates(self, case: CaseRow, given: dict[str, date | None]) -> None:
        """Store the dates, each with its event. Raises: ValueError: they cannot stand, with the fields' names."""
        settled = settle(cases.dates_of(case), given, swedish_day(self.at))
        if settled.faults:
            faults = (_fault(name, error) for name, error in settled.faults.items())
            raise ValueError("; ".join(dict.fromkeys(faults)))
        changed = [name for name in cases.KEPT_DATES if getattr(case, name) != getattr(settled.dates, name)]
        for name in changed:
            day = getattr(settled.dates, name)
            setattr(case, name, day)
            if settled.reopened and name == "closed_on" and day is None:
                continue  # the reopening, told with the day of the earlier closing
            act = "closed" if name == "closed_on" and day else _ACTS.get(name, name + "_set")
            self._record(case, act, detail=day.isoformat() if day else "")

    def _set_facts(self, case: CaseRow, values: dict[str, str]) -> bool:
        """Store what the row says of the facts; return whether it says something new."""
        new = False
        known = cases.facts(self.session, case_id(case))
        for name in FACTS:
            whole = all_facts()[name].per == "case"
            for child in (cases.WHOLE_CASE,) if whole else range(1, case.children + 1):
                old = known.get((child, name))
                if values[name] and (old is None or old.value != values[name]):
                    self._set_fact(case, child, name, values[name], old.revision + 1 if old else 1)
                    new = True
        return new

    def _set_fact(self, case: CaseRow, child: int, name: str, value: str, revision: int) -> None:
        row = FactRow(
            tenant_id=self.tenant_id,
            case_id=case_id(case),
            child=child,
            name=name,
            revision=revision,
            value=value,
            at=self.at,
        )
        cases.set_fact(self.session, case, row)
        self._record(case, "fact_set", item_id=name, revision=revision, detail=f"child {child}" if child else "")

    def _record(
        self, case: CaseRow, act: str, *, item_id: str = "", revision: int | None = None, detail: str = ""
    ) -> None:
        self.changed = True
        audit.record(
            self.session,
            self.tenant_id,
            self.at,
            self.actor,
            act,
            case_id=case_id(case),
            item_id=item_id,
            revision=revision,
            detail=detail,
        )


def _fault(name: str, error: UserError) -> str:
    """Say what is wrong with a date, by the names of its columns."""
    args = error.args_for_text
    match error:
        case DatesOutOfOrder():
            return f"{args['later']} lies before {args['earlier']}"
        case DateInFuture():
            return f"{name} lies after today"
        case DateOutOfRange():
            return f"{name} does not lie between {args['first']} and {args['last']}"
        case _:
            return f"{name} is written as 2026-12-05"
