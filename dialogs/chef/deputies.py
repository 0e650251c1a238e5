"""Who stands in for a chef, and between which days: named by the chef herself, a manager or an admin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from checklists.errors import BadDate, BadDeputy, BadPeriod, UserError
from checklists.rights import RELATIONS, Right
from dialogs.messages.recipients import without_app
from dialogs.messages.tell import tell
from dialogs.turn.declared import Command, Press, Verb
from dialogs.turn.find_case import command_button
from dialogs.turn.turn_context import Talk
from dialogs.views.chef import DeputiesView, Deputy
from dialogs.views.views import AnyView, Button, Claim, Line, MenuView
from storage import people
from storage.people import ORGANISATION, PersonRow, RoleRow

DEPUTIES = Right("deputies", "self", dict.fromkeys(("unit_manager", "manager", "admin"), RELATIONS))
NAME = Right("name_deputy", "self", DEPUTIES.may)
REMOVE = Right("remove_deputy", "self", DEPUTIES.may)
MOST_PEOPLE, MOST_DEPUTIES, MOST_NAMES = 100, 10, 15
"""What fits on one card of 24 KB."""
_STANDS_IN = ("case_worker", "unit_manager", "deputy")


def deputies(talk: Talk, _rest: str = "") -> AnyView:
    """Show who stands in for whom, and the form for naming one more."""
    return _card(talk, ())


def _card(talk: Talk, notices: tuple[Line, ...]) -> DeputiesView:
    units = _units(talk)
    chefs = _chefs(talk, units)
    choose_chef = len({row.id for _, row in chefs}) > 1 and not talk.units_as("unit_manager")
    return DeputiesView(
        notices=notices,
        deputies=tuple(_deputy(row, role, units, chefs) for row, role in _named(talk, units)[:MOST_DEPUTIES]),
        people=tuple((row.id, row.name) for row in _eligible(talk)[:MOST_PEOPLE]),
        units=tuple(units.items()) if len(units) > 1 else (),
        chefs=tuple({row.id: row.name for _, row in chefs}.items()) if choose_chef else (),
        no_app=_without_app(talk, units),
        save=Button(title=Line(say="buttons.save"), claim=Claim(verb="name_deputy", revision=talk.act)),
    )


def _units(talk: Talk) -> dict[int, str]:
    """Return the units she may name a deputy in: her own as chef, every one as manager or admin."""
    names = people.unit_names(talk.session, talk.tenant_id)
    whole = talk.units_as("manager") or talk.units_as("admin")
    wanted = set(names) if whole else set(talk.units_as("unit_manager"))
    return {row_id: name for row_id, name in sorted(names.items()) if row_id in wanted and name != ORGANISATION}


def _chefs(talk: Talk, units: Mapping[int, str]) -> list[tuple[int, PersonRow]]:
    held = people.held_in(talk.session, talk.tenant_id, "unit_manager")
    return [(role.unit_id, row) for row, role in held if role.unit_id in units and people.is_held(role, talk.today)]


def _named(talk: Talk, units: Mapping[int, str]) -> list[tuple[PersonRow, RoleRow]]:
    """Return who stands in now or later, the nearest first."""
    held = people.held_in(talk.session, talk.tenant_id, "deputy")
    found = [(row, role) for row, role in held if role.unit_id in units and (role.valid_to or date.max) >= talk.today]
    return sorted(found, key=lambda pair: (pair[1].valid_from or date.min, pair[0].name))


def _deputy(row: PersonRow, role: RoleRow, units: Mapping[int, str], chefs: list[tuple[int, PersonRow]]) -> Deputy:
    names = {chef.id: chef.name for _, chef in chefs}
    claim = Claim(verb="remove_deputy", item=str(role.id), revision=f"{role.valid_from}/{role.valid_to}")
    return Deputy(
        name=row.name,
        unit=units[role.unit_id],
        first=role.valid_from.isoformat() if role.valid_from else "",
        last=role.valid_to.isoformat() if role.valid_to else "",
        stands_in_for=names.get(role.stands_in_for_id or 0, ""),
        remove=Button(title=Line(say="buttons.remove"), claim=claim),
    )


def _eligible(talk: Talk) -> list[PersonRow]:
    """Return who may be named: everyone who works with cases or reads them."""
    found = {
        row.id: row
        for row, role in people.everyone(talk.session, talk.tenant_id)
        if role.role in _STANDS_IN and people.is_held(role, talk.today)
    }
    return list(found.values())


def _without_app(talk: Talk, units: Mapping[int, str]) -> tuple[str, ...]:
    """Return the names of chefs, deputies and workers of these units who cannot be written to."""
    found = {
        row.id: row
        for row, role in people.everyone(talk.session, talk.tenant_id)
        if role.role in _STANDS_IN and role.unit_id in units and people.is_held(role, talk.today)
    }
    return tuple(row.name for row in without_app(talk.session, found.values()))[:MOST_NAMES]


# --- naming ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the form says: who, where, for whom, from and to."""

    person: PersonRow
    unit_id: int
    chef: PersonRow
    first: date
    last: date


def name_deputy(talk: Talk, press: Press) -> AnyView:
    """Keep a deputy with her days, and tell her. Saving says that she has the delegation."""
    try:
        wanted = _read(talk, press.inputs)
    except UserError as error:
        return _card(talk, (Line(say=error.text_key, args=error.args_for_text),))
    held = people.role(talk.session, wanted.person.id, wanted.unit_id, "deputy")
    if held is None:
        held = RoleRow(tenant_id=talk.tenant_id, person_id=wanted.person.id, unit_id=wanted.unit_id, role="deputy")
    held.valid_from, held.valid_to, held.stands_in_for_id = wanted.first, wanted.last, wanted.chef.id
    people.hold(talk.session, held)
    days = f"{wanted.first.isoformat()}/{wanted.last.isoformat()}"
    talk.record("deputy_named", detail=f"{wanted.person.id} for {wanted.chef.id} in {wanted.unit_id} {days}")
    args: dict[str, str | int] = {
        "name": wanted.person.name,
        "chef": wanted.chef.name,
        "first": wanted.first.isoformat(),
        "last": wanted.last.isoformat(),
    }
    missed = _tell(talk, wanted, args)
    notices = ("deputies.named", "deputies.no_app") if missed else ("deputies.named",)
    return _card(talk, tuple(Line(say=key, args=args) for key in notices))


def _tell(talk: Talk, wanted: _Wanted, args: dict[str, str | int]) -> bool:
    told = MenuView(
        title=Line(say="deputies.you_title"),
        lines=(Line(say="deputies.you", args=args),),
        buttons=(command_button("att läsa", "buttons.to_read"),),
    )
    return bool(tell(talk.session, [wanted.person], told, now=talk.turn.now, kind="notice"))


def _read(talk: Talk, inputs: Mapping[str, str]) -> _Wanted:
    """Return what the form says. Raises: BadDate, BadPeriod, BadDeputy."""
    units = _units(talk)
    unit_id = _chosen(inputs, "unit", next(iter(units)) if len(units) == 1 else 0)
    by_id = {row.id: row for row in _eligible(talk)}
    row = by_id.get(_chosen(inputs, "person", 0))
    chefs = {chef.id: chef for at, chef in _chefs(talk, units) if at == unit_id}
    own = talk.person_id if talk.person_id in chefs else next(iter(chefs)) if len(chefs) == 1 else 0
    chef = chefs.get(_chosen(inputs, "stands_in_for", own))
    if row is None or unit_id not in units or chef is None or row.id == chef.id:
        raise BadDeputy
    try:
        first, last = (date.fromisoformat(inputs.get(name, "").strip()) for name in ("first", "last"))
    except ValueError:
        raise BadDate from None
    if last < first or last < talk.today:
        raise BadPeriod
    return _Wanted(row, unit_id, chef, first, last)


def _chosen(inputs: Mapping[str, str], name: str, otherwise: int) -> int:
    text = inputs.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else otherwise


def remove_deputy(talk: Talk, press: Press) -> AnyView:
    """End a deputy's days at once."""
    units = _units(talk)
    found = next((pair for pair in _named(talk, units) if str(pair[1].id) == press.claim.item), None)
    if found is None:
        return _card(talk, (Line(say="deputies.gone"),))
    row, role = found
    talk.record("deputy_removed", detail=f"{row.id} in {role.unit_id}")
    people.let_go(talk.session, role, talk.today)
    return _card(talk, (Line(say="deputies.removed", args={"name": row.name}),))


VERBS = (Verb(NAME, name_deputy), Verb(REMOVE, remove_deputy))
COMMANDS = (Command("ersättare", ("deputy",), deputies, DEPUTIES),)
