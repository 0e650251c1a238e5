"""PAGAR for a list that is one person's own, such as the auditor's: she is asked again about what was under way."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from actions.basis import Sheet, read_own
from checklists import access
from checklists.reminder_rules import FIRST, Asked, Due, UnderWay, ongoing_due
from checklists.swedish_time import day_of
from checklists.tenant_settings import TenantSettings
from storage import cases, trail
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
    """Return the reminder of one list; None if nothing in it is under way, or it is not due."""
    found = under_way(session, tenant_id, filled_id)
    due = ongoing_due(found[2], (), day, settings, settings.workdays) if found is not None else None
    return Ongoing(found[0], found[1], due) if found is not None and due is not None else None


def under_way(session: Session, tenant_id: int, filled_id: int) -> tuple[CaseRow, Sheet, UnderWay] | None:
    """Return the case, the list, and what in it is under way; None if nothing is.

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
    going = [item_id for item_id in sheet.rows if sheet.applied.state(item_id) == "pagaende"]
    since = max([day_of(sheet.rows[item_id].at) for item_id in going], default=None)
    if since is None:
        return None
    asked = tuple(Asked(0, "item", item.id) for item in sheet.checklist.items if item.id in going)
    since = max(since, case.decided_on or since)
    said = not_yet(session, case.id, filled_id, since)
    return case, sheet, UnderWay(f"{MARK}{filled_id}:{since}", since, asked, said)


def not_yet(session: Session, case_id: int, filled_id: int | None = None, since: date = date.min) -> dict[str, date]:
    """Return when `Inte än` was said, see `BasisState`: since a list's answers or, without a list, since the decision.

    A decision of another day is asked about from the start.
    """
    found: dict[str, date] = {}
    for row in trail.acts_on(session, case_id, "still_ongoing", "decided_on_set"):
        if row.act == "decided_on_set":
            found = found if filled_id else {}
        elif row.filled_id == filled_id and day_of(row.at) >= since and (found or row.detail == FIRST):
            found.setdefault(row.detail, day_of(row.at))
    return found


def is_hers(one: Ongoing, roles: Iterable[RoleRow]) -> bool:
    """Return whether a person with these roles still answers the list."""
    return access.seat(one.sheet.checklist, roles, one.case) == one.sheet.filled.role
