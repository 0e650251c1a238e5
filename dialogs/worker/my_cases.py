"""A worker's own open cases with status, gaps and nearest date, five to a card."""

from datetime import date

from actions.basis import Basis, read
from checklists.deadlines import Deadline, clocks, follows_closed
from checklists.lifecycle import State
from checklists.rights import Right
from dialogs.messages.case_state import case_dates, case_extensions
from dialogs.turn.declared import Command, Press, Reaction, Verb, claimed
from dialogs.turn.presses import Page
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import open_button
from dialogs.views.views import Button, CaseLine, CasesView, Line
from dialogs.worker.sheet_parts import basis_head
from storage import cases, tenants
from storage.cases import CaseRow

PAGE = 5
_STATUS = {
    State.SENT: "cases.sent",
    State.RETURNED: "cases.returned",
    State.SIGNED: "cases.signed",
    State.VOIDED: "cases.voided",
}
MY_CASES = Right("my_cases", "self", {"case_worker": ("lead", "co_worker", "own_unit", "other")})


def my_cases(context: TurnContext, _rest: str) -> Reaction:
    """List the worker's open cases by nearest date."""
    return _page(context, 0)


def more(context: TurnContext, press: Press[Page]) -> Reaction:
    """List the next five."""
    return _page(context, press.what.start)


def nearest_date(case: CaseRow, running: tuple[Deadline, ...]) -> tuple[str, date] | None:
    """Return the name and day of a case's nearest date: the planned decision, or the last day of a running clock."""
    names = {"14d": "fourteen_days", "at_once": "at_once", "4m": "four_months"}
    dates = [(clock.last_day, names[clock.limit]) for clock in running if clock.stopped_on is None]
    if case.planned_decision_on:
        dates.append((case.planned_decision_on, "planned"))
    if not dates:
        return None
    day, name = min(dates)
    return name, day


def _clocks(context: TurnContext, case: CaseRow) -> tuple[Deadline, ...]:
    """Return a case's clocks, with its extensions applied."""
    if case.received_on is None and case.opened_on is None:
        return ()
    dates, extended = case_dates(context.session, case), case_extensions(context.session, case)
    return clocks(dates, extended, tenants.settings(context.tenant).workdays)


def _page(context: TurnContext, start: int) -> CasesView:
    own = cases.of_worker(context.session, context.tenant_id, context.person_id)
    nearest = {case.id: nearest_date(case, _clocks(context, case)) for case in own}
    found = sorted(own, key=lambda case: _by_date(case, nearest[case.id]))
    end = start + PAGE
    next_page = claimed("more_cases", Page(end))
    return CasesView(
        notices=() if found else (Line(say="cases.none"),),
        cases=tuple(_line(_basis(context, case), nearest[case.id]) for case in found[start:end]),
        more=Button(title=Line(say="buttons.show_more"), claim=next_page) if len(found) > end else None,
    )


def _basis(context: TurnContext, case: CaseRow) -> Basis:
    return read(context.session, case, cases.facts(context.session, case.id))


def _by_date(case: CaseRow, nearest: tuple[str, date] | None) -> tuple[date, str]:
    return nearest[1] if nearest else date.max, case.ref


def _line(basis: Basis, nearest: tuple[str, date] | None) -> CaseLine:
    head, gaps, case = basis_head(basis), sum(1 for _ in basis.all_gaps()), basis.case
    if basis.state is None:
        status = Line(say="cases.not_begun")
    elif basis.state in _STATUS:
        status = Line(say=_STATUS[basis.state])
    else:
        status = Line(say="cases.under_way", args={"done": head.done, "total": head.total})
    lines = []
    if basis.sheets:
        lines.append(Line(say="cases.gaps" if gaps != 1 else "cases.one_gap", args={"gaps": gaps}))
    if nearest:
        lines.append(Line(say="cases.date_" + nearest[0], args={"date": nearest[1].isoformat()}))
    if follows_closed(cases.dates_of(case)):
        lines.append(Line(say="cases.follows_closed"))
    named = {"ref": case.ref}
    if basis.is_handed_over:
        button = open_button(case.id, Line(say="buttons.open_case", args=named), "open")
    else:
        button = open_button(case.id, Line(say="buttons.continue_case", args=named))
    return CaseLine(case_ref=case.ref, status=status, lines=tuple(lines), button=button)


VERBS = (Verb(Right("more_cases", "self", MY_CASES.may), more, Page, keeps=False),)
COMMANDS = (Command("mina ärenden", ("mina arenden", "my cases"), my_cases, MY_CASES),)
