"""`ersättare`: deputies for a chef between two dates, named by the chef, a manager or an admin."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from actions import people as acts
from actions.changes import Changes
from checklists.case_dates import read_day, readable_day
from checklists.errors import BadDeputy, UserError
from checklists.model import Role
from checklists.rights import RELATIONS, Right
from dialogs.messages.tell import tell
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import AsShown, OfDeputy
from dialogs.turn.turn_context import TurnContext
from dialogs.views.chef import DeputiesView, Deputy
from dialogs.views.ready_made import command_button, refused
from dialogs.views.views import Button, Line, MenuView
from storage import conversations, people
from storage.people import ORGANISATION, PersonRow, RoleRow

_MAY_NAME: tuple[Role, ...] = ("unit_manager", "manager", "admin")
DEPUTIES = Right("deputies", "self", dict.fromkeys(_MAY_NAME, RELATIONS))
NAME = Right("name_deputy", "self", DEPUTIES.may)
REMOVE = Right("remove_deputy", "self", DEPUTIES.may)
MOST_PEOPLE, MOST_DEPUTIES, MOST_NAMES = 100, 10, 15
"""What fits on one card of 24 KB."""
NOTHING_TYPED: Mapping[str, str] = {}
_STANDS_IN = ("case_worker", "unit_manager", "deputy")


def deputies(context: TurnContext, _rest: str = "") -> Reaction:
    """Show the deputies, and the form for naming another."""
    return _card(context, ())


def _card(context: TurnContext, notices: tuple[Line, ...], typed: Mapping[str, str] = NOTHING_TYPED) -> DeputiesView:
    units = _units(context)
    chefs = _chefs(context, units)
    act = context.origin.act
    choose_chef = len({row.id for _, row in chefs}) > 1 and not context.units_as("unit_manager")
    people_here = _eligible(context)[:MOST_PEOPLE]

    def again(field: str, offered: Iterable[int]) -> str:
        return next((str(one) for one in offered if str(one) == typed.get(field)), "")

    return DeputiesView(
        notices=notices,
        deputies=tuple(_deputy(*named, units, chefs, act) for named in _named(context, units)[:MOST_DEPUTIES]),
        people=tuple((row.id, row.name) for row in people_here),
        units=tuple(units.items()) if len(units) > 1 else (),
        chefs=tuple({row.id: row.name for _, row in chefs}.items()) if choose_chef else (),
        no_app=_without_app(context, units),
        person=again("person", (row.id for row in people_here)),
        unit=again("unit", units),
        chef=again("stands_in_for", (row.id for _, row in chefs)),
        first=readable_day(typed.get("first", "").strip(), context.today),
        last=readable_day(typed.get("last", "").strip(), context.today),
        save=Button(title=Line(say="buttons.save"), claim=claimed("name_deputy", AsShown(act))),
    )


def _units(context: TurnContext) -> dict[int, str]:
    """Return the units in which the person may name a deputy: a chef's own, or all for a manager or admin."""
    names = people.unit_names(context.session, context.tenant_id)
    whole = context.units_as("manager") or context.units_as("admin")
    wanted = set(names) if whole else set(context.units_as("unit_manager"))
    return {row_id: name for row_id, name in sorted(names.items()) if row_id in wanted and name != ORGANISATION}


def _chefs(context: TurnContext, units: Mapping[int, str]) -> list[tuple[int, PersonRow]]:
    held = people.held_in(context.session, context.tenant_id, "unit_manager")
    return [(role.unit_id, row) for row, role in held if role.unit_id in units and people.is_held(role, context.today)]


def _named(context: TurnContext, units: Mapping[int, str]) -> list[tuple[PersonRow, RoleRow]]:
    """Return the current and coming deputies, earliest first."""
    held = people.held_in(context.session, context.tenant_id, "deputy")
    today = context.today
    found = [(row, role) for row, role in held if role.unit_id in units and (role.valid_to or date.max) >= today]
    return sorted(found, key=lambda pair: (pair[1].valid_from or date.min, pair[0].name))


def _deputy(
    row: PersonRow, role: RoleRow, units: Mapping[int, str], chefs: list[tuple[int, PersonRow]], made_by: str
) -> Deputy:
    names = {chef.id: chef.name for _, chef in chefs}
    claim = claimed("remove_deputy", OfDeputy(role.id, made_by))
    about = ", ".join(part for part in (row.name, units[role.unit_id], str(role.valid_from or "")) if part)
    return Deputy(
        name=row.name,
        unit=units[role.unit_id],
        first=role.valid_from.isoformat() if role.valid_from else "",
        last=role.valid_to.isoformat() if role.valid_to else "",
        stands_in_for=names.get(role.stands_in_for_id or 0, ""),
        remove=Button(title=Line(say="buttons.remove"), claim=claim, about=about),
    )


def _eligible(context: TurnContext, units: Mapping[int, str] | None = None) -> list[PersonRow]:
    """Return the people who work on or read cases in these units, by default in any."""
    found = {
        row.id: row
        for row, role in people.everyone(context.session, context.tenant_id)
        if role.role in _STANDS_IN and (units is None or role.unit_id in units) and people.is_held(role, context.today)
    }
    return list(found.values())


def _without_app(context: TurnContext, units: Mapping[int, str]) -> tuple[str, ...]:
    """Return the names of chefs, deputies and workers in these units without the app."""
    missed = conversations.without_app(context.session, _eligible(context, units))
    return tuple(row.name for row in missed)[:MOST_NAMES]


# --- naming ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Appointment:
    """The form, read and checked. first and last are inclusive."""

    person: PersonRow
    unit_id: int
    chef: PersonRow
    first: date
    last: date


def name_deputy(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Store a deputy and tell that person. Saving confirms that the deputy holds the delegation."""
    try:
        wanted = _read(context, press.inputs)
        changes = _store(context, wanted)
    except UserError as error:
        return _card(context, refused(error), press.inputs)
    args: dict[str, str | int] = {
        "name": wanted.person.name,
        "chef": wanted.chef.name,
        "first": wanted.first.isoformat(),
        "last": wanted.last.isoformat(),
    }
    notices = ("deputies.named", "deputies.no_app") if _tell(context, wanted, args) else ("deputies.named",)
    return Done(_card(context, tuple(Line(say=key, args=args) for key in notices)), changes)


def _store(context: TurnContext, wanted: _Appointment) -> Changes:
    where = (wanted.person, wanted.unit_id, wanted.chef, wanted.first, wanted.last)
    return acts.name_deputy(context.session, context.origin, *where)


def _tell(context: TurnContext, wanted: _Appointment, args: dict[str, str | int]) -> bool:
    """Tell the deputy; return whether she could not be told because she lacks the app."""
    view = you_are((Line(say="deputies.you", args=args),))
    return bool(tell(context.session, [wanted.person], view, now=context.turn.now, kind="notice"))


def you_are(lines: tuple[Line, ...]) -> MenuView:
    """Return the message to a deputy. lines: for whom and when."""
    button = command_button("att läsa", "buttons.to_read")
    return MenuView(title=Line(say="deputies.you_title"), lines=lines, buttons=(button,))


def told(context: TurnContext) -> tuple[Line, ...]:
    """Return for whom this person stands in, now or later, one line for each."""
    held = people.roles_of(context.session, context.person_id, "deputy")
    coming = [row for row in held if (row.valid_to or date.max) >= context.today]
    chefs = people.names_of(context.session, context.tenant_id, {row.stands_in_for_id or 0 for row in coming})
    lines = []
    for row in coming:
        chef, first, last = chefs.get(row.stands_in_for_id or 0), row.valid_from, row.valid_to
        if chef and first and last:
            args = {"chef": chef, "first": first.isoformat(), "last": last.isoformat()}
            lines.append(Line(say="deputies.you", args=args))
    return tuple(lines)


def _read(context: TurnContext, inputs: Mapping[str, str]) -> _Appointment:
    """Read the form. Raises: BadDate, DateOutOfRange, BadDeputy."""
    units = _units(context)
    unit_id = _chosen(inputs, "unit", next(iter(units)) if len(units) == 1 else 0)
    row = {one.id: one for one in _eligible(context)}.get(_chosen(inputs, "person", 0))
    chefs = {chef.id: chef for at, chef in _chefs(context, units) if at == unit_id}
    own = context.person_id if context.person_id in chefs else next(iter(chefs)) if len(chefs) == 1 else 0
    chef = chefs.get(_chosen(inputs, "stands_in_for", own))
    if row is None or unit_id not in units or chef is None:
        raise BadDeputy
    first, last = (read_day(inputs.get(name, "").strip(), context.today, name) for name in ("first", "last"))
    return _Appointment(row, unit_id, chef, first, last)


def _chosen(inputs: Mapping[str, str], name: str, otherwise: int) -> int:
    text = inputs.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else otherwise


def remove_deputy(context: TurnContext, press: Press[OfDeputy]) -> Reaction:
    """Remove a deputy with immediate effect."""
    found = next((pair for pair in _named(context, _units(context)) if pair[1].id == press.what.role_id), None)
    if found is None:
        return _card(context, (Line(say="deputies.gone"),))
    row, role = found
    changes = acts.remove_deputy(context.session, context.origin, role)
    return Done(_card(context, (Line(say="deputies.removed", args={"name": row.name}),)), changes)


VERBS = (Verb(NAME, name_deputy, AsShown), Verb(REMOVE, remove_deputy, OfDeputy))
COMMANDS = (Command("ersättare", ("deputy",), deputies, DEPUTIES),)
