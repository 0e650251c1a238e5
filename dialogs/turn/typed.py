"""Typed words where a card was the last thing shown: they press its buttons and fill its fields."""

from collections.abc import Mapping, Sequence

from actions.basis import Basis, Sheet, load
from checklists.errors import OnlyReference
from checklists.replies import Said, folded, read_answer, read_answers, read_number
from checklists.route import motivated_by
from checklists.rules import is_open
from dialogs.turn import commands
from dialogs.turn.declared import Press
from dialogs.turn.find_case import case_by_id
from dialogs.turn.shown import Shown
from dialogs.turn.turn_context import Talk
from dialogs.views.views import AnyView, Button, Claim, ClosedView, Line, MenuView, SayView
from dialogs.worker import next_card as show
from dialogs.worker.fill_checklist import ANSWER
from dialogs.worker.landing import MOST_TEXT, At, in_row, landed, motivation_written, store
from dialogs.worker.summary_card import open_claim
from texts import LANGUAGES, say


def answer_typed(talk: Talk, shown: Shown | None, text: str) -> AnyView | None:
    """Answer what was last shown with a typed line; None when the line answers nothing there."""
    if shown is None or not text:
        return _which(talk, text)
    if shown.kind == "ask_ref":
        return commands.run_verb(talk, shown.at, {"case_ref": text})
    button = _button(shown, text)
    if button is not None:
        return _with_undo(talk, shown, commands.run_verb(talk, button.claim, {}), _echo_of(talk, button.claim))
    readers = {"question": _question, "group": _group, "motivation": _motivation, "facts": _facts, "comment": _comment}
    read = readers.get(shown.kind)
    return read(talk, shown, text) if read else _which(talk, text)


def _which(talk: Talk, text: str) -> AnyView | None:
    """An answer with nothing to answer: nothing is stored, the bot asks which question."""
    if read_answer(text) is None or talk.conversation.case_id is None:
        return None
    case = case_by_id(talk, talk.conversation.case_id, ANSWER)
    title = Line(say="buttons.continue_case", args={"ref": case.ref})
    return MenuView(
        title=Line(say="typed.which_title"),
        lines=(Line(say="typed.which"),),
        buttons=(Button(title=title, claim=open_claim(case)),),
    )


def _button(shown: Shown, text: str) -> Button | None:
    """Return the button a line names, by its title in either language or by its number."""
    words = folded(text)
    for button in shown.buttons:
        if words in {folded(say(button.title.say, language, **button.title.args)) for language in LANGUAGES}:
            return button
    number = read_number(text)
    return shown.buttons[number - 1] if number and number <= len(shown.buttons) else None


# --- by kind of card ---------------------------------------------------------------------------------------


def _question(talk: Talk, shown: Shown, text: str) -> AnyView | None:
    said = read_answer(text)
    if said is None:
        return None
    if said.choice in ("skip", "unknown"):
        return _skip(talk, shown)
    button = next((button for button in shown.buttons if button.claim.choice == said.choice), None)
    if button is None:
        return SayView(notices=(Line(say="errors.BK-120"),))
    view = commands.run_verb(talk, button.claim, {})
    if said.text and button.claim.verb == "answer":
        view = _motivate_too(talk, button.claim, said, _item_of(button.claim)) or view
    return _with_undo(talk, shown, view, _echo_of(talk, button.claim))


def _skip(talk: Talk, shown: Shown) -> AnyView:
    """Leave a question for later: the next one, nothing stored."""
    basis = load(talk, case_by_id(talk, shown.at.case, ANSWER))
    return show.go_on(talk, basis, shown.at.filled, shown.at.item, (Line(say="typed.skipped"),))


def _motivate_too(talk: Talk, claim: Claim, said: Said, item_id: str) -> AnyView | None:
    """Keep the text of `nej, TEXT` as the motivation: in the sibling that asks for it, else in the item's own row.

    When the answer stood before this line, the text is kept if nothing there has changed since the card was drawn.
    """
    basis = load(talk, case_by_id(talk, claim.case, ANSWER))
    sheet = basis.sheet(claim.filled)
    row = sheet.rows.get(item_id) if sheet else None
    if sheet is None or row is None or row.choice != said.choice:
        return None
    if row.act != talk.act and not isinstance(landed(talk, Press(claim, {}), ANSWER), At):
        return None
    try:
        return _keep_motivation(talk, basis, sheet, item_id, said)
    except OnlyReference as error:
        return show.go_on(talk, basis, claim.filled, f"question:{item_id}", (Line(say=error.text_key),))


def _keep_motivation(talk: Talk, basis: Basis, sheet: Sheet, item_id: str, said: Said) -> AnyView:
    item = sheet.checklist.by_id[item_id]
    sibling = motivated_by(sheet.checklist, item, said.choice, sheet.facts, sheet.answers)
    written = motivation_written("text", {"motivation": said.text, "place": ""}, sheet.motivation)
    if sibling is not None:
        store(talk, sheet, sibling.id, written)
    else:
        own = next((s for s in sheet.way if s.kind == "motivation" and not s.about and item_id in s.items), None)
        stop = own or next(s for s in sheet.way if item_id in s.items)
        store(talk, sheet, item_id, in_row(sheet, stop, item_id, written))
    return show.go_on(talk, load(talk, basis.case), sheet.filled.id, f"question:{item_id}")


def _group(talk: Talk, shown: Shown, text: str) -> AnyView | None:
    """Words answer the open items in order; as many words as there are items answer them all."""
    basis = load(talk, case_by_id(talk, shown.at.case, ANSWER))
    sheet = basis.sheet(shown.at.filled)
    if sheet is None:
        return None
    items = [listed.item for listed in shown.items]
    still = [item_id for item_id in items if not _answered(sheet, item_id)]
    said, words = read_answer(text), read_answers(text)
    answered = items if words and len(words) == len(items) else still[: len(words or "1")]
    if words is None and (said is None or not said.text):
        return None
    if not answered or (words and len(words) > len(answered)):
        return SayView(notices=(Line(say="typed.group_how"),))
    chosen = dict(zip(answered, words or [said.choice if said else ""], strict=True))
    view = commands.run_verb(talk, shown.at, chosen)
    if said and said.text:
        view = _motivate_too(talk, shown.at, said, answered[0]) or view
    return _with_undo(talk, shown, view, _echo_items(talk, shown.at, answered))


def _answered(sheet: Sheet, item_id: str) -> bool:
    return not is_open(sheet.checklist, sheet.checklist.by_id[item_id], sheet.facts, sheet.answers)


def _motivation(talk: Talk, shown: Shown, text: str) -> AnyView | None:
    """`nej` says there is none; any other line is the motivation itself."""
    said = read_answer(text)
    if said is not None and not said.text:
        if said.choice == "nej":
            button = next(button for button in shown.buttons if button.claim.verb == "no_motivation")
            view = commands.run_verb(talk, button.claim, {})
            return _with_undo(talk, shown, view, _echo_of(talk, button.claim))
        if said.choice in ("skip", "unknown"):
            return _skip(talk, shown)
        return SayView(notices=(Line(say="typed.motivation_how"),))
    # Where motivations stand in the file, the line says where.
    name = "place" if shown.at.verb == "in_the_file" else "motivation"
    view = commands.run_verb(talk, shown.at, {name: text})
    return _with_undo(talk, shown, view, _echo_of(talk, shown.at))


def _facts(talk: Talk, shown: Shown, text: str) -> AnyView | None:
    """As many words as there are facts answer them in the order shown."""
    row = read_answers(text)
    if row is None:
        return None
    if len(row) != len(shown.items) or not set(row) <= {"ja", "nej", "unknown"}:
        return SayView(notices=(Line(say="typed.facts_how", args={"count": len(shown.items)}),))
    return commands.run_verb(talk, shown.at, {fact.item: word for fact, word in zip(shown.items, row, strict=True)})


def _comment(talk: Talk, shown: Shown, text: str) -> AnyView | None:
    """The line is the reservation."""
    return commands.run_verb(talk, shown.at, {"comment": text[: MOST_TEXT + 1]})


# --- the echo ----------------------------------------------------------------------------------------------


def _with_undo(talk: Talk, shown: Shown, view: AnyView, echo: Line | None) -> AnyView:
    """Return the next card with what was kept said above it, and a way to take it back."""
    is_refused = isinstance(view, SayView | ClosedView) or any(line.say.startswith(_REFUSALS) for line in view.notices)
    if echo is None or is_refused:
        return view
    claim = Claim(verb="undo", case=shown.at.case, filled=shown.at.filled, choice=talk.act)
    undo = Button(title=Line(say="buttons.undo"), claim=claim)
    changes: Mapping[str, object] = {"notices": (echo, *view.notices)}
    for name in ("nav", "buttons"):
        if hasattr(view, name) and (name == "nav" or not hasattr(view, "nav")):
            changes = {**changes, name: (*getattr(view, name), undo)}
    return view.model_copy(update=changes)


_REFUSALS = ("errors.", "fill.already", "fill.card", "fill.not_asked")


def _echo_of(talk: Talk, claim: Claim) -> Line | None:
    """Return the echo of what a claim on a question or motivation came to; None when nothing was stored by it."""
    if claim.verb not in ("answer", "motivate", "in_the_file", "no_motivation") or talk.touched is None:
        return None
    return _echo_items(talk, claim, [_item_of(claim)])


def _echo_items(talk: Talk, claim: Claim, item_ids: Sequence[str]) -> Line | None:
    """Return the echo of what this turn stored of these items: one question in words, several as a row."""
    sheet = load(talk, talk.touched).sheet(claim.filled) if talk.touched else None
    rows = [sheet.rows[item_id] for item_id in item_ids if item_id in sheet.rows] if sheet else []
    if sheet is None or not rows or any(row.act != talk.act for row in rows):
        return None
    if len(rows) > 1:
        return Line(say="typed.echo_row", args={"ref": sheet.case.ref, "count": len(rows)})
    number = sheet.checklist.numbers[rows[0].item_id]
    place = f"{sheet.checklist.id}/{sheet.checklist.version}/{rows[0].item_id}"
    args: dict[str, str | int] = {"ref": sheet.case.ref, "number": number, "item": place, "choice": rows[0].choice}
    return Line(say="typed.echo", args=args)


def _item_of(claim: Claim) -> str:
    return claim.item.partition(":")[2]
