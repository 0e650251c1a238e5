"""`Ta upp nu`: a child at risk found in a review. It goes at once to a chef without a tie, and holds no free text."""

from collections.abc import Sequence
from datetime import date, datetime

from actions import round_raising
from actions.origin import Origin
from checklists.access import Staff
from checklists.errors import RoundMoved
from checklists.rights import RELATIONS, Right
from checklists.swedish_time import clock_words
from dialogs.messages.tell import tell
from dialogs.rounds.people_of import managers_of, untied_chefs
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import OfRound, OnCard
from dialogs.turn.turn_context import TurnContext
from dialogs.views.parts import Claim
from dialogs.views.ready_made import command_button
from dialogs.views.views import Button, Line, MenuView
from storage import cases, conversations, people, raised, round_readings, rounds, tenants
from storage.cases import CaseRow
from storage.desk import Session
from storage.held import note
from storage.people import PersonRow
from storage.raised import RaisedRow
from storage.rounds import RoundRow
from storage.sealing import KeyGone, SealBroken
from storage.unfit import UNFIT

RAISE = Right("raise_now", "self", {"peer_reviewer": RELATIONS})
RAISED = Right("raise_it", "self", {"peer_reviewer": RELATIONS})
RECEIVED = Right("received", "self", dict.fromkeys(("unit_manager", "deputy", "manager"), RELATIONS))
DANGER = Line(say="rounds.danger")
"""The first line of every card about a child at risk."""


def _here(context: TurnContext, press: Press[OnCard] | Press[OfRound]) -> tuple[RoundRow, CaseRow] | None:
    """Return the round and the case she is reviewing, None if she is not."""
    case = cases.get(context.session, context.tenant_id, press.case)
    if case is None or case.protected_identity:
        return None
    seat = context.round_seat(case, press.checklist)
    # Even if she may not continue reviewing just now: she has seen the file, and a child may be in danger.
    has_seen = seat.reading is not None and seat.reading.declared == "none" and not context.has_had(case)
    return (seat.round, case) if has_seen and seat.round is not None else None


def _nothing() -> MenuView:
    """Return the answer when the case can no longer be raised here: the child may still be in danger."""
    return MenuView(
        title=DANGER,
        lines=(Line(say="rounds.not_raised"),),
        buttons=(command_button("granska", "buttons.review"),),
    )


def ask(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Explain what to do in immediate danger, and what pressing the button does."""
    found = _here(context, press)
    if found is None:
        return _nothing()
    row, case = found
    at = OfRound(row.id)
    raise_it = claimed("raise_it", at, case=case.id, checklist=row.checklist)
    back = _back(context, row, case)
    return MenuView(
        title=DANGER,
        lines=(Line(say="rounds.raise", args={"ref": case.ref}),),
        buttons=(
            Button(title=Line(say="buttons.raise_now"), claim=raise_it),
            Button(title=Line(say="buttons.back_to_review"), claim=back),
        ),
    )


def _back(context: TurnContext, row: RoundRow, case: CaseRow) -> Claim:
    """Return the claim that leads back to her list, new for each card: see `review_card`."""
    at = OfRound(row.id, _reading(context, row, case), made_by=context.origin.act)
    return claimed("review_begin", at, case=case.id)


def _reading(context: TurnContext, row: RoundRow, case: CaseRow) -> int:
    found = round_readings.readings(context.session, row.id)
    return next((one.id for one in found if (one.case_id, one.person_id) == (case.id, context.person_id)), 0)


def raise_it(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Tell the untied chefs and deputies of the case's unit at once; if none has the app, those who run the round."""
    found = _here(context, press)
    if found is None:
        return _nothing()
    row, case = found
    known = raised.waiting(context.session, row.id, case.id, context.person_id)
    if known is not None:
        told = raised.told(context.session, known.id)
        return _sent(context, row, case, people.by_ids(context.session, context.tenant_id, told))
    receivers = _receivers(context.session, row, case, context.person_id, context.today)
    settings = tenants.settings(context.tenant)
    ids = [one.id for one in receivers]
    made, changes = round_raising.raise_now(context.session, context.origin, row, case, ids, settings)
    _tell(context.session, context.origin, row, case, made, receivers, context.person.name)
    return Done(_sent(context, row, case, receivers), changes)


def _receivers(session: Session, row: RoundRow, case: CaseRow, by_id: int, today: date) -> list[PersonRow]:
    """Return whom to tell at once: never the reviewer herself, who may be chef or run the round as well."""
    held = Staff(people.holdings_on(session, case.tenant_id, today)).managers()
    for some in (
        untied_chefs(session, case, today),
        managers_of(session, row, today),
        people.by_ids(session, case.tenant_id, held),
    ):
        found = _with_app(session, [one for one in some if one.id != by_id])
        if found:
            return found
    return []


def _with_app(session: Session, some: Sequence[PersonRow]) -> list[PersonRow]:
    missed = {one.id for one in conversations.without_app(session, list(some))}
    return [one for one in some if one.id not in missed]


def _sent(context: TurnContext, row: RoundRow, case: CaseRow, receivers: Sequence[PersonRow]) -> MenuView:
    names = ", ".join(one.name for one in receivers)
    say = "rounds.raised" if receivers else "rounds.raised_to_nobody"
    back = _back(context, row, case)
    return MenuView(
        title=DANGER,
        lines=(Line(say=say, args={"ref": case.ref, "names": names}),),
        buttons=(Button(title=Line(say="buttons.back_to_review"), claim=back),),
    )


def _tell(
    session: Session,
    origin: Origin,
    row: RoundRow,
    case: CaseRow,
    one: RaisedRow,
    found: Sequence[PersonRow],
    by: str,
    say: str = "rounds.raised_for_you",
) -> None:
    args = {"ref": case.ref, "name": by, "round": rounds.name_of(session, row)}
    claim = claimed("received", OfRound(row.id, one.id), case=case.id)
    view = MenuView(
        title=DANGER,
        lines=(Line(say=say, args=args),),
        buttons=(Button(title=Line(say="buttons.received"), claim=claim),),
    )
    tell(session, found, view, now=origin.now, case=case.id)


def received(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Record that she has received the case, and tell the reviewer."""
    one = raised.get(context.session, context.tenant_id, press.what.about)
    case = cases.get(context.session, context.tenant_id, one.case_id) if one is not None else None
    if one is None or case is None:
        return MenuView(title=DANGER, lines=(Line(say="errors.BK-156"),), buttons=())
    try:
        changes = round_raising.receive(context.session, context.origin, one, case)
    except RoundMoved:
        return MenuView(title=DANGER, lines=(Line(say="rounds.not_for_you"),), buttons=())
    names = people.names_of(context.session, context.tenant_id, [one.received_by or 0])
    at = clock_words(one.received_at or context.turn.now, context.turn.now)
    args: dict[str, str | int] = {"ref": case.ref, "name": names.get(one.received_by or 0, ""), "time": at}
    title, told = Line(say="rounds.received_title"), Line(say="rounds.received", args=args)
    if changes:
        reviewer = people.by_ids(context.session, context.tenant_id, [one.by_id])
        to_her = MenuView(title=title, lines=(told,), buttons=())
        tell(context.session, reviewer, to_her, now=context.turn.now, case=case.id, kind="notice")
    context.touched = case
    return Done(MenuView(title=title, lines=(told, DANGER), buttons=()), changes)


def tell_of_late(session: Session, now: datetime) -> int:
    """Tell managers and reviewer of cases nobody has received within two office hours; return how many there were."""
    found = raised.overdue(session, now)
    done = 0
    for one in found:
        try:
            with session.begin_nested():
                _tell_late(session, one, now)
            done += 1
        except (*UNFIT, KeyGone, SealBroken):  # one faulty case must not stop the others
            note(session, "raised_case", one.id, "case_id")
    session.flush()
    return done


def _tell_late(session: Session, one: RaisedRow, now: datetime) -> None:
    row = rounds.get(session, one.tenant_id, one.round_id)
    case = cases.get(session, one.tenant_id, one.case_id)
    if row is None or case is None:  # withdrawn meanwhile: there is nothing to receive
        one.late_at = now
        return
    origin = Origin(one.tenant_id, "system", now)
    told = {person.id: person for person in managers_of(session, row, origin.today)}
    managers = Staff(people.holdings_on(session, one.tenant_id, origin.today)).managers()
    told |= {person.id: person for person in people.by_ids(session, one.tenant_id, managers)}
    told.pop(one.by_id, None)
    reviewer = people.by_ids(session, one.tenant_id, [one.by_id])
    by = reviewer[0].name if reviewer else ""
    round_raising.note_late(session, origin, one, case, list(told))
    _tell(session, origin, row, case, one, list(told.values()), by, "rounds.late_for_you")
    late = Line(say="rounds.late", args={"ref": case.ref, "names": ", ".join(one.name for one in told.values())})
    tell(session, reviewer, MenuView(title=DANGER, lines=(late,), buttons=()), now=now, case=case.id)


VERBS = (
    Verb(RAISE, ask, OnCard, keeps=False),
    Verb(RAISED, raise_it, OfRound),
    Verb(RECEIVED, received, OfRound),
)
COMMANDS: tuple[Command, ...] = ()
