"""A report as plain data for a card or a page: a share per question, compared with before, and up to three sentences.

It contains nothing about a person, and is never narrower than a unit.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from checklists.model import Role
from checklists.periods import Period
from checklists.rates import ONLY_HERE, Comparison, Share, wilson
from reports.compared import compared, sentence
from reports.figures import BASIS, WORKER, Line, grouped, list_lines, may_lead, on_items, titled, whole
from reports.instruments import practice, practice_words
from reports.reasons import reasons, reasons_words
from reports.reread import reread_in
from reports.selected import Selection
from storage import aggregates
from storage.desk import Session
from texts import Language, say


@dataclass(frozen=True, slots=True)
class QuestionRate:
    """One question, or the sum of several. interval: 95 % Wilson interval of `fulfilled`, None if n is 0.

    motivated: how many nej are. noted: how many ja have a note. only_here: how many motivations are a text in the bot
    alone. compared: `before` as a sentence. versions: those of the checklist that are counted. reread: of the Ja that
    were read again, those that were Ja then too.
    """

    key: str
    title: str
    cases: int
    completion: Share
    fulfilled: Share
    interval: tuple[float, float] | None
    motivated: int
    noted: int
    only_here: int
    before: Comparison
    compared: str
    versions: tuple[int, ...]
    reread: Share = field(default=Share(0, 0))


@dataclass(frozen=True, slots=True)
class ReportView:
    """The report of one checklist and role on a period. counts: of whole lists, by figure code.

    more: sentences on each assessment method that the municipality has decided on, and on the reasons for cases.
    """

    period: str
    before: str
    unit: str
    checklist: str
    role: Role
    counts: dict[str, int]
    counts_before: dict[str, int]
    questions: tuple[QuestionRate, ...]
    sections: tuple[QuestionRate, ...]
    steps: tuple[QuestionRate, ...]
    criticisms: tuple[QuestionRate, ...]
    sentences: tuple[str, ...]
    more: tuple[str, ...]


def report_view(
    session: Session,
    tenant_id: int,
    selection: Selection,
    period: Period,
    today: date,
    language: Language = "sv",
    before: Period | None = None,
) -> ReportView:
    """Return the report of one checklist and one role, by default the workers' decision basis.

    today: the day it is read, on which some `pagaende` are not due yet.
    before: the period to compare with, by default the preceding one.
    """
    aggregates.project_all(session)
    role: Role = selection.role or WORKER
    selection = Selection(selection.checklist or BASIS, selection.unit, role)
    earlier = before or period.before
    now, then = (whole(session, tenant_id, span, selection) for span in (period, earlier))
    counts, counts_then = (_counts(session, tenant_id, span, selection) for span in (period, earlier))
    again = reread_in(session, tenant_id, period, selection)
    questions = tuple(replace(one, reread=again.get(one.key, one.reread)) for one in _rates(now, then, language))
    marks = on_items(session, tenant_id, period, selection, today)
    leading = {line.item for line in now if may_lead(line, marks.get((line.checklist, line.role, line.item), {}))}
    return ReportView(
        period=str(period),
        before=str(earlier),
        unit=selection.unit,
        checklist=selection.checklist,
        role=role,
        counts=counts,
        counts_before=counts_then,
        questions=questions,
        sections=_rates(grouped(now, "section", language), grouped(then, "section", language), language),
        steps=_rates(grouped(now, "step", language), grouped(then, "step", language), language),
        criticisms=_rates(grouped(now, "criticism", language), grouped(then, "criticism", language), language),
        sentences=_sentences(counts, [one for one in questions if one.key in leading], language),
        more=(
            *(practice_words(one, language) for one in practice(session, tenant_id, period, selection.unit)),
            *reasons_words(reasons(session, tenant_id, period, selection.unit), language),
        ),
    )


def _counts(session: Session, tenant_id: int, period: Period, selection: Selection) -> dict[str, int]:
    total: Counter[str] = Counter()
    for line in list_lines(session, tenant_id, period, selection):
        total.update(line.counts)
    return dict(total)


def _rates(now: list[Line], then: list[Line], language: Language) -> tuple[QuestionRate, ...]:
    earlier = {(line.checklist, line.item): line for line in then}
    return tuple(rate_of(line, earlier.get((line.checklist, line.item)), language) for line in now)


def rate_of(line: Line, earlier: Line | None, language: Language) -> QuestionRate:
    """Return a line as shares, compared with the same line in the earlier period."""
    before = compared(
        earlier.fulfilled if earlier else Share(0, 0),
        line.fulfilled,
        (earlier.versions if earlier else (), line.versions),
    )
    return QuestionRate(
        key=line.item,
        title=titled(line, language),
        cases=line.cases,
        completion=line.completion,
        fulfilled=line.fulfilled,
        interval=wilson(line.fulfilled) if line.applicable else None,
        motivated=line.counts.get("nej_motiverat", 0),
        noted=line.counts.get("ja_med_forbehall", 0),
        only_here=line.counts.get(ONLY_HERE, 0),
        before=before,
        compared=sentence(before, language),
        versions=line.versions,
    )


def _sentences(counts: dict[str, int], questions: Sequence[QuestionRate], language: Language) -> tuple[str, ...]:
    """Return sentences on how many lists are complete, the question with the lowest share, and the largest change.

    questions: those that a headline may name (`reports.figures.may_lead`).

    Only a statistically significant change counts. If there is none, the number of cases without a list takes its
    place, if there are any.
    """
    begun = counts.get("begun", 0)
    if not begun:
        first = say("figures.nothing_begun", language)
    else:
        first = say("figures.complete", language, k=counts.get("complete", 0), n=begun)
    said = [first]
    asked = [one for one in questions if one.fulfilled.n]
    if asked:
        lowest = min(asked, key=lambda one: one.fulfilled.part)
        share = lowest.fulfilled
        said.append(say("figures.lowest", language, question=lowest.title, k=share.k, n=share.n))
    certain = [one for one in asked if one.before.verdict in ("better", "worse")]
    if certain:
        largest = max(certain, key=lambda one: abs(one.fulfilled.part - one.before.before.part))
        said.append(f"{largest.title} {largest.compared}")
    elif counts.get("decided_without", 0):
        said.append(say("figures.without", language, k=counts["decided_without"], n=counts["decided"]))
    return tuple(said)
