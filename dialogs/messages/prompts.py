"""Messages about a case, sent at once: to its readers or workers or, if nobody can be reached, to the managers."""

from collections.abc import Sequence
from typing import Literal

from actions.basis import Basis
from actions.changes import Point
from actions.origin import Origin
from checklists.access import Staff
from checklists.rights import VerbName
from dialogs.messages.tell import tell
from dialogs.turn.declared import claimed
from dialogs.turn.presses import ToPerson
from dialogs.views.chef import PromptView
from dialogs.views.parts import Button, GapRow, Line
from dialogs.views.ready_made import command_button
from dialogs.views.views import MenuView, Unnamed
from dialogs.worker.sheet_parts import basis_head, gap_row
from storage import people, trail
from storage.cases import CaseRow
from storage.desk import Session
from storage.people import PersonRow

MOST = 12
"""Questions named in one message."""
Reason = Literal["sent", "resent", "voided", "returned", "followed_up", "signed", "signed_shortfall"]


def to_readers(session: Session, origin: Origin, worker: Basis, reason: Reason) -> None:
    """Tell the readers of the case or, if none of them can be reached, the managers: a case never waits unnoticed."""
    case = worker.case
    staff = Staff(people.holdings_on(session, origin.tenant_id, origin.today))
    past = trail.workers_ever(session, [case.id])[case.id]  # they cannot sign it
    found = people.by_ids(session, origin.tenant_id, staff.chefs(case, past))
    lead = people.person(session, origin.tenant_id, case.lead_id or 0)
    gaps = [gap_row(sheet, gap).model_copy(update={"why": ""}) for sheet, gap in worker.all_gaps()]
    title = {"sent": "buttons.start_reading", "followed_up": "buttons.open"}.get(reason, "buttons.continue_reading")
    button = Button(title=Line(say=title), claim=claimed("read", case=case.id))
    view = _view(worker, reason, lead.name if lead else "", gaps, button)
    if reason == "resent":
        pointed = sum(len(sheet.points) for sheet in worker.sheets)
        still = sum(gap.why == "returned" for _, gap in worker.all_gaps())
        view = view.model_copy(update={"pointed": pointed, "redone": pointed - still})
    missed = tell(session, found, view, now=origin.now, case=case.id)
    if len(missed) == len(found):
        _to_managers(session, origin, worker, missed, staff)


def _to_managers(session: Session, origin: Origin, worker: Basis, missed: Sequence[PersonRow], staff: Staff) -> None:
    """Tell the managers that a case is waiting for someone without the app; a protected case is not named."""
    case = worker.case
    names = ", ".join(row.name for row in missed)
    some = Line(say="prompts.some_case_waits")
    waits = some if case.protected_identity else Line(say="prompts.case_waits", args={"ref": case.ref})
    why = Line(say="prompts.no_app", args={"names": names}) if names else Line(say="prompts.no_chef")
    button = command_button("ersättare", "buttons.deputies")
    unnamed = Unnamed(case=case.id, lines=(some, why))
    view = MenuView(title=Line(say="prompts.nobody_reads"), lines=(waits, why), buttons=(button,), unnamed=unnamed)
    found = people.by_ids(session, origin.tenant_id, staff.managers())
    tell(session, found, view, now=origin.now, case=case.id)


def to_workers(session: Session, origin: Origin, worker: Basis, points: Sequence[Point], chef: str) -> None:
    """Tell the case's workers that the chef has sent it back, and which questions to look at. chef: name."""
    case = worker.case
    title = Line(say="buttons.continue_case", args={"ref": case.ref})
    button = Button(title=title, claim=claimed("continue", case=case.id))
    several = case.children > 1
    rows = [GapRow(child=one.child if several else 0, of="item", id=one.item_id, why="") for one in points]
    view = _view(worker, "returned", chef, rows, button)
    staff = Staff(people.holdings_on(session, origin.tenant_id, origin.today))
    found = people.by_ids(session, origin.tenant_id, staff.workers(case))
    tell(session, found, view, now=origin.now, case=case.id)


def asked_for(session: Session, origin: Origin, case: CaseRow, by: PersonRow) -> None:
    """Tell the chefs of a case that somebody who may not open it asks for it."""
    staff = Staff(people.holdings_on(session, origin.tenant_id, origin.today))
    workers = people.holders(session, origin.tenant_id, case.unit_id, "case_worker", origin.today)
    is_here = by.id in {worker.id for worker in workers}
    lead = people.person(session, origin.tenant_id, case.lead_id or 0)
    newest = trail.newest_of_case(session, case.id)
    who = {"name": by.name, "ref": case.ref, "lead": lead.name if lead else "–"}
    how = Line(say="wrong_case.asks_how" if is_here else "wrong_case.asks_far")
    claims = [("buttons.wrong_case", claimed("wrong_case", case=case.id))]
    if is_here:
        claims.insert(0, ("buttons.hand_over", claimed("hand_over", ToPerson(by.id, newest), case=case.id)))
    view = MenuView(
        title=Line(say="wrong_case.asks_title"),
        lines=(Line(say="wrong_case.asks", args=who), how),
        buttons=tuple(Button(title=Line(say=title), claim=claim) for title, claim in claims),
        only_if_hers=True,
    )
    found = people.by_ids(session, origin.tenant_id, staff.chefs(case))
    tell(session, found, view, now=origin.now, case=case.id)


def signed(session: Session, origin: Origin, worker: Basis, chef: str) -> None:
    """Tell the case's workers that their lists are signed, and with which gaps; why is shown when they open it."""
    case = worker.case
    title = Line(say="buttons.open_case", args={"ref": case.ref})
    rows = [gap_row(sheet, gap) for sheet, gap in worker.all_gaps()]
    reason: Reason = "signed_shortfall" if rows else "signed"
    view = _view(worker, reason, chef, rows, Button(title=title, claim=claimed("open", case=case.id)))
    staff = Staff(people.holdings_on(session, origin.tenant_id, origin.today))
    tell(session, people.by_ids(session, origin.tenant_id, staff.workers(case)), view, now=origin.now, case=case.id)


def to_old_and_new(session: Session, origin: Origin, worker: Basis, was: tuple[int, int]) -> None:
    """Tell who has lost a case, and who has got it or a new role in it. was: its lead and co-worker before."""
    case = worker.case
    now = {case.lead_id or 0: "lead", case.co_id or 0: "co"}
    before = {was[0]: "lead", was[1]: "co"}
    changed = {person_id for person_id in {*now, *before} if now.get(person_id) != before.get(person_id)}
    _new_parts(session, origin, worker, changed, was)


def _new_parts(session: Session, origin: Origin, worker: Basis, changed: set[int], was: tuple[int, int]) -> None:
    case = worker.case
    now = {case.lead_id or 0: "lead", case.co_id or 0: "co"}
    lead = people.person(session, origin.tenant_id, case.lead_id or 0)
    args = {"ref": case.ref, "name": lead.name if lead else ""}
    staff = Staff(people.holdings_on(session, origin.tenant_id, origin.today))
    # With the same lead, or none, nothing was handed over to anybody.
    lost = "prompts.no_longer" if lead and lead.id != was[0] else "prompts.no_longer_hers"
    for person in people.by_ids(session, origin.tenant_id, changed - {0, origin.person_id or 0}):
        part = now.get(person.id)
        title = Line(say="buttons.continue_case", args={"ref": case.ref})
        button = Button(title=title, claim=claimed("continue", case=case.id))
        about = Line(say="details.about", args={"ref": case.ref})
        still = Line(say="prompts.reads_on" if staff.reads(case, person.id) else "prompts.shut_out")
        lines = (Line(say=f"prompts.now_{part}", args=args),) if part else (Line(say=lost, args=args), still)
        buttons = (button,) if part else ()
        view = MenuView(title=about, lines=lines, buttons=buttons, only_if_hers=bool(part))
        tell(session, [person], view, now=origin.now, case=case.id)


def renamed(session: Session, origin: Origin, worker: Basis, was_ref: str, was: tuple[int, int]) -> None:
    """Tell the case's workers, except the one who did it, that it has another number.

    was: the lead and co-worker of the empty case that had the number; they no longer have any case with it.
    """
    case = worker.case
    _new_parts(session, origin, worker, set(was) - {case.lead_id, case.co_id}, was)
    title = Line(say="buttons.continue_case", args={"ref": case.ref})
    button = Button(title=title, claim=claimed("continue", case=case.id))
    lines = (Line(say="prompts.renamed", args={"old": was_ref, "ref": case.ref}),)
    buttons = (button,) if case.closed_on is None else ()
    _tell_workers(
        session, origin, case, MenuView(title=_about(case.ref), lines=lines, buttons=buttons, only_if_hers=True)
    )


def withdrawn(session: Session, origin: Origin, case: CaseRow, was_ref: str) -> None:
    """Tell the workers of a case, except the one who did it, that it is withdrawn: nothing of it is theirs to do."""
    lines = (Line(say="prompts.withdrawn", args={"ref": was_ref}),)
    button = command_button("mina ärenden", "buttons.my_cases")
    _tell_workers(session, origin, case, MenuView(title=_about(was_ref), lines=lines, buttons=(button,)))


def child_added(session: Session, origin: Origin, worker: Basis) -> None:
    """Tell the case's workers, except the one who did it, that a child has been added and has a list to answer."""
    case = worker.case
    title = Line(say="buttons.continue_case", args={"ref": case.ref})
    lines = (Line(say="prompts.child_added", args={"ref": case.ref, "count": case.children}),)
    button = Button(title=title, claim=claimed("continue", case=case.id))
    _tell_workers(
        session, origin, case, MenuView(title=_about(case.ref), lines=lines, buttons=(button,), only_if_hers=True)
    )


def _about(ref: str) -> Line:
    return Line(say="details.about", args={"ref": ref})


def _tell_workers(session: Session, origin: Origin, case: CaseRow, view: MenuView) -> None:
    """Tell the case's workers, except the one who acted."""
    staff = Staff(people.holdings_on(session, origin.tenant_id, origin.today))
    found = people.by_ids(session, origin.tenant_id, set(staff.workers(case)) - {origin.person_id or 0})
    tell(session, found, view, now=origin.now, case=case.id)


def to_asked(session: Session, origin: Origin, worker: Basis, chef: str) -> None:
    """Tell the case's workers that the chef asks them to see to a time limit. chef: name."""
    case = worker.case
    titles: tuple[tuple[VerbName, str], ...] = (("details", "details"), ("extend", "extend"))
    buttons = [Button(title=Line(say="buttons." + say), claim=claimed(verb, case=case.id)) for verb, say in titles]
    args = {"ref": case.ref, "name": chef}
    title = Line(say="details.about", args={"ref": case.ref})
    lines = (Line(say="prompts.asked", args=args),)
    view = MenuView(title=title, lines=lines, buttons=tuple(buttons), only_if_hers=True)
    staff = Staff(people.holdings_on(session, origin.tenant_id, origin.today))
    tell(session, people.by_ids(session, origin.tenant_id, staff.workers(case)), view, now=origin.now, case=case.id)


def _view(worker: Basis, reason: Reason, who: str, gaps: Sequence[GapRow], button: Button) -> PromptView:
    planned = worker.case.planned_decision_on
    return PromptView(
        reason=reason,
        head=basis_head(worker),
        checklist=worker.checklist.id,
        version=worker.sheets[0].filled.version,
        who=who,
        planned=planned.isoformat() if planned else "",
        gaps=tuple(gaps[:MOST]),
        more_gaps=len(gaps[MOST:]),
        buttons=(button,),
    )
