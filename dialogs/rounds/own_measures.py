"""`åtgärder`: the open measures a person sees, her own first; `Klart`, the check of it, and whether it helped."""

from actions import measures as acts
from checklists.access import Staff
from checklists.errors import MeasureMoved
from checklists.measures import Place, checks, may_do, sees, state
from checklists.rights import ANYONE, RELATIONS, ROUNDS, Right
from dialogs.messages.tell import tell
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import OfMeasure, Page
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button
from dialogs.views.rounds import PanelRow, PanelView
from dialogs.views.views import Button, Line, MenuView
from storage import cases, measures, people, rounds
from storage.cases import CaseRow
from storage.measures import MeasureRow

MEASURES = Right("measures", "self", ANYONE)
MORE = Right("more_measures", "self", ANYONE)
DONE = Right("measure_done", "self", ANYONE)
LOOKED = Right("measure_looked", "self", dict.fromkeys(("unit_manager", "deputy", "manager"), RELATIONS))
FOLLOWED = Right("measure_followed", "self", LOOKED.may)
MOST_ROWS = 8
GONE = Line(say="errors.BK-163")


def typed(context: TurnContext, _rest: str = "") -> PanelView:
    """Show the open measures."""
    return card(context)


def more(context: TurnContext, press: Press[Page]) -> Reaction:
    """Show the next page."""
    return card(context, start=press.what.start)


def place_of(context: TurnContext, row: MeasureRow, staff: Staff) -> Place | None:
    """Return whose a measure is and where it belongs; None if its case can no longer be opened."""
    case = cases.if_sound(context.session, context.tenant_id, row.case_id)
    if row.case_id is not None and case is None:
        return None
    return acts.place_of(staff, row, case)


def card(context: TurnContext, notices: tuple[Line, ...] = (), start: int = 0) -> PanelView:
    """List the measures she sees that nobody has checked, or whose effect is still to be recorded.

    Her own come first, each group by due day; they are never grouped by person.
    """
    found: list[tuple[MeasureRow, Place]] = []
    waiting = [
        *measures.unchecked(context.session, context.tenant_id),
        *measures.to_follow_up(context.session, context.tenant_id, context.today),
    ]
    staff = acts.staff_of(context.session, context.origin)
    for row in {row.id: row for row in waiting}.values():
        place = place_of(context, row, staff)
        if place is not None and sees(context.person_id, context.roles, place):
            found.append((row, place))
    found.sort(key=lambda pair: (pair[1].owner_id != context.person_id, pair[0].due_on, pair[0].id))
    own = sum(place.owner_id == context.person_id for _, place in found)
    after = start + MOST_ROWS if start + MOST_ROWS < len(found) else 0
    again = Button(title=Line(say="buttons.show_more"), claim=claimed("more_measures", Page(after)))
    runs = any(context.units_as(role) for role in ROUNDS)
    register = Button(title=Line(say="buttons.findings"), claim=claimed("findings"))
    return PanelView(
        notices=notices,
        title=Line(say="measures.title"),
        lines=(Line(say="measures.open" if found else "measures.none", args={"own": own, "count": len(found)}),),
        rows=tuple(_row(context, row, place) for row, place in found[start : start + MOST_ROWS]),
        nav=(
            *((again,) if len(found) > MOST_ROWS else ()),
            *((register,) if runs else ()),
            command_button("hjälp", "buttons.help"),
        ),
    )


def title_of(context: TurnContext, row: MeasureRow, case: CaseRow | None) -> Line:
    """Return what a measure is about: the case and the question, or its own words."""
    if case is not None:
        return Line(
            say="measures.of_case", args={"ref": case.ref, "item": f"{row.checklist}/{row.version}/{row.item_id}"}
        )
    return Line(say="measures.own", args={"what": measures.what_of(context.session, row)})


def _row(context: TurnContext, row: MeasureRow, place: Place) -> PanelRow:
    case = cases.if_sound(context.session, context.tenant_id, row.case_id)
    now = state(row.due_on, context.today, done=row.done_at is not None, checked=row.checked_at is not None)
    lines = [Line(say="measures.state_" + now, args={"date": row.due_on.isoformat()})]
    if place.owner_id is None:
        lines.append(Line(say="measures.no_owner"))
    elif place.owner_id != context.person_id:
        names = people.names_of(context.session, context.tenant_id, [place.owner_id])
        lines.append(Line(say="measures.owner_is", args={"name": names.get(place.owner_id, "")}))
    if row.code:
        lines.append(Line(say="criticisms." + row.code))
    of_round = rounds.if_sound(context.session, context.tenant_id, row.round_id)
    if of_round is not None:
        lines.append(Line(say="measures.of_round", args={"name": rounds.name_of(context.session, of_round)}))
    if row.follow_up_on is not None:
        lines.append(Line(say="measures.follow_up", args={"date": row.follow_up_on.isoformat()}))
    buttons: list[Button] = []
    what = OfMeasure(about=row.id, made_by=context.origin.act)
    of = f"{case.ref} ({row.id})" if case is not None else str(row.id)  # one case may have several measures
    if now != "done" and may_do(context.person_id, context.roles, place):
        buttons.append(Button(title=Line(say="buttons.measure_done"), claim=claimed("measure_done", what), about=of))
    if now == "done" and checks(context.roles, place):
        for said, title in (("good", "buttons.looks_good"), ("open", "buttons.not_done")):
            again = OfMeasure(said, row.id, made_by=context.origin.act)
            buttons.append(Button(title=Line(say=title), claim=claimed("measure_looked", again), about=of))
    if _is_to_follow_up(context, row) and checks(context.roles, place):
        lines.append(Line(say="measures.did_it_help"))
        for said, title in (("yes", "buttons.helped"), ("no", "buttons.helped_not")):
            again = OfMeasure(said, row.id, made_by=context.origin.act)
            buttons.append(Button(title=Line(say=title), claim=claimed("measure_followed", again), about=of))
    return PanelRow(title=title_of(context, row, case), lines=tuple(lines), late=now == "late", buttons=tuple(buttons))


def _is_to_follow_up(context: TurnContext, row: MeasureRow) -> bool:
    day = row.follow_up_on
    return day is not None and day <= context.today and row.done_at is not None and row.followed_at is None


def _hers(context: TurnContext, measure_id: int) -> tuple[MeasureRow, Place] | None:
    row = measures.get(context.session, context.tenant_id, measure_id)
    place = place_of(context, row, acts.staff_of(context.session, context.origin)) if row is not None else None
    if row is None or place is None or not sees(context.person_id, context.roles, place):
        return None
    return row, place


def _case(context: TurnContext, row: MeasureRow) -> CaseRow | None:
    return cases.get(context.session, context.tenant_id, row.case_id) if row.case_id is not None else None


def done(context: TurnContext, press: Press[OfMeasure]) -> Reaction:
    """Record that a measure is done, and tell those who are to check it."""
    found = _hers(context, press.what.about)
    if found is None:
        return card(context, (GONE,))
    row, case = found[0], _case(context, found[0])
    try:
        changes = acts.done(context.session, context.origin, row, case)
    except MeasureMoved:
        return card(context, (GONE,))
    view = MenuView(
        title=Line(say="measures.look_title"),
        lines=(Line(say="measures.look"), title_of(context, row, case)),
        buttons=(command_button("åtgärder", "buttons.measures"),),
    )
    some = [one for one in acts.lookers_of(context.session, context.origin, row) if one != context.person_id]
    told = people.by_ids(context.session, context.tenant_id, some)
    tell(context.session, told, view, now=context.turn.now, case=row.case_id or 0, kind="notice")
    return Done(card(context, (Line(say="measures.is_done"),)), changes)


def looked(context: TurnContext, press: Press[OfMeasure]) -> Reaction:
    """Record the outcome of the check; if the measure is not done after all, its owner is told."""
    found = _hers(context, press.what.about)
    if found is None or not checks(context.roles, found[1]):
        return card(context, (GONE,))
    row, case = found[0], _case(context, found[0])
    good = press.what.item == "good"
    try:
        changes = acts.look_at(context.session, context.origin, row, case, good=good)
    except MeasureMoved:
        return card(context, (GONE,))
    owner_id = found[1].owner_id
    is_anothers = owner_id is not None and owner_id != context.person_id
    said = "good" if good else "open" if is_anothers else "open_here"
    if not good and owner_id is not None and is_anothers:
        view = MenuView(
            title=Line(say="measures.again_title"),
            lines=(title_of(context, row, case),),
            buttons=(command_button("åtgärder", "buttons.measures"),),
        )
        owner = people.by_ids(context.session, context.tenant_id, [owner_id])
        tell(context.session, owner, view, now=context.turn.now, case=row.case_id or 0, kind="notice")
    return Done(card(context, (Line(say="measures.looked_" + said),)), changes)


def followed(context: TurnContext, press: Press[OfMeasure]) -> Reaction:
    """Record whether a measure helped; if it did not, say that another one is needed."""
    found = _hers(context, press.what.about)
    if found is None or not checks(context.roles, found[1]):
        return card(context, (GONE,))
    helped = press.what.item == "yes"
    try:
        changes = acts.follow_up(context.session, context.origin, found[0], helped=helped)
    except MeasureMoved:
        return card(context, (GONE,))
    return Done(card(context, (Line(say="measures.has_helped" if helped else "measures.has_not_helped"),)), changes)


VERBS = (
    Verb(MORE, more, Page, keeps=False),
    Verb(DONE, done, OfMeasure),
    Verb(LOOKED, looked, OfMeasure),
    Verb(FOLLOWED, followed, OfMeasure),
)
COMMANDS = (Command("åtgärder", ("measures",), typed, MEASURES),)
