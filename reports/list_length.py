"""The questions of the decision basis that have shown no use over twelve months, in the whole organisation."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from checklists.lifecycle import READER
from checklists.list_length import Reason, reasons
from checklists.months import months_on
from checklists.periods import Period
from checklists.rates import AGREES, DIFFERS, Share
from checklists.swedish_time import day_of
from reports.figures import BASIS, WORKER, item_of, on_items, places_of, titled, whole
from reports.selected import Selection
from storage import aggregates, measures
from storage.desk import Session
from texts import Language, say

_WHY = {
    "same": "report_page.long_same",
    "no_measure": "report_page.long_no_measure",
    "disagree": "report_page.long_disagree",
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A question that might be left out, and why."""

    item: str
    title: str
    reasons: tuple[Reason, ...]


def the_year(today: date) -> Period:
    """Return the last twelve whole months."""
    last = today.replace(day=1) - timedelta(days=1)
    return Period(months_on(last.replace(day=1), -11), last)


def proposals(session: Session, tenant_id: int, today: date, language: Language = "sv") -> tuple[Proposal, ...]:
    """Return the questions proposed for removal, in list order; none before there are figures for the whole year."""
    aggregates.project_all(session)
    span, since = the_year(today), aggregates.first_day(session, tenant_id)
    if since is None or since >= months_on(span.first, 1):
        return ()
    marks = on_items(session, tenant_id, span, Selection(BASIS, role=READER), today)
    agreed: dict[str, Share] = {
        item: Share(counts[AGREES], counts[AGREES] + counts[DIFFERS]) for (_, _, item), counts in marks.items()
    }
    made = list(_measures(session, tenant_id, span))
    about = Counter(item for items in made for item in items)
    found = []
    for line in whole(session, tenant_id, span, Selection(BASIS, role=WORKER)):
        why = reasons(line.counts, Share(about[line.item], len(made)), agreed.get(line.item, Share(0, 0)))
        if why:
            found.append(Proposal(line.item, titled(line, language), why))
    return tuple(found)


def _measures(session: Session, tenant_id: int, span: Period) -> Iterator[set[str]]:
    """Yield, for each measure made in the span that is about questions of the basis, which ones."""
    items = list(places_of(BASIS))
    for row in measures.every(session, tenant_id):
        if span.first <= day_of(row.made_at) <= span.last:
            if row.checklist == BASIS:
                yield {row.item_id}
            elif row.code and (some := {item for item in items if row.code in item_of(BASIS, item).criticism}):
                yield some


def reason_words(reason: Reason, language: Language) -> str:
    """Return why a question is proposed, in words."""
    answer = say("answers." + reason.answer, language) if reason.answer else ""
    return say(_WHY[reason.why], language, k=reason.share.k, n=reason.share.n, answer=answer)
