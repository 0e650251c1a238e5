"""`Inte än` to a reminder of what is under way: it stays Pågår, and is asked about once more."""

from dataclasses import replace

from actions.basis import BASIS
from actions.changes import NONE, Change, record
from checklists.reminder_rules import AGAIN, UnderWay, under_way
from checklists.rights import OWN_CASE, Right
from dialogs.messages import own_ongoing
from dialogs.messages.case_state import read_case
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import AsShown
from dialogs.turn.turn_context import TurnContext
from dialogs.views.parts import Claim
from dialogs.views.views import Button, Line, SayView
from storage import cases, inbox, outbox, tenants, told_reminders
from storage.cases import CaseRow
from storage.desk import Session
from storage.filled import FilledRow
from storage.times import LONG_AGO

NOT_YET = Right("not_yet", "case", OWN_CASE)


def button(session: Session, case: CaseRow, mark: str) -> Button:
    """Return the button on a reminder. mark: of that reminder."""
    return Button(title=Line(say="buttons.not_yet"), claim=_claim(session, case, mark), about=case.ref)


def _claim(session: Session, case: CaseRow, mark: str) -> Claim:
    own = int(mark.split(":")[1]) if mark.startswith(own_ongoing.MARK) else 0
    row = session.get(FilledRow, own) if own else None
    return claimed("not_yet", AsShown(mark), case=case.id, filled=own, checklist=row.checklist if row else BASIS)


def typed(context: TurnContext) -> Claim | None:
    """Return what a typed `inte än` says if the last message was a reminder that asks her about one case's Pågår alone.

    None if anything else is in it that the words may be about.
    """
    session, chat = context.session, context.conversation
    last = outbox.told_lately(session, chat.id, LONG_AGO, 1)
    if not last or last[0].once is None or last[0].state != outbox.SENT:
        return None
    since = inbox.newest_in(session, context.tenant_id, chat.channel_id)
    if since is not None and since.at > last[0].created_at:
        return None
    notes = told_reminders.in_bundle(session, last[0].once)
    case = cases.get(session, context.tenant_id, notes[0].case_id) if len(notes) == 1 else None
    if case is None or notes[0].rule != "PAGAR":
        return None
    is_hers = notes[0].mark.startswith(own_ongoing.MARK) or context.person_id in (case.lead_id, case.co_id)
    return _claim(session, case, notes[0].mark) if is_hers else None


def not_yet(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """Leave all that a case's reminder asked about as it is, and say when it is asked about again, if it is.

    Only the reminder now in turn is answered: the same said to an older one, or by a co-worker too, changes nothing.
    """
    basis = find_case.by_id(context, press.case, NOT_YET, press.checklist)
    case, is_own = basis.case, press.checklist != BASIS
    if case.closed_on is not None and not is_own:
        return find_case.closed_case(context, case)
    found = _own(context, press.filled) if is_own and basis.sheet(press.filled) else None
    found = found if is_own else under_way(read_case(context.session, case).state)
    if found is None:
        return SayView(notices=(Line(say="reminders.not_yet_over", args={"ref": case.ref}),))
    settings, changes = tenants.settings(context.tenant), NONE
    is_older = found.turn == AGAIN and press.what.state == found.mark
    if found.turn and found.due_on(settings, settings.workdays) <= context.today and not is_older:
        event = Change("still_ongoing", case, list_id=press.filled or None, detail=found.turn)
        changes = record(context.session, context.origin, event)
        found = replace(found, not_yet={**found.not_yet, found.turn: context.today})
    day = found.due_on(settings, settings.workdays)
    again = Line(say="reminders.not_yet", args={"ref": case.ref, "date": day.isoformat()})
    last = Line(say="reminders.not_yet_last", args={"ref": case.ref})
    return Done(SayView(notices=(again if found.turn and day >= context.today else last,)), changes)


def _own(context: TurnContext, filled_id: int) -> UnderWay | None:
    found = own_ongoing.under_way(context.session, context.tenant_id, filled_id)
    return found[2] if found is not None else None


VERBS = (Verb(NOT_YET, not_yet, AsShown),)
COMMANDS: tuple[Command, ...] = ()
