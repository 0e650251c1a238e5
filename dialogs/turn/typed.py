"""Typed answers to the card last shown: words press its buttons and fill in its fields."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from pydantic import ValidationError

from actions import answers
from actions.basis import Sheet
from actions.changes import NONE, Changes
from checklists.case_dates import calendar_day
from checklists.detail_words import read_detail, read_start, typed_day
from checklists.doubt import Names, doubt, is_absence, is_in_file, is_place, is_reference_alone, names_of, place_named
from checklists.errors import OnlyReference, UserError
from checklists.free_text import MOST_TEXT, no_text
from checklists.model import Motivation
from checklists.replies import (
    Said,
    about_number,
    begins_with_answer,
    children_named,
    core,
    folded,
    is_about_several,
    is_day_meant,
    is_not_yet,
    is_polite,
    other_child,
    read_answer,
    read_answers,
    read_for_all,
    read_labelled,
    read_number,
    says_none,
    without_greeting,
)
from checklists.rights import VerbName
from checklists.route import REVIEWED, Stop, motivated_by, stop_of
from dialogs.messages import not_yet
from dialogs.turn import commands, find_case
from dialogs.turn.declared import Done, Press, Reaction, claimed, parted
from dialogs.turn.exchange import Reply
from dialogs.turn.presses import OnCard, OnFacts
from dialogs.turn.shown import Shown
from dialogs.turn.turn_context import TurnContext
from dialogs.views.parts import Claim
from dialogs.views.ready_made import ask_ref, open_button
from dialogs.views.views import AnyView, Button, Line, MenuView, QuestionView, SayView
from dialogs.views.wording import line_words
from dialogs.worker import asked_about, facts_card, next_card, proposals
from dialogs.worker.echo import echoed
from dialogs.worker.fill_checklist import ANSWER
from dialogs.worker.landing import Landed, landed
from storage import inbox
from storage.sealing import KeyGone
from texts import LANGUAGES, say, sentences

_ON_A_LIST = ("question", "group", "motivation", "detail", "doubt")
"""The kinds of cards that ask something of a list, and are shown again when a line is refused."""
_SHOWN_AGAIN = (*_ON_A_LIST, "facts", "start", "comment", "decided")
_ANSWERED = re.compile(r"\A\s*(?:ja|jo|japp|yes|nej|nä|no)\b[\s,.:–-]*", re.IGNORECASE)
"""A Ja or Nej before what is said of the motivation that was asked for."""
_REOPENED: Mapping[str, tuple[VerbName, str]] = {
    "details": ("details", "details"),
    "extend": ("extend", "extend"),
    "close": ("close", "close"),
    "wrong_case": ("wrong_case", "wrong_case"),
    "shortfall": ("read", "open"),
    "form": ("form", "form"),
    "reading": ("read", "continue_reading"),
}
"""For each card that is filled in by its fields alone, the verb and the title of the button that opens it again."""
_LEAVES_IT = frozenset(("avbryt", "nej avbryt", "lat bli", "lat sta", "cancel", "never mind"))
"""What people write, folded, to leave things as they are."""
_MOST_MISSED = 2
"""How many lines in a row may be misunderstood before the form is offered."""
_FIELDS = (
    *("children", "planned", "unit", "protected_identity", "received_on", "assigned_on", "opened_on"),
    *("planned_decision_on", "decided_on", "started_on", "closed_on", "co_worker"),
)
"""The fields whose labels begin a line that is meant for another card."""


def answer_typed(context: TurnContext, shown: Shown | None, text: str) -> Reaction | None:
    """Take a typed line as the answer to what was last shown; None if it answers nothing there."""
    if shown is None or not text:
        return _which(context, text)
    try:
        return _answer(context, shown, text)
    except UserError as error:
        return again(context, shown, Line(say=error.text_key, args=error.args_for_text))


def overtaken(context: TurnContext, shown: Shown | None, text: str) -> Reaction | None:
    """Ask again what was shown, when a message has come after it: a line may be an answer to that. Stores nothing,
    unless it is `inte än` to a reminder that asks about nothing else.

    None if the line is no answer. A case reference that was asked for is taken, as it can be nothing else, and where to
    write the comment on a return is told as ever.
    """
    if is_not_yet(text) and (claim := not_yet.typed(context)) is not None:
        return commands.run_verb(context, claim, {})
    if shown is None or not text or shown.kind in ("ask_ref", "return"):
        return answer_typed(context, shown, text)
    said = read_answer(text)
    is_answer = said is not None or begins_with_answer(text) or about_number(text) is not None or is_day_meant(text)
    is_button = read_number(text) is not None or _button(shown, text) is not None
    is_filled_in = asks_text(shown) or shown.kind in ("detail", "facts", "start", "decided")
    if not (is_answer or is_button or is_filled_in) or is_polite(text):
        return None
    told = Line(say="typed.overtaken")
    kept = offered(context, shown, text, told) if said is None or said.text else None
    if kept is not None:
        return kept
    return again(context, shown, told) if shown.kind in _SHOWN_AGAIN else _which(context, text)


def _answer(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    if shown.kind == "ask_ref":
        return commands.run_verb(context, shown.at, {"case_ref": text})
    button = _button(shown, text)
    if button is not None:
        return _echoed(context, shown, commands.run_verb(context, button.claim, {}), _items_of(button.claim))
    readers = {
        "question": _question,
        "group": _group,
        "motivation": _motivation,
        "doubt": _doubted,
        "detail": _detail,
        "facts": _facts,
        "start": _start,
        "comment": _comment,
        "yes_no": _yes_no,
        "return": _return,
        "decided": _decided,
        "fields": _beside_fields,
    }
    read = readers.get(shown.kind)
    return read(context, shown, text) if read else _which(context, text)


def _which(context: TurnContext, text: str) -> Reaction | None:
    """Ask which question an answer belongs to when none was shown; None if the line is no answer. Stores nothing."""
    if read_answer(text) is None or context.conversation.case_id is None:
        return None
    basis = find_case.begun_last(context, context.conversation.case_id, ANSWER)
    if basis.is_closed:
        return find_case.closed_case(context, basis.case)
    title = Line(say="buttons.continue_case", args={"ref": basis.case.ref})
    return MenuView(
        title=Line(say="typed.which_title"),
        lines=(Line(say="typed.which"),),
        buttons=(open_button(basis.case.id, title, checklist=basis.list_id),),
    )


def _button(shown: Shown, text: str) -> Button | None:
    """Return the button a line names, by title in either language or by number; a number on a group is a question's."""
    bare = commands.bare(text)
    is_asked = len(bare.split()) < len(text.split()) and read_answer(bare) is None  # `alla ja` answers several
    words = {folded(text), core(text), commands.as_titled(text)} | ({folded(bare)} if is_asked else set())
    for button in shown.buttons:
        if not words.isdisjoint(_titles(button.title)):
            return button
    if shown.kind == "motivation" and (how := _beside(shown, text)) is not None:
        return how
    number = read_number(text) if shown.kind != "group" else None
    return shown.buttons[number - 1] if number and number <= len(shown.buttons) else None


def _beside(shown: Shown, text: str) -> Button | None:
    """Return the button beside the card, about the answer before, that a line names with more than its title: `ja,
    anmäls`, `anmäls 2026-05-10`. Its own card asks for the day.
    """
    said = folded(_ANSWERED.sub("", text, 1))
    for button in shown.buttons:
        for title in _titles(button.title) if button.claim.verb == "how" else ():
            rest = said.removeprefix(title)
            if rest != said and (not rest or is_day_meant(rest.strip(" ,:"))):
                return button
    return None


def _titles(title: Line) -> frozenset[str]:
    """Return the title of a button in each language, folded."""
    return _fixed_titles(title.say) if not title.args else _folded_titles(title)


@cache
def _fixed_titles(key: str) -> frozenset[str]:
    return _folded_titles(Line(say=key))


def _folded_titles(title: Line) -> frozenset[str]:
    return frozenset(folded(line_words(title, language)) for language in LANGUAGES)


# --- by kind of card -------------------------------------------------------------------------------------------------


def _question(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    numbered = about_number(text)
    here = _number(context, shown) if numbered is not None else 0
    if numbered is not None and numbered[0] != here:
        return again(context, shown, Line(say="typed.other_question", args={"number": numbered[0], "shown": here}))
    said = read_answer(numbered[1] if numbered else text)
    if said is None:
        return again(context, shown, Line(say="typed.not_an_answer")) if begins_with_answer(text) else None
    if said.choice in ("skip", "unknown"):
        return _skip(context, shown)
    if is_not_yet(text) and (asked := _whether_under_way(context, shown, OnCard.read(shown.at).item_id)) is not None:
        return asked
    button = next((button for button in shown.buttons if button.claim.choice == said.choice), None)
    if button is None:
        return again(context, shown, Line(say="errors.BK-120"))
    items = _items_of(button.claim)
    if elsewhere := _of_other_child(context, shown, said.text):
        return again(context, shown, elsewhere)
    unsure = _unsure(said)
    if unsure is not None and not _goes_with(context, shown, said, items):
        return again(context, shown, unsure)
    reaction = commands.run_verb(context, button.claim, {})
    if said.text and items:
        reaction = _text_too(context, button.claim, said, items[0], reaction)
    return _cut(said, _echoed(context, shown, reaction, items))


def _cut(said: Said, reaction: Reaction) -> Reaction:
    """Say that the text after an answer was too short to be kept, if it was."""
    if not said.is_cut:
        return reaction
    view, changes = parted(reaction)
    return Done(view.model_copy(update={"notices": (*view.notices, Line(say="typed.too_short"))}), changes)


def _whether_under_way(context: TurnContext, shown: Shown, item_id: str) -> AnyView | None:
    """Leave a question that is under way and is `inte än` concluded; else ask which is meant, Pågår or Nej.

    None where Pågår is no answer: then it is a Nej.
    """
    sheet = find_case.by_id(context, shown.at.case, ANSWER, shown.at.list_id).sheet(shown.at.filled)
    if sheet is None or "pagaende" not in sheet.applied.allowed(sheet.checklist.by_id[item_id]):
        return None
    if sheet.applied.state(item_id) == "pagaende":
        return _skip(context, shown)
    return again(context, shown, Line(say="typed.not_yet"))


def _number(context: TurnContext, shown: Shown) -> int:
    """Return the number of the question shown, 0 if it is gone."""
    sheet, _ = _here(context, shown)
    return sheet.checklist.numbers[OnCard.read(shown.at).item_id] if sheet is not None else 0


def _unsure(said: Said) -> Line | None:
    """Return what to say of a text after an answer that may be addressed to the bot, as `nej, hur menar du?`, or that
    points to the file but not where, as `nej, se akten`; None if it is clear.
    """
    if said.choice == "nej" and is_in_file(said.text):
        return Line(say="typed.where_too")
    is_place = said.choice == "nej" and _place_in_file(said.text)
    is_unsure = doubt(said.text, _names()) is not None or (said.choice == "nej" and is_absence(said.text))
    is_clear = not said.text or is_place or not is_unsure
    return None if is_clear else Line(say="typed.not_sure_of_text")


def _of_other_child(context: TurnContext, shown: Shown, text: str, item_id: str = "") -> Line | None:
    """Return what to say of a text that names another child than the one asked about; None if it does not.

    item_id: the question it answers, if not the card's first.
    """
    sheet, _ = _here(context, shown) if children_named(text) else (None, None)
    child = other_child(text, sheet.shown_child, sheet.case.children) if sheet is not None else 0
    if sheet is None or not child:
        return None
    number = sheet.checklist.numbers[item_id or OnCard.read(shown.at).item_id]
    return Line(say="typed.other_child", args={"here": sheet.shown_child, "child": child, "number": number})


def _goes_with(context: TurnContext, shown: Shown, said: Said, items: Sequence[str]) -> bool:
    """Return whether the text is the detail asked for with the answer, such as a day, and so not meant for the bot."""
    sheet, _ = _here(context, shown)
    return sheet is not None and bool(items) and _detail_in(context, sheet, items[0], said) is not None


def _skip(context: TurnContext, shown: Shown) -> AnyView:
    """Show the next question and leave this one for later; nothing is stored."""
    basis = find_case.by_id(context, shown.at.case, ANSWER, shown.at.list_id)
    return next_card.go_on(context, basis, shown.at.filled, shown.at.item, (Line(say="typed.skipped"),))


def _text_too(context: TurnContext, claim: Claim, said: Said, item_id: str, reaction: Reaction) -> Reaction:
    """Store the text after an answer: in `nej, TEXT` as the motivation, in `ja, TEXT` as the note (förbehåll), unless
    it names what is asked for with the answer: `ja, eget samtal`.

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
        at = landed(context, press, ANSWER)
        if not isinstance(at, Landed):
            return reaction
        basis, sheet = at.basis, at.sheet
    here = f"question:{item_id}"
    stop = sheet.stop(f"detail:{item_id}")
    try:
        given = _detail_in(context, sheet, item_id, said)
        if given is None:
            kept = _keep_text(context, sheet, item_id, said)
        elif said.choice in sheet.checklist.by_id[item_id].may_detail:
            kept = answers.set_detail(context.session, context.origin, sheet, item_id, given)
        else:
            kept = answers.set_method(context.session, context.origin, sheet, item_id, given.options)
    except OnlyReference as error:
        told = (Line(say=error.text_key),)
        why = motivated_by(sheet.applied, sheet.checklist.by_id[item_id], said.choice)
        asks = stop_of(sheet.way, why.id) if why is not None else None
        if asks is not None:  # also where it has been motivated before: her new words are what was refused
            return Done(next_card.card(context, sheet, asks, told, basis), changes)
        return Done(next_card.go_on(context, basis, sheet.filled.id, here, told), changes)
    except UserError as error:
        if given is None:
            raise
        told = (Line(say=error.text_key, args=error.args_for_text),)
        if stop is None:
            if given.options:  # `ja, anmäls 10 maj`: what was chosen is kept, only the day cannot be read
                given = replace(given, day="")
                changes += answers.set_detail(context.session, context.origin, sheet, item_id, given)
            return Done(next_card.go_on(context, basis, sheet.filled.id, here, told), changes)
        return Done(next_card.detail(context, sheet, stop, told), changes)
    notices = proposals.told(context, sheet, item_id)
    row = sheet.rows.get(item_id)
    if stop is not None and given is None and row is not None and not (row.option or row.method or row.day):
        return Done(next_card.card(context, sheet, stop, notices), changes + kept)  # still asked for, as after `ja`
    return Done(next_card.go_on(context, basis, sheet.filled.id, here, notices), changes + kept)


def _detail_in(context: TurnContext, sheet: Sheet, item_id: str, said: Said) -> answers.Detail | None:
    """Return the detail that goes with the answer, if the text is nothing more: `ja, FREDA` or `ja, 2026-05-12`.

    A day is returned as written, even if it cannot be read: it is then asked for again, not kept as a comment.
    """
    item = sheet.checklist.by_id[item_id]
    how = next_card.ways_asked(context, sheet, item)
    asks_how = how is not None and said.choice in how.answers
    asks_day = item.day is not None and said.choice in item.day.answers
    if asks_day and item.day is not None and not item.day.after and is_day_meant(said.text):
        return answers.Detail(day=typed_day(said.text, context.today))
    found = read_detail(item, said.text, context.today, how) if asks_how or asks_day else None
    if found is None or found["text"] or (found["options"] and not asks_how) or (found["day"] and not asks_day):
        return None
    if found["day"] and item.day is not None and item.day.after and not found["options"]:
        return None
    if "," in found["options"] and how is not None and not how.several:
        return None
    return answers.Detail(options=found["options"], day=found["day"])


def _keep_text(context: TurnContext, sheet: Sheet, item_id: str, said: Said) -> Changes:
    """Store a text in the item that asks for the motivation, else in the answer's own row: as motivation or note.

    `finns i akten, TEXT` says where the motivation is, as it does on the card that asks for it.
    """
    item = sheet.checklist.by_id[item_id]
    sibling = motivated_by(sheet.applied, item, said.choice)
    reviewed = sheet.sections and said.choice in REVIEWED
    if sibling is None and said.choice != "nej" and said.choice not in item.motivate_on and not reviewed:
        return answers.set_note(context.session, context.origin, sheet, item_id, said.text)
    place = _place_in_file(said.text) if sheet.motivation != "text" else ""
    how: Motivation = "reference" if place else "text"
    written = answers.motivation(context.origin, sheet, how, "" if place else said.text, place)
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
    """Answer the open items in order, or all of them when there are as many words as items. One that was asked for by
    its number comes first, answered or not.
    """
    sheet = find_case.by_id(context, shown.at.case, ANSWER, shown.at.list_id).sheet(shown.at.filled)
    if sheet is None:
        return None
    items = [listed.item for listed in shown.items]
    labels = [sheet.checklist.by_id[item_id].label or "" for item_id in items]
    numbers = [str(sheet.checklist.numbers[item_id]) for item_id in items]
    each = read_labelled(text, labels) or read_labelled(text, numbers)
    numbered = about_number(text) if each is None else None
    if numbered is not None:  # `4: nej`
        by_number = {sheet.checklist.numbers[item_id]: item_id for item_id in items}
        if numbered[0] not in by_number:
            return again(context, shown, Line(say="typed.group_other", args={"number": numbered[0]}))
        named, text = by_number[numbered[0]], numbered[1]
        shown = shown.model_copy(update={"named": named})
    still = [shown.named] if shown.named else [item_id for item_id in items if sheet.applied.is_open(item_id)]
    said, words = read_answer(text), read_answers(text)
    for_all = read_for_all(text)
    words = words or each or ([for_all] * len(items) if for_all else None)
    if words is None and is_about_several(text, labels):
        return again(context, shown, Line(say="typed.group_how"))
    answered = items if words and len(words) == len(items) else still[: len(words or "1")]
    if words is None and (said is None or not said.text):
        return again(context, shown, Line(say="typed.group_how")) if begins_with_answer(text) else None
    if words in (["unknown"], ["skip"]):
        return _skip(context, shown)
    if is_not_yet(text) and still and (asked := _whether_under_way(context, shown, still[0])) is not None:
        return asked
    if not answered or (words and len(words) > len(answered)):
        return again(context, shown, Line(say="typed.group_how"))
    if words is None and said is not None:
        if elsewhere := _of_other_child(context, shown, said.text, answered[0]):
            return again(context, shown, elsewhere)
        if unsure := _unsure(said):
            return again(context, shown, unsure)
    # `vet inte` among several answers leaves its question for later.
    given = zip(answered, words or [said.choice if said else ""], strict=True)
    chosen = {item_id: choice for item_id, choice in given if choice not in ("unknown", "skip")}
    reaction = commands.run_verb(context, shown.at, chosen)
    if words is None and said is not None:
        reaction = _text_too(context, shown.at, said, answered[0], reaction)
    return _echoed(context, shown, reaction, list(chosen))


def _motivation(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    """Take `nej` as "no motivation" and any other line as the motivation itself, asking first if that is in doubt."""
    said = read_answer(text)
    if says_none(text):
        return _missing(context, shown)
    if said is not None and not said.text and not is_polite(text):
        if said.choice == "nej":
            return _cut(said, _missing(context, shown))
        if said.choice in ("skip", "unknown"):
            return _skip(context, shown)
        return again(context, shown, Line(say="typed.motivation_how"))
    where = _ANSWERED.sub("", text, 1)  # `ja, finns i akten` is no text of a motivation, nor is `nej, vänta lite`
    place = _place_in_file(where)
    if is_in_file(where):
        return again(context, shown, Line(say="typed.where_how"))
    sheet, stop = _here(context, shown)
    elsewhere = _of_other_child(context, shown, text)
    if elsewhere is not None and (place or (sheet is not None and sheet.case.protected_identity)):
        return again(context, shown, elsewhere)  # there is no place to keep aside until she has answered
    if place and any(button.claim.verb == "in_the_file" for button in shown.buttons):
        claim = _as(shown.at, "in_the_file")
        return _echoed(context, shown, commands.run_verb(context, claim, {"place": place}), _items_of(claim))
    if sheet is not None and sheet.case.protected_identity and not is_place(text):
        # Any other line may be the motivation itself.
        error = no_text()
        lines = (Line(say=error.text_key, args=error.args_for_text), Line(say="typed.where_how"))
        return again(context, shown, *lines)
    is_command = commands.may_name_a_case(context, text) or commands.is_not_hers(context, text)
    why = doubt(text, _names()) or doubt(where, _names()) or ("request" if is_command or is_absence(where) else None)
    in_file = shown.at.verb == "in_the_file"
    is_asked = elsewhere is not None or (why is not None and not (in_file and why == "too_short"))
    if is_asked and sheet is not None and stop is not None and sheet.may_answer(stop):
        return asked_about.ask(context, sheet, stop, text)
    # Where the municipality keeps motivations in the case file only, the line says where.
    name = "place" if in_file else "motivation"
    return _echoed(context, shown, commands.run_verb(context, shown.at, {name: text}), _items_of(shown.at))


def offered(context: TurnContext, shown: Shown | None, text: str, *lines: Line) -> AnyView | None:
    """Ask for the motivation again, and offer to keep as such a line that was refused as a command.

    lines: why it was refused. None if no motivation was asked for.
    """
    if not asks_motivation(shown) or shown is None:
        return None
    sheet, stop = _here(context, shown)
    if sheet is None or stop is None or not sheet.may_answer(stop):
        return None
    if sheet.case.protected_identity:
        return next_card.motivation(sheet, stop, lines, "", "")
    save = asked_about.aside(context, sheet, stop, text)
    view = next_card.motivation(sheet, stop, (*lines, Line(say="typed.if_meant")), "", "")
    return view.model_copy(update={"nav": (*view.nav, save)})


def asks_motivation(shown: Shown | None) -> bool:
    """Return whether what was last shown asks for a motivation, or whether a line is one."""
    return shown is not None and shown.kind in ("motivation", "doubt")


def asks_text(shown: Shown | None) -> bool:
    """Return whether a line is taken as a text, whole, where it is not a command."""
    return asks_motivation(shown) or (shown is not None and shown.kind in ("comment", "return"))


def _missing(context: TurnContext, shown: Shown) -> Reaction:
    claim = _as(shown.at, "no_motivation")
    return _echoed(context, shown, commands.run_verb(context, claim, {}), _items_of(claim))


def _doubted(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    """Take a line after the question whether the one before was a motivation: yes, no, the same again, or another."""
    sheet, stop = _here(context, shown)
    said = read_answer(without_greeting(text))
    if said is not None and not said.text and said.choice in ("ja", "nej"):
        return commands.run_verb(context, shown.at if said.choice == "ja" else _as(shown.at, "drop_typed"), {})
    if sheet is None or stop is None:
        return None
    if text.strip() == answers.asked_about(context.session, context.origin, sheet, stop):
        return commands.run_verb(context, shown.at, {})  # asked once already, so she means it
    answers.forget_asked(context.session, context.origin, sheet, stop)
    verb = "in_the_file" if sheet.motivation == "reference" else "motivate"
    return _motivation(context, shown.model_copy(update={"at": _as(shown.at, verb)}), text)


def _yes_no(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    """Take `ja` as the first button of a question about what to do, and `nej` or `avbryt` as the last."""
    said = Said("nej") if core(text) in _LEAVES_IT else read_answer(text)
    if said is None or said.text or said.choice not in ("ja", "nej"):
        return None
    return commands.run_verb(context, shown.buttons[0 if said.choice == "ja" else -1].claim, {})


def _place_in_file(text: str) -> str:
    """Return where in the file the motivation is said to be: `finns i akten, TEXT`, `se akten, flik 3`."""
    for title in (say("buttons.in_the_file", language) for language in LANGUAGES):
        if text.casefold().startswith(title.casefold()):
            return text[len(title) :].strip(" ,.:;–—-(").removesuffix(")").strip()
    return place_named(text)


def _detail(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    """Take the line as the detail of the answer: named ways, a day, or a way in the person's own words."""
    said = read_answer(text)
    if said is not None and said.choice in ("skip", "unknown"):
        return _skip(context, shown)
    sheet = find_case.by_id(context, shown.at.case, ANSWER, shown.at.list_id).sheet(shown.at.filled)
    if sheet is None:
        return None
    item_id = OnCard.read(shown.at).item_id
    item = sheet.checklist.by_id[item_id]
    if said is not None and said.text and said.choice == sheet.answers[item_id].choice:
        text = said.text  # `ja, 2026-05-12`: the answer again, and what is asked for with it
        said = None
    inputs = read_detail(item, text, context.today) if said is None else None
    if inputs is not None and (elsewhere := _of_other_child(context, shown, inputs["text"])):
        return again(context, shown, elsewhere)
    if inputs is None or (inputs["text"] and doubt(inputs["text"], _names()) is not None):
        asked = "detail_how" if item.how and item.day else "detail_ways_how" if item.how else "detail_day_how"
        return again(context, shown, Line(say=f"typed.{asked}"))
    if item.day is not None and item.day.after and not inputs["options"] and item_id in sheet.rows:
        inputs = {**inputs, "options": sheet.rows[item_id].option}  # the day belongs to the way already chosen
    return _echoed(context, shown, commands.run_verb(context, shown.at, inputs), ())


def _start(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    """Fill in the card before a list, in the order it asks."""
    inputs = read_start(shown.wants, [fact.item for fact in shown.items], text, context.today)
    if inputs is not None:
        return commands.run_verb(context, shown.at, inputs)
    is_tried = begins_with_answer(text) or any(map(str.isdigit, text)) or is_day_meant(text)
    if read_answers(text) is None and not is_tried:
        return None
    said = {"received_on": context.today.isoformat(), "children": "2", "akt_part": "fysisk"}
    example = [said[name] for name in shown.wants] + ["ja"] * len(shown.items)
    return again(context, shown, Line(say="typed.start_how", args={"example": " ".join(example)}))


def _facts(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    """Answer the facts in the order shown, one word for each."""
    row = read_answers(text)
    if row is None and not begins_with_answer(text):
        return None
    if row is None or len(row) != len(shown.items) or not set(row) <= {"ja", "nej", "unknown"}:
        count = len(shown.items)
        example = ["ja", *["nej"] * (count - 2), "unknown"][:count]
        return again(context, shown, Line(say="typed.facts_how", args={"count": count, "choices": ",".join(example)}))
    inputs = {fact.item: word for fact, word in zip(shown.items, row, strict=True)}
    return commands.run_verb(context, shown.at, inputs)


def _comment(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    """Take the line as the comment, unless it may not be meant as one."""
    if elsewhere := _of_other_child(context, shown, text):
        return again(context, shown, elsewhere)
    if doubt(text, _names()) is not None:
        return again(context, shown, Line(say="typed.comment_how"))
    reaction = commands.run_verb(context, shown.at, {"comment": text[: MOST_TEXT + 1]})
    return _echoed(context, shown, reaction, ())


def _decided(context: TurnContext, shown: Shown, text: str) -> Reaction | None:
    """Take a day as that of the decision, or as the new planned day if it is still to come or follows a Nej.

    An answer without a day is told what to add.
    """
    said = read_answer(text)
    day = typed_day(said.text if said is not None else text, context.today)
    found = calendar_day(day)
    if said is None and found is None and not is_day_meant(text):
        return None
    by_answer = {"ja": "decided_on", "nej": "planned_decision_on"}.get(said.choice if said is not None else "")
    is_to_come = found is not None and found > context.today
    name = by_answer or ("planned_decision_on" if is_to_come else "decided_on")
    return commands.run_verb(context, shown.at, {name: day})


def _return(context: TurnContext, shown: Shown, text: str) -> AnyView | None:
    """Say that the comment is to be written on the card, which is left as it is: a new one would lose its input.

    None for a button's title or a polite phrase, which are answered elsewhere.
    """
    if commands.find_title(context, text) is not None or is_polite(text):
        return None
    button = Button(title=Line(say="buttons.return"), claim=_as(shown.at, "send_back"))
    return MenuView(title=Line(say="typed.return_title"), lines=(Line(say="typed.return_how"),), buttons=(button,))


def _beside_fields(context: TurnContext, shown: Shown, text: str) -> AnyView | None:
    """Say that an answer belongs in the fields of the card, which is left as it is: a new one would lose its input."""
    return _in_the_fields(shown) if read_answer(text) is not None else None


def _in_the_fields(shown: Shown, *suggested: Button) -> MenuView:
    verb, title = _REOPENED[shown.named]
    what = OnCard("") if verb == "form" else None
    claim = claimed(verb, what, case=shown.at.case, checklist=shown.at.list_id)
    button = Button(title=Line(say=f"buttons.{title}"), claim=claim)
    how = (Line(say="typed.beside_how"),)
    return MenuView(title=Line(say="typed.beside_title"), lines=how, buttons=(button, *suggested))


# --- what is not understood ------------------------------------------------------------------------------------------


def misunderstood(context: TurnContext, shown: Shown | None, text: str) -> AnyView:
    """Answer a line not understood: suggest a command, repeat the question, and the third time offer the form."""
    view = commands.not_understood(context, text)
    is_third = _missed_before(context) >= _MOST_MISSED
    suggested = view.buttons[:1] if any(line.say == "menu.did_you_mean" for line in view.lines) else ()
    case = find_case.last_touched(context, ANSWER)
    if shown is not None and shown.kind == "fields":
        # A number typed there is that of the card `Fel ärendenummer`, not of a case to open.
        return _in_the_fields(shown, *(suggested if not is_reference_alone(text) else ()))
    offer = (Line(say="typed.offer_form"),) if is_third and case is not None and case.closed_on is None else ()
    form = _form_button(case.id) if offer and case is not None else ()
    if shown is not None and shown.kind in (*_ON_A_LIST, "facts", "start"):
        told = Line(say="typed.not_kept") if not suggested else view.lines[0]
        card = again(context, shown, Line(say="menu.not_understood"), told, *offer)
        if hasattr(card, "nav"):
            has_form = any(button.title.say == "buttons.form" for button in card.nav)
            return card.model_copy(update={"nav": (*card.nav, *suggested, *(() if has_form else form))})
    return view.model_copy(update={"lines": (*view.lines, *offer), "buttons": (*form, *view.buttons)})


def _form_button(case_id: int) -> tuple[Button, ...]:
    return (Button(title=Line(say="buttons.form"), claim=claimed("form", OnCard(""), case=case_id)),)


def _missed_before(context: TurnContext) -> int:
    """Return how many of the last replies in this chat, newest first, said that a line was not understood."""
    count = 0
    for row in inbox.newest_few(context.session, context.tenant_id, context.turn.channel_id, _MOST_MISSED):
        try:
            view = Reply.model_validate_json(inbox.reply_of(context.session, row)).view
        except (KeyGone, ValidationError):  # of a case that was disposed of, or of a newer release
            break
        lines = (*view.notices, *((view.title,) if isinstance(view, MenuView) else ()))
        if not any(line.say == "menu.not_understood" for line in lines):
            break
        count += 1
    return count


# --- what is asked again ---------------------------------------------------------------------------------------------


def again(context: TurnContext, shown: Shown | None, *lines: Line) -> AnyView:
    """Return the card last shown again, with these lines and what can be answered; the next typed line is about it."""
    view = _again(context, shown, lines) if shown is not None else None
    if view is None:
        return SayView(notices=lines)
    if isinstance(view, QuestionView):
        said = Line(say="typed.can_answer", args={"choices": ",".join(view.item.allowed)})
        return view.model_copy(update={"notices": (*view.notices, said)})
    return view


def _again(context: TurnContext, shown: Shown, lines: tuple[Line, ...]) -> AnyView | None:
    if shown.kind == "ask_ref":
        return ask_ref(shown.at.item).model_copy(update={"notices": lines})
    if shown.kind in ("facts", "start"):
        basis = find_case.by_id(context, shown.at.case, ANSWER, shown.at.list_id)
        sheet, facts = basis.sheet(shown.at.filled), OnFacts.read(shown.at)
        if sheet is not None:
            return facts_card.child_facts(basis, sheet, lines, form=facts.form)
        return facts_card.facts_card(context, basis, lines, facts.child, form=facts.form)
    if shown.kind in ("comment", "decided"):
        view, _ = parted(commands.run_verb(context, _as(shown.at, shown.kind), {}))
        return view.model_copy(update={"notices": (*lines, *view.notices)})
    if shown.kind not in _ON_A_LIST:
        return None
    sheet, stop = _here(context, shown)
    if sheet is None or stop is None:
        return None
    view = next_card.card(context, sheet, stop, lines)
    return next_card.naming(view, shown.named) if shown.named else view


def _here(context: TurnContext, shown: Shown) -> tuple[Sheet | None, Stop | None]:
    """Return the sheet and the stop of the card last shown."""
    sheet = find_case.by_id(context, shown.at.case, ANSWER, shown.at.list_id).sheet(shown.at.filled)
    return sheet, sheet.stop(OnCard.read(shown.at).key) if sheet is not None else None


# --- the echo --------------------------------------------------------------------------------------------------------


def _items_of(claim: Claim) -> list[str]:
    """Return the item a claim answers, if any."""
    answering = claim.verb in ("answer", "motivate", "in_the_file", "no_motivation")
    return [OnCard.read(claim).item_id] if answering else []


def _as(claim: Claim, verb: str) -> Claim:
    """Return the claim of another button on the same card."""
    return claim.model_copy(update={"verb": verb})


def _echoed(context: TurnContext, shown: Shown, reaction: Reaction, item_ids: Sequence[str]) -> Reaction:
    if not shown.at.filled or not parted(reaction)[1]:
        return reaction
    seen, at = context.seen, shown.at
    if seen is None or (seen.case.id, seen.list_id) != (at.case, at.list_id):
        seen = find_case.by_id(context, at.case, ANSWER, at.list_id)
    return echoed(context, seen, at.filled, reaction, item_ids)


@cache
def _names() -> Names:
    """Return the words that mean something to the bot, folded: commands, titles of buttons, labels of fields."""
    words = [word for command in commands.COMMANDS for word in (command.word, *command.aliases)]
    for language in LANGUAGES:
        every = sentences(language)
        words += [text for key, text in every.items() if key.startswith("buttons.") and "{" not in text]
        words += [every[f"card.{name}"] for name in _FIELDS]
    return names_of(words)
