"""What is known to have changed about the workers' decision basis, to be marked in charts over time.

A new version of the checklist, from the month it was first begun in; a measure or routine, from the day it was done.
Nothing is claimed anywhere about what a change led to.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from checklists.swedish_time import day_of
from reports.figures import BASIS, WORKER, item_of, versions_of
from storage import aggregates, measures
from storage.desk import Session


@dataclass(frozen=True, slots=True)
class KnownChange:
    """A change. month: its first day. version: of the checklist, 0 for a measure.

    items: the questions it is about, all if empty.

    Of a measure, neither its owner nor its content is kept: only that one was done.
    """

    month: date
    kind: Literal["version", "measure"]
    version: int = 0
    items: frozenset[str] = frozenset()

    def touches(self, item: str) -> bool:
        """Return whether it is about a question, or the whole list (""), which every change is about."""
        return not item or not self.items or item in self.items


def known_changes(session: Session, tenant_id: int, unit_ids: Iterable[int]) -> tuple[KnownChange, ...]:
    """Return the changes of some units, or of all if none is given, oldest first, one of each kind a month."""
    units = frozenset(unit_ids)
    first_begun = aggregates.versions_begun(session, tenant_id, BASIS, WORKER, sorted(units))
    began = min((month for _, month in first_begun), default=date.max)
    found = [KnownChange(month, "version", version) for version, month in first_begun if month > began]
    for row in measures.every(session, tenant_id):
        if row.done_at is not None and (not units or row.unit_id in units) and row.checklist in (None, BASIS):
            month = day_of(row.done_at).replace(day=1)
            found.append(KnownChange(month, "measure", items=_items(row.item_id, row.code)))
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (one.month, one.kind, one.version, sorted(one.items))))


def _items(item: str, code: str) -> frozenset[str]:
    """Return the questions a measure is about: the one it came from, or those that answer a finding of the authority.

    If no question of the basis answers the finding, it is about none of them: only the whole list is then marked.
    """
    if item:
        return frozenset({item})
    if not code:
        return frozenset()
    named = {one.id for found in versions_of(BASIS) for one in found.items}
    return frozenset(one for one in named if code in item_of(BASIS, one).criticism) or frozenset({""})
