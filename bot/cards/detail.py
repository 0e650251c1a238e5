"""The card for the details of an answer: how it came about, chosen or in words, and a day."""

from bot.cards.parts import (
    Card,
    Element,
    Pen,
    action_sets,
    card,
    choice_set,
    date_input,
    header,
    notices,
    numbered,
    question_line,
    subtle,
    text,
    text_input,
)
from checklists.loader import checklist_version
from checklists.model import Item
from dialogs.views.views import DetailView


def detail_card(pen: Pen, view: DetailView) -> Card:
    """Ask for the details of an answer."""
    item = pen.item(view.checklist, view.version, view.item.item)
    current = view.item.current
    number = checklist_version(view.checklist, view.version).numbers[item.id]
    body = [
        *header(pen, view.head),
        *notices(pen, view),
        question_line(numbered(number, pen.ask(item))),
        text(pen.say("card.now", answer=pen.say("answers." + (current or "obesvarad")))),
        *fields(pen, item, current, ("options", "text", "day"), (view.options, view.text, view.day)),
    ]
    body += action_sets(pen, view.buttons, primary=1, nav=view.nav)
    return card(pen, body, view.refresh)


def fields(
    pen: Pen, item: Item, answer: str, names: tuple[str, str, str], values: tuple[str, str, str]
) -> list[Element]:
    """Return the inputs for the details of an answer. answer: empty if it is not given yet.

    names: ids of the inputs for the chosen ways, the way in words and the day. values: what they hold so far.
    """
    english = pen.language == "en"
    made: list[Element] = []
    how, day = item.how, item.day
    if how and (answer in how.answers or not answer):
        titles = {option.id: option.title_en if english else option.title for option in how.options}
        ways = choice_set(names[0], how.ask_en if english else how.ask, titles, value=values[0])
        made.append({**ways, "isMultiSelect": True} if how.several else ways)
        if how.other:
            made.append(text_input(names[1], pen.say("card.other_way"), value=values[1], most=400))
            made.append(subtle(pen.say("card.no_names")))
    if day and (answer in day.answers or not answer):
        made.append(date_input(names[2], day.ask_en if english else day.ask, values[2]))
    return made
