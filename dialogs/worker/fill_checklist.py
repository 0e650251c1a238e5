"""Filling in: one step for all questions. It shows cards and keeps answers; the rules decide what comes next."""

from actions.basis import Sheet, load
from checklists.errors import NothingToSay, OnlyReference, OnlyText, PersonalNumberInText, PlaceMissing
from checklists.files import all_facts
from checklists.model import Motivation
from checklists.rights import LIST_HOLDER, Right
from checklists.route import Stop, stop_of
from dialogs.chef import reading_cards as show_reading
from dialogs.turn.declared import Command, Press, Verb
from dialogs.turn.exchange import Reply
from dialogs.turn.find_case import case_by_id, case_by_ref, closed_case, latest_case, maybe_ref
from dialogs.turn.turn_context import Talk
from dialogs.views.views import AnyView, Line, SayView
from dialogs.worker import facts_card as show_facts
from dialogs.worker import next_card as show
from dialogs.worker import summary_card as show_summary
from dialogs.worker.landing import (
    MOST_TEXT,
    At,
    after,
    check_allowed,
    choose,
    in_row,
    is_refused,
    landed,
    motivation_written,
    store,
)
from storage import drafts, inbox, trail

ANSWER = Right("answer", "case", LIST_HOLDER)
GROUP = Right("save_group", "case", LIST_HOLDER)
MOTIVATE = Right("motivate", "case", LIST_HOLDER)
REFERENCE = Right("in_the_file", "case", LIST_HOLDER)
NO_MOTIVATION = Right("no_motivation", "case", LIST_HOLDER)
GOTO = Right("go_to", "case", LIST_HOLDER)
BACK = Right("back", "case", LIST_HOLDER)
PAUSE = Right("pause", "case", LIST_HOLDER)
SHOW = Right("show_current", "case", LIST_HOLDER)


def answer(talk: Talk, press: Press) -> AnyView:
    """Keep the answer of a question card and show what comes next."""
    at = landed(talk, press, ANSWER)
    if not isinstance(at, At):
        return at
    check_allowed(at.sheet, {at.stop.items[0]: press.claim.choice})
    choose(talk, at.sheet, at.stop.items[0], press.claim.choice)
    return show.with_aside(at.sheet, after(talk, at), at.stop.items[0])


def save_group(talk: Talk, press: Press) -> AnyView:
    """Keep what was chosen on a card with several items; what was left empty stays as it is."""
    at = landed(talk, press, GROUP)
    if not isinstance(at, At):
        return at
    chosen = {item_id: press.inputs[item_id] for item_id in at.stop.items if press.inputs.get(item_id)}
    check_allowed(at.sheet, chosen)
    for item_id, choice in chosen.items():
        choose(talk, at.sheet, item_id, choice)
    stop = at.sheet.stop(at.stop.key)
    if stop and at.sheet.is_open(stop):
        return show.card(talk, at.sheet, stop, (Line(say="fill.group_open" if chosen else "fill.group_nothing"),))
    return after(talk, at)


def motivate(talk: Talk, press: Press) -> AnyView:
    """Keep a written motivation."""
    return _motivate(talk, press, MOTIVATE, "text")


def in_the_file(talk: Talk, press: Press) -> AnyView:
    """Keep that the motivation stands in the file, and where."""
    return _motivate(talk, press, REFERENCE, "reference")


def no_motivation(talk: Talk, press: Press) -> AnyView:
    """Keep that there is no motivation: the gap stays and is told."""
    return _motivate(talk, press, NO_MOTIVATION, "missing")


def _motivate(talk: Talk, press: Press, right: Right, how: Motivation) -> AnyView:
    at = landed(talk, press, right)
    if not isinstance(at, At):
        return at
    typed = {name: press.inputs.get(name, "").strip() for name in ("motivation", "place")}
    try:
        written = motivation_written(how, typed, at.sheet.motivation)
    except (PersonalNumberInText, NothingToSay, PlaceMissing, OnlyText, OnlyReference) as error:
        kept = {name: text for name, text in typed.items() if not is_refused(text)}
        notices = (Line(say=error.text_key, args=error.args_for_text),)
        return show.motivation(at.sheet, at.stop, notices, kept.get("motivation", ""), kept.get("place", ""))
    for item_id in at.stop.items:
        store(talk, at.sheet, item_id, in_row(at.sheet, at.stop, item_id, written))
    drafts.forget(talk.session, at.sheet.filled, at.stop.items[0], talk.person_id)
    return after(talk, at)


# --- moving about ------------------------------------------------------------------------------------------


def go_to(talk: Talk, press: Press) -> AnyView:
    """Show one item's card, answered or not."""
    basis = load(talk, case_by_id(talk, press.claim.case, GOTO))
    if basis.case.closed_on is not None:
        return closed_case(basis.case)
    chosen_list, _, chosen_item = press.inputs.get("item", "").partition("/")
    item_id = press.claim.item or chosen_item
    row_id = press.claim.filled if press.claim.item or not chosen_list.isdigit() else int(chosen_list)
    sheet = basis.sheet(row_id)
    if sheet is None or not item_id:
        return show.go_on(talk, basis, notices=(Line(say="fill.choose_question"),))
    if item_id in all_facts() and not basis.is_reading:
        return show_facts.facts_card(talk, basis, child=sheet.filled.child)
    stop = stop_of(sheet.way, item_id)
    if stop is None:
        return show.go_on(talk, basis, notices=(Line(say="fill.not_asked_now"),))
    return show.card(talk, sheet, _motivation_if_only_that_lacks(sheet, stop, item_id))


def _motivation_if_only_that_lacks(sheet: Sheet, stop: Stop, item_id: str) -> Stop:
    """Lead straight to the motivation when the answer stands and only its motivation is a gap."""
    lacks = any(gap.id == item_id and gap.why == "unmotivated" for gap in sheet.gaps)
    own = next((s for s in sheet.way if s.kind == "motivation" and not s.about and item_id in s.items), None)
    return own if lacks and own else stop


def back(talk: Talk, press: Press) -> AnyView:
    """Show the question before; nothing is changed, and what was begun to be written is kept as a draft."""
    basis = load(talk, case_by_id(talk, press.claim.case, BACK))
    if basis.case.closed_on is not None:
        return closed_case(basis.case)
    sheet = basis.sheet(press.claim.filled)
    if sheet is None:
        return show.go_on(talk, basis)
    notices = _keep_draft(talk, sheet, press)
    earlier = sheet.stop_before(press.claim.item)
    if earlier is None:
        return show.go_on(talk, basis, notices=(Line(say="fill.nothing_before"),))
    return show.card(talk, sheet, earlier, notices)


def pause(talk: Talk, press: Press) -> AnyView:
    """Leave off; everything given is stored already, and what was begun to be written is kept as a draft."""
    basis = load(talk, case_by_id(talk, press.claim.case, PAUSE))
    if basis.case.closed_on is not None:
        return closed_case(basis.case)
    sheet = basis.sheet(press.claim.filled)
    notices = _keep_draft(talk, sheet, press) if sheet else ()
    return show_summary.paused(basis, notices)


def _keep_draft(talk: Talk, sheet: Sheet, press: Press) -> tuple[Line, ...]:
    stop = sheet.stop(press.claim.item)
    if stop is None or stop.kind != "motivation":
        return ()
    typed = [press.inputs.get(name, "").strip() for name in ("motivation", "place")]
    if any(is_refused(text) for text in typed):
        return (Line(say="errors.BK-104"),)
    text, place = (text[:MOST_TEXT] for text in typed)
    if text or place:
        drafts.keep(talk.session, sheet.filled, stop.items[0], talk.person_id, text, place)
        return (Line(say="fill.draft_kept"),)
    return ()


def show_current(talk: Talk, press: Press) -> AnyView:
    """Return what a card shows now; changes nothing.

    While nothing of the case has moved since the card was made (`revision`: its newest event then), that is the
    card itself, as stored with the turn that made it (`choice`). Else it is where the list stands.
    """
    case = case_by_id(talk, press.claim.case, SHOW)
    row = inbox.by_activity(talk.session, talk.tenant_id, talk.turn.channel_id, press.claim.choice)
    if row is not None and press.claim.revision == str(trail.newest_of_case(talk.session, case.id)):
        return Reply.model_validate_json(inbox.reply_of(talk.session, row)).view
    basis = load(talk, case)
    if case.closed_on is not None:
        return closed_case(case)
    if basis.is_reading:
        return show_reading.where(talk, basis)
    if not basis.sheets:
        return show_facts.facts_card(talk, basis)
    if basis.is_with_chef:
        return show_summary.sent_card(talk, basis)
    return show.go_on(talk, basis)


def back_typed(talk: Talk, rest: str) -> AnyView:
    """Show the question before the one last shown."""
    case = case_by_ref(talk, rest, BACK) if rest else latest_case(talk, BACK)
    if case is None:
        return SayView(notices=(Line(say="fill.nothing_before"),))
    shown = talk.shown
    if shown is None or shown.at.case != case.id or not shown.at.filled:
        return show.go_on(talk, load(talk, case))
    return back(talk, Press(shown.at, {}))


def pause_typed(talk: Talk, rest: str) -> AnyView:
    """Leave off the list last shown."""
    case = case_by_ref(talk, rest, PAUSE) if rest else latest_case(talk, PAUSE)
    if case is None:
        return SayView(notices=(Line(say="fill.nothing_to_pause"),))
    return show_summary.paused(load(talk, case))


VERBS = (
    Verb(ANSWER, answer),
    Verb(GROUP, save_group),
    Verb(MOTIVATE, motivate),
    Verb(REFERENCE, in_the_file),
    Verb(NO_MOTIVATION, no_motivation),
    Verb(GOTO, go_to, keeps=False),
    Verb(BACK, back, keeps=False),
    Verb(PAUSE, pause, keeps=False),
    Verb(SHOW, show_current, keeps=False),
)
COMMANDS = (
    Command("tillbaka", ("back",), back_typed, BACK, maybe_ref),
    Command("paus", ("pausa", "pause"), pause_typed, PAUSE, maybe_ref),
)
