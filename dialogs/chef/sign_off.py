"""The chef's decision after reading: sign, sign with a shortfall, or send back; and looking at a signature again."""

from actions import answers, case_text, signing
from actions.basis import Basis
from actions.changes import Change, Point, record
from checklists import lifecycle
from checklists.errors import UserError
from checklists.free_text import shown_again
from checklists.lifecycle import State
from checklists.rights import OWN_CASE, READER, Right
from dialogs.chef import reading_cards
from dialogs.chef.compare import canonical, comparison, hash_of
from dialogs.chef.reading import enter
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import AsShown, Nothing, SeenAt
from dialogs.turn.turn_context import TurnContext
from dialogs.views.chef import ReturnView, ShortfallView
from dialogs.views.views import Button, ClosedView, Line
from dialogs.worker import next_card
from dialogs.worker.sheet_parts import basis_head, gap_row
from dialogs.worker.summary_card import MOST_GAPS
from storage import cases, signatures, trail

SIGN = Right("sign", "case", READER)
SHORTFALL = Right("sign_shortfall", "case", READER)
SAVE_SHORTFALL = Right("save_shortfall", "case", READER)
SEND_BACK = Right("send_back", "case", READER)
BACK_TO_READING = Right("back_to_reading", "case", READER)
SAVE_RETURN = Right("save_return", "case", READER)
SEEN = Right("seen_at_signing", "case", {**OWN_CASE, **READER})


# --- signing ---------------------------------------------------------------------------------------------------------


def sign(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Sign, if nothing is missing and nothing has changed since the chef saw it."""
    reader = _ready(context, press, SIGN)
    if not isinstance(reader, Basis):
        return reader
    if any(True for _ in reader.worker.all_gaps()):
        return reading_cards.differences(context, reader, (Line(say="reading.gaps_left"),))
    return _signed(context, reader, "")


def sign_shortfall(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Ask why the chef signs although something is missing."""
    reader = _ready(context, press, SHORTFALL)
    if not isinstance(reader, Basis):
        return reader
    typed = answers.kept_fields(context.session, context.origin, reader.worker.sheets[0], "shortfall")
    return _shortfall(context, reader, (), typed.get(_field(reader, "reason"), ""))


def _shortfall(context: TurnContext, reader: Basis, notices: tuple[Line, ...], text: str) -> ShortfallView:
    worker, case_id = reader.worker, reader.case.id
    gaps = [gap_row(sheet, gap) for sheet, gap in worker.all_gaps()]
    newest = trail.newest_of_case(context.session, case_id)
    at = AsShown(hash_of(comparison(context.session, reader)), newest)
    claim = claimed("save_shortfall", at, case=case_id)
    return ShortfallView(
        notices=notices,
        head=basis_head(worker),
        checklist=worker.checklist.id,
        version=worker.sheets[0].filled.version,
        gaps=tuple(gaps[:MOST_GAPS]),
        more_gaps=len(gaps[MOST_GAPS:]),
        text=text,
        in_file=reader.case.protected_identity,
        buttons=(Button(title=Line(say="buttons.sign_shortfall"), claim=claim), _back(case_id)),
        refresh=claimed("show_current", case=case_id),
    )


def save_shortfall(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Sign with a shortfall, storing the reason."""
    reader = _ready(context, press, SAVE_SHORTFALL)
    if not isinstance(reader, Basis):
        return reader
    try:
        reason = _said(context, reader, press, "reason")
    except UserError as error:
        told = (Line(say=error.text_key, args=error.args_for_text),)
        return _shortfall(context, reader, told, _again(context, reader, press, "reason"))
    answers.keep_fields(context.session, context.origin, reader.worker.sheets[0], "shortfall", {})
    return _signed(context, reader, reason)


def _ready(context: TurnContext, press: Press[AsShown], right: Right) -> Basis | Reaction:
    """Return the reading with its case locked, or the answer to give if it cannot be signed as it was shown."""
    reader = _locked(context, press, right)
    case, worker = reader.case, reader.worker
    if case.closed_on is not None:
        return find_case.closed_case(context, case)
    if worker.state == State.SIGNED:
        return reading_cards.signed_menu(context, worker, (Line(say="reading.already_signed"),))
    is_read = reader.is_whole and reader.next_from() is None
    if not lifecycle.may_be_signed(worker.state, reader.state, reading_is_whole=is_read):
        return enter(context, reader)
    if hash_of(comparison(context.session, reader)) != press.what.state:
        return reading_cards.differences(context, reader, (Line(say="reading.changed_since_seen"),))
    if trail.ever_worked_on(context.session, case.id, context.person_id):
        return reading_cards.differences(context, reader)
    return reader


def _field(reader: Basis, name: str) -> str:
    """Return the id of the field that a card asks for: with protected identity, for where in the file the text is."""
    return f"{name}.place" if reader.case.protected_identity else name


def _said(context: TurnContext, reader: Basis, press: Press[AsShown], name: str) -> str:
    """Return what may be stored of a mandatory text. Raises: see `case_text.about`."""
    text, place = (press.inputs.get(field, "") for field in (name, f"{name}.place"))
    return case_text.about(context.origin, reader.case, text, place)


def _again(context: TurnContext, reader: Basis, press: Press[AsShown], name: str) -> str:
    """Return what of a refused text is put back in its field."""
    return shown_again(press.inputs.get(_field(reader, name), ""), context.origin.lets)


def _locked(context: TurnContext, press: Press[AsShown], right: Right) -> Basis:
    """Return the case of a press, locked until the end of the turn."""
    first = find_case.by_id(context, press.case, right)
    cases.lock(context.session, first.case)
    return find_case.by_id(context, press.case, right)


def _signed(context: TurnContext, reader: Basis, reason: str) -> Reaction:
    case = reader.case
    seen = canonical(comparison(context.session, reader))
    acting = context.acting_as(case)
    changes = signing.sign(context.session, context.origin, reader, seen, reason, acting)
    row = signatures.standing(context.session, case.id, reader.worker.checklist.id, reader.worker.occasion)
    if row is None:
        return Done(reading_cards.where(context, reader), changes)
    buttons = (reading_cards.seen_button(row), reading_cards.to_read_button())
    return Done(ClosedView(case_ref=case.ref, line=reading_cards.signed_line(context, row), buttons=buttons), changes)


# --- sending back ----------------------------------------------------------------------------------------------------


def send_back(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Ask for a comment and for the questions to look at again."""
    reader = find_case.by_id(context, press.case, SEND_BACK)
    if reader.case.closed_on is not None:
        return find_case.closed_case(context, reader.case)
    if not reader.worker.waits_for_reader:
        return enter(context, reader)
    typed = answers.kept_fields(context.session, context.origin, reader.worker.sheets[0], "return")
    chosen = tuple(typed["items"].split(",")) if "items" in typed else _gaps(reader)
    return _return(reader, (), typed.get(_field(reader, "comment"), ""), chosen)


def back_to_reading(context: TurnContext, press: Press[Nothing]) -> Reaction:
    """Go back to the reading; what was filled in is on the card again when it is reopened."""
    reader = find_case.by_id(context, press.case, BACK_TO_READING)
    if reader.worker.sheets and press.inputs:
        card = "shortfall" if {"reason", "reason.place"} & press.inputs.keys() else "return"
        names = ("comment", "comment.place", "items", "reason", "reason.place")
        fields = {name: press.inputs.get(name, "") for name in names}
        answers.keep_fields(context.session, context.origin, reader.worker.sheets[0], card, fields)
    return enter(context, reader)


def _gaps(reader: Basis) -> tuple[str, ...]:
    """Return the questions that are gaps, as the card names them: the usual reason for sending a list back."""
    return tuple(f"{sheet.filled.id}/{gap.id}" for sheet, gap in reader.worker.all_gaps() if gap.of == "item")


def _return(reader: Basis, notices: tuple[Line, ...], text: str, chosen: tuple[str, ...]) -> ReturnView:
    worker, case_id = reader.worker, reader.case.id
    questions = _questions(reader)
    claim = claimed("save_return", AsShown(_sending(worker)), case=case_id)
    return ReturnView(
        notices=notices,
        head=basis_head(reader),
        checklist=worker.checklist.id,
        version=worker.sheets[0].filled.version,
        questions=tuple((one.list_id, one.child, one.item_id) for one in questions),
        marked=tuple(one for one in chosen if one in {f"{at.list_id}/{at.item_id}" for at in questions}),
        text=text,
        in_file=reader.case.protected_identity,
        buttons=(Button(title=Line(say="buttons.return"), claim=claim), _back(case_id)),
        refresh=claimed("show_current", case=case_id),
    )


def _back(case_id: int) -> Button:
    return Button(title=Line(say="buttons.back"), claim=claimed("back_to_reading", case=case_id))


def _questions(reader: Basis) -> list[Point]:
    """Return the questions to choose from; before the answers are seen, only those the reader is asked."""
    worker = reader.worker
    basis = worker if reader.state == State.READ else reader
    of_worker = {sheet.filled.child: sheet for sheet in worker.sheets}
    found = []
    for sheet in basis.sheets:
        of = of_worker[sheet.filled.child]
        items = [item for stop in sheet.way if stop.kind != "motivation" or stop.about for item in stop.items]
        then = zip(items, of.revisions(items), strict=True)
        found += [Point(of.filled.id, sheet.shown_child, item_id, revision) for item_id, revision in then]
    return found


def _sending(worker: Basis) -> str:
    """Identify this sending of the list, so that it can be returned only once."""
    rows = [sheet.filled for sheet in worker.sheets]
    return ",".join(f"{row.id}:{row.sent_at}:{row.return_id}" for row in rows)


def save_return(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Send the list back with the comment; the chosen questions open again for the worker."""
    reader = _locked(context, press, SAVE_RETURN)
    case, worker = reader.case, reader.worker
    if case.closed_on is not None:
        return find_case.closed_case(context, case)
    if not worker.waits_for_reader or press.what.state != _sending(worker):
        return enter(context, reader)
    try:
        comment = _said(context, reader, press, "comment")
    except UserError as error:
        return _return(
            reader,
            (Line(say=error.text_key, args=error.args_for_text),),
            _again(context, reader, press, "comment"),
            tuple(press.inputs.get("items", "").split(",")),
        )
    points = _pointed(reader, press.inputs.get("items", ""))
    acting = context.acting_as(case)
    answers.keep_fields(context.session, context.origin, worker.sheets[0], "return", {})
    changes = signing.send_back(context.session, context.origin, worker, comment, points, acting)
    line = Line(say="reading.sent_back", args={"count": len(points)})
    return Done(ClosedView(case_ref=case.ref, line=line, buttons=(reading_cards.to_read_button(),)), changes)


def _pointed(reader: Basis, chosen: str) -> list[Point]:
    """Return the chosen questions, ignoring any that were not offered."""
    offered = {f"{one.list_id}/{one.item_id}": one for one in _questions(reader)}
    return [offered[key] for key in dict.fromkeys(chosen.split(",")) if key in offered]


# --- what was seen ---------------------------------------------------------------------------------------------------


def seen_at_signing(context: TurnContext, press: Press[SeenAt]) -> Reaction:
    """Show what was seen at a signature, with its hash recomputed."""
    basis = find_case.by_id(context, press.case, SEEN)
    row = signatures.get(context.session, context.tenant_id, press.what.signature_id)
    if row is None or row.case_id != basis.case.id:
        return next_card.go_on(context, basis, notices=(Line(say="fill.card_is_old"),))
    if basis.is_reading and row.voided_at is not None and row.signer_id != context.person_id:
        return enter(context, basis)  # it would reveal answers this reader may not see yet
    event = Change("signature_shown", basis.case, detail=f"signature {row.id}")
    view = reading_cards.signed(context, basis.case, row, press.what.start)
    return Done(view, record(context.session, context.origin, event))


VERBS = (
    Verb(SIGN, sign, AsShown),
    Verb(SHORTFALL, sign_shortfall, AsShown, keeps=False),
    Verb(SAVE_SHORTFALL, save_shortfall, AsShown),
    Verb(SEND_BACK, send_back, AsShown, keeps=False),
    Verb(BACK_TO_READING, back_to_reading, keeps=False),
    Verb(SAVE_RETURN, save_return, AsShown),
    Verb(SEEN, seen_at_signing, SeenAt, keeps=False),
)
COMMANDS: tuple[Command, ...] = ()
