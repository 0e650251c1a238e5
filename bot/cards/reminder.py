"""A person's reminders of a day: cases, reasons in plain words and the exact questions, never an answer."""

from bot.cards.parts import (
    Card,
    Element,
    Mark,
    Pen,
    action_sets,
    card,
    child_words,
    chip,
    fitting,
    notices,
    subtle,
    text,
    top,
)
from checklists.reminder_rules import Rule
from dialogs.views.views import ReminderCase, ReminderItem, ReminderPoint, ReminderView

MOST_OTHERS = 100
_MOST_ITEMS = (20, 10, 5, 2)


def reminder_card(pen: Pen, view: ReminderView) -> Card:
    """Name each case with its reasons and questions, and a button to it; as many questions as fit on the card."""
    return fitting(lambda most: _made(pen, view, most), _MOST_ITEMS)


def _made(pen: Pen, view: ReminderView, most: int) -> Card:
    body = [*top("", pen.line(view.title)), *notices(pen, view)]
    for case in view.cases:
        body.append(_heading(pen, case))
        for point in case.points:
            body += _point(pen, case, point, most)
        if case.first is not None:
            body.append(text(_question(pen, case, case.first), weight="Bolder", size="Medium", style="heading"))
        body += action_sets(pen, case.answers, inputs=False)
        body += action_sets(pen, (*((case.button,) if case.button else ()), *case.more), inputs=False)
    if view.others:
        body.append(text(pen.say("reminders.others"), separator=True))
        body.append(text(_bullets([_other(pen, *other) for other in view.others[:MOST_OTHERS]])))
        body += _more(pen, len(view.others) - MOST_OTHERS)
    body += [text(pen.line(view.summed), separator=True)] if view.summed else []
    if view.measures and view.own:
        body.append(text(pen.line(view.measures), separator=True))
        body += action_sets(pen, (view.own,), inputs=False)
    if view.plan and view.year:
        body.append(text(pen.line(view.plan), separator=True))
        body += action_sets(pen, (view.year,), inputs=False)
    if view.snooze:
        body.append(text(pen.say("reminders.whole_message"), separator=True, isSubtle=True))
        body += action_sets(pen, (view.snooze,), inputs=False)
    return card(pen, body)


def _heading(pen: Pen, case: ReminderCase) -> Element:
    """Return the case as a heading, with a chip if anything in it is late."""
    ref = text(case.case_ref, weight="Bolder", style="heading", size="Default")
    if not case.late:
        return {**ref, "separator": True}
    columns = [
        {"type": "Column", "width": "stretch", "items": [ref]},
        {"type": "Column", "width": "auto", "items": [chip(Mark(pen.say("reminders.late"), "Attention"))]},
    ]
    return {"type": "ColumnSet", "columns": columns, "separator": True}


def _point(pen: Pen, case: ReminderCase, point: ReminderPoint, most: int) -> list[Element]:
    rows = [text(pen.line(point.line), spacing="Small")]
    if point.items and most:
        rows.append(text(_bullets([_question(pen, case, item) for item in point.items[:most]]), spacing="Small"))
    return rows + _more(pen, len(point.items) - most)


def _other(pen: Pen, ref: str, rules: tuple[Rule, ...]) -> str:
    return f"{ref}: {', '.join(pen.say('reminders.of_' + rule) for rule in rules)}"


def _question(pen: Pen, case: ReminderCase, item: ReminderItem) -> str:
    question = pen.fact(item.id) if item.of == "fact" else pen.question(pen.item(case.checklist, case.version, item.id))
    return f"{child_words(pen, item.child)}: {question}" if item.child else question


def _more(pen: Pen, count: int) -> list[Element]:
    return [subtle(pen.say("reminders.more", count=count))] if count > 0 else []


def _bullets(lines: list[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
