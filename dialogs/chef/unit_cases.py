"""`enhetens ärenden`: the open cases of the chef's units, five to a card, by nearest date or by age.

However many cases there are, it takes the same number of SQL statements: the units' cases with their clocks, and the
lists of the five that are shown.
"""

from datetime import date
from functools import partial

from actions.basis import BASIS, Basis, of_cases
from checklists import access
from checklists.deadlines import age
from checklists.lifecycle import READER as READS
from checklists.model import ListId
from checklists.rights import READER, RELATIONS, Right
from dialogs.turn.declared import Command, Press, Reaction, Verb, claimed
from dialogs.turn.presses import UnitPage
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import open_button
from dialogs.views.views import Button, CaseLine, CasesView, Line
from dialogs.worker.my_cases import PAGE, by_date, left_out, sound, standing_lines, status, with_nearest_date
from storage import cases, filled, people
from storage.cases import CaseRow
from storage.unfit import UNFIT

UNIT_CASES = Right("unit_cases", "self", dict.fromkeys(READER, RELATIONS))
PAGES = Right("unit_page", "self", UNIT_CASES.may)
ORDERS, FILTERS = ("date", "age"), ("all", "no_list", "unassigned")
_OF_ADULTS: ListId = "rvt_case_round"
"""The list of an adult's case: its chef goes through it with the case worker. The decision basis is a child's."""
Dated = tuple[CaseRow, tuple[str, date] | None]


def unit_cases(context: TurnContext, _rest: str) -> Reaction:
    """List the open cases of the chef's units, the nearest date first."""
    return _page(context, UnitPage())


def page(context: TurnContext, press: Press[UnitPage]) -> Reaction:
    """List five more, or the same cases in another order or another selection."""
    return _page(context, press.what)


def _page(context: TurnContext, at: UnitPage) -> CasesView:
    order = at.order if at.order in ORDERS else ORDERS[0]
    only = at.only if at.only in FILTERS else FILTERS[0]
    units = sorted({unit for role in READER for unit in context.units_as(role)})
    dated = with_nearest_date(context, cases.in_units(context.tenant_id, units))
    found = [one for one in dated.values() if access.reads(context.roles, one[0])]
    found = sorted(_selected(context, units, found, only), key=lambda one: by_date(*one))
    if order == "age":
        found.sort(key=lambda one: -(_age(context, one[0]) or -1))
    shown = found[at.start : at.start + PAGE]
    lists = _lists(context, [case for case, _ in shown])
    names = people.unit_names(context.session, context.tenant_id) if len(units) > 1 else {}
    leads = _names(context, [case for case, _ in shown])
    following = claimed("unit_page", UnitPage(at.start + PAGE, order, only))
    more = Button(title=Line(say="buttons.show_more"), claim=following) if len(found) > at.start + PAGE else None
    lines = [
        sound(
            context,
            case.id,
            partial(_line, context, lists[case.id], nearest, leads.get(case.lead_id or 0, ""), names),
        )
        for case, nearest in shown
        if case.id in lists
    ]
    return CasesView(
        title=Line(say="unit.title"),
        notices=(*_summed(context, units, len(found), order, only), *left_out(context)),
        cases=tuple(line for line in lines if line is not None),
        more=more,
        choices=_choices(order, only),
    )


def _lists(context: TurnContext, rows: list[CaseRow]) -> dict[int, Basis]:
    """Return the lists of these cases, by case; without those whose data are faulty."""
    try:
        return of_cases(context.session, rows)
    except UNFIT:
        found = [sound(context, case.id, partial(of_cases, context.session, [case])) for case in rows]
    return {case_id: basis for one in found if one is not None for case_id, basis in one.items()}


def _selected(context: TurnContext, units: list[int], found: list[Dated], only: str) -> list[Dated]:
    if only == "no_list":
        of_units = (context.session, context.tenant_id, units)
        begun = filled.cases_with(*of_units, BASIS) | filled.cases_with(*of_units, _OF_ADULTS, READS)
        return [one for one in found if one[0].id not in begun]
    if only == "unassigned":
        present = {held.person_id for held in people.holdings_on(context.session, context.tenant_id, context.today)}
        return [one for one in found if one[0].lead_id not in present]
    return found


def _age(context: TurnContext, case: CaseRow) -> int | None:
    return age(cases.dates_of(case), context.today)


def _names(context: TurnContext, rows: list[CaseRow]) -> dict[int, str]:
    wanted = {case.lead_id for case in rows if case.lead_id is not None}
    return people.names_of(context.session, context.tenant_id, wanted) if wanted else {}


def _summed(context: TurnContext, units: list[int], count: int, order: str, only: str) -> tuple[Line, ...]:
    """Return how many cases there are and in which order, and how many are hidden because the identity is protected."""
    say = f"unit.of_{only}" if count else f"unit.none_of_{only}"
    lines = [Line(say=say, args={"cases": count})]
    if count > 1:
        lines.append(Line(say="unit.by_" + order))
    hidden = cases.protected_in_units(context.session, context.tenant_id, units) if only == "all" else 0
    if hidden:
        lines.append(Line(say="unit.protected", args={"cases": hidden}))
    return tuple(lines)


def _line(
    context: TurnContext, basis: Basis, nearest: tuple[str, date] | None, lead: str, units: dict[int, str]
) -> CaseLine:
    case = basis.case
    days = _age(context, case)
    lines = [*standing_lines(context, basis, nearest)]
    if days is not None:
        lines.append(Line(say="unit.one_day_old" if days == 1 else "unit.days_old", args={"days": days}))
    lines.append(Line(say="unit.lead", args={"name": lead}) if lead else Line(say="unit.no_lead"))
    if case.unit_id in units:
        lines.append(Line(say="unit.in_unit", args={"unit": units[case.unit_id]}))
    button = open_button(case.id, Line(say="buttons.open_case", args={"ref": case.ref}), "details")
    return CaseLine(case_ref=case.ref, status=status(basis), lines=tuple(lines), button=button)


def _choices(order: str, only: str) -> tuple[Button, ...]:
    """Return the buttons for the other order and the other selections."""
    other = [(one, only, "buttons.unit_by_" + one) for one in ORDERS if one != order]
    other += [(order, one, "buttons.unit_only_" + one) for one in FILTERS if one != only]
    return tuple(
        Button(title=Line(say=title), claim=claimed("unit_page", UnitPage(0, by, which))) for by, which, title in other
    )


VERBS = (Verb(PAGES, page, UnitPage, keeps=False),)
COMMANDS = (Command("enhetens ärenden", ("enhetens arenden", "unit cases"), unit_cases, UNIT_CASES),)
