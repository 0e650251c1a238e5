"""PAGAR for a list that is one person's own, such as the auditor's: she is asked again about what was under way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from actions.basis import Sheet, read_own
from checklists import access
from checklists.reminder_rules import Asked, Due, ongoing_of_list
from checklists.swedish_time import day_of
from checklists.tenant_settings import TenantSettings
from storage import cases
from storage.cases import CaseRow
from storage.desk import Session
from storage.filled import FilledRow
from storage.people import RoleRow

MARK = "list:"


@dataclass(frozen=True, slots=True)
class Ongoing:
    """What a person answered `pagaende` in a list of her own, and the reminder of it."""

    case: CaseRow
    sheet: Sheet
    due: Due


def of_list(session: Session, tenant_id: int, filled_id: int, day: date, settings: TenantSettings) -> Ongoing | None:
    """Return the reminder of one list; None if nothing in it is under way, or it is not due.

    A case with protected identity does not exist for those who review from outside, so nothing is said of it.
    """
    row = session.get(FilledRow, filled_id)
    case = cases.get(session, tenant_id, row.case_id) if row is not None else None
    if row is None or case is None or case.withdrawn or case.protected_identity:
        return None
    at = (case, cases.facts(session, case.id), row.checklist, row.role, row.person_id)
    sheet = next((one for one in read_own(session, *at, row.round_id).sheets if one.filled.id == filled_id), None)
    if sheet is None:
        return None
    under_way = [item_id for item_id in sheet.rows if sheet.applied.state(item_id) == "pagaende"]
    since = max([day_of(sheet.rows[item_id].at) for item_id in under_way], default=None)
    if since is None:
        return None
    asked = tuple(Asked(0, "item", item.id) for item in sheet.checklist.items if item.id in under_way)
    since = max(since, case.decided_on or since)
    due = ongoing_of_list(f"{MARK}{filled_id}:{since}", since, asked, day, settings, settings.workdays)
    return Ongoing(case, sheet, due) if due is not None else None


def is_hers(one: Ongoing, roles: Iterable[RoleRow]) -> bool:
    """Return whether a person with these roles still answers the list."""
    return access.seat(one.sheet.checklist, roles, one.case) == one.sheet.filled.role
