"""Disposal as a command: list, have it confirmed in words, print for the case files, delete, scrub the database."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from actions import leavers
from actions.origin import Origin
from checklists.faults import Code, Refusal, fault, word
from checklists.identity import entra_id
from checklists.retention import Retention, changed
from imports.steps import REST_SECONDS
from reports.printed import pages_of
from storage import disposal, naming, short_lived, tenants, tombstones, trail
from storage import leavers as kept_leavers
from storage.desk import Desk, Session
from storage.disposal import DueCase
from storage.naming import Naming
from storage.scrub import scrub
from storage.tenants import TenantRow

_BATCH = 10
"""Cases per transaction, which the bot has to wait for; then it has the database for as long as that took."""


class CannotDispose(Refusal):
    """Nothing more was disposed of."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for. tenant: empty means all. today: the Swedish calendar day. print_to: an empty folder."""

    tenant: str
    now: datetime
    today: date
    actor: str
    print_to: Path | None
    tombstones: Path


@dataclass(frozen=True, slots=True)
class Due:
    """What is due in one municipality."""

    tenant: str
    periods: Retention
    cases: Sequence[DueCase]
    counts: dict[str, int]


def change_periods(desk: Desk, order: Order, assignments: list[str]) -> list[str]:
    """Set periods, as an event; return them. Raises: BadPeriod, CannotDispose."""

    def work(session: Session) -> list[str]:
        lines = []
        for tenant in _chosen(session, order):
            tenants.set_setting(tenant, "retention", changed(tenants.stored(tenant, "retention") or {}, assignments))
            for assignment in assignments:
                trail.record(session, tenant.id, order.now, order.actor, "retention_set", detail=assignment)
            lines += _periods(tenant.entra_id, disposal.retention(tenant))
        return lines

    return desk.run_now(work)


def list_due(desk: Desk, order: Order) -> list[str]:
    """Return what would be disposed of, and the words that confirm it. The listing is an event."""

    def work(session: Session) -> list[Due]:
        for tenant in _chosen(session, order):
            trail.record(session, tenant.id, order.now, order.actor, "disposal_listed")
        return _due(session, order)

    lines = []
    found = desk.run_now(work)
    for due in found:
        lines += _periods(due.tenant, due.periods)
        lines += [
            f"  {case.ref}: closed {case.closed_on}, due {case.due_on}, checklists: {case.lists}" for case in due.cases
        ]
        lines.append("  " + ", ".join(f"{kind}: {count}" for kind, count in due.counts.items()))
    folder = " --print-to DIR" if _must_print(found) else ""
    return [*lines, f'nothing was changed; to do it: dispose{folder} --confirm "{_words(found, order)}"']


def carry_out(desk: Desk, order: Order, confirmed: str, url: str) -> list[str]:
    """Dispose of what is due. Raises: CannotDispose: not confirmed, or not printed. NotScrubbed, BadTombstones."""
    tombstones.write_file(order.tombstones, desk.run_now(tombstones.known))
    found = desk.run_now(lambda session: _due(session, order))
    if confirmed != _words(found, order):
        raise CannotDispose(fault(Code.NOT_CONFIRMED, words=_words(found, order)))
    _check_folder(order, _must_print(found))
    lines = []
    for due in found:
        gone = printed = 0
        ids = [case.id for case in due.cases]
        looked = desk.read_now(partial(_look, due=due))
        for first in range(0, len(ids), _BATCH):
            batch = partial(_take_away, order=order, due=due, ids=ids[first : first + _BATCH], looked=looked)
            began = time.monotonic()
            cases, pages = desk.run_now(batch)
            tombstones.write_file(order.tombstones, desk.run_now(tombstones.known))
            gone, printed = gone + cases, printed + pages
            time.sleep(max(REST_SECONDS, time.monotonic() - began))
        counts = desk.run_now(partial(_purge, order=order, entra_id=due.tenant))
        parts = [f"cases: {gone}", f"printed: {printed}", *(f"{kind}: {count}" for kind, count in counts.items())]
        lines.append(f"{due.tenant}: {', '.join(parts)}")
    scrub(url)
    return lines


def _chosen(session: Session, order: Order) -> list[TenantRow]:
    wanted = entra_id(order.tenant)
    found = [tenant for tenant in tenants.everyone(session) if wanted in ("", entra_id(tenant.entra_id))]
    if order.tenant and not found:
        raise CannotDispose(fault(Code.NO_SUCH_TENANT, tenant=word(order.tenant)))
    return found


def _due(session: Session, order: Order) -> list[Due]:
    found = []
    for tenant in _chosen(session, order):
        periods = disposal.retention(tenant)
        counts = short_lived.count(session, tenant.id, periods, order.now, order.today)
        counts["people"] = len(kept_leavers.due(session, tenant.id, periods, order.today))
        found.append(Due(tenant.entra_id, periods, disposal.due_cases(session, tenant, order.today), counts))
    return found


def _words(found: Sequence[Due], order: Order) -> str:
    count = sum(len(due.cases) for due in found)
    return f"gallra {count} {'ärende' if count == 1 else 'ärenden'} {order.today}"


def _must_print(found: Sequence[Due]) -> bool:
    return any(case.lists and not due.periods.printed_elsewhere for due in found for case in due.cases)


def _check_folder(order: Order, must_print: bool) -> None:
    folder = order.print_to
    if folder is None:
        if must_print:
            raise CannotDispose(fault(Code.NOT_PRINTED))
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_empty = not any(folder.iterdir())
    except OSError as error:
        raise CannotDispose(fault(Code.PRINT_FOLDER_REFUSED, folder=folder, why=error.strerror)) from None
    if not is_empty:
        raise CannotDispose(fault(Code.PRINT_FOLDER_USED, folder=folder))


def _look(session: Session, due: Due) -> Naming:
    """Search what is stored for whatever names the cases: this takes long, and the bot goes on answering meanwhile."""
    return naming.look(session, tenants.known(session, due.tenant).id, [case.known_as for case in due.cases])


def _take_away(session: Session, order: Order, due: Due, ids: Sequence[int], looked: Naming) -> tuple[int, int]:
    """Print and dispose of some cases, in one transaction; return how many cases and pages."""
    tenant = tenants.known(session, due.tenant)
    gone = disposal.still_due(session, tenant, ids, order.today)
    pages = 0
    if order.print_to is not None:
        for case in gone:
            for name, html in pages_of(session, case, order.today):
                _write(order.print_to / name, html)
                pages += 1
    disposal.dispose_of(session, tenant, gone, order.now, order.actor, looked=looked)
    return len(gone), pages


def _write(path: Path, html: str) -> None:
    """Write a page, on disk when this returns and before anything is deleted. Raises: CannotDispose."""
    try:
        with path.open("w", encoding="utf-8") as file:
            file.write(html)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise CannotDispose(fault(Code.PAGE_REFUSED, folder=path.parent, why=error.strerror)) from None


def _purge(session: Session, order: Order, entra_id: str) -> dict[str, int]:
    tenant = tenants.known(session, entra_id)
    tenant_id = tenant.id
    periods = disposal.retention(tenant)
    counts = short_lived.purge(session, tenant_id, periods, order.now, order.today)
    counts["people"] = len(leavers.dispose(session, Origin(tenant_id, order.actor, order.now), periods))
    detail = " ".join(f"{kind}:{count}" for kind, count in counts.items())
    trail.record(session, tenant_id, order.now, order.actor, "purged", detail=detail)
    return counts


def _months(period: int | None) -> str:
    return "for ever (no period is set)" if period is None else f"{period} months"


def _periods(entra_id: str, periods: Retention) -> list[str]:
    kept = _months(periods.case_months)
    return [
        f"{entra_id}:",
        f"  closed cases are kept {kept}; replies {periods.reply_days} days, messages {periods.message_days} days, "
        f"chats {periods.chat_days} days, drafts {periods.draft_days} days after closing; people who left: "
        f"{_months(periods.leaver_months)}; "
        f"printed elsewhere: {'ja' if periods.printed_elsewhere else 'nej'}",
    ]
