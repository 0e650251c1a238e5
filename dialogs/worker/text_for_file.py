"""`Text till akten`: a worker's answers and motivations as text to copy, so that nothing is written twice.

The text is in the response to her press alone, never in a posted or updated card. For a protected identity it has no
free text.
"""

from collections.abc import Sequence

from actions.basis import Basis, Sheet
from checklists.rights import OWN_CASE, Right
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Press, Reaction, Verb, claimed
from dialogs.turn.presses import Page
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import open_button
from dialogs.views.views import Button, FileTextView, Line, Row, SayView, SheetRows
from dialogs.worker import facts_card
from dialogs.worker.sheet_parts import basis_head, head
from dialogs.worker.summary_card import row_of

TEXT_FOR_FILE = Right("text_for_file", "case", OWN_CASE)
_MOST_BYTES = 13_000
"""How much of the texts fits on one card."""
_EACH = 300
"""The bytes a question takes besides its texts."""


def text_for_file(context: TurnContext, press: Press[Page]) -> Reaction:
    """Show the answers and motivations as text, as many questions as fit, from the one the press names."""
    basis = find_case.by_id(context, press.case, TEXT_FOR_FILE, press.checklist)
    if not basis.sheets:
        return facts_card.facts_card(context, basis)
    if not context.turn.invoke:  # the reply would be a posted card
        return SayView(notices=(Line(say="summary.text_not_here"),))
    told = [(sheet, row) for sheet in basis.sheets for row in _rows(context, basis, sheet)]
    first = press.what.start
    shown = _fitting(told[first:])
    after = first + len(shown)
    more = Button(
        title=Line(say="buttons.show_more"), claim=claimed("text_for_file", Page(after), **basis.sheets[0].at)
    )
    back = open_button(basis.case.id, Line(say="buttons.open_case", args={"ref": basis.case.ref}), "open")
    return FileTextView(
        head=basis_head(basis).model_copy(update={"done": 0, "total": 0}),
        checklist=basis.checklist.id,
        version=basis.sheets[-1].filled.version,
        sheets=tuple(
            SheetRows(head=head(sheet), filled=sheet.filled.id, rows=tuple(row for of, row in shown if of is sheet))
            for sheet in basis.sheets
            if any(of is sheet for of, _ in shown)
        ),
        buttons=(*((more,) if after < len(told) else ()), back),
    )


def _rows(context: TurnContext, basis: Basis, sheet: Sheet) -> list[Row]:
    """Return the answered questions of one list; for a protected identity, without free text."""
    rows = [row_of(context, sheet, item.id) for item in sheet.applied.applicable(sheet.filled.role)]
    given = [row for row in rows if row.state != "obesvarad"]
    if basis.case.protected_identity:
        given = [row.model_copy(update={"text": "", "note": "", "method": ""}) for row in given]
    return given


def _fitting(told: Sequence[tuple[Sheet, Row]]) -> list[tuple[Sheet, Row]]:
    """Return the first of some questions, at least one, that fit on one card."""
    shown: list[tuple[Sheet, Row]] = []
    room = _MOST_BYTES
    for sheet, row in told:
        room -= _EACH + len("".join((row.text, row.place, row.note, row.method)).encode())
        if room < 0 and shown:
            break
        shown.append((sheet, row))
    return shown


VERBS = (Verb(TEXT_FOR_FILE, text_for_file, Page, keeps=False),)
COMMANDS: tuple[Command, ...] = ()
