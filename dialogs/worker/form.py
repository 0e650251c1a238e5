"""The form: all questions that apply on one card. What is filled in is kept; then what is still open is shown."""

from collections.abc import Mapping

from actions.basis import Basis, Sheet, load
from checklists.errors import PersonalNumberInText, UserError
from checklists.rights import LIST_HOLDER, Right
from checklists.route import Stop
from dialogs.chef import reading_cards as show_reading
from dialogs.chef.reading import enter
from dialogs.turn.declared import Command, Press, Verb
from dialogs.turn.find_case import ask_ref, case_by_id, case_by_ref, closed_case, latest_case, maybe_ref
from dialogs.turn.turn_context import Talk
from dialogs.views.views import AnyView, Line
from dialogs.worker import facts_card as show_facts
from dialogs.worker import form_card as show_form
from dialogs.worker import next_card as show
from dialogs.worker.form_card import input_id
from dialogs.worker.landing import MOST_TEXT, check_allowed, choose, in_row, motivation_written, store

FORM = Right("form", "case", LIST_HOLDER)
SAVE_FORM = Right("save_form", "case", LIST_HOLDER)


def form_typed(talk: Talk, rest: str) -> AnyView:
    """Show the form of the case named, else of the one last touched."""
    case = case_by_ref(talk, rest, FORM) if rest else latest_case(talk, FORM)
    return _open(talk, load(talk, case)) if case else ask_ref("formulär")


def form_pressed(talk: Talk, press: Press) -> AnyView:
    """Show the form, from a card."""
    return _open(talk, load(talk, case_by_id(talk, press.claim.case, FORM)), press.claim.filled)


def _open(talk: Talk, basis: Basis, row_id: int = 0) -> AnyView:
    if basis.case.closed_on is not None:
        return closed_case(basis.case)
    if basis.is_reading:
        return _open_reading(talk, basis)
    if not basis.sheets:
        return show_facts.facts_card(talk, basis, then="form")
    found = basis.next_from(row_id)
    sheet = (basis.sheet(row_id) if row_id else None) or (found[0] if found else basis.sheets[0])
    if sheet.filled.child > 1 and not basis.asked_facts(sheet.filled.child):
        return show_facts.child_facts(talk, basis, sheet, then="form")
    return show_form.form(sheet, sheet.way)


def _open_reading(talk: Talk, basis: Basis) -> AnyView:
    """Show a reader her questions; all of them again while she has not seen the worker's answers."""
    is_blind = basis.status == "open" and all(sheet.filled.seen_at is None for sheet in basis.sheets)
    if is_blind and basis.next_from() is None:
        return show_reading.questions(basis.sheets[0])
    return enter(talk, basis.case)


def save_form(talk: Talk, press: Press) -> AnyView:
    """Keep what is filled in; one bad text stops only itself. Then show what is open, also what has come to apply."""
    case = case_by_id(talk, press.claim.case, SAVE_FORM)
    basis = load(talk, case)
    sheet = basis.sheet(press.claim.filled)
    if case.closed_on is not None:
        return closed_case(case)
    if sheet is None:
        return show.go_on(talk, basis, notices=(Line(say="fill.card_is_old"),))
    shown = [stop for stop in map(sheet.stop, press.claim.item.split(",")) if stop and sheet.may_answer(stop)]
    notices, typed = _store_all(talk, sheet, shown, press)
    still = tuple(stop for stop in sheet.way if sheet.is_open(stop))
    if still and basis.is_reading:
        return show_reading.questions(sheet, notices or (Line(say="form.still_open"),))
    if still:
        return show_form.form(sheet, still, notices or (Line(say="form.still_open"),), typed)
    return show.go_on(talk, basis, sheet.filled.id, notices=notices)


def _store_all(talk: Talk, sheet: Sheet, shown: list[Stop], press: Press) -> tuple[tuple[Line, ...], dict[str, str]]:
    """Store every field that says something; return what is to be told, and texts to put back."""
    told: dict[str, Line] = {}
    typed: dict[str, str] = {}
    moved = _moved_since(sheet, press)
    for stop in shown:
        keep = _store_motivation if stop.kind == "motivation" else _store_choices
        try:
            if keep(talk, sheet, stop, press.inputs, moved):
                told["changed"] = Line(say="form.changed_meanwhile")
        except UserError as error:
            told[error.code] = Line(say=error.text_key, args=error.args_for_text)
            names = () if isinstance(error, PersonalNumberInText) else ("text", "place")
            typed |= {input_id(stop, name): press.inputs.get(input_id(stop, name), "")[:MOST_TEXT] for name in names}
    return tuple(told.values()), typed


def _moved_since(sheet: Sheet, press: Press) -> frozenset[str]:
    """Return the items that were answered, by anyone, after the form was shown."""
    items, revisions = press.claim.choice.split(","), press.claim.revision.split(",")
    return frozenset(
        item_id for item_id, revision in zip(items, revisions, strict=True) if sheet.revisions((item_id,)) != revision
    )


def _store_choices(talk: Talk, sheet: Sheet, stop: Stop, inputs: Mapping[str, str], moved: frozenset[str]) -> bool:
    """Store a stop's choices; return whether one contradicts what was answered after the form was shown."""
    contradicts = False
    for item_id in stop.items:
        choice, old = inputs.get(item_id, ""), sheet.answers.get(item_id)
        if not choice or (old and old.choice == choice and not old.returned):
            continue
        if item_id in moved:
            contradicts = True
            continue
        check_allowed(sheet, {item_id: choice})
        choose(talk, sheet, item_id, choice)
    return contradicts


def _store_motivation(talk: Talk, sheet: Sheet, stop: Stop, inputs: Mapping[str, str], moved: frozenset[str]) -> bool:
    """Store a stop's motivation; return whether it came too late: answered since, or no longer asked."""
    typed = {
        "motivation": inputs.get(input_id(stop, "text"), "").strip(),
        "place": inputs.get(input_id(stop, "place"), "").strip(),
    }
    missing = inputs.get(input_id(stop, "missing")) == "true"
    if not missing and not any(typed.values()):
        return False
    if moved & set(stop.items) or sheet.stop(stop.key) is None:
        return True
    written = motivation_written("text" if any(typed.values()) else "missing", typed, sheet.motivation)
    for item_id in stop.items:
        store(talk, sheet, item_id, in_row(sheet, stop, item_id, written))
    return False


VERBS = (Verb(FORM, form_pressed, keeps=False), Verb(SAVE_FORM, save_form))
COMMANDS = (Command("formulär", ("formular", "form"), form_typed, FORM, maybe_ref),)
