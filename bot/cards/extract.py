"""The card with everything kept about one case, row by row."""

from bot.cards.parts import Card, Element, Pen, action_sets, card, clipped, fitting, header, notices, subtle, text
from dialogs.views.views import ExtractRow, ExtractView


def extract_card(pen: Pen, view: ExtractView) -> Card:
    """Show the rows by kind; posted, the card has none of them."""
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
    about = ", ".join(filter(None, (row.by_role, row.at.replace("T", " ")[:16])))
    words = clipped(row.value, most) if row.value else pen.say("extract.in_file") if row.kind in _VIEWS else ""
    runs = [f"{row.what}: {words}" if words else row.what, f" ({about})" if about else ""]
    inlines = [{"type": "TextRun", "text": run} for run in runs if run]
    return {"type": "RichTextBlock", "inlines": inlines, "spacing": "Small"}


_VIEWS = ("message", "signature")
