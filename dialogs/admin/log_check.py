"""`loggkontroll`: a sample of last month's accesses for the unit's chef to check; a manager checks the chefs' own."""

from actions import log_checks as acts
from actions.changes import Changes
from checklists.errors import UserError
from checklists.log_check import OPEN, Outcome
from checklists.rights import RELATIONS, Right
from checklists.swedish_time import local
from dialogs.admin.shown import case_name, told
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import OnAdmin
from dialogs.turn.turn_context import TurnContext
from dialogs.views.admin import AdminSection, AdminView
from dialogs.views.parts import Button, Line
from dialogs.views.ready_made import command_button
from storage import cases, log_checks, people
from storage.log_checks import LogCheckRow

LOG_CHECK = Right("log_check", "self", dict.fromkeys(("unit_manager", "manager"), RELATIONS))
CHECK = Right("check_access", "self", LOG_CHECK.may)
_TITLES: dict[Outcome, str] = {"in_order": "buttons.in_order", "followed_up": "buttons.followed_up"}


def log_check(context: TurnContext, _rest: str) -> Reaction:
    """Draw the sample of last month's accesses, unless it is already drawn, and show those this person checks."""
    month = acts.month_before(context.today)
    changes = acts.sample(context.session, context.origin, month)
    view, shown = _card(context, changes)
    return Done(view, shown)


def _card(context: TurnContext, changes: Changes, notices: tuple[Line, ...] = ()) -> tuple[AdminView, Changes]:
    month = acts.month_before(context.today)
    rows = acts.hers(context.session, context.origin, month, _seat(context))
    still = [row for row in rows if row.outcome == OPEN]
    args = {"month": f"{month:%Y-%m}", "done": len(rows) - len(still), "drawn": len(rows)}
    line = Line(say="log_check.left" if still else "log_check.done" if rows else "log_check.none", args=args)
    view = AdminView(
        title=Line(say="log_check.title", args={"month": args["month"]}),
        notices=notices,
        lines=(line, *((Line(say="log_check.how"),) if still else ())),
        sections=tuple(_section(context, row) for row in still),
        buttons=(command_button("hjälp", "buttons.help"),),
    )
    return view, changes


def _seat(context: TurnContext) -> acts.Checker:
    return acts.Checker(tuple(context.units_as("unit_manager")), bool(context.units_as("manager")))


def _section(context: TurnContext, row: LogCheckRow) -> AdminSection:
    """Return one access: who, in which role, what, when, and in which case; never what was read."""
    event = log_checks.event(context.session, row)
    person = int(event.actor.partition(":")[2])
    name = people.names_of(context.session, context.tenant_id, [person]).get(person, "")
    at = local(event.at)
    lines, of = [Line(say="log_check.at", args={"at": f"{at:%Y-%m-%d %H:%M}"})], f"{at:%Y-%m-%d %H:%M}, {row.id}"
    case = cases.if_sound(context.session, context.tenant_id, event.case_id)
    if case is not None:
        hides = case.protected_identity and case.unit_id not in context.units_as("unit_manager")
        lines.append(case_name("" if hides else case.ref, case.id))
    return AdminSection(
        heading=Line(say="log_check.act_" + event.act, args={"name": name}),
        lines=tuple(lines),
        buttons=tuple(_button(context, row, outcome, title, of) for outcome, title in _TITLES.items()),
    )


def _button(context: TurnContext, row: LogCheckRow, outcome: Outcome, title: str, of: str) -> Button:
    what = OnAdmin(outcome, row.id, context.origin.act)
    return Button(title=Line(say=title), claim=claimed("check_access", what), about=of)


def check(context: TurnContext, press: Press[OnAdmin]) -> Reaction:
    """Record the outcome of checking an access, and show those that remain."""
    outcome: Outcome = "followed_up" if press.what.act == "followed_up" else "in_order"
    try:
        changes = acts.check(context.session, context.origin, press.what.about, outcome, _seat(context))
    except UserError as error:
        return _card(context, (), told(context, error))[0]
    return Done(*_card(context, changes, (Line(say="log_check.kept"),)))


VERBS = (Verb(CHECK, check, OnAdmin),)
COMMANDS = (Command("loggkontroll", ("log check",), log_check, LOG_CHECK),)
