"""The end of a list, and what is left of a card when it is done with."""

from checklists.files import all_facts
from checklists.model import Gap
from checklists.rules import applicable, state
from dialogs.basis import Basis, Sheet
from dialogs.talk import Talk, clock_words
from dialogs.views import Button, Claim, ClosedView, GapRow, Line, MissingView, Row, SheetRows, SummaryView
from storage import answers
from storage.cases import CaseRow, case_id
from storage.filled import filled_id

MOST_GAPS = 15
MOST_CHILDREN = 3
"""What fits on one card of 24 KB; the rest is a press on Visa fler away."""


def summary(talk: Talk, basis: Basis, notices: tuple[Line, ...] = (), first: int = 0) -> SummaryView:
    """Return the answers and the gaps, with what can be done now. first: the child to begin with, from 0."""
    last = basis.sheets[-1]
    shown = basis.sheets[first : first + MOST_CHILDREN]
    gaps = tuple(_gap_row(sheet, gap) for sheet, gap in basis.all_gaps())
    buttons: tuple[Button, ...] = () if basis.is_sent else (_send_button(basis),)
    if len(basis.sheets) > len(shown):
        after = first + MOST_CHILDREN if first + MOST_CHILDREN < len(basis.sheets) else 0
        buttons += (_more_button(basis, "more_children", after),)
    return SummaryView(
        notices=notices,
        head=basis.head,
        checklist=basis.checklist.id,
        version=last.filled.version,
        sheets=tuple(
            SheetRows(head=sheet.head, filled=filled_id(sheet.filled), rows=_rows(talk, sheet)) for sheet in shown
        ),
        gaps=gaps[:MOST_GAPS],
        more_gaps=len(gaps[MOST_GAPS:]),
        sent=_sent_words(talk, basis),
        buttons=buttons,
        change=Button(title=Line(say="buttons.change"), claim=basis.sheets[0].claim("go_to")),
        refresh=basis.sheets[0].claim("show_current"),
    )


def _rows(talk: Talk, sheet: Sheet) -> tuple[Row, ...]:
    rows = []
    for item in applicable(sheet.checklist, sheet.filled.role, sheet.facts, sheet.answers):
        stored = sheet.rows.get(item.id)
        texts = answers.read(talk.session, sheet.filled, stored) if stored else answers.nothing()
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


def _gap_row(sheet: Sheet, gap: Gap, *, button: bool = False) -> GapRow:
    title = (
        Line(say="buttons.fill_in_facts")
        if gap.of == "fact"
        else Line(say="buttons.answer_number", args={"number": sheet.checklist.numbers[gap.id]})
    )
    pressed = Button(title=title, claim=sheet.claim("go_to", gap.id)) if button else None
    shared = gap.of == "fact" and all_facts()[gap.id].per == "case"
    return GapRow(child=0 if shared else sheet.shown_child, of=gap.of, id=gap.id, why=gap.why, button=pressed)


def _send_button(basis: Basis) -> Button:
    revision = ",".join(str(sheet.filled.status == "sent") for sheet in basis.sheets)
    claim = basis.sheets[0].claim("send").model_copy(update={"revision": revision})
    return Button(title=Line(say="buttons.send_to_chef"), claim=claim)


def _more_button(basis: Basis, verb: str, first: int) -> Button:
    return Button(title=Line(say="buttons.show_more"), claim=basis.sheets[0].claim(verb, choice=str(first)))


def _sent_words(talk: Talk, basis: Basis) -> str:
    moments = [sheet.filled.sent_at for sheet in basis.sheets if sheet.filled.sent_at]
    return clock_words(max(moments), talk.turn.now) if basis.is_sent and moments else ""


def missing(basis: Basis, first: int = 0) -> MissingView:
    """Return the gaps in words, so many as fit from the one at place `first`."""
    gaps = list(basis.all_gaps())
    after = first + MOST_GAPS
    more = (_more_button(basis, "more_gaps", after),) if len(gaps) > after else ()
    return MissingView(
        head=basis.head,
        checklist=basis.checklist.id,
        version=basis.sheets[0].filled.version,
        gaps=tuple(_gap_row(sheet, gap, button=True) for sheet, gap in gaps[first:after]),
        buttons=more if basis.is_sent else (_send_button(basis), *more),
    )


def sent_card(basis: Basis) -> ClosedView:
    """Return the emptied card of a list that is with the chef."""
    gaps = sum(1 for _ in basis.all_gaps())
    line = Line(say="summary.sent_with_gaps", args={"gaps": gaps}) if gaps else Line(say="summary.sent")
    button = Button(title=Line(say="buttons.open"), claim=open_claim(basis.case, "open"))
    return ClosedView(case_ref=basis.case.ref, line=line, buttons=(button,))


def open_claim(case: CaseRow, verb: str = "continue") -> Claim:
    """Return what a button that leads to a case stands for."""
    return Claim(verb=verb, case=case_id(case))


def paused(basis: Basis, notices: tuple[Line, ...] = ()) -> ClosedView:
    """Return the emptied card of a list that waits, with the way back."""
    head = basis.head
    line = Line(say="fill.paused", args={"done": head.done, "total": head.total})
    button = Button(title=Line(say="buttons.continue"), claim=open_claim(basis.case))
    return ClosedView(notices=notices, case_ref=basis.case.ref, line=line, buttons=(button,))
