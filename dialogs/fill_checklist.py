"""Filling in: one step for all questions. It shows cards and keeps answers; the rules decide what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from checklists.errors import AnswerNotAllowed, NothingToSay, PersonalNumberInText, PlaceMissing, TextTooLong, UserError
from checklists.files import all_facts
from checklists.privacy import refuse_personal_numbers
from checklists.rights import OWN_CASE, Right
from checklists.route import Stop, stop_of
from checklists.rules import allowed
from dialogs import show, show_facts, show_summary
from dialogs.basis import Basis, Sheet, load, reload
from dialogs.doors import case_by_id, case_by_ref, closed_case, latest_case, maybe_ref
from dialogs.talk import Talk, clock_words
from dialogs.views import AnyView, Line, SayView
from dialogs.words import Command, Press, Verb
from storage import answers, drafts
from storage.answers import AnswerRow, Written
from storage.filled import filled_id

MOST_TEXT = 4000
"""Characters in a motivation, a place or a reservation."""
MOST_UNDO = 10

ANSWER = Right("answer", "case", OWN_CASE)
GROUP = Right("save_group", "case", OWN_CASE)
MOTIVATE = Right("motivate", "case", OWN_CASE)
REFERENCE = Right("in_the_file", "case", OWN_CASE)
NO_MOTIVATION = Right("no_motivation", "case", OWN_CASE)
GOTO = Right("go_to", "case", OWN_CASE)
BACK = Right("back", "case", OWN_CASE)
PAUSE = Right("pause", "case", OWN_CASE)
UNDO = Right("undo", "case", OWN_CASE)
SHOW = Right("show_current", "case", OWN_CASE)


@dataclass(frozen=True, slots=True)
class _At:
    """Where a press lands: the basis, the sheet and the card it was made on."""

    basis: Basis
    sheet: Sheet
    stop: Stop | None


# --- what is kept ------------------------------------------------------------------------------------------


def _landed(talk: Talk, press: Press, right: Right) -> _At | AnyView:
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
        return show.go_on(talk, basis, filled_id(sheet.filled), notices=(Line(say="fill.not_asked_now"),))
    if press.claim.revision and press.claim.revision != sheet.revisions(stop.items):
        return show.go_on(talk, basis, filled_id(sheet.filled), notices=(_already(talk, sheet, stop),))
    return _At(basis, sheet, stop)


def _already(talk: Talk, sheet: Sheet, stop: Stop) -> Line:
    """Say when an old card's question was answered; its newest answer stands."""
    newest = max((sheet.rows[item_id].at for item_id in stop.items if item_id in sheet.rows), default=talk.turn.now)
    return Line(say="fill.already_answered", args={"time": clock_words(newest, talk.turn.now)})


def _store(talk: Talk, sheet: Sheet, item_id: str, written: Written) -> None:
    """Store the next revision of one answer, with its event."""
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
    sheet.rows[item_id] = row
    talk.record("answered", case=sheet.case, filled_id=filled_id(sheet.filled), item_id=item_id, revision=revision)


def _after(talk: Talk, at: _At, notices: tuple[Line, ...] = ()) -> AnyView:
    basis = reload(talk, at.basis.case, at.basis.checklist.id)
    return show.go_on(talk, basis, filled_id(at.sheet.filled), at.stop.key if at.stop else "", notices)


def _choose(talk: Talk, sheet: Sheet, item_id: str, choice: str) -> None:
    """Keep one choice; the same as before is no new revision."""
    old = sheet.answers.get(item_id)
    if old is None or old.choice != choice:
        note = answers.text(talk.session, sheet.filled, sheet.rows[item_id], "note") if old else ""
        _store(talk, sheet, item_id, Written(choice, note=note))


def _check_allowed(sheet: Sheet, chosen: Mapping[str, str]) -> None:
    """Look at all choices before one is stored. Raises: AnswerNotAllowed."""
    for item_id, choice in chosen.items():
        if choice not in allowed(sheet.checklist, sheet.checklist.by_id[item_id], sheet.facts, sheet.answers):
            raise AnswerNotAllowed


def answer(talk: Talk, press: Press) -> AnyView:
    """Keep the answer of a question card and show what comes next."""
    at = _landed(talk, press, ANSWER)
    if not isinstance(at, _At):
        return at
    assert at.stop is not None
    _check_allowed(at.sheet, {at.stop.items[0]: press.claim.choice})
    _choose(talk, at.sheet, at.stop.items[0], press.claim.choice)
    return _after(talk, at)


def save_group(talk: Talk, press: Press) -> AnyView:
    """Keep what was chosen on a card with several items; what was left empty stays as it is."""
    at = _landed(talk, press, GROUP)
    if not isinstance(at, _At):
        return at
    assert at.stop is not None
    chosen = {item_id: press.inputs[item_id] for item_id in at.stop.items if press.inputs.get(item_id)}
    _check_allowed(at.sheet, chosen)
    for item_id, choice in chosen.items():
        _choose(talk, at.sheet, item_id, choice)
    basis = reload(talk, at.basis.case, at.basis.checklist.id)
    sheet = basis.sheet(press.claim.filled) or at.sheet
    stop = sheet.stop(at.stop.key)
    if stop and sheet.is_open(stop):
        return show.card(talk, sheet, stop, (Line(say="fill.group_open" if chosen else "fill.group_nothing"),))
    return _after(talk, at)


def motivate(talk: Talk, press: Press) -> AnyView:
    """Keep a written motivation."""
    return _motivate(talk, press, MOTIVATE)


def in_the_file(talk: Talk, press: Press) -> AnyView:
    """Keep that the motivation stands in the file, and where."""
    return _motivate(talk, press, REFERENCE)


def no_motivation(talk: Talk, press: Press) -> AnyView:
    """Keep that there is no motivation: the gap stays and is told."""
    return _motivate(talk, press, NO_MOTIVATION)


def _motivate(talk: Talk, press: Press, right: Right) -> AnyView:
    at = _landed(talk, press, right)
    if not isinstance(at, _At):
        return at
    assert at.stop is not None
    typed = {name: press.inputs.get(name, "").strip() for name in ("motivation", "place")}
    try:
        written = _motivation_written(right, typed)
    except (PersonalNumberInText, NothingToSay, PlaceMissing) as error:
        kept = {name: text for name, text in typed.items() if not _is_refused(text)}
        notices = (Line(say=error.text_key, args=error.args_for_text),)
        return show.motivation(at.sheet, at.stop, notices, kept.get("motivation", ""), kept.get("place", ""))
    for item_id in at.stop.items:
        _store(talk, at.sheet, item_id, _in_row(at, item_id, written))
    drafts.forget(talk.session, at.sheet.filled, at.stop.items[0], talk.person_id)
    return _after(talk, at)


def _motivation_written(right: Right, typed: Mapping[str, str]) -> Written:
    if right is NO_MOTIVATION:
        return Written("nej", "missing")
    for text in typed.values():
        refuse_personal_numbers(text)
        if len(text) > MOST_TEXT:
            raise TextTooLong(length=len(text), most=MOST_TEXT)
    if right is MOTIVATE and typed["motivation"]:
        return Written("ja", "text", motivation=typed["motivation"], place=typed["place"])
    if typed["place"]:
        return Written("ja", "reference", motivation=typed["motivation"], place=typed["place"])
    raise NothingToSay if right is MOTIVATE else PlaceMissing


def _in_row(at: _At, item_id: str, written: Written) -> Written:
    """Say what the row gets: a motivation item's answer is ja or nej; an item's own row keeps its answer."""
    assert at.stop is not None
    return written if at.stop.about else replace(written, choice=at.sheet.answers[item_id].choice)


def _is_refused(text: str) -> bool:
    try:
        refuse_personal_numbers(text)
    except UserError:
        return True
    return False


# --- moving about ------------------------------------------------------------------------------------------


def go_to(talk: Talk, press: Press) -> AnyView:
    """Show one item's card, answered or not."""
    basis = load(talk, case_by_id(talk, press.claim.case, GOTO))
    sheet = basis.sheet(press.claim.filled)
    item_id = press.claim.item or press.inputs.get("item", "")
    if sheet is None or not item_id:
        return show.go_on(talk, basis, notices=(Line(say="fill.choose_question"),))
    if item_id in all_facts():
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
    sheet = basis.sheet(press.claim.filled)
    notices = _keep_draft(talk, sheet, press) if sheet else ()
    return show_summary.paused(basis, notices)


def _keep_draft(talk: Talk, sheet: Sheet, press: Press) -> tuple[Line, ...]:
    stop = sheet.stop(press.claim.item)
    if stop is None or stop.kind != "motivation":
        return ()
    typed = [press.inputs.get(name, "").strip() for name in ("motivation", "place")]
    if any(_is_refused(text) for text in typed):
        return (Line(say="errors.BK-104"),)
    text, place = (text[:MOST_TEXT] for text in typed)
    if text or place:
        drafts.keep(talk.session, sheet.filled, stop.items[0], talk.person_id, text, place)
        return (Line(say="fill.draft_kept"),)
    return ()


def show_current(talk: Talk, press: Press) -> AnyView:
    """Return what the case's card shows now; changes nothing."""
    basis = load(talk, case_by_id(talk, press.claim.case, SHOW))
    if not basis.sheets:
        return show_facts.facts_card(talk, basis)
    if basis.is_sent:
        return show_summary.sent_card(basis)
    return show.go_on(talk, basis)


# --- taking back -------------------------------------------------------------------------------------------


def undo(talk: Talk, press: Press) -> AnyView:
    """Take her last answer back, pressed."""
    return _undo(talk, load(talk, case_by_id(talk, press.claim.case, UNDO)))


def undo_typed(talk: Talk, rest: str) -> AnyView:
    """Take her last answer back, typed: on the case named, else the one last touched."""
    case = case_by_ref(talk, rest, UNDO) if rest else latest_case(talk, UNDO)
    if case is None:
        return SayView(notices=(Line(say="fill.nothing_to_undo"),))
    return _undo(talk, load(talk, case))


def _undo(talk: Talk, basis: Basis) -> AnyView:
    if basis.case.closed_on is not None:
        return closed_case(basis.case)
    found = _last_act(talk, basis)
    if found is None:
        return show.go_on(talk, basis, notices=(Line(say="fill.nothing_to_undo"),))
    sheet, rows = found
    if any(sheet.rows[row.item_id].id != row.id for row in rows):
        return show.go_on(talk, basis, notices=(Line(say="fill.changed_by_other"),))
    for row in rows:
        before = answers.revision_before(talk.session, row)
        written = answers.read(talk.session, sheet.filled, before) if before else answers.nothing()
        _store(talk, sheet, row.item_id, written)
        sheet.rows[row.item_id].undo_of = row.act
    basis = reload(talk, basis.case, basis.checklist.id)
    sheet = basis.sheet(filled_id(sheet.filled)) or sheet
    number = min(sheet.checklist.numbers[row.item_id] for row in rows)
    notices = (Line(say="fill.undone", args={"number": number}),)
    stop = stop_of(sheet.way, min(rows, key=lambda row: sheet.checklist.numbers[row.item_id]).item_id)
    return show.card(talk, sheet, stop, notices) if stop else show.go_on(talk, basis, notices=notices)


def _last_act(talk: Talk, basis: Basis) -> tuple[Sheet, list[AnswerRow]] | None:
    """Find her newest act that is not taken back, among her last ten on this basis."""
    acts = [
        (act, sheet)
        for sheet in basis.sheets
        for act in answers.acts_of(talk.session, filled_id(sheet.filled), talk.person_id)
    ]
    acts.sort(key=lambda pair: pair[0].newest, reverse=True)
    for act, sheet in acts[:MOST_UNDO]:
        if not act.undone:
            return sheet, list(act.rows)
    return None


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
    Verb(UNDO, undo),
    Verb(SHOW, show_current, keeps=False),
)
COMMANDS = (
    Command("ångra", ("undo",), undo_typed, UNDO, maybe_ref),
    Command("tillbaka", ("back",), back_typed, BACK, maybe_ref),
    Command("paus", ("pausa", "pause"), pause_typed, PAUSE, maybe_ref),
)
