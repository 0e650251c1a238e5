"""A typed line that may not be meant as a motivation: she is asked once, and it is stored if she says it is."""

from actions import answers
from actions.basis import Sheet
from checklists.errors import UserError
from checklists.free_text import no_text
from checklists.model import Motivation
from checklists.replies import other_child
from checklists.rights import LIST_HOLDER, Right
from checklists.route import Stop
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import OnCard
from dialogs.turn.turn_context import TurnContext
from dialogs.views.views import Button, DoubtView, Line
from dialogs.worker import next_card
from dialogs.worker.echo import echoed
from dialogs.worker.landing import Landed, after, landed
from dialogs.worker.sheet_parts import head

SAVE_TYPED = Right("save_typed", "case", LIST_HOLDER)
DROP_TYPED = Right("drop_typed", "case", LIST_HOLDER)


def ask(context: TurnContext, sheet: Sheet, stop: Stop, text: str) -> DoubtView:
    """Keep the line aside, sealed, and ask whether it is the motivation."""
    save = aside(context, sheet, stop, text)
    drop = claimed("drop_typed", OnCard(stop.key, sheet.revisions(stop.items)), **sheet.at)
    return DoubtView(
        head=head(sheet),
        checklist=sheet.checklist.id,
        version=sheet.checklist.version,
        items=stop.items,
        about=stop.about,
        length=len(text.strip()),
        other_child=other_child(text, sheet.shown_child, sheet.case.children),
        buttons=(
            save,
            Button(title=Line(say="buttons.cancel"), claim=drop),
        ),
        refresh=claimed("show_current", **sheet.at),
    )


def aside(context: TurnContext, sheet: Sheet, stop: Stop, text: str) -> Button:
    """Keep a line aside, sealed; return the button that stores it as the motivation."""
    answers.ask_about(context.session, context.origin, sheet, stop, text)
    claim = claimed("save_typed", OnCard(stop.key, sheet.revisions(stop.items)), **sheet.at)
    return Button(title=Line(say="buttons.save_as_motivation"), claim=claim)


def save_typed(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Store the line as the motivation, as she has confirmed that it is one."""
    at = landed(context, press, SAVE_TYPED)
    if not isinstance(at, Landed):
        return at
    text = answers.asked_about(context.session, context.origin, at.sheet, at.stop)
    if not text:
        return next_card.card(context, at.sheet, at.stop, (Line(say="typed.gone"),))
    answers.forget_asked(context.session, context.origin, at.sheet, at.stop)
    if at.sheet.case.protected_identity:  # since she was asked: the line was to be a text, and is not a place now
        error = no_text()
        return next_card.card(context, at.sheet, at.stop, (Line(say=error.text_key, args=error.args_for_text),))
    # Where motivations are kept in the file only, the line says where.
    in_file = at.sheet.motivation == "reference"
    how: Motivation = "reference" if in_file else "text"
    kept = next_card.waits_for_place(context, at.sheet, at.stop)
    words, place = (kept, text) if kept or in_file else (text, "")
    try:
        motivation = answers.motivation(context.origin, at.sheet, how, words, place, confirmed=True)
    except UserError as error:
        return next_card.card(context, at.sheet, at.stop, (Line(say=error.text_key, args=error.args_for_text),))
    changes = answers.motivate(context.session, context.origin, at.sheet, at.stop, motivation)
    return echoed(context, at.basis, at.sheet.filled.id, Done(after(context, at), changes), at.stop.items[:1])


def drop_typed(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Drop the line and ask for the motivation again."""
    at = landed(context, press, DROP_TYPED)
    if not isinstance(at, Landed):
        return at
    answers.forget_asked(context.session, context.origin, at.sheet, at.stop)
    return next_card.card(context, at.sheet, at.stop, (Line(say="typed.dropped"),))


VERBS = (Verb(SAVE_TYPED, save_typed, OnCard), Verb(DROP_TYPED, drop_typed, OnCard, keeps=False))
COMMANDS: tuple[Command, ...] = ()
