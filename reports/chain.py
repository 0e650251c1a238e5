"""The supervisory authority's process chain: strengths and shortcomings in its eight steps, from one role's lists.

Source: the government's mandate to IVO names the steps. What counts as a strength is our reading: docs/decisions/0009.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from checklists.coverage import coverage
from checklists.findings import Finding, Measure, Standing, read_standings
from checklists.loader import newest
from checklists.model import Role, Step
from checklists.periods import Period
from checklists.rates import Share, wilson
from reports.figures import WORKER, Line, grouped, item_of, whole
from reports.selected import Selection
from reports.summary import QuestionRate, rate_of
from storage import aggregates, tenants
from storage.desk import Session
from texts import Language, say

LEAST_TO_JUDGE = 3
"""With fewer lists a question is no shortcoming: where four of five are Ja, one of five single lists is a Nej."""


@dataclass(frozen=True, slots=True)
class StepReport:
    """One step of the chain. together: the sum of its questions, None if none of them applied in the period."""

    step: str
    title: str
    together: QuestionRate | None
    strengths: tuple[QuestionRate, ...]
    shortcomings: tuple[QuestionRate, ...]
    unclear: tuple[QuestionRate, ...]


@dataclass(frozen=True, slots=True)
class FindingReport:
    """One finding of the authority, its standing, and how the questions that cover it were answered.

    measure: whether those questions ask for it; only then is a figure shown.
    steps: those of the questions asked now. now, before: ja of applicable in the period and the one before, summed over
    those questions and all lists. same: the same questions in the same versions were asked in both periods. Answers on
    one list are not independent, so no statistical significance is claimed for such sums.
    """

    finding: Finding
    standing: Standing
    measure: Measure
    steps: tuple[str, ...]
    now: Share
    before: Share
    same: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """The eight steps in process order, and the findings in file order.

    target: the share that questions are compared with, 0–1.
    """

    target: float
    steps: tuple[StepReport, ...]
    findings: tuple[FindingReport, ...]


def chain(
    session: Session,
    tenant_id: int,
    period: Period,
    *,
    unit: str = "",
    role: Role = WORKER,
    language: Language = "sv",
    before: Period | None = None,
) -> Chain:
    """Return all steps, including those that no question is about, and the findings compared with an earlier period.

    unit: a unit's name, "" for the whole organisation. before: the period to compare with, by default the preceding.
    """
    aggregates.project_all(session)
    selection = Selection(unit=unit, role=role)
    now, then = (whole(session, tenant_id, span, selection) for span in (period, before or period.before))
    earlier = {(line.checklist, line.item): line for line in then}
    sums = {line.item: line for line in grouped(now, "step", language)}
    sums_then = {line.item: line for line in grouped(then, "step", language)}
    settings = tenants.settings(tenants.get(session, tenant_id))
    steps = tuple(
        _step(
            step,
            [line for line in now if _step_of(line) == step],
            earlier,
            (sums.get(step), sums_then.get(step)),
            settings.target / 100,
            language,
        )
        for step in get_args(Step)
    )
    return Chain(settings.target / 100, steps, _findings(now, then, read_standings(settings.findings)))


def _findings(now: list[Line], then: list[Line], standings: Mapping[str, Standing]) -> tuple[FindingReport, ...]:
    """Return the findings that concern the checklists in use now or in the earlier period."""
    used = sorted({line.checklist for line in (*now, *then)})
    answering, answered = _by_finding(now), _by_finding(then)
    found = []
    for covered in coverage([newest(checklist) for checklist in used]) if used else []:
        code = covered.finding.code
        asked, earlier = answering[code], answered[code]
        steps = {_step_of(line) for line in asked}
        found.append(
            FindingReport(
                finding=covered.finding,
                standing=standings.get(code, Standing()),
                measure=covered.finding.measured_by(len(covered.questions)),
                steps=tuple(step for step in get_args(Step) if step in steps),
                now=_added(asked),
                before=_added(earlier),
                same=_asked(asked) == _asked(earlier),
            )
        )
    return tuple(found)


def _added(some: list[Line]) -> Share:
    return Share(sum(line.fulfilled.k for line in some), sum(line.fulfilled.n for line in some))


def _asked(some: list[Line]) -> set[tuple[str, str, tuple[int, ...]]]:
    """Return which questions in which versions were asked."""
    return {(line.checklist, line.item, line.versions) for line in some}


def _by_finding(some: list[Line]) -> defaultdict[str, list[Line]]:
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for line in some:
        for code in item_of(line.checklist, line.item).criticism:
            found[code].append(line)
    return found


def _step_of(line: Line) -> str:
    return item_of(line.checklist, line.item).step


def _step(
    step: str,
    some: list[Line],
    earlier: dict[tuple[str, str], Line],
    together: tuple[Line | None, Line | None],
    target: float,
    language: Language,
) -> StepReport:
    found: dict[str, list[QuestionRate]] = {"strengths": [], "shortcomings": [], "unclear": []}
    for line in some:
        if line.applicable:
            found[verdict(line.fulfilled, target)].append(
                rate_of(line, earlier.get((line.checklist, line.item)), language)
            )
    now, then = together
    return StepReport(
        step=step,
        title=say("steps." + step, language),
        together=rate_of(now, then, language) if now and now.applicable else None,
        strengths=tuple(sorted(found["strengths"], key=lambda rate: -rate.fulfilled.part)),
        shortcomings=tuple(sorted(found["shortcomings"], key=lambda rate: rate.fulfilled.part)),
        unclear=tuple(found["unclear"]),
    )


def verdict(share: Share, target: float) -> str:
    """Compare a share (n > 0) with a target.

    Returns: `strengths` if its whole interval is at or above the target, `shortcomings` if all of it is below, else
        `unclear`: the cases are too few to tell.
    """
    if share.n < LEAST_TO_JUDGE:
        return "unclear"
    low, high = wilson(share)
    return "strengths" if low >= target else "shortcomings" if high < target else "unclear"
