"""Who is told in place of someone who cannot be reached: the unit's deputies, or else the managers."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import count

from checklists.access import Staff
from checklists.swedish_time import day_of
from dialogs.messages.tell import REMINDER, put
from dialogs.views.views import Line, MenuView, ReminderView, Unnamed
from storage import cases, conversations, outbox, people, told_reminders
from storage.cases import CaseRow
from storage.conversations import ConversationRow
from storage.desk import Session
from storage.outbox import OutboxRow
from storage.people import PersonRow
from storage.told_reminders import ToldRow

GATHER = timedelta(minutes=2)
"""How long handed-over messages are gathered into one before it is sent."""
HANDED_OVER = Line(say="reminders.handed_over")


def hand_over(session: Session, row: OutboxRow, now: datetime) -> None:
    """Tell the deputies, or else the managers, what an unreachable person was to be told."""
    gone = people.person(session, row.tenant_id, conversations.get(session, row.conversation_id).person_id)
    if gone is None:
        return
    today = day_of(now)
    staff = Staff(people.holdings_on(session, row.tenant_id, today))
    told = told_reminders.in_bundle(session, row.once or "")
    if told:
        _hand_over_bundle(session, told, gone, staff, now)
    elif row.case_id:
        case = cases.if_sound(session, row.tenant_id, row.case_id)
        for person, to in reachable_instead(session, staff, case, gone.id) if case else ():
            args = {"name": gone.name, "ref": case.ref if case else ""}
            title, line = Line(say="reminders.not_reached_title"), Line(say="reminders.not_reached", args=args)
            some = Line(say="reminders.not_reached_some", args={"name": gone.name})
            unnamed = Unnamed(case=row.case_id, lines=(some,))
            view = MenuView(title=title, lines=(line,), buttons=(), unnamed=unnamed)
            once = f"handover:{person.id}:{row.id}"
            put(session, to, person, view, now=now, kind=REMINDER, once=once, case=row.case_id)


def _hand_over_bundle(session: Session, told: Iterable[ToldRow], gone: PersonRow, staff: Staff, now: datetime) -> None:
    already = told_reminders.told_about(session, {note.case_id for note in told})
    bundles: dict[int, str] = {}
    for note in told:
        case = cases.if_sound(session, note.tenant_id, note.case_id)
        instead = reachable_instead(session, staff, case, gone.id) if case else []
        if not instead:
            told_reminders.forget(session, [note])  # nobody to tell; the next sweep tries again
        for person, chat in instead:
            person_id = person.id
            if (person_id, note.rule, note.case_id, note.mark) not in already:
                if person_id not in bundles:
                    bundles[person_id] = _gathering_bundle(session, chat, person, note.day, now)
                note_told(session, note, person_id, note.day, bundles[person_id])


def _gathering_bundle(session: Session, chat: ConversationRow, person: PersonRow, day: date, now: datetime) -> str:
    """Return the bundle that collects what is handed over to a person: a new one once the previous is being sent.

    It waits for `GATHER`, so that when many people cannot be reached, one message is sent instead of one for each.
    """
    for number in count(1):
        bundle = f"handover:{person.id}:{day}:{number}"
        row = outbox.by_once(session, person.tenant_id, bundle)
        if row is None:
            view = ReminderView(notices=(HANDED_OVER,), title=Line(say="reminders.title"), cases=())
            gathered = now + GATHER
            put(session, chat, person, view, now=now, kind=REMINDER, once=bundle, due_at=gathered, urgent=False)
            return bundle
        if row.state == outbox.WAITING and row.attempts == 0:
            return bundle
    raise AssertionError  # count() has no end


def note_told(session: Session, like: ToldRow, person_id: int, day: date, bundle: str) -> None:
    """Note that another person is reminded of the same thing."""
    row = ToldRow(
        tenant_id=like.tenant_id,
        person_id=person_id,
        rule=like.rule,
        case_id=like.case_id,
        mark=like.mark,
        day=day,
        bundle=bundle,
    )
    told_reminders.tell(session, row)


def reachable_instead(
    session: Session, staff: Staff, case: CaseRow, person_id: int
) -> list[tuple[PersonRow, ConversationRow]]:
    """Return the stand-ins who can be reached, with their chats: those of the first tier that has any."""
    for tier in staff.fallbacks(case, person_id):
        found = []
        for other in tier:
            chat = conversations.chat_with(session, other)
            person = people.person(session, case.tenant_id, other)
            if chat is not None and person is not None:
                found.append((person, chat))
        if found:
            return found
    return []
