"""The views of the summary and the gaps, and what a sent or paused list leaves behind."""

from actions.basis import Basis, Sheet
from checklists.access import Staff
from checklists.lifecycle import WRITER, State
from checklists.rights import VerbName
from checklists.swedish_time import clock_words
from dialogs.rounds import measure_lines
from dialogs.turn.declared import claimed
from dialogs.turn.presses import AsShown, OnCard, Page, SeenAt, ToItem
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import open_button
from dialogs.views.views import Button, ClosedView, Line, MissingView, Row, SheetRows, SummaryView
from dialogs.worker import proposals
from dialogs.worker.sheet_parts import basis_head, gap_row, head, sections
from storage import conversations, people, returns, signatures, trail
from storage.desk import Session

MOST_GAPS = 15
MOST_PRESSED = 6
"""Gaps with a button on the summary; `vad saknas` has one for each."""
_VOIDED = (Line(say="reading.voided"), Line(say="summary.with_chef"))
"""What the worker is told of a list whose signature was voided: it is the chef's turn, with nothing to send again."""
MOST_CHILDREN = 3
"""What fits on one card of 24 KB; `Visa fler` shows the rest."""


def summary(context: TurnContext, basis: Basis, given: tuple[Line, ...] = (), first: int = 0) -> SummaryView:
    """Return the answers, the gaps and the available actions. first: index of the first child shown."""
    last = basis.sheets[-1]
    shown = basis.sheets[first : first + MOST_CHILDREN]
    may_answer = not basis.is_handed_over
    found = list(basis.all_gaps())
    gaps = tuple(gap_row(*one, button=may_answer and place < MOST_PRESSED) for place, one in enumerate(found))
    buttons: tuple[Button, ...] = () if basis.is_handed_over or not basis.goes_to_chef else (_send_button(basis),)
    if len(basis.sheets) > len(shown):
        after = first + MOST_CHILDREN if first + MOST_CHILDREN < len(basis.sheets) else 0
        buttons += (_more_button(basis, "more_children", after),)
    notices, more = _standing(context, basis)
    return SummaryView(
        notices=(*given, *notices, *measure_lines.on_list(context, basis.case, basis.checklist.id)),
        head=basis_head(basis),
        checklist=basis.checklist.id,
        version=last.filled.version,
        sheets=tuple(
            SheetRows(head=head(sheet), filled=sheet.filled.id, rows=_rows(context, sheet), sections=sections((sheet,)))
            for sheet in shown
        ),
        gaps=gaps[:MOST_GAPS],
        more_gaps=len(gaps[MOST_GAPS:]),
        sent=_sent_words(context, basis),
        buttons=(*buttons, *more, *_text_button(basis), *_measure_button(basis)),
        remark=_remark(context, basis),
        change=Button(title=Line(say="buttons.change"), claim=claimed("go_to", ToItem(), **basis.sheets[0].at)),
        refresh=claimed("show_current", **basis.sheets[0].at),
    )


def _rows(context: TurnContext, sheet: Sheet) -> tuple[Row, ...]:
    return tuple(row_of(context, sheet, item.id) for item in sheet.applied.applicable(sheet.filled.role))


def row_of(context: TurnContext, sheet: Sheet, item_id: str) -> Row:
    """Return one question with its answer and texts."""
    written = sheet.written(context.session, item_id)
    return Row(
        item=item_id,
        state=sheet.applied.state(item_id),
        motivation=written.motivation_kind,
        only_here=written.only_here,
        text=written.motivation,
        place=written.place,
        note=written.note or "",
        option=written.option,
        method=written.method,
        day=written.day.isoformat() if written.day else "",
        differs=proposals.differs(context, sheet, item_id),
    )


def _send_button(basis: Basis) -> Button:
    stands = ",".join(f"{sheet.filled.status}:{sheet.filled.return_id or 0}" for sheet in basis.sheets)
    return Button(title=Line(say="buttons.send_to_chef"), claim=claimed("send", AsShown(stands), **basis.sheets[0].at))


def _text_button(basis: Basis) -> tuple[Button, ...]:
    """Return the button to the answers as text, on a workers' list in which something is answered."""
    if not basis.goes_to_chef or basis.is_reading or not any(sheet.rows for sheet in basis.sheets):
        return ()
    claim = claimed("text_for_file", Page(0), **basis.sheets[0].at)
    return (Button(title=Line(say="buttons.text_for_file"), claim=claim),)


def _measure_button(basis: Basis) -> tuple[Button, ...]:
    """Return the button to a measure for a Nej, on a list that looks at somebody else's work."""
    if basis.role == WRITER or not any(row.choice == "nej" for sheet in basis.sheets for row in sheet.rows.values()):
        return ()
    return (Button(title=Line(say="buttons.measure"), claim=claimed("measure", OnCard(""), **basis.sheets[0].at)),)


def _more_button(basis: Basis, verb: VerbName, first: int) -> Button:
    return Button(title=Line(say="buttons.show_more"), claim=claimed(verb, Page(first), **basis.sheets[0].at))


def _sent_words(context: TurnContext, basis: Basis) -> str:
    moments = [sheet.filled.sent_at for sheet in basis.sheets if sheet.filled.sent_at]
    return clock_words(max(moments), context.turn.now) if basis.is_handed_over and moments else ""


def _standing(context: TurnContext, basis: Basis) -> tuple[tuple[Line, ...], tuple[Button, ...]]:
    """Return a line about the latest signature, valid or voided, and a button to what was seen when it was given."""
    if basis.state not in (State.SIGNED, State.VOIDED):
        return (), ()
    of = (basis.checklist.id, basis.occasion)
    every = signatures.of_case(context.session, basis.case.id)
    row = next((row for row in every if (row.checklist, row.occasion) == of), None)
    if row is None:
        return (), ()
    seen = claimed("seen_at_signing", SeenAt(row.id), **basis.sheets[0].at).model_copy(
        update={"filled": 0, "version": 0}
    )
    button = Button(title=Line(say="buttons.seen_at_signing"), claim=seen)
    if basis.state == State.VOIDED:
        return _VOIDED, (button,)
    signer = people.person(context.session, context.tenant_id, row.signer_id)
    args = {"name": signer.name if signer else "", "time": clock_words(row.at, context.turn.now)}
    return (Line(say="reading.signed_shortfall" if row.shortfall else "reading.signed", args=args),), (button,)


def remark(context: TurnContext, row_id: int | None) -> str:
    """Return the chef's comment when sending the list back, empty if there is none."""
    row = returns.get(context.session, context.tenant_id, row_id) if row_id else None
    return returns.comment_of(context.session, row) if row else ""


def _remark(context: TurnContext, basis: Basis) -> str:
    """Return what the chef wrote: why she sent the list back, or why she signed it although something is missing."""
    if basis.state == State.SIGNED:
        row = signatures.standing(context.session, basis.case.id, basis.checklist.id, basis.occasion)
        return signatures.reason_of(context.session, row) if row is not None else ""
    return remark(context, basis.sheets[0].filled.return_id) if basis.state == State.RETURNED else ""


def missing(
    context: TurnContext, basis: Basis, first: int = 0, *, reader: bool = False, has_seen: bool = False
) -> MissingView:
    """Return the gaps in words, as many as fit. first: index of the first gap shown.

    reader: for the chef, who cannot close them and, before `has_seen` (the answers), is shown only the questions. In a
    closed case nobody can close them.
    """
    closed = basis.case.closed_on is not None
    gaps = list(basis.all_gaps())
    after = first + MOST_GAPS
    more = (_more_button(basis, "more_gaps", after),) if len(gaps) > after else ()
    rows = tuple(gap_row(sheet, gap, button=not (reader or closed)) for sheet, gap in gaps[first:after])
    if reader and not has_seen:
        rows = tuple(row.model_copy(update={"why": ""}) for row in rows)
    send = () if closed or basis.is_handed_over or not basis.goes_to_chef else (_send_button(basis),)
    is_voided = basis.state == State.VOIDED and not reader
    return MissingView(
        notices=(Line(say="common.closed_case"),) if closed else _VOIDED if is_voided else (),
        head=basis_head(basis),
        checklist=basis.checklist.id,
        version=basis.sheets[0].filled.version,
        gaps=rows,
        sections=() if reader else sections(basis.sheets),
        remark="" if reader else _remark(context, basis),
        buttons=(*send, *more),
    )


def sent_card(context: TurnContext, basis: Basis) -> ClosedView:
    """Return the emptied card of a list that was sent or signed, naming any readers without the app."""
    notices, more = _standing(context, basis)
    if basis.state == State.SENT:
        notices = _no_app(context, basis)
    gaps = sum(1 for _ in basis.all_gaps())
    line = Line(say="summary.sent_with_gaps", args={"gaps": gaps}) if gaps else Line(say="summary.sent")
    button = open_button(basis.case.id, Line(say="buttons.open"), "open")
    return ClosedView(
        notices=notices, case_ref=basis.case.ref, line=line, buttons=(button, *more), remark=_remark(context, basis)
    )


def _no_app(context: TurnContext, basis: Basis) -> tuple[Line, ...]:
    staff = Staff(people.holdings_on(context.session, context.tenant_id, context.today))
    past = trail.workers_ever(context.session, [basis.case.id])[basis.case.id]
    found = people.by_ids(context.session, context.tenant_id, staff.chefs(basis.case, past))
    missed = conversations.without_app(context.session, found)
    if not found:
        return (Line(say="summary.no_chef"),)
    return (Line(say="summary.no_app", args={"names": ", ".join(row.name for row in missed)}),) if missed else ()


def paused(session: Session, basis: Basis, notices: tuple[Line, ...] = (), *, is_all: bool = True) -> ClosedView:
    """Return the emptied card of a paused list, with a button back to it, and one to remove it if it is empty.

    is_all: everything on its card was saved.
    """
    head_ = basis_head(basis)
    line = Line(say="fill.paused" if is_all else "fill.paused_but", args={"done": head_.done, "total": head_.total})
    button = open_button(basis.case.id, Line(say="buttons.continue"), checklist=basis.list_id)
    drop: tuple[Button, ...] = ()
    if basis.sheets and not basis.round_id and not basis.is_handed_over and not any(s.rows for s in basis.sheets):
        at = AsShown(str(basis.occasion), trail.newest_of_case(session, basis.case.id))
        claim = claimed("drop_list", at, case=basis.case.id, checklist=basis.list_id)
        drop = (Button(title=Line(say="buttons.drop_list"), claim=claim),)
    return ClosedView(notices=notices, case_ref=basis.case.ref, line=line, buttons=(button, *drop))
