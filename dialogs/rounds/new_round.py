"""The form of a new round, and reading it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from actions.rounds import Plan
from checklists.calibration import akts
from checklists.case_dates import read_day
from checklists.errors import RoundNumber, RoundUnits
from checklists.free_text import fields_again
from checklists.loader import newest
from checklists.model import ListId
from checklists.periods import Period
from checklists.rights import READER
from checklists.round_draw import METHODS, MOST_PER_UNIT
from checklists.round_frame import default_period
from dialogs.turn.declared import claimed
from dialogs.turn.presses import OfRound
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button
from dialogs.views.rounds import Option, PanelField, PanelView, coded, decoded
from dialogs.views.views import Button, Line
from storage import people
from storage.people import ORGANISATION

LISTS: tuple[ListId, ...] = ("peer_review_bou", "rvt_self_check")
"""The lists a round may be about: those peer reviewers answer, and which have a made-up file to calibrate with."""
OPEN_DAYS = 28
"""How long a round is open by default."""
NUMBERS: Mapping[str, tuple[tuple[int, ...], int]] = {
    "per_unit": ((*range(1, 16), 20, 25, 30, 40, MOST_PER_UNIT), 8),
    "quota": (tuple(range(11)), 0),
    "twice": ((0, 10, 20, 30, 40, 50, 100), 20),
    "capacity": (tuple(range(100, -10, -10)), 100),
}
"""The allowed values of each number, and its default."""


def units_of(context: TurnContext) -> dict[int, str]:
    """Return the units whose rounds this person runs: all for a manager, else those she is chef or deputy of."""
    names = people.unit_names(context.session, context.tenant_id)
    own = {unit for role in READER for unit in context.units_as(role)}
    is_whole = bool(context.units_as("manager"))
    wanted = {row_id: name for row_id, name in names.items() if name != ORGANISATION and (is_whole or row_id in own)}
    return dict(sorted(wanted.items(), key=lambda pair: pair[1]))


def form(context: TurnContext, notices: tuple[Line, ...] = (), typed: Mapping[str, str] | None = None) -> PanelView:
    """Return the form. typed: what was filled in and refused."""
    period = default_period(context.today)
    given = {
        "period_first": period.first.isoformat(),
        "period_last": period.last.isoformat(),
        "opens_on": context.today.isoformat(),
        "closes_on": (context.today + timedelta(days=OPEN_DAYS)).isoformat(),
    } | fields_again(typed, context.origin.lets)
    units = units_of(context)
    if len(units) == 1:
        given.setdefault("units", coded(next(iter(units))))

    def field(
        name: str, kind: Literal["text", "date", "choice"], *options: Option, several: bool = False
    ) -> PanelField:
        label = Line(say="rounds.field_" + name)
        value = given.get(name, "")
        return PanelField(id=name, kind=kind, label=label, options=options, several=several, value=value)

    shipped = [one for one in LISTS if akts(one)]
    here = [Option(value=coded(one), name=name) for one, name in units.items()]
    lists = [Option(value=one, line=Line(say="lists.name", args={"list": one})) for one in shipped]
    return PanelView(
        notices=notices,
        title=Line(say="rounds.new_title"),
        lines=(Line(say="rounds.new"),),
        fields=(
            field("name", "text"),
            field("checklist", "choice", *lists),
            field("units", "choice", *here, several=True),
            field("period_first", "date"),
            field("period_last", "date"),
            number_field("per_unit", given.get("per_unit", "")),
            field("method", "choice", *(Option(value=one, line=Line(say="rounds.method_" + one)) for one in METHODS)),
            number_field("quota", given.get("quota", "")),
            number_field("twice", given.get("twice", "")),
            field("opens_on", "date"),
            field("closes_on", "date"),
            field("pool", "text"),
        ),
        buttons=(
            Button(
                title=Line(say="buttons.draw_cases"), claim=claimed("round_save", OfRound(made_by=context.origin.act))
            ),
        ),
        nav=(command_button("egenkontroll", "buttons.reviews"),),
    )


def read(context: TurnContext, inputs: Mapping[str, str]) -> Plan:
    """Read the form. Raises: RoundUnits, RoundNumber, BadDate, DateOutOfRange."""
    units = units_of(context)
    wanted = decoded(inputs.get("units", ""))
    list_id = next((one for one in LISTS if one == inputs.get("checklist")), None)
    if list_id is None or not set(wanted) <= set(units):
        raise RoundUnits
    days = {
        name: read_day(inputs.get(name, "").strip(), context.today, name)
        for name in ("period_first", "period_last", "opens_on", "closes_on")
    }
    return Plan(
        name=inputs.get("name", ""),
        checklist=newest(list_id).id,
        units=wanted,
        period=Period(days["period_first"], days["period_last"]),
        opens_on=days["opens_on"],
        closes_on=days["closes_on"],
        per_unit=number(inputs, "per_unit"),
        method=next((one for one in METHODS if one == inputs.get("method")), "random"),
        quota=number(inputs, "quota"),
        twice=number(inputs, "twice"),
        pool=inputs.get("pool", ""),
    )


def number_field(name: str, value: str = "") -> PanelField:
    """Return the field of a number: a choice, as digits typed beside days could be read as a personal number."""
    allowed, usual = NUMBERS[name]
    options = tuple(Option(value=coded(one), name=str(one)) for one in allowed)
    label = Line(say="rounds.field_" + name)
    return PanelField(id=name, kind="choice", label=label, options=options, value=value or coded(usual))


def number(inputs: Mapping[str, str], name: str) -> int:
    """Read a number from a form; empty gives the default. Raises: RoundNumber."""
    allowed, usual = NUMBERS[name]
    found = decoded(inputs.get(name, "") or coded(usual))
    if len(found) != 1 or found[0] not in allowed:
        raise RoundNumber(least=min(allowed), most=max(allowed))
    return found[0]
