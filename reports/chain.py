"""The supervisory authority's chain: strengths and shortcomings along the eight steps, from all lists of one role.

Source: the government's mandate to IVO names the steps; what counts as a strength is our reading: docs/decisions/0011.
"""

from dataclasses import dataclass
from typing import get_args

from checklists.model import Step
from checklists.periods import Period
from checklists.rates import Share, wilson
from reports.figures import WORKER, Line, grouped, item_of, whole
from reports.selected import Selection
from reports.summary import QuestionRate, rate_of
from storage import rates
from storage.desk import Session
from texts import Language, say

GOAL = 0.8
"""A question is a strength when its whole interval lies at or above this, a shortcoming when its share is below."""


@dataclass(frozen=True, slots=True)
class StepReport:
    """One step. together: its questions added; None when no question of the step applied in the period."""

    step: str
    title: str
    together: QuestionRate | None
    strengths: tuple[QuestionRate, ...]
    shortcomings: tuple[QuestionRate, ...]
    unclear: tuple[QuestionRate, ...]


def chain(
    session: Session,
    tenant_id: int,
    period: Period,
    *,
    unit: str = "",
    role: str = WORKER,
    language: Language = "sv",
    before: Period | None = None,
) -> tuple[StepReport, ...]:
    """Return the eight steps in their order, also those nothing is asked about: that is worth seeing too."""
    rates.fold_all(session)
    selection = Selection(unit=unit, role=role)
    now, then = (whole(session, tenant_id, span, selection) for span in (period, before or period.before))
    earlier = {(line.checklist, line.item): line for line in then}
    sums = {line.item: line for line in grouped(now, "step", language)}
    sums_then = {line.item: line for line in grouped(then, "step", language)}
    return tuple(
        _step(
            step,
            [line for line in now if _step_of(line) == step],
            earlier,
            (sums.get(step), sums_then.get(step)),
            language,
        )
        for step in get_args(Step)
    )


def _step_of(line: Line) -> str:
    return item_of(line.checklist, line.item).step


def _step(
    step: str,
    some: list[Line],
    earlier: dict[tuple[str, str], Line],
    together: tuple[Line | None, Line | None],
    language: Language,
) -> StepReport:
    found: dict[str, list[QuestionRate]] = {"strengths": [], "shortcomings": [], "unclear": []}
    for line in some:
        if line.applicable:
            found[verdict(line.fulfilled)].append(rate_of(line, earlier.get((line.checklist, line.item)), language))
    now, then = together
    return StepReport(
        step=step,
        title=say("steps." + step, language),
        together=rate_of(now, then, language) if now and now.applicable else None,
        strengths=tuple(sorted(found["strengths"], key=lambda rate: -rate.fulfilled.part)),
        shortcomings=tuple(sorted(found["shortcomings"], key=lambda rate: rate.fulfilled.part)),
        unclear=tuple(found["unclear"]),
    )


def verdict(share: Share) -> str:
    """Say what a share of at least one is: `strengths`, `shortcomings`, or `unclear` when too few were asked."""
    if share.part < GOAL:
        return "shortcomings"
    return "strengths" if wilson(share)[0] >= GOAL else "unclear"
