"""The access log for the recurring check of access (logguppföljning): who read or did what, and when.

Source: lag (2001:454), which requires access to be documented and checked systematically.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from checklists.errors import UserError
from checklists.events import EventName
from checklists.faults import Code, Refusal, fault
from checklists.references import normal_ref
from checklists.swedish_time import local, midnight
from storage import access_log, cases, people, tenants, trail
from storage.access_log import Access
from storage.desk import Session
from storage.tenants import TenantRow
from texts import Language, say

COLUMNS = ("at", "actor", "name", "role", "act", "case_ref", "unit", "checklist", "item", "detail")


class NothingSuch(Refusal):
    """The requested case or unit does not exist."""

    def __init__(self) -> None:
        super().__init__(fault(Code.NO_CASE_OR_UNIT))


@dataclass(frozen=True, slots=True)
class Question:
    """A filter on the log: one case, one unit, Swedish dates (inclusive). An empty or None field matches everything."""

    case_ref: str = ""
    unit: str = ""
    first: date | None = None
    last: date | None = None


Found = tuple[TenantRow, int | None, int | None]
"""A municipality with the row ids of the case and the unit asked for there."""


def access_rows(session: Session, asked: Question, actor: str, now: datetime) -> Iterator[list[str]]:
    """Record in each municipality concerned that its log is being read, and return its events, one row each.

    actor: who reads it. The reference of a case with protected identity is shown only if that case was asked for.

    Raises: NothingSuch.
    """
    return rows_of(session, asked, record_reading(session, asked, actor, now))


def record_reading(session: Session, asked: Question, actor: str, now: datetime) -> list[Found]:
    """Record in each municipality concerned that its log is being read; return what `rows_of` reads.

    Apart from reading, so that it can be committed before anybody has seen a row. Raises: NothingSuch.
    """
    sought = [(tenant, *_ids(session, tenant, asked)) for tenant in tenants.everyone(session)]
    found = [
        (tenant, case_id, unit_id)
        for tenant, case_id, unit_id in sought
        if not (asked.case_ref and case_id is None) and not (asked.unit and unit_id is None)
    ]
    if not found and (asked.case_ref or asked.unit):
        raise NothingSuch
    for tenant, case_id, unit_id in found:
        detail = str(unit_id or "")
        trail.record(session, tenant.id, now, actor, "access_log", case_id=case_id, detail=detail)
    return found


def plain_lines(session: Session, asked: Question, actor: str, now: datetime, language: Language = "sv") -> list[str]:
    """Return one case's log in words: when, in which role, for what; never an employee's name. Raises: NothingSuch.

    Reading it is recorded, as in `access_rows`.
    """
    lines = [say("access.title", language, ref=asked.case_ref), say("access.secrecy", language)]
    for row in access_rows(session, asked, actor, now):
        at, by, role, act = row[0], row[1], row[3], row[4]
        titles = [say("roles." + one, language) for one in role.split(",") if one]
        kind = by.partition(":")[0]
        who = ", ".join(titles) or say("access.by_" + (kind if kind in _BY else "unknown"), language)
        words = say("access.act_" + act, language) if act in _SAID else say("access.other", language)
        lines.append(f"{at[:10]} {at[11:16]}  {who}: {words}")
    return lines


_BY = ("cli", "import", "system", "person")
_SAID: tuple[EventName, ...] = (
    *("case_opened", "unit_set", "case_type_set", "lead_set", "co_worker_set", "children_set", "fact_set"),
    *("protected_identity_set", "received_on_set", "assigned_on_set", "opened_on_set", "planned_decision_on_set"),
    *("decided_on_set", "started_on_set", "closed", "reopened", "extended", "ref_changed", "withdrawn"),
    *(
        "case_asked_for",
        "worker_asked",
        "list_begun",
        "list_withdrawn",
        "answered",
        "sent",
        "reading_begun",
        "differences_seen",
        "differences_shown",
    ),
    *("reading_reopened", "returned", "signed", "signed_with_shortfall", "void_confirmed", "voided", "followed_up"),
    *("signature_shown", "still_ongoing", "denied", "conflict", "import", "export", "access_log", "disposed"),
    *("deletion_asked", "deletion_withdrawn", "deletion_confirmed"),
)


def rows_of(session: Session, asked: Question, found: list[Found]) -> Iterator[list[str]]:
    """Yield the events, one row each, oldest first; their reading has been recorded."""
    for tenant, case_id, unit_id in found:
        tenant_id = tenant.id
        who = access_log.names_and_roles(session, tenant_id)
        units = people.unit_names(session, tenant_id)
        rows = access_log.events(
            session,
            tenant_id,
            case_id=case_id,
            unit_id=unit_id,
            since=_begins(asked.first),
            before=_begins(asked.last + timedelta(days=1)) if asked.last else None,
        )
        for row in rows:
            yield _row(row, who, units, hide=not asked.case_ref)


def _ids(session: Session, tenant: TenantRow, asked: Question) -> tuple[int | None, int | None]:
    """Return the row ids of the requested case and unit in one municipality; None for what is absent or not requested.

    Raises: NothingSuch: the case reference is malformed.
    """
    tenant_id = tenant.id
    case = None
    if asked.case_ref:
        try:
            ref = normal_ref(asked.case_ref, tenants.setting(tenant, "case_ref_pattern"))
        except UserError:
            raise NothingSuch from None
        case = cases.find(session, tenant_id, ref)
    unit = people.unit_called(session, tenant_id, asked.unit) if asked.unit else None
    return (case.id if case else None), (unit.id if unit else None)


def _begins(day: date | None) -> datetime | None:
    """Return the instant at which a Swedish day begins."""
    return midnight(day) if day else None


def _row(row: Access, who: dict[int, tuple[str, str]], units: dict[int, str], *, hide: bool) -> list[str]:
    event, case = row.event, row.case
    kind, _, number = event.actor.partition(":")
    name, role = who.get(int(number), ("", "")) if kind == "person" and number.isdigit() else ("", "")
    ref = "" if case is None or (hide and case.protected_identity) else case.ref
    return [
        local(event.at).isoformat(timespec="seconds"),
        event.actor,
        name,
        role,
        event.act,
        ref,
        units.get(case.unit_id, "") if case else "",
        row.filled.checklist if row.filled else "",
        event.item_id,
        event.detail,
    ]
