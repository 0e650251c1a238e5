"""The end of a list, and what is left of a card when it is done with."""

from actions.basis import Basis, Sheet
from checklists.files import all_facts
from checklists.model import NOTHING, Gap
from checklists.rules import applicable, state
from dialogs.messages.recipients import Staff, named, without_app
from dialogs.turn.turn_context import Talk, clock_words
from dialogs.views.views import Button, Claim, ClosedView, GapRow, Line, MissingView, Row, SheetRows, SummaryView
from storage import answers, people, returns, signatures
from storage.cases import CaseRow
from storage.signatures import SignatureRow

MOST_GAPS = 15
MOST_CHILDREN = 3
"""What fits on one card of 24 KB; the rest is a press on Visa fler away."""


def summary(talk: Talk, basis: Basis, given: tuple[Line, ...] = (), first: int = 0) -> SummaryView:
    """Return the answers and the gaps, with what can be done now. first: the child to begin with, from 0."""
    last = basis.sheets[-1]
    shown = basis.sheets[first : first + MOST_CHILDREN]
    gaps = tuple(gap_row(sheet, gap) for sheet, gap in basis.all_gaps())
    buttons: tuple[Button, ...] = () if basis.is_with_chef else (_send_button(basis),)
    if len(basis.sheets) > len(shown):
        after = first + MOST_CHILDREN if first + MOST_CHILDREN < len(basis.sheets) else 0
        buttons += (_more_button(basis, "more_children", after),)
    notices, more = _standing(talk, basis)
    return SummaryView(
        notices=(*given, *notices),
        head=basis.head,
        checklist=basis.checklist.id,
        version=last.filled.version,
        sheets=tuple(SheetRows(head=sheet.head, filled=sheet.filled.id, rows=_rows(talk, sheet)) for sheet in shown),
        gaps=gaps[:MOST_GAPS],
        more_gaps=len(gaps[MOST_GAPS:]),
        sent=_sent_words(talk, basis),
        buttons=(*buttons, *more),
        remark=_remark(talk, basis),
        change=Button(title=Line(say="buttons.change"), claim=basis.sheets[0].claim("go_to")),
        refresh=basis.sheets[0].claim("show_current"),
    )


def _rows(talk: Talk, sheet: Sheet) -> tuple[Row, ...]:
    rows = []
    for item in applicable(sheet.checklist, sheet.filled.role, sheet.facts, sheet.answers):
        stored = sheet.rows.get(item.id)
        texts = answers.read(talk.session, sheet.filled, stored) if stored else NOTHING
        rows.append(
            Row(
                item=item.id,
                state=state(sheet.checklist, item, sheet.facts, sheet.answers),
                motivation=texts.motivation_kind,
                text=texts.motivation,
                place=texts.place,
                note=texts.note or "",
                option=texts.option,
            )
        )
    return tuple(rows)


def gap_row(sheet: Sheet, gap: Gap, *, button: bool = False) -> GapRow:
    """Return one gap as it is told, with a button straight to it when the one it is told to may mend it."""
    title = (
        Line(say="buttons.fill_in_facts")
        if gap.of == "fact"
        else Line(say="buttons.answer_number", args={"number": sheet.checklist.numbers[gap.id]})
    )
    pressed = Button(title=title, claim=sheet.claim("go_to", gap.id)) if button else None
    shared = gap.of == "fact" and all_facts()[gap.id].per == "case"
    return GapRow(child=0 if shared else sheet.shown_child, of=gap.of, id=gap.id, why=gap.why, button=pressed)


def _send_button(basis: Basis) -> Button:
    revision = ",".join(f"{sheet.filled.status}:{sheet.filled.return_id or 0}" for sheet in basis.sheets)
    claim = basis.sheets[0].claim("send").model_copy(update={"revision": revision})
    return Button(title=Line(say="buttons.send_to_chef"), claim=claim)


def _more_button(basis: Basis, verb: str, first: int) -> Button:
    return Button(title=Line(say="buttons.show_more"), claim=basis.sheets[0].claim(verb, choice=str(first)))


def _sent_words(talk: Talk, basis: Basis) -> str:
    moments = [sheet.filled.sent_at for sheet in basis.sheets if sheet.filled.sent_at]
    return clock_words(max(moments), talk.turn.now) if basis.is_with_chef and moments else ""


def _standing(talk: Talk, basis: Basis) -> tuple[tuple[Line, ...], tuple[Button, ...]]:
    """Return what is said of a signature that stands or was voided, and the way to what was seen then."""
    if basis.status not in ("signed", "voided"):
        return (), ()
    row = next((row for row in signatures.of_case(talk.session, basis.case.id) if _of(row, basis)), None)
    if row is None:
        return (), ()
    claim = Claim(verb="seen_at_signing", case=basis.case.id, choice=f"{row.id}/0")
    button = Button(title=Line(say="buttons.seen_at_signing"), claim=claim)
    if basis.status == "voided":
        return (Line(say="reading.voided"),), (button,)
    signer = people.person(talk.session, talk.tenant_id, row.signer_id)
    args = {"name": signer.name if signer else "", "time": clock_words(row.at, talk.turn.now)}
    return (Line(say="reading.signed", args=args),), (button,)


def _of(row: SignatureRow, basis: Basis) -> bool:
    return (row.checklist, row.occasion) == (basis.checklist.id, basis.occasion)


def remark(talk: Talk, row_id: int | None) -> str:
    """Return what the chef wrote in a return, empty when there is none."""
    row = returns.get(talk.session, talk.tenant_id, row_id) if row_id else None
    return returns.comment_of(talk.session, row) if row else ""


def _remark(talk: Talk, basis: Basis) -> str:
    return remark(talk, basis.sheets[0].filled.return_id) if basis.status == "returned" else ""


def missing(talk: Talk, basis: Basis, first: int = 0, *, reader: bool = False, has_seen: bool = False) -> MissingView:
    """Return the gaps in words, so many as fit from the one at place `first`.

    reader: she may not mend them, and until she has seen the answers she is told the questions only.
    """
    gaps = list(basis.all_gaps())
    after = first + MOST_GAPS
    more = (_more_button(basis, "more_gaps", after),) if len(gaps) > after and not reader else ()
    rows = tuple(gap_row(sheet, gap, button=not reader) for sheet, gap in gaps[first:after])
    if reader and not has_seen:
        rows = tuple(row.model_copy(update={"why": ""}) for row in rows)
    send = () if basis.is_with_chef else (_send_button(basis),)
    return MissingView(
        head=basis.head,
        checklist=basis.checklist.id,
        version=basis.sheets[0].filled.version,
        gaps=rows,
        remark="" if reader else _remark(talk, basis),
        buttons=(*send, *more),
    )


def sent_card(talk: Talk, basis: Basis) -> ClosedView:
    """Return the emptied card of a list that is with the chef or signed, and who of them lacks the app."""
    notices, more = _standing(talk, basis)
    if basis.status == "sent":
        notices = _no_app(talk, basis)
    gaps = sum(1 for _ in basis.all_gaps())
    line = Line(say="summary.sent_with_gaps", args={"gaps": gaps}) if gaps else Line(say="summary.sent")
    button = Button(title=Line(say="buttons.open"), claim=open_claim(basis.case, "open"))
    return ClosedView(notices=notices, case_ref=basis.case.ref, line=line, buttons=(button, *more))


def _no_app(talk: Talk, basis: Basis) -> tuple[Line, ...]:
    found = named(talk.session, talk.tenant_id, Staff(talk.session, talk.tenant_id, talk.today).chefs(basis.case))
    missed = without_app(talk.session, found)
    if not found:
        return (Line(say="summary.no_chef"),)
    return (Line(say="summary.no_app", args={"names": ", ".join(row.name for row in missed)}),) if missed else ()


def open_claim(case: CaseRow, verb: str = "continue") -> Claim:
    """Return what a button that leads to a case stands for."""
    return Claim(verb=verb, case=case.id)


def paused(basis: Basis, notices: tuple[Line, ...] = ()) -> ClosedView:
    """Return the emptied card of a list that waits, with the way back."""
    head = basis.head
    line = Line(say="fill.paused", args={"done": head.done, "total": head.total})
    button = Button(title=Line(say="buttons.continue"), claim=open_claim(basis.case))
    return ClosedView(notices=notices, case_ref=basis.case.ref, line=line, buttons=(button,))
