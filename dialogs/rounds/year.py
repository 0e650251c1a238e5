"""`Årets plan`: when the next rounds are due, and the duties of the year; what is late is marked."""

from collections.abc import Mapping
from datetime import date

from actions import year as acts
from checklists.case_dates import read_day
from checklists.errors import DutyDay, DutyMoved, UserError
from checklists.findings import read_standings
from checklists.free_text import fields_again
from checklists.measures import FindingKind, state
from checklists.rights import ROUNDS, Right
from checklists.tenant_settings import TenantSettings
from checklists.year import DUTIES, EVERY, NO_ROUNDS, YEARLY, Slot, read
from dialogs.rounds.new_round import units_of
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import OfMeasure, Page
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button, refused
from dialogs.views.rounds import Option, PanelField, PanelRow, PanelView, coded, decoded
from dialogs.views.views import Button, Line
from storage import measures, people, tenants, year
from storage.people import ORGANISATION
from storage.year import DutyRow

YEAR = Right("year", "self", ROUNDS)
NEW = Right("duty_new", "self", ROUNDS)
SAVE = Right("duty_save", "self", ROUNDS)
DONE = Right("duty_done", "self", ROUNDS)
DROP = Right("duty_drop", "self", ROUNDS)
WHEEL = Right("wheel", "self", ROUNDS)
SAVE_WHEEL = Right("wheel_save", "self", ROUNDS)
MOST_ROWS, MOST_NAMED = 8, 10
MONTHS = (
    *("year.month_1", "year.month_2", "year.month_3", "year.month_4", "year.month_5", "year.month_6"),
    *("year.month_7", "year.month_8", "year.month_9", "year.month_10", "year.month_11", "year.month_12"),
)
GONE = Line(say="errors.BK-197")


def show(context: TurnContext, press: Press[Page]) -> Reaction:
    """Show the year."""
    return card(context, start=press.what.start)


def card(context: TurnContext, notices: tuple[Line, ...] = (), start: int = 0) -> PanelView:
    """List the rounds that are due, then the duties and the days of findings, each earliest first."""
    rows = (*_rounds(context), *_duties(context), *_findings(context))
    after = start + MOST_ROWS if start + MOST_ROWS < len(rows) else 0
    more = Button(title=Line(say="buttons.show_more"), claim=claimed("year", Page(after)))
    return PanelView(
        notices=notices,
        title=Line(say="year.title"),
        lines=(Line(say="year.plan"), *_unset(context)),
        rows=rows[start : start + MOST_ROWS],
        nav=(
            *((more,) if len(rows) > MOST_ROWS else ()),
            Button(title=Line(say="buttons.new_duty"), claim=claimed("duty_new", OfMeasure())),
            Button(title=Line(say="buttons.wheel"), claim=claimed("wheel", OfMeasure())),
            command_button("egenkontroll", "buttons.reviews"),
        ),
    )


def whole(context: TurnContext) -> int | None:
    """Return the row id of the whole organisation, None for those who do not run its rounds."""
    names = people.unit_names(context.session, context.tenant_id)
    found = next((unit_id for unit_id, name in names.items() if name == ORGANISATION), None)
    return found if context.units_as("manager") else None


def _hers(context: TurnContext) -> set[int]:
    """Return the units whose duties she may change, the whole organisation included for a manager."""
    own = whole(context)
    return {*units_of(context), *(() if own is None else (own,))}


def _settings(context: TurnContext) -> TenantSettings:
    return tenants.settings(context.tenant)


# --- what is due -----------------------------------------------------------------------------------------------------


def next_rounds(context: TurnContext) -> tuple[Line, ...]:
    """Return when the next rounds of her units are due, each month with its units, the earliest first."""
    return tuple(line for _, line in _by_month(context))


def _by_month(context: TurnContext) -> list[tuple[Slot, Line]]:
    units = units_of(context)
    slots = year.next_rounds(context.session, context.tenant_id, _settings(context).wheel, context.today)
    by_month: dict[Slot, list[str]] = {}
    for unit_id, slot in sorted(slots.items(), key=lambda pair: pair[1].first):
        if unit_id in units:
            by_month.setdefault(slot, []).append(units[unit_id])
    found = []
    for slot, names in by_month.items():
        more = f" +{len(names) - MOST_NAMED}" if len(names) > MOST_NAMED else ""
        args = {"month": f"{slot.first:%Y-%m}", "units": ", ".join(sorted(names)[:MOST_NAMED]) + more}
        say = "year.next_late" if slot.is_late(context.today) else "year.next"
        found.append((slot, Line(say=say, args=args)))
    return found


def _rounds(context: TurnContext) -> list[PanelRow]:
    return [
        PanelRow(title=Line(say="year.round"), lines=(line,), late=slot.is_late(context.today))
        for slot, line in _by_month(context)
    ]


def _duties(context: TurnContext) -> list[PanelRow]:
    names, hers = people.unit_names(context.session, context.tenant_id), _hers(context)
    rows = []
    for row in year.undone(context.session, context.tenant_id):
        is_whole = names.get(row.unit_id) == ORGANISATION
        if row.unit_id not in hers and not is_whole:
            continue
        where = Line(say="year.whole") if is_whole else Line(say="year.unit", args={"unit": names.get(row.unit_id, "")})
        now = state(row.due_on, context.today, done=False, checked=False)
        lines = [Line(say="year.day_" + now, args={"date": row.due_on.isoformat()}), where]
        lines.append(Line(say=f"year.every_{row.every}"))
        buttons = _buttons(context, row) if row.unit_id in hers else ()
        rows.append(
            PanelRow(title=Line(say="year.of_" + row.kind), lines=tuple(lines), late=now == "late", buttons=buttons)
        )
    return rows


def _buttons(context: TurnContext, row: DutyRow) -> tuple[Button, ...]:
    what = OfMeasure(about=row.id, made_by=context.origin.act)
    return (
        Button(title=Line(say="buttons.duty_done"), claim=claimed("duty_done", what), about=str(row.id)),
        Button(title=Line(say="buttons.remove"), claim=claimed("duty_drop", what), about=str(row.id)),
    )


def _findings(context: TurnContext) -> list[PanelRow]:
    """Return a row for each finding to be answered or checked by a day; those settled are only in the register."""
    said = read_standings(_settings(context).findings)
    rows = [
        _finding(context, Line(say="criticisms." + code), "atgardskrav", one.day, code)
        for code, one in said.items()
        if one.kind == "atgardskrav" and one.day is not None
    ]
    for row in measures.unsettled(context.session, context.tenant_id):
        if row.day is not None:
            title = Line(say="measures.own", args={"what": measures.name_of(context.session, row)})
            rows.append(_finding(context, title, row.kind, row.day, str(row.id)))
    return rows


def _finding(context: TurnContext, title: Line, kind: FindingKind, day: date, of: str) -> PanelRow:
    late = day < context.today
    lines = [Line(say="measures.kind_" + kind, args={"date": day.isoformat()})]
    lines += [Line(say="measures.day_passed")] if late else []
    register = Button(title=Line(say="buttons.findings"), claim=claimed("findings"), about=of)
    return PanelRow(title=title, lines=tuple(lines), late=late, buttons=(register,))


def _unset(context: TurnContext) -> tuple[Line, ...]:
    """Say which yearly duties have no day set: a duty that nobody has entered is never marked as late."""
    known = {row.kind for row in year.undone(context.session, context.tenant_id)}
    return tuple(Line(say="year.unset_" + kind) for kind in YEARLY if kind not in known)


def late(context: TurnContext) -> int:
    """Return how many rows of her year are late."""
    return sum(row.late for row in (*_rounds(context), *_duties(context), *_findings(context)))


# --- duties ----------------------------------------------------------------------------------------------------------


def new(context: TurnContext, _press: Press[OfMeasure]) -> Reaction:
    """Show the form of a duty."""
    return form(context)


def form(context: TurnContext, notices: tuple[Line, ...] = (), typed: Mapping[str, str] | None = None) -> PanelView:
    """Return the form. typed: what was filled in and refused."""
    given, own = fields_again(typed, context.origin.lets), whole(context)
    units = tuple(Option(value=coded(one), name=name) for one, name in units_of(context).items())
    every = tuple(Option(value=coded(one), line=Line(say=f"year.every_{one}")) for one in EVERY)
    kinds = tuple(Option(value=one, line=Line(say="year.of_" + one)) for one in DUTIES)
    where = (*(() if own is None else (Option(value=coded(own), line=Line(say="year.whole")),)), *units)

    def field(name: str, options: tuple[Option, ...]) -> PanelField:
        label = Line(say="year.field_" + name)
        return PanelField(id=name, kind="choice", label=label, options=options, value=given.get(name, ""))

    day = PanelField(id="day", kind="date", label=Line(say="year.field_day"), value=given.get("day", ""))
    at = OfMeasure(made_by=context.origin.act)
    return PanelView(
        notices=notices,
        title=Line(say="year.new_title"),
        lines=(Line(say="year.new"),),
        fields=(field("kind", kinds), field("unit", where), day, field("every", every)),
        buttons=(Button(title=Line(say="buttons.save"), claim=claimed("duty_save", at)),),
        nav=(Button(title=Line(say="buttons.year"), claim=claimed("year", Page(0))),),
    )


def save(context: TurnContext, press: Press[OfMeasure]) -> Reaction:
    """Enter the duty."""
    inputs = press.inputs
    kind = next((one for one in DUTIES if one == inputs.get("kind")), None)
    try:
        unit = sum(decoded(inputs.get("unit", ""))[:1])
        if unit not in _hers(context):
            raise DutyDay
        typed = inputs.get("day", "").strip()
        day = read_day(typed, context.today, "due_on") if typed else None
        every = sum(decoded(inputs.get("every", "") or coded(0))[:1])
        row, changes = acts.add(context.session, context.origin, kind, unit, day, every)
    except UserError as error:
        return form(context, refused(error), inputs)
    return Done(card(context, (Line(say="year.kept", args={"date": row.due_on.isoformat()}),)), changes)


def done(context: TurnContext, press: Press[OfMeasure]) -> Reaction:
    """Record that a duty is done."""
    row = year.get(context.session, context.tenant_id, press.what.about)
    try:
        if row is None:
            raise DutyMoved
        changes = acts.done(context.session, context.origin, row, _hers(context))
    except DutyMoved:
        return card(context, (GONE,))
    return Done(card(context, (Line(say="year.is_done"),)), changes)


def drop(context: TurnContext, press: Press[OfMeasure]) -> Reaction:
    """Remove a duty from the plan."""
    row = year.get(context.session, context.tenant_id, press.what.about)
    try:
        if row is None:
            raise DutyMoved
        changes = acts.drop(context.session, context.origin, row, _hers(context))
    except DutyMoved:
        return card(context, (GONE,))
    return Done(card(context, (Line(say="year.is_dropped"),)), changes)


# --- the wheel -------------------------------------------------------------------------------------------------------


def wheel(context: TurnContext, _press: Press[OfMeasure]) -> Reaction:
    """Show the form for a unit's annual cycle."""
    return wheel_form(context)


def wheel_form(
    context: TurnContext, notices: tuple[Line, ...] = (), typed: Mapping[str, str] | None = None
) -> PanelView:
    """Return the form, with the months of every unit of hers that has its own. typed: what was refused."""
    given = fields_again(typed, context.origin.lets)
    units, usual = units_of(context), _settings(context).wheel
    own = year.wheels(context.session, context.tenant_id)
    lines = [Line(say="year.wheel"), _months("year.usual" if usual else "year.usual_none", "", usual)]
    for unit_id, row in own.items():
        if unit_id in units and row.months:
            months_of = read(row.months, usual)
            lines.append(_months("year.own" if months_of else "year.own_none", units[unit_id], months_of))
    where = tuple(Option(value=coded(one), name=name) for one, name in units.items())
    months = tuple(Option(value=coded(month), line=Line(say=name)) for month, name in enumerate(MONTHS, start=1))
    none = Option(value=NO_ROUNDS, line=Line(say="year.no_rounds"))
    here = where[0].value if len(where) == 1 else ""
    at = OfMeasure(made_by=context.origin.act)
    return PanelView(
        notices=notices,
        title=Line(say="year.wheel_title"),
        lines=tuple(lines),
        fields=(
            PanelField(id="unit", kind="choice", label=Line(say="year.field_unit"), options=where, value=here),
            PanelField(
                id="months",
                kind="choice",
                label=Line(say="year.field_months"),
                options=(*months, none),
                several=True,
                value=given.get("months", ""),
            ),
        ),
        buttons=(Button(title=Line(say="buttons.save"), claim=claimed("wheel_save", at)),),
        nav=(Button(title=Line(say="buttons.year"), claim=claimed("year", Page(0))),),
    )


def _months(say: str, unit: str, months: tuple[int, ...]) -> Line:
    return Line(say=say, args={"unit": unit, "months": ", ".join(map(str, months))})


def save_wheel(context: TurnContext, press: Press[OfMeasure]) -> Reaction:
    """Store a unit's own months; choosing none restores the municipality's."""
    unit = sum(decoded(press.inputs.get("unit", ""))[:1])
    if unit not in units_of(context):
        return wheel_form(context, refused(DutyDay()), press.inputs)
    said = press.inputs.get("months", "")
    chosen = [month for month in decoded(said) if 1 <= month <= 12]
    months = chosen if chosen or NO_ROUNDS in said.split(",") else None
    changes = acts.set_wheel(context.session, context.origin, unit, months)
    return Done(card(context, (Line(say="year.wheel_kept"),)), changes)


VERBS = (
    Verb(YEAR, show, Page, keeps=False),
    Verb(NEW, new, OfMeasure, keeps=False),
    Verb(SAVE, save, OfMeasure),
    Verb(DONE, done, OfMeasure),
    Verb(DROP, drop, OfMeasure),
    Verb(WHEEL, wheel, OfMeasure, keeps=False),
    Verb(SAVE_WHEEL, save_wheel, OfMeasure),
)
COMMANDS: tuple[Command, ...] = ()
