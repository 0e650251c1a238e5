"""The card for a comment (förbehåll) on one answer."""

from bot.cards.group import now_line
from bot.cards.parts import Card, Pen, action_sets, card, header, notices, numbered, question_line, text_input
from checklists.loader import checklist_version
from dialogs.views.views import CommentView


def comment_card(pen: Pen, view: CommentView) -> Card:
    """Ask for a comment on one answer."""
    item = pen.item(view.checklist, view.version, view.item.item)
    number = checklist_version(view.checklist, view.version).numbers[item.id]
    body = [*header(pen, view.head), *notices(pen, view), question_line(numbered(number, pen.question(item)))]
    body += now_line(pen, view.item.current)
    typed = view.text if pen.private else ""
    body.append(text_input("comment", pen.say("card.note"), value=typed, lines=True, hint=pen.say("card.no_names")))
    return card(pen, body + action_sets(pen, view.buttons, primary=1), view.refresh)
