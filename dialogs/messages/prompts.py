"""Messages that go at once: to those who are to read a case, and to its workers when it comes back."""

from collections.abc import Sequence

from actions.basis import Basis
from actions.cause import Cause
from dialogs.messages.recipients import Staff, named
from dialogs.messages.tell import tell
from dialogs.turn.find_case import command_button
from dialogs.turn.turn_context import Talk
from dialogs.views.chef import PromptView
from dialogs.views.views import Button, Claim, GapRow, Line, MenuView
from dialogs.worker.summary_card import gap_row, open_claim
from storage import people
from storage.people import PersonRow

MOST = 12
"""Questions named in one message."""


def to_readers(cause: Cause, theirs: Basis, reason: str) -> list[PersonRow]:
    """Tell those who are to read the case; return who of them cannot be told.

    When none of them can, the managers are: state is kept all the same, and nothing waits on an absent person.
    """
    staff = Staff(cause.session, cause.tenant_id, cause.today)
    found = named(cause.session, cause.tenant_id, staff.chefs(theirs.case))
    lead = people.person(cause.session, cause.tenant_id, theirs.case.lead_id or 0)
    gaps = [gap_row(sheet, gap).model_copy(update={"why": ""}) for sheet, gap in theirs.all_gaps()]
    claim = Claim(verb="read", case=theirs.case.id)
    title = "buttons.start_reading" if reason == "sent" else "buttons.continue_reading"
    view = _view(theirs, reason, lead.name if lead else "", gaps, (Button(title=Line(say=title), claim=claim),))
    missed = tell(cause.session, found, view, now=cause.now, case=theirs.case.id)
    if len(missed) == len(found):
        _to_managers(cause, theirs, missed, staff)
    return missed


def _to_managers(cause: Cause, theirs: Basis, missed: Sequence[PersonRow], staff: Staff) -> None:
    """Tell the managers that a case waits for someone without the app; of a protected one not even which."""
    ref = "" if theirs.case.protected_identity else theirs.case.ref
    names = ", ".join(row.name for row in missed)
    waits = Line(say="prompts.case_waits", args={"ref": ref}) if ref else Line(say="prompts.some_case_waits")
    why = Line(say="prompts.no_app", args={"names": names}) if names else Line(say="prompts.no_chef")
    button = command_button("ersättare", "buttons.deputies")
    view = MenuView(title=Line(say="prompts.nobody_reads"), lines=(waits, why), buttons=(button,))
    found = named(cause.session, cause.tenant_id, staff.managers())
    tell(cause.session, found, view, now=cause.now, case=theirs.case.id)


def to_workers(talk: Talk, theirs: Basis, points: Sequence[GapRow]) -> None:
    """Tell the case's workers that the chef has sent it back, and at which questions she points."""
    args = {"ref": theirs.case.ref}
    button = Button(title=Line(say="buttons.continue_case", args=args), claim=open_claim(theirs.case))
    view = _view(theirs, "returned", talk.person.name, points, (button,))
    staff = Staff(talk.session, talk.tenant_id, talk.today)
    found = named(talk.session, talk.tenant_id, staff.workers(theirs.case))
    tell(talk.session, found, view, now=talk.turn.now, case=theirs.case.id)


def _view(theirs: Basis, reason: str, who: str, gaps: Sequence[GapRow], buttons: tuple[Button, ...]) -> PromptView:
    planned = theirs.case.planned_decision_on
    return PromptView.model_validate(
        {
            "reason": reason,
            "head": theirs.head,
            "checklist": theirs.checklist.id,
            "version": theirs.sheets[0].filled.version,
            "who": who,
            "planned": planned.isoformat() if planned else "",
            "gaps": tuple(gaps[:MOST]),
            "more_gaps": len(gaps[MOST:]),
            "buttons": buttons,
        }
    )
