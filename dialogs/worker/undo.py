"""Taking back: her own last answer, as a new revision, up to ten steps."""

from actions.basis import Basis, Sheet, load
from checklists.model import NOTHING
from checklists.rights import LIST_HOLDER, Right
from checklists.route import stop_of
from dialogs.turn.declared import Command, Press, Verb
from dialogs.turn.find_case import case_by_id, case_by_ref, closed_case, latest_case, maybe_ref
from dialogs.turn.turn_context import Talk
from dialogs.views.views import AnyView, Line, SayView
from dialogs.worker import next_card as show
from dialogs.worker.landing import store
from storage import answers
from storage.answers import AnswerRow

MOST_UNDO = 10
UNDO = Right("undo", "case", LIST_HOLDER)


def undo(talk: Talk, press: Press) -> AnyView:
    """Take her last answer back, pressed."""
    return _undo(talk, load(talk, case_by_id(talk, press.claim.case, UNDO)), press.claim.choice)


def undo_typed(talk: Talk, rest: str) -> AnyView:
    """Take her last answer back, typed: on the case named, else the one last touched."""
    case = case_by_ref(talk, rest, UNDO) if rest else latest_case(talk, UNDO)
    if case is None:
        return SayView(notices=(Line(say="fill.nothing_to_undo"),))
    return _undo(talk, load(talk, case))


def _undo(talk: Talk, basis: Basis, act: str = "") -> AnyView:
    """Take back the act named by the button beside its echo, else her last one."""
    if basis.case.closed_on is not None:
        return closed_case(basis.case)
    found = _last_act(talk, basis, act)
    if found is not None and found[0].filled.seen_at is not None:
        return show.go_on(talk, basis, notices=(Line(say="reading.is_ended"),))
    if found is None:
        return show.go_on(talk, basis, notices=(Line(say="fill.nothing_to_undo"),))
    sheet, rows = found
    # One act may store an answer twice (`nej, TEXT`): rows come newest first, so these are its last and its first.
    last = {row.item_id: row for row in reversed(rows)}
    first = {row.item_id: row for row in rows}
    if not all(_stands(talk, sheet.rows[item_id], row) for item_id, row in last.items()):
        return show.go_on(talk, basis, notices=(Line(say="fill.changed_by_other"),))
    for item_id, row in first.items():
        before = answers.revision_before(talk.session, row)
        written = answers.read(talk.session, sheet.filled, before) if before else NOTHING
        store(talk, sheet, item_id, written)
        sheet.rows[item_id].undo_of = row.act
    number = min(sheet.checklist.numbers[row.item_id] for row in rows)
    notices = (Line(say="fill.undone", args={"number": number}),)
    stop = stop_of(sheet.way, min(rows, key=lambda row: sheet.checklist.numbers[row.item_id]).item_id)
    return show.card(talk, sheet, stop, notices) if stop else show.go_on(talk, basis, notices=notices)


def _last_act(talk: Talk, basis: Basis, name: str) -> tuple[Sheet, list[AnswerRow]] | None:
    """Find her newest act that is not taken back, or the one named, among her last ten on this basis."""
    acts = [
        (act, sheet) for sheet in basis.sheets for act in answers.acts_of(talk.session, sheet.filled.id, talk.person_id)
    ]
    acts.sort(key=lambda pair: pair[0].newest, reverse=True)
    for act, sheet in acts[:MOST_UNDO]:
        if not act.undone and name in ("", act.rows[0].act):
            return sheet, list(act.rows)
    return None


def _stands(talk: Talk, newest: AnswerRow, row: AnswerRow) -> bool:
    """Say whether the answer is as this row left it: all that came after was taken back again, step by step."""
    now: AnswerRow | None = newest
    while now is not None and now.undo_of:
        taken = now.undo_of
        while now is not None and now.act != taken:
            now = answers.revision_before(talk.session, now)
        while now is not None and now.act == taken:
            now = answers.revision_before(talk.session, now)
    return now is not None and now.id == row.id


VERBS = (Verb(UNDO, undo),)
COMMANDS = (Command("ångra", ("undo",), undo_typed, UNDO, maybe_ref),)
