"""The question of the reminder SKYDD, answered from the reminder itself in one press, even if no list is begun."""

from actions import answers, lists
from actions.basis import Basis
from checklists.model import ListId
from checklists.rights import LIST_HOLDER, Right
from dialogs.turn.declared import Command, Done, Press, Reaction, Verb, claimed
from dialogs.turn.presses import OnCard
from dialogs.turn.turn_context import TurnContext
from dialogs.views.views import Button, Line
from dialogs.worker import next_card
from dialogs.worker.landing import open_case

PROTECTION = Right("protection", "case", LIST_HOLDER)
REPORT: ListId = "intake"
ITEM = "protection_assessment_made"
ANSWERS = ("ja", "nej")


def buttons(case_id: int) -> tuple[Button, ...]:
    """Return the buttons that answer the question."""
    return tuple(
        Button(
            title=Line(say="answers." + choice),
            claim=claimed("protection", OnCard(f"question:{ITEM}", (0,), choice), case=case_id, checklist=REPORT),
        )
        for choice in ANSWERS
    )


def answer(context: TurnContext, press: Press[OnCard]) -> Reaction:
    """Store the answer in the list for the report, beginning it if needed; an answer given meanwhile stands."""
    basis = open_case(context, press, PROTECTION)
    if not isinstance(basis, Basis):
        return basis
    if basis.goes_to_chef or not basis.is_for_case or press.what.choice not in ANSWERS:
        return next_card.go_on(context, basis)
    acting = context.acting_as(basis.case) if basis.role == "unit_manager" else ""
    basis, row, changes = lists.begin_own(context.session, context.origin, basis, acting)
    sheet = basis.sheet(row.id)
    if sheet is None or ITEM in sheet.applied.answered:
        return Done(next_card.go_on(context, basis, row.id, notices=(Line(say="fill.answered_meanwhile"),)), changes)
    changes += answers.choose(context.session, context.origin, sheet, {ITEM: press.what.choice})
    return Done(next_card.go_on(context, basis, row.id, f"question:{ITEM}"), changes)


VERBS = (Verb(PROTECTION, answer, OnCard),)
COMMANDS: tuple[Command, ...] = ()
