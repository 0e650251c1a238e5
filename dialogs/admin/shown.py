"""How the admin's cards are put together: pages, buttons, and how a case is named without its content."""

from collections.abc import Mapping, Sequence

from checklists.errors import UserError
from checklists.faults import Refusal
from checklists.model import Role
from checklists.rights import RELATIONS, Relation, Right
from dialogs.turn.declared import claimed
from dialogs.turn.presses import AdminPage, OnAdmin
from dialogs.turn.turn_context import TurnContext
from dialogs.views.admin import AdminField
from dialogs.views.parts import Button, Line
from dialogs.views.ready_made import command_button, refused
from storage import cases, people
from storage.held import NotHeld
from storage.people import ORGANISATION, PersonRow, RoleRow

_MAY: Mapping[Role, tuple[Relation, ...]] = {"admin": RELATIONS}
ADMIN = Right("admin", "self", _MAY)
PAGE = Right("admin_page", "self", _MAY)
ACT = Right("admin_act", "self", _MAY)
EXPORT = Right("export_people", "self", _MAY)
ROWS = 5
"""Rows on one page of a list."""
MOST_CHOICES = 80
"""People or units to choose from on one card of 24 KB."""


def to_page(title: str, page: str, about: int = 0, start: int = 0, *, of: str = "", **args: str | int) -> Button:
    """Return the button that leads to a page. of: what distinguishes it from others with the same title."""
    claim = claimed("admin_page", AdminPage(page, about, start))
    return Button(title=Line(say=title, args=args), claim=claim, about=of)


def to_act(context: TurnContext, title: str, act: str, about: int = 0, of: str = "") -> Button:
    """Return the button that does something. of: what distinguishes it from others with the same title."""
    return Button(title=Line(say=title), claim=claimed("admin_act", OnAdmin(act, about, context.origin.act)), about=of)


def back() -> tuple[Button, ...]:
    """Return the button to the admin's first card."""
    return (command_button("administrera", "buttons.administer"),)


def more(title: str, name: str, about: int, start: int, rows: Sequence[object]) -> tuple[Button, ...]:
    """Return the button for the next rows, if there are any."""
    return (to_page(title, name, about, start + ROWS),) if len(rows) > start + ROWS else ()


def units_of(context: TurnContext) -> dict[int, str]:
    """Return the units somebody may work in, by row id, in name order, including those that will close later."""
    names = people.unit_names(context.session, context.tenant_id)
    still = {
        row_id: name
        for row_id, name in names.items()
        if name != ORGANISATION
        and (row := people.unit_by_id(context.session, context.tenant_id, row_id)) is not None
        and (row.closed_on is None or row.closed_on > context.today)
    }
    return dict(sorted(still.items(), key=lambda one: one[1]))


def unit_field(context: TurnContext, field: str = "unit", label: str = "admin.unit", value: str = "") -> AdminField:
    """Return the field in which a unit is chosen."""
    units = tuple((str(row_id), name) for row_id, name in list(units_of(context).items())[:MOST_CHOICES])
    return AdminField(id=field, label=Line(say=label), kind="choice", choices=units, value=value)


def case_name(ref: str, row_id: int) -> Line:
    """Return how a case is named: by its reference, empty for one with protected identity."""
    if ref:
        return Line(say="admin.case", args={"ref": ref})
    return Line(say="admin.protected_case", args={"number": row_id})


def name_of_case(context: TurnContext, row_id: int) -> Line | None:
    """Return how the case with this row id is named, None if there is none."""
    try:
        case = cases.get(context.session, context.tenant_id, row_id) if row_id else None
    except NotHeld:
        return case_name("", row_id)
    return case_name("" if case.protected_identity else case.ref, case.id) if case is not None else None


def role_line(role: RoleRow, units: dict[int, str]) -> Line:
    """Return one role of a person as a line."""
    args = {
        "unit": units.get(role.unit_id) or "–",
        "first": role.valid_from.isoformat() if role.valid_from else "…",
        "last": role.valid_to.isoformat() if role.valid_to else "…",
    }
    return Line(say="admin.role_" + role.role, args=args)


def whom(person: PersonRow) -> str:
    """Return a person's name with the e-mail, for where several may have the same name."""
    return f"{person.name} ({person.email})" if person.email else person.name


def told(context: TurnContext, error: UserError | Refusal) -> tuple[Line, ...]:
    """Return the lines that explain a refusal; nothing was stored."""
    if isinstance(error, UserError):
        return refused(error)
    said = tuple(Line(say="admin.refused", args={"what": one.told(context.language)}) for one in error.faults)
    return (*said, Line(say="errors.none_saved"))
