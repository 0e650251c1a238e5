"""The card that calls somebody to the tab: that something waits, and a button there. Nothing about what waits."""

from bot.cards.parts import Card, Element, Pen, card, subtle, text, top
from dialogs.views.views import CallView


def call_card(pen: Pen, view: CallView) -> Card:
    """Show that something waits, until when if that is known, and where to read and write."""
    body: list[Element] = [*top("", pen.line(view.line))]
    body += [text(pen.say("tab.until", date=view.until))] if view.until else []
    body.append(subtle(pen.say("tab.where")))
    if view.address:
        opens = {"type": "Action.OpenUrl", "title": pen.say("tab.open"), "url": view.address}
        body.append({"type": "ActionSet", "actions": [opens]})
    return card(pen, body)
