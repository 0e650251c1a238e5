"""`Åtgärd` on a Nej of a review or a reading: what, who and when, in three presses and with no free text."""

from actions import measures as acts
from actions.basis import Basis, Sheet
from checklists.errors import UserError
from checklists.lifecycle import WRITER
from checklists.measures import offered
from checklists.rights import READER, Right, VerbName
from dialogs.messages.tell import tell
from dialogs.rounds import measure_lines
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import OfMeasure, OnCard
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button, open_button
from dialogs.views.rounds import PanelRow, PanelView
from dialogs.views.views import AnyView, Button, Line, MenuView
from dialogs.worker import filled_in, next_card
from storage import people, tenants
from storage.measures import MeasureRow

MEASURE = Right("measure", "case", READER)
OWNER = Right("measure_owner", "case", READER)
SAVE = Right("measure_save", "case", READER)
MOST_ROWS = 6
"""What fits on a card of 24 KB with three buttons each."""


def ask(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Show the questions that are answered Nej, each with those who may take the measure; what is filled in is kept."""
    basis = find_case.by_id(context, press.case, MEASURE, press.checklist)
    sheet = basis.sheet(press.filled)
    kept = filled_in.keep(context, sheet, press) if sheet is not None and press.what.key else filled_in.Kept()
    start = int(press.what.choice) if press.what.choice.isdigit() else 0
    return kept.before(_which(context, basis, start))


def _which(context: TurnContext, basis: Basis, start: int, notices: tuple[Line, ...] = ()) -> AnyView:
    every = [(sheet, item) for sheet in basis.sheets for item in acts.nej_in(sheet)] if basis.role != WRITER else []
    if not every:
        return next_card.go_on(context, basis, notices=(*notices, Line(say="measures.no_nej")))
    owners, known = _owners(context, basis), measure_lines.seen(context, basis.case)
    more = start + MOST_ROWS if start + MOST_ROWS < len(every) else 0
    again = claimed("measure", OnCard("", choice=str(more)), case=basis.case.id, checklist=basis.list_id)
    return PanelView(
        notices=notices,
        title=Line(say="measures.of_case_title", args={"ref": basis.case.ref}),
        lines=(Line(say="measures.who" if owners else "measures.nobody"),),
        rows=tuple(_row(context, sheet, item, owners, known) for sheet, item in every[start : start + MOST_ROWS]),
        nav=(
            *((Button(title=Line(say="buttons.show_more"), claim=again),) if len(every) > MOST_ROWS else ()),
            open_button(basis.case.id, Line(say="buttons.back"), _back(basis), basis.list_id),
        ),
    )


def _back(basis: Basis) -> VerbName:
    return "read" if basis.is_reading else "continue"


def _owners(context: TurnContext, basis: Basis) -> list[tuple[int, str]]:
    """Return who may own the measure, by role: no names are needed, and a reviewer is shown none."""
    case = basis.case
    chefs = acts.chefs_of(context.session, context.origin, case)
    found = [
        (case.lead_id, "measures.lead"),
        (case.co_id, "measures.co_worker"),
        (next(iter(chefs), None), "measures.chef"),
    ]
    return [(person, title) for person, title in found if person is not None]


def _row(
    context: TurnContext, sheet: Sheet, item_id: str, owners: list[tuple[int, str]], known: list[MeasureRow]
) -> PanelRow:
    question = _question(sheet, item_id)
    lines = [Line(say="measures.child", args={"child": sheet.shown_child})] if sheet.shown_child else []
    lines += [
        measure_lines.has_one(context, row)
        for row in known
        if (row.filled_id, row.item_id) == (sheet.filled.id, item_id)
    ]
    return PanelRow(
        title=question,
        lines=tuple(lines),
        buttons=tuple(
            Button(
                title=Line(say=title),
                claim=claimed("measure_owner", OfMeasure(item_id, person, made_by=context.origin.act), **sheet.at),
                about=f"{sheet.checklist.numbers[item_id]}",
            )
            for person, title in owners
        ),
    )


def _question(sheet: Sheet, item_id: str) -> Line:
    return Line(say="rounds.question", args={"item": f"{sheet.checklist.id}/{sheet.checklist.version}/{item_id}"})


def when(context: TurnContext, press: Press[OfMeasure]) -> Reaction:
    """Ask for the day, in one press."""
    basis = find_case.by_id(context, press.case, OWNER, press.checklist)
    sheet = basis.sheet(press.filled)
    if sheet is None or basis.role == WRITER or press.what.item not in acts.nej_in(sheet):
        return _which(context, basis, 0)
    settings = tenants.settings(context.tenant)
    return PanelView(
        title=Line(say="measures.of_case_title", args={"ref": basis.case.ref}),
        lines=(_question(sheet, press.what.item), Line(say="measures.when")),
        nav=tuple(
            Button(
                title=Line(say="measures.by", args={"date": day.isoformat()}),
                claim=claimed(
                    "measure_save",
                    OfMeasure(press.what.item, press.what.about, day.isoformat(), press.what.made_by),
                    **sheet.at,
                ),
            )
            for day in offered(context.today, settings.workdays)
        ),
    )


def save(context: TurnContext, press: Press[OfMeasure]) -> Reaction:
    """Store the measure and tell its owner; the person who made it continues where she was."""
    basis = find_case.by_id(context, press.case, SAVE, press.checklist)
    sheet = basis.sheet(press.filled)
    if sheet is None or basis.role == WRITER:
        return _which(context, basis, 0)
    try:
        due = offered(context.today, tenants.settings(context.tenant).workdays)
        day = next((one for one in due if one.isoformat() == press.what.due), due[0])
        row, changes = acts.for_answer(context.session, context.origin, sheet, press.what.item, press.what.about, day)
    except UserError as error:
        return _which(context, basis, 0, (Line(say=error.text_key, args=error.args_for_text),))
    _tell(context, row, basis, sheet)
    told = Line(say="measures.kept", args={"date": row.due_on.isoformat()})
    return Done(_which(context, basis, 0, (told,)), changes)


def _tell(context: TurnContext, row: MeasureRow, basis: Basis, sheet: Sheet) -> None:
    if row.owner_id == context.person_id:
        return
    args = {"ref": basis.case.ref, "date": row.due_on.isoformat()}
    view = MenuView(
        title=Line(say="measures.for_you_title"),
        lines=(Line(say="measures.for_you", args=args), _question(sheet, row.item_id)),
        buttons=(command_button("åtgärder", "buttons.measures"),),
    )
    owner = people.by_ids(context.session, context.tenant_id, [row.owner_id])
    tell(context.session, owner, view, now=context.turn.now, case=basis.case.id, kind="notice")


VERBS = (
    Verb(MEASURE, ask, OnCard),
    Verb(OWNER, when, OfMeasure, keeps=False),
    Verb(SAVE, save, OfMeasure),
)
COMMANDS: tuple[Command, ...] = ()
