"""The filled-in lists an export selects, read a page at a time, each page in its own transaction.

So a long export neither fills the memory nor blocks the one writer of SQLite for those who answer.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Protocol, TypeVar

from checklists.model import AnyRole
from checklists.swedish_time import midnight
from storage import exported, tenants
from storage.desk import Session
from storage.exported import Exported, Wanted
from storage.tenants import TenantRow

T = TypeVar("T")


class Run(Protocol):
    """How a piece of work gets its transaction: `Desk.read_now`, or `Desk.run_now` for what also writes."""

    def __call__(self, work: Callable[[Session], T]) -> T:
        """Run the work and return its result."""
        ...


@dataclass(frozen=True, slots=True)
class Selection:
    """Which filled-in lists: empty, 0 or None means every one. Days are the day a list was begun, inclusive.

    tenant_id: the command line exports all tenants, a person only her own municipality.
    """

    checklist: str = ""
    unit: str = ""
    role: AnyRole = ""
    first: date | None = None
    last: date | None = None
    tenant_id: int = 0

    def wanted(self) -> Wanted:
        """Return the selection with its days as moments: from midnight in Sweden to midnight."""
        first = midnight(self.first) if self.first else None
        before = midnight(self.last + timedelta(days=1)) if self.last and self.last < date.max else None
        return Wanted(self.checklist, self.unit, self.role, first, before)


def tenant_ids(session: Session, selection: Selection) -> list[int]:
    """Return the row ids of the tenants selected."""
    return [selection.tenant_id] if selection.tenant_id else [row.id for row in tenants.everyone(session)]


def each(
    run: Run, selection: Selection, tell: Callable[[Session, str, Exported], T], size: int = exported.PAGE
) -> Iterator[T]:
    """Yield `tell(session, tenant, list)` for every list of the selection, oldest first within each tenant.

    Raises: SealBroken, KeyGone, from what `tell` opens.
    """
    wanted = selection.wanted()
    for tenant in run(tenants.everyone):
        if selection.tenant_id not in (0, tenant.id):
            continue
        after = 0
        while True:
            after, told = run(partial(_page, tenant=tenant, wanted=wanted, after=after, size=size, tell=tell))
            yield from told
            if not after:
                break


def _page(
    session: Session,
    tenant: TenantRow,
    wanted: Wanted,
    after: int,
    size: int,
    tell: Callable[[Session, str, Exported], T],
) -> tuple[int, list[T]]:
    """Return one page, and the row id to continue after; 0 when it was the last."""
    found = exported.page(session, tenant.id, wanted, after, size)
    told = [tell(session, tenant.entra_id, one) for one in found]
    return (found[-1].filled.id if len(found) == size else 0), told
