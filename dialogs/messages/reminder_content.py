"""The content of reminders, computed at the moment of sending; and `Påminn i morgon`.

A bundle is everything one person is told in one message. Its outbox row holds no content: its notes name the rule, case
and occasion, from which the text is made when it is sent. A gap closed in the meantime is therefore not named, and the
outbox holds nothing of a case that has been disposed of.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from actions import measures, year
from actions import people as acts
from actions.basis import BASIS
from actions.round_progress import readings_left
from checklists.access import Staff
from checklists.reminder_rules import Due, Rule, due, protection_due, review_due
from checklists.rights import ANYONE, Right, VerbName
from checklists.route import stop_of
from checklists.swedish_time import local
from checklists.tenant_settings import TenantSettings
from dialogs.messages import not_yet, own_ongoing
from dialogs.messages.case_state import Standing, has_children_beside, read_case
from dialogs.messages.own_ongoing import Ongoing
from dialogs.messages.tell import reply_to
from dialogs.turn import in_view
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.exchange import Reply
from dialogs.turn.presses import OfBundle, OnCard, Page, ToItem
from dialogs.turn.turn_context import TurnContext
from dialogs.views.chef import PromptView
from dialogs.views.ready_made import command_button, open_button
from dialogs.views.views import (
    Button,
    Line,
    MenuView,
    ReminderCase,
    ReminderItem,
    ReminderPoint,
    ReminderView,
    Unnamed,
)
from dialogs.worker import protection
from storage import cases, conversations, outbox, people, rounds, tenants, told_reminders
from storage import skipped as skipped_cases
from storage.cases import CaseRow
from storage.desk import Session
from storage.outbox import OutboxRow
from storage.people import PersonRow
from storage.told_reminders import ToldRow
from storage.unfit import UNFIT, Skipped

SNOOZE = Right("snooze", "self", ANYONE)
MOST_CASES = 8
"""What fits on a card of 24 KB with its buttons; the rest is named by reference and reason."""
MOST_FOLLOW_UPS, MOST_REFS = 3, 20
"""More follow-ups than this, as after an import, become one line, with at most this many references."""
OPENS: Mapping[str, VerbName] = {"worker": "continue", "chef": "read"}
"""The verb of a case's button, by the recipient's relation to the case; others get no button."""
SENTENCES: Mapping[Rule, str] = {
    "SKYDD": "reminders.protection",
    "GRANSKA": "reminders.review",
    "14D": "reminders.assessment",
    "4M": "reminders.four_months",
    "BESLUT": "reminders.decision",
    "LUCKOR": "reminders.gaps",
    "ATER": "reminders.returned",
    "OLAST": "reminders.unread",
    "TYST": "reminders.silent",
    "UPPFOLJT": "reminders.followed",
    "PAGAR": "reminders.ongoing",
    "6M": "reminders.follow_up",
}
"""Each rule's sentence, the most urgent rule first."""
_ORDER = tuple(SENTENCES)


# --- content at the moment of sending -----------------------------------------------------------------------


def content(session: Session, row: OutboxRow, now: datetime, skipped: list[Skipped]) -> Reply | None:
    """Return the current content of an outbox row, with the buttons of its chat; None if nothing of it still holds.

    skipped: takes the cases that are left out of it because their data are faulty. Raises: SealBroken, KeyGone.
    """
    reply = _content(session, row, now, skipped)
    if reply is None:
        return None
    settings = tenants.settings(tenants.get(session, row.tenant_id))
    on_phone = conversations.get(session, row.conversation_id).on_phone
    return reply.model_copy(update={"submits": settings.submits(on_phone=on_phone)})


def _content(session: Session, row: OutboxRow, now: datetime, skipped: list[Skipped]) -> Reply | None:
    stored = Reply.model_validate_json(outbox.view_of(session, row))
    for_hers = isinstance(stored.view, PromptView) or (isinstance(stored.view, MenuView) and stored.view.only_if_hers)
    roles = people.roles_on(session, stored.person_id, local(now).date())
    if for_hers and not in_view.may_see(session, roles, row.tenant_id, row.case_id):
        return None  # the case has since passed to somebody else
    if isinstance(stored.view, MenuView) and stored.view.unnamed is not None:
        return _named_still(session, stored, stored.view, stored.view.unnamed, now)
    if not isinstance(stored.view, ReminderView) or row.once is None:
        return stored
    person = people.person(session, stored.tenant_id, stored.person_id)
    if person is None:
        return None
    bundle = _Bundle(session, tenants.settings(tenants.get(session, row.tenant_id)), person, now)
    told = told_reminders.in_bundle(session, row.once)
    holding = [(note, found) for note in told if (found := bundle.shows(note)) is not None]
    told_reminders.forget(session, [note for note in told if note not in [kept for kept, _ in holding]])
    if bundle.skipped:
        skipped_cases.note(session, row.tenant_id, local(now).date(), (), bundle.skipped)
        skipped += bundle.skipped
    is_daily = row.once.startswith("reminder:")
    waiting, plan = (bundle.measures(), bundle.plan()) if is_daily else (None, None)
    if not holding and waiting is None and plan is None:
        return None
    view = bundle.view(stored.view, row.once, holding)
    own = {"measures": waiting, "own": _MEASURES if waiting else None, "plan": plan, "year": _YEAR if plan else None}
    return reply_to(person, view.model_copy(update=own))


def _named_still(session: Session, stored: Reply, view: MenuView, unnamed: Unnamed, now: datetime) -> Reply | None:
    """Return a message that names a case as it may be sent now, if at all: the identity may since be protected."""
    case = cases.get_any(session, stored.tenant_id, unnamed.case)
    said = view.model_copy(update={"unnamed": None})
    if case is not None and case.protected_identity:
        staff = Staff(people.holdings_on(session, stored.tenant_id, local(now).date()))
        if not staff.may_be_told(case, stored.person_id):
            said = said.model_copy(update={"lines": unnamed.lines})
    return stored.model_copy(update={"view": said}) if said.lines else None


_MEASURES = command_button("åtgärder", "buttons.measures")
_YEAR = Button(title=Line(say="buttons.year"), claim=claimed("year", Page(0)))


class _Bundle:
    """A bundle at the moment of sending: which of its reminders still hold for the recipient."""

    def __init__(self, session: Session, settings: TenantSettings, person: PersonRow, now: datetime) -> None:
        self._session = session
        self._settings = settings
        self._person = person.id
        self._email = person.email or ""
        self._tenant_id = person.tenant_id
        at = local(now)
        self._today = at.date()
        self._open = settings.in_office_hours(at)
        self._staff = Staff(people.holdings_on(session, person.tenant_id, self._today))
        self._cases: dict[int, CaseRow | None] = {}
        self._standings: dict[int, Standing] = {}
        self._own: dict[int, Ongoing] = {}
        """By case: a list of her own in which something is under way."""
        self.skipped: list[Skipped] = []
        """The cases left out because their data are faulty."""

    def shows(self, note: ToldRow) -> Due | None:
        """Return the reminder behind a note if it holds and can be shown; a case with faulty data is skipped."""
        if note.case_id in [one.case_id for one in self.skipped]:
            return None
        try:
            found, case = self.holds(note), self._case(note.case_id)
            if found is not None and case is not None:
                self._block(case, [found])
        except UNFIT as error:
            self.skipped.append(Skipped(note.case_id, error))
            return None
        return found

    def holds(self, note: ToldRow) -> Due | None:
        """Return the reminder behind a note; None if it no longer holds or is no longer for this person."""
        case = self._case(note.case_id)
        if note.rule == "GRANSKA":
            return self._review(note) if case is not None and note.day == self._today and self._open else None
        if note.mark.startswith(own_ongoing.MARK):
            return self._of_own(note) if note.day == self._today and self._open else None
        if case is None or note.day != self._today or not self._may_be_told(case, note):
            return None
        if note.rule != "SKYDD" and not self._open:
            return None  # the office has closed meanwhile; the next sweep reminds
        if note.case_id not in self._standings:
            self._standings[note.case_id] = read_case(self._session, case)
        state = self._standings[note.case_id].state
        swept = due(state, self._today, self._settings, self._settings.workdays)
        found = (protection_due(state, self._today, self._settings.workdays), *swept)
        return next((one for one in found if one and (one.rule, one.mark) == (note.rule, note.mark)), None)

    def measures(self) -> Line | None:
        """Return the line about the measures she is reminded of today, None for none."""
        if not self._open:
            return None
        found = measures.told_of(self._session, self._tenant_id, self._today).get(self._person, [])
        late = sum(one.due_on < self._today and one.done_at is None for one in found)
        alone = measures.nobodys(self._session, self._tenant_id, found, self._today) if found else 0
        say = "measures.reminder_late" if late else "measures.reminder"
        if alone:
            say = "measures.reminder_late_nobodys" if late else "measures.reminder_nobodys"
        return Line(say=say, args={"count": len(found), "late": late, "alone": alone}) if found else None

    def plan(self) -> Line | None:
        """Return the line about what in the year's plan she is reminded of today, None for nothing."""
        if not self._open:
            return None
        found = year.told_of(self._session, self._tenant_id, self._settings, self._today).get(self._person, [])
        late = sum(one.due_on < self._today for one in found)
        say = "year.reminder_late" if late else "year.reminder"
        return Line(say=say, args={"count": len(found), "late": late}) if found else None

    def _review(self, note: ToldRow) -> Due | None:
        row = rounds.get(self._session, self._tenant_id, int(note.mark.removeprefix("round:")))
        if row is None or row.state != "open":
            return None
        hers = [one.case_id for one in readings_left(self._session, row) if one.person_id == self._person]
        is_left = note.case_id in hers
        found = review_due(row.id, row.closes_on, self._today, self._settings, self._settings.workdays)
        return found if is_left else None

    def _of_own(self, note: ToldRow) -> Due | None:
        """Return what is still under way in a list of her own."""
        filled_id = int(note.mark.split(":")[1])
        one = own_ongoing.of_list(self._session, self._tenant_id, filled_id, self._today, self._settings)
        roles = people.roles_on(self._session, self._person, self._today)
        if one is None or one.due.mark != note.mark or not own_ongoing.is_hers(one, roles):
            return None
        self._own[note.case_id] = one
        return one.due

    def _may_be_told(self, case: CaseRow, note: ToldRow) -> bool:
        """Return whether the case may be named to her: by her role, or because she is on duty outside office hours."""
        if self._staff.may_be_told(case, self._person):
            return True
        on_duty = note.rule == "SKYDD" and not self._open and not case.protected_identity
        return on_duty and self._email in self._settings.out_of_hours and self._staff.is_present(self._person)

    def view(self, bare: ReminderView, bundle: str, holding: Sequence[tuple[ToldRow, Due]]) -> ReminderView:
        """Return the reminders that hold, the most urgent case first."""
        ordered = sorted(holding, key=lambda pair: (_ORDER.index(pair[1].rule), pair[1].on, pair[0].case_id))
        by_case: dict[int, list[Due]] = {}
        for note, one in ordered:
            by_case.setdefault(note.case_id, []).append(one)
        known = {row: case for row, case in self._cases.items() if case is not None}
        summed = self._summed(known, by_case)
        blocks = [self._block(known[row], found) for row, found in by_case.items()]
        blocks = self._with_first_question(blocks, [known[row] for row in by_case])
        snooze = Button(title=Line(say="reminders.snooze"), claim=claimed("snooze", OfBundle(bundle)))
        only_today = all(one.rule == "SKYDD" for _, one in holding)
        return bare.model_copy(
            update={
                "cases": tuple(blocks[:MOST_CASES]),
                "others": tuple((b.case_ref, tuple(p.rule for p in b.points)) for b in blocks[MOST_CASES:]),
                "summed": summed,
                "snooze": None if only_today or not holding else snooze,
            }
        )

    def _summed(self, known: Mapping[int, CaseRow], by_case: dict[int, list[Due]]) -> Line | None:
        """Take the cases that only wait for a follow-up out of `by_case` when they are many; return one line."""
        only = {row: found[0].on for row, found in by_case.items() if [one.rule for one in found] == ["6M"]}
        if len(only) <= MOST_FOLLOW_UPS:
            return None
        for row in only:
            del by_case[row]
        refs = sorted(known[row].ref for row in only)
        more = f" … +{len(refs) - MOST_REFS}" if len(refs) > MOST_REFS else ""
        args = {"cases": len(only), "date": min(only.values()).isoformat(), "refs": ", ".join(refs[:MOST_REFS]) + more}
        return Line(say="reminders.follow_ups", args=args)

    def _with_first_question(self, blocks: list[ReminderCase], rows: list[CaseRow]) -> list[ReminderCase]:
        """Put the first question into the first case in which this person can answer one."""
        for place, (block, case) in enumerate(zip(blocks[:MOST_CASES], rows[:MOST_CASES], strict=True)):
            works = self._person in (case.lead_id, case.co_id) and case.closed_on is None
            if not works and case.id not in self._own:  # her own list of a closed case can still be answered
                continue
            asked = [(point.rule, item) for point in block.points for item in point.items if item.of == "item"]
            if asked and not block.answers and (answers := self._answers(case, asked[0][1])):
                later = [one for one in block.more if one.claim.verb == "not_yet" and asked[0][0] == "PAGAR"]
                more = tuple(one for one in block.more if one not in later)
                shown = {"first": asked[0][1], "answers": (*answers, *later), "more": more}
                first = block.model_copy(update=shown)
                return [*blocks[:place], first, *blocks[place + 1 :]]
        return blocks

    def _answers(self, case: CaseRow, asked: ReminderItem) -> tuple[Button, ...]:
        """Return a question's answers as buttons, or one button that leads to it if it is on a card with fields."""
        sheets = (self._own[case.id].sheet,) if case.id in self._own else self._standings[case.id].basis.sheets
        sheet = next((one for one in sheets if one.filled.id and asked.child in (0, one.filled.child)), None)
        stop = stop_of(sheet.way, asked.id) if sheet is not None else None
        if sheet is None or stop is None:
            return ()
        if stop.kind != "question":
            number = {"number": sheet.checklist.numbers[asked.id]}
            claim = claimed("go_to", ToItem(asked.id), **sheet.at)
            return (Button(title=Line(say="buttons.answer_number", args=number), claim=claim, about=case.ref),)
        at = sheet.revisions(stop.items)
        return tuple(
            Button(
                title=Line(say="answers." + choice),
                claim=claimed("answer", OnCard(stop.key, at, choice), **sheet.at),
                about=case.ref,
            )
            for choice in sheet.applied.allowed(sheet.checklist.by_id[asked.id])
        )

    def _block(self, case: CaseRow, found: list[Due]) -> ReminderCase:
        verb: VerbName | None = OPENS["chef"] if self._staff.reads(case, self._person) else None
        if self._person in (case.lead_id, case.co_id):
            verb = OPENS["worker"]
        title = Line(say="buttons.open_case", args={"ref": case.ref})
        asks = verb == OPENS["worker"] and any(one.rule == "BESLUT" for one in found)
        if asks:
            title, verb = Line(say="buttons.decided"), "decided"
        button = open_button(case.id, title, verb) if verb and case.closed_on is None else None
        asked_here = verb is not None and case.closed_on is None and any(one.rule == "SKYDD" for one in found)
        if asked_here and has_children_beside(case):  # the question is answered in the child's own case
            asked_here, button = False, open_button(case.id, Line(say="buttons.linked"), "linked")
        if asked_here and verb == OPENS["chef"]:
            button = None  # there is nothing to read yet
        if any(one.rule == "GRANSKA" for one in found) and button is None:
            button = command_button("granska", "buttons.review")
        own = self._own.get(case.id) if any(one.mark.startswith(own_ongoing.MARK) for one in found) else None
        if own is not None:
            title = Line(say="buttons.continue_case", args={"ref": case.ref})
            button = open_button(case.id, title, checklist=own.sheet.checklist.id)
        works = self._person in (case.lead_id, case.co_id)
        asks_on = [one.mark for one in found if one.rule == "PAGAR" and (works or own is not None)]
        later = [not_yet.button(self._session, case, mark) for mark in asks_on]
        version = self._standings[case.id].version if case.id in self._standings else 1
        return ReminderCase(
            case_ref=case.ref,
            checklist=own.sheet.checklist.id if own else BASIS,
            version=own.sheet.checklist.version if own else version,
            points=tuple(self._point(case, one) for one in found),
            late=any((one.late or one.rule == "BESLUT") and self._today > one.on for one in found),
            answers=protection.buttons(case.id) if asked_here else (),
            button=button,
            more=(*self._acts(case, found, reads=verb == OPENS["chef"]), *later) if button else (),
        )

    def _acts(self, case: CaseRow, found: list[Due], *, reads: bool) -> tuple[Button, ...]:
        """Return what can be done at once about a time limit.

        A chef can extend the fourteen days, or ask the case's workers to act; where a reason for being late is
        required, whoever is reminded can give it.
        """
        extend = open_button(case.id, Line(say="buttons.extend"), "extend", about=case.ref)
        if any(one.late and one.rule in ("14D", "4M") for one in found) and not reads:
            return (extend,)
        if not reads or all(one.rule != "14D" and not (one.rule == "4M" and one.late) for one in found):
            return ()
        ask = open_button(case.id, Line(say="buttons.ask_worker"), "ask_worker", about=case.ref)
        return (extend, ask) if self._staff.workers(case) else (extend,)

    def _point(self, case: CaseRow, one: Due) -> ReminderPoint:
        items = tuple(ReminderItem(child=asked.child, of=asked.of, id=asked.id) for asked in one.asked)
        return ReminderPoint(rule=one.rule, line=self._line(case, one), items=items)

    def _line(self, case: CaseRow, one: Due) -> Line:
        day = one.on.isoformat()
        if one.rule == "ATER":
            return Line(say="reminders.returned_points" if one.asked else "reminders.returned", args={"date": day})
        if one.rule == "14D":
            return self._assessment_line(case, one)
        if one.rule == "SKYDD" and has_children_beside(case):
            return Line(say="reminders.protection_beside", args={"date": day})
        if one.rule == "PAGAR" and one.mark.startswith(own_ongoing.MARK):
            return Line(say="reminders.ongoing_own", args={"date": day})
        if one.rule == "4M" and one.late:
            return Line(say="reminders.four_months_reason", args={"date": day, "ref": case.ref})
        if one.rule == "6M" and one.months != 6:
            return Line(say="reminders.follow_up_months", args={"date": day, "months": one.months})
        return Line(say=SENTENCES[one.rule], args={"date": day})

    def _assessment_line(self, case: CaseRow, one: Due) -> Line:
        args = {"date": one.on.isoformat()}
        if not one.late:
            return Line(say="reminders.assessment_at_once" if one.at_once else "reminders.assessment", args=args)
        args["ref"] = case.ref
        if one.at_once:
            return Line(say="reminders.at_once_reason", args=args)
        return Line(say="reminders.assessment_reason", args=args)

    def _case(self, row: int) -> CaseRow | None:
        if row not in self._cases:
            self._cases[row] = cases.get(self._session, self._tenant_id, row)
        return self._cases[row]


# --- told again tomorrow ---------------------------------------------------------------------------------------------


def snooze(context: TurnContext, press: Press[OfBundle]) -> Reaction:
    """Send the same bundle again on the next working day, if it still holds then."""
    until = tenants.settings(context.tenant).workdays.after(context.today)
    changes = acts.snooze(context.session, context.origin, press.what.name, until)
    view = MenuView(
        title=Line(say="reminders.snoozed_title"),
        lines=(Line(say="reminders.snoozed", args={"date": until.isoformat()}),),
        buttons=(),
    )
    return Done(view, changes)


VERBS = (Verb(SNOOZE, snooze, OfBundle),)
COMMANDS: tuple[Command, ...] = ()
