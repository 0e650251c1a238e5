"""The filled-in lists selected for an export, read page by page, each page in its own transaction.

That way a long export neither fills the memory nor blocks SQLite's only writer.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Protocol, TypeVar

from checklists.model import AnyRole
from checklists.swedish_time import midnight
from storage import exported, tenants
from storage.desk import Session
from storage.exported import Exported, Wanted
from storage.sealing import MasterGone, SealBroken
from storage.tenants import TenantRow
from storage.unfit import UNFIT, Skipped

T = TypeVar("T")


class Run(Protocol):
    """Runs work in a transaction: `Desk.read_now`, or `Desk.run_now` for work that also writes."""

    def __call__(self, work: Callable[[Session], T]) -> T:
        """Run `work` and return its result."""
        ...


@dataclass(frozen=True, slots=True)
class Selection:
    """A filter on filled-in lists; an empty, 0 or None field matches all.

    first, last: Swedish dates on which a list was begun, inclusive. tenant_id: 0 for all tenants, as on the command
    line; a person is given her own municipality only.
    left_out: collects the cases with a list that could not be written because of faulty data.
    """

    checklist: str = ""
    unit: str = ""
    role: AnyRole = ""
    first: date | None = None
    last: date | None = None
    tenant_id: int = 0
    left_out: list[Skipped] = field(default_factory=list, compare=False, repr=False)

    def wanted(self) -> Wanted:
        """Return the selection for storage, its dates as instants: from midnight to midnight, Swedish time."""
        first = midnight(self.first) if self.first else None
        before = midnight(self.last + timedelta(days=1)) if self.last and self.last < date.max else None
        return Wanted(self.checklist, self.unit, self.role, first, before)


def tenant_ids(session: Session, selection: Selection) -> list[int]:
    """Return the row ids of the selected tenants."""
    return [selection.tenant_id] if selection.tenant_id else [row.id for row in tenants.everyone(session)]


def each(
    run: Run, selection: Selection, tell: Callable[[Session, str, Exported], T], size: int = exported.PAGE
) -> Iterator[T]:
    """Yield `tell(session, tenant's Entra id, list)` for every selected list, oldest first within each tenant.

    size: lists per transaction. Raises: what `tell` raises.
    """
    page = partial(_page, wanted=selection.wanted(), size=size, tell=tell, left_out=selection.left_out)
    for tenant in run(tenants.everyone):
        if selection.tenant_id not in (0, tenant.id):
            continue
        after = 0
        while True:
            after, told = run(partial(page, tenant=tenant, after=after))
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
    left_out: list[Skipped],
) -> tuple[int, list[T]]:
    """Return (the row id to continue after, 0 on the last page; the results of the page)."""
    found = exported.page(session, tenant.id, wanted, after, size)
    told = []
    for one in found:
        try:
            one.check()
            told.append(tell(session, tenant.entra_id, one))
        except MasterGone:  # the texts are recoverable: a file without them must not pass as complete
            raise
        except (*UNFIT, SealBroken) as error:
            left_out.append(Skipped(one.filled.case_id, error))
    return (found[-1].filled.id if len(found) == size else 0), told
