"""Where something comes from that has consequences for others: a person's turn, or a file that was read in."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol
from uuid import uuid4

from checklists.swedish_time import day_of
from dialogs.views.parts import Line
from storage import trail
from storage.cases import CaseRow
from storage.desk import Session


class Recorder(Protocol):
    """Puts an event in the trail, in the cause's transaction."""

    def __call__(
        self,
        act: str,
        *,
        case: CaseRow | None = None,
        filled_id: int | None = None,
        item_id: str = "",
        revision: int | None = None,
        detail: str = "",
    ) -> None:
        """Record an act."""


@dataclass(frozen=True)
class Cause:
    """act: names what it stores, so that it can be told apart. aftermath: what is to be told of its consequences."""

    session: Session
    tenant_id: int
    now: datetime
    record: Recorder
    act: str = field(default_factory=lambda: uuid4().hex)
    aftermath: list[Line] = field(default_factory=list)

    @property
    def today(self) -> date:
        """Return the Swedish calendar date."""
        return day_of(self.now)


def from_file(session: Session, tenant_id: int, now: datetime, actor: str) -> Cause:
    """Return the cause of what is read in from a file by `actor`."""

    def record(
        act: str,
        *,
        case: CaseRow | None = None,
        filled_id: int | None = None,
        item_id: str = "",
        revision: int | None = None,
        detail: str = "",
    ) -> None:
        row = case.id if case else None
        about = {"case_id": row, "filled_id": filled_id, "revision": revision}
        trail.record(session, tenant_id, now, actor, act, item_id=item_id, detail=detail, **about)

    return Cause(session, tenant_id, now, record)
