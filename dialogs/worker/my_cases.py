"""A worker's own open cases with status, gaps and nearest date, five to a card."""

from datetime import date

from actions.basis import Basis, read
from checklists.deadlines import Deadline, clocks, follows_closed
from checklists.lifecycle import State
from checklists.rights import Right
from dialogs.turn.declared import Command, Press, Reaction, Verb, claimed
from dialogs.turn.presses import Page
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import open_button
from dialogs.views.views import Button, CaseLine, CasesView, Line
from dialogs.worker.sheet_parts import basis_head, gaps_line
from storage import cases, extensions, tenants
from storage.cases import CaseQuery, CaseRow
from storage.unfit import UNFIT, Skipped, readable

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
    if case.planned_decision_on and not case.decided_on:
        dates.append((case.planned_decision_on, "planned"))
    if not dates:
        return None
    day, name = min(dates)
    return name, day


def nearest_of(context: TurnContext, case: CaseRow) -> tuple[str, date] | None:
    """Return the name and day of one case's nearest date."""
    known = cases.violence_known_on(context.session, [case])[case.id]
    rules = extensions.as_rules(extensions.of_case(context.session, case))
    return nearest_date(case, clocks(cases.dates_of(case, known), rules, tenants.settings(context.tenant).workdays))


def with_nearest_date(context: TurnContext, query: CaseQuery) -> dict[str, tuple[CaseRow, tuple[str, date] | None]]:
    """Return the cases of a query, each with its nearest date, by reference; what cannot be worked out is left out."""
    session = context.session
    own, unread = readable(session, query)
    context.skipped += unread
    known, extended = cases.violence_known_on(session, own), extensions.of_cases(session, [case.id for case in own])
    workdays = tenants.settings(context.tenant).workdays
    found = {}
    for case in own:
        try:
            rules = extensions.as_rules(extended.get(case.id, ()))
            running = clocks(cases.dates_of(case, known[case.id]), rules, workdays)
            found[case.ref] = (case, nearest_date(case, running))
        except UNFIT as error:
            context.skipped.append(Skipped(case.id, error))
    return found


def _page(context: TurnContext, start: int) -> CasesView:
    own = with_nearest_date(context, cases.of_worker(context.tenant_id, context.person_id))
    found = sorted(own.values(), key=lambda one: by_date(*one))
    end = start + PAGE
    lines = tuple(_line(context, _basis(context, case), nearest) for case, nearest in found[start:end])
    missing = left_out(context)
    next_page = claimed("more_cases", Page(end))
    return CasesView(
        notices=missing or (() if found else (Line(say="cases.none"),)),
        cases=lines,
        more=Button(title=Line(say="buttons.show_more"), claim=next_page) if len(found) > end else None,
    )


def _basis(context: TurnContext, case: CaseRow) -> Basis:
    return read(context.session, case, cases.facts(context.session, case.id))


def left_out(context: TurnContext) -> tuple[Line, ...]:
    """Return the line that says that cases with faulty data are not shown, if there are any."""
    missing = len(context.skipped)
    line = Line(say="cases.skipped" if missing > 1 else "cases.one_skipped", args={"cases": missing})
    return (line,) if missing else ()


def by_date(case: CaseRow, nearest: tuple[str, date] | None) -> tuple[date, str]:
    """Return the key that sorts cases by nearest date."""
    return nearest[1] if nearest else date.max, case.ref


def status(basis: Basis) -> Line:
    """Return the state of a case's list in words."""
    if basis.state is None:
        return Line(say="cases.not_begun")
    if basis.state in _STATUS:
        return Line(say=_STATUS[basis.state])
    head = basis_head(basis)
    return Line(say="cases.under_way", args={"done": head.done, "total": head.total})


def standing_lines(context: TurnContext, basis: Basis, nearest: tuple[str, date] | None) -> tuple[Line, ...]:
    """Return the number of gaps and the nearest date of a case, marked in words when it has passed."""
    case = basis.case
    lines = [gaps_line(basis)] if basis.sheets else []
    if nearest:
        name, day = nearest
        say = "cases.late_" + name if day < context.today else "cases.date_" + name
        lines.append(Line(say=say, args={"date": day.isoformat()}))
    if follows_closed(cases.dates_of(case)):
        lines.append(Line(say="cases.follows_closed"))
    return tuple(lines)


def _line(context: TurnContext, basis: Basis, nearest: tuple[str, date] | None) -> CaseLine:
    case = basis.case
    named = {"ref": case.ref}
    if basis.is_handed_over:
        button = open_button(case.id, Line(say="buttons.open_case", args=named), "open")
    else:
        button = open_button(case.id, Line(say="buttons.continue_case", args=named))
    return CaseLine(
        case_ref=case.ref, status=status(basis), lines=standing_lines(context, basis, nearest), button=button
    )


VERBS = (Verb(Right("more_cases", "self", MY_CASES.may), more, Page, keeps=False),)
COMMANDS = (Command("mina ärenden", ("mina arenden", "my cases"), my_cases, MY_CASES),)
