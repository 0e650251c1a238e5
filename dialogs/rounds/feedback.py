"""Feedback for the case worker alone: what a review of her case read, what differed, and one question back."""

from actions import feedback as acts
from actions.origin import Origin
from checklists.feedback import Differs
from checklists.rights import RELATIONS, Right
from checklists.tenant_settings import TenantSettings
from dialogs.messages.tell import tell
from dialogs.rounds import measure_lines
from dialogs.turn.declared import Command, Press, Reaction, Verb, claimed
from dialogs.turn.presses import OfRound
from dialogs.turn.turn_context import TurnContext
from dialogs.views.ready_made import command_button
from dialogs.views.rounds import PanelRow, PanelView
from dialogs.views.views import Button, Line, MenuView
from storage import cases, people, round_readings, rounds
from storage.cases import CaseRow
from storage.desk import Session
from storage.rounds import RoundRow

SHOW = Right("feedback", "self", {"case_worker": RELATIONS})
MOST_ROWS = 15


def tell_workers(session: Session, origin: Origin, settings: TenantSettings) -> None:
    """Tell each case's lead that her case has been reviewed; the feedback itself is shown when she opens it."""
    for one in acts.due(session, origin, settings.workdays):
        lead = people.by_ids(session, origin.tenant_id, [one.case.lead_id] if one.case.lead_id is not None else [])
        claim = claimed("feedback", OfRound(one.round.id, one.reading.id), case=one.case.id)
        view = MenuView(
            title=Line(say="feedback.title", args={"ref": one.case.ref}),
            lines=(Line(say="feedback.waits"), Line(say="feedback.yours")),
            buttons=(Button(title=Line(say="buttons.show"), claim=claim),),
        )
        missed = tell(session, lead, view, now=origin.now, case=one.case.id, kind="notice")
        if lead and not missed:
            acts.told(session, origin, one)


def show(context: TurnContext, press: Press[OfRound]) -> Reaction:
    """Show the feedback, if the case is hers; to anybody else it does not exist."""
    reading = round_readings.reading(context.session, context.tenant_id, press.what.about)
    case = cases.get(context.session, context.tenant_id, reading.case_id) if reading is not None else None
    row = rounds.get(context.session, context.tenant_id, reading.round_id) if reading is not None else None
    if reading is None or case is None or row is None or case.lead_id != context.person_id or not reading.feedback_at:
        return MenuView(title=Line(say="feedback.none_title"), lines=(Line(say="feedback.none"),), buttons=())
    context.touched = case
    found = acts.what_differs(context.session, row, case, reading)
    return PanelView(
        title=Line(say="feedback.title", args={"ref": case.ref}),
        lines=(
            Line(say="feedback.read", args={"list": row.checklist, "name": rounds.name_of(context.session, row)}),
            Line(say="feedback.differs" if found else "feedback.same", args={"count": len(found)}),
            _question_back(row, found),
            Line(say="feedback.yours"),
        ),
        rows=tuple(_row(context, row, case, one) for one in found[:MOST_ROWS]),
        nav=(command_button("åtgärder", "buttons.measures"),),
    )


def _item(row: RoundRow, one: Differs) -> str:
    return f"{row.checklist}/{row.version}/{one.item_id}"


def _question_back(row: RoundRow, found: tuple[Differs, ...]) -> Line:
    """Return the one question: about the first answer that differs, or about what went well. No answer is stored."""
    if not found:
        return Line(say="feedback.ask_good")
    return Line(say="feedback.ask", args={"item": _item(row, found[0])})


def _row(context: TurnContext, row: RoundRow, case: CaseRow, one: Differs) -> PanelRow:
    lines = [Line(say="feedback.reviewer", args={"choice": one.read})]
    lines += [Line(say="feedback.you", args={"choice": one.own})] if one.own else []
    lines += [
        measure_lines.has_one(context, of)
        for of in measure_lines.seen(context, case)
        if (of.checklist, of.item_id) == (row.checklist, one.item_id)
    ]
    return PanelRow(title=Line(say="rounds.question", args={"item": _item(row, one)}), lines=tuple(lines))


VERBS = (Verb(SHOW, show, OfRound, keeps=False),)
COMMANDS: tuple[Command, ...] = ()
