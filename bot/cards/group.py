"""The information card: several items, each with its own choices, and one button."""

from bot.cards.explained import folded_items
from bot.cards.parts import (
    Card,
    Element,
    Pen,
    action_sets,
    aside_lines,
    card,
    choice_set,
    header,
    notices,
    question_line,
    subtle,
)
from checklists.loader import checklist_version
from dialogs.views.views import GroupView, Listed


def group_card(pen: Pen, view: GroupView) -> Card:
    """Ask the items of a group on one card."""
    group = checklist_version(view.checklist, view.version).group[view.group]
    body = [
        *header(pen, view.head),
        *notices(pen, view),
        question_line(group.title_en if pen.language == "en" else group.title),
    ]
    for listed in view.items:
        item = pen.item(view.checklist, view.version, listed.item)
        body.append(choice_set(item.id, pen.label(item), choices(pen, listed)))
        body += now_line(pen, listed.current)
    body += action_sets(pen, (view.save,), primary=1, nav=view.nav)
    body += aside_lines(pen, view.aside, inputs=True)
    asked = tuple(listed.item for listed in view.items)
    body += folded_items(pen.language, view.checklist, view.version, asked)
    return card(pen, body, view.refresh)


def choices(pen: Pen, listed: Listed) -> dict[str, str]:
    """Return the choices of an item, title by value."""
    return {choice: pen.say("answers." + choice) for choice in listed.allowed}


def now_line(pen: Pen, current: str) -> list[Element]:
    """Return the line showing the current answer, if any; it is never preselected."""
    return [subtle(pen.say("card.now", answer=pen.say("answers." + current)))] if current else []
