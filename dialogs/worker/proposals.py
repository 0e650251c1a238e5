"""The answer that a case's dates, or the method the municipality, propose: on the card, and if the answer differs."""

from actions.basis import Sheet
from checklists import instruments
from checklists.deadlines import proposed
from dialogs.turn.turn_context import TurnContext
from dialogs.views.views import Line
from storage import cases, tenants


def choice(context: TurnContext, sheet: Sheet, item_id: str) -> str:
    """Return the answer that the dates give, empty when they do not give one, or the question is not about a clock."""
    clock = sheet.checklist.by_id[item_id].computed
    if clock is None:
        return ""
    return proposed(clock, cases.dates_of(sheet.case), context.today)


def line(context: TurnContext, sheet: Sheet, item_id: str) -> Line | None:
    """Return the proposal, or the method the municipality has decided on, in words; None if there is neither."""
    found = choice(context, sheet, item_id)
    if found:
        return Line(say="computed.proposes", args={"choice": found})
    methods = _methods(context, sheet, item_id)
    return _said(sheet, item_id, methods, "computed.decided_") if methods else None


def _methods(context: TurnContext, sheet: Sheet, item_id: str) -> tuple[str, ...]:
    item, said = sheet.checklist.by_id[item_id], tenants.settings(context.tenant).instruments
    if not said:
        return ()
    return instruments.of_case(instruments.read_instruments(said), sheet.checklist.id, item, sheet.case.case_type)


def _said(sheet: Sheet, item_id: str, methods: tuple[str, ...], say: str) -> Line:
    """Return a sentence about methods. say: its key, without the kind of case."""
    names = instruments.titles(sheet.checklist.by_id[item_id], methods)
    return Line(say=say + sheet.case.case_type, args={"methods": names})


def told(context: TurnContext, sheet: Sheet, item_id: str) -> tuple[Line, ...]:
    """Return the notices about an answer just stored: what it differs from, or which decided method it lacks."""
    other = differs(context, sheet, item_id)
    lines = [Line(say="computed.differs", args={"choice": other})] if other else []
    lines += _other_day(sheet, item_id)
    methods, row = _methods(context, sheet, item_id), sheet.rows.get(item_id)
    if methods and row is not None and not instruments.says(row.choice, row.option, methods):
        lines.append(_said(sheet, item_id, methods, "computed.lacks_"))
    return tuple(lines)


def _other_day(sheet: Sheet, item_id: str) -> list[Line]:
    """Return a line if the day given with an answer differs from the case's date that it is compared with."""
    asked, row = sheet.checklist.by_id[item_id].day, sheet.rows.get(item_id)
    if asked is None or asked.against is None or row is None or row.day is None:
        return []
    known = getattr(sheet.case, asked.against)
    if known is None or known == row.day:
        return []
    return [Line(say="computed.other_day", args={"field": asked.against, "date": known.isoformat()})]


def differs(context: TurnContext, sheet: Sheet, item_id: str) -> str:
    """Return the answer that the dates give if the stored answer is another, else empty."""
    found, answer = choice(context, sheet, item_id), sheet.answers.get(item_id)
    return found if found and answer is not None and answer.choice in ("ja", "nej") and answer.choice != found else ""
