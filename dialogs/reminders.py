"""What a reminder says, asked again at the moment of sending; `Påminn i morgon`; and who is told instead.

A bundle is what one person is told at once. Its outbox row holds no content: the notes of what was told name rule,
case and occasion, and what they say is worked out when it is sent. So a gap that was closed meanwhile is not named,
and nothing of a case is left in the outbox when the case is disposed of.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import count
from uuid import uuid4

from checklists.reminders import Due, due, protection_due
from checklists.rights import ANYONE, Right
from checklists.tenant_settings import TenantSettings
from dialogs.case_state import BASIS, Standing, read_case
from dialogs.recipients import Staff
from dialogs.show_summary import open_claim
from dialogs.talk import STOCKHOLM, Talk
from dialogs.turn import Reply
from dialogs.views import (
    AnyView,
    Button,
    Claim,
    Line,
    MenuView,
    ReminderCase,
    ReminderItem,
    ReminderPoint,
    ReminderView,
)
from dialogs.words import Command, Press, Verb
from storage import cases, conversations, outbox, people, reminders, tenants
from storage.cases import CaseRow
from storage.conversations import ConversationRow, row_id
from storage.desk import Session
from storage.outbox import OutboxRow
from storage.people import PersonRow
from storage.reminders import SnoozeRow, ToldRow

KIND = "reminder"
SNOOZE = Right("snooze", "self", ANYONE)
MOST_CASES = 8
"""What fits on a card of 24 KB with its buttons; the rest is named by reference and rule."""
OPENS = {"worker": "continue", "chef": "read"}
"""The verb of a case's button, by how its reader stands to it; none where there is nothing to open."""
GATHER = timedelta(minutes=2)
"""How long what is handed over to someone is gathered before it goes."""
_HANDED_OVER = Line(say="reminders.handed_over")
_ORDER = ("SKYDD", "14D", "4M", "LUCKOR", "ATER", "OLAST", "TYST", "PAGAR", "6M", "GRANSKA")
_PLAIN = {"LUCKOR": "reminders.gaps", "OLAST": "reminders.unread", "TYST": "reminders.silent"}
_PLAIN |= {"4M": "reminders.four_months", "PAGAR": "reminders.ongoing", "SKYDD": "reminders.protection"}


# --- putting a message into the outbox ---------------------------------------------------------------------


def put_bundle(
    session: Session, chat: ConversationRow, person: PersonRow, bundle: str, now: datetime, *, urgent: bool = False
) -> None:
    """Put the message of a bundle into the outbox, if it is not there yet."""
    title = "reminders.protection_title" if urgent else "reminders.title"
    _put(session, chat, person, bundle, now, ReminderView(title=Line(say=title), cases=()), urgent=urgent)


def _put(
    session: Session,
    chat: ConversationRow,
    person: PersonRow,
    once: str,
    now: datetime,
    view: AnyView,
    *,
    urgent: bool = False,
    case: int = 0,
    due_at: datetime | None = None,
) -> None:
    if outbox.by_once(session, person.tenant_id, once) is not None:
        return
    row = OutboxRow(
        tenant_id=person.tenant_id,
        kind=KIND,
        conversation_id=row_id(chat),
        case_id=case,
        nonce=uuid4().hex,
        view=b"",
        once=once,
        due_at=due_at or now,
        created_at=now,
        rank=outbox.URGENT if urgent else outbox.NOT_URGENT,
    )
    outbox.put(session, row, _reply(person, view).canonical())


def _reply(person: PersonRow, view: AnyView) -> Reply:
    return Reply(
        tenant_id=person.tenant_id,
        person_id=people.person_id(person),
        channel_user="",
        language="en" if person.language == "en" else "sv",
        view=view,
    )


# --- what it says at the moment of sending -----------------------------------------------------------------


def content(session: Session, row: OutboxRow, now: datetime) -> Reply | None:
    """Return what an outbox row says now; None when nothing is left of it. Raises: SealBroken, KeyGone."""
    stored = Reply.model_validate_json(outbox.view_of(session, row))
    if not isinstance(stored.view, ReminderView) or row.once is None:
        return stored
    person = people.person(session, stored.tenant_id, stored.person_id)
    tenant = tenants.get(session, row.tenant_id)
    if person is None or tenant is None:
        return None
    still = _Still(session, tenants.settings(tenant), person, now)
    told = reminders.in_bundle(session, row.once)
    holding = [(note, found) for note in told if (found := still.holds(note)) is not None]
    reminders.forget(session, [note for note in told if note not in [kept for kept, _ in holding]])
    if not holding:
        return None
    view = still.view(stored.view, row.once, holding)
    return _reply(person, view)


class _Still:
    """What of a bundle still holds, for its reader, at one moment."""

    def __init__(self, session: Session, settings: TenantSettings, person: PersonRow, now: datetime) -> None:
        self._session = session
        self._settings = settings
        self._person = people.person_id(person)
        self._tenant_id = person.tenant_id
        local = now.astimezone(STOCKHOLM)
        self._today = local.date()
        self._open = settings.in_office_hours(local)
        self._staff = Staff(session, person.tenant_id, self._today)
        self._cases: dict[int, CaseRow | None] = {}
        self._standings: dict[int, Standing] = {}

    def holds(self, note: ToldRow) -> Due | None:
        """Return the reminder a note stands for, None when it does not hold, or is no longer for this person."""
        case = self._case(note.case_id)
        if case is None or note.day != self._today or not self._staff.may_be_told(case, self._person):
            return None
        if note.rule != "SKYDD" and not self._open:
            return None  # it waited beyond the office hours: the next sweep tells it
        if note.case_id not in self._standings:
            self._standings[note.case_id] = read_case(self._session, case)
        state = self._standings[note.case_id].state
        swept = due(state, self._today, self._settings, self._settings.workdays)
        found = (protection_due(state, self._today), *swept)
        return next((one for one in found if one and (one.rule, one.mark) == (note.rule, note.mark)), None)

    def view(self, bare: ReminderView, bundle: str, holding: Sequence[tuple[ToldRow, Due]]) -> ReminderView:
        """Return the card of what holds, the most urgent case first."""
        ordered = sorted(holding, key=lambda pair: (_ORDER.index(pair[1].rule), pair[1].on, pair[0].case_id))
        by_case: dict[int, list[Due]] = {}
        for note, one in ordered:
            by_case.setdefault(note.case_id, []).append(one)
        blocks = [self._block(row, found) for row, found in by_case.items()]
        snooze = Button(title=Line(say="reminders.snooze"), claim=Claim(verb="snooze", choice=bundle))
        only_today = all(one.rule == "SKYDD" for _, one in holding)
        return bare.model_copy(
            update={
                "cases": tuple(blocks[:MOST_CASES]),
                "others": tuple((b.case_ref, ", ".join(p.rule for p in b.points)) for b in blocks[MOST_CASES:]),
                "snooze": None if only_today else snooze,
            }
        )

    def _block(self, row: int, found: list[Due]) -> ReminderCase:
        case = self._case(row)
        assert case is not None
        verb = OPENS["worker"] if self._person in (case.lead_id, case.co_id) else ""
        verb = verb or (OPENS["chef"] if self._staff.reads(case, self._person) else "")
        title = Line(say="buttons.open_case", args={"ref": case.ref})
        button = Button(title=title, claim=open_claim(case, verb)) if verb and case.closed_on is None else None
        return ReminderCase(
            case_ref=case.ref,
            checklist=BASIS,
            version=self._standings[row].version,
            points=tuple(self._point(case, one) for one in found),
            button=button,
        )

    def _point(self, case: CaseRow, one: Due) -> ReminderPoint:
        items = tuple(ReminderItem(child=asked.child, of=asked.of, id=asked.id) for asked in one.asked)
        return ReminderPoint(rule=one.rule, line=self._line(case, one), items=items)

    def _line(self, case: CaseRow, one: Due) -> Line:
        day = one.on.isoformat()
        if one.rule == "ATER":
            return Line(say="reminders.returned_points" if one.asked else "reminders.returned", args={"date": day})
        if one.rule == "14D":
            return self._assessment_line(case, one)
        if one.rule == "6M" and self._settings.follow_up_months != 6:
            months = self._settings.follow_up_months
            return Line(say="reminders.follow_up_months", args={"date": day, "months": months})
        return Line(say=_PLAIN.get(one.rule, "reminders.follow_up"), args={"date": day})

    def _assessment_line(self, case: CaseRow, one: Due) -> Line:
        at_once = one.on == case.received_on
        args = {"date": one.on.isoformat()}
        if not one.late:
            return Line(say="reminders.assessment_at_once" if at_once else "reminders.assessment", args=args)
        args["ref"] = case.ref
        if at_once:
            return Line(say="reminders.at_once_reason", args=args)
        passed = self._today > one.on
        return Line(say="reminders.assessment_reason" if passed else "reminders.assessment_reason_soon", args=args)

    def _case(self, row: int) -> CaseRow | None:
        if row not in self._cases:
            self._cases[row] = cases.get(self._session, self._tenant_id, row)
        return self._cases[row]


# --- told again tomorrow -----------------------------------------------------------------------------------


def snooze(talk: Talk, press: Press) -> AnyView:
    """Have the same bundle come again on the next working day, if it still holds then."""
    until = tenants.settings(talk.tenant).workdays.after(talk.today)
    row = SnoozeRow(person_id=talk.person_id, bundle=press.claim.choice, tenant_id=talk.tenant_id, until=until)
    reminders.snooze(talk.session, row)
    talk.record("snoozed", detail=until.isoformat())
    return MenuView(
        title=Line(say="reminders.snoozed_title"),
        lines=(Line(say="reminders.snoozed", args={"date": until.isoformat()}),),
        buttons=(),
    )


# --- who is told instead -----------------------------------------------------------------------------------


def hand_over(session: Session, row: OutboxRow, now: datetime) -> None:
    """Tell the ersättare, else the managers, what someone who cannot be reached was to be told."""
    chat = conversations.get(session, row.conversation_id)
    gone = people.person(session, row.tenant_id, chat.person_id) if chat else None
    if gone is None:
        return
    today = now.astimezone(STOCKHOLM).date()
    staff = Staff(session, row.tenant_id, today)
    told = reminders.in_bundle(session, row.once or "")
    if told:
        _hand_over_bundle(session, told, gone, staff, now)
    elif row.case_id:
        case = cases.get(session, row.tenant_id, row.case_id)
        for person, to in reachable_instead(session, staff, case, people.person_id(gone)) if case else ():
            args = {"name": gone.name, "ref": case.ref if case else ""}
            title, line = Line(say="reminders.not_reached_title"), Line(say="reminders.not_reached", args=args)
            view = MenuView(title=title, lines=(line,), buttons=())
            _put(session, to, person, f"handover:{person.id}:{row.id}", now, view, urgent=True, case=row.case_id)


def _hand_over_bundle(session: Session, told: Iterable[ToldRow], gone: PersonRow, staff: Staff, now: datetime) -> None:
    already = reminders.told_about(session, {note.case_id for note in told})
    bundles: dict[int, str] = {}
    for note in told:
        case = cases.get(session, note.tenant_id, note.case_id)
        instead = reachable_instead(session, staff, case, people.person_id(gone)) if case else []
        if not instead:
            reminders.forget(session, [note])  # nobody to tell: the next sweep looks again
        for person, chat in instead:
            person_id = people.person_id(person)
            if (person_id, note.rule, note.case_id, note.mark) not in already:
                if person_id not in bundles:
                    bundles[person_id] = _gathering_bundle(session, chat, person, note.day, now)
                note_told(session, note, person_id, note.day, bundles[person_id])


def _gathering_bundle(session: Session, chat: ConversationRow, person: PersonRow, day: date, now: datetime) -> str:
    """Return the bundle that gathers what is handed over to someone; a new one once the last is on its way.

    It waits a little: when many cannot be reached, she gets one message and not one for each of them.
    """
    for number in count(1):
        bundle = f"handover:{person.id}:{day}:{number}"
        row = outbox.by_once(session, person.tenant_id, bundle)
        if row is None:
            view = ReminderView(notices=(_HANDED_OVER,), title=Line(say="reminders.title"), cases=())
            _put(session, chat, person, bundle, now, view, due_at=now + GATHER)
            return bundle
        if row.state == outbox.WAITING and row.attempts == 0:
            return bundle
    raise AssertionError  # count() has no end


def note_told(session: Session, like: ToldRow, person_id: int, day: date, bundle: str) -> None:
    """Note that someone else is told the same."""
    row = ToldRow(
        tenant_id=like.tenant_id,
        person_id=person_id,
        rule=like.rule,
        case_id=like.case_id,
        mark=like.mark,
        day=day,
        bundle=bundle,
    )
    reminders.tell(session, row)


def reachable_instead(
    session: Session, staff: Staff, case: CaseRow, person_id: int
) -> list[tuple[PersonRow, ConversationRow]]:
    """Return those of the first who are told instead of someone and can be reached, with their chats."""
    for tier in staff.instead(case, person_id):
        found = []
        for other in tier:
            chat = conversations.chat_with(session, other)
            person = people.person(session, case.tenant_id, other)
            if chat is not None and person is not None:
                found.append((person, chat))
        if found:
            return found
    return []


VERBS = (Verb(SNOOZE, snooze),)
COMMANDS: tuple[Command, ...] = ()
