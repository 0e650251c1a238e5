"""Where a press lands, and what is kept of it: every answer becomes a new revision with its event."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from actions import void as changes
from actions.basis import Basis, Sheet, load
from checklists.errors import (
    AnswerNotAllowed,
    NothingToSay,
    OnlyReference,
    OnlyText,
    PlaceMissing,
    TextTooLong,
    UserError,
)
from checklists.model import Motivation, Written
from checklists.privacy import refuse_personal_numbers
from checklists.rights import Right
from checklists.route import Stop
from checklists.rules import allowed
from dialogs.turn.declared import Press
from dialogs.turn.find_case import case_by_id, closed_case
from dialogs.turn.turn_context import Talk, clock_words
from dialogs.views.views import AnyView, Line, MotivationBy
from dialogs.worker import next_card as show
from storage import answers

MOST_TEXT = 4000
"""Characters in a motivation, a place or a reservation."""


@dataclass(frozen=True, slots=True)
class At:
    """Where a press lands: the basis, the sheet and the card it was made on."""

    basis: Basis
    sheet: Sheet
    stop: Stop


def landed(talk: Talk, press: Press, right: Right) -> At | AnyView:
    """Find where a press lands; a view instead when it can change nothing there."""
    case = case_by_id(talk, press.claim.case, right)
    basis = load(talk, case)
    sheet = basis.sheet(press.claim.filled)
    if case.closed_on is not None:
        return closed_case(case)
    if sheet is None or press.claim.version != sheet.filled.version:
        return show.go_on(talk, basis, notices=(Line(say="fill.card_is_old"),))
    stop = sheet.stop(press.claim.item)
    if stop is None:
        return show.go_on(talk, basis, sheet.filled.id, notices=(Line(say="fill.not_asked_now"),))
    if press.claim.revision and press.claim.revision != sheet.revisions(stop.items):
        return show.go_on(talk, basis, sheet.filled.id, notices=(already(talk, sheet, stop),))
    if not sheet.may_answer(stop):
        return show.go_on(talk, basis, notices=(Line(say="reading.is_ended"),))
    return At(basis, sheet, stop)


def already(talk: Talk, sheet: Sheet, stop: Stop) -> Line:
    """Say when an old card's question was answered; its newest answer stands."""
    newest = max((sheet.rows[item_id].at for item_id in stop.items if item_id in sheet.rows), default=talk.turn.now)
    return Line(say="fill.already_answered", args={"time": clock_words(newest, talk.turn.now)})


def store(talk: Talk, sheet: Sheet, item_id: str, written: Written) -> None:
    """Store the next revision of one answer, with its event; the reservation is carried over."""
    if written.note is None and item_id in sheet.rows:
        written = replace(written, note=answers.text(talk.session, sheet.filled, sheet.rows[item_id], "note"))
    revision = sheet.rows[item_id].revision + 1 if item_id in sheet.rows else 1
    row = answers.add(
        talk.session,
        sheet.filled,
        item_id,
        revision,
        written,
        author=talk.person_id,
        at=talk.turn.now,
        act=talk.act,
    )
    talk.session.flush()
    sheet.note(row)
    talk.record("answered", case=sheet.case, filled_id=sheet.filled.id, item_id=item_id, revision=revision)
    changes.answer_changed(talk.cause, sheet.case, sheet.filled, item_id)


def after(talk: Talk, at: At, notices: tuple[Line, ...] = ()) -> AnyView:
    """Return what comes next once something was stored."""
    return show.go_on(talk, at.basis, at.sheet.filled.id, at.stop.key, notices)


def choose(talk: Talk, sheet: Sheet, item_id: str, choice: str) -> None:
    """Keep one choice; the same as before is no new revision, but where the chef pointed at it it is said again."""
    old = sheet.answers.get(item_id)
    if not sheet.may_choose(item_id):
        return
    if old is None or old.choice != choice:
        store(talk, sheet, item_id, Written(choice))
    elif old.returned:
        store(talk, sheet, item_id, answers.read(talk.session, sheet.filled, sheet.rows[item_id]))


def check_allowed(sheet: Sheet, chosen: Mapping[str, str]) -> None:
    """Look at all choices before one is stored. Raises: AnswerNotAllowed."""
    for item_id, choice in chosen.items():
        if choice not in allowed(sheet.checklist, sheet.checklist.by_id[item_id], sheet.facts, sheet.answers):
            raise AnswerNotAllowed


def motivation_written(how: Motivation, typed: Mapping[str, str], by: MotivationBy) -> Written:
    """Return what a motivation card's fields come to: a text, a reference to the file, or that it is missing.

    by: how the municipality has motivations given.
    Raises: PersonalNumberInText, TextTooLong, NothingToSay, PlaceMissing, OnlyText, OnlyReference.
    """
    if how == "missing":
        return Written("nej", "missing")
    if by == "reference" and typed["motivation"]:
        raise OnlyReference
    if by == "text" and (how == "reference" or typed["place"]):
        raise OnlyText
    for text in typed.values():
        refuse_personal_numbers(text)
        if len(text) > MOST_TEXT:
            raise TextTooLong(length=len(text), most=MOST_TEXT)
    if how == "text" and typed["motivation"]:
        return Written("ja", "text", motivation=typed["motivation"], place=typed["place"])
    if typed["place"]:
        return Written("ja", "reference", motivation=typed["motivation"], place=typed["place"])
    if by == "text":
        raise OnlyText
    raise NothingToSay if how == "text" and by == "either" else PlaceMissing


def in_row(sheet: Sheet, stop: Stop, item_id: str, written: Written) -> Written:
    """Say what the row gets: a motivation item's answer is ja or nej; an item's own row keeps its answer."""
    if stop.about:
        return written
    return replace(written, choice=sheet.answers[item_id].choice, option=sheet.rows[item_id].option)


def is_refused(text: str) -> bool:
    """Say whether a text holds a personal number."""
    try:
        refuse_personal_numbers(text)
    except UserError:
        return True
    return False
