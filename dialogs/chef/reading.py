"""The chef's reading: what is waiting, the chef's own answers before seeing the workers', then the differences."""

from actions import lists
from actions.basis import Basis, read
from actions.changes import NONE, Change, Changes, record
from checklists import access, lifecycle
from checklists.lifecycle import State
from checklists.rights import READER, RELATIONS, Right
from checklists.swedish_time import clock_words
from dialogs.chef import reading_cards
from dialogs.chef.unit_case import reading_title
from dialogs.turn import find_case
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import AsShown, Nothing, Page
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button, open_button
from dialogs.views.views import Button, CaseLine, CasesView, Line
from dialogs.worker.sheet_parts import gaps_line
from storage import cases, filled, trail
from storage.cases import CaseRow

PAGE = 5
TO_READ = Right("to_read", "self", dict.fromkeys(READER, RELATIONS))
MORE = Right("more_to_read", "self", TO_READ.may)
DIFFERENCES = Right("differences", "case", READER)
MORE_DIFFERENCES = Right("more_differences", "case", READER)


# --- what waits ------------------------------------------------------------------------------------------------------


_WAYS_ON = (("enhetens ärenden", "buttons.unit_cases"), ("hjälp", "buttons.help"))


def to_read(context: TurnContext, _rest: str) -> Reaction:
    """List what is waiting to be read or signed, oldest first."""
    return _page(context, 0)


def more(context: TurnContext, press: Press[Page]) -> Reaction:
    """List the next five."""
    return _page(context, press.what.start)


def _page(context: TurnContext, start: int) -> CasesView:
    found = _waiting(context)
    end = start + PAGE
    following = claimed("more_to_read", Page(end))
    return CasesView(
        title=Line(say="reading.waiting_title"),
        notices=() if found else (Line(say="reading.nothing_waits"),),
        cases=tuple(_line(context, case) for case in found[start:end]),
        choices=() if found else tuple(command_button(*one) for one in _WAYS_ON),
        more=Button(title=Line(say="buttons.show_more"), claim=following) if len(found) > end else None,
    )


def _waiting(context: TurnContext) -> list[CaseRow]:
    """Return the cases waiting for this reader, oldest first; never one the reader works on."""
    units = sorted({unit for role in READER for unit in context.units_as(role)})
    rows = filled.waiting_in(context.session, context.tenant_id, units, "decision_basis")
    ids = dict.fromkeys(row.case_id for row in rows)
    found = (cases.if_sound(context.session, context.tenant_id, row_id) for row_id in ids)
    children = (case for case in found if case is not None and case.case_type == cases.CHILD_CASE)
    return [case for case in children if access.reads(context.roles, case)]


def _line(context: TurnContext, case: CaseRow) -> CaseLine:
    reader = read(context.session, case, cases.facts(context.session, case.id), reader_id=context.person_id)
    worker = reader.worker
    sent = [sheet.filled.sent_at for sheet in worker.sheets if sheet.filled.sent_at]
    args = {"time": clock_words(min(sent), context.turn.now) if sent else ""}
    voided = worker.state == State.VOIDED
    status = Line(say="reading.read_again") if voided else Line(say="reading.sent_at", args=args)
    lines = [gaps_line(worker)]
    if case.planned_decision_on:
        lines.append(Line(say="cases.date_planned", args={"date": case.planned_decision_on.isoformat()}))
    button = open_button(case.id, Line(say="buttons." + reading_title(reader)), "read", about=case.ref)
    return CaseLine(case_ref=case.ref, status=status, lines=tuple(lines), button=button)


# --- reading ---------------------------------------------------------------------------------------------------------


def read_pressed(context: TurnContext, press: Press[Nothing]) -> Reaction:
    """Begin a reading, or resume it where the reader left off."""
    return enter(context, find_case.by_id(context, press.case, access.READ))


def enter(context: TurnContext, reader: Basis) -> Reaction:
    """Return the reader's current card for a case; begins the reading if the case is waiting to be read.

    Whoever has worked on the case is told as she begins that she may not sign it.
    """
    if not reader.worker.waits_for_reader:
        return reading_cards.where(context, reader)
    acting = "" if reader.is_whole else context.acting_as(reader.case)
    reader, changes = lists.begin_reading(context.session, context.origin, reader, acting)
    may_not = bool(changes) and trail.ever_worked_on(context.session, reader.case.id, context.person_id)
    told = (Line(say="reading.cannot_sign"),) if may_not else ()
    return Done(reading_cards.where(context, reader, told), changes)


def differences(context: TurnContext, press: Press[AsShown]) -> Reaction:
    """End the reading and show both sets of answers, differences first, even if there are none."""
    reader = find_case.by_id(context, press.case, DIFFERENCES)
    if not reader.worker.waits_for_reader or not reader.is_whole or reader.next_from() is not None:
        return enter(context, reader)
    changes = lists.finish_reading(context.session, context.origin, reader, context.acting_as(reader.case))
    return Done(reading_cards.differences(context, reader), changes)


def more_differences(context: TurnContext, press: Press[Page]) -> Reaction:
    """Show the next page of children, once the reading has ended."""
    reader = find_case.by_id(context, press.case, MORE_DIFFERENCES)
    if not lifecycle.has_seen_answers(reader.state) or not reader.is_whole:
        return enter(context, reader)
    return reading_cards.differences(context, reader, first=press.what.start)


def shown_again(context: TurnContext, case: CaseRow, changes: Changes) -> Changes:
    """Record that a reader is shown the workers' answers, unless she has just ended her reading, which says the same.

    Each time she opens them, or the gaps with how they were answered, is a reading of somebody else's case, of which
    there is no other trace.
    """
    if any(change.event == "differences_seen" for change in changes):
        return NONE
    return record(context.session, context.origin, Change("differences_shown", case, detail=context.acting_as(case)))


VERBS = (
    Verb(access.READ, read_pressed, keeps=False),
    Verb(DIFFERENCES, differences, AsShown, keeps=False),
    Verb(MORE_DIFFERENCES, more_differences, Page, keeps=False),
    Verb(MORE, more, Page, keeps=False),
)
_LEADS_HERE = ("start_reading", "continue_reading", "differences", "sign", "sign_shortfall", "return")
COMMANDS = (Command("att läsa", ("to read",), to_read, TO_READ, titles=_LEADS_HERE),)
