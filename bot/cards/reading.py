"""The chef's cards: reading, differences, signing with a shortfall, sending back, what was signed."""

from bot.cards.parts import (
    Card,
    Element,
    Pen,
    action_sets,
    card,
    child_words,
    clipped,
    fitting,
    head_lines,
    heading,
    notices,
    subtle,
    text,
    text_input,
    written,
)
from bot.cards.summary import gap_words, option_words
from checklists.loader import checklist_version
from dialogs.views.chef import (
    Compared,
    ComparedSheet,
    Comparison,
    DifferencesView,
    ReadingView,
    ReturnView,
    ShortfallView,
    SignedView,
)

CHILDREN_SHOWN = 3


def reading_card(pen: Pen, view: ReadingView) -> Card:
    """Say that everything has been read, and offer the next steps."""
    body = [*head_lines(pen, view.head), *notices(pen, view), heading(pen.say("reading.title"))]
    body.append(text(pen.line(view.line)))
    return card(pen, body + action_sets(pen, view.buttons, inputs=False, primary=1), view.refresh)


def differences_card(pen: Pen, view: DifferencesView) -> Card:
    """Show both sets of answers, differences first."""

    def make(most: int) -> Card:
        body = [subtle(view.seen.case_ref), *notices(pen, view), heading(pen.say("reading.differences_title"))]
        body += _compared(pen, view.seen, view.first, most, "reading.both")
        body += _gaps(pen, view.seen)
        body.append(subtle(pen.say("reading.signing_means")))
        return card(pen, body + action_sets(pen, view.buttons, inputs=False, primary=1), view.refresh)

    return fitting(make)


def _compared(pen: Pen, seen: Comparison, first: int, most: int, both: str) -> list[Element]:
    differing = sum(row.differs for sheet in seen.sheets for row in sheet.rows)
    count = "reading.differ" if differing != 1 else "reading.differs_once"
    body = [text(pen.say(count, count=differing) if differing else pen.say("reading.no_difference"))]
    for sheet in seen.sheets[first : first + CHILDREN_SHOWN]:
        body += _sheet(pen, seen, sheet, most, both)
    return body


def _sheet(pen: Pen, seen: Comparison, sheet: ComparedSheet, most: int, both: str) -> list[Element]:
    body = [text(child_words(pen, sheet.child), weight="Bolder", style="heading")] if sheet.child else []
    facts = "  ·  ".join(f"{pen.fact(fact)} {pen.say('answers.' + value)}" for fact, value in sheet.facts)
    body.append(subtle(facts))
    numbers = checklist_version(seen.checklist, seen.version).numbers
    for row in sorted(sheet.rows, key=lambda row: (not row.differs, numbers[row.item])):
        body += _row(pen, seen, row, numbers[row.item], most, both)
    return body


def _row(pen: Pen, seen: Comparison, row: Compared, number: int, most: int, both: str) -> list[Element]:
    item = pen.item(seen.checklist, seen.version, row.item)
    said = [pen.say("motivations." + row.motivation)] if row.motivation else []
    if pen.private and row.motivation == "text" and row.text and not row.place:
        said.append(pen.say("motivations.only_here"))
    said += [option_words(pen, item, row.option)] if row.option else []
    more = f" ({', '.join(said)})" if said else ""
    reader, worker = (pen.say("answers." + side) if side else "–" for side in (row.reader, row.worker))
    runs: list[Element] = [{"type": "TextRun", "text": f"{number}. {pen.ask(item)} "}]
    if row.differs:
        runs.append({"type": "TextRun", "text": pen.say("reading.differs") + " ", "weight": "Bolder"})
        words = pen.say(both, hers=reader, theirs=worker + more)
    elif row.reader and row.worker:
        words = pen.say("reading.same", answer=worker + more)
    else:
        words = pen.say(both, hers=reader, theirs=worker + more)
    runs.append({"type": "TextRun", "text": words, "weight": "Bolder"})
    rows: list[Element] = [{"type": "RichTextBlock", "inlines": runs, "spacing": "Small"}]
    if pen.private:
        labels = (("card.motivation", row.text), ("card.place", row.place), ("card.note", row.note))
        texts = [(pen.say(key), words) for key, words in labels]
        texts.append((pen.say("reading.own_note"), row.reader_note))
        rows += [written(label, clipped(words, most)) for label, words in texts if words]
    return rows


def _gaps(pen: Pen, seen: Comparison) -> list[Element]:
    if not seen.gaps:
        return [text(pen.say("card.no_gaps"))]
    lines = [text(gap_words(pen, seen.checklist, seen.version, gap), spacing="Small") for gap in seen.gaps[:15]]
    more = len(seen.gaps[15:])
    lines += [text(pen.say("prompts.more", count=more), spacing="Small")] if more else []
    return [text(pen.say("card.gaps_title"), weight="Bolder"), *lines]


def shortfall_card(pen: Pen, view: ShortfallView) -> Card:
    """Ask why the chef signs although something is missing."""
    body = [*head_lines(pen, view.head), *notices(pen, view), heading(pen.say("reading.shortfall_title"))]
    body += [text(gap_words(pen, view.checklist, view.version, gap), spacing="Small") for gap in view.gaps]
    body += [text(pen.say("prompts.more", count=view.more_gaps), spacing="Small")] if view.more_gaps else []
    typed = view.text if pen.private else ""
    hint = pen.say("card.no_names")
    body.append(text_input("reason", pen.say("card.reason"), value=typed, lines=True, hint=hint))
    body.append(subtle(pen.say("reading.signing_means")))
    return card(pen, body + action_sets(pen, view.buttons, primary=1), view.refresh)


def return_card(pen: Pen, view: ReturnView) -> Card:
    """Ask for a comment and for the questions to look at again."""
    body = [*head_lines(pen, view.head), *notices(pen, view), heading(pen.say("reading.return_title"))]
    typed = view.text if pen.private else ""
    hint = pen.say("card.no_names")
    body.append(text_input("comment", pen.say("card.note"), value=typed, lines=True, hint=hint))
    numbers = checklist_version(view.checklist, view.version).numbers
    choices = []
    for row_id, child, item_id in view.questions:
        whose = f"{child_words(pen, child)}: " if child else ""
        question = pen.ask(pen.item(view.checklist, view.version, item_id))
        choices.append({"title": f"{whose}{numbers[item_id]}. {question}", "value": f"{row_id}/{item_id}"})
    if choices:
        body.append(
            {
                "type": "Input.ChoiceSet",
                "id": "items",
                "label": pen.say("reading.point_at"),
                "style": "expanded" if len(choices) <= 15 else "compact",
                "isMultiSelect": True,
                "wrap": True,
                "choices": choices,
            }
        )
    return card(pen, body + action_sets(pen, view.buttons, primary=1), view.refresh)


def signed_card(pen: Pen, view: SignedView) -> Card:
    """Show what was seen at a signature, with its hash."""

    def make(most: int) -> Card:
        body = [subtle(view.seen.case_ref), *notices(pen, view), heading(pen.say("reading.seen_title"))]
        role = pen.say("reading.as_" + view.role)
        body.append(text(pen.say("reading.seen_by", name=view.who, role=role, time=view.at)))
        body += [text(pen.say("reading.seen_voided", time=view.voided), weight="Bolder")] if view.voided else []
        if view.shortfall:
            body.append(text(pen.say("reading.seen_shortfall")))
            body += [written(pen.say("card.reason"), clipped(view.reason, most))] if view.reason and pen.private else []
        body += _compared(pen, view.seen, view.first, most, "reading.both_then")
        body += _gaps(pen, view.seen)
        whole = pen.say("reading.hash_whole" if view.is_whole else "reading.hash_broken")
        body += [text(whole), subtle(pen.say("reading.hash", hash=view.hash))]
        return card(pen, body + action_sets(pen, view.buttons, inputs=False))

    return fitting(make)
