"""The reader's views: questions, the differences, what was signed. Stores nothing."""

from dataclasses import replace

from actions.basis import Basis, Sheet
from checklists.lifecycle import State
from checklists.model import ListId
from checklists.rights import VerbName
from checklists.route import is_open
from checklists.swedish_time import clock_words
from dialogs.chef.compare import comparison, hash_of
from dialogs.rounds import measure_lines
from dialogs.turn.declared import claimed
from dialogs.turn.presses import AsShown, OnCard, OnForm, Page, SeenAt
from dialogs.turn.turn_context import TurnContext
from dialogs.views.chef import Comparison, DifferencesView, ReadingView, SignedView
from dialogs.views.ready_made import begin_button, command_button
from dialogs.views.views import AnyView, Button, FormView, Line, MenuView
from dialogs.worker import form_card
from dialogs.worker.sheet_parts import basis_head
from storage import people, signatures, trail
from storage.cases import CaseRow
from storage.signatures import SignatureRow

MOST_CHILDREN = 3
"""Children side by side on one card of 24 KB."""


def where(context: TurnContext, reader: Basis, notices: tuple[Line, ...] = ()) -> AnyView:
    """Return a reader's current card: the open questions, or what can be done once everything is read."""
    worker = reader.worker
    if worker.state == State.SIGNED:
        return signed_menu(context, worker)
    if not worker.is_handed_over or not reader.sheets:
        return not_here(worker)
    found = reader.next_from()
    if found is not None:
        return questions(found[0], notices)
    if reader.state == State.BEGUN:
        return _read_through(reader, notices)
    return differences(context, reader, notices)


def questions(sheet: Sheet, notices: tuple[Line, ...] = ()) -> FormView:
    """Return the reading form: what is still open, or everything that applies if nothing is."""
    still = tuple(stop for stop in sheet.way if is_open(stop, sheet.applied))
    form = form_card.form(sheet, still or sheet.way, notices)
    asked = OnForm.read(form.save.claim)
    ways_out = tuple(
        Button(title=Line(say=f"buttons.{title}"), claim=claimed("save_form", replace(asked, then=then), **sheet.at))
        for then, title in (("send_back", "return"), ("pause", "pause"))
    )
    return form.model_copy(update={"nav": ways_out, "reading": True})


def _read_through(reader: Basis, notices: tuple[Line, ...]) -> ReadingView:
    verbs: list[tuple[VerbName, str]] = [("differences", "differences"), ("send_back", "return")]
    if all(sheet.filled.seen_at is None for sheet in reader.sheets):
        verbs.append(("form", "form"))
    return ReadingView(
        notices=notices,
        head=basis_head(reader),
        line=Line(say="reading.read_through"),
        buttons=tuple(_button(verb, title, reader.case) for verb, title in verbs),
        refresh=claimed("show_current", case=reader.case.id),
    )


def differences(context: TurnContext, reader: Basis, notices: tuple[Line, ...] = (), first: int = 0) -> DifferencesView:
    """Return both sets of answers with the decisions to choose from: sign, sign with shortfall, send back.

    Whoever has worked on the case may not sign it, and is told so here, with the differences before her.
    """
    seen = comparison(context.session, reader)
    case_id = reader.case.id
    stands = AsShown(hash_of(seen), trail.newest_of_case(context.session, case_id))
    verb: VerbName = "sign_shortfall" if seen.gaps else "sign"
    sign = Button(title=Line(say="buttons." + verb), claim=claimed(verb, stands, case=case_id))
    back = Button(title=Line(say="buttons.return"), claim=claimed("send_back", stands, case=case_id))
    buttons: tuple[Button, ...] = (back, sign) if seen.gaps else (sign, back)
    if trail.ever_worked_on(context.session, case_id, context.person_id):
        buttons, notices = (back,), (*notices, Line(say="reading.has_worked"))
    if any(row.choice == "nej" for sheet in reader.sheets for row in sheet.rows.values()):
        buttons += (Button(title=Line(say="buttons.measure"), claim=claimed("measure", OnCard(""), case=case_id)),)
    following = _next_children(seen, first)
    if following is not None:
        claim = claimed("more_differences", Page(following), case=case_id)
        buttons += (Button(title=Line(say="buttons.show_more"), claim=claim),)
    return DifferencesView(
        notices=(*notices, *measure_lines.on_list(context, reader.case, reader.checklist.id)),
        seen=seen,
        first=first,
        buttons=buttons,
        refresh=claimed("show_current", case=case_id),
    )


def _next_children(seen: Comparison, first: int) -> int | None:
    """Return the index of the first child on the next card (0 after the last), None when all fit on one."""
    if len(seen.sheets) <= MOST_CHILDREN:
        return None
    return first + MOST_CHILDREN if first + MOST_CHILDREN < len(seen.sheets) else 0


def not_here(worker: Basis) -> MenuView:
    """Return the view of a case its chef has nothing open in: to be read yet, not sent, sent back, or an adult's."""
    if not worker.is_for_case:
        of_case = (begin_button(one, worker.case.ref) for one in _OF_ADULTS)
        title = Line(say="lists.adult_title", args={"ref": worker.case.ref})
        return MenuView(title=title, lines=(Line(say="lists.adult_chef"),), buttons=tuple(of_case))
    if worker.waits_for_reader:
        begin = _button("read", "start_reading", worker.case)
        return MenuView(title=_title(worker.case), lines=(Line(say="reading.not_begun"),), buttons=(begin,))
    is_begun = [sheet.filled.status == State.BEGUN for sheet in worker.sheets]
    key = "reading.child_not_sent" if any(is_begun) and not all(is_begun) else "reading.not_sent"
    key = "reading.is_returned" if worker.state == State.RETURNED else key
    return MenuView(title=_title(worker.case), lines=(Line(say=key),), buttons=(to_read_button(),))


_OF_ADULTS: tuple[ListId, ...] = ("rvt_case_round", "rvt_self_check")


def signed_menu(context: TurnContext, worker: Basis, notices: tuple[Line, ...] = ()) -> MenuView:
    """Return the view of a signed case, with a button to what was seen at signing."""
    row = signatures.standing(context.session, worker.case.id, worker.checklist.id, worker.occasion)
    lines: tuple[Line, ...] = ()
    buttons: tuple[Button, ...] = ()
    if row is not None:
        lines = (signed_line(context, row), Line(say="reading.signing_means"))
        buttons = (seen_button(row),)
    more = (to_read_button(),) if context.reader_id(worker.case) else ()
    return MenuView(notices=notices, title=_title(worker.case), lines=lines, buttons=(*buttons, *more))


def signed_line(context: TurnContext, row: SignatureRow) -> Line:
    """Return the line saying who signed and when, and whether with a shortfall."""
    args = {"name": _name_of(context, row.signer_id), "time": clock_words(row.at, context.turn.now)}
    return Line(say="reading.signed_shortfall" if row.shortfall else "reading.signed", args=args)


def seen_button(row: SignatureRow) -> Button:
    """Return the button that shows what was seen at a signature."""
    claim = claimed("seen_at_signing", SeenAt(row.id), case=row.case_id)
    return Button(title=Line(say="buttons.seen_at_signing"), claim=claim)


def signed(context: TurnContext, case: CaseRow, row: SignatureRow, first: int) -> SignedView:
    """Return what was seen at a signature, with its hash recomputed. first: index of the first child shown."""
    stored = signatures.view_of(context.session, row)
    seen = Comparison.model_validate_json(stored)
    following = _next_children(seen, first)
    more: tuple[Button, ...] = ()
    if following is not None:
        claim = claimed("seen_at_signing", SeenAt(row.id, following), case=case.id)
        more = (Button(title=Line(say="buttons.show_more"), claim=claim),)
    return SignedView(
        seen=seen,
        first=first,
        who=_name_of(context, row.signer_id),
        role=row.role,
        at=clock_words(row.at, context.turn.now),
        voided=clock_words(row.voided_at, context.turn.now) if row.voided_at else "",
        shortfall=row.shortfall,
        reason=signatures.reason_of(context.session, row),
        hash=row.view_hash,
        is_whole=hash_of(seen) == row.view_hash == signatures.view_hash(stored),
        buttons=more,
    )


def _name_of(context: TurnContext, person_id: int) -> str:
    row = people.person(context.session, context.tenant_id, person_id)
    return row.name if row else ""


def _title(case: CaseRow) -> Line:
    return Line(say="reading.about", args={"ref": case.ref})


def to_read_button() -> Button:
    """Return the button for `att läsa`."""
    return command_button("att läsa", "buttons.to_read")


def _button(verb: VerbName, title: str, case: CaseRow) -> Button:
    return Button(title=Line(say="buttons." + title), claim=claimed(verb, case=case.id))
