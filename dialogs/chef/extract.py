"""`registerutdrag`: everything kept about one case, for its lead or chef once she confirms that secrecy was assessed.

With protected identity it is the chef's alone. A chef is shown the workers' answers only once she has read the list
herself: her reading is to be her own. What people wrote is in the response to her press and in no posted card;
each page that is shown is an event. The stored views of what people saw are only in the file the command line writes.
"""

from collections.abc import Sequence

from actions.basis import Basis
from actions.changes import Change, record
from checklists import access, lifecycle
from checklists.errors import ExtractIsTheChefs
from checklists.lifecycle import State
from checklists.rights import Right
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.find_case import maybe_ref
from dialogs.turn.presses import Page
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import ask_ref, open_button
from dialogs.views.views import Button, ExtractRow, ExtractView, Head, Line, MenuView, SayView
from reports.case_extract import rows_of
from storage.cases import CaseRow

EXTRACT = Right("extract", "case", access.EXTRACTORS)
SHOW_EXTRACT = Right("show_extract", "case", access.EXTRACTORS)
_MOST_BYTES = 9_000
"""How much of the rows fits on one card."""
_EACH = 200
"""The bytes a row takes besides its words."""
_MOST = 4_000
"""Characters of one value; nothing a person writes is longer."""


def offer(context: TurnContext, rest: str) -> Reaction:
    """Explain what the extract holds, and ask her to confirm that its secrecy has been assessed."""
    basis = find_case.named_or_latest(context, rest, EXTRACT)
    if basis is None:
        return ask_ref("registerutdrag")
    case = _may(context, basis.case)
    shows = Button(title=Line(say="buttons.secrecy_tried"), claim=claimed("show_extract", Page(0), case=case.id))
    return MenuView(
        title=Line(say="extract.title", args={"ref": case.ref}),
        lines=(Line(say="extract.what"), Line(say="extract.first"), Line(say="extract.trail")),
        buttons=(shows, open_button(case.id, Line(say="buttons.open_case", args={"ref": case.ref}), "open")),
    )


def show(context: TurnContext, press: Press[Page]) -> Reaction:
    """Show as many rows as fit, starting at the one the press names. Raises: ExtractIsTheChefs."""
    basis = find_case.by_id(context, press.case, SHOW_EXTRACT)
    case, unseen = _may(context, basis.case), _unseen(basis)
    if not context.turn.invoke:  # the reply would be a posted card
        return SayView(notices=(Line(say="extract.not_here"),))
    told = record(context.session, context.origin, Change("export", case, detail="case"))
    rows = [_row(*row) for row in rows_of(context.session, case, unseen)]
    first = min(press.what.start, len(rows) - 1)
    shown = _fitting(rows[first:])
    after = first + len(shown)
    more = Button(title=Line(say="buttons.show_more"), claim=claimed("show_extract", Page(after), case=case.id))
    view = ExtractView(
        notices=(Line(say="extract.unseen"),) if unseen else (),
        head=Head(case_ref=case.ref),
        counts=(first + 1, after, len(rows)),
        rows=tuple(shown),
        buttons=(
            *((more,) if after < len(rows) else ()),
            open_button(case.id, Line(say="buttons.open_case", args={"ref": case.ref}), "open"),
        ),
    )
    return Done(view, told)


def _unseen(basis: Basis) -> frozenset[int]:
    """Return the workers' lists that she has yet to read before she may see their answers, by row id."""
    worker = basis.worker
    is_over = worker.state == State.SIGNED or basis.case.closed_on is not None
    if not basis.is_reading or is_over or lifecycle.has_seen_answers(basis.state):
        return frozenset()
    return frozenset(sheet.filled.id for sheet in worker.sheets)


def _may(context: TurnContext, case: CaseRow) -> CaseRow:
    if not access.may_extract(context.roles, case):
        raise ExtractIsTheChefs
    return case


def _row(kind: str, what: str, value: str, by_role: str, at: str) -> ExtractRow:
    if kind == "message" or (kind == "signature" and what.endswith(": view")):
        value = ""
    return ExtractRow(kind=kind, what=what, value=value[:_MOST], by_role=by_role, at=at)


def _fitting(rows: Sequence[ExtractRow]) -> list[ExtractRow]:
    """Return the first of some rows, at least one, that fit on one card."""
    shown: list[ExtractRow] = []
    room = _MOST_BYTES
    for row in rows:
        room -= _EACH + len("".join((row.what, row.value, row.by_role, row.at)).encode())
        if room < 0 and shown:
            break
        shown.append(row)
    return shown


VERBS = (Verb(SHOW_EXTRACT, show, Page, keeps=False),)
COMMANDS = (Command("registerutdrag", ("utdrag", "extract", "register extract"), offer, EXTRACT, maybe_ref),)
