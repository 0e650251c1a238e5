"""The card with everything kept about one case, row by row."""

from bot.cards import extract_words
from bot.cards.parts import Card, Element, Pen, action_sets, card, clipped, fitting, header, notices, subtle, text
from dialogs.views.views import ExtractRow, ExtractView


def extract_card(pen: Pen, view: ExtractView) -> Card:
    """Show the rows by kind; a posted card has none of them."""
    return fitting(lambda most: _extract(pen, view, most))


def _extract(pen: Pen, view: ExtractView, most: int) -> Card:
    first, last, of = view.counts
    body = [*header(pen, view.head, pen.say("extract.card_title")), *notices(pen, view)]
    said = pen.say("extract.rows", first=first, last=last, of=of) if pen.private else pen.say("extract.gone")
    body.append(subtle(said))
    kind = ""
    for row in view.rows:
        if row.kind != kind:
            kind = row.kind
            body.append(text(pen.say("extract.kind_" + kind), weight="Bolder", style="heading", separator=True))
        body.append(_paragraph(pen, row, most))
    return card(pen, body + action_sets(pen, view.buttons, inputs=False))


def _paragraph(pen: Pen, row: ExtractRow, most: int) -> Element:
    about = ", ".join(filter(None, (extract_words.by(pen, row), row.at.replace("T", " ")[:16])))
    in_file = pen.say("extract.in_file") if row.kind in _VIEWS else ""
    words = extract_words.value(pen, row, clipped(row.value, most)) if row.value else in_file
    what = extract_words.what(pen, row)
    runs = [f"{what}: {words}" if words else what, f" ({about})" if about else ""]
    inlines = [{"type": "TextRun", "text": run} for run in runs if run]
    return {"type": "RichTextBlock", "inlines": inlines, "spacing": "Small"}


_VIEWS = ("message", "signature")
