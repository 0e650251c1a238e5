"""The form: every applicable question on one card. Saving stores what is filled in, then shows what is still open."""

from actions import answers
from actions.answers import Detail
from actions.basis import Basis, Sheet
from actions.changes import NONE, Changes
from checklists import free_text
from checklists.errors import SignatureStands, UserError
from checklists.lifecycle import State
from checklists.model import Motivation
from checklists.rights import LIST_HOLDER, Right
from checklists.route import Stop, is_open
from dialogs.chef import reading_cards, sign_off
from dialogs.chef.reading import enter
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed, parted
from dialogs.turn.find_case import maybe_ref
from dialogs.turn.presses import AsShown, OnCard, OnForm
from dialogs.turn.turn_context import TurnContext
from dialogs.views.parts import Claim
from dialogs.views.ready_made import ask_ref
from dialogs.views.views import AnyView, Line
from dialogs.worker import anyway, facts_card, filled_in, form_card, next_card, summary_card
from dialogs.worker.form_card import input_id
from dialogs.worker.landing import open_case

FORM = Right("form", "case", LIST_HOLDER)
SAVE_FORM = Right("save_form", "case", LIST_HOLDER)


_NOT_TICKED = "false"
"""What a box says that nobody has ticked."""


def form_typed(context: TurnContext, rest: str) -> Reaction:
    """Show the form of the named or last used case."""
    basis = find_case.named_list(context, rest, FORM)
    if basis is None:
        return ask_ref("formulär")
    row_id, wrong = find_case.child_named(rest, basis)
    return next_card.go_on(context, basis, notices=wrong) if wrong else _open(context, basis, row_id)


def form_pressed(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Show the form, from a button; what is filled in on the card is kept."""
    basis = find_case.by_id(context, press.case, FORM, press.checklist)
    sheet = basis.sheet(press.filled) if basis.case.closed_on is None else None
    kept = filled_in.keep(context, sheet, press) if sheet else filled_in.Kept()
    return kept.before(_open(context, basis, press.filled))


def _open(context: TurnContext, basis: Basis, row_id: int = 0) -> Reaction:
    if basis.is_closed:
        return find_case.closed_case(context, basis.case)
    if basis.is_reading:
        return _open_reading(context, basis)
    if not basis.sheets or not basis.is_for_case:
        return facts_card.facts_card(context, basis, form=True)
    found = basis.next_from(row_id)
    sheet = (basis.sheet(row_id) if row_id else None) or (found[0] if found else basis.sheets[0])
    if sheet.filled.child > 1 and not basis.asked_facts(sheet.filled.child):
        return facts_card.child_facts(basis, sheet, form=True)
    return form_card.form(sheet, sheet.way)


def _open_reading(context: TurnContext, reader: Basis) -> Reaction:
    """Show a reader's questions: all of them until she has seen the workers' answers."""
    is_blind = reader.state == State.BEGUN and all(sheet.filled.seen_at is None for sheet in reader.sheets)
    if is_blind and reader.next_from() is None:
        return reading_cards.questions(reader.sheets[0])
    return enter(context, reader)


def save_form(context: TurnContext, press: Press[OnForm]) -> Reaction:
    """Store what is filled in, except refused texts, then show what is open, newly applicable questions included."""
    basis = open_case(context, press, SAVE_FORM)
    if not isinstance(basis, Basis):
        return basis
    sheet = basis.sheet(press.filled)
    if sheet is None:
        return next_card.go_on(context, basis, notices=(Line(say="fill.card_is_old"),))
    saving = _Saving(context, sheet, press)
    for stop in [stop for stop in map(sheet.stop, press.what.keys) if stop and sheet.may_answer(stop)]:
        saving.take(stop)
    if saving.stands is not None:
        saving.stands.pressed = (_claim(press, sheet), press.inputs)
        return Done(anyway.ask(context, saving.stands), saving.changes)
    notices = tuple(saving.told.values())
    if press.what.then and not notices:
        return Done(_leave(context, basis, press), saving.changes)
    still = tuple(stop for stop in sheet.way if is_open(stop, sheet.applied))
    is_empty = all(value.strip() in ("", _NOT_TICKED) for value in press.inputs.values())
    told = notices or (Line(say="form.nothing" if is_empty else "form.still_open"),)
    if still and basis.is_reading:
        view = reading_cards.questions(sheet, told)
    elif still:
        view = form_card.form(sheet, still, told, saving.typed)
    else:
        return Done(next_card.go_on(context, basis, sheet.filled.id, notices=notices), saving.changes)
    return Done(view, saving.changes)


def _leave(context: TurnContext, basis: Basis, press: Press[OnForm]) -> AnyView:
    """Return what the button that was pressed instead of `Spara` leads to."""
    if press.what.then == "pause":
        return summary_card.paused(context.session, basis)
    view, _ = parted(sign_off.send_back(context, Press(press.case, 0, 0, AsShown(""), {})))
    return view


def _claim(press: Press[OnForm], sheet: Sheet) -> Claim:
    return claimed("save_form", press.what, **sheet.at)


class _Saving:
    """Saves a form, one stop at a time. told: notices by code; typed: refused texts to show again, by input id.

    stands: something on it would void a signature, and she has not been asked.
    """

    def __init__(self, context: TurnContext, sheet: Sheet, press: Press[OnForm]) -> None:
        self._context, self._sheet, self._inputs = context, sheet, press.inputs
        then = press.what.revisions
        now = dict(zip(then, sheet.revisions(then), strict=True))
        self._moved = {item for item in then if now[item] != then[item]}
        self.told: dict[str, Line] = {}
        self.typed: dict[str, str] = {}
        self.changes: Changes = NONE
        self.stands: SignatureStands | None = None

    def take(self, stop: Stop) -> None:
        """Store the fields of one stop; a refusal is noted, not raised."""
        try:
            if stop.kind in ("question", "group"):
                self._choices(stop)
            elif stop.kind == "motivation":
                self._motivation(stop)
            if stop.kind in ("question", "detail"):
                self._detail(stop.items[0])
        except SignatureStands as stands:
            self.stands = stands
            if stop.kind == "motivation":
                text, place = (self._inputs.get(input_id(stop, name), "") for name in ("text", "place"))
                answers.save_draft(self._context.session, self._context.origin, self._sheet, stop, text, place)
        except UserError as error:
            self.told[error.code] = Line(say=error.text_key, args=error.args_for_text)
            for name in ("text", "place"):
                key = input_id(stop, name)
                self.typed[key] = free_text.shown_again(self._inputs.get(key, ""), self._context.origin.lets)
            key = input_id(stop, "method")
            self.typed[key] = free_text.shown_again(self._inputs.get(key, ""), self._context.origin.lets)

    def _choices(self, stop: Stop) -> None:
        """Store the choices, except those that contradict answers given since the form was shown."""
        for item_id in stop.items:
            choice, old = self._inputs.get(item_id, ""), self._sheet.answers.get(item_id)
            if not choice or (old and old.choice == choice and not old.returned):
                continue
            if item_id in self._moved:
                self._too_late()
            else:
                kept = answers.choose(self._context.session, self._context.origin, self._sheet, {item_id: choice})
                self.changes += kept

    def _detail(self, item_id: str) -> None:
        """Store the detail of the answer, if any is filled in and the answer may have one."""
        given = Detail(*(self._inputs.get(f"{item_id}.{name}", "") for name in ("options", "method", "day")))
        row = self._sheet.rows.get(item_id)
        if row is None or row.choice not in self._sheet.checklist.by_id[item_id].may_detail or given == Detail():
            return
        kept = self._sheet.written(self._context.session, item_id)
        day = kept.day.isoformat() if kept.day else ""
        given = Detail(given.options or kept.option, given.method or kept.method, given.day or day)
        if item_id in self._moved:
            self._too_late()
            return
        at = (self._context.session, self._context.origin, self._sheet, item_id)
        self.changes += answers.set_detail(*at, given)

    def _motivation(self, stop: Stop) -> None:
        """Store the motivation, unless one has been given since or it is no longer asked for."""
        text, place = (self._inputs.get(input_id(stop, name), "").strip() for name in ("text", "place"))
        missing = self._inputs.get(input_id(stop, "missing")) == "true"
        if missing and self._sheet.sections and not (text or place):
            self.told["motivated"] = Line(say="rounds.motivated")
            return
        if not (missing or text or place):
            return
        if self._moved & set(stop.items) or self._sheet.stop(stop.key) is None:
            self._too_late()
            return
        text = text or next_card.waits_for_place(self._context, self._sheet, stop)
        how: Motivation = "text" if text or place else "missing"
        written = answers.motivation(self._context.origin, self._sheet, how, text, place)
        self.changes += answers.motivate(self._context.session, self._context.origin, self._sheet, stop, written)
        if next_card.waits_for_place(self._context, self._sheet, stop):
            self.told["where"] = Line(say="rounds.where")

    def _too_late(self) -> None:
        self.told["changed"] = Line(say="form.changed_meanwhile")


VERBS = (Verb(FORM, form_pressed, OnCard), Verb(SAVE_FORM, save_form, OnForm))
COMMANDS = (Command("formulär", ("formular", "form", "formuläret"), form_typed, FORM, maybe_ref),)
