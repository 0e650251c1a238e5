"""The decision basis side by side: workers' answers beside chefs', and unit beside unit. They are never summed."""

from collections import defaultdict
from dataclasses import dataclass

from checklists.lifecycle import READER
from checklists.periods import Period
from checklists.rates import Share
from reports.figures import BASIS, WORKER, Line, lines, list_lines, places_of, titled, whole
from reports.selected import Selection
from storage.desk import Session
from texts import Language


@dataclass(frozen=True, slots=True)
class TwoRoles:
    """One question as answered by workers and by chefs: ja of applicable, each from their own lists."""

    title: str
    worker: Share
    reader: Share


@dataclass(frozen=True, slots=True)
class OneUnit:
    """One unit's workers: complete lists of those begun, and ja of applicable over all questions."""

    unit: str
    complete: Share
    fulfilled: Share


def two_roles(
    session: Session, tenant_id: int, period: Period, unit: str = "", language: Language = "sv"
) -> tuple[TwoRoles, ...]:
    """Return a row per question that both roles were asked, in checklist order; () if no chef has read any list."""
    by_role: dict[str, dict[str, Line]] = {}
    for role in (WORKER, READER):
        found = whole(session, tenant_id, period, Selection(BASIS, unit, role))
        by_role[role] = {line.item: line for line in found if line.applicable}
    both = sorted(by_role[WORKER].keys() & by_role[READER].keys(), key=places_of(BASIS).__getitem__)
    return tuple(
        TwoRoles(
            titled(by_role[WORKER][item], language), by_role[WORKER][item].fulfilled, by_role[READER][item].fulfilled
        )
        for item in both
    )


def by_unit(session: Session, tenant_id: int, period: Period) -> tuple[OneUnit, ...]:
    """Return a row per unit in which a decision basis was begun, in name order."""
    basis = Selection(BASIS, role=WORKER)
    sums: defaultdict[str, Share] = defaultdict(lambda: Share(0, 0))
    for line in lines(session, tenant_id, period, basis):
        so_far, more = sums[line.unit], line.fulfilled
        sums[line.unit] = Share(so_far.k + more.k, so_far.n + more.n)
    return tuple(
        OneUnit(line.unit, line.completion, sums[line.unit])
        for line in sorted(list_lines(session, tenant_id, period, basis), key=lambda line: line.unit)
        if line.completion.n
    )
