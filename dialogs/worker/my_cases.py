"""A worker's own cases: status, gaps and the nearest date, five at a time."""

from datetime import date

from actions.basis import Basis, reload
from checklists.case_dates import CaseDates
from checklists.deadlines import Deadline, clocks, follows_closed
from checklists.rights import Right
from dialogs.messages.case_state import case_dates, case_extensions
from dialogs.turn.declared import Command, Press, Verb
from dialogs.turn.turn_context import Talk
from dialogs.views.views import AnyView, Button, CaseLine, CasesView, Claim, Line
from dialogs.worker.summary_card import open_claim
from storage import cases, tenants
from storage.cases import CaseRow

PAGE = 5
_STATUS = {
    "sent": "cases.sent",
    "returned": "cases.returned",
    "signed": "cases.signed",
    "voided": "cases.voided",
}
MY_CASES = Right("my_cases", "self", {"case_worker": ("lead", "co_worker", "own_unit", "other")})


def my_cases(talk: Talk, _rest: str) -> AnyView:
    """List her open cases, the nearest date first."""
    return _page(talk, 0)


def more(talk: Talk, press: Press) -> AnyView:
    """List the next five."""
    return _page(talk, int(press.claim.choice or 0))


def nearest_date(case: CaseRow, running: tuple[Deadline, ...]) -> tuple[str, date] | None:
    """Return which date of a case comes first, and the date: the planned decision, or the limit of a running clock."""
    names = {"14d": "fourteen_days", "at_once": "at_once", "4m": "four_months"}
    dates = [(clock.last_day, names[clock.limit]) for clock in running if clock.stopped_on is None]
    if case.planned_decision_on:
        dates.append((case.planned_decision_on, "planned"))
    if not dates:
        return None
    day, name = min(dates)
    return name, day


def _clocks(talk: Talk, case: CaseRow) -> tuple[Deadline, ...]:
    """Return a case's clocks, extensions counted in."""
    if case.received_on is None and case.opened_on is None:
        return ()
    dates, extended = case_dates(talk.session, case), case_extensions(talk.session, case)
    return clocks(dates, extended, tenants.settings(talk.tenant).workdays)


def _page(talk: Talk, start: int) -> AnyView:
    mine = cases.of_worker(talk.session, talk.tenant_id, talk.person_id)
    nearest = {case.id: nearest_date(case, _clocks(talk, case)) for case in mine}
    found = sorted(mine, key=lambda case: _by_date(case, nearest[case.id]))
    shown = found[start : start + PAGE]
    end = start + PAGE
    claim = Claim(verb="more_cases", choice=str(end))
    return CasesView(
        notices=() if found else (Line(say="cases.none"),),
        cases=tuple(_line(reload(talk, case, "decision_basis"), nearest[case.id]) for case in shown),
        more=Button(title=Line(say="buttons.show_more"), claim=claim) if len(found) > end else None,
    )


def _by_date(case: CaseRow, nearest: tuple[str, date] | None) -> tuple[date, str]:
    return nearest[1] if nearest else date.max, case.ref


def _line(basis: Basis, nearest: tuple[str, date] | None) -> CaseLine:
    head, gaps = basis.head, sum(1 for _ in basis.all_gaps())
    if not basis.sheets:
        status = Line(say="cases.not_begun")
    elif basis.status in _STATUS:
        status = Line(say=_STATUS[basis.status])
    else:
        status = Line(say="cases.under_way", args={"done": head.done, "total": head.total})
    lines = []
    if basis.sheets:
        lines.append(Line(say="cases.gaps" if gaps != 1 else "cases.one_gap", args={"gaps": gaps}))
    if nearest:
        lines.append(Line(say="cases.date_" + nearest[0], args={"date": nearest[1].isoformat()}))
    case = basis.case
    if follows_closed(CaseDates(opened_on=case.opened_on, earlier_closed_on=case.earlier_closed_on)):
        lines.append(Line(say="cases.follows_closed"))
    verb, title = ("open", "buttons.open_case") if basis.is_with_chef else ("continue", "buttons.continue_case")
    button = Button(title=Line(say=title, args={"ref": case.ref}), claim=open_claim(case, verb))
    return CaseLine(case_ref=case.ref, status=status, lines=tuple(lines), button=button)


VERBS = (Verb(Right("more_cases", "self", MY_CASES.may), more, keeps=False),)
COMMANDS = (Command("mina ärenden", ("mina arenden", "my cases"), my_cases, MY_CASES),)
