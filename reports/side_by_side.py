"""The decision basis side by side: where worker and chef agree on the same lists, and unit beside unit."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from checklists.lifecycle import READER
from checklists.periods import Period
from checklists.rates import AGREES, DIFFERS, Share
from checklists.swedish_order import swedish_order
from reports.figures import BASIS, WORKER, lines, list_lines, on_items, places_of, title_of
from reports.selected import Selection
from storage.desk import Session
from texts import Language


@dataclass(frozen=True, slots=True)
class Agreement:
    """One question on the lists that a chef has read: how often both answered the same, of where both answered."""

    title: str
    same: Share


@dataclass(frozen=True, slots=True)
class OneUnit:
    """One unit's workers: complete lists of those begun, and ja of applicable over all questions."""

    unit: str
    complete: Share
    fulfilled: Share


def agreement(
    session: Session, tenant_id: int, period: Period, today: date, unit: str = "", language: Language = "sv"
) -> tuple[Agreement, ...]:
    """Return a row per question of the decision basis that both answered on the same list, in checklist order."""
    marks = on_items(session, tenant_id, period, Selection(BASIS, unit, READER), today)
    places = places_of(BASIS)
    found = [
        (places[item], Agreement(title_of(BASIS, item, language), Share(counts[AGREES], n)))
        for (_, _, item), counts in marks.items()
        if (n := counts[AGREES] + counts[DIFFERS])
    ]
    return tuple(row for _, row in sorted(found, key=lambda one: one[0]))


def by_unit(session: Session, tenant_id: int, period: Period) -> tuple[OneUnit, ...]:
    """Return a row per unit in which a decision basis was begun, in name order."""
    basis = Selection(BASIS, role=WORKER)
    sums: defaultdict[str, Share] = defaultdict(lambda: Share(0, 0))
    for line in lines(session, tenant_id, period, basis):
        so_far, more = sums[line.unit], line.fulfilled
        sums[line.unit] = Share(so_far.k + more.k, so_far.n + more.n)
    return tuple(
        OneUnit(line.unit, line.completion, sums[line.unit])
        for line in sorted(list_lines(session, tenant_id, period, basis), key=lambda line: swedish_order(line.unit))
        if line.completion.n
    )
