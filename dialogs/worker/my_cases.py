"""A worker's own open cases with status, gaps and nearest date, five to a card."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TypeVar

from actions.basis import Basis, read, read_own
from checklists.access import OWN_LISTS
from checklists.case_dates import current
from checklists.deadlines import Deadline, clocks, follows_closed
from checklists.lifecycle import WRITER, State
from checklists.model import ListId
from checklists.rights import RELATIONS, Right
from dialogs.turn.declared import Command, Press, Reaction, Verb, claimed
from dialogs.turn.presses import Page
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button, open_button
from dialogs.views.views import Button, CaseLine, CasesView, Line
from dialogs.worker.sheet_parts import basis_head, gaps_line
from storage import cases, extensions, filled, tenants
from storage.cases import CaseQuery, CaseRow
from storage.unfit import UNFIT, Skipped, all_sound, readable

T = TypeVar("T")
PAGE = 5
_REPORT: ListId = "intake"
_STATUS = {
    State.SENT: "cases.sent",
    State.RETURNED: "cases.returned",
    State.SIGNED: "cases.signed",
    State.VOIDED: "cases.voided",
}
MY_CASES = Right("my_cases", "self", dict.fromkeys(OWN_LISTS, RELATIONS))


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
    now = current(cases.dates_of(case))
    if now.planned_decision_on and not now.decided_on:
        dates.append((now.planned_decision_on, "planned"))
    if not dates:
        return None
    day, name = min(dates)
    return name, day


def nearest_of(context: TurnContext, case: CaseRow) -> tuple[str, date] | None:
    """Return the name and day of one case's nearest date."""
    known = cases.violence_known(context.session, case)
    rules = extensions.as_rules(extensions.of_case(context.session, case))
    return nearest_date(case, clocks(cases.dates_of(case, known), rules, tenants.settings(context.tenant).workdays))


def with_nearest_date(context: TurnContext, query: CaseQuery) -> dict[str, tuple[CaseRow, tuple[str, date] | None]]:
    """Return the cases of a query, each with its nearest date, by reference; those with faulty data are left out."""
    session = context.session
    own, unread = readable(session, query)
    context.skipped += unread
    known, faulty = all_sound(lambda some: cases.violence_known_on(session, some), own)
    extended, more = all_sound(lambda some: extensions.of_cases(session, [case.id for case in some]), own)
    context.skipped += [Skipped(*one) for one in {**faulty, **more}.items()]
    workdays = tenants.settings(context.tenant).workdays
    found = {}
    for case in own:
        if case.id in faulty or case.id in more:
            continue
        try:
            rules = extensions.as_rules(extended.get(case.id, ()))
            running = clocks(cases.dates_of(case, known[case.id]), rules, workdays)
            found[case.ref] = (case, nearest_date(case, running))
        except UNFIT as error:
            context.skipped.append(Skipped(case.id, error))
    return found


def _page(context: TurnContext, start: int) -> CasesView:
    own = with_nearest_date(context, cases.of_worker(context.tenant_id, context.person_id))
    found: list[tuple[int, Callable[[], CaseLine | None]]] = [
        (one[0].id, partial(_line, context, *one)) for one in sorted(own.values(), key=lambda one: by_date(*one))
    ]
    found += [(one[0], partial(_line_of_list, context, *one)) for one in _lists_alone(context)]
    end = start + PAGE
    lines = tuple(line for one in found[start:end] if (line := sound(context, *one)) is not None)
    missing = left_out(context)
    next_page = claimed("more_cases", Page(end))
    none = "cases.none" if context.units_as("case_worker") else "cases.none_of_hers"
    ways_on = [("ny", "buttons.new_case")] if context.units_as("case_worker") else []
    return CasesView(
        notices=missing or (() if found else (Line(say=none),)),
        cases=lines,
        more=Button(title=Line(say="buttons.show_more"), claim=next_page) if len(found) > end else None,
        choices=() if found else tuple(command_button(*one) for one in (*ways_on, ("hjälp", "buttons.help"))),
    )


def sound(context: TurnContext, case_id: int, make: Callable[[], T]) -> T | None:
    """Return what is made of a case; None, and the case is noted as left out, if its data are faulty."""
    try:
        return make()
    except UNFIT as error:
        context.skipped.append(Skipped(case_id, error))
        return None


def _lists_alone(context: TurnContext) -> list[tuple[int, ListId]]:
    """Return the lists this person answers alone (reviews, an auditor's sample), newest first, one row for each."""
    rows = filled.of_person(context.session, context.tenant_id, context.person_id)
    return list(dict.fromkeys((row.case_id, row.checklist) for row in rows))


def _line_of_list(context: TurnContext, case_id: int, checklist: ListId) -> CaseLine | None:
    """Return the line of a list, None if she may no longer open it."""
    case = cases.get(context.session, context.tenant_id, case_id)
    if case is None or not context.seat(case, checklist):
        return None
    basis = _own(context, case, checklist)
    gaps = sum(1 for _ in basis.all_gaps())
    lines = [Line(say="lists.by_hand")] if any(sheet.is_by_hand for sheet in basis.sheets) else []
    lines += [Line(say="cases.gaps" if gaps != 1 else "cases.one_gap", args={"gaps": gaps}), *_ongoing(basis)]
    title = Line(say="buttons.continue_case" if gaps else "buttons.open_case", args={"ref": case.ref})
    button = open_button(case.id, title, checklist=checklist)
    return CaseLine(case_ref=case.ref, status=_progress(basis), lines=tuple(lines), button=button)


def _own(context: TurnContext, case: CaseRow, checklist: ListId) -> Basis:
    role = context.seat(case, checklist) or WRITER
    person_id = filled.NOBODY if role == WRITER else context.person_id
    facts = cases.facts(context.session, case.id)
    round_id = context.round_id(case, checklist, role)
    return read_own(context.session, case, facts, checklist, role, person_id, round_id)


def _progress(basis: Basis) -> Line:
    head = basis_head(basis)
    return Line(say="lists.own", args={"list": basis.list_id, "done": head.done, "total": head.total})


def _ongoing(basis: Basis) -> tuple[Line, ...]:
    """Return the line on what is under way, for whoever answered so; reminders of it come to an end, and this stays."""
    found = sum(1 for _ in basis.all_ongoing())
    return (Line(say="cases.ongoing", args={"ongoing": found}),) if found else ()


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
    if not basis.is_for_case:
        return Line(say="cases.adult")
    if basis.state is None:
        return Line(say="cases.not_begun")
    if basis.state in _STATUS:
        return Line(say=_STATUS[basis.state])
    head = basis_head(basis)
    return Line(say="cases.under_way", args={"done": head.done, "total": head.total})


def standing_lines(
    context: TurnContext, basis: Basis, nearest: tuple[str, date] | None, *more: Line
) -> tuple[Line, ...]:
    """Return the lines on a case's gaps, then `more`, then on its nearest date, worded differently if it has passed."""
    case = basis.case
    lines = [gaps_line(basis)] if basis.sheets else []
    lines += more
    if nearest:
        name, day = nearest
        say = "cases.late_" + name if day < context.today else "cases.date_" + name
        lines.append(Line(say=say, args={"date": day.isoformat()}))
    if follows_closed(cases.dates_of(case)):
        lines.append(Line(say="cases.follows_closed"))
    return tuple(lines)


def _line(context: TurnContext, case: CaseRow, nearest: tuple[str, date] | None) -> CaseLine:
    basis, report = _basis(context, case), _own(context, case, _REPORT)
    more = [_progress(report)] if report.sheets else []
    if current(cases.dates_of(case)).decided_on:
        more += _ongoing(basis)
    named = {"ref": case.ref}
    if not basis.is_for_case:
        button = open_button(case.id, Line(say="buttons.open_case", args=named), "details")
    elif not basis.sheets and report.next_from() is not None:
        button = open_button(case.id, Line(say="buttons.continue_case", args=named), checklist=_REPORT)
    elif basis.is_handed_over:
        button = open_button(case.id, Line(say="buttons.open_case", args=named), "open")
    else:
        button = open_button(case.id, Line(say="buttons.continue_case", args=named))
    lines = standing_lines(context, basis, nearest, *more)
    return CaseLine(case_ref=case.ref, status=status(basis), lines=lines, button=button)


VERBS = (Verb(Right("more_cases", "self", MY_CASES.may), more, Page, keeps=False),)
COMMANDS = (Command("mina ärenden", ("mina arenden", "my cases"), my_cases, MY_CASES),)
