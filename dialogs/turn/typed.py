"""Typed answers to the card last shown: words press its buttons and fill in its fields."""

from collections.abc import Mapping, Sequence

from actions import answers
from actions.basis import Sheet
from actions.changes import NONE, Changes
from checklists import free_text
from checklists.detail_words import read_detail, read_start
from checklists.errors import OnlyReference
from checklists.free_text import MOST_TEXT
from checklists.replies import Said, folded, read_answer, read_answers, read_number
from checklists.route import motivated_by, stop_of
from dialogs.turn import commands, find_case
from dialogs.turn.declared import Done, Press, Reaction, claimed, parted
from dialogs.turn.presses import OfAct, OnCard
from dialogs.turn.shown import Shown
from dialogs.turn.turn_context import TurnContext
from dialogs.views.parts import Claim
from dialogs.views.ready_made import open_button
from dialogs.views.views import AnyView, Button, ClosedView, Line, MenuView, SayView
from dialogs.worker import next_card
from dialogs.worker.fill_checklist import ANSWER
from dialogs.worker.landing import Landed, landed
from texts import LANGUAGES, say


def answer_typed(context: TurnContext, shown: Shown | None, text: str) -> Reaction | None:
    """Take a typed line as the answer to what was last shown; None if it answers nothing there."""
    if shown is None or not text:
        return _which(context, text)
    if shown.kind == "ask_ref":
        return commands.run_verb(context, shown.at, {"case_ref": text})
    button = _button(shown, text)
    if button is not None:
        return _echoed(context, shown, commands.run_verb(context, button.claim, {}), _items_of(button.claim))
    readers = {
        "question": _question,
        "group": _group,
        "motivation": _motivation,
        "detail": _detail,
        "facts": _facts,
        "start": _start,
        "comment": _comment,
    }
    read = readers.get(shown.kind)
    return read(context, shown, text) if read else _which(context, text)


def _which(context: TurnContext, text: str) -> Reaction | None:
    """Ask which question an answer belongs to when none was shown; None if the line is no answer. Stores nothing."""
    if read_answer(text) is None or context.conversation.case_id is None:
        return None
    case = find_case.by_id(context, context.conversation.case_id, ANSWER).case
    title = Line(say="buttons.continue_case", args={"ref": case.ref})
    return MenuView(
        title=Line(say="typed.which_title"), lines=(Line(say="typed.which"),), buttons=(open_button(case.id, title),)
    )


def _button(shown: Shown, text: str) -> Button | None:
    """Return the button a line names, by title in either language or by number."""
    words = folded(text)
    for button in shown.buttons:
        if words in {folded(say(button.title.say, language, **button.title.args)) for language in LANGUAGES}:
            return button
    number = read_number(text)
    return shown.buttons[number - 1] if number and number <= len(shown.buttons) else None


# --- by kind of card -------------------------------------------------------------------------------------------------


def _question(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    said = read_answer(text)
    if said is None:
        return None
    if said.choice in ("skip", "unknown"):
        return _skip(context, shown)
    button = next((button for button in shown.buttons if button.claim.choice == said.choice), None)
    if button is None:
        return SayView(notices=(Line(say="errors.BK-120"),))
    reaction = commands.run_verb(context, button.claim, {})
    items = _items_of(button.claim)
    if said.text and items:
        reaction = _motivated_too(context, button.claim, said, items[0], reaction)
    return _echoed(context, shown, reaction, items)


def _skip(context: TurnContext, shown: Shown) -> AnyView:
    """Show the next question and leave this one for later; nothing is stored."""
    basis = find_case.by_id(context, shown.at.case, ANSWER, shown.at.list_id)
    return next_card.go_on(context, basis, shown.at.filled, shown.at.item, (Line(say="typed.skipped"),))


def _motivated_too(context: TurnContext, claim: Claim, said: Said, item_id: str, reaction: Reaction) -> Reaction:
    """Store the text of `nej, TEXT` as the motivation: in the item that asks for it, else in the answer's own row.

    If the answer itself was given earlier, the text is stored only if nothing has changed since the card was shown.
    """
    _, changes = parted(reaction)
    basis = find_case.by_id(context, claim.case, ANSWER, claim.list_id)
    sheet = basis.sheet(claim.filled)
    row = sheet.rows.get(item_id) if sheet else None
    if sheet is None or row is None or row.choice != said.choice:
        return reaction
    if row.act != context.origin.act:
        press = Press(claim.case, claim.filled, claim.version, OnCard.read(claim), {}, claim.list_id)
        if not isinstance(landed(context, press, ANSWER), Landed):
            return reaction
    here = f"question:{item_id}"
    try:
        kept = _keep_motivation(context, sheet, item_id, said)
    except OnlyReference as error:
        told = (Line(say=error.text_key),)
        return Done(next_card.go_on(context, basis, sheet.filled.id, here, told), changes)
    return Done(next_card.go_on(context, basis, sheet.filled.id, here), changes + kept)


def _keep_motivation(context: TurnContext, sheet: Sheet, item_id: str, said: Said) -> Changes:
    written = free_text.motivation("text", said.text, "", sheet.motivation, context.origin.lets)
    sibling = motivated_by(sheet.applied, sheet.checklist.by_id[item_id], said.choice)
    if sibling is not None:
        return answers.give(context.session, context.origin, sheet, sibling.id, written)
    own = next((s for s in sheet.way if s.kind == "motivation" and not s.about and item_id in s.items), None)
    stop = own or stop_of(sheet.way, item_id)
    if stop is None:
        return NONE
    return answers.give(
        context.session, context.origin, sheet, item_id, answers.row_content(sheet, stop, item_id, written)
    )


def _group(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    """Answer the open items in order, or all of them when there are as many words as items."""
    sheet = find_case.by_id(context, shown.at.case, ANSWER, shown.at.list_id).sheet(shown.at.filled)
    if sheet is None:
        return None
    items = [listed.item for listed in shown.items]
    still = [item_id for item_id in items if sheet.applied.is_open(item_id)]
    said, words = read_answer(text), read_answers(text)
    answered = items if words and len(words) == len(items) else still[: len(words or "1")]
    if words is None and (said is None or not said.text):
        return None
    if not answered or (words and len(words) > len(answered)):
        return SayView(notices=(Line(say="typed.group_how"),))
    chosen = dict(zip(answered, words or [said.choice if said else ""], strict=True))
    reaction = commands.run_verb(context, shown.at, chosen)
    if said and said.text:
        reaction = _motivated_too(context, shown.at, said, answered[0], reaction)
    return _echoed(context, shown, reaction, answered)


def _motivation(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    """Take `nej` as "no motivation" and any other line as the motivation itself."""
    said = read_answer(text)
    if said is not None and not said.text:
        if said.choice == "nej":
            button = next(button for button in shown.buttons if button.claim.verb == "no_motivation")
            return _echoed(context, shown, commands.run_verb(context, button.claim, {}), _items_of(button.claim))
        if said.choice in ("skip", "unknown"):
            return _skip(context, shown)
        return SayView(notices=(Line(say="typed.motivation_how"),))
    # Where the municipality keeps motivations in the case file only, the line says where.
    name = "place" if shown.at.verb == "in_the_file" else "motivation"
    return _echoed(context, shown, commands.run_verb(context, shown.at, {name: text}), _items_of(shown.at))


def _detail(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    """Take the line as what goes with the answer: ways by name, a day, the way in words."""
    said = read_answer(text)
    if said is not None and said.choice in ("skip", "unknown"):
        return _skip(context, shown)
    sheet = find_case.by_id(context, shown.at.case, ANSWER, shown.at.list_id).sheet(shown.at.filled)
    if sheet is None:
        return None
    inputs = read_detail(sheet.checklist.by_id[OnCard.read(shown.at).item_id], text) if said is None else None
    return commands.run_verb(context, shown.at, inputs) if inputs else SayView(notices=(Line(say="typed.detail_how"),))


def _start(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    """Fill in the card before a list, in the order it asks."""
    inputs = read_start(shown.wants, [fact.item for fact in shown.items], text, context.today)
    if inputs is not None:
        return commands.run_verb(context, shown.at, inputs)
    if read_answers(text) is None:
        return None
    said = {"received_on": context.today.isoformat(), "children": "2", "akt_part": "fysisk"}
    example = [said[name] for name in shown.wants] + ["ja"] * len(shown.items)
    return SayView(notices=(Line(say="typed.start_how", args={"example": " ".join(example)}),))


def _facts(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    """Answer the facts in the order shown, one word for each."""
    row = read_answers(text)
    if row is None:
        return None
    if len(row) != len(shown.items) or not set(row) <= {"ja", "nej", "unknown"}:
        return SayView(notices=(Line(say="typed.facts_how", args={"count": len(shown.items)}),))
    inputs = {fact.item: word for fact, word in zip(shown.items, row, strict=True)}
    return commands.run_verb(context, shown.at, inputs)


def _comment(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    """Take the line as the comment."""
    return commands.run_verb(context, shown.at, {"comment": text[: MOST_TEXT + 1]})


# --- the echo --------------------------------------------------------------------------------------------------------


def _items_of(claim: Claim) -> list[str]:
    """Return the item a claim answers, if any."""
    answering = claim.verb in ("answer", "motivate", "in_the_file", "no_motivation")
    return [OnCard.read(claim).item_id] if answering else []


def _echoed(context: TurnContext, shown: Shown, reaction: Reaction, item_ids: Sequence[str]) -> Reaction:
    """Add to the next card an echo of what was stored, and a button to undo it."""
    view, changes = parted(reaction)
    kept = {change.item_id for change in changes if change.event == "answered"}
    if isinstance(view, SayView | ClosedView) or not item_ids or not kept.issuperset(item_ids):
        return reaction
    basis = find_case.by_id(context, shown.at.case, ANSWER, shown.at.list_id)
    sheet = basis.sheet(shown.at.filled)
    if sheet is None:
        return reaction
    echo = _echo(sheet, item_ids)
    of = shown.at.list_id
    claim = claimed("undo", OfAct(context.origin.act), case=shown.at.case, filled=shown.at.filled, checklist=of)
    undo = Button(title=Line(say="buttons.undo"), claim=claim)
    added: Mapping[str, object] = {"notices": (echo, *view.notices)}
    for name in ("nav", "buttons"):
        if hasattr(view, name) and (name == "nav" or not hasattr(view, "nav")):
            added = {**added, name: (*getattr(view, name), undo)}
    return Done(view.model_copy(update=added), changes)


def _echo(sheet: Sheet, item_ids: Sequence[str]) -> Line:
    """Return the echo: one answer with its question, several as a count."""
    if len(item_ids) > 1:
        return Line(say="typed.echo_row", args={"ref": sheet.case.ref, "count": len(item_ids)})
    row = sheet.rows[item_ids[0]]
    number = sheet.checklist.numbers[row.item_id]
    place = f"{sheet.checklist.id}/{sheet.checklist.version}/{row.item_id}"
    return Line(say="typed.echo", args={"ref": sheet.case.ref, "number": number, "item": place, "choice": row.choice})
