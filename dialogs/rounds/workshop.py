"""The workshop after a round, a card per prompt: the prompt, the figures beside it, and a field for what is said."""

from actions import round_results as acts
from checklists.errors import UserError
from checklists.free_text import shown_again
from checklists.rights import READER, ROUNDS, Right
from checklists.workshop import Prompt, beside, prompts
from dialogs.rounds.results import closed_round, question, said_of
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import OfMeasure, OfRound
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button
from dialogs.views.rounds import PanelField, PanelRow, PanelView
from dialogs.views.views import AnyView, Button, Line, MenuView
from reports.round_results import results
from storage import workshop
from storage.rounds import RoundRow

SHOW = Right("workshop", "self", ROUNDS)
NOTE = Right("workshop_note", "self", ROUNDS)
MOST = 1500
"""The most characters that can be recorded for a prompt."""


def show(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Show a prompt."""
    row = closed_round(context, press.what.round_id, tuple(READER))
    return card(context, row, press.what.start) if row is not None else _gone()


def _gone() -> AnyView:
    return MenuView(
        title=Line(say="results.title_none"),
        lines=(Line(say="errors.BK-156"),),
        buttons=(command_button("egenkontroll", "buttons.reviews"),),
    )


def card(
    context: TurnContext, row: RoundRow, place: int, notices: tuple[Line, ...] = (), typed: str | None = None
) -> PanelView:
    """Return the card of a prompt. place: its index. typed: what was written and refused."""
    every = prompts(row.checklist)
    place = place if 0 <= place < len(every) else 0
    of, one = results(context.session, row), every[place]
    said = workshop.texts(context.session, row.id).get(one.id, "") if typed is None else typed
    at = {"name": of.name, "place": place + 1, "of": len(every)}
    figures = tuple(
        PanelRow(title=question(of, found.item_id), lines=said_of(found))
        for found in beside(one, of.checklist.id, of.found)
    )
    note = OfRound(row.id, said=one.id, start=place, made_by=context.origin.act)
    measure = OfMeasure("round", row.id, made_by=context.origin.act)
    return PanelView(
        notices=notices,
        title=Line(say="results.workshop_title", args=at),
        lines=() if of.found else (Line(say="results.not_shown"),),
        words=(_ask(context, one),),
        rows=figures,
        fields=(PanelField(id="said", kind="text", label=Line(say="results.field_said"), value=said, most=MOST),),
        buttons=(Button(title=Line(say="buttons.save"), claim=claimed("workshop_note", note)),),
        nav=(
            *((_to(row, place - 1, "buttons.prompt_before"),) if place else ()),
            *((_to(row, place + 1, "buttons.prompt_after"),) if place + 1 < len(every) else ()),
            Button(title=Line(say="buttons.new_measure"), claim=claimed("measure_new", measure)),
            Button(title=Line(say="buttons.round_pages"), claim=claimed("round_links", OfRound(row.id))),
        ),
    )


def _ask(context: TurnContext, one: Prompt) -> str:
    return one.ask_en if context.language == "en" else one.ask


def _to(row: RoundRow, place: int, title: str) -> Button:
    return Button(title=Line(say=title), claim=claimed("workshop", OfRound(row.id, start=place)))


def note(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Record what was said to a prompt, and show the next one."""
    row = closed_round(context, press.what.round_id, tuple(READER))
    if row is None:
        return _gone()
    said = press.inputs.get("said", "")
    try:
        changes = acts.note(context.session, context.origin, row, press.what.said, said)
    except UserError as error:
        again = shown_again(said, context.origin.lets)
        return card(context, row, press.what.start, (Line(say=error.text_key, args=error.args_for_text),), again)
    after = min(press.what.start + 1, len(prompts(row.checklist)) - 1)
    return Done(card(context, row, after, (Line(say="results.said_kept"),)), changes)


VERBS = (Verb(SHOW, show, OfRound, keeps=False), Verb(NOTE, note, OfRound))
COMMANDS: tuple[Command, ...] = ()
