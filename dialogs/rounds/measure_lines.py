"""The lines about the measure that a Nej has led to, for where that Nej is shown."""

from collections.abc import Iterator

from actions import measures as acts
from checklists.loader import newest
from checklists.measures import sees, state
from checklists.model import ListId
from checklists.reread import counterpart
from dialogs.turn.turn_context import TurnContext
from dialogs.views.views import Line
from storage import measures
from storage.cases import CaseRow
from storage.measures import MeasureRow


def seen(context: TurnContext, case: CaseRow) -> list[MeasureRow]:
    """Return the measures of a case that this person may know of: those she sees, and those she made herself."""
    of_case = measures.of_case(context.session, case.id)
    if not of_case:
        return []
    staff = acts.staff_of(context.session, context.origin)
    return [
        row
        for row in of_case
        if row.made_by == context.person_id or sees(context.person_id, context.roles, acts.place_of(staff, row, case))
    ]


def has_one(context: TurnContext, row: MeasureRow) -> Line:
    """Return the line saying that a question has a measure, and how far it has come."""
    return Line(say="measures.has_one_" + _now(context, row), args={"date": row.due_on.isoformat()})


def _now(context: TurnContext, row: MeasureRow) -> str:
    return state(row.due_on, context.today, done=row.done_at is not None, checked=row.checked_at is not None)


def on_list(context: TurnContext, case: CaseRow, checklist: ListId) -> tuple[Line, ...]:
    """Return a line per measure that comes from a question of a list, or from the same question in another list."""
    return tuple(_lines(context, case, checklist))


def _lines(context: TurnContext, case: CaseRow, checklist: ListId) -> Iterator[Line]:
    numbers = newest(checklist).numbers
    for row in seen(context, case):
        same = row.checklist == checklist
        item = row.item_id if same or row.checklist is None else counterpart(row.checklist, row.item_id, checklist)
        if item in numbers:
            args = {"number": numbers[item], "date": row.due_on.isoformat()}
            yield Line(say="measures.on_nej_" + _now(context, row), args=args)
