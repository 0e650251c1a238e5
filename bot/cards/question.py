"""The question card: answers in one set of buttons, navigation in another, no inputs."""

from bot.cards.explained import help_lines
from bot.cards.parts import (
    Card,
    Element,
    Pen,
    action_sets,
    aside_lines,
    card,
    head_lines,
    heading,
    notices,
    subtle,
    text,
)
from checklists.model import Item
from dialogs.views.views import QuestionView


def question_card(pen: Pen, view: QuestionView) -> Card:
    """Ask one question, with a button for each answer."""
    item = pen.item(view.checklist, view.version, view.item.item)
    body = [
        *head_lines(pen, view.head),
        *notices(pen, view),
        heading(pen.ask(item)),
        *marks(pen, item),
    ]
    if view.item.current:
        body.append(text(pen.say("card.now", answer=pen.say("answers." + view.item.current))))
    if view.proposed:
        body.append(text(pen.line(view.proposed)))
    if view.helps and item.help is not None:
        body.append({"type": "Container", "style": "emphasis", "items": help_lines(pen.language, item.help)})
    body += action_sets(pen, view.answers)
    body += action_sets(pen, view.nav)
    body += aside_lines(pen, view.aside)
    return card(pen, body, view.refresh)


def marks(pen: Pen, item: Item) -> list[Element]:
    """Return a question's hint, and the note on one that was added locally."""
    found = []
    hint = item.hint_en if pen.language == "en" else item.hint
    if hint:
        found.append(subtle(hint))
    if item.wording == "local":
        found.append(subtle(pen.say("card.local_addition")))
    return found
