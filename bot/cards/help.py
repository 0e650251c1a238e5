"""The card that says what one question means."""

from bot.cards.explained import help_lines
from bot.cards.parts import Card, Pen, action_sets, card, notices, numbered, question_line, text
from bot.cards.question import marks
from dialogs.views.views import HelpView


def help_card(pen: Pen, view: HelpView) -> Card:
    """Say what counts as Ja on a question, what does not, with an example and the rule behind it."""
    item = pen.item(view.checklist, view.version, view.item)
    body = [*notices(pen, view), question_line(numbered(view.number, pen.question(item))), *marks(pen, item)]
    body += help_lines(pen.language, item.help) if item.help is not None else [text(pen.say("help.none"))]
    return card(pen, body + action_sets(pen, view.buttons, inputs=False))
