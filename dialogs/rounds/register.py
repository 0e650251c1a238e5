"""The register of findings, and the measures they lead to. Nothing is criticism unless the municipality says so."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from actions import measures as acts
from actions.measures import Wanted
from checklists.case_dates import read_day
from checklists.errors import DutyMoved, MeasureDays, MeasureOwner, UserError
from checklists.findings import all_findings, read_standings
from checklists.free_text import fields_again
from checklists.measures import FINDING_KINDS, FindingKind
from checklists.rights import ROUNDS, Right
from dialogs.messages.tell import tell
from dialogs.rounds import own_measures as own
from dialogs.rounds.new_round import units_of
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import OfMeasure, Page
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button, refused
from dialogs.views.rounds import Option, PanelField, PanelRow, PanelView, coded, decoded
from dialogs.views.views import Button, Line, MenuView
from storage import measures, people, rounds, tenants
from storage.measures import FindingRow
from storage.rounds import RoundRow

FINDINGS = Right("findings", "self", ROUNDS)
NEW = Right("measure_new", "self", ROUNDS)
MAKE = Right("measure_make", "self", ROUNDS)
NEW_FINDING = Right("finding_new", "self", ROUNDS)
SAVE_FINDING = Right("finding_save", "self", ROUNDS)
SETTLE = Right("finding_settle", "self", ROUNDS)
CHECK = Right("finding_check", "self", ROUNDS)
UNSAID = "osagt"
"""The kind of an authority finding that has measures but whose kind the municipality has not set."""
GONE = Line(say="errors.BK-197")
MOST_ROWS = 10


def show(context: TurnContext, press: Press[Page]) -> Reaction:
    """Show the register."""
    return card(context, start=press.what.start)


def card(context: TurnContext, notices: tuple[Line, ...] = (), start: int = 0) -> PanelView:
    """List the authority's findings that have a standing or measures, then the municipality's own, with measures."""
    rows = (*_of_authority(context), *_of_register(context))
    after = start + MOST_ROWS if start + MOST_ROWS < len(rows) else 0
    more = Button(title=Line(say="buttons.show_more"), claim=claimed("findings", Page(after)))
    return PanelView(
        notices=notices,
        title=Line(say="measures.findings_title"),
        lines=(Line(say="measures.findings" if rows else "measures.no_findings"),),
        rows=rows[start : start + MOST_ROWS],
        nav=(
            *((more,) if len(rows) > MOST_ROWS else ()),
            Button(title=Line(say="buttons.new_finding"), claim=claimed("finding_new")),
            Button(title=Line(say="buttons.new_measure"), claim=claimed("measure_new", OfMeasure())),
            command_button("åtgärder", "buttons.measures"),
        ),
    )


def _of_authority(context: TurnContext) -> list[PanelRow]:
    said = read_standings(tenants.settings(context.tenant).findings)
    every = measures.every(context.session, context.tenant_id)
    rows = []
    for finding in all_findings():
        standing = said.get(finding.code)
        of = [one for one in every if one.code == finding.code]
        if (standing is None or standing.kind is None) and not of:
            continue
        kind = standing.kind if standing is not None and standing.kind is not None else UNSAID
        day = standing.day if standing is not None else None
        title = Line(say="criticisms." + finding.code)
        again = standing is not None and standing.again
        rows.append(_row(context, title, kind, day, of, OfMeasure(item=finding.code), again=again))
    return rows


def _of_register(context: TurnContext) -> list[PanelRow]:
    every = measures.every(context.session, context.tenant_id)
    rows = []
    for one in measures.findings(context.session, context.tenant_id):
        of = [row for row in every if row.finding_id == one.id]
        title = Line(say="measures.own", args={"what": measures.name_of(context.session, one)})
        row = _row(context, title, one.kind, one.day, of, OfMeasure(about=one.id), again=one.again, of_register=one)
        if evidence := measures.evidence_of(context.session, one):
            row = row.model_copy(update={"lines": (*row.lines, Line(say="measures.evidence", args={"what": evidence}))})
        rows.append(row)
    return rows


def _row(
    context: TurnContext,
    title: Line,
    kind: str,
    day: date | None,
    of: list[measures.MeasureRow],
    what: OfMeasure,
    *,
    again: bool,
    of_register: FindingRow | None = None,
) -> PanelRow:
    """Return a finding. of_register: its row, if the municipality entered it; a setting settles an authority's."""
    left = sum(one.checked_at is None for one in of)
    settled_on = of_register.settled_on if of_register is not None else None
    late = day is not None and kind != "uppfoljd" and day < context.today and settled_on is None
    lines = [Line(say="measures.kind_" + kind, args={"date": day.isoformat() if day else ""})]
    lines += [Line(say="measures.again")] if again else []
    lines += [Line(say="measures.day_passed")] if late else []
    lines += [Line(say="measures.settled", args={"date": settled_on.isoformat()})] if settled_on else []
    lines.append(Line(say="measures.count" if of else "measures.no_measure", args={"left": left, "count": len(of)}))
    made = Button(
        title=Line(say="buttons.new_measure"), claim=claimed("measure_new", what), about=what.item or str(what.about)
    )
    settle = _settling(context, of_register) if of_register is not None and not settled_on else ()
    return PanelRow(title=title, lines=tuple(lines), late=late, buttons=(*settle, made))


def _settling(context: TurnContext, one: FindingRow) -> tuple[Button, ...]:
    """Return the buttons for an open finding: a demand is answered, a recommendation checked, the rest closed."""
    of, what = str(one.id), OfMeasure(about=one.id, made_by=context.origin.act)
    title = "buttons.finding_answered" if one.kind == "atgardskrav" else "buttons.finding_settled"
    settle = Button(title=Line(say=title), claim=claimed("finding_settle", what), about=of)
    check = Button(title=Line(say="buttons.looks_good"), claim=claimed("finding_check", what), about=of)
    return (check, settle) if one.kind == "rekommendation" else (settle,)


# --- a new measure ---------------------------------------------------------------------------------------------------


def new(context: TurnContext, press: Press[OfMeasure]) -> Reaction:
    """Show the form of a measure, for a finding, for a round or for none."""
    return form(context, press.what)


def form(
    context: TurnContext, what: OfMeasure, notices: tuple[Line, ...] = (), typed: Mapping[str, str] | None = None
) -> PanelView:
    """Return the form. what: the finding or round it is for, in `item` and `about`. typed: what was refused."""
    given = fields_again(typed, context.origin.lets)
    row = _round(context, what)
    units = _units(context, row)
    if len(units) == 1:
        given.setdefault("unit", coded(next(iter(units))))
    owners = {person for unit in units for person in acts.workers_in(context.session, context.origin, unit)}
    names = people.names_of(context.session, context.tenant_id, owners)
    here = tuple(Option(value=coded(one), name=name) for one, name in units.items())
    who = tuple(Option(value=coded(one), name=name) for one, name in sorted(names.items(), key=lambda pair: pair[1]))
    about = Line(say="criticisms." + what.item if what.item in _codes() else "measures.new")
    if row is not None:
        about = Line(say="measures.new_of_round", args={"name": rounds.name_of(context.session, row)})

    def field(name: str, kind: Literal["text", "date", "choice"], options: tuple[Option, ...] = ()) -> PanelField:
        label, value = Line(say="measures.field_" + name), given.get(name, "")
        value = value if kind != "choice" or value in [one.value for one in options] else ""
        return PanelField(id=name, kind=kind, label=label, options=options, value=value)

    return PanelView(
        notices=notices,
        title=Line(say="measures.new_title"),
        lines=(about,),
        fields=(
            field("what", "text"),
            field("unit", "choice", here),
            field("owner", "choice", who[:100]),
            field("due_on", "date"),
            field("follow_up_on", "date"),
        ),
        buttons=(
            Button(
                title=Line(say="buttons.save"),
                claim=claimed("measure_make", OfMeasure(what.item, what.about, made_by=context.origin.act)),
            ),
        ),
        nav=(Button(title=Line(say="buttons.findings"), claim=claimed("findings")),),
    )


def _round(context: TurnContext, what: OfMeasure) -> RoundRow | None:
    """Return the round a measure is wanted for, if any unit of it is hers."""
    row = rounds.get(context.session, context.tenant_id, what.about) if what.item == "round" else None
    is_hers = row is not None and set(rounds.units_of(context.session, row.id)) & set(units_of(context))
    return row if is_hers else None


def _units(context: TurnContext, row: RoundRow | None) -> dict[int, str]:
    """Return the units a measure may be for: hers, and for a round only the round's, where it is counted by unit."""
    hers = units_of(context)
    of = set(hers) if row is None else set(rounds.units_of(context.session, row.id))
    return {unit: name for unit, name in hers.items() if unit in of}


def _codes() -> frozenset[str]:
    return frozenset(finding.code for finding in all_findings())


def make(context: TurnContext, press: Press[OfMeasure]) -> Reaction:
    """Store the measure, and tell its owner."""
    inputs = press.inputs
    try:
        unit = sum(decoded(inputs.get("unit", ""))[:1])
        row_of = _round(context, press.what)
        if unit not in _units(context, row_of):
            raise MeasureOwner
        days = {name: _day(context, inputs, name) for name in ("due_on", "follow_up_on")}
        if days["due_on"] is None:
            raise MeasureDays
        about = press.what.about if press.what.item != "round" else 0
        finding = next(
            (one.id for one in measures.findings(context.session, context.tenant_id) if one.id == about), None
        )
        wanted = Wanted(
            what=inputs.get("what", ""),
            unit_id=unit,
            owner_id=sum(decoded(inputs.get("owner", ""))[:1]),
            due_on=days["due_on"],
            follow_up_on=days["follow_up_on"],
            code=press.what.item if press.what.item in _codes() else "",
            finding_id=finding,
            round_id=row_of.id if row_of is not None else None,
        )
        row, changes = acts.make(context.session, context.origin, wanted)
    except UserError as error:
        return form(context, press.what, refused(error), inputs)
    _tell(context, row)
    return Done(own.card(context, (Line(say="measures.kept", args={"date": row.due_on.isoformat()}),)), changes)


def _day(context: TurnContext, inputs: Mapping[str, str], name: str) -> date | None:
    typed = inputs.get(name, "").strip()
    return read_day(typed, context.today, name) if typed else None


def _tell(context: TurnContext, row: measures.MeasureRow) -> None:
    if row.owner_id == context.person_id:
        return
    view = MenuView(
        title=Line(say="measures.for_you_title"),
        lines=(
            own.title_of(context, row, None),
            Line(say="measures.state_open", args={"date": row.due_on.isoformat()}),
        ),
        buttons=(command_button("åtgärder", "buttons.measures"),),
    )
    tell(
        context.session,
        people.by_ids(context.session, context.tenant_id, [row.owner_id]),
        view,
        now=context.turn.now,
        kind="notice",
    )


# --- a new finding ---------------------------------------------------------------------------------------------------


def new_finding(context: TurnContext, _press: Press[OfMeasure]) -> Reaction:
    """Show the form of a finding."""
    return finding_form(context)


def finding_form(
    context: TurnContext, notices: tuple[Line, ...] = (), typed: Mapping[str, str] | None = None
) -> PanelView:
    """Return the form. typed: what was filled in and refused."""
    given = fields_again(typed, context.origin.lets)
    kinds = tuple(Option(value=one, line=Line(say="measures.choose_" + one)) for one in FINDING_KINDS)

    def field(name: str) -> PanelField:
        return PanelField(id=name, kind="text", label=Line(say="measures.field_" + name), value=given.get(name, ""))

    day = PanelField(id="day", kind="date", label=Line(say="measures.field_day"), value=given.get("day", ""))
    before = PanelField(
        id="again",
        kind="choice",
        label=Line(say="measures.field_again"),
        options=tuple(Option(value=one, line=Line(say="answers." + one)) for one in ("nej", "ja")),
        value=given.get("again", ""),
    )
    kind = PanelField(
        id="kind", kind="choice", label=Line(say="measures.field_kind"), options=kinds, value=given.get("kind", "")
    )
    return PanelView(
        notices=notices,
        title=Line(say="measures.new_finding_title"),
        lines=(Line(say="measures.new_finding"),),
        fields=(field("name"), kind, day, field("evidence"), before),
        buttons=(
            Button(
                title=Line(say="buttons.save"), claim=claimed("finding_save", OfMeasure(made_by=context.origin.act))
            ),
        ),
        nav=(Button(title=Line(say="buttons.findings"), claim=claimed("findings")),),
    )


def save_finding(context: TurnContext, press: Press[OfMeasure]) -> Reaction:
    """Enter the finding."""
    inputs = press.inputs
    kind: FindingKind = next((one for one in FINDING_KINDS if one == inputs.get("kind")), "egen")
    try:
        day = _day(context, inputs, "day")
        words = inputs.get("name", ""), inputs.get("evidence", "")
        again = inputs.get("again") == "ja"
        changes = acts.add_finding(context.session, context.origin, kind, words[0], day, words[1], again=again)
    except UserError as error:
        return finding_form(context, refused(error), inputs)
    return Done(card(context, (Line(say="measures.finding_kept"),)), changes)


def settle(context: TurnContext, press: Press[OfMeasure]) -> Reaction:
    """Record that a finding is settled."""
    row = measures.finding(context.session, context.tenant_id, press.what.about)
    try:
        if row is None:
            raise DutyMoved
        changes = acts.settle(context.session, context.origin, row)
    except DutyMoved:
        return card(context, (GONE,))
    return Done(card(context, (Line(say="measures.is_settled"),)), changes)


def check(context: TurnContext, press: Press[OfMeasure]) -> Reaction:
    """Ask what a check of a recommendation showed and when to check again; store it once filled in."""
    row = measures.finding(context.session, context.tenant_id, press.what.about)
    if row is None:
        return card(context, (GONE,))
    inputs = press.inputs
    if "evidence" not in inputs:
        return check_form(context, row)
    try:
        day = _day(context, inputs, "day")
        changes = acts.check(context.session, context.origin, row, inputs["evidence"], day)
    except DutyMoved:
        return card(context, (GONE,))
    except UserError as error:
        return check_form(context, row, refused(error), inputs)
    return Done(card(context, (Line(say="measures.is_checked"),)), changes)


def check_form(
    context: TurnContext, row: FindingRow, notices: tuple[Line, ...] = (), typed: Mapping[str, str] | None = None
) -> PanelView:
    """Return the form. typed: what was filled in and refused."""
    given = fields_again(typed, context.origin.lets)
    at = OfMeasure(about=row.id, made_by=context.origin.act)
    return PanelView(
        notices=notices,
        title=Line(say="measures.own", args={"what": measures.name_of(context.session, row)}),
        lines=(Line(say="measures.check"),),
        fields=(
            PanelField(
                id="evidence", kind="text", label=Line(say="measures.field_seen"), value=given.get("evidence", "")
            ),
            PanelField(id="day", kind="date", label=Line(say="measures.field_next"), value=given.get("day", "")),
        ),
        buttons=(Button(title=Line(say="buttons.save"), claim=claimed("finding_check", at)),),
        nav=(Button(title=Line(say="buttons.findings"), claim=claimed("findings")),),
    )


VERBS = (
    Verb(SETTLE, settle, OfMeasure),
    Verb(CHECK, check, OfMeasure),
    Verb(FINDINGS, show, Page, keeps=False),
    Verb(NEW, new, OfMeasure, keeps=False),
    Verb(MAKE, make, OfMeasure),
    Verb(NEW_FINDING, new_finding, OfMeasure, keeps=False),
    Verb(SAVE_FINDING, save_finding, OfMeasure),
)
COMMANDS: tuple[Command, ...] = ()
