"""The admin's other cards: units, messages that wait for a decision, skipped cases, the trail, disposal, settings."""

from collections.abc import Mapping
from datetime import timedelta

from actions import sends as send_acts
from actions import settings as setting_acts
from actions import units as unit_acts
from actions.changes import Change, Changes, record
from checklists.case_dates import read_day
from checklists.errors import UnitGone, UserError
from checklists.faults import Refusal
from checklists.free_text import fields_again
from checklists.log_check import OPEN
from checklists.program import PROGRAM
from checklists.tenant_settings import NAMES, check_together, parse_setting, show_settings
from dialogs.admin.shown import (
    MOST_CHOICES,
    ROWS,
    back,
    case_name,
    more,
    name_of_case,
    to_act,
    to_page,
    told,
    unit_field,
    units_of,
)
from dialogs.turn.declared import Done, Reaction
from dialogs.turn.presses import AdminPage, OnAdmin
from dialogs.turn.turn_context import TurnContext
from dialogs.views.admin import AdminField, AdminSection, AdminView
from dialogs.views.parts import Line
from storage import cases, conversations, disposal, log_checks, not_held, outbox, people, skipped, tenants, trail
from storage.held import NotHeld
from storage.people import UnitRow

_NOTHING: Mapping[str, str] = {}


def _number(inputs: Mapping[str, str], name: str) -> int:
    written = inputs.get(name, "")
    return int(written) if written.isascii() and written.isdigit() else 0


def _listed(context: TurnContext, what: str) -> Changes:
    return record(context.session, context.origin, Change("admin_listed", detail=what))


# --- units -----------------------------------------------------------------------------------------------------------


def units(context: TurnContext, _at: AdminPage, _inputs: Mapping[str, str]) -> Reaction:
    """Show the units, with what can be done to one."""
    return _units(context)


def _units(context: TurnContext, notices: tuple[Line, ...] = (), typed: Mapping[str, str] = _NOTHING) -> AdminView:
    names, typed = units_of(context), fields_again(typed, context.origin.lets)
    lines = [_unit_line(context, row_id, name) for row_id, name in names.items()]
    chosen = AdminSection(fields=(unit_field(context, value=typed.get("unit", "")),))
    renames = AdminSection(
        heading=Line(say="admin.renames"),
        fields=(AdminField(id="name", label=Line(say="admin.new_name"), kind="text", value=typed.get("name", "")),),
        buttons=(to_act(context, "buttons.rename_unit", "rename_unit"),),
    )
    merges = AdminSection(
        heading=Line(say="admin.merges"),
        fields=(unit_field(context, "into", "admin.into", typed.get("into", "")),),
        buttons=(to_act(context, "buttons.merge_unit", "merge_unit"),),
    )
    closes = AdminSection(
        heading=Line(say="admin.closes"),
        fields=(AdminField(id="last", label=Line(say="admin.last_day"), kind="date"),),
        buttons=(to_act(context, "buttons.close_unit", "close_unit"),),
    )
    return AdminView(
        title=Line(say="admin.units"),
        notices=notices,
        lines=tuple(lines[:MOST_CHOICES]) or (Line(say="admin.no_units"),),
        sections=(chosen, renames, merges, closes) if names else (),
        buttons=back(),
    )


def _unit_line(context: TurnContext, row_id: int, name: str) -> Line:
    count = cases.open_in_unit(context.session, context.tenant_id, row_id)
    closed_on = _unit(context, row_id).closed_on
    if closed_on is None:
        return Line(say="admin.unit_line", args={"unit": name, "cases": count})
    last = closed_on - timedelta(days=1)
    return Line(say="admin.unit_closes", args={"unit": name, "cases": count, "day": last.isoformat()})


def _unit(context: TurnContext, row_id: int) -> UnitRow:
    """Return a unit in use. Raises: UnitGone."""
    row = people.unit_by_id(context.session, context.tenant_id, row_id)
    if row is None:
        raise UnitGone
    return row


def rename_unit(context: TurnContext, _what: OnAdmin, inputs: Mapping[str, str]) -> Reaction:
    """Give a unit another name."""
    try:
        unit = _unit(context, _number(inputs, "unit"))
        old = unit.name
        changes = unit_acts.rename(context.session, context.origin, unit, inputs.get("name", ""))
    except UserError as error:
        return _units(context, told(context, error), inputs)
    line = Line(say="admin.renamed" if changes else "admin.unchanged", args={"old": old, "name": unit.name})
    return Done(_units(context, (line,)), changes)


def merge_unit(context: TurnContext, _what: OnAdmin, inputs: Mapping[str, str]) -> Reaction:
    """Ask for confirmation before merging a unit into another: it cannot be undone."""
    try:
        unit, into = _unit(context, _number(inputs, "unit")), _unit(context, _number(inputs, "into"))
        if unit.id == into.id:
            raise UnitGone
    except UserError as error:
        return _units(context, told(context, error), inputs)
    args = {"unit": unit.name, "into": into.name}
    return AdminView(
        title=Line(say="admin.merge_title"),
        lines=(Line(say="admin.merge_asks", args=args), Line(say="admin.merge_how")),
        buttons=(
            to_act(context, "buttons.merge_sure", f"merge_sure:{into.id}", unit.id),
            to_page("buttons.cancel", "units"),
        ),
    )


def merge_sure(context: TurnContext, what: OnAdmin, _inputs: Mapping[str, str]) -> Reaction:
    """Merge a unit into another, whose row id follows the name of the action."""
    try:
        unit, into = _unit(context, what.about), _unit(context, int(what.act.partition(":")[2]))
        changes = unit_acts.merge(context.session, context.origin, unit, into)
    except UserError as error:
        return _units(context, told(context, error))
    return Done(_units(context, (Line(say="admin.merged", args={"unit": unit.name, "into": into.name}),)), changes)


def close_unit(context: TurnContext, _what: OnAdmin, inputs: Mapping[str, str]) -> Reaction:
    """Close a unit after its last day."""
    try:
        unit = _unit(context, _number(inputs, "unit"))
        last = read_day(inputs.get("last", "").strip(), context.today, "last_day")
        changes = unit_acts.close(context.session, context.origin, unit, last)
    except UserError as error:
        return _units(context, told(context, error), inputs)
    say = "admin.closed" if last < context.today else "admin.closes_later"
    line = Line(say=say, args={"unit": unit.name, "day": last.isoformat()})
    return Done(_units(context, (line,)), changes)


# --- messages that wait for a decision -------------------------------------------------------------------------------


def sends(context: TurnContext, at: AdminPage, _inputs: Mapping[str, str]) -> Reaction:
    """List the messages the bot has stopped trying to send."""
    return Done(_sends(context, at.start), _listed(context, "sends"))


def _sends(context: TurnContext, start: int = 0, notices: tuple[Line, ...] = ()) -> AdminView:
    left = outbox.left(context.session, context.tenant_id)
    rows = []
    for row in left[start : start + ROWS]:
        chat = conversations.get(context.session, row.conversation_id)
        to = people.names_of(context.session, context.tenant_id, [chat.person_id]).get(chat.person_id, "")
        args = {"state": row.state, "at": row.created_at.date().isoformat(), "number": row.id}
        about = name_of_case(context, row.case_id)
        again = (to_act(context, "buttons.send_again", "send_again", row.id, str(row.id)),) if row.view else ()
        rows.append(
            AdminSection(
                heading=Line(say="admin.send", args={"name": to, **args}),
                lines=(Line(say="admin.send_" + row.state), *((about,) if about else ())),
                buttons=(*again, to_act(context, "buttons.drop_send", "drop_send", row.id, str(row.id))),
            )
        )
    count = Line(say="admin.sends_left" if left else "admin.no_sends", args={"count": len(left)})
    return AdminView(
        title=Line(say="admin.sends_title"),
        notices=notices,
        lines=(count,),
        sections=tuple(rows),
        buttons=(*more("buttons.show_more", "sends", 0, start, left), *back()),
    )


def send_again(context: TurnContext, what: OnAdmin, _inputs: Mapping[str, str]) -> Reaction:
    """Let the bot try to send a message again."""
    try:
        changes = send_acts.again(context.session, context.origin, what.about)
    except UserError as error:
        return _sends(context, 0, told(context, error))
    return Done(_sends(context, 0, (Line(say="admin.sent_again"),)), changes)


def drop_send(context: TurnContext, what: OnAdmin, _inputs: Mapping[str, str]) -> Reaction:
    """Drop a message without sending it."""
    try:
        changes = send_acts.drop(context.session, context.origin, what.about)
    except UserError as error:
        return _sends(context, 0, told(context, error))
    return Done(_sends(context, 0, (Line(say="admin.send_dropped"),)), changes)


# --- what the sweep left out, the trail, disposal --------------------------------------------------------------------


def skipped_cases(context: TurnContext, at: AdminPage, _inputs: Mapping[str, str]) -> Reaction:
    """List the cases that are left out because their data are faulty, and the rows that cannot be read."""
    cases_out = skipped.listed(context.session, context.tenant_id)
    rows_out = not_held.met(context.session)
    found = (*map(_left_out, cases_out), *map(_unreadable, rows_out))
    lines = [Line(say="admin.skipped_count" if cases_out else "admin.none_skipped", args={"count": len(cases_out)})]
    if rows_out:
        lines.append(Line(say="admin.unreadable_count", args={"count": len(rows_out)}))
    view = AdminView(
        title=Line(say="admin.skipped_title"),
        lines=tuple(lines),
        sections=found[at.start : at.start + ROWS],
        buttons=(*more("buttons.show_more", "skipped", 0, at.start, found), *back()),
    )
    return Done(view, _listed(context, "skipped"))


def _left_out(one: skipped.LeftOut) -> AdminSection:
    of = "admin.skipped_in_figures" if one.is_of_figures else "admin.skipped_by_reminders"
    line = Line(say=of, args={"day": one.since.isoformat(), "what": one.error})
    return AdminSection(heading=case_name(one.ref, one.case_id), lines=(line,))


def _unreadable(one: NotHeld) -> AdminSection:
    heading = Line(say="admin.unreadable_row", args={"row": one.row, "table": one.table})
    columns = Line(say="admin.unreadable_in", args={"columns": ", ".join(one.columns)})
    return AdminSection(heading=heading, lines=(columns,))


def log(context: TurnContext, _at: AdminPage, _inputs: Mapping[str, str]) -> Reaction:
    """Show the state of the audit trail's chain, and the progress of the latest monthly check of accesses."""
    unchained, since = trail.unchained(context.session)
    place, _ = trail.end_of_chain(context.session, context.tenant_id)
    month = log_checks.newest_month(context.session, context.tenant_id)
    rows = log_checks.of_tenant(context.session, context.tenant_id, month) if month else ()
    names = people.unit_names(context.session, context.tenant_id, former=True)
    lines = [
        Line(say="admin.chained", args={"place": place}),
        Line(say="admin.unchained" if since else "admin.all_chained", args={"count": unchained}),
        Line(say="admin.verify", args={"program": PROGRAM}),
    ]
    seats = []
    for seat in dict.fromkeys(row.unit_id for row in rows):
        of_seat = [row for row in rows if row.unit_id == seat]
        done = sum(row.outcome != OPEN for row in of_seat)
        heading = Line(say="admin.name", args={"name": names[seat]}) if seat else Line(say="admin.above")
        args = {"done": done, "drawn": len(of_seat)}
        seats.append(AdminSection(heading=heading, lines=(Line(say="admin.checked", args=args),)))
    title = Line(say="admin.month", args={"month": f"{month:%Y-%m}"}) if month else Line(say="admin.nothing_drawn")
    return AdminView(title=Line(say="admin.log_title"), lines=(*lines, title), sections=tuple(seats), buttons=back())


def due(context: TurnContext, at: AdminPage, _inputs: Mapping[str, str]) -> Reaction:
    """List the cases whose retention period is over, and the command that disposes of them; the page does not."""
    found = disposal.due_cases(context.session, context.tenant, context.today)
    hidden = cases.protected_among(context.session, [one.id for one in found])
    rows = tuple(
        AdminSection(
            heading=case_name("" if one.id in hidden else one.ref, one.id),
            lines=(Line(say="admin.due", args={"closed": one.closed_on.isoformat(), "due": one.due_on.isoformat()}),),
        )
        for one in found[at.start : at.start + ROWS]
    )
    period = disposal.retention(context.tenant).case_months
    count = Line(say="admin.due_count" if found else "admin.none_due", args={"count": len(found)})
    lines = (Line(say="admin.no_period"),) if period is None else (count,)
    view = AdminView(
        title=Line(say="admin.disposal_title"),
        lines=(*lines, Line(say="admin.disposal_how", args={"program": PROGRAM})),
        sections=rows,
        buttons=(
            *more("buttons.show_more", "disposal", 0, at.start, found),
            to_page("buttons.deletion", "deletion"),
            *back(),
        ),
    )
    return Done(view, record(context.session, context.origin, Change("disposal_listed")))


# --- settings --------------------------------------------------------------------------------------------------------


def settings(context: TurnContext, _at: AdminPage, _inputs: Mapping[str, str]) -> Reaction:
    """Show the municipality's settings, with the form to change one."""
    return _settings(context)


def _settings(context: TurnContext, notices: tuple[Line, ...] = (), typed: Mapping[str, str] = _NOTHING) -> AdminView:
    shown, typed = show_settings(tenants.settings(context.tenant)), fields_again(typed, context.origin.lets)
    lines = tuple(
        Line(say="admin.setting", args={"name": name, "value": value or "–"}) for name, value in shown.items()
    )
    names = tuple((name, name) for name in NAMES)
    form = AdminSection(
        fields=(
            AdminField(
                id="setting",
                label=Line(say="admin.which_setting"),
                kind="choice",
                choices=names,
                value=typed.get("setting", ""),
            ),
            AdminField(id="value", label=Line(say="admin.value"), kind="text", value=typed.get("value", "")),
        ),
        buttons=(to_act(context, "buttons.save", "set"),),
    )
    return AdminView(
        title=Line(say="admin.settings_title"),
        notices=notices,
        sections=(form, AdminSection(heading=Line(say="admin.settings_now"), lines=lines)),
        buttons=back(),
    )


def set_one(context: TurnContext, _what: OnAdmin, inputs: Mapping[str, str]) -> Reaction:
    """Change one setting, if the result is consistent with the others."""
    name, before = inputs.get("setting", ""), context.tenant.settings
    try:
        value = parse_setting(name, inputs.get("value", "").strip())
        tenants.set_setting(context.tenant, name, value)
        check_together(tenants.settings(context.tenant), {name}, has_tab=bool(context.tab_url))
    except Refusal as refusal:
        context.tenant.settings = before
        return _settings(context, told(context, refusal), inputs)
    context.tenant.settings = before
    changes = setting_acts.change(context.session, context.origin, context.tenant, name, value)
    notices = [Line(say="admin.setting_saved", args={"name": name})]
    if found := setting_acts.without_duty(context.session, context.tenant, name, value):
        notices.append(Line(say="admin.refused", args={"what": found.told(context.language)}))
    return Done(_settings(context, tuple(notices)), changes)


PAGES = {
    "units": units,
    "sends": sends,
    "skipped": skipped_cases,
    "log": log,
    "disposal": due,
    "settings": settings,
}
ACTIONS = {
    "rename_unit": rename_unit,
    "merge_unit": merge_unit,
    "merge_sure": merge_sure,
    "close_unit": close_unit,
    "send_again": send_again,
    "drop_send": drop_send,
    "set": set_one,
}
