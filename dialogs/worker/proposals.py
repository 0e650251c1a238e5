"""What the dates of a case say about a question: proposed on its card, and shown where a person says otherwise."""

from actions.basis import Sheet
from checklists.deadlines import proposed
from dialogs.turn.turn_context import TurnContext
from dialogs.views.views import Line
from storage import cases


def choice(context: TurnContext, sheet: Sheet, item_id: str) -> str:
    """Return the answer that the dates give, empty when they do not give one, or the question is not about a clock."""
    clock = sheet.checklist.by_id[item_id].computed
    if clock is None:
        return ""
    return proposed(clock, cases.dates_of(sheet.case), context.today)


def line(context: TurnContext, sheet: Sheet, item_id: str) -> Line | None:
    """Return the proposal in words, None if there is none."""
    found = choice(context, sheet, item_id)
    return Line(say="computed.proposes", args={"choice": found}) if found else None


def differs(context: TurnContext, sheet: Sheet, item_id: str) -> str:
    """Return what the dates give where the answer says something else, else empty."""
    found, answer = choice(context, sheet, item_id), sheet.answers.get(item_id)
    return found if found and answer is not None and answer.choice in ("ja", "nej") and answer.choice != found else ""
