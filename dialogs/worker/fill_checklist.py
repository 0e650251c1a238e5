"""Answering the checklist: actions store the answers, the rules decide which card comes next."""

from itertools import takewhile

from actions import answers
from actions.basis import Basis, Sheet
from checklists import free_text
from checklists.errors import NothingToSay, OnlyReference, OnlyText, PersonalNumberInText, PlaceMissing, SignatureStands
from checklists.loader import all_facts
from checklists.model import Motivation
from checklists.rights import LIST_HOLDER, OWN_CASE, Right
from checklists.route import Stop, before, is_open, stop_of
from dialogs.chef import reading_cards
from dialogs.turn import find_case, menu
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb
from dialogs.turn.exchange import Reply
from dialogs.turn.find_case import maybe_ref
from dialogs.turn.presses import OnCard, Refreshing, ToItem
from dialogs.turn.turn_context import TurnContext
from dialogs.views.views import Line
from dialogs.worker import detail, facts_card, filled_in, next_card, remarks, summary_card
from dialogs.worker.landing import Landed, after, landed, open_case
from storage import inbox, trail

ANSWER = Right("answer", "case", LIST_HOLDER)
GROUP = Right("save_group", "case", LIST_HOLDER)
SAME_AS = Right("same_as", "case", OWN_CASE)
MOTIVATE = Right("motivate", "case", LIST_HOLDER)
REFERENCE = Right("in_the_file", "case", LIST_HOLDER)
NO_MOTIVATION = Right("no_motivation", "case", LIST_HOLDER)
GOTO = Right("go_to", "case", LIST_HOLDER)
BACK = Right("back", "case", LIST_HOLDER)
PAUSE = Right("pause", "case", LIST_HOLDER)
SHOW = Right("show_current", "case", LIST_HOLDER)


def answer(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Store the answer from a question card and show the next card."""
    at = landed(context, press, ANSWER)
    if not isinstance(at, Landed):
        return at
    item_id = at.stop.items[0]
    changes = answers.choose(context.session, context.origin, at.sheet, {item_id: press.what.choice})
    item = at.sheet.checklist.by_id[item_id]
    if item.detailed or item.computed:
        return Done(detail.after_answer(context, at, item), changes)
    return Done(next_card.with_aside(context, at.sheet, after(context, at), at.stop), changes)


def same_as(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Copy the answer to this question, or its motivation, from another child's list."""
    at = landed(context, press, SAME_AS)
    if not isinstance(at, Landed):
        return at
    found = answers.sibling_with(context.session, at.basis, at.sheet, at.stop)
    if found is None or next_card.offered(*found, at.stop) != press.what.choice:
        return next_card.go_on(context, at.basis, at.sheet.filled.id, notices=(Line(say="fill.changed_meanwhile"),))
    changes = answers.take_over(context.session, context.origin, at.sheet, at.stop, found[1])
    return Done(after(context, at), changes)


def save_group(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Store what was chosen on a card with several items; those left empty stay as they are."""
    at = landed(context, press, GROUP)
    if not isinstance(at, Landed):
        return at
    chosen = {item_id: press.inputs[item_id] for item_id in at.stop.items if press.inputs.get(item_id)}
    changes = answers.choose(context.session, context.origin, at.sheet, chosen)
    stop = at.sheet.stop(at.stop.key)
    if stop and is_open(stop, at.sheet.applied):
        told = Line(say="fill.group_open" if chosen else "fill.group_nothing")
        return Done(next_card.card(context, at.sheet, stop, (told,)), changes)
    return Done(next_card.with_aside(context, at.sheet, after(context, at), at.stop), changes)


def motivate(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Store a written motivation."""
    return _motivate(context, press, MOTIVATE, "text")


def in_the_file(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Store where in the case file the motivation is found."""
    return _motivate(context, press, REFERENCE, "reference")


def no_motivation(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Store that there is no motivation; it remains a gap and is reported as one."""
    return _motivate(context, press, NO_MOTIVATION, "missing")


def _motivate(context: TurnContext, press: Press[OnCard], right: Right, how: Motivation) -> Reaction:
    at = landed(context, press, right)
    if not isinstance(at, Landed):
        return at
    if how == "missing" and at.sheet.sections:
        return next_card.card(context, at.sheet, at.stop, (Line(say="rounds.motivated"),))
    text, place = (press.inputs.get(name, "") for name in ("motivation", "place"))
    kept = next_card.waits_for_place(context, at.sheet, at.stop)
    if kept and context.turn.kind == "text":  # the line says where in the case file
        text, place = "", place or text
    text = text if text.strip() else kept  # a posted card does not show what is stored
    try:
        written = answers.motivation(context.origin, at.sheet, how, text, place)
    except (PersonalNumberInText, NothingToSay, PlaceMissing, OnlyText, OnlyReference) as error:
        notices = (Line(say=error.text_key, args=error.args_for_text),)
        again = (free_text.shown_again(text, context.origin.lets), free_text.shown_again(place, context.origin.lets))
        return next_card.motivation(at.sheet, at.stop, notices, *again)
    try:
        changes = answers.motivate(context.session, context.origin, at.sheet, at.stop, written)
    except SignatureStands:  # what she wrote must still be there once she has confirmed
        answers.save_draft(context.session, context.origin, at.sheet, at.stop, text, place)
        raise
    # `Motivering saknas` was pressed although there is a text: her answer stands, and the text is kept as a draft.
    told = filled_in.draft(context, at.sheet, press, press.what.key) if how == "missing" else ()
    stop = at.sheet.stop(at.stop.key)
    if stop and stop.where and is_open(stop, at.sheet.applied):
        return Done(next_card.card(context, at.sheet, stop), changes)
    return Done(after(context, at, told), changes)


# --- moving about ----------------------------------------------------------------------------------------------------


def go_to(context: TurnContext, press: Press[ToItem]) -> Reaction:
    """Show the card of one item, answered or not."""
    basis = open_case(context, press, GOTO)
    if not isinstance(basis, Basis):
        return basis
    chosen_list, _, chosen_item = press.inputs.get("item", "").partition("/")
    item_id = press.what.name or chosen_item
    row_id = press.filled if press.what.name or not chosen_list.isdigit() else int(chosen_list)
    sheet = basis.sheet(row_id)
    if sheet is None or not item_id:
        return next_card.go_on(context, basis, notices=(Line(say="fill.choose_question"),))
    if item_id in all_facts() and not basis.is_reading:
        return facts_card.facts_card(context, basis, child=sheet.filled.child)
    stop = stop_of(sheet.way, item_id)
    if stop is None:
        return next_card.go_on(context, basis, notices=(Line(say="fill.not_asked_now"),))
    if press.inputs.get("comment", "").strip():
        return remarks.leave(context, press, sheet, stop)
    stop = _motivation_if_only_it_is_missing(sheet, stop, item_id)
    return next_card.of_item(context, sheet, stop, item_id, basis=basis)


def _motivation_if_only_it_is_missing(sheet: Sheet, stop: Stop, item_id: str) -> Stop:
    """Return the motivation card when the motivation is all that is missing, else the question's own card."""
    lacks = any(gap.id == item_id and gap.why in ("unmotivated", "bare") for gap in sheet.gaps)
    own = next((s for s in sheet.way if s.kind == "motivation" and not s.about and item_id in s.items), None)
    if any(gap.id == item_id and gap.why == "no_method" for gap in sheet.gaps):
        return sheet.stop(f"detail:{item_id}") or stop
    return own if lacks and own else stop


def back(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Show the previous question; what is filled in is kept, an unsaved text as a draft."""
    basis = open_case(context, press, BACK)
    return _back(context, basis, press) if isinstance(basis, Basis) else basis


def _back(context: TurnContext, basis: Basis, press: Press[OnCard]) -> Reaction:
    sheet = basis.sheet(press.filled)
    if sheet is None:
        return next_card.go_on(context, basis)
    kept = filled_in.keep(context, sheet, press)
    at, earlier = _earlier(basis, sheet, press.what.key)
    if earlier is not None:
        return kept.before(next_card.card(context, at, earlier))
    told, here = (Line(say="fill.nothing_before"),), sheet.stop(press.what.key)
    if here is None:  # no question, or one that is not asked any more
        return kept.before(next_card.go_on(context, basis, notices=told))
    return kept.before(next_card.card(context, sheet, here, told))


def _earlier(basis: Basis, sheet: Sheet, key: str) -> tuple[Sheet, Stop | None]:
    """Return the card before one, with its list: before the first of a child is the last of the child before."""
    earlier = before(sheet.way, key)
    ahead = [*takewhile(lambda one: one is not sheet, basis.sheets)] if earlier is None else []
    return (ahead[-1], ahead[-1].way[-1]) if ahead else (sheet, earlier)


def pause(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Pause: every answer is already stored; what is filled in is kept, an unsaved text as a draft."""
    basis = open_case(context, press, PAUSE)
    if not isinstance(basis, Basis):
        return basis
    sheet = basis.sheet(press.filled)
    kept = filled_in.keep(context, sheet, press) if sheet else filled_in.Kept()
    is_all = not any(line.say.startswith("errors.") for line in kept.notices)
    return kept.before(summary_card.paused(context.session, basis, is_all=is_all))


def show_current(context: TurnContext, press: Press[Refreshing]) -> Reaction:
    """Return the current content of a card, for its `refresh`; changes nothing.

    If nothing in the case has changed since the card was made, that is the same card, as stored with its turn;
    otherwise it is the list's current card.
    """
    basis = find_case.by_id(context, press.case, SHOW, press.checklist)
    row = inbox.by_activity(context.session, context.tenant_id, context.turn.channel_id, press.what.made_by)
    if row is not None and press.what.newest == trail.newest_of_case(context.session, basis.case.id):
        return Reply.model_validate_json(inbox.reply_of(context.session, row)).view
    if basis.is_closed:
        return find_case.closed_case(context, basis.case)
    if basis.is_reading:
        return reading_cards.where(context, basis)
    if not basis.sheets:
        return facts_card.facts_card(context, basis)
    if basis.is_handed_over:
        return summary_card.sent_card(context, basis)
    return next_card.go_on(context, basis)


def back_typed(context: TurnContext, rest: str) -> Reaction:
    """Show the question before the last one shown."""
    basis = find_case.named_list(context, rest, BACK)
    if basis is None:
        return menu.instead(context, Line(say="fill.nothing_before"))
    if basis.is_closed:
        return find_case.closed_case(context, basis.case)
    shown = context.shown
    if shown is None or (shown.at.case, shown.at.list_id) != (basis.case.id, basis.list_id) or not shown.at.filled:
        return next_card.go_on(context, basis)
    if shown.kind == "summary":
        return next_card.card(context, basis.sheets[-1], basis.sheets[-1].way[-1])
    at = shown.at
    return _back(context, basis, Press(at.case, at.filled, at.version, OnCard.read(at), {}, at.list_id))


def pause_typed(context: TurnContext, rest: str) -> Reaction:
    """Pause the list of the named or last used case."""
    basis = find_case.named_list(context, rest, PAUSE)
    if basis is not None and basis.is_closed:
        return find_case.closed_case(context, basis.case)
    if basis is None or not basis.sheets:
        return menu.instead(context, Line(say="fill.nothing_to_pause"))
    return summary_card.paused(context.session, basis)


VERBS = (
    Verb(ANSWER, answer, OnCard),
    Verb(SAME_AS, same_as, OnCard),
    Verb(GROUP, save_group, OnCard),
    Verb(MOTIVATE, motivate, OnCard),
    Verb(REFERENCE, in_the_file, OnCard),
    Verb(NO_MOTIVATION, no_motivation, OnCard),
    Verb(GOTO, go_to, ToItem),
    Verb(BACK, back, OnCard),
    Verb(PAUSE, pause, OnCard),
    Verb(SHOW, show_current, Refreshing, keeps=False),
)
COMMANDS = (
    Command("tillbaka", ("back",), back_typed, BACK, maybe_ref),
    Command("paus", ("pausa", "pause"), pause_typed, PAUSE, maybe_ref),
)
