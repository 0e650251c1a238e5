"""The daily reminder sweep, and SKYDD, which does not wait for it.

A tenant is swept once a day from the first office minute, in small steps so that no turn waits long; if begun late or
interrupted, the sweep continues while the office is open. Each step is one transaction, and several replicas may share
the steps. What a person is to be told is first noted, occasion by occasion, and put into the outbox as one bundle once
every case has been looked at.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from actions import measures, year
from actions.origin import Origin
from actions.round_progress import readings_left as round_readings_left
from checklists.access import Audience, Staff
from checklists.months import months_on
from checklists.reminder_rules import (
    CaseState,
    Due,
    due,
    protection_audiences,
    protection_due,
    protection_since,
    review_due,
)
from checklists.swedish_time import day_of, local
from checklists.tenant_settings import TenantSettings
from dialogs.messages import own_ongoing
from dialogs.messages.case_state import case_dates, has_children_beside, is_protection_answered, read_case
from dialogs.messages.stand_in import reachable_instead
from dialogs.messages.tell import REMINDER, put
from dialogs.rounds import feedback
from dialogs.views.views import Line, ReminderView
from storage import answers, conversations, people, rounds, tenants, told_reminders, trail
from storage import skipped as skipped_cases
from storage.cases import CaseRow
from storage.desk import Session
from storage.told_reminders import Occasion, ToldRow
from storage.unfit import UNFIT, Skipped

CASES_AT_ONCE = 5
BUNDLES_AT_ONCE = 10
"""The size of one step: a few hundredths of a second, which on SQLite is how long a turn may have to wait."""


def swept_day(now: datetime) -> date:
    """Return the day a moment belongs to: the Swedish calendar date."""
    return day_of(now)


def tenants_to_sweep(session: Session, now: datetime, done: Collection[tuple[int, date]]) -> list[int]:
    """Return the tenants in office hours whose sweep is not done today. done: (tenant id, day) known to be done."""
    at = local(now)
    found = []
    for row in tenants.everyone(session):
        tenant_id = row.id
        if (tenant_id, at.date()) not in done and tenants.settings(row).in_office_hours(at):
            found.append(tenant_id)
    return found


@dataclass(frozen=True, slots=True)
class Step:
    """more: whether the day's sweep has more to do. skipped: cases left out of it, about which nobody is reminded."""

    more: bool
    skipped: tuple[Skipped, ...] = ()


def step(session: Session, tenant_id: int, now: datetime) -> Step:
    """Take one step of today's sweep."""
    day = swept_day(now)
    row = told_reminders.sweep(session, tenant_id, day)
    settings = tenants.settings(tenants.get(session, tenant_id))
    if row is None:
        row = told_reminders.begin_sweep(session, tenant_id, day, now)
        told_reminders.take_back_unsent(session, tenant_id, day)
        # Before any bundle: it may be sent before the sweep has ended, and nobody gets two.
        measures.note_due(session, tenant_id, day, settings.workdays)
        year.note_due(session, tenant_id, settings, day)
        return Step(more=True)
    if row.done_at is not None:
        return Step(more=False)
    decided_since = months_on(day, -settings.follow_up_months) - timedelta(days=settings.catch_up + 7)
    found, unread = told_reminders.cases_after(session, tenant_id, row.reached, CASES_AT_ONCE, decided_since)
    if found or unread:
        sweeping = _Sweeping(session, settings, tenant_id, day, [case.id for case in found])
        skipped = [one for case in found if (one := sweeping.look_at(case))]
        row.reached = max([case.id for case in found] + [one.case_id for one in unread])
        left_out = (*unread, *skipped)
        skipped_cases.note(session, tenant_id, day, [case.id for case in found], left_out)
        return Step(more=True, skipped=left_out)
    _note_reviews(session, settings, tenant_id, day)
    _note_own_ongoing(session, settings, tenant_id, day)
    if _put_bundles(session, tenant_id, day, now):
        return Step(more=True)
    _put_own(session, settings, tenant_id, day, now)
    feedback.tell_workers(session, Origin(tenant_id, "system", now), settings)
    row.done_at = now
    told_reminders.forget_snoozed(session, tenant_id, day)
    trail.record(session, tenant_id, now, "system", "swept", detail=day.isoformat())
    return Step(more=False)


class _Sweeping:
    """The cases of one step, with what is read once for all of them."""

    def __init__(self, session: Session, settings: TenantSettings, tenant_id: int, day: date, rows: list[int]) -> None:
        self._session = session
        self._settings = settings
        self._tenant_id = tenant_id
        self._day = day
        self._staff = Staff(people.holdings_on(session, tenant_id, day))
        self._told = told_reminders.told_about(session, rows)
        self._again = told_reminders.snoozed(session, tenant_id, day)

    def look_at(self, case: CaseRow) -> Skipped | None:
        """Note who is to be reminded of what in a case, unless its data are faulty."""
        try:
            state = read_case(self._session, case).state
            told = [
                (one, person)
                for one in due(state, self._day, self._settings, self._settings.workdays)
                for person in reached(self._session, self._staff, case, one.audiences)
            ]
        except UNFIT as error:
            return Skipped(case.id, error)
        for one, person in told:
            self._note(case, one, person)
        return None

    def _note(self, case: CaseRow, one: Due, person: int) -> None:
        occasion: Occasion = (person, one.rule, case.id, one.mark)
        bundle = f"reminder:{person}:{self._day}"
        note = self._told.get(occasion)
        if note is None:
            self._told[occasion] = _tell(self._session, self._tenant_id, occasion, self._day, bundle)
        elif note.bundle in self._again and note.day < self._day:
            note.day, note.bundle = self._day, bundle


def reached(session: Session, staff: Staff, case: CaseRow, audiences: Iterable[Audience]) -> list[int]:
    """Return the people who can be reached and, for each who no longer can, the stand-ins.

    A person who has never had the app is skipped, and told once it is installed; worker, manager and admin see who
    lacks it. If no deputy has it, see `Staff.past_deputies`.
    """
    found: list[int] = []
    past = trail.workers_ever(session, [case.id])[case.id]
    for audience in audiences:
        some = _reached(session, staff, case, staff.recipients(case, audience, past))
        found += some or _reached(session, staff, case, staff.past_deputies(case, audience))
    return list(dict.fromkeys(found))


def _reached(session: Session, staff: Staff, case: CaseRow, wanted: list[int]) -> list[int]:
    found = []
    for person in wanted:
        chats = conversations.of_person(session, person)
        if conversations.reachable(chats):
            found.append(person)
        elif chats:
            found += [other.id for other, _ in reachable_instead(session, staff, case, person)]
    return found


def _tell(session: Session, tenant_id: int, occasion: Occasion, day: date, bundle: str) -> ToldRow:
    person, rule, case, mark = occasion
    row = ToldRow(tenant_id=tenant_id, person_id=person, rule=rule, case_id=case, mark=mark, day=day, bundle=bundle)
    told_reminders.tell(session, row)
    return row


def _note_reviews(session: Session, settings: TenantSettings, tenant_id: int, day: date) -> None:
    """Note which reviewers are to be reminded of unfinished readings in rounds that are about to close."""
    for row in rounds.open_rounds(session, tenant_id):
        one = review_due(row.id, row.closes_on, day, settings, settings.workdays)
        left = round_readings_left(session, row) if one is not None else ()
        told = told_reminders.told_about(session, [reading.case_id for reading in left]) if left else {}
        again = told_reminders.snoozed(session, tenant_id, day) if left else set()
        for reading in left:
            if conversations.chat_with(session, reading.person_id) is None:
                continue  # without a chat the note would be forgotten and made again, and the sweep would never end
            occasion: Occasion = (reading.person_id, "GRANSKA", reading.case_id, f"round:{row.id}")
            bundle, note = f"reminder:{reading.person_id}:{day}", told.get(occasion)
            if note is None:
                _tell(session, tenant_id, occasion, day, bundle)
            elif note.bundle in again and note.day < day:
                note.day, note.bundle = day, bundle
    session.flush()


def _note_own_ongoing(session: Session, settings: TenantSettings, tenant_id: int, day: date) -> None:
    """Note who is to be reminded of what was under way in a list of her own, such as the auditor's."""
    for row in answers.own_with_ongoing(session, tenant_id):
        try:
            one = own_ongoing.of_list(session, tenant_id, row.id, day, settings)
        except UNFIT as error:
            skipped_cases.note(session, tenant_id, day, (), (Skipped(row.case_id, error),))
            continue
        if one is None or conversations.chat_with(session, row.person_id) is None:
            continue
        if not own_ongoing.is_hers(one, people.roles_on(session, row.person_id, day)):
            continue
        told, again = told_reminders.told_about(session, [row.case_id]), told_reminders.snoozed(session, tenant_id, day)
        occasion: Occasion = (row.person_id, one.due.rule, row.case_id, one.due.mark)
        bundle, note = f"reminder:{row.person_id}:{day}", told.get(occasion)
        if note is None:
            _tell(session, tenant_id, occasion, day, bundle)
        elif note.bundle in again and note.day < day:
            note.day, note.bundle = day, bundle
    session.flush()


def _put_own(session: Session, settings: TenantSettings, tenant_id: int, day: date, now: datetime) -> None:
    """Give a bundle to each person whose only reminders today are of measures or of the year's plan."""
    told = (measures.told_of(session, tenant_id, day), year.told_of(session, tenant_id, settings, day))
    for person in dict.fromkeys([*told[0], *told[1]]):
        _put_bundle(session, tenant_id, person, f"reminder:{person}:{day}", now)


def _put_bundles(session: Session, tenant_id: int, day: date, now: datetime) -> bool:
    """Put some of the day's bundles into the outbox; return whether there were any."""
    found = told_reminders.bundles_without_message(session, tenant_id, day, BUNDLES_AT_ONCE)
    for row, bundle in found:
        _put_bundle(session, tenant_id, row, bundle, now)
    return bool(found)


def _put_bundle(
    session: Session, tenant_id: int, row: int, bundle: str, now: datetime, *, urgent: bool = False
) -> None:
    person = people.person(session, tenant_id, row)
    chat = conversations.chat_with(session, row)
    if person is not None and chat is not None:
        title = Line(say="reminders.protection_title" if urgent else "reminders.title")
        view = ReminderView(title=title, cases=())
        put(session, chat, person, view, now=now, kind=REMINDER, once=bundle, urgent=urgent)
    else:  # the app was just removed; the next sweep tells this person or a stand-in
        told_reminders.forget(session, told_reminders.in_bundle(session, bundle))


# --- SKYDD -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Protected:
    """told: how many messages were put into the outbox. skipped: cases with faulty data."""

    told: int
    skipped: tuple[Skipped, ...]


def tell_of_protection(session: Session, now: datetime) -> Protected:
    """Tell of each report without a protection assessment that has waited long enough; see `protection_audiences`."""
    day, at = swept_day(now), local(now)
    told_now = 0
    skipped: list[Skipped] = []
    for tenant in tenants.everyone(session):
        tenant_id = tenant.id
        settings = tenants.settings(tenant)
        since = protection_since(day, settings.workdays)
        found, unread = told_reminders.received(session, tenant_id, since, day)
        left_out = list(unread)
        staff = Staff(people.holdings_on(session, tenant_id, day)) if found else Staff(())
        on_duty = out_of_hours(session, settings, staff, tenant_id, now) if found else []
        told = told_reminders.told_about(session, [case.id for case in found]) if found else {}
        for case in found:
            try:
                one = _protection(session, case, day, settings)
                audience = _audience(session, settings, staff, case, at, on_duty) if one else []
            except UNFIT as error:
                left_out.append(Skipped(case.id, error))
                continue
            for person in audience:
                occasion: Occasion = (person, "SKYDD", case.id, one.mark if one else "")
                if occasion not in told:
                    bundle = f"skydd:{person}:{case.id}:{day}"
                    _tell(session, tenant_id, occasion, day, bundle)
                    session.flush()
                    _put_bundle(session, tenant_id, person, bundle, now, urgent=True)
                    told_now += 1
        if left_out:
            skipped_cases.note(session, tenant_id, day, (), left_out)
            skipped += left_out
    return Protected(told_now, tuple(skipped))


def out_of_hours(session: Session, settings: TenantSettings, staff: Staff, tenant_id: int, now: datetime) -> list[int]:
    """Return who is told outside office hours, if anyone is set: those who hold a role and have the app."""
    if settings.in_office_hours(local(now)):
        return []
    named = [people.by_email(session, tenant_id, one) for one in settings.out_of_hours]
    rows = [row.id for row in named if row is not None and staff.is_present(row.id)]
    return [row for row in rows if conversations.reachable(conversations.of_person(session, row))]


def _audience(
    session: Session, settings: TenantSettings, staff: Staff, case: CaseRow, at: datetime, on_duty: list[int]
) -> list[int]:
    """Return who is told now: outside office hours those on duty instead of the chef, unless the identity is protected.

    on_duty: empty in office hours.
    """
    if on_duty and not case.protected_identity:
        return on_duty
    in_office = settings.in_office_hours(at)
    audiences = protection_audiences(at, trail.entered_at(session, case.id), settings, in_office=in_office)
    return reached(session, staff, case, audiences)


def _protection(session: Session, case: CaseRow, day: date, settings: TenantSettings) -> Due | None:
    answered, beside = is_protection_answered(session, case), has_children_beside(case)
    state = CaseState(case_dates(session, case), protected_now=answered, with_children=beside)
    return protection_due(state, day, settings.workdays)
