"""The card with the answers and motivations as text to copy into the case file."""

from bot.cards.parts import (
    Card,
    Element,
    Pen,
    action_sets,
    card,
    child_words,
    clipped,
    fitting,
    header,
    notices,
    subtle,
    text,
)
from bot.cards.summary import option_words
from checklists.loader import checklist_version
from dialogs.views.views import FileTextView, Row


def file_text_card(pen: Pen, view: FileTextView) -> Card:
    """Show each question with its answer and texts as one paragraph; a posted card has none of them."""
    return fitting(lambda most: _file_text(pen, view, most))


def _file_text(pen: Pen, view: FileTextView, most: int) -> Card:
    body = [*header(pen, view.head, pen.say("card.file_text_title")), *notices(pen, view)]
    body.append(subtle(pen.say("card.file_text_how" if pen.private else "card.file_text_gone")))
    for sheet in view.sheets:
        if sheet.head.child:
            body.append(text(child_words(pen, sheet.head.child), weight="Bolder", style="heading"))
        body += [_paragraph(pen, view, row, most) for row in sheet.rows]
    return card(pen, body + action_sets(pen, view.buttons, inputs=False))


def _paragraph(pen: Pen, view: FileTextView, row: Row, most: int) -> Element:
    item = pen.item(view.checklist, view.version, row.item)
    number = checklist_version(view.checklist, view.version).numbers[row.item]
    answer = pen.say("answers." + row.state)
    said = [option_words(pen, item, row.option)] if row.option else []
    said += [row.day] if row.day else []
    answer += f" ({', '.join(said)})" if said else ""
    runs = [{"type": "TextRun", "text": f"{number}. {pen.question(item)} {answer}."}]
    texts = ("card.other_way", row.method), ("card.motivation", row.text), ("card.place", row.place)
    for key, words in (*texts, ("card.note", row.note)):
        if words:
            runs.append({"type": "TextRun", "text": f" {pen.say(key)}: {clipped(words, most)}"})
    return {"type": "RichTextBlock", "inlines": runs, "spacing": "Small"}
