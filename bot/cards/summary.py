"""The cards for the summary, what is missing, and an emptied card."""

from collections.abc import Sequence

from bot.cards.parts import (
    NARROW_BOX,
    Card,
    Element,
    Mark,
    Pen,
    action_sets,
    aside_lines,
    box,
    card,
    child_words,
    choice_set,
    clipped,
    fits,
    fitting,
    gap_mark,
    header,
    notices,
    numbered,
    section_head,
    sign,
    state_mark,
    text,
    top,
    written,
)
from checklists.loader import checklist_version
from checklists.model import OPEN, Item
from dialogs.views.views import ClosedView, GapRow, MissingView, Row, SummaryView


def summary_card(pen: Pen, view: SummaryView) -> Card:
    """Show the answers, the gaps and the available actions; long texts are cut to fit the card.

    Where several children's rows do not fit as columns, each is a line of text instead.
    """
    made = fitting(lambda most: _summary(pen, view, most))
    return made if fits(made) else fitting(lambda most: _summary(pen, view, most, is_dense=True))


def _summary(pen: Pen, view: SummaryView, most: int, *, is_dense: bool = False) -> Card:
    missing = len(view.gaps) + view.more_gaps
    says_state = view.head.state in ("sent", "signed", "voided") or (view.head.state == "returned" and not missing)
    mark = state_mark(pen, view.head.state) if says_state else gap_mark(pen, missing)
    body = [*header(pen, view.head, pen.say("card.summary_title"), mark), *notices(pen, view)]
    body += aside_lines(pen, view.aside)
    if view.sent:
        body.append(text(pen.say("card.sent_at", time=view.sent)))
    more = pen.say("card.more_gaps", count=view.more_gaps) if view.more_gaps else ""
    body.append(gap_box(pen, view.checklist, view.version, view.gaps, more))
    questions: dict[str, str] = {}
    numbers = checklist_version(view.checklist, view.version).numbers
    gaps = {(gap.child, gap.id) for gap in view.gaps}
    for sheet in view.sheets:
        whose = pen.say("lists.part_" + sheet.head.part) if sheet.head.part else ""
        whose = child_words(pen, sheet.head.child) if sheet.head.child else whose
        if whose:
            body.append(text(whose, weight="Bolder", style="heading", size="Medium", spacing="Medium"))
        prefix = f"{whose}: " if whose else ""
        counts = {one.id: one for one in sheet.sections}
        for row in sheet.rows:
            item = pen.item(view.checklist, view.version, row.item)
            count = counts.pop(item.section, None)
            body += [section_head(pen, view.checklist, view.version, count)] if count else []
            body += _row(
                pen,
                view,
                row,
                most,
                is_gap=row.state == OPEN or (sheet.head.child, row.item) in gaps,
                is_dense=is_dense,
            )
            questions[f"{sheet.filled}/{row.item}"] = f"{prefix}{numbers[row.item]}. {pen.question(item)}"
    body += action_sets(pen, view.buttons, inputs=False, primary=1)
    body.append(choice_set("item", pen.say("card.change_which"), questions, compact=True))
    body += action_sets(pen, (view.change,))
    return card(pen, body, view.refresh)


def _row(pen: Pen, view: SummaryView, row: Row, most: int, *, is_gap: bool, is_dense: bool) -> list[Element]:
    item = pen.item(view.checklist, view.version, row.item)
    said = [pen.say("motivations." + row.motivation)] if row.motivation else []
    said += [pen.say("motivations.only_here")] if row.only_here else []
    said += [option_words(pen, item, row.option)] if row.option else []
    said += [row.day] if row.day else []
    said += [pen.say("computed.short", answer=pen.say("answers." + row.differs))] if row.differs else []
    number = checklist_version(view.checklist, view.version).numbers[row.item]
    mark = Mark(pen.say("answers." + row.state), "Attention" if is_gap else "Default")
    make = _dense_row if is_dense else answer_row
    rows = [make(numbered(number, pen.question(item)), mark, ", ".join(said))]
    if pen.private:
        texts = ("card.other_way", row.method), ("card.motivation", row.text), ("card.place", row.place)
        for key, words in (*texts, ("card.note", row.note)):
            if words:
                rows.append(written(pen.say(key), clipped(words, most)))
    return rows


def answer_row(question: str, answer: Mark, more: str = "") -> Element:
    """Return one row of a list: the question and, beside it, its answer. more: how it came about, in small type."""
    look: dict[str, str] = {"color": answer.colour} if answer.colour != "Default" else {}
    words = sign(answer) + answer.words
    left = [text(question), *([text(more, size="Small", isSubtle=True, spacing="None")] if more else [])]
    columns = [
        {"type": "Column", "width": "stretch", "items": left},
        {"type": "Column", "width": "auto", "items": [text(words, weight="Bolder", **look)]},
    ]
    return {"type": "ColumnSet", "columns": columns, "spacing": "Small"}


def _dense_row(question: str, answer: Mark, more: str = "") -> Element:
    words = f"{sign(answer)}{answer.words}" + (f" ({more})" if more else "")
    runs = [{"type": "TextRun", "text": f"{question} "}, {"type": "TextRun", "text": words, "weight": "Bolder"}]
    return {"type": "RichTextBlock", "inlines": runs, "spacing": "Small"}


def option_words(pen: Pen, item: Item, option_id: str) -> str:
    """Return how an answer came about, in words. option_id: one id, or several separated by commas."""
    titles = {
        option.id: option.title_en if pen.language == "en" else option.title
        for option in (item.ways.options if item.ways else ())
    }
    return ", ".join(titles.get(one, one) for one in option_id.split(","))


def gap_box(pen: Pen, checklist: str, version: int, gaps: Sequence[GapRow], more: str = "") -> Element:
    """Return a box with everything that is missing and the buttons that lead there, or one saying that nothing is.

    more: a sentence saying that there are more gaps than these.
    """
    if not gaps:
        return box("good", [text("✓ " + pen.say("card.no_gaps"), weight="Bolder")])
    lines = [text(pen.say("card.gaps_title"), weight="Bolder")]
    lines += [text(gap_words(pen, checklist, version, gap), spacing="Small") for gap in gaps]
    lines += [text(more, spacing="Small")] if more else []
    return box("attention", [*lines, *_ways(pen, gaps)])


def _ways(pen: Pen, gaps: Sequence[GapRow]) -> list[Element]:
    """Return the buttons that lead to the gaps; a child's facts are on one card, so one button leads to them all."""
    facts = {gap.child: gap.button for gap in reversed(gaps) if gap.button and gap.of == "fact"}
    questions = [gap.button for gap in gaps if gap.button and gap.of == "item"]
    return action_sets(pen, (*(facts[child] for child in sorted(facts)), *questions), inputs=False, within=NARROW_BOX)


def gap_words(pen: Pen, checklist: str, version: int, gap: GapRow) -> str:
    """Return one gap in words: the question and, where it may be shown, why it is a gap."""
    whose = f"{child_words(pen, gap.child)}: " if gap.child else ""
    if gap.of == "fact":
        question = whose + pen.fact(gap.id)
    else:
        number = checklist_version(checklist, version).numbers[gap.id]
        question = whose + numbered(number, pen.question(pen.item(checklist, version, gap.id)))
    return f"{question} {pen.say('gaps.' + gap.why) if gap.why else ''}".rstrip()


def missing_card(pen: Pen, view: MissingView) -> Card:
    """Show what is missing by section, with all the buttons that lead there at the top."""
    goes_on = any(button.claim.verb == "more_gaps" for button in view.buttons)
    mark = None if goes_on else gap_mark(pen, len(view.gaps))
    body = [*header(pen, view.head, pen.say("card.missing_title"), mark), *notices(pen, view)]
    if view.sections and view.gaps:
        body.append(box("attention", [text(pen.say("card.gaps_title"), weight="Bolder"), *_ways(pen, view.gaps)]))
        body += _by_section(pen, view)
    else:
        body.append(gap_box(pen, view.checklist, view.version, view.gaps))
    body += action_sets(pen, view.buttons, inputs=False, primary=1)
    return card(pen, body)


def _by_section(pen: Pen, view: MissingView) -> list[Element]:
    facts = [gap for gap in view.gaps if gap.of == "fact"]
    body = [text(gap_words(pen, view.checklist, view.version, gap), spacing="Small") for gap in facts]
    for count in view.sections:
        body.append(section_head(pen, view.checklist, view.version, count))
        for gap in view.gaps:
            if gap.of == "item" and pen.item(view.checklist, view.version, gap.id).section == count.id:
                body.append(text(gap_words(pen, view.checklist, view.version, gap), spacing="Small"))
    return body


def closed_card(pen: Pen, view: ClosedView) -> Card:
    """Return the emptied card of a list that is paused, sent or moved."""
    body = [*top(view.case_ref, ""), *notices(pen, view), text(pen.line(view.line))]
    return card(pen, body + action_sets(pen, view.buttons, inputs=False))
