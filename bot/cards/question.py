"""The question card: answers in one set of buttons, navigation behind another, no inputs."""

from collections.abc import Sequence

from bot.cards.explained import help_lines
from bot.cards.parts import (
    Card,
    Element,
    Pen,
    action_sets,
    aside_lines,
    box,
    card,
    header,
    notices,
    numbered,
    question_line,
    subtle,
    text,
)
from checklists.loader import checklist_version
from checklists.model import Item
from dialogs.views.views import Button, QuestionView


def question_card(pen: Pen, view: QuestionView) -> Card:
    """Ask one question, with a button for each answer; the ways out are behind `…`, so that nothing outweighs it."""
    item = pen.item(view.checklist, view.version, view.item.item)
    number = checklist_version(view.checklist, view.version).numbers[item.id]
    body = [
        *header(pen, view.head),
        *notices(pen, view),
        question_line(numbered(number, pen.ask(item))),
        *_hint(pen, item),
    ]
    if view.item.current:
        body.append(text(pen.say("card.now", answer=pen.say("answers." + view.item.current)), spacing="Small"))
    if view.proposed:
        body.append(text(pen.line(view.proposed)))
    if view.helps and item.help is not None:
        body.append(box("emphasis", help_lines(pen.language, item.help)))
    body += action_sets(pen, view.answers)
    taken_over, ways_out = offered(view.nav)
    body += action_sets(pen, taken_over) + action_sets(pen, (), nav=ways_out)
    body += [*_origin(pen, item), *aside_lines(pen, view.aside)]
    return card(pen, body, view.refresh)


def offered(nav: Sequence[Button]) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
    """Split the buttons beside the answers into visible ones (a sibling's answer, `Ta upp nu`) and the ways out."""
    in_sight = tuple(button for button in nav if button.claim.verb in ("same_as", "raise_now"))
    return in_sight, tuple(button for button in nav if button not in in_sight)


def marks(pen: Pen, item: Item) -> list[Element]:
    """Return a question's hint, and the note on one that was added locally."""
    return [*_hint(pen, item), *_origin(pen, item)]


def _hint(pen: Pen, item: Item) -> list[Element]:
    hint = item.hint_en if pen.language == "en" else item.hint
    return [subtle(hint)] if hint else []


def _origin(pen: Pen, item: Item) -> list[Element]:
    return [subtle(pen.say("card.local_addition"))] if item.wording == "local" else []
