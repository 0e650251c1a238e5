"""What may be said besides an answer: a reservation, and how it came about. Neither is ever asked for."""

from dataclasses import replace

from actions.basis import Sheet, load
from checklists.errors import PersonalNumberInText, TextTooLong, UserError
from checklists.model import OPEN, Written
from checklists.privacy import refuse_personal_numbers
from checklists.rights import LIST_HOLDER, Right
from dialogs.turn.declared import Press, Verb
from dialogs.turn.find_case import case_by_id
from dialogs.turn.turn_context import Talk
from dialogs.views.views import AnyView, Button, CommentView, Line
from dialogs.worker import next_card as show
from dialogs.worker.landing import MOST_TEXT, At, after, landed, store
from storage import answers

COMMENT = Right("comment", "case", LIST_HOLDER)
SAVE_COMMENT = Right("save_comment", "case", LIST_HOLDER)
HOW = Right("how", "case", LIST_HOLDER)


def comment(talk: Talk, press: Press) -> AnyView:
    """Show the card for a reservation to one answer."""
    basis = load(talk, case_by_id(talk, press.claim.case, COMMENT))
    sheet = basis.sheet(press.claim.filled)
    stop = sheet.stop(press.claim.item) if sheet else None
    if sheet is None or stop is None:
        return show.go_on(talk, basis, notices=(Line(say="fill.not_asked_now"),))
    if not sheet.may_answer(stop):
        return show.go_on(talk, basis, notices=(Line(say="reading.is_ended"),))
    return _card(sheet, stop.key, stop.items[0], (), _note(talk, sheet, stop.items[0]))


def _note(talk: Talk, sheet: Sheet, item_id: str) -> str:
    return answers.text(talk.session, sheet.filled, sheet.rows[item_id], "note") if item_id in sheet.rows else ""


def _card(sheet: Sheet, key: str, item_id: str, notices: tuple[Line, ...], text: str) -> CommentView:
    save = Button(title=Line(say="buttons.save"), claim=sheet.claim("save_comment", key, sheet.revisions((item_id,))))
    back = Button(title=Line(say="buttons.back"), claim=sheet.claim("go_to", item_id))
    return CommentView(
        notices=notices,
        head=sheet.head,
        checklist=sheet.checklist.id,
        version=sheet.checklist.version,
        item=sheet.listed(item_id),
        text=text,
        buttons=(save, back),
        refresh=sheet.claim("show_current"),
    )


def save_comment(talk: Talk, press: Press) -> AnyView:
    """Keep a reservation and go back to the question; an empty one takes the old away."""
    at = landed(talk, press, SAVE_COMMENT)
    if not isinstance(at, At):
        return at
    item_id, text = at.stop.items[0], press.inputs.get("comment", "").strip()
    try:
        refuse_personal_numbers(text)
    except PersonalNumberInText as error:
        return _card(at.sheet, at.stop.key, item_id, (Line(say=error.text_key),), "")
    if len(text) > MOST_TEXT:
        raise TextTooLong(length=len(text), most=MOST_TEXT)
    if text == _note(talk, at.sheet, item_id):
        return _back_to(talk, at, "remarks.nothing_new")
    row = at.sheet.rows.get(item_id)
    written = answers.read(talk.session, at.sheet.filled, row) if row else Written(OPEN)
    store(talk, at.sheet, item_id, replace(written, note=text))
    return _back_to(talk, at, "remarks.kept")


def _back_to(talk: Talk, at: At, say: str) -> AnyView:
    """Show the question while it is open, else what comes next."""
    stop = at.sheet.stop(at.stop.key)
    if stop and at.sheet.is_open(stop):
        return show.card(talk, at.sheet, stop, (Line(say=say),))
    return after(talk, at, (Line(say=say),))


def how(talk: Talk, press: Press) -> AnyView:
    """Keep how the answer came about; the card she was on stays."""
    at = landed(talk, press, HOW)
    if not isinstance(at, At):
        return at
    item_id = at.stop.items[0]
    row, item = at.sheet.rows.get(item_id), at.sheet.checklist.by_id[item_id]
    options = {option.id for option in item.how.options} if item.how else set()
    if row is None or press.claim.choice not in options:
        raise UserError
    written = answers.read(talk.session, at.sheet.filled, row)
    store(talk, at.sheet, item_id, replace(written, option=press.claim.choice))
    return after(talk, at, (Line(say="remarks.how_kept"),))


VERBS = (Verb(COMMENT, comment, keeps=False), Verb(SAVE_COMMENT, save_comment), Verb(HOW, how))
COMMANDS = ()
