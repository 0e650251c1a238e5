"""The cards for the summary, what is missing, and an emptied card."""

from bot.cards.parts import (
    Card,
    Element,
    Pen,
    action_sets,
    card,
    child_words,
    choice_set,
    clipped,
    fitting,
    head_lines,
    heading,
    notices,
    subtle,
    text,
    written,
)
from checklists.loader import checklist_version
from checklists.model import Item
from dialogs.views.views import ClosedView, GapRow, MissingView, Row, SummaryView


def summary_card(pen: Pen, view: SummaryView) -> Card:
    """Show the answers, the gaps and the available actions; long texts are cut to fit the card."""
    return fitting(lambda most: _summary(pen, view, most))


def _summary(pen: Pen, view: SummaryView, most: int) -> Card:
    body = [*head_lines(pen, view.head), *notices(pen, view), heading(pen.say("card.summary_title"))]
    if view.sent:
        body.append(text(pen.say("card.sent_at", time=view.sent)))
    body += _gaps(pen, view)
    questions: dict[str, str] = {}
    numbers = checklist_version(view.checklist, view.version).numbers
    for sheet in view.sheets:
        whose = pen.say("lists.part_" + sheet.head.part) if sheet.head.part else ""
        whose = child_words(pen, sheet.head.child) if sheet.head.child else whose
        if whose:
            body.append(text(whose, weight="Bolder", style="heading"))
        prefix = f"{whose}: " if whose else ""
        for row in sheet.rows:
            body += _row(pen, view, row, most)
            item = pen.item(view.checklist, view.version, row.item)
            questions[f"{sheet.filled}/{row.item}"] = f"{prefix}{numbers[row.item]}. {pen.question(item)}"
    body += action_sets(pen, view.buttons, inputs=False, primary=1)
    body.append(choice_set("item", pen.say("card.change_which"), questions, compact=True))
    body += action_sets(pen, (view.change,))
    return card(pen, body, view.refresh)


def _row(pen: Pen, view: SummaryView, row: Row, most: int) -> list[Element]:
    item = pen.item(view.checklist, view.version, row.item)
    answer = pen.say("answers." + row.state)
    said = [pen.say("motivations." + row.motivation)] if row.motivation else []
    said += [pen.say("motivations.only_here")] if row.only_here else []
    said += [option_words(pen, item, row.option)] if row.option else []
    said += [row.day] if row.day else []
    said += [pen.say("computed.short", answer=pen.say("answers." + row.differs))] if row.differs else []
    answer += f" ({', '.join(said)})" if said else ""
    runs = [
        {"type": "TextRun", "text": pen.question(item) + " "},
        {"type": "TextRun", "text": answer, "weight": "Bolder"},
    ]
    rows: list[Element] = [{"type": "RichTextBlock", "inlines": runs, "spacing": "Small"}]
    if pen.private:
        texts = ("card.other_way", row.method), ("card.motivation", row.text), ("card.place", row.place)
        for key, words in (*texts, ("card.note", row.note)):
            if words:
                rows.append(written(pen.say(key), clipped(words, most)))
    return rows


def option_words(pen: Pen, item: Item, option_id: str) -> str:
    """Return how an answer came about, in words. option_id: one id, or several separated by commas."""
    titles = {
        option.id: option.title_en if pen.language == "en" else option.title
        for option in (item.how.options if item.how else ())
    }
    return ", ".join(titles.get(one, one) for one in option_id.split(","))


def _gaps(pen: Pen, view: SummaryView | MissingView) -> list[Element]:
    if not view.gaps:
        return [text(pen.say("card.no_gaps"))]
    lines = [text(pen.say("card.gaps_title"), weight="Bolder")]
    for gap in view.gaps:
        lines.append(text(gap_words(pen, view.checklist, view.version, gap), spacing="Small"))
        if gap.button:
            lines += action_sets(pen, (gap.button,), inputs=False)
    if isinstance(view, SummaryView) and view.more_gaps:
        lines.append(text(pen.say("card.more_gaps", count=view.more_gaps), spacing="Small"))
    return lines


def gap_words(pen: Pen, checklist: str, version: int, gap: GapRow) -> str:
    """Return one gap in words: the question and, where it may be shown, why it is a gap."""
    question = pen.fact(gap.id) if gap.of == "fact" else pen.question(pen.item(checklist, version, gap.id))
    whose = f"{child_words(pen, gap.child)}: " if gap.child else ""
    return f"• {whose}{question} {pen.say('gaps.' + gap.why) if gap.why else ''}".rstrip()


def missing_card(pen: Pen, view: MissingView) -> Card:
    """Say what is missing, with a button for each gap."""
    body = [*head_lines(pen, view.head), *notices(pen, view), heading(pen.say("card.missing_title"))]
    body += _gaps(pen, view)
    body += action_sets(pen, view.buttons, inputs=False, primary=1)
    return card(pen, body)


def closed_card(pen: Pen, view: ClosedView) -> Card:
    """Return the emptied card of a list that is paused, sent or moved."""
    body = [*notices(pen, view), subtle(view.case_ref), text(pen.line(view.line))]
    return card(pen, body + action_sets(pen, view.buttons, inputs=False))
